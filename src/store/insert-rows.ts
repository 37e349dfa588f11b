import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Engine } from './dialect.ts';
import type { Tables } from './tables.ts';

/** What a column holds, as both engines read it out of JSON. */
type ColumnType = 'text' | 'bigint' | 'double precision';

/** Names of columns as the database has them, and what they hold. */
export type Columns = Readonly<Record<string, ColumnType>>;

/**
 * Inserts any number of rows with one statement: the rows are one parameter, a JSON list of lists, which the engine
 * takes apart itself. A builder that binds every value by itself takes five times as long over many small rows, and
 * runs into the engines' limits on parameters.
 *
 * Text must be free of NUL and lone surrogates, as all text is that has passed `cleanText`: PostgreSQL refuses them.
 *
 * @param rows values in the order of `columns`; they are inserted in this order
 * @param after what follows the rows, such as `on conflict …` and `returning …`
 * @returns the rows that `returning` gives, else none
 */
export async function insertRows<Returned = never>(
  trx: Transaction<Tables>,
  engine: Engine,
  table: string,
  columns: Columns,
  rows: readonly (readonly (string | number | null)[])[],
  after: RawBuilder<unknown> = sql``,
): Promise<Returned[]> {
  if (rows.length === 0) return [];
  const values = Object.values(columns).map((type, at) => `cast(value ->> ${at} as ${type})`);
  const list = JSON.stringify(rows);
  const from = engine === 'sqlite' ? sql`json_each(${list})` : sql`jsonb_array_elements(${list}::jsonb) as list(value)`;
  const { rows: returned } =
    await sql<Returned>`insert into ${sql.table(table)} (${sql.raw(Object.keys(columns).join(', '))})
    select ${sql.raw(values.join(', '))} from ${from} where true ${after}`.execute(trx);
  return returned;
}
