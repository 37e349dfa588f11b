import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import type { Run } from '../../store/analyses.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { Id, listOf, operation, pageQuery, Time } from './operation.ts';
import { surveyIn } from './surveys.ts';

const KINDS = ['themes', 'scores', 'segments', 'tables', 'personas'] as const;

/** What an operation that begins long work answers. */
export const Begun = z
  .strictObject({ run: Id.meta({ description: 'Ask for this run until it has ended' }) })
  .meta({ id: 'Begun' });
const RunAnswer = z
  .strictObject({
    id: Id,
    kind: z.enum(KINDS),
    subject: z.string().meta({ description: 'What of it: the item, or the step of a segmentation' }),
    survey: Id.nullable(),
    state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
    step: z.string().meta({ description: 'What is being done just now' }),
    progress: z.number().min(0).max(1),
    error: z.string().nullable(),
    seed: z.number().int(),
    engineVersion: z.string(),
    inputHash: z.string().nullable().meta({ description: 'Of what it read: the same input and seed, the same result' }),
    createdAt: Time,
    finishedAt: Time.nullable(),
  })
  .meta({ id: 'Run' });

const CHAPTER = 'Runs';
const ONE = '/studies/:study/runs/:run';

export const runResource = (house: House) => {
  const { verbatim } = house;
  const { store } = verbatim;

  async function find(study: EnteredStudy, id: string): Promise<Run> {
    const run = await store.analyses.findRun(study.id, id);
    if (!run) throw new Problem('not-found', 'There is no such run in this study');
    return run;
  }
  const shown = (run: Run, surveys: ReadonlyMap<number, string>): z.input<typeof RunAnswer> => ({
    id: run.publicId,
    kind: run.kind as (typeof KINDS)[number],
    subject: run.subject,
    survey: run.surveyId === null ? null : (surveys.get(run.surveyId) ?? null),
    state: run.state as z.input<typeof RunAnswer>['state'],
    step: run.step,
    progress: run.progress,
    error: run.error,
    seed: Number(run.seed),
    engineVersion: run.engineVersion,
    inputHash: run.inputHash,
    createdAt: run.createdAt,
    finishedAt: run.finishedAt,
  });
  const surveysOf = async (study: EnteredStudy) =>
    new Map((await store.surveys.list(study.id)).map(({ id, publicId }) => [id, publicId]));

  return {
    listRuns: operation({
      method: 'GET',
      path: '/studies/:study/runs',
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'List runs',
      text: 'The newest first.',
      query: z.strictObject({ ...pageQuery, kind: z.enum(KINDS).optional() }),
      answer: listOf(RunAnswer),
      example: { query: { kind: 'scores' } },
      handle: async ({ study, query, position, next }) => {
        const before = position();
        const found = await store.analyses.listRuns(study.id, {
          kind: query.kind ?? null,
          beforeId: before === null ? null : Number(before),
          limit: query.limit + 1,
        });
        const rows = found.slice(0, query.limit);
        const surveys = await surveysOf(study);
        const last = rows.at(-1);
        return {
          items: rows.map((run) => shown(run, surveys)),
          next: found.length > query.limit && last ? next(last.id) : null,
        };
      },
    }),
    readRun: operation({
      method: 'GET',
      path: ONE,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Read a run',
      answer: RunAnswer,
      handle: async ({ study, params }) => shown(await find(study, params.run), await surveysOf(study)),
    }),
    cancelRun: operation({
      method: 'POST',
      path: `${ONE}/cancel`,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Cancel a run',
      text: 'One that has ended stays as it is.',
      answer: RunAnswer,
      handle: async ({ study, params }) => {
        await verbatim.analysis.cancel(await find(study, params.run));
        return shown(await find(study, params.run), await surveysOf(study));
      },
    }),
    scoreScales: operation({
      method: 'POST',
      path: '/studies/:study/surveys/:survey/scores',
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Score the scales of a survey',
      answer: Begun,
      status: 202,
      handle: async ({ study, params, actor }) => {
        const run = await verbatim.analysis.score(study, await surveyIn(house, study, params.survey), actor);
        return { run: run.publicId };
      },
    }),
  };
};
