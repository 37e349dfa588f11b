import { expect, test } from 'vitest';
import { type MovingHouse, movingHouse } from '../../src/demo/moving-house.ts';
import { movingHousePlan } from '../../src/demo/plan.ts';
import { movingHouseThemes } from '../../src/demo/themes.ts';
import { checkSurvey } from '../../src/logic/check-survey.ts';
import { type Question, SurveyDefinition } from '../../src/model/survey.ts';
import { scoreScales } from '../../src/scales/score.ts';
import { adjustedRandIndex } from '../../src/stats/adjusted-rand-index.ts';
import { kMeans } from '../../src/stats/k-means.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import { demoTexts, readDemoJson } from './demo-files.ts';

const survey = SurveyDefinition.parse(readDemoJson('survey.json'));
const questions = survey.pages.flatMap((page) => page.questions);
const texts = demoTexts();
const now = new Date('2026-05-01T00:00:00Z');
const study = movingHouse({ random: mulberry32(1), now, texts });

/** Why an answer does not fit its question; null when it does. */
function misfit(question: Question | undefined, answer: unknown): string | null {
  if (!question) return 'no such question';
  if (typeof answer === 'object' && answer !== null && 'refused' in answer) {
    return question.refusable ? null : 'cannot be refused';
  }
  const isStep = (step: unknown, { min, max }: { min: number; max: number }) =>
    Number.isInteger(step) && (step as number) >= min && (step as number) <= max;
  switch (question.kind) {
    case 'single':
      return question.options.some(({ code }) => code === answer) ? null : `no option ${answer}`;
    case 'multiple': {
      const chosen = answer as string[];
      const known = question.options.filter(({ code }) => chosen.includes(code));
      const standsAlone = known.length > 1 && known.some(({ exclusive }) => exclusive);
      return chosen.length > 0 && known.length === chosen.length && !standsAlone ? null : `not to choose: ${chosen}`;
    }
    case 'rating':
      return isStep(answer, question.steps) ? null : `no step ${answer}`;
    case 'battery': {
      const rows = question.rows.map(({ code }) => code);
      const stray = Object.entries(answer as object).find(
        ([row, step]) => !rows.includes(row) || !isStep(step, question.steps),
      );
      return stray ? `no row or step ${stray}` : null;
    }
    case 'number': {
      const number = answer as number;
      const isInRange = number >= (question.min ?? -Infinity) && number <= (question.max ?? Infinity);
      return isInRange && (!question.whole || Number.isInteger(number)) ? null : `no such number ${number}`;
    }
    case 'text':
      return typeof answer === 'string' && answer.length <= (question.maxLength ?? Infinity) ? null : 'no text';
    default:
      return `a kind that the demonstration does not ask: ${question.kind}`;
  }
}

/** Everything an option, row, step or code of the survey could object to in a study. */
function misfits(made: MovingHouse): string[] {
  return made.responses.flatMap(({ answers }) =>
    Object.entries(answers).flatMap(([code, answer]) => {
      const fault = misfit(
        questions.find((question) => question.code === code),
        answer,
      );
      return fault ? [`${code}: ${fault}`] : [];
    }),
  );
}

/** Revenue less refunds, per head of each planted segment. */
function revenuePerHead(made: MovingHouse): Record<string, number> {
  const segmentOf = new Map(made.planted.map(({ personExternalId, segment }) => [personExternalId, segment]));
  const sums: Record<string, number> = {};
  for (const { personExternalId, name, properties } of made.events) {
    const segment = segmentOf.get(personExternalId)!;
    const amount =
      name === 'Order Completed' ? properties['revenue'] : name === 'Order Refunded' ? properties['total'] : 0;
    sums[segment] = (sums[segment] ?? 0) + (name === 'Order Refunded' ? -Number(amount) : Number(amount));
  }
  return Object.fromEntries(Object.entries(sums).map(([segment, sum]) => [segment, sum / sizesOf(made)[segment]!]));
}

function sizesOf(made: MovingHouse): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const { segment } of made.planted) sizes[segment] = (sizes[segment] ?? 0) + 1;
  return sizes;
}

