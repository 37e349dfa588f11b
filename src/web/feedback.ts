import type { Request, Response } from 'express';
import type { Form } from '../model/answers.ts';
import { TEXT_LIMITS } from '../model/clean-text.ts';
import { FEEDBACK_CATEGORIES, type FeedbackCategory, RATING, readPlace } from '../model/feedback.ts';
import { Problem } from '../model/problem.ts';
import { SCALE_LABELS, type TextKey, type Texts } from '../render/respondent-texts.ts';
import type { FeedbackFault } from '../services/feedback.ts';
import type { PlacedButton } from '../store/feedback.ts';
import type { House } from './app.ts';
import type { Doorway } from './doorway.ts';
import { field, formOf, queryOf, readForm } from './form.ts';
import { letFrame } from './frames.ts';
import { languageAsked } from './language-asked.ts';
import { noticePage } from './notice-view.ts';
import { respondFrame, wordsOf } from './respond-view.ts';
import { ratingView } from './scale-view.ts';
import { minuteCounter, networkOf, respondentRate } from './security.ts';

/** Far less than answers: one visitor says a few things, and an office of them some dozens. */
const POSTS_PER_MINUTE = 30;

/** What a page that holds the form in a frame fills in for its visitor. */
const TOLD = [
  'title',
  'locale',
  'lang',
  'viewport',
  'release',
  'replay_url',
  'userId',
  'userHash',
  'anonymousId',
  'mark',
] as const;
const CATEGORY_WORDS: Record<FeedbackCategory, TextKey> = {
  problem: 'feedbackProblem',
  idea: 'feedbackIdea',
  praise: 'feedbackPraise',
  translation: 'feedbackTranslation',
  other: 'other',
};

/**
 * Feedback of visitors: a page with a form, which a button on other sites opens in a frame and which works by its address
 * as well. Nothing can be read here and nothing changed: a post adds, and that is all.
 */
export function feedbackDoor(door: Doorway, { verbatim, renderer }: House): void {
  const { feedback, privacyNotices, store, texts: all } = verbatim;
  const rate = respondentRate(
    POSTS_PER_MINUTE,
    minuteCounter(() => verbatim.now()),
  );
  const before = [rate, ...readForm(verbatim.limits?.formBytes)];

  async function placed(req: Request) {
    const found = await feedback.placed(String(req.params['key']));
    if (!found)
      throw new Problem('not-found', 'No feedback is taken here', {
        detail: 'Check the address, or tell whoever runs the page',
        words: 'feedbackClosed',
      });
    return found;
  }
  const textsFor = (req: Request, asked: string): Texts => all.in(asked === '' ? languageAsked(req, all) : asked);

  async function show(res: Response, studyId: number, view: string, data: Record<string, unknown>): Promise<void> {
    letFrame(res, await store.offers.origins(studyId));
    res.setHeader('Referrer-Policy', 'no-referrer');
    res.type('html').send(renderer.render(view, data, { layout: 'respond' }));
  }

  door.get('/feedback/:key', 'anyone', async (_visit, req, res) => {
    const { studyId, button } = await placed(req);
    const texts = textsFor(req, queryOf(req, 'language'));
    const form: Form = { page: queryOf(req, 'page') };
    await show(res, studyId, 'respond/feedback', {
      ...formPage(texts, button, form, []),
      notice: await noticeLink(req, studyId, texts),
    });
  });

  door.post('/feedback/:key', 'anyone', ...before, async (_visit, req, res) => {
    const found = await placed(req);
    const form = formOf(req);
    const get = (name: string) => field(form, name);
    const texts = textsFor(req, get('language'));
    const done = `/feedback/${encodeURIComponent(found.source.writeKey)}/done?language=${encodeURIComponent(texts.language)}`;
    // Only programs fill this in; they are thanked like everybody, and nothing is kept.
    if (get('website:url') !== '') return res.redirect(303, done);
    const outcome = await feedback.give(
      found,
      {
        category: get('category'),
        rating: get('rating'),
        words: get('words'),
        email: get('email'),
        mayQuote: get('quote') === 'yes',
        mark: get('mark'),
      },
      readPlace(get),
      {
        userId: get('userId'),
        userHash: get('userHash'),
        anonymousId: get('anonymousId'),
        network: networkOf(req),
        agent: req.headers['user-agent'],
      },
      texts.textLanguage,
    );
    if (!('faults' in outcome)) return res.redirect(303, done);
    res.status(422);
    await show(res, found.studyId, 'respond/feedback', {
      ...formPage(texts, found.button, form, outcome.faults),
      notice: await noticeLink(req, found.studyId, texts),
    });
  });

  /** Where the study's privacy notice is read; empty where none is written. */
  async function noticeLink(req: Request, studyId: number, texts: Texts): Promise<string> {
    const standing = await privacyNotices.standing(studyId, texts.language, null);
    if (standing === null) return '';
    return `/feedback/${encodeURIComponent(String(req.params['key']))}/notice?language=${encodeURIComponent(texts.language)}`;
  }
  door.get('/feedback/:key/notice', 'anyone', async (_visit, req, res) => {
    const { studyId, source } = await placed(req);
    const texts = textsFor(req, queryOf(req, 'language'));
    const standing = await privacyNotices.standing(studyId, texts.language, null);
    if (standing === null) throw new Problem('not-found', 'There is no privacy notice here', { words: 'pageNotFound' });
    const back = `/feedback/${encodeURIComponent(source.writeKey)}?language=${encodeURIComponent(texts.language)}`;
    await show(res, studyId, 'respond/notice', noticePage(standing, texts, { back, country: standing.country }));
  });

  door.get('/feedback/:key/done', 'anyone', async (_visit, req, res) => {
    const { studyId } = await placed(req);
    const texts = textsFor(req, queryOf(req, 'language'));
    await show(res, studyId, 'respond/feedback-done', {
      ...respondFrame(texts.text('feedbackDoneTitle'), texts),
      words: wordsOf(texts, ['feedbackDoneText', 'closePage']),
    });
  });
}

