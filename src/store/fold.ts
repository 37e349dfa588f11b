import { type Kysely, sql } from 'kysely';
import { foldText } from '../model/fold-text.ts';
import type { SqliteConnection } from './database.ts';
import type { Engine } from './dialect.ts';

/**
 * `verbatim_fold(text)` in SQL, the same in both engines: their own `lower` knows other letters in each, and in SQLite
 * none but those of ASCII.
 */

/** Makes it known to a connection of SQLite, which keeps no functions. */
export function registerFold(connection: SqliteConnection): void {
  connection.function('verbatim_fold', { deterministic: true }, (text: unknown) =>
    text === null ? null : foldText(String(text)),
  );
}

/** Makes it in a PostgreSQL, letter by letter as `foldText` does it, so that it does not depend on the server's locale. */
export async function createFold(db: Kysely<unknown>, engine: Engine): Promise<void> {
  if (engine === 'sqlite') return;
  const [from, to, gone] = [[], [], []] as [string[], string[], string[]];
  const longer: [string, string][] = [];
  for (let point = 0x41; point <= 0xffff; point += 1) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const letter = String.fromCodePoint(point);
    const folded = foldText(letter);
    if (folded === letter) continue;
    const { length } = [...folded];
    if (length === 0) gone.push(letter);
    else if (length > 1) longer.push([letter, folded]);
    else {
      from.push(letter);
      to.push(folded);
    }
  }
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const replaced = longer.reduce(
    (inner, [letter, folded]) => `replace(${inner}, ${quoted(letter)}, ${quoted(folded)})`,
    '$1',
  );
  await sql
    .raw(
      `create or replace function verbatim_fold(text) returns text language sql immutable strict as $fold$
         select translate(${replaced}, ${quoted([...from, ...gone].join(''))}, ${quoted(to.join(''))}) $fold$`,
    )
    .execute(db);
}
