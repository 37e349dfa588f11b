import type { Kysely, Selectable } from 'kysely';
import { isShownTo } from './blind-words.ts';
import type { StepWriter } from './coding-journal.ts';
import { newPublicId } from './identifiers.ts';
import { agreedInterviews } from './interview-turns.ts';
import type { Code, Coding } from './notes.ts';
import { stillCounts } from './still-counts.ts';
import type { Tables } from './tables.ts';

/** How far a code reaches within one subject: an interview, or a response. */
export type CodeReach = { codeId: number; subjectId: string; person: string; passages: number };
export type Memo = Selectable<Tables['memos']>;

const ROWS_AT_ONCE = 500;

/** The codebook as a whole: what stands in it, what was taken out, and how far each code reaches. */
export function codebookStore(db: Kysely<Tables>) {
  return {
    /** All codes of a study, those that were retired or merged among them. */
    all: (studyId: number): Promise<Code[]> => allCodes(db, studyId),

    /**
     * Passages of each code by whom they are: a person, where one is known, else the response or the interview. Parts of one
     * passage over several turns count once; those of talks whose analysis nobody agreed to do not. What a viewer must not see since they code it blind is not counted.
     */
    reach: async (studyId: number, viewer: number | null = null): Promise<CodeReach[]> => {
      const rows = await db
        .selectFrom('codings')
        .innerJoin('sourceTexts', (on) =>
          on
            .onRef('sourceTexts.publicId', '=', 'codings.sourceId')
            .onRef('sourceTexts.version', '=', 'codings.sourceVersion'),
        )
        .leftJoin('responses', 'responses.publicId', 'sourceTexts.subjectId')
        .leftJoin('interviews', 'interviews.publicId', 'sourceTexts.subjectId')
        .leftJoin('participations', (on) =>
          on.on((eb) =>
            eb('participations.id', '=', eb.fn.coalesce('responses.participationId', 'interviews.participationId')),
          ),
        )
        .leftJoin('personLinks', 'personLinks.personId', 'participations.personId')
        .select((eb) => [
          'codings.codeId',
          'sourceTexts.subjectId',
          eb.fn.coalesce('personLinks.canonicalId', 'participations.personId').as('personId'),
          eb.fn.count(eb.fn.coalesce('codings.passage', 'codings.publicId')).distinct().as('passages'),
        ])
        .where('codings.studyId', '=', studyId)
        .where('codings.removedAt', 'is', null)
        .where('codings.counts', '=', 1)
        .where(({ ref }) =>
          isShownTo(db, viewer, { sourceId: ref('codings.sourceId'), coderId: ref('codings.coderId') }),
        )
        .where(stillCounts)
        .where((eb) =>
          eb.or([
            eb('interviews.id', 'is', null),
            eb(
              'interviews.id',
              'in',
              agreedInterviews(db).select('interviews.id').where('interviews.studyId', '=', studyId),
            ),
          ]),
        )
        .groupBy(['codings.codeId', 'sourceTexts.subjectId', 'personLinks.canonicalId', 'participations.personId'])
        .execute();
      return rows.map(({ codeId, subjectId, personId, passages }) => ({
        codeId: Number(codeId),
        subjectId,
        person: personId === null ? subjectId : `person ${personId}`,
        passages: Number(passages),
      }));
    },

    /** The talks in which a code stands though nobody noted that they may be analysed. */
    notAgreed: async (
      { id, studyId }: Pick<Code, 'id' | 'studyId'>,
      viewer: number | null = null,
    ): Promise<{ publicId: string; title: string }[]> =>
      db
        .selectFrom('codings')
        .innerJoin('sourceTexts', (on) =>
          on
            .onRef('sourceTexts.publicId', '=', 'codings.sourceId')
            .onRef('sourceTexts.version', '=', 'codings.sourceVersion'),
        )
        .innerJoin('interviews', 'interviews.publicId', 'sourceTexts.subjectId')
        .select(['interviews.id', 'interviews.publicId', 'interviews.title'])
        .distinct()
        .where('codings.codeId', '=', id)
        .where('codings.removedAt', 'is', null)
        .where('codings.counts', '=', 1)
        .where(stillCounts)
        .where(({ ref }) =>
          isShownTo(db, viewer, { sourceId: ref('codings.sourceId'), coderId: ref('codings.coderId') }),
        )
        .where(
          'interviews.id',
          'not in',
          agreedInterviews(db).select('interviews.id').where('interviews.studyId', '=', studyId),
        )
        .orderBy('interviews.id')
        .execute(),

    /** Who put codings where, in which layer and when, and what was written about each. */
    beside: async (studyId: number, codingIds: readonly number[]) => {
      const found = new Map<number, { coder: string | null; layer: string; createdAt: string; memo: string }>();
      for (let from = 0; from < codingIds.length; from += ROWS_AT_ONCE) {
        const rows = await db
          .selectFrom('codings')
          .leftJoin('users', 'users.id', 'codings.coderId')
          .leftJoin('memos', (on) =>
            on
              .onRef('memos.subjectId', '=', 'codings.publicId')
              .on('memos.subjectKind', '=', 'coding')
              .on('memos.studyId', '=', studyId)
              .on('memos.removedAt', 'is', null),
          )
          .select(['codings.id', 'users.name as coder', 'codings.layer', 'codings.createdAt', 'memos.text'])
          .where('codings.id', 'in', codingIds.slice(from, from + ROWS_AT_ONCE))
          .orderBy('memos.id')
          .execute();
        for (const { id, coder, layer, createdAt, text } of rows) {
          const before = found.get(Number(id))?.memo ?? '';
          const memo = [before, text ?? ''].filter((part) => part !== '').join('\n\n');
          found.set(Number(id), { coder, layer, createdAt, memo });
        }
      }
      return found;
    },

    /** The codings of a code that stand, those that do not count among them. */
    standing: (codeId: number): Promise<Coding[]> => standingCodings(db, codeId),
    /** How many memos are about a code. */
    memosOf: async (studyId: number, codePublicId: string): Promise<number> =>
      (await memosOf(db, studyId, codePublicId)).length,
    /** How many proposals of the coder wait for a decision on a code. */
    waitingProposals: async (codeId: number): Promise<number> => {
      const row = await db
        .selectFrom('coderProposals')
        .select(({ fn }) => fn.countAll().as('n'))
        .where('codeId', '=', codeId)
        .where('runId', 'is not', null)
        .where('verdict', 'is', null)
        .executeTakeFirst();
      return Number(row?.n ?? 0);
    },
  };
}

