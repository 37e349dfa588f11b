import type { Selectable, Transaction } from 'kysely';
import type { Database } from './database.ts';
import { newPublicId } from './identifiers.ts';
import { hasOldLinks, letGoIdentifiers, letGoOldLinks, letGoWords } from './let-go-retained.ts';
import { type DueSubject, dueSubjects, reachOfDue } from './retention-due.ts';
import type { Tables } from './tables.ts';

/** What of a study goes after a while: what leads to somebody, or what was said in words. */
export type RetainedPart = 'identifiers' | 'words';
/** What it goes of. */
export type RetainedKind = 'response' | 'interview' | 'feedback';

/** How long a study keeps its parts, and what holds it. */
export type RetentionSettings = {
  /** Days after a response was completed or an interview held; null where they are kept until somebody decides. */
  identifiersDays: number | null;
  wordsDays: number | null;
  changedAt: string | null;
  /** Null where nothing holds it. */
  hold: { reason: string; since: string; by: string | null } | null;
  /** What a researcher asks the owners for. */
  request: { words: string; at: string; by: string | null } | null;
};

/** How much lost a part: by the survey's public id, and by kind for what is of no survey. */
export type RetentionCounts = Partial<Record<RetainedPart, Record<string, number>>> & {
  /** Rows that were deleted or emptied, by table. */
  rows?: Record<string, number>;
};
export type RetentionRun = Omit<Selectable<Tables['retentionRuns']>, 'id' | 'counts'> & { counts: RetentionCounts };

/** So few at a time that nobody waits long for the database. */
const CHUNK = 50;

/** By the survey's public id, else by kind. */
export const countBy = (due: readonly DueSubject[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { kind, survey } of due) counts[survey ?? kind] = (counts[survey ?? kind] ?? 0) + 1;
  return counts;
};

async function addCounts(trx: Transaction<Tables>, run: string, more: RetentionCounts): Promise<void> {
  const { counts } = await trx
    .selectFrom('retentionRuns')
    .select('counts')
    .where('publicId', '=', run)
    .executeTakeFirstOrThrow();
  const total = JSON.parse(counts) as RetentionCounts;
  for (const [group, added] of Object.entries(more)) {
    const own = { ...total[group as keyof RetentionCounts] };
    for (const [name, n] of Object.entries(added)) own[name] = (own[name] ?? 0) + n;
    total[group as keyof RetentionCounts] = own;
  }
  await trx
    .updateTable('retentionRuns')
    .set({ counts: JSON.stringify(total) })
    .where('publicId', '=', run)
    .execute();
}

