import type { Kysely, Selectable } from 'kysely';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

/** A line of a file that could not be kept, and why. */
export type LineFault = { line: number; reason: string };
export type FileState = 'waiting' | 'reading' | 'done' | 'failed';
export type SourceFile = Omit<Selectable<Tables['sourceFiles']>, 'state' | 'origin' | 'faults'> & {
  state: FileState;
  origin: 'folder' | 'upload';
  /** The first of those that were refused. */
  faults: LineFault[];
};
/** Lines that hold anything; messages that were new and that had come before; lines that were refused. */
export type FileCounts = Pick<SourceFile, 'lines' | 'kept' | 'known' | 'refused'>;
export type NewSourceFile = Pick<SourceFile, 'sourceId' | 'name' | 'sha256' | 'bytes' | 'origin'> & {
  state: 'waiting' | 'reading';
};

const NOTHING: FileCounts = { lines: 0, kept: 0, known: 0, refused: 0 };

const asFile = (row: Selectable<Tables['sourceFiles']>): SourceFile => ({
  ...row,
  id: Number(row.id),
  sourceId: Number(row.sourceId),
  bytes: Number(row.bytes),
  state: row.state as FileState,
  origin: row.origin as SourceFile['origin'],
  faults: JSON.parse(row.faults) as LineFault[],
});

/** Files that sources were given, and what came of each. */
export function sourceFileStore(db: Kysely<Tables>) {
  return {
    add: async (file: NewSourceFile, publicId: string | null, at: string): Promise<SourceFile> =>
      asFile(
        await db
          .insertInto('sourceFiles')
          .values({
            ...file,
            ...NOTHING,
            publicId: publicId ?? newPublicId(),
            faults: '[]',
            reason: null,
            createdAt: at,
            endedAt: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow(),
      ),
    find: async (sourceId: number, publicId: string): Promise<SourceFile | null> => {
      const row = await db
        .selectFrom('sourceFiles')
        .selectAll()
        .where('sourceId', '=', sourceId)
        .where('publicId', '=', publicId)
        .executeTakeFirst();
      return row ? asFile(row) : null;
    },
    /** The newest file of the same content; for a folder, the one that a process which ended was reading. */
    findSame: async (
      { sourceId, sha256, origin }: Pick<SourceFile, 'sourceId' | 'sha256' | 'origin'>,
      states: readonly FileState[],
    ): Promise<SourceFile | null> => {
      const row = await db
        .selectFrom('sourceFiles')
        .selectAll()
        .where('sourceId', '=', sourceId)
        .where('sha256', '=', sha256)
        .where('origin', '=', origin)
        .where('state', 'in', states)
        .orderBy('id', 'desc')
        .executeTakeFirst();
      return row ? asFile(row) : null;
    },
    /** Uploads that were taken and are not read to their end. */
    uploadsToRead: async (): Promise<SourceFile[]> =>
      (
        await db
          .selectFrom('sourceFiles')
          .selectAll()
          .where('origin', '=', 'upload')
          .where('state', 'in', ['waiting', 'reading'])
          .orderBy('id')
          .execute()
      ).map(asFile),
    newest: async (sourceId: number, limit: number): Promise<SourceFile[]> =>
      (
        await db
          .selectFrom('sourceFiles')
          .selectAll()
          .where('sourceId', '=', sourceId)
          .orderBy('id', 'desc')
          .limit(limit)
          .execute()
      ).map(asFile),
    /** Says that a file is being read, from its beginning or how far. */
    progress: async (id: number, counts: FileCounts = NOTHING): Promise<void> => {
      await db
        .updateTable('sourceFiles')
        .set({ ...counts, state: 'reading' })
        .where('id', '=', id)
        .execute();
    },
    end: async (
      id: number,
      {
        state,
        reason,
        faults,
        ...counts
      }: FileCounts & { state: 'done' | 'failed'; reason: string | null; faults: readonly LineFault[] },
      at: string,
    ): Promise<void> => {
      await db
        .updateTable('sourceFiles')
        .set({ ...counts, state, reason, faults: JSON.stringify(faults), endedAt: at })
        .where('id', '=', id)
        .execute();
    },
  };
}
