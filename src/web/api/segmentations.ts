import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import { SEGMENTATION_LABELS, SEGMENTATION_ORIGINS, SegmentationSettings } from '../../model/segmentation.ts';
import { testOf } from '../../services/segmentations.ts';
import type { Segmentation } from '../../store/segmentations.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { Ref } from './codes.ts';
import { Id, listOf, operation, PageQuery, Time } from './operation.ts';
import { tagOf } from './requests.ts';
import { Begun } from './runs.ts';

export const Label = z.enum(SEGMENTATION_LABELS).meta({ description: 'What the segments may be called' });
const SegmentationAnswer = z
  .strictObject({
    id: Id,
    name: z.string(),
    origin: z.enum(SEGMENTATION_ORIGINS),
    survey: Id.nullable(),
    changedAt: Time,
  })
  .meta({ id: 'Segmentation' });
export const WholeSegmentation = SegmentationAnswer.extend({
  settings: SegmentationSettings.nullable().meta({ description: 'Of one that was found: what people are grouped by' }),
  segments: z.array(z.strictObject({ id: Id, name: z.string() })).meta({ description: 'Of the version that stands' }),
  versions: z
    .array(z.strictObject({ number: z.number().int(), label: Label, note: z.string(), acceptedAt: Time }))
    .meta({ description: 'The newest, which stands, first' }),
}).meta({ id: 'WholeSegmentation' });
const Test = z
  .strictObject({
    run: Id,
    verdict: z.enum(['segments', 'weak', 'none']),
    k: z.number().int().meta({ description: 'Where the gap is largest' }),
    people: z.number().int(),
    seed: z.number().int(),
    perK: z.array(
      z.strictObject({
        k: z.number().int(),
        gap: z.number(),
        z: z.number().meta({ description: 'In standard deviations of tables without segments' }),
        silhouette: z.number(),
      }),
    ),
    rules: z.array(z.strictObject({ rule: z.string(), value: z.number(), limit: z.number(), holds: z.boolean() })),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'SegmentTest' });
const CHAPTER = 'Segmentations';
const ALL = '/studies/:study/segmentations';
const ONE = `${ALL}/:segmentation`;
export const Seed = z.number().int().min(0).default(1);

/** @throws Problem `not-found` */
export async function segmentationIn({ verbatim }: House, study: EnteredStudy, id: string): Promise<Segmentation> {
  const segmentation = await verbatim.store.segmentations.find(study.id, id);
  if (!segmentation) throw new Problem('not-found', 'There is no such segmentation in this study');
  return segmentation;
}

async function shown(
  { verbatim: { store } }: House,
  study: EnteredStudy,
  one: Segmentation,
): Promise<z.input<typeof SegmentationAnswer>> {
  const survey = one.surveyId === null ? null : await store.surveys.findById(study.id, one.surveyId);
  return {
    id: one.publicId,
    name: one.name,
    origin: one.origin,
    survey: survey?.publicId ?? null,
    changedAt: one.changedAt,
  };
}

/** A segmentation with its settings and versions. @throws Problem `not-found` */
export async function wholeSegmentation(
  house: House,
  study: EnteredStudy,
  id: string,
): Promise<z.input<typeof WholeSegmentation>> {
  const { store, segmentations } = house.verbatim;
  const one = await segmentationIn(house, study, id);
  return {
    ...(await shown(house, study, one)),
    settings: one.origin === 'found' ? segmentations.settingsOf(one) : null,
    segments: (await store.segmentations.current(one.id)).map(({ publicId, name }) => ({ id: publicId, name })),
    versions: (await store.segmentations.versions(one.id)).map(({ number, label, note, acceptedAt }) => ({
      number: Number(number),
      label,
      note,
      acceptedAt,
    })),
  };
}

