import { type Kysely, sql } from 'kysely';
import { EXEMPT, PLACES, type Place, type Reach } from './personal-places.ts';
import { partsOf } from './subject-reach.ts';
import type { Tables } from './tables.ts';

/** A row as the database has it, by the names of its columns there. */
export type PersonalRow = Record<string, string | number | null>;
export type PersonalRows = { table: string; title: string; rows: PersonalRow[] };

/**
 * Every row that is kept of somebody, table by table, without what is no use outside the database. A table without any is
 * in the list too, so that it says what there could be.
 */
export async function personalRows(db: Kysely<Tables>, reach: Reach): Promise<PersonalRows[]> {
  const found: PersonalRows[] = [];
  for (const place of PLACES) {
    const { table, title } = place;
    const rows = await rowsOf(db, place, reach);
    // Two ways into a table are two sections; a row is told once.
    found.push({ table, title, rows });
  }
  return found;
}

async function rowsOf(db: Kysely<Tables>, { table, by, hidden = [] }: Place, reach: Reach): Promise<PersonalRow[]> {
  const rows = new Map<string, PersonalRow>();
  for (const [column, key] of Object.entries(by))
    for (const part of partsOf(reach[key])) {
      // Names of columns are shown as the database has them, which the plugin would change.
      const { rows: some } = await sql<PersonalRow>`
        select * from ${sql.table(table)} where ${sql.ref(column)} in (${sql.join(part)})`.execute(db.withoutPlugins());
      for (const row of some) {
        const shown = Object.fromEntries(Object.entries(row).filter(([name]) => !hidden.includes(name)));
        rows.set(JSON.stringify(row), shown);
      }
    }
  return [...rows.values()];
}

/** Columns that a list of everything kept accounts for, as `table.column`, and why the others are left out of it. */
export const accountedFor = (): { shown: Set<string>; exempt: typeof EXEMPT } => ({
  shown: new Set(PLACES.flatMap(({ table, by }) => Object.keys(by).map((column) => `${table}.${column}`))),
  exempt: EXEMPT,
});
