import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import { isWhole } from './coding-whole.ts';
import type { Tables } from './tables.ts';

export type CodingStep = Omit<Selectable<Tables['codingSteps']>, 'changes'> & { changes: RowChange[] };

/**
 * The tables whose rows a step changes. A row is never deleted: it is marked as gone by a column of its own. A proposal is
 * decided, or read without one, for as long as it has a verdict.
 */
const GONE = {
  codes: 'retiredAt',
  codings: 'removedAt',
  memos: 'removedAt',
  codingDecisions: 'removedAt',
  coderProposals: 'verdict',
} as const;
const ROWS_AT_ONCE = 200;
export type JournalTable = keyof typeof GONE;
type Row = Record<string, string | number | null>;
const isGone = (table: JournalTable, row: Row): boolean => (row[GONE[table]] === null) === (table === 'coderProposals');
const goneMark = (table: JournalTable, at: string): Row => ({ [GONE[table]]: table === 'coderProposals' ? null : at });
/** One row, before and after; `before` is null for one that the step made. */
export type RowChange = { table: JournalTable; id: number; before: Row | null; after: Row };

/** Writes rows of a step and keeps what they were. */
export type StepWriter = {
  db: Kysely<Tables>;
  insert<Name extends JournalTable>(table: Name, row: Insertable<Tables[Name]>): Promise<Selectable<Tables[Name]>>;
  /** Many rows at once, in the order given. */
  insertAll<Name extends JournalTable>(table: Name, rows: readonly Insertable<Tables[Name]>[]): Promise<void>;
  /** Null when there is no such row. */
  update<Name extends JournalTable>(
    table: Name,
    id: number,
    patch: Updateable<Tables[Name]>,
  ): Promise<Selectable<Tables[Name]> | null>;
};

/** Kept for the record alone: they are not taken back as steps, since more hangs on them than rows of coding. */
const CORRECTION = 'correct';
const FINAL_KINDS: readonly string[] = [CORRECTION, 'transcript'];
/** What coders decide on together: it is taken back on the page of its round, and nowhere else. */
export const ROUND_KIND = 'adjudicate';
export type StepHead = { studyId: number; actorId: number | null; kind: string; label: string };
/**
 * `nothing`: there was no step. `changed`: what it touched was changed since, so that it stays as it is. `stopped`: the last
 * thing that was done is none to take back here, and what was done before it stays.
 */
export type Turned = { outcome: 'done' | 'changed' | 'stopped'; step: CodingStep } | { outcome: 'nothing' };

/**
 * Everything that researchers do while coding, step by step, each with the rows it changed as they were and as they
 * became. A step is taken back by putting rows back, so that undoing is exact whatever the step was; each researcher
 * takes back their own, and never over what somebody else changed since.
 */
