import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import { ENGINES } from '../../segments/engines/engine.ts';
import { fitOf } from '../../services/segmentations.ts';
import { COVARIANCE_FAMILIES } from '../../stats/gaussian-mixture/covariance-families.ts';
import type { Run } from '../../store/analyses.ts';
import type { Segmentation } from '../../store/segmentations.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { Ref } from './codes.ts';
import { Id, listOf, operation, PageQuery } from './operation.ts';
import { Begun } from './runs.ts';
import { Label, Seed, segmentationIn, WholeSegmentation, wholeSegmentation } from './segmentations.ts';

const Share = z.strictObject({ share: z.number(), low: z.number(), high: z.number() });
const Solution = z
  .strictObject({
    run: Id,
    k: z.number().int(),
    engine: z.enum(ENGINES),
    label: Label,
    labelReasons: z.array(z.string()),
    seed: z.number().int(),
    grouped: z.number().int(),
    version: z.number().int().nullable().meta({ description: 'As which it was accepted' }),
    stability: z.strictObject({
      agreement: z.number().meta({ description: 'Adjusted Rand index of people drawn anew' }),
      withoutSegments: z.number().meta({ description: 'The same where there are none' }),
    }),
    segments: z.array(
      z.strictObject({
        id: Id,
        name: z.string(),
        size: z.number().int(),
        share: Share,
        jaccard: z.number().meta({ description: 'How much of it comes back when people are drawn anew' }),
      }),
    ),
  })
  .meta({ id: 'SegmentSolution' });

const CHAPTER = 'Segmentations';
const ONE = '/studies/:study/segmentations/:segmentation/solutions';

/** How people can be divided, and accepting one of these ways. */
export const segmentSolutionResource = (house: House) => {
  const { store, segmentations } = house.verbatim;
  const find = (study: EnteredStudy, id: string) => segmentationIn(house, study, id);

  async function solutionIn(study: EnteredStudy, segmentation: Segmentation, id: string): Promise<Run> {
    const run = await store.analyses.findRun(study.id, id);
    if (!run || run.segmentationId !== segmentation.id || run.subject !== 'fit')
      throw new Problem('not-found', 'There is no such solution of this segmentation');
    return run;
  }
  async function solutionView(run: Run): Promise<z.input<typeof Solution> | null> {
    const kept = fitOf(run);
    if (!kept) return null;
    const own = await store.segmentations.segmentsOf(run.id);
    const version = await store.segmentations.versionOfRun(run.id);
    const { fit } = kept;
    return {
      run: run.publicId,
      k: fit.k,
      engine: fit.engine,
      label: fit.label,
      labelReasons: [...fit.labelReasons],
      seed: Number(run.seed),
      grouped: kept.grouped,
      version: version === null ? null : Number(version.number),
      stability: { agreement: fit.stability.ari, withoutSegments: fit.stability.nullAri },
      segments: own.map((segment, index) => {
        const { share, low, high } = fit.shares[index] ?? { share: 0, low: 0, high: 0 };
        return {
          id: segment.publicId,
          name: segment.name,
          size: fit.sizes[index] ?? 0,
          share: { share, low, high },
          jaccard: fit.jaccard[index] ?? 0,
        };
      }),
    };
  }

  return {
    fitSegments: operation({
      method: 'POST',
      path: ONE,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Make so many segments',
      text: 'The newest test of the same settings says what they may be called.',
      body: z.strictObject({
        k: z.number().int().min(2).max(12),
        seed: Seed,
        engine: z.enum(ENGINES).default('k-means'),
        family: z.enum(COVARIANCE_FAMILIES).default('VVI').meta({ description: 'Of the Gaussian mixture' }),
        weighting: Ref.optional(),
        isWeighted: z
          .boolean()
          .default(false)
          .meta({ description: 'Weights count also where segments are looked for' }),
      }),
      answer: Begun,
      status: 202,
      example: { body: { k: 3, seed: 1 } },
      handle: async ({ study, params, body, actor }) => {
        const one = await find(study, params.segmentation);
        const run = await segmentations.fit(study, one, { ...body, weighting: body.weighting ?? '' }, actor);
        return { run: run.publicId };
      },
    }),
    listSolutions: operation({
      method: 'GET',
      path: ONE,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'List solutions',
      query: PageQuery,
      answer: listOf(Solution),
      handle: async ({ study, params, part }) => {
        const one = await find(study, params.segmentation);
        const fits = (await store.segmentations.runs(one.id, 'fit')).filter((run) => fitOf(run) !== null);
        const { rows, next } = part(fits, ({ id }) => Number(id));
        return { items: (await Promise.all(rows.map(solutionView))).filter((view) => view !== null), next };
      },
    }),
    readSolution: operation({
      method: 'GET',
      path: `${ONE}/:run`,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Read a solution',
      answer: Solution,
      handle: async ({ study, params }) => {
        const run = await solutionIn(study, await find(study, params.segmentation), params.run);
        const view = await solutionView(run);
        if (!view)
          throw new Problem('conflict', 'This solution is not finished', {
            detail: `Ask for the run: it is ${run.state}`,
          });
        return view;
      },
    }),
    acceptSolution: operation({
      method: 'POST',
      path: `${ONE}/:run/accept`,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Accept a solution as the next version',
      text: 'From then on its segments are those that rules, personas and files know.',
      body: z.strictObject({ note: z.string().max(1_000).default('').meta({ description: 'Why this one' }) }),
      answer: WholeSegmentation,
      example: { body: { note: 'The three that the test found' } },
      handle: async ({ study, params, body, actor }) => {
        const one = await find(study, params.segmentation);
        await segmentations.accept(one, await solutionIn(study, one, params.run), { note: body.note }, actor);
        return wholeSegmentation(house, study, params.segmentation);
      },
    }),
  };
};
