import type { Kysely } from 'kysely';
import { personalConsent } from './personal-consent.ts';
import { countedResponses } from './responses.ts';
import type { Tables } from './tables.ts';

/**
 * Who does not want what they answered to be used for them: the latest response of theirs to a survey that asked for it says
 * no. Nothing is worked out of them either.
 */
export function personalRefusalStore(db: Kysely<Tables>) {
  const mayBePersonal = personalConsent(db);
  return {
    of: async (workspaceId: number): Promise<Set<number>> => {
      const rows = await countedResponses(db)
        .innerJoin('studies', 'studies.id', 'responses.studyId')
        .innerJoin('participations', 'participations.id', 'responses.participationId')
        .leftJoin('personLinks', 'personLinks.personId', 'participations.personId')
        .select(['responses.surveyVersionId', 'responses.purposes'])
        .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'participations.personId').as('personId'))
        .where('studies.workspaceId', '=', workspaceId)
        .orderBy('responses.id')
        .execute();
      const refused = new Set<number>();
      for (const { surveyVersionId, purposes, personId } of rows) {
        const may = await mayBePersonal(Number(surveyVersionId), JSON.parse(purposes) as string[]);
        if (may) refused.delete(Number(personId));
        else refused.add(Number(personId));
      }
      return refused;
    },
  };
}
