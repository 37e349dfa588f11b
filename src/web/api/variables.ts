import { z } from 'zod';
import { writeDictionaryCsv, writeDictionaryXlsx } from '../../exchange/data-dictionary.ts';
import type { House } from '../app.ts';
import { File, inOne, listOf, operation } from './operation.ts';
import { surveyIn } from './surveys.ts';

const FAMILIES = ['question', 'scale', 'attribute', 'theme', 'segment', 'derived'] as const;
const Family = z.enum(FAMILIES).meta({ description: 'Where it comes from' });
const VariableId = z
  .string()
  .meta({ description: 'What tables and derived variables name it by, such as answer:town or derived:…' });
const Variable = z
  .strictObject({
    id: VariableId,
    name: z.string(),
    family: Family,
    kind: z.enum(['choice', 'choices', 'number']),
    hasEnds: z.boolean().meta({ description: 'It has a first and a last step' }),
  })
  .meta({ id: 'Variable' });
const Dictionary = z
  .strictObject({
    survey: z.string(),
    surveyVersion: z.number().int(),
    responses: z.number().int().nullable().meta({ description: 'That count' }),
    variables: z.array(
      z.strictObject({
        id: VariableId,
        name: z.string(),
        family: Family,
        kind: z.enum([
          'one option',
          'several options',
          'number',
          'steps',
          'words',
          'day',
          'time',
          'order',
          'file',
          'task',
        ]),
        options: z.array(z.strictObject({ code: z.string(), label: z.string(), n: z.number().int().nullable() })),
        range: z
          .strictObject({
            min: z.number(),
            max: z.number(),
            isObserved: z.boolean().meta({ description: 'No ends are set: these are those that occur' }),
          })
          .nullable(),
        n: z.number().int().nullable().meta({ description: 'Responses that have a value' }),
        madeOf: z.string(),
        version: z.string().meta({ description: 'Of the survey, the instrument, the run or the derived variable' }),
        fault: z.string().nullable().meta({ description: 'Why it cannot be worked out' }),
      }),
    ),
  })
  .meta({ id: 'DataDictionary' });

const CHAPTER = 'Variables';
const SURVEY = '/studies/:study/surveys/:survey';
const FILES = {
  csv: { type: 'text/csv', write: writeDictionaryCsv },
  xlsx: { type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', write: writeDictionaryXlsx },
} as const;

/** Everything that is known of a survey's responses, asked and made. */
export const variableResource = (house: House) => {
  const { cells, derivedVariables } = house.verbatim;

  return {
    listVariables: operation({
      method: 'GET',
      path: `${SURVEY}/variables`,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'List what tables and derived variables can be made of',
      text: 'In one part, without a look at the answers.',
      answer: listOf(Variable),
      handle: async ({ study, params }) => ({
        items: (await derivedVariables.names(study, await surveyIn(house, study, params.survey))).map(
          ({ id, name, family, kind, hasEnds }) => ({ id, name, family, kind, hasEnds }),
        ),
        next: null,
      }),
    }),
    readDictionary: operation({
      method: 'GET',
      path: `${SURVEY}/dictionary`,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Read the data dictionary of a survey',
      text: 'Every question, scale, theme, segmentation, attribute and derived variable, with how many responses have a value.',
      answer: Dictionary,
      handle: async ({ study, params }) =>
        derivedVariables.dictionary(
          study,
          await surveyIn(house, study, params.survey),
          cells.policyOf(study, study.role),
        ),
    }),
    downloadDictionary: operation({
      method: 'GET',
      path: `${SURVEY}/dictionary/file`,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Fetch the data dictionary as a file',
      query: z.strictObject({ format: z.enum(['csv', 'xlsx']).default('csv') }),
      answer: File,
      media: Object.values(FILES).map(({ type }) => type),
      example: { query: { format: 'csv' } },
      handle: async ({ study, params, query }) => {
        const survey = await surveyIn(house, study, params.survey);
        const { type, write } = FILES[query.format];
        return {
          name: `${survey.slug}-variables.${query.format}`,
          mediaType: type,
          chunks: inOne(
            await write(await derivedVariables.dictionary(study, survey, cells.policyOf(study, study.role))),
          ),
        };
      },
    }),
  };
};