test('the survey parses, and nothing stands in the way of publishing it', () => {
  expect(checkSurvey(survey)).toEqual([]);
  expect(survey.pages.every((page) => page.questions.length <= 4)).toBe(true);
});

test('the plan knows the items of every scale as the survey does', () => {
  const scales = (survey.instruments ?? []).flatMap((instrument) => instrument.scales);
  const planned = Object.entries(movingHousePlan.scales).map(([code, { items }]) => [code, items]);
  expect(planned).toEqual(scales.map(({ code, items }) => [code, items]));
  const stray = Object.values(movingHousePlan.segments).flatMap(({ profile }) =>
    Object.keys(profile).filter((scale) => !(scale in movingHousePlan.scales)),
  );
  expect(stray).toEqual([]);
});

test('twelve hundred people answer in two waves and three languages, and every answer fits the survey', () => {
  expect(study.people).toHaveLength(1_200);
  expect(study.responses).toHaveLength(1_200);
  expect(new Set(study.responses.map(({ wave }) => wave)).size).toBe(2);
  expect(new Set(study.responses.map(({ language }) => language))).toEqual(new Set(['en', 'de', 'ar']));
  expect(misfits(study)).toEqual([]);
});

test('each option that a theme or a segment may draw exists, however seldom it is drawn', () => {
  const optionsOf = (code: string) => {
    const question = questions.find((candidate) => candidate.code === code);
    return question && 'options' in question ? question.options.map((option) => option.code) : [];
  };
  for (const theme of Object.values(movingHouseThemes)) {
    expect(optionsOf('reason')).toEqual(expect.arrayContaining(Object.keys(theme.reason)));
    expect(optionsOf('household')).toEqual(expect.arrayContaining(Object.keys(theme.household)));
  }
  for (const segment of Object.values(movingHousePlan.segments)) {
    for (const code of ['tenure', 'town', 'income', 'rooms'] as const) {
      expect(optionsOf(code)).toEqual(expect.arrayContaining(Object.keys(segment[code])));
    }
  }
});

test('some answers are refused and some left out, but never the required one', () => {
  const incomes = study.responses.map(({ answers }) => answers['income']);
  expect(incomes.filter((income) => typeof income === 'object').length).toBeGreaterThan(20);
  expect(incomes.filter((income) => income === undefined).length).toBeGreaterThan(0);
  expect(study.responses.every(({ answers }) => answers['reason'] !== undefined)).toBe(true);
  const rows = study.responses.map(({ answers }) => Object.keys(answers['values'] ?? {}).length);
  expect(rows.some((count) => count < 20)).toBe(true);
});

test('each open answer is given once, and most people give one', () => {
  const given = study.responses.map(({ answers }) => answers['trigger']).filter((text) => text !== undefined);
  expect(given.length).toBeGreaterThan(1_000);
  expect(new Set(given).size).toBe(given.length);
  const languageOf = new Map(texts.map(({ text, language }) => [text, language]));
  for (const { answers, language } of study.responses)
    if (answers['trigger'] !== undefined) expect(languageOf.get(String(answers['trigger']))).toBe(language);
});

test('people to whom a story gives an age or a household have it', () => {
  for (const [index, { answers }] of study.responses.entries()) {
    const told = texts.find(({ text }) => text === answers['trigger']);
    const attributes = study.people[index]!.attributes;
    if (told?.ages) expect(attributes['age']?.value).toBeGreaterThanOrEqual(told.ages[0]!);
    if (told?.ages) expect(attributes['age']?.value).toBeLessThanOrEqual(told.ages[1]!);
    if (told?.households) expect(told.households).toContain(attributes['household']?.value);
  }
});

test('when the texts run out, the rest leave the open question empty', () => {
  const made = movingHouse({ random: mulberry32(5), now, respondents: 60, texts: texts.slice(0, 10) });
  expect(made.responses).toHaveLength(60);
  expect(made.responses.filter(({ answers }) => 'trigger' in answers).length).toBeLessThanOrEqual(10);
  expect(misfits(made)).toEqual([]);
});

test('the planted segments have their shares to within one person', () => {
  for (const [segment, { share }] of Object.entries(movingHousePlan.segments)) {
    expect(Math.abs(sizesOf(study)[segment]! - share * 1_200)).toBeLessThanOrEqual(1);
  }
});

