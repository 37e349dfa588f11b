import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import type { Tables } from './tables.ts';

export type CodingStep = Omit<Selectable<Tables['codingSteps']>, 'changes'> & { changes: RowChange[] };

/** The tables whose rows a step changes. A row is never deleted: it is marked as gone by a column of its own. */
const GONE = {
  codes: 'retiredAt',
  codings: 'removedAt',
  memos: 'removedAt',
  codingDecisions: 'removedAt',
} as const;
export type JournalTable = keyof typeof GONE;
type Row = Record<string, string | number | null>;
/** One row, before and after; `before` is null for one that the step made. */
export type RowChange = { table: JournalTable; id: number; before: Row | null; after: Row };

/** Writes rows of a step and keeps what they were. */
export type StepWriter = {
  db: Kysely<Tables>;
  insert<Name extends JournalTable>(table: Name, row: Insertable<Tables[Name]>): Promise<Selectable<Tables[Name]>>;
  /** Null when there is no such row. */
  update<Name extends JournalTable>(
    table: Name,
    id: number,
    patch: Updateable<Tables[Name]>,
  ): Promise<Selectable<Tables[Name]> | null>;
};

/** `isFinal`: kept for the record alone; it is not taken back as a step, since more hangs on it than rows of coding. */
export type StepHead = { studyId: number; actorId: number | null; kind: string; label: string; isFinal?: boolean };
/** `nothing`: there was no step. `changed`: what it touched was changed since, so that it stays as it is. */
export type Turned = { outcome: 'done' | 'changed'; step: CodingStep } | { outcome: 'nothing' };

/**
 * Everything that researchers do while coding, step by step, each with the rows it changed as they were and as they
 * became. A step is taken back by putting rows back, so that undoing is exact whatever the step was; each researcher
 * takes back their own, and never over what somebody else changed since.
 */
export function codingJournal(db: Kysely<Tables>) {
  return {
    /** Does something and keeps it as one step; nothing is kept where nothing changed. */
    step: <Value>(
      { isFinal = false, ...head }: StepHead,
      at: string,
      make: (write: StepWriter) => Promise<Value>,
    ): Promise<Value> =>
      db.transaction().execute(async (trx) => {
        const changes: RowChange[] = [];
        const made = await make(stepWriter(trx, changes));
        if (changes.length === 0) return made;
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
            droppedAt: isFinal ? at : null,
            sequence: await nextSequence(trx, head.studyId),
          })
          .execute();
        return made;
      }),

    /**
     * Takes back the last step of a researcher that still stands.
     *
     * @param asked the step that is meant, where it is known: one that was taken back already is not taken back twice,
     *   however often it is asked for
     */
    undo: (studyId: number, actorId: number | null, at: string, asked: number | null = null): Promise<Turned> =>
      db.transaction().execute(async (trx) => {
        const done = await stepById(trx, studyId, actorId, asked);
        if (done && done.undoneAt !== null) return { outcome: 'done', step: readStep(done) };
        const row = await own(trx.selectFrom('codingSteps').selectAll(), studyId, actorId)
          .where('undoneAt', 'is', null)
          .where('droppedAt', 'is', null)
          .orderBy('id', 'desc')
          .limit(1)
          .executeTakeFirst();
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
        return turn(trx, row, at, 'redo');
      }),

    /** What a researcher could take back and do again next; null where there is nothing. */
    next: async (
      studyId: number,
      actorId: number | null,
    ): Promise<{ undo: StepName | null; redo: StepName | null }> => {
      const standing = own(db.selectFrom('codingSteps').select(['id', 'label']), studyId, actorId).where(
        'droppedAt',
        'is',
        null,
      );
      const undo = await standing.where('undoneAt', 'is', null).orderBy('id', 'desc').limit(1).executeTakeFirst();
      const redo = await standing.where('undoneAt', 'is not', null).orderBy('id').limit(1).executeTakeFirst();
      const nameOf = (row: StepName | undefined) => (row ? { id: Number(row.id), label: row.label } : null);
      return { undo: nameOf(undo), redo: nameOf(redo) };
    },

    /** The step that would be taken back next, where it is of a kind; null else. */
    lastOfKind: async (studyId: number, actorId: number | null, kind: string): Promise<StepName | null> => {
      const row = await own(db.selectFrom('codingSteps').select(['id', 'label', 'kind']), studyId, actorId)
        .where('undoneAt', 'is', null)
        .where('droppedAt', 'is', null)
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.kind === kind ? { id: Number(row.id), label: row.label } : null;
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
  for (const { table, id, before, after } of whole) {
    const now = await rowOf(db, table, id);
    const expected = way === 'undo' ? after : (before ?? after);
    const isMade = before === null && way === 'redo';
    if (!now || !isSame(expected, now, isMade ? GONE[table] : null) || (isMade && now[GONE[table]] === null)) {
      await db.updateTable('codingSteps').set({ droppedAt: at }).where('id', '=', row.id).execute();
      return { outcome: 'changed', step };
    }
  }
  for (const { table, id, before, after } of way === 'undo' ? whole.toReversed() : whole)
    await put(db, table, id, way === 'redo' ? after : (before ?? { ...after, [GONE[table]]: at }));
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
