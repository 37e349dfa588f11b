import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import { SEGMENTATION_LABELS } from '../../model/segmentation.ts';
import type { TableCell } from '../../segments/table-cells.ts';
import type { House } from '../app.ts';
import { Ref } from './codes.ts';
import { Id, operation, Time } from './operation.ts';
import { Begun } from './runs.ts';
import { segmentationIn } from './segmentations.ts';

const figure = z.number().nullable();
const Cell = z
  .strictObject({
    value: figure.meta({ description: 'A share (0 to 1), a mean or a median; null where too few answered' }),
    low: figure,
    high: figure,
    n: z.number().int().meta({ description: 'People who answered' }),
    index: figure.meta({ description: '100 times the share, by that of all' }),
    effect: figure.meta({ description: 'Against the others: Cohen’s h, Hedges’ g or Cliff’s delta' }),
    adjustedP: figure,
    standing: z.enum(['enough', 'warned', 'hidden']).meta({ description: 'Whether enough people stand behind it' }),
  })
  .meta({ id: 'ProfileCell', description: 'Intervals are of 95%' });
const Profile = z
  .strictObject({
    run: Id,
    madeAt: Time,
    label: z.enum(SEGMENTATION_LABELS),
    version: z.number().int().nullable(),
    isStale: z.boolean().meta({ description: 'Answers came, went or changed since' }),
    n: z.number().int(),
    segments: z.array(
      z.strictObject({
        id: Id,
        name: z.string(),
        n: z.number().int(),
        share: z.strictObject({ share: z.number(), low: z.number(), high: z.number() }),
      }),
    ),
    blocks: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        family: z.string(),
        isInput: z.boolean().meta({ description: 'The segments were made from it: shown, and not tested' }),
        rows: z.array(
          z.strictObject({
            kind: z.enum(['share', 'mean', 'median']),
            code: z.string().nullable(),
            label: z.string(),
            cells: z.array(Cell).meta({ description: 'A segment each, in the order above' }),
            all: Cell,
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'SegmentProfile' });

const CHAPTER = 'Segmentations';
const ONE = '/studies/:study/segmentations/:segmentation/profile';

const cellView = ({ standing, ...cell }: TableCell): z.input<typeof Cell> => {
  const isHidden = standing === 'hidden';
  return {
    value: isHidden ? null : cell.value,
    low: isHidden ? null : cell.low,
    high: isHidden ? null : cell.high,
    n: cell.n,
    index: isHidden ? null : cell.index,
    effect: isHidden ? null : cell.effect,
    adjustedP: cell.adjustedP,
    standing,
  };
};

/** What segments are like in everything that is known of those who answered. */
export const segmentProfileResource = (house: House) => {
  const { segmentProfiles } = house.verbatim;
  return {
    profileSegments: operation({
      method: 'POST',
      path: ONE,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Work out what the segments are like',
      body: z.strictObject({
        solution: Ref.optional().meta({ description: 'A solution; left out, the version that stands' }),
        survey: Ref.optional().meta({ description: 'By whose answers; left out, their own' }),
        outcomes: z.array(z.string().max(200)).max(12).default([]),
        weighting: Ref.optional(),
      }),
      answer: Begun,
      status: 202,
      example: { body: {} },
      handle: async ({ study, params, body, actor }) => {
        const one = await segmentationIn(house, study, params.segmentation);
        const solution = await segmentProfiles.solutionOf(study, one, body.solution ?? null);
        const survey = await segmentProfiles.surveyOf(study, one, solution, body.survey ?? null);
        const form = { survey, outcomes: body.outcomes, weighting: body.weighting ?? null };
        return { run: (await segmentProfiles.profile(study, one, solution, form, actor)).publicId };
      },
    }),
    readProfile: operation({
      method: 'GET',
      path: ONE,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Read what the segments are like',
      query: z.strictObject({ solution: Ref.optional(), survey: Ref.optional() }),
      answer: Profile,
      handle: async ({ study, params, query }) => {
        const one = await segmentationIn(house, study, params.segmentation);
        const solution = await segmentProfiles.solutionOf(study, one, query.solution ?? null);
        const survey = await segmentProfiles.surveyOf(study, one, solution, query.survey ?? null);
        const { standing } = await segmentProfiles.profileOf(one, solution, survey);
        if (!standing)
          throw new Problem('conflict', 'This was not worked out yet', {
            detail: 'Begin it, and ask again when its run has ended',
          });
        const { run, kept } = standing;
        return {
          run: run.publicId,
          madeAt: run.finishedAt ?? run.createdAt,
          label: solution.label,
          version: solution.version === null ? null : Number(solution.version.number),
          isStale: await segmentProfiles.isStale(standing),
          n: kept.n,
          segments: kept.segments.map(({ publicId, name, n, share }) => ({
            id: publicId,
            name,
            n,
            share: { share: share.share, low: share.low, high: share.high },
          })),
          blocks: kept.blocks.map(({ id, name, family, isInput, rows }) => ({
            id,
            name,
            family,
            isInput,
            rows: rows.map(({ kind, code, label, cells, total }) => ({
              kind,
              code,
              label,
              cells: cells.map(cellView),
              all: cellView(total),
            })),
          })),
        };
      },
    }),
  };
};
