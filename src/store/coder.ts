import type { Selectable } from 'kysely';
import { isOpenTo } from './blind-words.ts';
import { coderExamples } from './coder-examples.ts';
import { codingJournal, type StepWriter } from './coding-journal.ts';
import type { Database } from './database.ts';
import { isInTexts } from './dialect.ts';
import { newPublicId } from './identifiers.ts';
import { insertRows } from './insert-rows.ts';
import type { Tables } from './tables.ts';

export type CoderRun = Selectable<Tables['coderRuns']>;
export type Proposal = Selectable<Tables['coderProposals']>;
export type NewProposal = Pick<
  Proposal,
  'codeId' | 'sourceId' | 'sourceVersion' | 'probability' | 'isYes' | 'position'
>;
export type Verdict = 'accepted' | 'rejected' | 'skipped';

/** What a decision on a proposal comes to: for an accepted one the coding that is made of it. */
export type Decision = {
  proposal: Proposal;
  verdict: Verdict;
  coding: { spanStart: number; spanEnd: number; spanHash: string; direction: string | null } | null;
};

const PROPOSAL_COLUMNS = {
  study_id: 'bigint',
  run_id: 'bigint',
  code_id: 'bigint',
  public_id: 'text',
  source_id: 'text',
  source_version: 'bigint',
  probability: 'double precision',
  is_yes: 'bigint',
  position: 'bigint',
} as const;
/** So many rows go into one statement. */
const PART = 2000;

