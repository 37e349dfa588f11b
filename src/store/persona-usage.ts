import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** How often a persona was opened, by its own study and by links, and the survey by which readers judge it. */
export function personaUsageStore(db: Kysely<Tables>) {
  return {
    /** Counts one more of a day. */
    opened: async (personaId: number, day: string): Promise<void> => {
      await db
        .insertInto('personaOpenings')
        .values({ personaId, day, times: 1 })
        .onConflict((conflict) =>
          conflict.columns(['personaId', 'day']).doUpdateSet((eb) => ({ times: eb('personaOpenings.times', '+', 1) })),
        )
        .execute();
    },
    /** How often it was opened since a day, and on how many links that still open at a time it stands. */
    of: async (
      personaId: number,
      since: string,
      at: string,
    ): Promise<{ inside: number; byLink: number; played: number; links: number; linksEver: number }> => {
      const inside = await db
        .selectFrom('personaOpenings')
        .select(({ fn }) => fn.sum<number>('times').as('n'))
        .where('personaId', '=', personaId)
        .where('day', '>=', since)
        .executeTakeFirst();
      const outside = await db
        .selectFrom('shareVisits')
        .select(({ fn }) => [fn.sum<number>('opened').as('opened'), fn.sum<number>('played').as('played')])
        .where('personaId', '=', personaId)
        .where('day', '>=', since)
        .executeTakeFirst();
      const links = await db
        .selectFrom('sharePersonas')
        .innerJoin('shares', 'shares.id', 'sharePersonas.shareId')
        .select(['shares.expiresAt', 'shares.revokedAt'])
        .where('sharePersonas.personaId', '=', personaId)
        .execute();
      return {
        inside: Number(inside?.n ?? 0),
        byLink: Number(outside?.opened ?? 0),
        played: Number(outside?.played ?? 0),
        links: links.filter(({ revokedAt, expiresAt }) => revokedAt === null && expiresAt > at).length,
        linksEver: links.length,
      };
    },

    /** The survey by which readers judge a study's personas; null where there is none. */
    perceptionSurvey: async (studyId: number): Promise<number | null> => {
      const row = await db
        .selectFrom('perceptionSurveys')
        .select('surveyId')
        .where('studyId', '=', studyId)
        .executeTakeFirst();
      return row ? Number(row.surveyId) : null;
    },
    setPerceptionSurvey: async (studyId: number, surveyId: number, by: number | null, at: string): Promise<void> => {
      await db
        .insertInto('perceptionSurveys')
        .values({ studyId, surveyId, createdBy: by, createdAt: at })
        .onConflict((conflict) => conflict.column('studyId').doUpdateSet({ surveyId, createdBy: by, createdAt: at }))
        .execute();
    },
  };
}
