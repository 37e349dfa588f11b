import type { Kysely } from 'kysely';
import type { DrawnGroup, ToldFigure } from '../personas/told-figures.ts';
import type { Tables } from './tables.ts';

export type PersonaGroup = {
  id: number;
  surveyId: number;
  members: DrawnGroup;
  /** What was told of it to others than researchers, null until something is. */
  told: ToldFigure[] | null;
};

/** From which responses portraits were drawn, and what of it was told to others than a study's researchers. */
export function personaGroupStore(db: Kysely<Tables>) {
  const read = (row: { id: number; surveyId: number; members: string; told: string | null }): PersonaGroup => ({
    id: Number(row.id),
    surveyId: Number(row.surveyId),
    members: JSON.parse(row.members) as DrawnGroup,
    told: row.told === null ? null : (JSON.parse(row.told) as ToldFigure[]),
  });
  return {
    add: async (surveyId: number, members: DrawnGroup): Promise<number> => {
      const { id } = await db
        .insertInto('personaGroups')
        .values({ surveyId, members: JSON.stringify(members), told: null, toldAt: null })
        .returning('id')
        .executeTakeFirstOrThrow();
      return Number(id);
    },
    find: async (id: number): Promise<PersonaGroup | null> => {
      const row = await db.selectFrom('personaGroups').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? read(row) : null;
    },
    /** Those of a survey that were told of, in the order in which they were. */
    toldOf: async (surveyId: number): Promise<PersonaGroup[]> => {
      const rows = await db
        .selectFrom('personaGroups')
        .selectAll()
        .where('surveyId', '=', surveyId)
        .where('toldAt', 'is not', null)
        .orderBy('toldAt')
        .orderBy('id')
        .execute();
      return rows.map(read);
    },
    /** What was told once stays as it is. */
    tell: async (id: number, told: readonly ToldFigure[], at: string): Promise<void> => {
      await db
        .updateTable('personaGroups')
        .set({ told: JSON.stringify(told), toldAt: at })
        .where('id', '=', id)
        .where('toldAt', 'is', null)
        .execute();
    },
  };
}
