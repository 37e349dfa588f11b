import type { Kysely } from 'kysely';
import type { RowChange } from './coding-journal.ts';
import type { Tables } from './tables.ts';

/** `isOfRound`: it decided on what coders of a round differed in. */
export type StepTurned = { kind: string; createdAt: string; isOfRound: boolean };

/**
 * Whether rows that a step was turned to still fit what others did since: a code that is gone has no passages that others
 * put on it, no code stands under itself, and no passage comes back to a code that was merged away, to words that are no
 * longer those, or to a round whose outcome was taken down.
 *
 * @param changes of the step, each row as it stands now
 */
export async function isWhole(db: Kysely<Tables>, step: StepTurned, changes: readonly RowChange[]): Promise<boolean> {
  for (const { table, id } of changes) {
    if (table === 'codes' && !(await isWholeCode(db, step.kind, id))) return false;
    if (table === 'codings' && !(await isWholeCoding(db, step, id))) return false;
  }
  return true;
}

async function isWholeCode(db: Kysely<Tables>, kind: string, id: number): Promise<boolean> {
  const code = await db.selectFrom('codes').selectAll().where('id', '=', id).executeTakeFirst();
  if (!code) return true;
  if (code.retiredAt !== null) {
    // What is taken out of the codebook as such keeps its passages.
    if (kind === 'retire') return true;
    const left = await db
      .selectFrom('codings')
      .select('id')
      .where('codeId', '=', id)
      .where('removedAt', 'is', null)
      .limit(1)
      .executeTakeFirst();
    const beneath = await db
      .selectFrom('codes')
      .select('id')
      .where('parentId', '=', id)
      .where('retiredAt', 'is', null)
      .limit(1)
      .executeTakeFirst();
    return !left && !beneath;
  }
  const seen = new Set([id]);
  for (let above = code.parentId; above !== null; ) {
    if (seen.has(Number(above))) return false;
    seen.add(Number(above));
    const parent = await db.selectFrom('codes').select('parentId').where('id', '=', above).executeTakeFirst();
    above = parent?.parentId ?? null;
  }
  return true;
}

async function isWholeCoding(db: Kysely<Tables>, step: StepTurned, id: number): Promise<boolean> {
  const coding = await db
    .selectFrom('codings')
    .innerJoin('codes', 'codes.id', 'codings.codeId')
    .leftJoin('sourceTexts', (on) =>
      on
        .onRef('sourceTexts.publicId', '=', 'codings.sourceId')
        .onRef('sourceTexts.version', '=', 'codings.sourceVersion'),
    )
    .select([
      'codings.sourceId',
      'codings.counts',
      'codings.layer',
      'codings.removedAt',
      'codes.mergedInto',
      'sourceTexts.erasedAt',
      'sourceTexts.supersededAt',
    ])
    .where('codings.id', '=', id)
    .executeTakeFirst();
  if (!coding || coding.removedAt !== null) return true;
  if (coding.mergedInto !== null || (coding.erasedAt ?? coding.supersededAt ?? null) !== null) return false;
  if (step.isOfRound || coding.counts === 1 || coding.layer !== 'human') return true;
  const over = await db
    .selectFrom('codingRounds')
    .innerJoin('codingRoundTexts', 'codingRoundTexts.roundId', 'codingRounds.id')
    .select('codingRounds.id')
    .where('codingRoundTexts.sourceId', '=', coding.sourceId)
    .where('codingRounds.openedAt', '>', step.createdAt)
    .limit(1)
    .executeTakeFirst();
  return !over;
}
