import { describe, expect, test } from 'vitest';
import { type Trait, type TwoSides, whatChanged } from '../../src/reports/what-changed.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';

type Person = { side: number; outcome: number; levels: number[] };

const TRAITS = [
  { label: 'os', levels: ['Android', 'iOS', 'Windows'] },
  { label: 'device', levels: ['phone', 'desktop'] },
  { label: 'region', levels: ['north', 'east', 'south', 'west'] },
  { label: 'plan', levels: ['guest', 'club'] },
];
const sidesOf = (people: readonly Person[]): TwoSides => ({
  sides: Uint8Array.from(people, ({ side }) => side),
  outcomes: Uint8Array.from(people, ({ outcome }) => outcome),
  traits: TRAITS.map((trait, at): Trait => ({ ...trait, codes: Int16Array.from(people, (one) => one.levels[at]!) })),
});
/** People whose chance of the outcome follows from side and levels; a phone is Android or iOS. */
function drawPeople(seed: number, n: number, chanceOf: (side: number, levels: readonly number[]) => number): Person[] {
  const random = mulberry32(seed);
  return Array.from({ length: n }, (_, index) => {
    const side = index % 2;
    const isPhone = random() < 0.65;
    const os = isPhone ? (random() < 0.6 ? 0 : 1) : 2;
    const levels = [os, isPhone ? 0 : 1, Math.floor(random() * 4), Math.floor(random() * 2)];
    return { side, levels, outcome: Number(random() < chanceOf(side, levels)) };
  });
}
const namesOf = ({ parts }: { parts: readonly { trait: number; level: number }[] }) =>
  parts.map(({ trait, level }) => `${TRAITS[trait]!.label}: ${TRAITS[trait]!.levels[level]}`).join(' & ');

describe('what changed', () => {
  const androidLoses = (side: number, [os]: readonly number[]) => (side === 1 && os === 0 ? 0.67 : 0.8);
  const people = drawPeople(7, 4_000, androidLoses);

  test('the group that lost comes first; what contains it is named as its other name, and nobody else is', () => {
    const found = whatChanged(sidesOf(people));
    expect(found.verdict).toBe('found');
    const heads = found.rows.filter(({ within }) => within === null);
    expect(heads.map(namesOf)).toEqual(['os: Android']);
    const phone = found.rows.find((row) => namesOf(row) === 'device: phone');
    expect(phone?.within).toBe(0);
    const [android] = found.rows;
    // All that was lost: what there would not be, had Android done as the others did.
    expect(android?.pull.contribution).toBeCloseTo(found.difference?.difference ?? 0, 1);
    expect(android?.own.difference).toBeCloseTo(-0.13, 1);
    expect(android?.isAgainst).toBe(false);
    const os = found.traits.find(({ trait }) => trait === 0);
    expect((os?.rate ?? 0) + (os?.mix ?? 0)).toBeCloseTo(found.difference?.difference ?? 0, 12);
  });

  test('the order of people changes nothing', () => {
    const again = shuffled(people, mulberry32(3));
    expect(whatChanged(sidesOf(again))).toEqual(whatChanged(sidesOf(people)));
  });

  test('a loss that only two traits together bring is named as the pair, and its parts as its other names', () => {
    const found = whatChanged(
      sidesOf(drawPeople(11, 8_000, (side, [os, , region]) => (side === 1 && os === 0 && region === 2 ? 0.45 : 0.8))),
    );
    const heads = found.rows.filter(({ within }) => within === null);
    expect(heads.map(namesOf)).toEqual(['os: Android & region: south']);
    expect(found.rows.find((row) => namesOf(row) === 'os: Android')?.within).toBe(0);
  });

  test('a pair that adds nothing to its parts is not shown', () => {
    const found = whatChanged(
      sidesOf(
        drawPeople(
          13,
          8_000,
          (side, [os, , , plan]) => 0.85 - (side === 1 ? (os === 0 ? 0.12 : 0) + (plan === 1 ? 0.12 : 0) : 0),
        ),
      ),
    );
    expect(found.tested.pairs).toBeGreaterThan(10);
    expect(found.rows.filter(({ parts }) => parts.length === 2)).toEqual([]);
    expect(found.rows.filter(({ within }) => within === null).map(namesOf)).toEqual(
      expect.arrayContaining(['os: Android', 'plan: club']),
    );
  });

  test('where nobody acts otherwise but a group with a low rate grew, it is its size that is named', () => {
    const random = mulberry32(17);
    const grown = Array.from({ length: 4_000 }, (_, index): Person => {
      const side = index % 2;
      const plan = random() < (side === 0 ? 0.3 : 0.7) ? 0 : 1;
      return {
        side,
        levels: [2, 1, Math.floor(random() * 4), plan],
        outcome: Number(random() < (plan === 0 ? 0.5 : 0.8)),
      };
    });
    const found = whatChanged(sidesOf(grown));
    expect(found.rows.map(namesOf)).toEqual(['plan: guest']);
    const [guests] = found.rows;
    expect(Math.abs(guests?.pull.mix ?? 0)).toBeGreaterThan(5 * Math.abs(guests?.pull.rate ?? 0));
    expect(guests?.pull.mix).toBeCloseTo(-0.12, 1);
  });

  test('who gained while all lost is shown as working against it', () => {
    const found = whatChanged(
      sidesOf(drawPeople(19, 6_000, (side, [os]) => (side === 0 ? 0.7 : os === 0 ? 0.4 : os === 2 ? 0.85 : 0.7))),
    );
    const windows = found.rows.find((row) => namesOf(row) === 'os: Windows');
    expect(windows?.isAgainst).toBe(true);
    expect(windows?.own.difference).toBeGreaterThan(0.1);
  });

  test('where nothing happened hardly ever anything stands out', () => {
    const runs = Array.from({ length: 200 }, (_, seed) =>
      whatChanged(sidesOf(drawPeople(seed + 100, 1_200, () => 0.7))),
    );
    const wrong = runs.filter(({ verdict }) => verdict === 'found').length;
    expect(wrong).toBeLessThanOrEqual(16);
    expect(runs.every(({ verdict }) => verdict !== 'too-few')).toBe(true);
  });

  test('a handful of people are too few to tell', () => {
    const found = whatChanged(sidesOf(drawPeople(5, 60, androidLoses)));
    expect(found.verdict).toBe('too-few');
    expect(found.rows).toEqual([]);
    expect(whatChanged(sidesOf([])).verdict).toBe('too-few');
    expect(whatChanged(sidesOf([])).difference).toBeNull();
  });
});
