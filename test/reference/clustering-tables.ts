import { mean } from '../../src/stats/mean.ts';
import { standardDeviation } from '../../src/stats/variance.ts';
import { readTable } from './read.ts';

export type TableName = 'iris' | 'usarrests_scaled' | 'ruspini';

/** The small classic tables, as the reference numbers of groups were computed from them. */
export function readClusteringTables(folder: string): Record<TableName, number[][]> {
  return {
    iris: readTable(folder, 'data/iris.csv', ['Sepal.Length', 'Sepal.Width', 'Petal.Length', 'Petal.Width']),
    usarrests_scaled: standardise(readTable(folder, 'data/usarrests.csv', ['Murder', 'Assault', 'UrbanPop', 'Rape'])),
    ruspini: readTable(folder, 'data/ruspini.csv', ['x', 'y']),
  };
}

/** Each column less its mean, in units of its standard deviation. */
export function standardise(rows: readonly (readonly number[])[]): number[][] {
  const columns = rows[0]!.map((_, j) => rows.map((row) => row[j]!));
  return rows.map((row) => row.map((value, j) => (value - mean(columns[j]!)!) / standardDeviation(columns[j]!)!));
}
