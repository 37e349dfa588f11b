import { gapStatistic } from '../../../src/stats/gap-statistic.ts';
import { mulberry32 } from '../../../src/stats/random.ts';
import type { ReferenceCase } from '../case.ts';
import { readClusteringTables, type TableName } from '../clustering-tables.ts';
import { readJson } from '../read.ts';

type ExpectedGap = {
  spaceH0: 'scaledPCA' | 'original';
  table: { logW: number; 'E.logW': number; gap: number; 'SE.sim': number }[];
  k_Tibs2001SEmax: number;
  k_firstSEmax: number;
  k_globalmax: number;
};
type Expected = Record<TableName, { gap?: ExpectedGap; gap_original?: ExpectedGap }>;

/** The gap statistic: what chance adds stays within the tolerance, and the number of groups follows where it is clear. */
export const referenceCase: ReferenceCase = {
  id: 'gap',
  run(folder, figures) {
    const wanted = readJson<Expected>(folder, 'expected/clustering.json');
    for (const [name, rows] of Object.entries(readClusteringTables(folder))) {
      const { gap, gap_original } = wanted[name as TableName];
      for (const reference of [gap, gap_original]) {
        if (!reference) continue;
        const { table } = reference;
        const space = reference.spaceH0 === 'original' ? 'columns' : 'rotated';
        const found = gapStatistic(rows, {
          groupsMax: table.length,
          references: 500,
          space,
          random: mulberry32(1),
        });
        for (const [at, row] of table.entries()) {
          const of = `${name} ${space} k = ${at + 1}`;
          figures.atMost(`${of} log within`, found.perK[at]?.logWithin, row.logW + 1e-6);
          figures.near(`${of} expected`, found.perK[at]?.logWithinExpected, row['E.logW'], 0.03);
          figures.near(`${of} gap`, found.perK[at]?.gap, row.gap, 0.03);
          figures.near(`${of} standard error`, found.perK[at]?.standardError, row['SE.sim'], 0.01);
        }
        figures.near(`${name} ${space} log within one group`, found.perK[0]?.logWithin, table[0]!.logW);
        // A choice that hangs on less than chance adds is no figure to compare.
        const isClear = table.every(
          (row, at) => at === 0 || Math.abs(table[at - 1]!.gap - (row.gap - row['SE.sim'])) > 0.02,
        );
        const chosen = [reference.k_Tibs2001SEmax, reference.k_firstSEmax, reference.k_globalmax];
        const { tibshirani, firstPeak, largest } = found.chosen;
        if (isClear) figures.same(`${name} ${space} chosen`, [tibshirani, firstPeak, largest], chosen);
        else figures.note(`${name} ${space}: ${tibshirani} ${firstPeak} ${largest}, elsewhere ${chosen.join(' ')}`);
      }
    }
  },
};
