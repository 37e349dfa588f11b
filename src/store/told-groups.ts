import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Of which responses figures were told to others than a study's researchers. */
export function toldGroupStore(db: Kysely<Tables>) {
  return {
    /** The ids of responses of each group, in the order in which they were told of. */
    of: async (surveyId: number): Promise<number[][]> => {
      const rows = await db
        .selectFrom('toldGroups')
        .select('members')
        .where('surveyId', '=', surveyId)
        .orderBy('id')
        .execute();
      return rows.map(({ members }) => JSON.parse(members) as number[]);
    },
    /** A group that was told of before stays as it is. */
    add: async (group: { surveyId: number; digest: string; members: readonly number[] }, at: string): Promise<void> => {
      await db
        .insertInto('toldGroups')
        .values({ surveyId: group.surveyId, digest: group.digest, members: JSON.stringify(group.members), toldAt: at })
        .onConflict((conflict) => conflict.columns(['surveyId', 'digest']).doNothing())
        .execute();
    },
  };
}
