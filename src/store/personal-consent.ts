import type { Kysely } from 'kysely';
import type { SurveyDefinition } from '../model/survey.ts';
import type { Tables } from './tables.ts';

/**
 * Whether what somebody answered may be made something that is known of them: where a survey asks for consent to
 * personalisation only with that consent, where it does not ask of everybody it knows. A version never changes, so each is
 * looked at once.
 */
export function personalConsent(db: Kysely<Tables>) {
  const asked = new Map<number, boolean>();
  return async (surveyVersionId: number, purposes: readonly string[]): Promise<boolean> => {
    let isAsked = asked.get(surveyVersionId);
    if (isAsked === undefined) {
      const { definition } = await db
        .selectFrom('surveyVersions')
        .select('definition')
        .where('id', '=', surveyVersionId)
        .executeTakeFirstOrThrow();
      const { consent } = JSON.parse(definition) as SurveyDefinition;
      isAsked = consent.purposes.some(({ code }) => code === 'personalisation');
      asked.set(surveyVersionId, isAsked);
    }
    return !isAsked || purposes.includes('personalisation');
  };
}