export function codingJournal(db: Kysely<Tables>) {
  return {
    /** Does something and keeps it as one step; nothing is kept where nothing changed, but for words that were corrected. */
    step: <Value>(head: StepHead, at: string, make: (write: StepWriter) => Promise<Value>): Promise<Value> =>
      db.transaction().execute(async (trx) => {
        const changes: RowChange[] = [];
        const made = await make(stepWriter(trx, changes));
        if (changes.length === 0 && head.kind !== CORRECTION) return made;
        await own(trx.updateTable('codingSteps').set({ droppedAt: at }), head.studyId, head.actorId)
          .where('undoneAt', 'is not', null)
          .where('droppedAt', 'is', null)
          .execute();
        await trx
          .insertInto('codingSteps')
          .values({
            ...head,
            changes: JSON.stringify(changes),
            createdAt: at,
            undoneAt: null,
            droppedAt: FINAL_KINDS.includes(head.kind) ? at : null,
            sequence: await nextSequence(trx, head.studyId),
          })
          .execute();
        return made;
      }),

    /**
     * Takes back the last step of a researcher that still stands; nothing before one that cannot be taken back.
     *
     * @param asked the step that is meant, where it is known: one that was taken back already is not taken back twice,
     *   however often it is asked for
     * @param isOnRound whether decisions of a round are taken back, and nothing else; they stop it everywhere else
     */
    undo: (
      studyId: number,
      actorId: number | null,
      at: string,
      asked: number | null = null,
      isOnRound = false,
    ): Promise<Turned> =>
      db.transaction().execute(async (trx) => {
        const done = await stepById(trx, studyId, actorId, asked);
        if (done && done.undoneAt !== null) return { outcome: 'done', step: readStep(done) };
        const row = await lastOf(trx, studyId, actorId);
        if (row && !isTakenBack(row, isOnRound)) return { outcome: 'stopped', step: readStep(row) };
        if (asked !== null && Number(row?.id) !== asked) return another(done);
        return turn(trx, row, at, 'undo');
      }),

    /** Does again what was taken back last, unless something else was done since. */
    redo: (studyId: number, actorId: number | null, at: string, asked: number | null = null): Promise<Turned> =>
      db.transaction().execute(async (trx) => {
        const done = await stepById(trx, studyId, actorId, asked);
        if (done && done.undoneAt === null) return { outcome: 'done', step: readStep(done) };
        const row = await own(trx.selectFrom('codingSteps').selectAll(), studyId, actorId)
          .where('undoneAt', 'is not', null)
          .where('droppedAt', 'is', null)
          .orderBy('id')
          .limit(1)
          .executeTakeFirst();
        if (asked !== null && Number(row?.id) !== asked) return another(done);
        return turn(trx, row, at, 'redo');
      }),

    /**
     * What a researcher could take back and do again next, other than decisions of a round; null where there is nothing.
     * `stopped` is what they did last where that is not taken back.
     */
    next: async (
      studyId: number,
      actorId: number | null,
    ): Promise<{ undo: StepName | null; redo: StepName | null; stopped: StepName | null }> => {
      const undo = await lastOf(db, studyId, actorId);
      const redo = await own(db.selectFrom('codingSteps').select(['id', 'label']), studyId, actorId)
        .where('droppedAt', 'is', null)
        .where('undoneAt', 'is not', null)
        .orderBy('id')
        .limit(1)
        .executeTakeFirst();
      const isStopped = undo !== undefined && !isTakenBack(undo, false);
      return {
        undo: undo && !isStopped ? nameOf(undo) : null,
        redo: redo ? nameOf(redo) : null,
        stopped: undo && isStopped ? nameOf(undo) : null,
      };
    },

    /** The decision of a round that its page would take back next; null where something else was done last. */
    lastDecision: async (studyId: number, actorId: number | null): Promise<StepName | null> => {
      const row = await lastOf(db, studyId, actorId);
      return row && isTakenBack(row, true) ? nameOf(row) : null;
    },

    /** The steps of a study, the newest first, with who took them; those of one researcher where they are named. */
    list: (
      studyId: number,
      { limit, before = null, actorId = null }: { limit: number; before?: number | null; actorId?: number | null },
    ) => {
      let query = db
        .selectFrom('codingSteps')
        .leftJoin('users', 'users.id', 'codingSteps.actorId')
        .select(['codingSteps.id', 'kind', 'label', 'codingSteps.createdAt', 'undoneAt', 'users.name as actor'])
        .where('studyId', '=', studyId)
        .orderBy('codingSteps.id', 'desc')
        .limit(limit);
      if (before !== null) query = query.where('codingSteps.id', '<', before);
      if (actorId !== null) query = query.where('codingSteps.actorId', '=', actorId);
      return query.execute();
    },

    /** Tells one state of a study's coding from the next: it grows with each step, undoing and doing again. */
    sequence: async (studyId: number): Promise<number> => {
      const row = await db
        .selectFrom('codingMarks')
        .select('sequence')
        .where('studyId', '=', studyId)
        .executeTakeFirst();
      return Number(row?.sequence ?? 0);
    },

    /**
     * The rows that steps touched after a state of the study's coding.
     *
     * @returns null when there are too many to be told one by one
     */
    touchedSince: async (
      studyId: number,
      sequence: number,
      limit = 200,
    ): Promise<Record<JournalTable, Set<number>> | null> => {
      const rows = await db
        .selectFrom('codingSteps')
        .select('changes')
        .where('studyId', '=', studyId)
        .where('sequence', '>', sequence)
        .limit(limit + 1)
        .execute();
      if (rows.length > limit) return null;
      const touched: Record<JournalTable, Set<number>> = {
        codes: new Set(),
        codings: new Set(),
        memos: new Set(),
        codingDecisions: new Set(),
        coderProposals: new Set(),
      };
      for (const { changes } of rows)
        for (const { table, id } of JSON.parse(changes) as RowChange[]) touched[table].add(Number(id));
      return touched.codings.size + touched.memos.size > limit ? null : touched;
    },
  };
}

export type StepName = { id: number; label: string };

/** Counts on while holding the count's row, so that numbers become visible in the order they were given. */
async function nextSequence(trx: Kysely<Tables>, studyId: number): Promise<number> {
  const row = await trx
    .insertInto('codingMarks')
    .values({ studyId, sequence: 1 })
    .onConflict((on) =>
      on.column('studyId').doUpdateSet(({ ref, eb }) => ({ sequence: eb(ref('codingMarks.sequence'), '+', 1) })),
    )
    .returning('sequence')
    .executeTakeFirstOrThrow();
  return Number(row.sequence);
}

const readStep = (row: Selectable<Tables['codingSteps']>): CodingStep => ({
  ...row,
  changes: JSON.parse(row.changes) as RowChange[],
});

const nameOf = ({ id, label }: StepName): StepName => ({ id: Number(id), label });

/**
 * The last step of a researcher that stands, with those that are never taken back: what is of such a kind, and what was
 * emptied since, as words were withdrawn.
 */
const lastOf = (db: Kysely<Tables>, studyId: number, actorId: number | null) =>
  db
    .selectFrom('codingSteps')
    .selectAll()
    .where('studyId', '=', studyId)
    .where('actorId', actorId === null ? 'is' : '=', actorId)
    .where('undoneAt', 'is', null)
    .where(({ eb, or }) => or([eb('droppedAt', 'is', null), eb('kind', 'in', FINAL_KINDS), eb('changes', '=', '[]')]))
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();

