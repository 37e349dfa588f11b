import { expect, test } from 'vitest';
import { buildTypingTool } from '../../../src/segments/typing/build-typing-tool.ts';
import { nextSegment } from '../../../src/segments/typing/hysteresis.ts';
import { needsMore, typePerson } from '../../../src/segments/typing/type-person.ts';
import { fitLinearDiscriminant, linearPosteriors } from '../../../src/stats/linear-discriminant.ts';
import { mulberry32 } from '../../../src/stats/random.ts';
import { plantTyping } from './plant-typing.ts';

const options = plantTyping();
const tool = buildTypingTool({ ...options, chosen: 6 });
const answersOf = (i: number) => Object.fromEntries(options.questions.map(({ id, values }) => [id, values[i]!]));

test('a person with every answer gets the segment with the highest score, or none when unsure', () => {
  let right = 0;
  let sure = 0;
  options.labels.forEach((label, i) => {
    const typed = typePerson(tool, answersOf(i));
    expect(Object.values(typed.probabilities).reduce((a, b) => a + b)).toBeCloseTo(1, 10);
    if (typed.segment === null) expect(typed.reason).toBe('unsure');
    else {
      sure++;
      if (typed.segment === `s${label}`) right++;
      expect(typed.probabilities[typed.segment]).toBeGreaterThanOrEqual(0.7);
    }
  });
  expect(right / sure).toBeGreaterThan(0.85);
});

test('nothing answered is missing, never the largest segment', () => {
  const eager = { ...tool, unsureBelow: 0.3 };
  for (const answers of [{}, { q0: null }, { other: 3 }, { q0: Number.NaN }])
    expect(typePerson(eager, answers)).toMatchObject({ segment: null, reason: 'missing' });
});

test('some answers are enough when they alone make one segment sure', () => {
  const some = { q0: 5, q3: 5, q1: 1, q2: 1, q4: 1, q5: 1, q6: 5, q7: 1, q8: 1 } as Record<string, number | null>;
  const out = tool.items.at(-1)!.id;
  const typed = typePerson(tool, { ...some, [out]: null });
  expect(typed).toMatchObject({ segment: 's0', missing: [out] });
  const one = tool.items[0]!.id;
  expect(typePerson(tool, { [one]: 3 })).toMatchObject({ segment: null, reason: 'missing' });
});

test('what was not answered is left out of the discriminant, as if it had never been asked', () => {
  const [gone, ...kept] = tool.questions.map(({ id }) => options.questions.find((one) => one.id === id)!);
  const { weights, constants } = fitLinearDiscriminant(
    options.labels.map((_, i) => kept.map(({ values }) => values[i]!)),
    options.labels,
  );
  const undecided = { ...tool, unsureBelow: 1 };
  for (const i of [0, 5, 8, 77]) {
    const own = linearPosteriors(
      { weights, constants },
      kept.map(({ values }) => values[i]!),
    );
    const typed = typePerson(undecided, { ...answersOf(i), [gone!.id]: null });
    own.forEach((p, g) => expect(typed.probabilities[`s${g}`]).toBeCloseTo(p, 4));
    expect(typed.reason).toBe('missing');
  }
});

test('what no further answer can change is not asked', () => {
  const random = mulberry32(3);
  let settled = 0;
  for (let i = 0; i < 200; i++) {
    const answers: Record<string, number | null> = {};
    for (const { id } of tool.items) {
      const more = needsMore(tool, answers);
      if (!more.needsMore) {
        settled++;
        const outcome = typePerson(tool, answers);
        expect(outcome.segment).toBe(more.settled);
        for (let turn = 0; turn < 20; turn++) {
          const rest = Object.fromEntries(tool.items.map((item) => [item.id, 1 + Math.floor(random() * 5)]));
          expect(typePerson(tool, { ...rest, ...answers }).segment).toBe(more.settled);
        }
        break;
      }
      expect(more.next).toBe(id);
      answers[id] = random() < 0.5 ? 1 : 5;
    }
  }
  expect(settled).toBeGreaterThan(10);
});

test('a number outside the scale counts as its end', () => {
  const all = answersOf(0);
  const id = tool.items[0]!.id;
  expect(typePerson(tool, { ...all, [id]: 50 })).toEqual(typePerson(tool, { ...all, [id]: 5 }));
});

test('a person stays until another segment, or none, beats the old one by .2', () => {
  const typed = (a: number, reason?: 'unsure' | 'missing') => ({
    segment: reason ? null : a > 0.5 ? 'a' : 'b',
    probabilities: { a, b: 1 - a },
    missing: [],
    ...(reason ? { reason } : {}),
  });
  expect(nextSegment('a', typed(0.41))).toBe('a');
  expect(nextSegment('a', typed(0.4))).toBe('b');
  expect(nextSegment('a', typed(0.45, 'unsure'))).toBe('a');
  expect(nextSegment('a', typed(0.35, 'unsure'))).toBeNull();
  expect(nextSegment('a', typed(0.1, 'missing'))).toBe('a');
  expect(nextSegment(null, typed(0.9))).toBe('a');
  expect(nextSegment('gone', typed(0.9))).toBe('a');
});