/** Whether people fall into groups, and by what. */
export const segmentationResource = (house: House) => {
  const { store, segmentations } = house.verbatim;
  const find = (study: EnteredStudy, id: string) => segmentationIn(house, study, id);

  const tagOfOne = ({ changedAt, name, settings }: Segmentation) => tagOf(JSON.stringify([changedAt, name, settings]));

  return {
    listSegmentations: operation({
      method: 'GET',
      path: ALL,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'List segmentations',
      query: PageQuery,
      answer: listOf(SegmentationAnswer),
      example: { query: { limit: 20 } },
      handle: async ({ study, part }) => {
        const { rows, next } = part(await store.segmentations.list(study.id), ({ id }) => Number(id));
        return { items: await Promise.all(rows.map((one) => shown(house, study, one))), next };
      },
    }),
    addSegmentation: operation({
      method: 'POST',
      path: ALL,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Begin a segmentation of the answers to a survey',
      text: 'People are grouped by what is usual until you say otherwise.',
      body: z.strictObject({ name: z.string().min(1).max(200), survey: Ref }),
      answer: WholeSegmentation,
      status: 201,
      example: { body: { name: 'What people want', survey: '{survey}' } },
      handle: async ({ study, body, actor, created }) => {
        const survey = await store.surveys.find(study.id, body.survey);
        if (!survey) throw new Problem('not-found', 'There is no such survey in this study');
        const added = await segmentations.add(study, survey, body.name, actor);
        created(`/segmentations/${added.publicId}`);
        return wholeSegmentation(house, study, added.publicId);
      },
    }),
    readSegmentation: operation({
      method: 'GET',
      path: ONE,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Read a segmentation',
      answer: WholeSegmentation,
      handle: async ({ study, params, tag }) => {
        tag(tagOfOne(await find(study, params.segmentation)));
        return wholeSegmentation(house, study, params.segmentation);
      },
    }),
    listSegmentationInputs: operation({
      method: 'GET',
      path: `${ONE}/inputs`,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'List what people can be grouped by',
      answer: z.strictObject({
        inputs: z.array(z.strictObject({ id: z.string(), name: z.string(), block: z.string(), isChosen: z.boolean() })),
      }),
      handle: async ({ study, params }) => {
        const one = await find(study, params.segmentation);
        const chosen = new Set(segmentations.settingsOf(one).inputs);
        const offered = await segmentations.offered(study, await segmentations.surveyOf(one));
        const view = (block: string, inputs: readonly { id: string; name: string }[]) =>
          inputs.map(({ id, name }) => ({ id, name, block, isChosen: chosen.has(id) }));
        return {
          inputs: [
            ...offered.blocks.flatMap((block) => view(block.id, block.inputs)),
            ...view('themes', offered.themes),
            ...view('attributes', offered.attributes),
          ],
        };
      },
    }),
    changeSegmentation: operation({
      method: 'PUT',
      path: ONE,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Say what people are grouped by',
      needsMatch: true,
      body: z.strictObject({ name: z.string().min(1).max(200), settings: SegmentationSettings }),
      answer: WholeSegmentation,
      example: { body: { name: 'What people want', settings: { inputs: ['answer:wants.q00', 'answer:wants.q01'] } } },
      handle: async ({ study, params, body, insistMatch, tag }) => {
        const one = await find(study, params.segmentation);
        insistMatch(tagOfOne(one));
        segmentations.settingsOf(one);
        await segmentations.change(study, one, { ...body, changedAt: one.changedAt });
        tag(tagOfOne(await find(study, params.segmentation)));
        return wholeSegmentation(house, study, params.segmentation);
      },
    }),
    testSegmentation: operation({
      method: 'POST',
      path: `${ONE}/test`,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Test whether there are segments at all',
      body: z.strictObject({ seed: Seed }),
      answer: Begun,
      status: 202,
      example: { body: { seed: 1 } },
      handle: async ({ study, params, body, actor }) => {
        const one = await find(study, params.segmentation);
        return { run: (await segmentations.test(study, one, body.seed, actor)).publicId };
      },
    }),
    readSegmentationTest: operation({
      method: 'GET',
      path: `${ONE}/test`,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Read the newest test',
      answer: Test,
      handle: async ({ study, params }) => {
        const one = await find(study, params.segmentation);
        const run = (await store.segmentations.runs(one.id, 'test')).find(({ state }) => state === 'done');
        const kept = run ? testOf(run) : null;
        if (!run || !kept)
          throw new Problem('conflict', 'Nothing was tested yet', {
            detail: 'Begin a test, and ask again when its run has ended',
          });
        const { test } = kept;
        return {
          run: run.publicId,
          verdict: test.verdict,
          k: test.k,
          people: test.people,
          seed: Number(run.seed),
          perK: test.perK.map(({ k, gap, z: deviations, silhouette }) => ({ k, gap, z: deviations, silhouette })),
          rules: test.rules.map(({ rule, value, limit, holds }) => ({ rule, value, limit, holds })),
          warnings: [...test.warnings],
        };
      },
    }),
  };
};