export const allCodes = (db: Kysely<Tables>, studyId: number): Promise<Code[]> =>
  db.selectFrom('codes').selectAll().where('studyId', '=', studyId).orderBy('id').execute();

export const standingCodings = (db: Kysely<Tables>, codeId: number): Promise<Coding[]> =>
  db
    .selectFrom('codings')
    .selectAll()
    .where('codeId', '=', codeId)
    .where('removedAt', 'is', null)
    .orderBy('id')
    .execute();

const memosOf = (db: Kysely<Tables>, studyId: number, codePublicId: string): Promise<Memo[]> =>
  db
    .selectFrom('memos')
    .selectAll()
    .where('studyId', '=', studyId)
    .where('subjectKind', '=', 'code')
    .where('subjectId', '=', codePublicId)
    .where('removedAt', 'is', null)
    .execute();

/** Two codings say the same when they lie on the same words and count alike; where they do not count, by coder as well. */
const placeOf = (one: Coding): string =>
  `${one.sourceId} ${one.sourceVersion} ${one.spanStart} ${one.spanEnd} ${one.counts}${one.counts === 1 ? '' : ` ${one.coderId}`}`;

/**
 * Puts codings under another code, within a step. What lies there on the same words already is joined with it: the one that
 * stood there stays, and takes over what was said of the other.
 *
 * @param keep whether they stay under their own code as well
 * @returns how many came under the code, and how many were joined
 */