/** The form, as it was filled in. */
function formPage(
  texts: Texts,
  { marks, email }: PlacedButton['button'],
  form: Form,
  faults: readonly FeedbackFault[],
) {
  const typed = (name: string) => field(form, name);
  const errorAt = (name: FeedbackFault['field']): string | null => {
    const fault = faults.find((one) => one.field === name);
    if (!fault) return null;
    if (fault.word === 'tooLong')
      return texts.text('tooLong', { count: [...typed('words')].length, most: TEXT_LIMITS.answer });
    return texts.text(fault.word, { example: 'name@example.org' });
  };
  const question = (name: string, text: TextKey, error: string | null = null, hint: string | null = null) => ({
    name,
    code: name,
    text: texts.text(text),
    hint,
    error,
    isRequired: false,
    must: null,
    refusal: null,
  });
  const line = { isLong: false, lengthMax: null, typedMax: 2000, countText: null };
  // Only its two ends are named, so that it stands in one row in a narrow frame.
  const [lowest, highest] = [SCALE_LABELS.satisfaction5[0], SCALE_LABELS.satisfaction5[4]];
  const labels = { [RATING.min]: { en: texts.text(lowest) }, [RATING.max]: { en: texts.text(highest) } };
  const steps = { ...RATING, labels };
  const summary = faults.map(({ field: name }) => ({ href: `#${name}`, text: errorAt(name) ?? '' }));
  return {
    ...respondFrame(texts.text('feedbackTitle'), texts),
    isError: summary.length > 0,
    summary: summary.length > 0 ? { title: texts.text('errorSummaryTitle'), errors: summary } : null,
    language: texts.language,
    told: TOLD.map((name) => ({ name, value: typed(name) })),
    page: {
      ...question('page', 'feedbackPage'),
      ...line,
      inputType: 'url',
      autocomplete: 'off',
      value: typed('page'),
    },
    rating: {
      ...question('rating', 'feedbackRating'),
      ...ratingView({ steps }, { texts, word: ({ en = '' }) => en }),
      value: typed('rating') || null,
    },
    category: {
      ...question('category', 'feedbackCategory'),
      isImages: false,
      isLinked: false,
      options: FEEDBACK_CATEGORIES.map((value, index) => ({
        id: index === 0 ? 'category' : `category-${value}`,
        value,
        label: texts.text(CATEGORY_WORDS[value]),
        isChosen: typed('category') === value,
        isExclusive: false,
        image: null,
        comment: null,
      })),
    },
    comment: {
      ...question('words', 'feedbackWords', errorAt('words')),
      ...line,
      isLong: true,
      typedMax: TEXT_LIMITS.answer,
      value: typed('words'),
    },
    quote: typed('quote') === 'yes',
    email: email
      ? {
          ...question('email', 'feedbackEmail', errorAt('email')),
          ...line,
          inputType: 'email',
          autocomplete: 'email',
          value: typed('email'),
        }
      : null,
    marks,
    trapLabel: texts.text('honeypot'),
    words: wordsOf(texts, [
      'feedbackQuote',
      'feedbackSentAlong',
      'feedbackSend',
      'feedbackMark',
      'feedbackMarkHint',
      'feedbackMarked',
      'feedbackUnmark',
      'feedbackMarkHelp',
      'noticeTitle',
    ]),
  };
}
