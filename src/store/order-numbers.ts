import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.ts';

/** So many ids go into one statement. */
const IDS_AT_ONCE = 500;

/**
 * What responses and interviews are called inside a study: by their place in the order in which they came, from 1 on.
 * Withdrawing one moves no other; only an import that is taken back gives up its numbers to what came after. Whoever answered
 * an anonymous survey has none, since it would tell when they came.
 */
export function orderNumberStore(db: Kysely<Tables>) {
  const numbered = async (
    table: 'responses' | 'interviews',
    studyId: number,
    publicIds: readonly string[],
  ): Promise<Map<string, number>> => {
    const wanted = [...new Set(publicIds)];
    const found = new Map<string, number>();
    for (let from = 0; from < wanted.length; from += IDS_AT_ONCE) {
      const rows = await db
        .selectFrom((eb) =>
          eb
            .selectFrom(table)
            .select('publicId')
            .select(sql<number>`row_number() over (order by id)`.as('place'))
            .where('studyId', '=', studyId)
            .as('placed'),
        )
        .selectAll('placed')
        .where('placed.publicId', 'in', wanted.slice(from, from + IDS_AT_ONCE))
        .execute();
      for (const { publicId, place } of rows) found.set(publicId, Number(place));
    }
    return found;
  };
  return {
    /** The numbers of responses by their public ids; what the study does not have is left out, and what is anonymous. */
    ofResponses: async (studyId: number, publicIds: readonly string[]): Promise<Map<string, number>> => {
      const anonymous = db
        .selectFrom('surveys')
        .select('id')
        .where('studyId', '=', studyId)
        .where('isAnonymous', '=', 1);
      if ((await anonymous.limit(1).execute()).length === 0) return numbered('responses', studyId, publicIds);
      const named: string[] = [];
      for (let from = 0; from < publicIds.length; from += IDS_AT_ONCE)
        named.push(
          ...(
            await db
              .selectFrom('responses')
              .select('publicId')
              .where('studyId', '=', studyId)
              .where('publicId', 'in', publicIds.slice(from, from + IDS_AT_ONCE))
              .where('surveyId', 'not in', anonymous)
              .execute()
          ).map(({ publicId }) => publicId),
        );
      return numbered('responses', studyId, named);
    },
    /** The same of interviews. */
    ofInterviews: (studyId: number, publicIds: readonly string[]) => numbered('interviews', studyId, publicIds),
  };
}
