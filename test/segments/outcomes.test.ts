import { expect, test } from 'vitest';
import { choiceColumn, numberColumn } from '../../src/model/table-column.ts';
import { segmentOutcomes } from '../../src/segments/outcomes.ts';
import { mean } from '../../src/stats/mean.ts';
import { mulberry32, normalDeviate } from '../../src/stats/random.ts';
import { threeStepMeans } from '../../src/stats/three-step.ts';

/** People of two segments with means of 0 and 2, who are put into the wrong one in a fifth of the cases. */
function draw(n: number) {
  const random = mulberry32(5);
  const truth = Array.from({ length: n }, (_, i) => i % 2);
  const labels = truth.map((own) => (random() < 0.8 ? own : 1 - own));
  const probabilities = labels.map((label) => [0, 1].map((segment) => (segment === label ? 0.8 : 0.2)));
  const spend = truth.map((own) => 2 * own + normalDeviate(random));
  const owns = truth.map((own) => (random() < (own === 0 ? 0.2 : 0.7) ? 'y' : 'n'));
  return { labels, probabilities, spend, owns };
}
const options = [
  { code: 'y', label: 'Yes' },
  { code: 'n', label: 'No' },
];

test('wrong assignments are taken back: of means and of shares', () => {
  const { labels, probabilities, spend, owns } = draw(20_000);
  const [money, yes] = segmentOutcomes({ labels, probabilities, segments: 2 }, [
    numberColumn({ id: 'spend', name: 'Spend' }, spend),
    choiceColumn({ id: 'own', name: 'Own', options }, owns),
  ]);
  const own = spend.filter((_, i) => labels[i] === 1);
  expect(money!.counted[1]!.value).toBeCloseTo(mean(own)!, 9);
  expect(money!.counted.map((one) => one!.value)).toEqual([expect.closeTo(0.4, 1), expect.closeTo(1.6, 1)]);
  expect(money!.corrected.map((one) => one!.value)).toEqual([expect.closeTo(0, 1), expect.closeTo(2, 1)]);
  expect(yes!.corrected.map((one) => one!.value)).toEqual([expect.closeTo(0.2, 1), expect.closeTo(0.7, 1)]);
  expect(money!.widest).toMatchObject({ higher: 1, lower: 0 });
  expect(money!.widest!.low).toBeLessThan(money!.widest!.difference);
});

test('where nobody’s membership is in doubt, corrected is counted', () => {
  const { labels, spend } = draw(400);
  const sure = labels.map((label) => [0, 1].map((segment) => Number(segment === label)));
  const [money] = segmentOutcomes({ labels, probabilities: sure, segments: 2 }, [
    numberColumn({ id: 'spend', name: 'Spend' }, spend),
  ]);
  expect(money!.corrected.map((one) => one!.value)).toEqual(money!.counted.map((one) => expect.closeTo(one!.value, 9)));
});

test('shares stay within 0 and 1, people in none are left out, and nobody’s answer is no number', () => {
  const labels = [0, 0, 0, 1, 1, 1, null];
  const probabilities = labels.map((label) =>
    label === null ? null : [0, 1].map((segment) => (segment === label ? 0.7 : 0.3)),
  );
  const [yes, , nobody] = segmentOutcomes({ labels, probabilities, segments: 2 }, [
    choiceColumn({ id: 'own', name: 'Own', options }, ['y', 'y', 'y', 'n', 'n', 'n', 'y']),
    numberColumn(
      { id: 'none', name: 'None' },
      labels.map(() => null),
    ),
  ]);
  expect(yes!.corrected.map((one) => one!.value)).toEqual([1, 0]);
  expect(yes!.bases.map(({ n, standing }) => [n, standing])).toEqual([
    [3, 'hidden'],
    [3, 'hidden'],
  ]);
  expect(nobody).toMatchObject({ counted: [null, null], corrected: [null, null], test: null, widest: null });
});

test('people are corrected from the segment they were put into, also where another one is likelier', () => {
  const outcome = Array.from({ length: 200 }, (_, i) => i % 7);
  const assigned = outcome.map((_, i) => i % 2);
  const probabilities = assigned.map((segment, i) =>
    [0, 1].map((s) => ((s === segment) === (i % 10 !== 0) ? 0.8 : 0.2)),
  );
  const told = threeStepMeans(probabilities, outcome, { assigned, method: 'modal' });
  expect(told.means.map((one) => one!.mean)).toEqual(
    [0, 1].map((s) => expect.closeTo(mean(outcome.filter((_, i) => assigned[i] === s))!, 9)),
  );
  expect(() => threeStepMeans(probabilities, outcome, { assigned: [2] })).toThrow(RangeError);
});
