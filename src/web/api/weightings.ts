import { z } from 'zod';
import { writeCsv } from '../../exchange/delimited.ts';
import { ASKED_WAYS } from '../../model/segmentation.ts';
import { Weighting } from '../../model/weighting.ts';
import type { SampleDefinition } from '../../store/sample-definitions.ts';
import type { House } from '../app.ts';
import { refuseRemoved, SAMPLE, sampleIn, sampleView } from './base-samples.ts';
import { File, inOne, listOf, operation, PageQuery } from './operation.ts';
import { revisionTag } from './requests.ts';
import { surveyIn } from './surveys.ts';
import { Weighed, weighedView } from './weighed-view.ts';

const Listed = z.strictObject(SAMPLE).meta({ id: 'ListedWeighting' });
const Kept = Weighting.meta({ id: 'Weighting', description: 'How much each response counts' });
const Whole = z.strictObject({ ...SAMPLE, definition: Kept }).meta({ id: 'NamedWeighting' });
const Way = z.enum(ASKED_WAYS);
const Target = z.strictObject({
  codes: z.array(z.string().max(200)).max(200).default([]).meta({ description: 'Options that count as one category' }),
  from: z.number().nullable().default(null).meta({ description: 'Where a band begins; null for the lowest' }),
  to: z.number().nullable().default(null).meta({ description: 'Where the highest band ends; null for no end' }),
  target: z.number().min(0).max(100).meta({ description: 'Percent of everybody; together 100' }),
});
const Body = z.strictObject({
  name: z.string().min(1).max(200),
  definition: z.strictObject({
    base: z.string().max(60).default('').meta({
      description: 'Who is weighed: empty for everybody whom no rule asked, all for everybody, or the id of a base',
    }),
    asked: z
      .strictObject({
        given: z
          .partialRecord(Way, z.number().positive().max(1))
          .meta({ description: 'With which probability people of a way were asked, where it was not stored' }),
      })
      .nullable()
      .default(null),
    raked: z
      .strictObject({
        margins: z
          .array(
            z.strictObject({
              column: z.string().min(1).max(200).meta({ description: 'The id of a variable' }),
              targets: z.array(Target).min(2).max(60),
            }),
          )
          .min(1)
          .max(12),
        trim: z
          .strictObject({ low: z.number().min(0).lt(1), high: z.number().gt(1) })
          .nullable()
          .default(null)
          .meta({ description: 'The smallest and the largest weight; the mean weight is 1' }),
        missing: z
          .enum(['keep', 'leave-out'])
          .default('keep')
          .meta({ description: 'Whoever lacks a category: weighed by the other shares, or not counted' }),
      })
      .nullable()
      .default(null),
  }),
});
const Weighable = z.strictObject({
  columns: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      kind: z.enum(['choice', 'number']),
      n: z.number().int().meta({ description: 'How many have a value' }),
      of: z.number().int(),
      options: z.array(z.strictObject({ label: z.string(), n: z.number().int() })),
      ends: z.strictObject({ min: z.number(), max: z.number() }).nullable(),
    }),
  ),
  ways: z.array(
    z.strictObject({
      way: Way,
      n: z.number().int(),
      unknown: z.number().int().meta({ description: 'Of how many nobody stored how likely they were asked' }),
    }),
  ),
});

const CHAPTER = 'Weightings';
const ALL = '/studies/:study/surveys/:survey/weightings';
const ONE = `${ALL}/:weighting`;
const EXAMPLE: z.input<typeof Body> = {
  name: 'By coming again',
  definition: {
    raked: {
      margins: [
        {
          column: 'answer:again',
          targets: [
            { codes: ['yes'], target: 60 },
            { codes: ['no'], target: 40 },
          ],
        },
      ],
      trim: { low: 0.2, high: 5 },
    },
  },
};