export async function recodeRows(
  write: StepWriter,
  codings: readonly Coding[],
  toId: number,
  at: string,
  { keep }: { keep: boolean },
): Promise<{ moved: number; joined: number }> {
  const there = new Map((await standingCodings(write.db, toId)).map((coding) => [placeOf(coding), coding]));
  let joined = 0;
  for (const coding of codings) {
    const same = there.get(placeOf(coding));
    if (!same && keep) {
      const { id: _, ...copy } = coding;
      const made = await write.insert('codings', {
        ...copy,
        publicId: newPublicId(),
        codeId: toId,
        guid: null,
        isExample: 0,
        createdAt: at,
      });
      there.set(placeOf(coding), made);
    } else if (!same) {
      const moved = await write.update('codings', coding.id, { codeId: toId });
      if (moved) there.set(placeOf(coding), moved);
    } else {
      joined += 1;
      await write.update('codings', same.id, {
        direction: same.direction ?? coding.direction,
        isExample: Math.max(same.isExample, keep ? 0 : coding.isExample),
        isImportant: Math.max(same.isImportant, coding.isImportant),
      });
      if (!keep) {
        await moveMemos(write, coding.studyId, 'coding', coding.publicId, same.publicId);
        await write.update('codings', coding.id, { removedAt: at });
      }
    }
  }
  return { moved: codings.length - joined, joined };
}

/** Memos of one subject become those of another, within a step. */
export async function moveMemos(
  write: StepWriter,
  studyId: number,
  kind: Memo['subjectKind'],
  from: string,
  to: string,
): Promise<number> {
  const memos = await write.db
    .selectFrom('memos')
    .select('id')
    .where('studyId', '=', studyId)
    .where('subjectKind', '=', kind)
    .where('subjectId', '=', from)
    .where('removedAt', 'is', null)
    .execute();
  for (const { id } of memos) await write.update('memos', id, { subjectId: to });
  return memos.length;
}

/** The codings of a study by their public ids, within a step; those that are gone are not there. */
export async function codingsNamed(
  write: StepWriter,
  studyId: number,
  publicIds: readonly string[],
): Promise<Coding[]> {
  const found: Coding[] = [];
  for (let from = 0; from < publicIds.length; from += ROWS_AT_ONCE)
    found.push(
      ...(await write.db
        .selectFrom('codings')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', 'in', publicIds.slice(from, from + ROWS_AT_ONCE))
        .where('removedAt', 'is', null)
        .orderBy('id')
        .execute()),
    );
  return found;
}

/** The parts of the passage that a coding is of, in the order in which they were said; itself where it is of one turn. */
export async function partsOf(db: Kysely<Tables>, coding: Coding): Promise<Coding[]> {
  if (coding.passage === null) return [coding];
  return db
    .selectFrom('codings')
    .selectAll()
    .where('studyId', '=', coding.studyId)
    .where('passage', '=', coding.passage)
    .where('codeId', '=', coding.codeId)
    .where('removedAt', 'is', null)
    .orderBy('id')
    .execute();
}

/** The code of a name, made within the step or taken up again; one that stands is taken as it is. */
export async function codeFor(
  write: StepWriter,
  studyId: number,
  name: string,
  definition: string,
  at: string,
): Promise<Code> {
  const known = await write.db
    .selectFrom('codes')
    .selectAll()
    .where('studyId', '=', studyId)
    .where('name', '=', name)
    .executeTakeFirst();
  if (known?.retiredAt === null) return known;
  if (known) return (await write.update('codes', known.id, { retiredAt: null, mergedInto: null })) ?? known;
  return write.insert('codes', {
    studyId,
    publicId: newPublicId(),
    parentId: null,
    name,
    definition,
    createdAt: at,
    retiredAt: null,
  });
}
