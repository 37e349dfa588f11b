import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import type { CorrectionAsked } from '../../services/themes.ts';
import type { Run } from '../../store/analyses.ts';
import { interviewsOf } from '../../themes/question.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { Ref } from './codes.ts';
import { Id, listOf, operation, PageQuery, Time } from './operation.ts';
import { Begun } from './runs.ts';

const Theme = z
  .strictObject({
    id: z.string().meta({ description: 'Stays with it from run to run' }),
    label: z.string(),
    words: z.array(z.string()),
    size: z.number().int().meta({ description: 'In how many answers or turns it is, of those that count now' }),
    share: z.number().min(0).max(1).meta({ description: 'Of all that were read, as the machine found them' }),
    repeatability: z
      .number()
      .nullable()
      .meta({ description: 'How surely it would be found again, 0 to 1; null for what a hand put together' }),
    isRenamed: z.boolean(),
    isMerged: z.boolean(),
    subThemes: z.array(z.strictObject({ id: z.string(), label: z.string(), words: z.array(z.string()) })),
  })
  .meta({ id: 'Theme' });
const Themes = z
  .strictObject({
    run: Id,
    survey: Id.nullable().meta({ description: 'Null for the interviews of the study' }),
    item: z.string(),
    foundAt: Time,
    isNewest: z.boolean().meta({ description: 'The newest of its question, which alone can be corrected' }),
    read: z.number().int().meta({ description: 'Answers or turns that count now and were read' }),
    without: z.number().int().meta({ description: 'Those in which nothing shared was found' }),
    themes: z.array(Theme),
    corrections: z.number().int().meta({ description: 'That hold' }),
  })
  .meta({ id: 'Themes' });
const Name = z.string().min(1).max(60);
const Words = z.array(z.string().min(1).max(60)).min(1).max(20);
const Document = z.string().max(60).meta({ description: 'An answer or turn, as the list of answers names it' });
const Correction = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('rename'), theme: Name, label: z.string().min(1).max(80) }),
    z.strictObject({ kind: z.literal('merge'), from: Name, into: Name }),
    z.strictObject({ kind: z.literal('split'), theme: Name, subThemes: z.array(Name).min(1).max(50) }),
    z.strictObject({ kind: z.literal('move'), document: Document, to: Name }),
    z.strictObject({ kind: z.literal('pin'), document: Document, theme: Name }),
    z.strictObject({ kind: z.literal('bar'), document: Document, theme: Name }),
    z.strictObject({ kind: z.literal('lock'), theme: Name }),
    z.strictObject({ kind: z.literal('leave-out'), words: Words }),
    z.strictObject({ kind: z.literal('same-words'), words: Words }),
    z.strictObject({ kind: z.literal('undo'), of: z.number().int().min(1) }),
  ])
  .meta({
    id: 'ThemeCorrection',
    description:
      'Rename or merge themes, make sub-themes of their own, move an answer, say that it belongs (pin) or does not (bar); leave words out or read them as one from the next run on; or undo an earlier correction by its number',
  });

const CHAPTER = 'Themes';
const ALL = '/studies/:study/themes';
const ONE = `${ALL}/:run`;