const isTakenBack = ({ kind, droppedAt }: { kind: string; droppedAt: string | null }, isOnRound: boolean): boolean =>
  droppedAt === null && (kind === ROUND_KIND) === isOnRound;

const stepById = async (db: Kysely<Tables>, studyId: number, actorId: number | null, id: number | null) =>
  id === null
    ? undefined
    : own(db.selectFrom('codingSteps').selectAll(), studyId, actorId).where('id', '=', id).executeTakeFirst();

/** Narrows a query on steps to one researcher's, or to those of the command line. */
function own<Query extends { where(column: never, operator: never, value: never): Query }>(
  query: Query,
  studyId: number,
  actorId: number | null,
): Query {
  const where = (on: Query, column: string, operator: string, value: unknown) =>
    on.where(column as never, operator as never, value as never);
  return where(where(query, 'studyId', '=', studyId), 'actorId', actorId === null ? 'is' : '=', actorId);
}

function stepWriter(db: Kysely<Tables>, changes: RowChange[]): StepWriter {
  return {
    db,
    insert: async (table, row) => {
      const made = await db
        .insertInto(table)
        .values(row as never)
        .returningAll()
        .executeTakeFirstOrThrow();
      const after = made as unknown as Row;
      changes.push({ table, id: Number(after['id']), before: null, after });
      return made as never;
    },
    insertAll: async (table, rows) => {
      for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
        const made = (await db
          .insertInto(table)
          .values(rows.slice(from, from + ROWS_AT_ONCE) as never)
          .returningAll()
          .execute()) as unknown as Row[];
        for (const after of made) changes.push({ table, id: Number(after['id']), before: null, after });
      }
    },
    update: async (table, id, patch) => {
      const before = await rowOf(db, table, id);
      if (before === null) return null;
      const after = await put(db, table, id, patch as Row);
      if (!isSame(before, after)) changes.push({ table, id, before, after });
      return after as never;
    },
  };
}

const rowOf = async (db: Kysely<Tables>, table: JournalTable, id: number): Promise<Row | null> =>
  ((await db.selectFrom(table).selectAll().where('id', '=', id).executeTakeFirst()) as Row | undefined) ?? null;

const put = async (db: Kysely<Tables>, table: JournalTable, id: number, row: Row): Promise<Row> => {
  const { id: _, ...values } = row;
  return (await db
    .updateTable(table)
    .set(values as never)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()) as unknown as Row;
};

/** PostgreSQL gives its large numbers as text. */
const isSame = (one: Row, other: Row, except: string | null = null): boolean =>
  Object.keys(one).every((key) => key === except || String(one[key] ?? '') === String(other[key] ?? ''));

/** A step was asked for that is not the next: something was done since, by the same researcher in another window. */
const another = (asked: Selectable<Tables['codingSteps']> | undefined): Turned =>
  asked ? { outcome: 'changed', step: readStep(asked) } : { outcome: 'nothing' };

async function turn(
  db: Kysely<Tables>,
  row: Selectable<Tables['codingSteps']> | undefined,
  at: string,
  way: 'undo' | 'redo',
): Promise<Turned> {
  if (!row) return { outcome: 'nothing' };
  const step = readStep(row);
  // A row may change more than once within a step: what counts is how it was before the first, and after the last.
  const whole = netChanges(step.changes);
  const refuse = async (): Promise<Turned> => {
    await db.updateTable('codingSteps').set({ droppedAt: at }).where('id', '=', row.id).execute();
    return { outcome: 'changed', step };
  };
  const stood: { table: JournalTable; id: number; now: Row }[] = [];
  for (const { table, id, before, after } of whole) {
    const now = await rowOf(db, table, id);
    const expected = way === 'undo' ? after : (before ?? after);
    const isMade = before === null && way === 'redo';
    if (!now || !isSame(expected, now, isMade ? GONE[table] : null) || (isMade && !isGone(table, now))) return refuse();
    stood.push({ table, id, now });
  }
  for (const { table, id, before, after } of way === 'undo' ? whole.toReversed() : whole)
    await put(db, table, id, way === 'redo' ? after : (before ?? { ...after, ...goneMark(table, at) }));
  if (!(await isWhole(db, { ...row, isOfRound: row.kind === ROUND_KIND }, whole))) {
    for (const { table, id, now } of stood.toReversed()) await put(db, table, id, now);
    return refuse();
  }
  await db
    .updateTable('codingSteps')
    .set({ undoneAt: way === 'undo' ? at : null, sequence: await nextSequence(db, row.studyId) })
    .where('id', '=', row.id)
    .execute();
  return { outcome: 'done', step };
}

function netChanges(changes: readonly RowChange[]): RowChange[] {
  const byRow = new Map<string, RowChange>();
  for (const change of changes) {
    const key = `${change.table} ${change.id}`;
    const first = byRow.get(key);
    byRow.set(key, first ? { ...first, after: change.after } : change);
  }
  return [...byRow.values()];
}
