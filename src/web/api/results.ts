import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import type { Counted } from '../../reports/counted-share.ts';
import type { ItemSummary } from '../../reports/question-summary.ts';
import { type SafeQuestion, safeQuestions } from '../../reports/safe-questions.ts';
import type { House } from '../app.ts';
import { operation } from './operation.ts';
import { surveyIn } from './surveys.ts';

const number = z.number().nullable();
const Share = z
  .strictObject({
    code: z.string(),
    label: z.string(),
    count: z.number().int(),
    share: z.number().meta({ description: 'Of those who answered, 0 to 1' }),
    low: z.number(),
    high: z.number(),
  })
  .meta({ id: 'Share', description: 'A count with its share and the 95% Wilson interval' });
const Item = z
  .strictObject({
    item: z.string(),
    label: z.string(),
    kind: z.enum(['choice', 'steps', 'number', 'ranking', 'date', 'time', 'text']),
    answered: z.number().int().meta({ description: 'The base of every share here' }),
    refused: z.number().int(),
    skipped: z.number().int(),
    notSeen: z.number().int(),
    shares: z.array(Share).meta({ description: 'Options, steps or ranges; of a ranking, who put each first' }),
    mean: number,
    meanLow: number.meta({ description: 'With meanHigh the 95% interval' }),
    meanHigh: number,
    standardDeviation: number,
    median: number.meta({ description: 'Of a date in days since 1 January 1970' }),
    medianLow: number,
    medianHigh: number,
    ranks: z
      .array(z.strictObject({ code: z.string(), n: z.number().int(), mean: number, meanLow: number, meanHigh: number }))
      .meta({ description: 'Of a ranking: the mean place of each option' }),
  })
  .meta({ id: 'CountedItem' });
const Results = z
  .strictObject({
    n: z.number().int().meta({ description: 'Completed responses that count' }),
    smallestCell: z.number().int().meta({ description: 'No figure of fewer people is told' }),
    isBehind: z
      .boolean()
      .meta({ description: 'Some that came since are not counted yet: they are too few to be told' }),
    questions: z.array(
      z.strictObject({
        code: z.string(),
        text: z.string(),
        kind: z.string(),
        items: z.array(Item),
        hidden: z.array(z.string()).meta({ description: 'What is not told, since too few people are behind it' }),
      }),
    ),
  })
  .meta({ id: 'Results' });

function sharesIn(item: ItemSummary): readonly Counted[] {
  switch (item.kind) {
    case 'choice':
      return item.options;
    case 'steps':
      return item.steps;
    case 'ranking':
      return item.options.map(({ first }) => first);
    case 'text':
      return item.answered === 0 && item.written.count === 0 ? [] : [item.written];
    default:
      return item.bins;
  }
}

function itemView(item: ItemSummary): z.input<typeof Item> {
  const mean = 'mean' in item ? item : null;
  const median = 'median' in item ? item : null;
  return {
    item: item.item,
    label: item.label,
    kind: item.kind,
    answered: item.answered,
    refused: item.refused,
    skipped: item.skipped,
    notSeen: item.notSeen,
    shares: sharesIn(item).map(({ code, label, count, share, low, high }) => ({
      code,
      label,
      count,
      share,
      low,
      high,
    })),
    mean: mean?.mean ?? null,
    meanLow: mean?.meanLow ?? null,
    meanHigh: mean?.meanHigh ?? null,
    standardDeviation: mean?.standardDeviation ?? null,
    median: median?.median ?? null,
    medianLow: median?.medianLow ?? null,
    medianHigh: median?.medianHigh ?? null,
    ranks:
      item.kind === 'ranking'
        ? item.options.map((one) => ({
            code: one.code,
            n: one.n,
            mean: one.mean,
            meanLow: one.meanLow,
            meanHigh: one.meanHigh,
          }))
        : [],
  };
}

const questionView = ({ code, text, kind, items, hidden }: SafeQuestion) => ({
  code,
  text,
  kind,
  items: items.map(itemView),
  hidden,
});

export const resultsResource = (house: House) => ({
  readResults: operation({
    method: 'GET',
    path: '/studies/:study/surveys/:survey/results',
    scope: 'aggregate:read',
    chapter: 'Results',
    title: 'Read how often each answer was given',
    text: 'As viewers read it: figures of too few people, and those by which such a figure could be worked out, are left out.',
    answer: Results,
    handle: async ({ study, params }) => {
      const survey = await surveyIn(house, study, params.survey);
      if (survey.publishedVersionId === null)
        throw new Problem('conflict', 'This survey has not been published', {
          detail: 'There is something to count once people have answered',
        });
      const { cells } = house.verbatim;
      const policy = cells.policyOf(study, study.role);
      if (policy === null) throw new Error('Results are told under the smallest cell');
      const { summary, isBehind } = await cells.summary(survey, policy);
      return {
        n: summary?.n ?? 0,
        smallestCell: policy.least,
        isBehind,
        questions: safeQuestions(summary?.questions ?? [], policy).map(questionView),
      };
    },
  }),
});