/** What many answers to an open question, or many turns of interviews, have in common. */
export const themeResource = ({ verbatim }: House) => {
  const { store, themes, analysis } = verbatim;

  async function find(study: EnteredStudy, id: string): Promise<Run> {
    const run = await store.analyses.findRun(study.id, id);
    if (run?.kind !== 'themes') throw new Problem('not-found', 'There is no such run of themes in this study');
    if (run.state !== 'done')
      throw new Problem('conflict', 'These themes are not found yet', {
        detail: `Ask for the run: it is ${run.state}`,
      });
    return run;
  }
  async function read(run: Run) {
    const of = { surveyId: run.surveyId, subject: run.subject };
    const isNewest = (await store.analyses.latestDone(run.studyId, 'themes', of))?.id === run.id;
    await verbatim.logs.settle();
    return { isNewest, state: await themes.counted(run), rows: await store.analyses.themesOf(run.id) };
  }

  return {
    findThemes: operation({
      method: 'POST',
      path: ALL,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Find themes',
      text: 'In the answers to an open question of a survey, or without a survey in the interviews of the study.',
      body: z.strictObject({
        survey: Ref.nullable().default(null),
        item: z.string().max(200).optional().meta({ description: 'The open question; needed with a survey' }),
        themes: z.number().int().min(2).max(250).optional().meta({ description: 'Left out, the answers decide' }),
        seed: z.number().int().min(0).default(1),
      }),
      answer: Begun,
      status: 202,
      example: { body: { survey: '{survey}', item: 'why', seed: 1 } },
      handle: async ({ study, body, actor }) => {
        const survey = body.survey === null ? null : await store.surveys.find(study.id, body.survey);
        if (body.survey !== null && !survey) throw new Problem('not-found', 'There is no such survey in this study');
        const item = survey ? (body.item ?? '') : interviewsOf(study.id).item;
        const asked = { item, themes: body.themes ?? ('auto' as const), seed: body.seed };
        return { run: (await analysis.findThemes(study, survey, asked, actor)).publicId };
      },
    }),
    readThemes: operation({
      method: 'GET',
      path: ONE,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Read the themes of a run, with all corrections',
      answer: Themes,
      handle: async ({ study, params }) => {
        const run = await find(study, params.run);
        const { isNewest, state, rows } = await read(run);
        const survey = run.surveyId === null ? null : await store.surveys.findById(study.id, run.surveyId);
        const sizes = new Map<string, number>();
        for (const { themes: own } of state.documents)
          for (const { theme } of own) sizes.set(theme, (sizes.get(theme) ?? 0) + 1);
        const byLineage = new Map(rows.map((row) => [row.lineage, row]));
        return {
          run: run.publicId,
          survey: survey?.publicId ?? null,
          item: run.subject,
          foundAt: run.finishedAt ?? run.createdAt,
          isNewest,
          read: state.documents.length,
          without: state.documents.filter(({ themes: own }) => own.length === 0).length,
          themes: state.themes.map((theme) => {
            const size = sizes.get(theme.id) ?? 0;
            const [only, ...more] = theme.found.flatMap((id) => byLineage.get(id) ?? []);
            const repeatability = only && more.length === 0 && theme.found.length === 1 ? only.repeatability : null;
            return {
              id: theme.id,
              label: theme.label,
              words: theme.words,
              size,
              share: state.documents.length === 0 ? 0 : size / state.documents.length,
              repeatability,
              isRenamed: theme.isRenamed,
              isMerged: theme.isMerged,
              subThemes: theme.subThemes.map(({ id, label, words }) => ({ id, label, words })),
            };
          }),
          corrections: state.actions,
        };
      },
    }),
    listThemeAnswers: operation({
      method: 'GET',
      path: `${ONE}/answers`,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'List answers with the themes they are in',
      query: PageQuery.extend({ theme: Name.optional() }),
      answer: listOf(
        z.strictObject({
          document: z.string().meta({ description: 'What a correction names it by' }),
          words: z.string().nullable().meta({ description: 'With personal data masked; null where they are gone' }),
          themes: z.array(z.strictObject({ theme: z.string(), confidence: z.number() })),
          isByHand: z.boolean(),
        }),
      ),
      handle: async ({ study, params, query, part }) => {
        const { state } = await read(await find(study, params.run));
        const ordered = state.documents
          .filter(({ themes: own }) => query.theme === undefined || own.some(({ theme }) => theme === query.theme))
          .map((document, index) => ({ document, place: index + 1 }));
        const { rows, next } = part(ordered, ({ place }) => place);
        const words = await themes.words(
          study,
          rows.map(({ document }) => document.id),
        );
        return {
          items: rows.map(({ document }) => ({
            document: document.id,
            words: words.get(document.id) ?? null,
            themes: document.themes.map(({ theme, confidence }) => ({ theme, confidence })),
            isByHand: document.isByHand,
          })),
          next,
        };
      },
    }),
    correctThemes: operation({
      method: 'POST',
      path: `${ONE}/corrections`,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Correct themes',
      text: 'All that is sent holds together, or none of it.',
      body: z.strictObject({ corrections: z.array(Correction).min(1).max(50) }),
      answer: z.strictObject({
        numbers: z.array(z.number().int()).meta({ description: 'By which each can be undone' }),
      }),
      example: { body: { corrections: [{ kind: 'rename', theme: '{theme}', label: 'Peace and quiet' }] } },
      handle: async ({ study, params, body, actor }) => ({
        numbers: await themes.correctAll(
          study,
          await find(study, params.run),
          body.corrections as CorrectionAsked[],
          actor,
        ),
      }),
    }),
  };
};
