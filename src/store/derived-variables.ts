import type { Kysely } from 'kysely';
import type { DerivedDefinition, DerivedVariable } from '../model/derived-variable.ts';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

/** A derived variable as it is now. */
export type KeptVariable = {
  id: number;
  studyId: number;
  surveyId: number;
  publicId: string;
  version: number;
  name: string;
  definition: DerivedDefinition;
  note: string;
  madeAt: string;
};
export type VariableVersion = {
  number: number;
  name: string;
  definition: DerivedDefinition;
  note: string;
  madeBy: string | null;
  madeAt: string;
};
export type VariableChange = { name: string; definition: DerivedDefinition; note: string; madeBy: number | null };

/** The id that tables, segmentations and other variables know a derived variable by. */
export const derivedId = ({ publicId }: Pick<KeptVariable, 'publicId'>): string => `derived:${publicId}`;

/** A kept variable as it is worked out. */
export const asDerived = (kept: KeptVariable): DerivedVariable => ({
  format: 1,
  id: derivedId(kept),
  name: kept.name,
  definition: kept.definition,
});

/** Variables that researchers made of others, with everything they were before. */
export function derivedVariableStore(db: Kysely<Tables>) {
  const current = (of: Kysely<Tables>) =>
    of
      .selectFrom('derivedVariables')
      .innerJoin('derivedVariableVersions', (join) =>
        join
          .onRef('derivedVariableVersions.variableId', '=', 'derivedVariables.id')
          .onRef('derivedVariableVersions.number', '=', 'derivedVariables.version'),
      )
      .select([
        'derivedVariables.id',
        'derivedVariables.studyId',
        'derivedVariables.surveyId',
        'derivedVariables.publicId',
        'derivedVariables.version',
        'derivedVariableVersions.name',
        'derivedVariableVersions.definition',
        'derivedVariableVersions.note',
        'derivedVariableVersions.madeAt',
      ])
      .where('derivedVariables.removedAt', 'is', null);
  const list = async (surveyId: number, of: Kysely<Tables> = db): Promise<KeptVariable[]> =>
    (await current(of).where('derivedVariables.surveyId', '=', surveyId).orderBy('derivedVariables.id').execute()).map(
      asKept,
    );
  const version = (variableId: number, number: number, change: VariableChange, at: string) => ({
    ...change,
    definition: JSON.stringify(change.definition),
    variableId,
    number,
    madeAt: at,
  });

  return {
    /** Those that were not removed, the first made first. */
    list: (surveyId: number): Promise<KeptVariable[]> => list(surveyId),
    find: async (surveyId: number, publicId: string): Promise<KeptVariable | null> => {
      const row = await current(db)
        .where('derivedVariables.surveyId', '=', surveyId)
        .where('derivedVariables.publicId', '=', publicId)
        .executeTakeFirst();
      return row ? asKept(row) : null;
    },
    /** What it was, the newest first. */
    versions: async (variableId: number): Promise<VariableVersion[]> =>
      (
        await db
          .selectFrom('derivedVariableVersions')
          .leftJoin('users', 'users.id', 'derivedVariableVersions.madeBy')
          .select([
            'derivedVariableVersions.number',
            'derivedVariableVersions.name',
            'derivedVariableVersions.definition',
            'derivedVariableVersions.note',
            'derivedVariableVersions.madeAt',
            'users.name as madeBy',
          ])
          .where('variableId', '=', variableId)
          .orderBy('number', 'desc')
          .execute()
      ).map((row) => ({ ...row, definition: JSON.parse(row.definition) as DerivedDefinition })),
    /**
     * Keeps a new one.
     *
     * @param check hears of all that are there, in the same transaction, and throws where the new one does not fit
     */
    add: (
      { studyId, surveyId }: Pick<KeptVariable, 'studyId' | 'surveyId'>,
      change: VariableChange,
      check: (others: readonly KeptVariable[], publicId: string) => void,
      at: string,
    ): Promise<string> =>
      db.transaction().execute(async (trx) => {
        const publicId = newPublicId();
        check(await list(surveyId, trx), publicId);
        const { id } = await trx
          .insertInto('derivedVariables')
          .values({
            studyId,
            surveyId,
            publicId,
            version: 1,
            createdBy: change.madeBy,
            createdAt: at,
            removedBy: null,
            removedAt: null,
          })
          .returning('id')
          .executeTakeFirstOrThrow();
        await trx
          .insertInto('derivedVariableVersions')
          .values(version(id, 1, change, at))
          .execute();
        return publicId;
      }),
    /**
     * Keeps another version of it.
     *
     * @param from the version that was changed
     * @param check as above; the others do not hold the one that is changed
     * @returns false when that is no longer the newest, or it was removed
     */
    change: (
      kept: KeptVariable,
      from: number,
      change: VariableChange,
      check: (others: readonly KeptVariable[]) => void,
      at: string,
    ): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('derivedVariables')
          .set({ version: from + 1 })
          .where('id', '=', kept.id)
          .where('version', '=', from)
          .where('removedAt', 'is', null)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return false;
        check((await list(kept.surveyId, trx)).filter(({ id }) => id !== kept.id));
        await trx
          .insertInto('derivedVariableVersions')
          .values(version(kept.id, from + 1, change, at))
          .execute();
        return true;
      }),
    /** Takes it out of sight; its versions stay. */
    remove: async (id: number, removedBy: number | null, at: string): Promise<void> => {
      await db
        .updateTable('derivedVariables')
        .set({ removedBy, removedAt: at })
        .where('id', '=', id)
        .where('removedAt', 'is', null)
        .execute();
    },
  };
}

const asKept = (row: Omit<KeptVariable, 'definition'> & { definition: string }): KeptVariable => ({
  ...row,
  definition: JSON.parse(row.definition) as DerivedDefinition,
});
