import type { Kysely, Selectable } from 'kysely';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

export type PlayRow = Selectable<Tables['plays']>;

/** Plays that were started: a segment, and the survey or the guide its people are asked by. */
export function playStore(db: Kysely<Tables>) {
  return {
    add: (play: Omit<PlayRow, 'id' | 'publicId'>): Promise<PlayRow> =>
      db
        .insertInto('plays')
        .values({ ...play, publicId: newPublicId() })
        .returningAll()
        .executeTakeFirstOrThrow(),
    find: async (studyId: number, publicId: string): Promise<PlayRow | null> =>
      (await db
        .selectFrom('plays')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    /** The newest first. */
    list: (studyId: number): Promise<PlayRow[]> =>
      db.selectFrom('plays').selectAll().where('studyId', '=', studyId).orderBy('id', 'desc').execute(),
  };
}
