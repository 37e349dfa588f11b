import { describe, expect, test } from 'vitest';
import { TypingTool } from '../../../src/model/typing-tool.ts';
import { buildTypingTool } from '../../../src/segments/typing/build-typing-tool.ts';
import { centredWithin, type TypingCandidate } from '../../../src/segments/typing/typing-sample.ts';
import { mulberry32, shuffled } from '../../../src/stats/random.ts';
import { plantMixed, plantTyping } from './plant-typing.ts';

describe('a typing tool', () => {
  test('finds planted segments with few questions and says how well', () => {
    const tool = buildTypingTool(plantTyping());
    const { measured } = tool;
    expect(measured!.accuracy.share).toBeGreaterThan(0.78);
    expect(measured!.accuracy.low).toBeLessThan(measured!.accuracy.share);
    expect(measured!.confusion.flat().reduce((a, b) => a + b)).toBe(300);
    expect(measured!.baseline).toBe(0.5);
    expect(measured!.mayPublish).toEqual({ ok: true, reasons: [] });
    expect(measured!.unsure.accuracyOfSure!.share).toBeGreaterThan(measured!.accuracy.share);
    expect(tool.questions.length).toBe(measured!.chosen);
    expect(TypingTool.parse(JSON.parse(JSON.stringify(tool)))).toEqual(tool);
  });

  test('is the same for the same seed, in whatever order people and questions come', () => {
    const options = plantTyping();
    const order = shuffled(
      options.labels.map((_, i) => i),
      mulberry32(99),
    );
    const turned = {
      ...options,
      random: mulberry32(7),
      labels: order.map((i) => options.labels[i]!),
      questions: [...options.questions].reverse().map((one) => ({ ...one, values: order.map((i) => one.values[i]!) })),
    };
    expect(JSON.stringify(buildTypingTool(turned))).toBe(JSON.stringify(buildTypingTool(options)));
  });

  test('shows a nested figure that does not promise what is not there', () => {
    // Of thirty questions without meaning some look good to those who chose them.
    const options = plantTyping({ n: 120, p: 30, shift: 0, seed: 4 });
    const { measured } = buildTypingTool({ ...options, priors: 'equal', random: mulberry32(1), chosen: 10 });
    const step = measured!.path[9]!;
    expect(step.accuracy.share - step.nestedAccuracy.share).toBeGreaterThan(0.03);
    expect(measured!.accuracy).toEqual(step.nestedAccuracy);
    expect(measured!.mayPublish.ok).toBe(false);
    expect(measured!.mayPublish.reasons.join()).toContain('kappa');
    expect(measured!.mayPublish.reasons.join()).toContain('found again');
  });

  test('asks the whole battery for a value that is centred within the person', () => {
    const { options, battery, answers } = plantMixed();
    const means = answers.map((row) => row.reduce((a, b) => a + b) / 4);
    const value: TypingCandidate = {
      id: 'value',
      name: 'Value',
      kind: 'numeric',
      values: answers.map((row, i) => row[0]! - means[i]!),
      centring: 'person-mean',
    };
    expect(() => buildTypingTool({ ...options, questions: [...options.questions, value] })).toThrow('whole battery');
    const tool = buildTypingTool({
      ...options,
      questions: [...options.questions, { ...value, workedOutOf: centredWithin(['v1'], battery) }],
      chosen: 4,
    });
    expect(tool.items.map(({ id }) => id).sort()).toEqual(['q0', 'q1', 'q2', 'v1', 'v2', 'v3', 'v4']);
    expect(tool.measured!.path.at(-1)!.items).toBe(7);
  });

  test('takes a choice without order as a whole', () => {
    const { options, colours } = plantMixed();
    const colour: TypingCandidate = {
      id: 'colour',
      name: 'Colour',
      kind: 'nominal',
      values: colours,
      levels: ['red', 'blue', 'grey'],
    };
    const tool = buildTypingTool({ ...options, questions: [colour, ...options.questions], chosen: 1 });
    expect(tool.questions[0]!.id).toBe('colour');
    expect(tool.table.rows.map(({ level }) => level)).toEqual([1, 2]);
    expect(tool.measured!.accuracy.share).toBeGreaterThan(0.6);
  });

  test('bears questions that repeat each other, never vary or give segments away', () => {
    const options = plantTyping({ p: 3 });
    const copy = (id: string, values: readonly (number | null)[]): TypingCandidate => ({
      id,
      name: id,
      kind: 'numeric',
      values,
    });
    const tool = buildTypingTool({
      ...options,
      questions: [
        ...options.questions,
        copy(
          'copy',
          options.questions[0]!.values.map((x) => x! * 1e6 + 3),
        ),
        copy(
          'constant',
          options.labels.map(() => 4),
        ),
        copy(
          'given away',
          options.labels.map((x) => x),
        ),
      ],
      chosen: 5,
    });
    expect(tool.questions[0]!.id).toBe('given away');
    expect(tool.measured!.accuracy.share).toBe(1);
    expect(tool.measured!.notes).toContain('“constant” is left out: everybody answered it alike');
    TypingTool.parse(JSON.parse(JSON.stringify(tool)));
  });

  test('uses fewer folds when a segment is small, and says so', () => {
    const options = plantTyping();
    let kept = 0;
    const labels = options.labels.map((label) => (label === 2 && kept++ >= 6 ? null : label));
    const { measured } = buildTypingTool({ ...options, labels });
    expect(measured!.folds).toBe(6);
    expect(measured!.notes.join()).toContain('6 folds');
  });

  test('refuses in words what it cannot do', () => {
    const options = plantTyping();
    const few = plantTyping({ n: 40 });
    const build = (changed: object) => () => buildTypingTool({ ...options, ...changed });
    expect(build({ segments: options.segments.slice(0, 1) })).toThrow('at least two');
    expect(() => buildTypingTool(few)).toThrow('at least 50 people');
    expect(build({ labels: options.labels.map((x) => (x === 2 ? null : x)) })).toThrow('“Savers” has 0 people');
    expect(build({ questions: [{ ...options.questions[0]!, values: options.labels.map(() => 1) }] })).toThrow(
      'tells people apart',
    );
    expect(build({ questions: [{ ...options.questions[0]!, values: options.labels.map(() => Number.NaN) }] })).toThrow(
      'not a number',
    );
    expect(build({ questions: [options.questions[0]!, options.questions[0]!] })).toThrow('twice');
    expect(build({ questions: [] })).toThrow('tells people apart');
    expect(build({ chosen: 99 })).toThrow('1 to 9');
  });

  test('gives finite numbers or a sentence for any table', () => {
    let built = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const random = mulberry32(seed);
      const n = 50 + Math.floor(random() * 60);
      const k = 2 + Math.floor(random() * 4);
      const labels = Array.from({ length: n }, () => (random() < 0.05 ? null : Math.floor(random() ** 2 * k)));
      const questions = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, j): TypingCandidate => {
        const style = Math.floor(random() * 5);
        const values = labels.map((label) => {
          if (random() < 0.03) return null;
          if (style === 0) return Math.round(random());
          if (style === 1) return (label ?? 0) * 1e9;
          if (style === 2) return random() < 0.02 ? 1e12 : 1e-9 * random();
          if (style === 3) return Math.floor(random() * 3);
          return 7;
        });
        return style === 3
          ? { id: `q${j}`, name: `Q${j}`, kind: 'nominal', values, levels: ['a', 'b', 'c'] }
          : { id: `q${j}`, name: `Q${j}`, kind: 'numeric', values };
      });
      const segments = Array.from({ length: k }, (_, i) => ({ id: `s${i}`, name: `S${i}` }));
      try {
        const tool = buildTypingTool({ questions, segments, labels, priors: 'equal', random });
        expect(TypingTool.safeParse(JSON.parse(JSON.stringify(tool))).error?.issues).toBeUndefined();
        built++;
      } catch (error) {
        expect(error, `seed ${seed}: ${(error as Error).stack}`).toBeInstanceOf(RangeError);
        expect((error as Error).message).toMatch(/needs at least|tells people apart/);
      }
    }
    expect(built).toBeGreaterThan(10);
  });
});
