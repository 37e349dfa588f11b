import { expect, test } from 'vitest';
import { fitSegments } from '../../src/segments/fit-segments.ts';
import { buildInputTable } from '../../src/segments/input-table.ts';
import { membershipRow } from '../../src/segments/membership-rows.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import { plantAnswers } from '../support/plant-answers.ts';

const sum = (row: readonly number[]) => row.reduce((total, value) => total + value, 0);

test('a membership without a probability is certain, one without a model is shared evenly', () => {
  expect(membershipRow(3, { segment: 1, probability: null, second: null }, null, null)).toEqual([0, 1, 0]);
  expect(membershipRow(3, { segment: 0, probability: 0.6, second: 0.3 }, null, null)).toEqual([0.6, 0.2, 0.2]);
});

test('the next segment is the one that lies next nearest, and all together are 1', () => {
  const { columns } = plantAnswers('planted', { n: 300, p: 9, seed: 1, separation: 1.5 });
  const table = buildInputTable([{ id: 'b', name: 'B', centring: 'none', weight: 1, columns }], {
    missing: 'fill',
    isBalanced: true,
  });
  const { model, labels, probabilities, second } = fitSegments(table, { k: 3, test: null, random: mulberry32(1) });
  for (const [row, segment] of labels.entries()) {
    const answers = Float64Array.from(columns, ({ values }) => values[table.kept[row]!] ?? Number.NaN);
    const own = { segment, probability: probabilities[row]!, second: second[row]! };
    const rows = membershipRow(3, own, model, answers);
    expect(sum(rows)).toBeCloseTo(1, 9);
    expect(rows[segment]).toBeCloseTo(probabilities[row]!, 9);
    expect(Math.max(...rows.filter((_, s) => s !== segment))).toBeCloseTo(
      Math.max(second[row]!, 1 - probabilities[row]! - second[row]!),
      9,
    );
  }
});