test.each([1, 2, 3, 4, 5])('the smallest segment spends most per head (seed %i)', (seed) => {
  const made = seed === 1 ? study : movingHouse({ random: mulberry32(seed), now, texts: [] });
  const [smallest] = Object.entries(sizesOf(made)).toSorted(([, a], [, b]) => a - b)[0]!;
  const [biggestSpender] = Object.entries(revenuePerHead(made)).toSorted(([, a], [, b]) => b - a)[0]!;
  expect(biggestSpender).toBe(smallest);
});

/** Each person’s scores, standardised, where all are there; with the values centred on the person, or as they were given. */
function standardisedScores(isCentred: boolean): { rows: number[][]; planted: string[] } {
  const steps = Object.fromEntries(
    questions.flatMap((question) =>
      question.kind === 'battery' ? question.rows.map((row) => [`${question.code}.${row.code}`, question.steps]) : [],
    ),
  );
  const scored = study.responses.flatMap(({ answers }, index) => {
    const items = Object.fromEntries(
      ['home', 'values'].flatMap((battery) =>
        Object.entries((answers[battery] ?? {}) as Record<string, number>).map(([row, step]) => [
          `${battery}.${row}`,
          step,
        ]),
      ),
    );
    const scores = survey.instruments!.flatMap((key) =>
      Object.values(scoreScales(isCentred ? key : { ...key, centring: 'none' }, steps, items).scores),
    );
    return scores.includes(null) ? [] : [{ scores: scores as number[], segment: study.planted[index]!.segment }];
  });
  const columns = scored[0]!.scores.map((_, column) => scored.map(({ scores }) => scores[column]!));
  const moments = columns.map((column) => {
    const mean = column.reduce((a, b) => a + b, 0) / column.length;
    return { mean, deviation: Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / column.length) };
  });
  return {
    rows: scored.map(({ scores }) => scores.map((x, c) => (x - moments[c]!.mean) / moments[c]!.deviation)),
    planted: scored.map(({ segment }) => segment),
  };
}

test('k-means on the standardised scores finds the planted segments again', () => {
  const { rows, planted } = standardisedScores(true);
  const { labels } = kMeans(rows, { k: 4, random: mulberry32(7), starts: 10 });
  const agreement = adjustedRandIndex(labels, planted);
  expect(rows.length).toBeGreaterThan(1_080);
  expect(agreement).toBeGreaterThan(0.6);
});

test('without centring there is a group that says yes to everything, and what was planted is lost', () => {
  const { rows, planted } = standardisedScores(false);
  const { labels } = kMeans(rows, { k: 4, random: mulberry32(7), starts: 10 });
  const centres = [0, 1, 2, 3].map((group) => {
    const own = rows.filter((_, row) => labels[row] === group);
    return own[0]!.map((_, column) => own.reduce((sum, row) => sum + row[column]!, 0) / own.length);
  });
  expect(centres.filter((centre) => centre.every((height) => height > 0))).toHaveLength(1);
  expect(adjustedRandIndex(labels, planted)).toBeLessThan(0.3);
});

test('whoever writes of a school mostly ticks the rent', () => {
  const schooled = study.responses.filter((_, index) => study.planted[index]!.theme === 'school');
  const reasons = schooled.map(({ answers }) => answers['reason']);
  expect(reasons.length).toBeGreaterThan(60);
  expect(reasons.filter((reason) => reason === 'rent').length / reasons.length).toBeGreaterThan(0.65);
});

test('there are people of one age, income and town who are in different segments', () => {
  const alike = Map.groupBy([...study.responses.keys()], (index) => {
    const { income, town } = study.responses[index]!.answers;
    const { age } = study.people[index]!.attributes;
    return typeof income === 'string' && town !== undefined ? `${age?.value} ${income} ${town}` : `${index}`;
  });
  const apart = [...alike.values()].filter(
    (own) => new Set(own.map((index) => study.planted[index]!.segment)).size > 1,
  );
  expect(apart.length).toBeGreaterThan(50);
});

