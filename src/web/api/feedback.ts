import { z } from 'zod';
import { FEEDBACK_CATEGORIES, FEEDBACK_STATES } from '../../model/feedback.ts';
import { Problem } from '../../model/problem.ts';
import { maskText } from '../../privacy/mask-text.ts';
import { maskedSpans } from '../../privacy/overlay.ts';
import type { Feedback } from '../../store/feedback.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { Id, listOf, operation, pageQuery, Time } from './operation.ts';

const FeedbackAnswer = z
  .strictObject({
    id: Id,
    category: z.enum(FEEDBACK_CATEGORIES),
    rating: z.number().int().nullable().meta({ description: '1 to 5' }),
    words: z.string().meta({ description: 'With personal data masked; empty where there are none, or they are gone' }),
    page: z.string().meta({ description: 'The address of the page, without the values in it' }),
    element: z.string().nullable().meta({ description: 'The selector of what was marked' }),
    release: z.string(),
    language: z.string(),
    state: z.enum(FEEDBACK_STATES),
    same: z.number().int().meta({ description: 'How many others were found to say the same' }),
    isDuplicate: z.boolean(),
    isErased: z.boolean(),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'Feedback' });

const CHAPTER = 'Feedback';
const ONE = '/studies/:study/feedback/:feedback';

const shown = (item: Feedback, same: number): z.input<typeof FeedbackAnswer> => ({
  id: item.publicId,
  category: item.category as z.input<typeof FeedbackAnswer>['category'],
  rating: item.rating,
  words: maskText(item.words, maskedSpans(item.words)),
  page: item.pageKey,
  element: item.selector,
  release: item.release,
  language: item.language,
  state: item.state as z.input<typeof FeedbackAnswer>['state'],
  same,
  isDuplicate: item.duplicateOf !== null,
  isErased: item.erasedAt !== null,
  createdAt: item.createdAt,
  updatedAt: item.updatedAt,
});

/** What visitors of sites said of their own accord. */
export const feedbackResource = ({ verbatim }: House) => {
  const { store, feedbackDesk } = verbatim;

  async function find(study: EnteredStudy, id: string): Promise<Feedback> {
    const item = await store.feedback.find(study.id, id);
    if (!item) throw new Problem('not-found', 'There is no such feedback in this study');
    return item;
  }
  const one = async (study: EnteredStudy, id: string) => {
    const item = await find(study, id);
    return shown(item, (await feedbackDesk.detail(study, item)).others);
  };

  return {
    listFeedback: operation({
      method: 'GET',
      path: '/studies/:study/feedback',
      scope: 'responses:read',
      chapter: CHAPTER,
      title: 'List feedback',
      text: 'The newest first. What repeats another stands with it, unless it is asked for.',
      query: z.strictObject({
        ...pageQuery,
        state: z.enum([...FEEDBACK_STATES, 'any']).default('any'),
        category: z.enum(FEEDBACK_CATEGORIES).optional(),
        duplicates: z.enum(['with', 'without']).default('without'),
      }),
      answer: listOf(FeedbackAnswer),
      example: { query: { state: 'open' } },
      handle: async ({ study, query, position, next }) => {
        const before = position();
        const { state, category, duplicates, limit } = query;
        const filter = { state, ...(category && { category }), withDuplicates: duplicates === 'with' };
        const found = await feedbackDesk.list(study, filter, before === null ? null : Number(before), limit);
        return {
          items: found.rows.map(({ feedback, others }) => shown(feedback, others)),
          next: found.next === null ? null : next(found.next),
        };
      },
    }),
    readFeedback: operation({
      method: 'GET',
      path: ONE,
      scope: 'responses:read',
      chapter: CHAPTER,
      title: 'Read a piece of feedback',
      answer: FeedbackAnswer,
      handle: ({ study, params }) => one(study, params.feedback),
    }),
    setFeedbackState: operation({
      method: 'PUT',
      path: `${ONE}/state`,
      scope: 'responses:write',
      chapter: CHAPTER,
      title: 'Say what becomes of feedback',
      body: z.strictObject({ state: z.enum(FEEDBACK_STATES) }),
      answer: FeedbackAnswer,
      example: { body: { state: 'in-work' } },
      handle: async ({ study, params, body }) => {
        await feedbackDesk.setState(study, await find(study, params.feedback), body.state);
        return one(study, params.feedback);
      },
    }),
    noteFeedback: operation({
      method: 'POST',
      path: `${ONE}/notes`,
      scope: 'responses:write',
      chapter: CHAPTER,
      title: 'Write a note beside feedback',
      body: z.strictObject({ text: z.string().min(1).max(20_000) }),
      example: { body: { text: 'Mended in release 4.2.' } },
      handle: async ({ study, params, body, actor }) => {
        await feedbackDesk.addNote(await find(study, params.feedback), body.text, actor);
        return null;
      },
    }),
  };
};
