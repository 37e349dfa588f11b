import { expect, test } from 'vitest';
import { cohensKappa } from '../../src/stats/cohens-kappa.ts';
import { krippendorffAlpha } from '../../src/stats/krippendorff-alpha.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import { type BlindDocument, blindAgreement } from '../../src/themes/blind-agreement.ts';
import { drawBlindSample } from '../../src/themes/blind-sample.ts';

const document = (machine: string[], coders: Record<string, string[]>, stratum = 0): BlindDocument => ({
  stratum,
  machine: new Set(machine),
  coders: new Map(Object.entries(coders).map(([coder, codes]) => [coder, new Set(codes)])),
});

test('where all answers count alike, alpha and kappa are those of the published pair', () => {
  const [people, machine] = ['0100000010', '1110010000'];
  const documents = [...people].map((said, index) =>
    document(machine[index] === '1' ? ['t'] : [], { ada: said === '1' ? ['t'] : [] }),
  );
  const [found] = blindAgreement(['t'], [10], documents, 1);
  expect(found?.withMachine).toMatchObject({ n: 10, positives: 5 });
  expect(found?.withMachine.alpha).toBeCloseTo(2 / 21, 9);
  expect(found?.withMachine.kappa).toBeCloseTo(1 / 11, 9);
  const rows = [...people].map((said, index) => [Number(said), Number(machine[index])]);
  expect(found?.withMachine.alpha).toBeCloseTo(krippendorffAlpha(rows) ?? Number.NaN, 12);
  expect(
    cohensKappa([
      [1, 1],
      [3, 5],
    ])?.kappa,
  ).toBeCloseTo(found?.withMachine.kappa ?? Number.NaN, 12);
});

test('two people are compared with each other and with the machine', () => {
  const documents = [
    document(['t'], { ada: ['t'], bob: ['t'] }),
    document(['t'], { ada: ['t'], bob: [] }),
    document([], { ada: [], bob: [] }),
    document([], { ada: [] }),
  ];
  const [found] = blindAgreement(['t'], [4], documents, 1);
  expect(found?.withMachine.n).toBe(7);
  expect(found?.betweenPeople).toMatchObject({ n: 3, positives: 2 });
  expect(found?.share?.share).toBeCloseTo((1 + 0.5) / 4, 12);
  // Where both coded everything nothing is left open; one that only ada coded leaves it open what bob would have said.
  const { alpha, low, high } = blindAgreement(['t'], [3], documents.slice(0, 3), 1)[0]!.betweenPeople!;
  expect([low, high]).toEqual([alpha, alpha]);
  expect(found?.betweenPeople?.high).toBeGreaterThan(found?.betweenPeople?.low ?? 1);
  expect(alpha).toBeCloseTo(
    krippendorffAlpha([
      [1, 1],
      [1, 0],
      [0, 0],
    ]) ?? Number.NaN,
    12,
  );
});

/** A thousand answers, a fifth of them truly about price, and a machine that errs as planted. */
function coded(seed: number) {
  const random = mulberry32(seed);
  const truth = new Map<string, boolean>();
  const documents = Array.from({ length: 1000 }, (_, index) => {
    const id = `d${String(index).padStart(4, '0')}`;
    const isTrue = random() < 0.2;
    truth.set(id, isTrue);
    const isFound = isTrue ? random() < 0.8 : random() < 0.05;
    return { id, themes: isFound ? [{ theme: 'price', confidence: 0.9 }] : [] };
  });
  const { strata, documents: drawn } = drawBlindSample(documents, ['price'], seed);
  const machine = new Map(documents.map(({ id, themes }) => [id, themes.map(({ theme }) => theme)]));
  return {
    sizes: strata.map(({ size }) => size),
    documents: drawn.map(({ id, stratum }) =>
      document(machine.get(id) ?? [], { ada: truth.get(id) ? ['price'] : [] }, stratum),
    ),
    truth: [...truth.values()].filter(Boolean).length / 1000,
    machine: documents.filter(({ themes }) => themes.length > 0).length / 1000,
  };
}

test('shares are corrected for what the machine overlooked and for what it put in wrongly', () => {
  let covered = 0;
  const off = { corrected: 0, machine: 0 };
  for (let seed = 1; seed <= 60; seed += 1) {
    const { sizes, documents, truth, machine } = coded(seed);
    const [found] = blindAgreement(['price'], sizes, documents, seed);
    const share = found?.share;
    if (!share) throw new Error('No share');
    if (share.low <= truth && truth <= share.high) covered += 1;
    off.corrected += (share.share - truth) / 60;
    off.machine += (machine - 0.2) / 60;
  }
  expect(covered).toBeGreaterThanOrEqual(55);
  expect(Math.abs(off.corrected)).toBeLessThan(0.01);
});

test('precision and recall are those of all answers, not of the sample that holds more of the theme', () => {
  const found = Array.from({ length: 20 }, (_, index) => {
    const { sizes, documents } = coded(100 + index);
    return blindAgreement(['price'], sizes, documents, 1)[0]!;
  });
  const mean = (values: (number | null)[]) => values.reduce((sum: number, one) => sum + (one ?? 0), 0) / values.length;
  // Of a thousand 160 are found of 200, and 40 of 800 by mistake.
  expect(mean(found.map(({ precision }) => precision?.value ?? null))).toBeCloseTo(0.8, 1);
  expect(mean(found.map(({ recall }) => recall?.value ?? null))).toBeCloseTo(0.8, 1);
  expect(mean(found.map(({ withMachine }) => withMachine.alpha))).toBeGreaterThan(0.667);
});

test('the same seed gives the same intervals, which hold the alpha itself', () => {
  const { sizes, documents } = coded(3);
  const first = blindAgreement(['price'], sizes, documents, 9);
  expect(blindAgreement(['price'], sizes, documents, 9)).toEqual(first);
  const { alpha, low, high } = first[0]!.withMachine;
  expect(low).toBeLessThan(alpha ?? 0);
  expect(high).toBeGreaterThan(alpha ?? 1);
});

test('a theme that nobody found and the machine did not either leaves nothing to agree on', () => {
  const [found] = blindAgreement(['t'], [5], [document([], { ada: [] }), document([], { ada: [] })], 1);
  expect(found).toMatchObject({ precision: null, recall: null, betweenPeople: null });
  expect(found?.withMachine).toMatchObject({ alpha: null, kappa: null, low: null, high: null });
  expect(blindAgreement(['t'], [5], [], 1)[0]).toMatchObject({ coded: 0, share: null });
});

test('a large part of which no drawn answer speaks of a theme is not taken to hold none', () => {
  const own = Array.from({ length: 20 }, () => document(['t'], { ada: ['t'] }, 0));
  const rest = Array.from({ length: 60 }, () => document([], { ada: [] }, 1));
  const { withMachine, recall, share } = blindAgreement(['t'], [20, 4000], [...own, ...rest], 1)[0]!;
  // Up to about a twentieth of four thousand may speak of it: three in sixty, as the rule of three says.
  expect(share?.share).toBeCloseTo(20 / 4020, 12);
  expect(share?.high).toBeGreaterThan(0.035);
  expect(recall?.low).toBeLessThan(0.15);
  expect(recall?.high).toBeGreaterThan(0.98);
  expect(withMachine.low).toBeLessThan(0.3);
  // Looked at whole, the same rest leaves nothing open.
  const all = blindAgreement(['t'], [20, 60], [...own, ...rest], 1)[0]!;
  expect(all.recall).toEqual({ value: 1, low: 1, high: 1 });
  expect(all.withMachine).toMatchObject({ alpha: 1, low: 1, high: 1 });
});
