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

/** Of rows that came of responses those whose response may be made something that is known of a person. */
export function personalOnly(db: Kysely<Tables>) {
  const mayBePersonal = personalConsent(db);
  return async <Row extends { surveyVersionId: number; purposes: string }>(rows: readonly Row[]): Promise<Row[]> => {
    const kept: Row[] = [];
    for (const row of rows)
      if (await mayBePersonal(Number(row.surveyVersionId), JSON.parse(row.purposes) as string[])) kept.push(row);
    return kept;
  };
}
