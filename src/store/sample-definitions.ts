import type { Kysely } from 'kysely';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

export type SampleKind = 'base' | 'weighting';
/** A definition in one of its versions; the form of `definition` is its reader's. */
export type SampleDefinition = {
  id: number;
  studyId: number;
  surveyId: number;
  publicId: string;
  kind: SampleKind;
  /** The version at hand. */
  number: number;
  /** The version that stands. */
  version: number;
  name: string;
  definition: unknown;
  madeBy: string | null;
  madeAt: string;
  removedAt: string | null;
};
export type SampleChange = { name: string; definition: unknown; madeBy: number | null };

/** Who counts in a survey and how much each counts, as researchers named it, with every version. */
export function sampleDefinitionStore(db: Kysely<Tables>) {
  const versions = (of: Kysely<Tables>) =>
    of
      .selectFrom('sampleDefinitions')
      .innerJoin('sampleDefinitionVersions', 'sampleDefinitionVersions.sampleId', 'sampleDefinitions.id')
      .leftJoin('users', 'users.id', 'sampleDefinitionVersions.madeBy')
      .select([
        'sampleDefinitions.id',
        'sampleDefinitions.studyId',
        'sampleDefinitions.surveyId',
        'sampleDefinitions.publicId',
        'sampleDefinitions.kind',
        'sampleDefinitions.version',
        'sampleDefinitions.removedAt',
        'sampleDefinitionVersions.number',
        'sampleDefinitionVersions.name',
        'sampleDefinitionVersions.definition',
        'sampleDefinitionVersions.madeAt',
        'users.name as madeBy',
      ]);
  const version = (sampleId: number, number: number, { name, definition, madeBy }: SampleChange, at: string) => ({
    sampleId,
    number,
    name,
    definition: JSON.stringify(definition),
    madeBy,
    madeAt: at,
  });

  return {
    /** As they stand, without those that were removed, the first made first. */
    list: async (surveyId: number, kind: SampleKind): Promise<SampleDefinition[]> =>
      (
        await versions(db)
          .where('sampleDefinitions.surveyId', '=', surveyId)
          .where('sampleDefinitions.kind', '=', kind)
          .where('sampleDefinitions.removedAt', 'is', null)
          .whereRef('sampleDefinitionVersions.number', '=', 'sampleDefinitions.version')
          .orderBy('sampleDefinitions.id')
          .execute()
      ).map(asKept),
    /**
     * One of them, removed or not: what was made with it stays readable.
     *
     * @param number its version; the one that stands unless told
     */
    find: async (
      surveyId: number,
      kind: SampleKind,
      publicId: string,
      number: number | null = null,
    ): Promise<SampleDefinition | null> => {
      const query = versions(db)
        .where('sampleDefinitions.surveyId', '=', surveyId)
        .where('sampleDefinitions.kind', '=', kind)
        .where('sampleDefinitions.publicId', '=', publicId);
      const row = await (number === null
        ? query.whereRef('sampleDefinitionVersions.number', '=', 'sampleDefinitions.version')
        : query.where('sampleDefinitionVersions.number', '=', number)
      ).executeTakeFirst();
      return row ? asKept(row) : null;
    },
    /** All its versions, the newest first. */
    versions: async (id: number): Promise<SampleDefinition[]> =>
      (
        await versions(db)
          .where('sampleDefinitions.id', '=', id)
          .orderBy('sampleDefinitionVersions.number', 'desc')
          .execute()
      ).map(asKept),
    add: (
      place: { studyId: number; surveyId: number; kind: SampleKind },
      change: SampleChange,
      at: string,
    ): Promise<string> =>
      db.transaction().execute(async (trx) => {
        const publicId = newPublicId();
        const { id } = await trx
          .insertInto('sampleDefinitions')
          .values({ ...place, publicId, version: 1, createdBy: change.madeBy, createdAt: at, removedAt: null })
          .returning('id')
          .executeTakeFirstOrThrow();
        await trx
          .insertInto('sampleDefinitionVersions')
          .values(version(id, 1, change, at))
          .execute();
        return publicId;
      }),
    /**
     * Keeps another version.
     *
     * @param from the version that was changed
     * @returns false when that no longer stands, or it was removed
     */
    change: (id: number, from: number, change: SampleChange, at: string): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('sampleDefinitions')
          .set({ version: from + 1 })
          .where('id', '=', id)
          .where('version', '=', from)
          .where('removedAt', 'is', null)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return false;
        await trx
          .insertInto('sampleDefinitionVersions')
          .values(version(id, from + 1, change, at))
          .execute();
        return true;
      }),
    /** Takes it out of sight; its versions stay. */
    remove: async (id: number, at: string): Promise<void> => {
      await db
        .updateTable('sampleDefinitions')
        .set({ removedAt: at })
        .where('id', '=', id)
        .where('removedAt', 'is', null)
        .execute();
    },
  };
}

const asKept = (row: Omit<SampleDefinition, 'definition'> & { definition: string }): SampleDefinition => ({
  ...row,
  definition: JSON.parse(row.definition) as unknown,
});
