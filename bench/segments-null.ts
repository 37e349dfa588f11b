import { buildInputTable } from '../src/segments/input-table.ts';
import { testForSegments } from '../src/segments/segment-test.ts';
import { mulberry32 } from '../src/stats/random.ts';
import { CLOUDS, type Cloud, plantAnswers } from '../test/support/plant-answers.ts';

/**
 * How often the test of segments says "segments" where there are none, and where some were planted. Seeds are 1 to 10 (1 to
 * 20 for yes-or-no answers), fixed before anything was measured. Takes about ten minutes.
 */
const ITEMS = 12;

function tested(kind: Cloud | 'planted', of: { n: number; seed: number; isBinary?: boolean; separation?: number }) {
  const { columns } = plantAnswers(kind, { p: ITEMS, ...of });
  const table = buildInputTable(
    [{ id: 'items', name: 'Items', centring: of.isBinary ? 'none' : 'person-mean', weight: 1, columns }],
    { missing: 'fill', isBalanced: true },
  );
  return testForSegments(table, { random: mulberry32(of.seed) });
}

function row(kind: Cloud | 'planted', seeds: number, of: { n: number; isBinary?: boolean; separation?: number }) {
  const found = Array.from({ length: seeds }, (_, index) => tested(kind, { ...of, seed: index + 1 }));
  const count = (verdict: string) => found.filter((one) => one.verdict === verdict).length;
  const name = [
    kind,
    of.isBinary ? 'yes or no' : 'five steps',
    ...(of.separation === undefined ? [] : [`${of.separation} SD`]),
  ].join(', ');
  const ks = found.filter((one) => one.k === 3).length;
  console.log(
    `${name.padEnd(44)} n=${String(of.n).padStart(5)}  segments ${count('segments')}/${seeds}  weak ${count('weak')}  none ${count('none')}  k=3 ${ks}`,
  );
  return count('segments');
}

const started = performance.now();
let plain = 0;
for (const kind of CLOUDS) if (kind !== 'a bent line') for (const n of [300, 2000]) plain += row(kind, 10, { n });
let binary = 0;
for (const kind of ['one factor', 'two factors'] as const) binary += row(kind, 20, { n: 300, isBinary: true });
let bent = 0;
for (const n of [300, 2000]) bent += row('a bent line', 10, { n });
for (const n of [80, 300, 2000]) for (const separation of [1, 1.5, 2]) row('planted', 10, { n, separation });
console.log(`without segments: ${plain} of 120, yes-or-no ${binary} of 40, bent ${bent} of 20 called segments`);
console.log(
  JSON.stringify({
    bench: 'segments-null',
    plain,
    binary,
    bent,
    seconds: Math.round((performance.now() - started) / 1000),
  }),
);