/** How much each response of a survey counts. */
export const weightingResource = (house: House) => {
  const { store, samples } = house.verbatim;
  const whole = (kept: SampleDefinition): z.input<typeof Whole> => ({
    ...sampleView(kept),
    definition: Weighting.parse(kept.definition),
  });

  return {
    listWeighable: operation({
      method: 'GET',
      path: '/studies/:study/surveys/:survey/weighable',
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'List what respondents can be weighed by',
      text: 'What nobody said, and what all said alike, cannot be.',
      answer: Weighable,
      handle: async ({ study, params }) => {
        const { columns, ways } = await samples.weighable(await surveyIn(house, study, params.survey));
        return { columns: columns.map(({ blank: _, ...column }) => column), ways };
      },
    }),
    listWeightings: operation({
      method: 'GET',
      path: ALL,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'List the weightings of a survey',
      query: PageQuery,
      answer: listOf(Listed),
      handle: async ({ study, params, part }) => {
        const survey = await surveyIn(house, study, params.survey);
        const { rows, next } = part(await store.sampleDefinitions.list(survey.id, 'weighting'), ({ id }) => Number(id));
        return { items: rows.map(sampleView), next };
      },
    }),
    addWeighting: operation({
      method: 'POST',
      path: ALL,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Add a weighting',
      text: 'By known shares, by how likely people were asked, or by both. It is worked out first: nothing is kept that cannot be.',
      body: Body,
      answer: Whole,
      status: 201,
      example: { body: EXAMPLE },
      handle: async ({ study, params, body, actor, created, tag }) => {
        const survey = await surveyIn(house, study, params.survey);
        const id = await samples.addWeighting(survey, await samples.weightingOfNumbers(survey, body), actor);
        created(`/surveys/${survey.publicId}/weightings/${id}`);
        tag(revisionTag(1));
        return whole(await samples.find(survey, 'weighting', id));
      },
    }),
    readWeighting: operation({
      method: 'GET',
      path: ONE,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Read a weighting',
      answer: Whole,
      handle: async ({ study, params, tag }) => {
        const { kept } = await sampleIn(house, study, params.survey, 'weighting', params.weighting);
        tag(revisionTag(Number(kept.number)));
        return whole(kept);
      },
    }),
    changeWeighting: operation({
      method: 'PUT',
      path: ONE,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Change a weighting',
      text: 'It becomes another version.',
      needsMatch: true,
      body: Body,
      answer: Whole,
      example: { body: EXAMPLE },
      handle: async ({ study, params, body, actor, insistMatch, tag }) => {
        const { survey, kept } = await sampleIn(house, study, params.survey, 'weighting', params.weighting);
        refuseRemoved(kept);
        insistMatch(revisionTag(Number(kept.number)));
        const said = await samples.weightingOfNumbers(survey, body);
        await samples.changeWeighting(survey, kept, kept.number, said, actor);
        const changed = await samples.find(survey, 'weighting', params.weighting);
        tag(revisionTag(Number(changed.number)));
        return whole(changed);
      },
    }),
    removeWeighting: operation({
      method: 'DELETE',
      path: ONE,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Remove a weighting',
      handle: async ({ study, params }) => {
        await samples.remove((await sampleIn(house, study, params.survey, 'weighting', params.weighting)).kept);
        return null;
      },
    }),
    weigh: operation({
      method: 'GET',
      path: `${ONE}/weighed`,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Work a weighting out',
      text: 'Of the answers as they are now: how well the shares are met, and what the weights cost.',
      answer: Weighed,
      handle: async ({ study, params }) => {
        const { survey, kept } = await sampleIn(house, study, params.survey, 'weighting', params.weighting);
        return weighedView(await samples.weigh(survey, Weighting.parse(kept.definition)));
      },
    }),
    downloadWeights: operation({
      method: 'GET',
      path: `${ONE}/weights`,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Fetch the weight of each response as CSV',
      answer: File,
      media: ['text/csv'],
      handle: async ({ study, params }) => {
        const { survey, kept } = await sampleIn(house, study, params.survey, 'weighting', params.weighting);
        const { weights } = await samples.weigh(survey, Weighting.parse(kept.definition));
        return {
          name: `weights-version-${kept.number}.csv`,
          mediaType: 'text/csv; charset=utf-8',
          chunks: inOne(
            writeCsv(
              ['response', 'weight'],
              weights.map(({ response, weight }) => [response, weight]),
            ),
          ),
        };
      },
    }),
  };
};
