import { describe, expect, test } from 'vitest';
import { groupPull, type PartedSide } from '../../src/stats/group-pull.ts';
import { kitagawa } from '../../src/stats/kitagawa.ts';
import { mulberry32, type Random } from '../../src/stats/random.ts';

const side = (c: number, n: number, oc: number, on: number): PartedSide => ({
  group: { count: c, total: n },
  others: { count: oc, total: on },
});

describe('what a group contributes', () => {
  test('it is the change of all less the change of the others, in two parts without a rest', () => {
    const found = groupPull(side(300, 500, 200, 500), side(210, 600, 180, 400));
    // By hand: all .5 → .39, the others .4 → .45.
    expect(found?.contribution).toBeCloseTo(-0.11 - 0.05, 12);
    expect((found?.rate ?? 0) + (found?.mix ?? 0)).toBeCloseTo(found?.contribution ?? 0, 12);
    expect(found?.rate).toBeCloseTo(0.55 * (-0.1 - 0.2), 12);
    expect(found?.mix).toBeCloseTo(((0.2 - 0.1) / 2) * 0.1, 12);
  });

  test('its mix is that of Kitagawa for two groups, and its rate hers less what the others did', () => {
    const [first, second] = [side(300, 500, 200, 500), side(210, 600, 180, 400)];
    const whole = kitagawa([
      { first: first.group, second: second.group },
      { first: first.others, second: second.others },
    ]);
    const found = groupPull(first, second);
    expect(found?.mix).toBeCloseTo(whole?.mix ?? 0, 12);
    expect(found?.rate).toBeCloseTo((whole?.rate ?? 0) - 0.05, 12);
  });

  test('a side without the group, or without others, gives nothing', () => {
    expect(groupPull(side(0, 0, 1, 2), side(1, 2, 1, 2))).toBeNull();
    expect(groupPull(side(1, 2, 0, 0), side(1, 2, 1, 2))).toBeNull();
    expect(() => groupPull(side(3, 2, 1, 2), side(1, 2, 1, 2))).toThrow(RangeError);
  });

  test('its standard error is how far it spreads when the same people are drawn anew (seeded)', () => {
    const random = mulberry32(20);
    const draw = (share: number, r: number, ro: number, n: number, next: Random): PartedSide => {
      const cells = { c: 0, n: 0, oc: 0, on: 0 };
      for (let one = 0; one < n; one += 1) {
        const isIn = next() < share;
        const has = next() < (isIn ? r : ro);
        if (isIn) {
          cells.n += 1;
          cells.c += Number(has);
        } else {
          cells.on += 1;
          cells.oc += Number(has);
        }
      }
      return side(cells.c, cells.n, cells.oc, cells.on);
    };
    const found = Array.from({ length: 2_000 }, () =>
      groupPull(draw(0.3, 0.8, 0.6, 300, random), draw(0.4, 0.5, 0.6, 250, random)),
    );
    const values = found.map((one) => one?.contribution ?? Number.NaN);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
    const told = found.reduce((sum, one) => sum + (one?.standardError ?? 0), 0) / found.length;
    expect(mean).toBeCloseTo(-0.04 - 0.06, 2);
    expect(told / spread).toBeGreaterThan(0.95);
    expect(told / spread).toBeLessThan(1.05);
    const held = found.filter((one) => one && one.low <= -0.1 && one.high >= -0.1).length / found.length;
    expect(held).toBeGreaterThan(0.935);
    expect(held).toBeLessThan(0.965);
  });
});
