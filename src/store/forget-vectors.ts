import type { Transaction } from 'kysely';
import type { Tables } from './tables.ts';

/** What was made of texts goes with them: part of every transaction that empties some. */
export async function forgetVectorsOf(trx: Transaction<Tables>, subjectIds: readonly string[]): Promise<void> {
  await trx
    .deleteFrom('textVectors')
    .where('textHash', 'in', (eb) =>
      eb.selectFrom('sourceTexts').select('sourceTexts.textHash').where('sourceTexts.subjectId', 'in', subjectIds),
    )
    .execute();
}
