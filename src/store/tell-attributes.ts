import type { Transaction } from 'kysely';
import type { Engine } from './dialect.ts';
import { insertRows } from './insert-rows.ts';
import type { Tables } from './tables.ts';

/** A number about a person's mind, with who says it and when. */
export type ToldAttribute = { personId: number; name: string; value: number; source: string; at: string };

/** So many rows go into one statement. */
const PART = 2000;

/** Tells psychographic numbers as attributes of people; their names become numeric attributes where they are new. */
export async function tellAttributes(
  trx: Transaction<Tables>,
  engine: Engine,
  workspaceId: number,
  names: readonly string[],
  rows: readonly ToldAttribute[],
): Promise<void> {
  for (const name of names)
    await trx
      .insertInto('attributeTypes')
      .values({ workspaceId, subject: 'person', name, type: 'number', family: 'psychographic', isSet: 1 })
      .onConflict((on) => on.columns(['workspaceId', 'subject', 'name']).doNothing())
      .execute();
  for (let from = 0; from < rows.length; from += PART)
    await insertRows(
      trx,
      engine,
      'attributes',
      {
        workspace_id: 'bigint',
        person_id: 'bigint',
        name: 'text',
        family: 'text',
        value: 'text',
        source: 'text',
        recorded_at: 'text',
      },
      rows
        .slice(from, from + PART)
        .map(({ personId, name, value, source, at }) => [
          workspaceId,
          personId,
          name,
          'psychographic',
          JSON.stringify(value),
          source,
          at,
        ]),
    );
}
