import { expect, test } from 'vitest';
import { answerVector } from '../../src/quality/answer-vector.ts';
import { assessResponses, type ResponseToAssess } from '../../src/quality/assess-responses.ts';
import { mulberry32, type Random, shuffled } from '../../src/stats/random.ts';

const vocabulary = Array.from(
  { length: 400 },
  (_, i) => `${'bdglmnprst'[i % 10]}${'aeiou'[i % 5]}${'lmnrst'[i % 6]}${i % 7 ? 'en' : 'o'}`,
);
const question = 'What would make you come back to us within a year?';

/** An earnest response to 40 items in four batteries, two pairs and two open questions. */
function respond(id: string, random: Random): ResponseToAssess {
  const scores = Array.from({ length: 40 }, () => 1 + Math.floor(random() * 5));
  const write = () => Array.from({ length: 20 }, () => vocabulary[Math.floor(random() * 400)]).join(' ');
  return {
    id,
    durationSeconds: 200 + Math.floor(random() * 300),
    wordsShown: 400,
    batteries: [0, 1, 2, 3].map((b) => ({
      code: `b${b}`,
      hasReversed: b < 2,
      scores: scores.slice(b * 10, b * 10 + 10),
    })),
    pairs: [
      { name: 'p1', meaning: 'same', first: scores[0]!, second: scores[0]!, min: 1, max: 5 },
      { name: 'p2', meaning: 'opposite', first: scores[1]!, second: 6 - scores[1]!, min: 1, max: 5 },
    ],
    textAnswers: ['t1', 't2'].map((item) => ({ item, question, text: write() })),
    answerVector: answerVector(scores),
    honeypotFilled: false,
  };
}
const sample = (count: number, seed = 1) => {
  const random = mulberry32(seed);
  return Array.from({ length: count }, (_, i) => respond(`r${i}`, random));
};
function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}

test('earnest responses are left alone', () => {
  const { assessments, duplicates } = assessResponses(sample(300));
  expect(assessments.flatMap(({ flags }) => flags)).toEqual([]);
  expect(duplicates).toEqual([]);
});

test('each check flags what was planted for it, with a reason and the item', () => {
  const responses = sample(120);
  const plant = (i: number, change: Partial<ResponseToAssess>) => {
    responses[i] = { ...responses[i]!, ...change };
  };
  plant(0, { durationSeconds: 20 });
  plant(1, { batteries: [{ code: 'b0', hasReversed: true, scores: Array(10).fill(5) }] });
  plant(2, { pairs: responses[2]!.pairs.map((pair) => ({ ...pair, meaning: 'opposite', first: 1, second: 1 })) });
  plant(3, { answerVector: responses[4]!.answerVector });
  plant(5, { textAnswers: [{ item: 't1', question, text: 'asdfgh' }] });
  plant(6, { textAnswers: [{ item: 't2', question, text: question }] });
  plant(7, { honeypotFilled: true });
  const { assessments } = assessResponses(responses);
  const found = assessments.slice(0, 8).map(({ flags }) => flags.map(({ check, item }) => [check, item]));
  expect(found).toEqual([
    [['speeding', undefined]],
    [['straight-lining', 'b0']],
    [['contradiction', undefined]],
    [['duplicate', undefined]],
    [['duplicate', undefined]],
    [['gibberish', 't1']],
    [['copied-question', 't2']],
    [['honeypot', undefined]],
  ]);
  expect(assessments.flatMap(({ flags }) => flags).every(({ reason }) => /^[A-Z].*\.$/.test(reason))).toBe(true);
  expect(assessments.slice(8).flatMap(({ flags }) => flags)).toEqual([]);
});

test('what could not be judged is said, with why', () => {
  const [only] = assessResponses([
    { ...sample(1)[0]!, pairs: [], batteries: [{ code: 'b', hasReversed: false, scores: Array(6).fill(4) }] },
  ]).assessments;
  expect(only!.flags).toEqual([]);
  expect(only!.unjudged.map(({ check }) => check)).toEqual(['speeding', 'straight-lining', 'contradiction']);
  expect(only!.unjudged.map(({ reason }) => reason).join(' ')).toMatch(/needs 20.*none of them is reversed.*no pairs/);
  expect(only!.batteries).toMatchObject([{ code: 'b', answered: 6, longestRun: 6, spread: 0 }]);
});

test('frozen rows in another order get the same assessments', () => {
  const responses = sample(200).map((response, i) =>
    i % 9 ? response : { ...response, durationSeconds: 30, answerVector: `${sample(1, 5)[0]!.answerVector}` },
  );
  const byId = (given: readonly ResponseToAssess[]) =>
    new Map(assessResponses(freeze(given)).assessments.map((one) => [one.id, one]));
  const first = byId(responses);
  expect([...first.values()].flatMap(({ flags }) => flags).length).toBeGreaterThan(20);
  expect(byId(shuffled(responses, mulberry32(2)))).toEqual(first);
});

test('nobody, one person, all the same and nothing answered stand', () => {
  expect(assessResponses([])).toEqual({ assessments: [], duplicates: [] });
  expect(assessResponses(sample(1)).assessments[0]!.flags).toEqual([]);

  const [one] = sample(1);
  const same = assessResponses(Array.from({ length: 60 }, (_, i) => ({ ...one!, id: `s${i}` })));
  expect(same.duplicates.map(({ kind, ids }) => [kind, ids.length])).toEqual([
    ['answers', 60],
    ['text', 60],
    ['text', 60],
  ]);

  const nothing = sample(60).map((response) => ({
    ...response,
    durationSeconds: null,
    wordsShown: null,
    batteries: response.batteries.map((battery) => ({ ...battery, scores: battery.scores.map(() => null) })),
    pairs: response.pairs.map((pair) => ({ ...pair, first: null, second: null })),
    textAnswers: response.textAnswers.map((answer) => ({ ...answer, text: '' })),
    answerVector: answerVector(Array(40).fill(null)),
  }));
  const { assessments, duplicates } = assessResponses(nothing);
  expect(assessments.flatMap(({ flags }) => flags)).toEqual([]);
  expect(duplicates).toEqual([]);
  expect(assessments.every(({ unjudged }) => unjudged.length >= 6)).toBe(true);
});

test('a battery that is reversed for some and not for others is a wrong call', () => {
  const [a, b] = sample(2);
  const turned = {
    ...b!,
    batteries: b!.batteries.map((battery) => ({ ...battery, hasReversed: !battery.hasReversed })),
  };
  expect(() => assessResponses([a!, turned])).toThrow('battery b0');
});

test('20,000 responses to 40 items are assessed in seconds, and time grows with their number', () => {
  const responses = sample(20_000);
  const time = (given: ResponseToAssess[]) => {
    const start = performance.now();
    assessResponses(given);
    return performance.now() - start;
  };
  const quarter = time(responses.slice(0, 5_000));
  const whole = time(responses);
  if (process.env['SHOW_TIMES']) console.log({ quarter, whole });
  expect(whole).toBeLessThan(120_000);
  expect(whole / quarter).toBeLessThan(16);
});

test('texts of ten thousand characters cost their length', () => {
  const long = sample(300).map((response, i) => ({
    ...response,
    textAnswers: [{ item: 't', question, text: `${vocabulary.slice(i).join(' ')} `.repeat(20).slice(0, 10_000) }],
  }));
  const start = performance.now();
  assessResponses(long);
  if (process.env['SHOW_TIMES']) console.log({ long: performance.now() - start });
  expect(performance.now() - start).toBeLessThan(60_000);
});