/** The coder's runs, what it proposed, and what people made of it. */
export function coderStore({ kysely: db, engine }: Database) {
  const journal = codingJournal(db);
  const end = (id: number, from: string[], set: Partial<Pick<CoderRun, 'state' | 'error' | 'finishedAt'>>) =>
    db
      .updateTable('coderRuns')
      .set({ step: '', ...set })
      .where('id', '=', id)
      .where('state', 'in', from)
      .executeTakeFirst()
      .then(({ numUpdatedRows }) => numUpdatedRows === 1n);

  return {
    ...coderExamples({ kysely: db, engine }),

    addRun: (
      run: {
        studyId: number;
        settings: unknown;
        engineVersion: string;
        seed: number;
        createdBy: number | null;
      },
      at: string,
    ): Promise<CoderRun> =>
      db
        .insertInto('coderRuns')
        .values({
          ...run,
          settings: JSON.stringify(run.settings),
          publicId: newPublicId(),
          inputHash: null,
          state: 'queued',
          step: 'Waiting for its turn',
          progress: 0,
          result: null,
          error: null,
          createdAt: at,
          finishedAt: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow(),
    findRun: async (studyId: number, publicId: string): Promise<CoderRun | null> =>
      (await db
        .selectFrom('coderRuns')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    findRunById: async (id: number): Promise<CoderRun | null> =>
      (await db.selectFrom('coderRuns').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
    /** The newest first, without their results. */
    runs: (studyId: number) =>
      db
        .selectFrom('coderRuns')
        .select(['publicId', 'state', 'settings', 'createdAt', 'finishedAt'])
        .where('studyId', '=', studyId)
        .orderBy('id', 'desc')
        .limit(20)
        .execute(),
    /** Finished runs, the newest first: a code's figures stand in the newest that learned it. */
    doneRuns: (studyId: number): Promise<CoderRun[]> =>
      db
        .selectFrom('coderRuns')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('state', '=', 'done')
        .orderBy('id', 'desc')
        .limit(20)
        .execute(),
    begin: async (id: number): Promise<boolean> =>
      (
        await db
          .updateTable('coderRuns')
          .set({ state: 'running', step: 'Reading' })
          .where('id', '=', id)
          .where('state', '=', 'queued')
          .executeTakeFirst()
      ).numUpdatedRows === 1n,
    /** It waits again, since whoever had begun it has ended. */
    putBack: async (id: number): Promise<void> => {
      await db
        .updateTable('coderRuns')
        .set({ state: 'queued', step: 'Waiting for its turn' })
        .where('id', '=', id)
        .where('state', '=', 'running')
        .execute();
    },
    progress: async (id: number, step: string, progress: number): Promise<void> => {
      await db
        .updateTable('coderRuns')
        .set({ step, progress })
        .where('id', '=', id)
        .where('state', '=', 'running')
        .execute();
    },
    fail: (id: number, error: string, at: string): Promise<boolean> =>
      end(id, ['queued', 'running'], { state: 'failed', error, finishedAt: at }),
    cancel: (id: number, at: string): Promise<boolean> =>
      end(id, ['queued', 'running'], { state: 'cancelled', finishedAt: at }),
    failUnfinished: async (at: string): Promise<void> => {
      await db
        .updateTable('coderRuns')
        .set({
          state: 'failed',
          error: 'Verbatim stopped while this was running. Start it again: the same seed gives the same result',
          step: '',
          finishedAt: at,
        })
        .where('state', 'in', ['queued', 'running'])
        .execute();
    },
    /**
     * Keeps what a run came to, unless it was cancelled meanwhile. What earlier runs proposed of the same codes and nobody
     * has decided goes; decisions stay.
     */
    finish: (
      run: CoderRun,
      { result, inputHash, proposals }: { result: string; inputHash: string; proposals: readonly NewProposal[] },
      learned: readonly number[],
      at: string,
    ): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('coderRuns')
          .set({ state: 'done', step: '', progress: 1, result, inputHash, finishedAt: at })
          .where('id', '=', run.id)
          .where('state', '=', 'running')
          .executeTakeFirst();
        if (numUpdatedRows !== 1n) return false;
        if (learned.length > 0)
          await trx
            .deleteFrom('coderProposals')
            .where('studyId', '=', run.studyId)
            .where('codeId', 'in', learned)
            .where((eb) => eb.or([eb('verdict', 'is', null), eb('verdict', '=', 'skipped')]))
            .execute();
        for (let from = 0; from < proposals.length; from += PART)
          await insertRows(
            trx,
            engine,
            'coder_proposals',
            { ...PROPOSAL_COLUMNS },
            proposals
              .slice(from, from + PART)
              .map((one) => [
                run.studyId,
                run.id,
                one.codeId,
                newPublicId(),
                one.sourceId,
                one.sourceVersion,
                one.probability,
                one.isYes,
                one.position,
              ]),
          );
        return true;
      }),

    /** What waits for a decision, in its order; of words that a viewer codes blind nothing. */
    queue: async (runId: number, codeId: number, limit: number, viewer: number | null): Promise<Proposal[]> =>
      db
        .selectFrom('coderProposals')
        .selectAll()
        .where('runId', '=', runId)
        .where('codeId', '=', codeId)
        .where('verdict', 'is', null)
        .where(({ ref }) => isOpenTo(db, viewer, ref('sourceId')))
        .orderBy('position')
        .limit(limit)
        .execute(),
    /** What waits for a decision over all runs and codes that stand, the surest first; and how much of each code. */
    waiting: async (
      studyId: number,
      codeId: number | null,
      limit: number,
      viewer: number | null,
    ): Promise<Proposal[]> => {
      let query = db
        .selectFrom('coderProposals')
        .innerJoin('codes', 'codes.id', 'coderProposals.codeId')
        .selectAll('coderProposals')
        .where('coderProposals.studyId', '=', studyId)
        .where('runId', 'is not', null)
        .where('verdict', 'is', null)
        .where(({ ref }) => isOpenTo(db, viewer, ref('coderProposals.sourceId')))
        .where('codes.retiredAt', 'is', null)
        .orderBy('probability', 'desc')
        .orderBy('coderProposals.id')
        .limit(limit);
      if (codeId !== null) query = query.where('codeId', '=', codeId);
      return query.execute();
    },
    waitingByCode: async (studyId: number, viewer: number | null): Promise<{ codeId: number; count: number }[]> =>
      (
        await db
          .selectFrom('coderProposals')
          .innerJoin('codes', 'codes.id', 'coderProposals.codeId')
          .select(({ fn }) => ['codeId', fn.countAll().as('count')])
          .where('coderProposals.studyId', '=', studyId)
          .where('runId', 'is not', null)
          .where('verdict', 'is', null)
          .where(({ ref }) => isOpenTo(db, viewer, ref('coderProposals.sourceId')))
          .where('codes.retiredAt', 'is', null)
          .groupBy('codeId')
          .execute()
      ).map((row) => ({ codeId: Number(row.codeId), count: Number(row.count) })),
    verdicts: async (
      runId: number,
      viewer: number | null,
    ): Promise<{ codeId: number; verdict: string | null; count: number }[]> =>
      (
        await db
          .selectFrom('coderProposals')
          .select(({ fn }) => ['codeId', 'verdict', fn.countAll().as('count')])
          .where('runId', '=', runId)
          .where(({ ref }) => isOpenTo(db, viewer, ref('sourceId')))
          .groupBy(['codeId', 'verdict'])
          .execute()
      ).map((row) => ({ ...row, count: Number(row.count) })),
    /** Proposals by their ids, but for those on words that a viewer codes blind. */
    findProposals: (studyId: number, publicIds: readonly string[], viewer: number | null): Promise<Proposal[]> =>
      publicIds.length === 0
        ? Promise.resolve([])
        : db
            .selectFrom('coderProposals')
            .selectAll()
            .where('studyId', '=', studyId)
            .where('publicId', 'in', publicIds)
            .where(({ ref }) => isOpenTo(db, viewer, ref('sourceId')))
            .orderBy('id')
            .execute(),
    /**
     * What the coder calls a yes and nobody has decided.
     *
     * @param sourceIds null for all texts of the study
     */
    suggested: (studyId: number, sourceIds: readonly string[] | null = null) => {
      let query = db
        .selectFrom('coderProposals')
        .select(['codeId', 'sourceId', 'sourceVersion'])
        .where('studyId', '=', studyId)
        .where('isYes', '=', 1)
        .where((eb) => eb.or([eb('verdict', 'is', null), eb('verdict', '=', 'skipped')]));
      if (sourceIds) query = query.where((eb) => isInTexts(engine, eb.ref('sourceId'), sourceIds));
      return query.execute();
    },
    /** Where codings came from that the coder had proposed: by coding, the run and when it was confirmed. */
    provenance: async (codingIds: readonly number[]) => {
      const found = new Map<number, { run: string; proposedAt: string; confirmedAt: string; by: string | null }>();
      for (let from = 0; from < codingIds.length; from += 500) {
        const rows = await db
          .selectFrom('coderProposals')
          .innerJoin('coderRuns', 'coderRuns.id', 'coderProposals.runId')
          .leftJoin('users', 'users.id', 'coderProposals.decidedBy')
          .select([
            'coderProposals.codingId',
            'coderProposals.decidedAt',
            'coderRuns.publicId',
            'coderRuns.createdAt',
            'coderRuns.finishedAt',
            'users.name',
          ])
          .where('codingId', 'in', codingIds.slice(from, from + 500))
          .execute();
        for (const row of rows)
          found.set(Number(row.codingId), {
            run: row.publicId,
            proposedAt: row.finishedAt ?? row.createdAt,
            confirmedAt: row.decidedAt ?? '',
            by: row.name,
          });
      }
      return found;
    },
    /**
     * Keeps what somebody read for one code without a proposal; a text that was read for it before is left as it is.
     *
     * @returns how many were kept
     */
    read: (
      { studyId, codeId }: { studyId: number; codeId: number },
      readings: readonly { sourceId: string; sourceVersion: number; coding: Decision['coding'] }[],
      by: number | null,
      at: string,
    ): Promise<number> =>
      journal.step({ studyId, actorId: by, kind: 'read', label: readLabel(readings) }, at, async (write) => {
        let kept = 0;
        for (const { sourceId, sourceVersion, coding } of readings) {
          const place = { studyId, codeId, sourceId, sourceVersion };
          const before = await write.db
            .selectFrom('coderProposals')
            .select('id')
            .where('codeId', '=', codeId)
            .where('sourceId', '=', sourceId)
            .where('sourceVersion', '=', sourceVersion)
            .where('verdict', 'in', ['accepted', 'rejected'])
            .executeTakeFirst();
          if (before) continue;
          kept += 1;
          await takeFromTheme(write, place, at);
          const added = coding
            ? await write.insert('codings', {
                ...place,
                ...coding,
                publicId: newPublicId(),
                coderId: by,
                layer: 'human',
                createdAt: at,
              })
            : null;
          await write.insert('coderProposals', {
            ...place,
            publicId: newPublicId(),
            isYes: 0,
            position: 0,
            verdict: coding ? 'accepted' : 'rejected',
            decidedBy: by,
            decidedAt: at,
            codingId: added?.id ?? null,
          });
        }
        return kept;
      }),
    /**
     * Decides proposals of a study in one step, each once: one that somebody has decided meanwhile is left as it is.
     *
     * @returns how many were decided
     */
    decide: async (decisions: readonly Decision[], by: number | null, at: string): Promise<number> => {
      const [first] = decisions;
      if (!first) return 0;
      const head = { studyId: first.proposal.studyId, actorId: by, kind: 'decide', label: decideLabel(decisions) };
      return journal.step(head, at, async (write) => {
        let decided = 0;
        for (const { proposal, verdict, coding } of decisions) {
          // Holds the row, so that of two who decide at once the second finds it decided.
          const { numUpdatedRows } = await write.db
            .updateTable('coderProposals')
            .set(({ ref }) => ({ position: ref('position') }))
            .where('id', '=', proposal.id)
            .where((eb) => eb.or([eb('verdict', 'is', null), eb('verdict', '=', 'skipped')]))
            .executeTakeFirst();
          if (numUpdatedRows !== 1n) continue;
          decided += 1;
          if (verdict !== 'skipped') await takeFromTheme(write, proposal, at);
          const made =
            coding &&
            (await write.insert('codings', {
              ...coding,
              studyId: proposal.studyId,
              publicId: newPublicId(),
              codeId: proposal.codeId,
              sourceId: proposal.sourceId,
              sourceVersion: proposal.sourceVersion,
              coderId: by,
              layer: 'suggested',
              runId: null,
              createdAt: at,
              removedAt: null,
            }));
          await write.update('coderProposals', proposal.id, {
            verdict,
            decidedBy: by,
            decidedAt: at,
            codingId: made?.id ?? null,
          });
        }
        return decided;
      });
    },
  };
}

const VERDICT_WORDS = { accepted: 'accepted', rejected: 'rejected', skipped: 'put off' } as const;
/** What a step is called in the list of what was done. */
function decideLabel(decisions: readonly Decision[]): string {
  const told = (Object.keys(VERDICT_WORDS) as Verdict[]).flatMap((verdict) => {
    const count = decisions.filter((one) => one.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${VERDICT_WORDS[verdict]}`];
  });
  return `Proposals: ${told.join(', ')}`;
}
const readLabel = (readings: readonly { coding: unknown }[]): string => {
  const yes = readings.filter(({ coding }) => coding !== null).length;
  return `Read for a code: ${yes} yes, ${readings.length - yes} no`;
};

/** What a person decides of a text stands in the place of what a theme put there unread. */
async function takeFromTheme(
  write: StepWriter,
  { codeId, sourceId, sourceVersion }: Pick<Proposal, 'codeId' | 'sourceId' | 'sourceVersion'>,
  at: string,
): Promise<void> {
  const put = await write.db
    .selectFrom('codings')
    .select('id')
    .where('codeId', '=', codeId)
    .where('sourceId', '=', sourceId)
    .where('sourceVersion', '=', sourceVersion)
    .where('runId', 'is not', null)
    .where('removedAt', 'is', null)
    .execute();
  for (const { id } of put) await write.update('codings', id, { removedAt: at });
}