test('careless people give the same step to every statement, quickly, and no others do', () => {
  for (const [index, { answers, startedAt, completedAt }] of study.responses.entries()) {
    const steps = new Set([...Object.values(answers['home'] ?? {}), ...Object.values(answers['values'] ?? {})]);
    const minutes = (Date.parse(completedAt) - Date.parse(startedAt)) / 60_000;
    expect(steps.size === 1).toBe(study.planted[index]!.isCareless);
    expect(minutes < 4).toBe(study.planted[index]!.isCareless);
  }
  const careless = study.planted.filter(({ isCareless }) => isCareless).length;
  expect(careless).toBe(48);
});

test('events fill the year before now in order of time, under ids of their own', () => {
  const times = study.events.map(({ occurredAt }) => occurredAt);
  expect(times).toEqual(times.toSorted());
  expect(Date.parse(times[0]!)).toBeGreaterThan(now.getTime() - 366 * 86_400_000);
  expect(Date.parse(times.at(-1)!)).toBeLessThan(now.getTime());
  expect(new Set(study.events.map(({ messageId }) => messageId)).size).toBe(study.events.length);
  expect(new Set(study.events.map(({ name }) => name)).size).toBe(4);
});

test('a refund gives back the whole of an earlier order of the same person', () => {
  const refunds = study.events.filter(({ name }) => name === 'Order Refunded');
  expect(refunds.length).toBeGreaterThan(20);
  for (const refund of refunds) {
    const order = study.events.find(
      ({ name, properties }) => name === 'Order Completed' && properties['order_id'] === refund.properties['order_id'],
    );
    expect(order?.personExternalId).toBe(refund.personExternalId);
    expect(order?.properties['revenue']).toBe(refund.properties['total']);
    expect(order!.occurredAt < refund.occurredAt).toBe(true);
  }
});

test('whoever buys for a company is on the trade plan and carries its trade and size', () => {
  const trade = study.people.filter(({ company }) => company);
  expect(trade.length).toBeGreaterThan(10);
  for (const { company, attributes } of study.people) {
    expect(attributes['plan']?.value === 'trade').toBe(company !== undefined);
    expect(attributes['industry']).toEqual(company?.attributes['industry']);
  }
});

test('responses come by list and by widget, and are complete before now', () => {
  expect(new Set(study.responses.map(({ source }) => source))).toEqual(new Set(['list', 'widget']));
  expect(study.responses.every(({ startedAt, completedAt }) => startedAt < completedAt)).toBe(true);
  expect(study.responses.every(({ completedAt }) => Date.parse(completedAt) < now.getTime())).toBe(true);
});

test('the same seed gives the same study, another seed another', () => {
  const again = movingHouse({ random: mulberry32(1), now, texts });
  expect(again).toEqual(study);
  expect(movingHouse({ random: mulberry32(2), now, texts })).not.toEqual(study);
});

test('a larger plan grows a larger study', () => {
  const plan = {
    ...movingHousePlan,
    languages: { en: 1, de: 1 },
    companies: 30,
    careless: 0,
    waves: [...movingHousePlan.waves, { code: 'third', share: 1, opensDaysAgo: 10, days: 5, source: 'list' as const }],
  };
  const made = movingHouse({ random: mulberry32(9), now, respondents: 1000, texts, plan });
  expect(made.people).toHaveLength(1000);
  expect(new Set(made.responses.map(({ language }) => language))).toEqual(new Set(['en', 'de']));
  expect(new Set(made.responses.map(({ wave }) => wave)).size).toBe(3);
  expect(made.planted.some(({ isCareless }) => isCareless)).toBe(false);
  const names = made.people.flatMap(({ company }) => (company ? [`${company.externalId} ${company.name}`] : []));
  expect(new Set(names).size).toBe(new Set(names.map((name) => name.split(' ')[0])).size);
});

test('nobody gives an empty study, and half a person is an error', () => {
  const empty = movingHouse({ random: mulberry32(1), now, respondents: 0, texts });
  expect(empty).toEqual({ people: [], responses: [], events: [], planted: [] });
  expect(() => movingHouse({ random: mulberry32(1), now, respondents: 2.5, texts })).toThrow(RangeError);
  const stray = [{ segment: 'any', theme: 'weather', text: 'Rain' }];
  expect(() => movingHouse({ random: mulberry32(1), now, texts: stray })).toThrow('No theme is called “weather”');
});
