import { describe, expect, test } from 'vitest';
import { groupedFolds } from '../../src/coding/grouped-folds.ts';
import { examplesOf, learnCode, whyNotLearnable } from '../../src/coding/learn-code.ts';
import { countFeatures, weighFeatures } from '../../src/coding/text-features.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import { englishReading } from '../../src/text/tokens.ts';

const reading = { ...englishReading, stopWords: new Set<string>() };

/** Texts about money or about the garden, six people of ten texts each and more. */
function planted(people: number, ofEach: number, seed: number) {
  const random = mulberry32(seed);
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)];
  const money = ['price', 'cost', 'expensive', 'pay', 'cheap', 'budget'];
  const garden = ['garden', 'tree', 'flower', 'bird', 'green', 'outside'];
  const filler = ['really', 'today', 'house', 'people', 'morning', 'street', 'maybe', 'again'];
  const texts: string[] = [];
  const labels: number[] = [];
  const groups: number[] = [];
  for (let person = 0; person < people; person++)
    for (let n = 0; n < ofEach; n++) {
      const isMoney = random() < 0.4;
      texts.push(
        [pick(filler), pick(isMoney ? money : garden), pick(filler), pick(isMoney ? money : garden)].join(' '),
      );
      labels.push(Number(isMoney));
      groups.push(person);
    }
  return { texts, labels: Int8Array.from(labels), groups: Int32Array.from(groups) };
}

describe('folds', () => {
  test('no person stands in two parts, and every part has its share of both kinds', () => {
    const { labels, groups } = planted(40, 5, 1);
    const folds = groupedFolds(labels, groups, 5, 9);
    const partsOf = Map.groupBy([...groups.keys()], (row) => groups[row]!);
    for (const rows of partsOf.values()) expect(new Set(rows.map((row) => folds[row])).size).toBe(1);
    const positives = labels.reduce((sum, label) => sum + label, 0);
    for (let fold = 0; fold < 5; fold++) {
      const own = [...labels.keys()].filter((row) => folds[row] === fold);
      expect(own.length).toBeGreaterThan(200 / 5 - 12);
      expect(own.filter((row) => labels[row] === 1).length).toBeGreaterThan(positives / 5 - 6);
    }
  });

  test('rows nobody looked at are in no part, and the same seed gives the same parts', () => {
    const labels = Int8Array.of(1, -1, 0, 1, 0, -1);
    const groups = Int32Array.of(1, 2, 3, 4, 5, 6);
    const folds = groupedFolds(labels, groups, 2, 3);
    expect([folds[1], folds[5]]).toEqual([-1, -1]);
    expect(groupedFolds(labels, groups, 2, 3)).toEqual(folds);
  });
});

describe('a code', () => {
  test('that words tell is learned, and its figures hold for texts of people it never saw', () => {
    const { texts, labels, groups } = planted(60, 5, 2);
    const isNew = (row: number) => groups[row]! >= 40;
    const known = labels.map((label, row) => (isNew(row) ? -1 : label));
    const learned = learnCode(countFeatures(texts, { reading }), { labels: known, groups, seed: 1 });
    expect(learned.figures.f1?.value).toBeGreaterThan(0.9);
    expect(learned.figures.n).toBe(200);
    const rows = [...labels.keys()].filter(isNew);
    const right = rows.filter((row) => Number(learned.probabilities[row]! >= learned.threshold) === labels[row]);
    expect(right.length / rows.length).toBeGreaterThan(0.9);
  });

  test('that words do not tell gets a kappa about naught, though each person has words of their own', () => {
    // The code follows the person, and so do the words: whoever tested on the same people would see a perfect coder.
    const random = mulberry32(5);
    const people = 40;
    const isYes = Array.from({ length: people }, () => random() < 0.5);
    const texts: string[] = [];
    const labels: number[] = [];
    const groups: number[] = [];
    for (let person = 0; person < people; person++)
      for (let n = 0; n < 6; n++) {
        texts.push(`own${person} word${person} ${['so', 'and', 'then'][n % 3]} thing`);
        labels.push(Number(isYes[person]));
        groups.push(person);
      }
    const learned = learnCode(countFeatures(texts, { reading }), {
      labels: Int8Array.from(labels),
      groups: Int32Array.from(groups),
      seed: 2,
    });
    expect(learned.figures.kappa?.kappa ?? 0).toBeLessThan(0.3);
  });

  test('learned from shuffled labels agrees with nobody', () => {
    const { texts, labels, groups } = planted(50, 4, 3);
    const random = mulberry32(8);
    const shuffledLabels = labels.map(() => Number(random() < 0.4));
    const learned = learnCode(countFeatures(texts, { reading }), { labels: shuffledLabels, groups, seed: 1 });
    expect(Math.abs(learned.figures.kappa?.kappa ?? 0)).toBeLessThan(0.2);
  });

  test('comes out the same for the same seed', () => {
    const { texts, labels, groups } = planted(20, 5, 4);
    const counts = countFeatures(texts, { reading });
    expect(learnCode(counts, { labels, groups, seed: 6 })).toEqual(learnCode(counts, { labels, groups, seed: 6 }));
  });

  test('with too few examples is refused with the number that is missing', () => {
    const { texts, labels, groups } = planted(20, 2, 4);
    const few = labels.map((label, row) => (label === 1 && row > 20 ? 0 : label));
    const examples = examplesOf(few, groups);
    expect(whyNotLearnable(examples)).toContain(`code ${20 - examples.positives} more`);
    expect(() => learnCode(countFeatures(texts, { reading }), { labels: few, groups, seed: 1 })).toThrow(RangeError);
    expect(whyNotLearnable({ positives: 30, negatives: 5, positiveGroups: 9, negativeGroups: 4 })).toContain(
      'read 15 more',
    );
    expect(whyNotLearnable({ positives: 30, negatives: 50, positiveGroups: 3, negativeGroups: 9 })).toContain(
      '3 people; 5 are needed',
    );
    expect(whyNotLearnable({ positives: 30, negatives: 50, positiveGroups: 9, negativeGroups: 9 })).toBeNull();
  });
});

describe('features', () => {
  test('are words and pairs of neighbours, with the small words that turn them', () => {
    const plain = { stopWords: new Set<string>(), stem: (form: string) => form };
    expect(countFeatures(['not safe'], { reading: plain }).words).toBe(3);
    expect(countFeatures(['cat'], { reading: plain, characters: { from: 3, to: 3 } }).words).toBe(4);
  });

  test('are weighed by the rows that are learned from and by no other', () => {
    const counts = countFeatures(['red house', 'red door', 'blue door', 'blue sky'], { reading });
    const one = weighFeatures(counts, Int32Array.of(0, 1));
    // Only red stands in two of the learned texts; what the others share is unknown.
    expect(one.columns).toBe(1);
    expect(one.starts).toEqual(Int32Array.of(0, 1, 2, 2, 2));
    expect(one.value).toEqual(Float64Array.of(1, 1));
  });
});