/** How long studies keep what people said and who they are. */
export function retentionStore({ kysely: db }: Database) {
  const settingsRow = (studyId: number) =>
    db
      .selectFrom('studyRetention')
      .leftJoin('users', 'users.id', 'studyRetention.heldBy')
      .selectAll('studyRetention')
      .leftJoin('users as asking', 'asking.id', 'studyRetention.requestedBy')
      .select(['users.name as heldByName', 'asking.name as requestedByName'])
      .where('studyId', '=', studyId)
      .executeTakeFirst();

  return {
    settings: async (studyId: number): Promise<RetentionSettings> => {
      const row = await settingsRow(studyId);
      if (!row) return { identifiersDays: null, wordsDays: null, changedAt: null, hold: null, request: null };
      const { identifiersDays, wordsDays, changedAt, heldSince, holdReason, heldByName } = row;
      const { request, requestedAt, requestedByName } = row;
      return {
        identifiersDays: identifiersDays === null ? null : Number(identifiersDays),
        wordsDays: wordsDays === null ? null : Number(wordsDays),
        changedAt,
        hold: heldSince === null ? null : { reason: holdReason ?? '', since: heldSince, by: heldByName },
        request: request === null ? null : { words: request, at: requestedAt ?? '', by: requestedByName },
      };
    },

    /** Sets what is given, and leaves the rest. */
    put: async (
      studyId: number,
      values: Partial<Omit<Selectable<Tables['studyRetention']>, 'studyId'>> & { changedAt: string },
    ): Promise<void> => {
      await db
        .insertInto('studyRetention')
        .values({
          studyId,
          identifiersDays: null,
          wordsDays: null,
          changedBy: null,
          holdReason: null,
          heldSince: null,
          heldBy: null,
          request: null,
          requestedAt: null,
          requestedBy: null,
          ...values,
        })
        .onConflict((on) => on.column('studyId').doUpdateSet(values))
        .execute();
    },

    /** Studies that a legal hold stands over, the oldest first. */
    held: () =>
      db
        .selectFrom('studyRetention')
        .innerJoin('studies', 'studies.id', 'studyRetention.studyId')
        .innerJoin('workspaces', 'workspaces.id', 'studies.workspaceId')
        .leftJoin('users', 'users.id', 'studyRetention.heldBy')
        .select([
          'studies.publicId as study',
          'studies.name as name',
          'workspaces.name as workspace',
          'heldSince as since',
          'users.name as by',
        ])
        .where('heldSince', 'is not', null)
        .orderBy('heldSince')
        .execute(),

    /** Studies of which something goes at some time. */
    limited: async (): Promise<number[]> =>
      (
        await db
          .selectFrom('studyRetention')
          .select('studyId')
          .where((is) => is.or([is('identifiersDays', 'is not', null), is('wordsDays', 'is not', null)]))
          .orderBy('studyId')
          .execute()
      ).map(({ studyId }) => Number(studyId)),

    /** The newest run first. */
    runs: async (studyId: number, limit: number): Promise<RetentionRun[]> =>
      (
        await db
          .selectFrom('retentionRuns')
          .selectAll()
          .where('studyId', '=', studyId)
          .orderBy('id', 'desc')
          .limit(limit)
          .execute()
      ).map(({ id: _, counts, ...run }) => ({ ...run, counts: JSON.parse(counts) as RetentionCounts })),

    /** Begins a run, or goes on with the one that a stop broke off. */
    begin: async (
      studyId: number,
      before: { identifiersBefore: string | null; wordsBefore: string | null },
      at: string,
    ): Promise<string> => {
      const begun = await db
        .selectFrom('retentionRuns')
        .select('publicId')
        .where('studyId', '=', studyId)
        .where('state', '=', 'begun')
        .executeTakeFirst();
      if (begun) {
        await db.updateTable('retentionRuns').set(before).where('publicId', '=', begun.publicId).execute();
        return begun.publicId;
      }
      const publicId = newPublicId();
      await db
        .insertInto('retentionRuns')
        .values({ publicId, studyId, state: 'begun', ...before, counts: '{}', begunAt: at, doneAt: null })
        .execute();
      return publicId;
    },
    isUnderway: async (studyId: number): Promise<boolean> =>
      (await db
        .selectFrom('retentionRuns')
        .select('id')
        .where('studyId', '=', studyId)
        .where('state', '=', 'begun')
        .executeTakeFirst()) !== undefined,
    /** What is due, at most `limit` of it. */
    due: (studyId: number, part: RetainedPart, before: string, limit: number): Promise<DueSubject[]> =>
      dueSubjects(db, studyId, part, before, limit),

    /**
     * Takes a part from the next few that are due, and counts them in the run, all in one transaction: a stop in the middle
     * leaves each with the part or without it.
     *
     * @param files takes files away that lie outside the database, before the rest goes
     * @returns how many lost it; 0 once nothing is due
     */
    letGoNext: async (
      run: string,
      studyId: number,
      part: RetainedPart,
      before: string,
      at: string,
      files: (due: readonly DueSubject[]) => Promise<void>,
    ): Promise<number> => {
      await files(await dueSubjects(db, studyId, part, before, CHUNK));
      return db.transaction().execute(async (trx) => {
        const due = await dueSubjects(trx, studyId, part, before, CHUNK);
        if (due.length === 0) return 0;
        const reach = await reachOfDue(trx, due);
        const { rows } =
          part === 'identifiers' ? await letGoIdentifiers(trx, reach, at) : await letGoWords(trx, studyId, reach, at);
        await trx
          .insertInto('retentionGone')
          .values(due.map(({ kind, publicId }) => ({ studyId, kind, subject: publicId, part, goneAt: at })))
          .onConflict((on) => on.columns(['subject', 'part']).doUpdateSet({ goneAt: at }))
          .execute();
        await addCounts(trx, run, { [part]: countBy(due), rows });
        return due.length;
      });
    },
    /** The same for links, letters and the like, which are of no response. @returns how many rows went */
    letGoOldLinks: (run: string, studyId: number, before: string): Promise<number> =>
      db.transaction().execute(async (trx) => {
        const { rows } = await letGoOldLinks(trx, studyId, before);
        await addCounts(trx, run, { rows });
        return Object.values(rows).reduce((sum, n) => sum + n, 0);
      }),
    /** Whether any of those would go. */
    hasOldLinks: (studyId: number, before: string): Promise<boolean> => hasOldLinks(db, studyId, before),
    /** Batches that were brought in before a moment: their files hold what people said, and who they are. */
    oldBatches: async (studyId: number, before: string): Promise<string[]> =>
      (
        await db
          .selectFrom('importBatches')
          .select('publicId')
          .where('studyId', '=', studyId)
          .where('createdAt', '<', before)
          .where('state', '!=', 'loading')
          .execute()
      ).map(({ publicId }) => publicId),
    finish: async (publicId: string, at: string): Promise<void> => {
      await db
        .updateTable('retentionRuns')
        .set({ state: 'done', doneAt: at })
        .where('publicId', '=', publicId)
        .execute();
    },
  };
}

export type Retention = ReturnType<typeof retentionStore>;
