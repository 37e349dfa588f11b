import { type Kysely, sql } from 'kysely';
import type { InterviewState } from '../model/interview-state.ts';
import type { SurveyDefinition } from '../model/survey.ts';
import type { PastOffer } from '../rules/offer.ts';
import { countedResponses } from './responses.ts';
import type { Tables } from './tables.ts';

/** An interview somebody had or is to have, in whichever study. */
export type SpokenWith = { study: string; at: string; state: InterviewState };

/** What somebody last said of being contacted again; `withdrew` with all else that they agreed to. */
export type Recontact = 'agreed' | 'refused' | 'withdrew';

/** How a consent was given that came with a booking: it says what the round asks for, and nothing was asked beyond. */
export const ON_BOOKING_PAGE = 'on the booking page';

/** What is known of everybody in a workspace that speaks for or against inviting them, by canonical person. */
export function recruitingFactStore(db: Kysely<Tables>) {
  const canonical = (column: 'offers.personId' | 'letters.personId' | 'participations.personId' | 'people.id') =>
    sql<number>`coalesce((select canonical_id from person_links where person_links.person_id = ${sql.ref(column)}), ${sql.ref(column)})`;

  return {
    /** The interviews that people had or are to have, in every study of the workspace, the newest first. */
    spokenWith: async (workspaceId: number): Promise<Map<number, SpokenWith[]>> => {
      const rows = await db
        .selectFrom('interviews')
        .innerJoin('studies', 'studies.id', 'interviews.studyId')
        .innerJoin('participations', 'participations.id', 'interviews.participationId')
        .select((eb) => [
          canonical('participations.personId').as('personId'),
          'studies.name as study',
          'interviews.state',
          eb.fn.coalesce('interviews.scheduledAt', 'interviews.heldOn').as('at'),
        ])
        .where('studies.workspaceId', '=', workspaceId)
        .where('interviews.state', 'in', ['invited', 'scheduled', 'held', 'thanked'])
        .orderBy('interviews.heldOn', 'desc')
        .execute();
      const found = new Map<number, SpokenWith[]>();
      for (const { personId, ...spoken } of rows)
        found.set(Number(personId), [...(found.get(Number(personId)) ?? []), spoken]);
      return found;
    },

    /** Everything that people were asked since a time: surveys on pages and by letter, and interviews. */
    contacts: async (workspaceId: number, since: string): Promise<Map<number, PastOffer[]>> => {
      const offers = await db
        .selectFrom('offers')
        .innerJoin('people', 'people.id', 'offers.personId')
        .innerJoin('surveys', 'surveys.id', 'offers.surveyId')
        .select([canonical('offers.personId').as('personId'), 'surveys.publicId as survey', 'offers.madeAt as at'])
        .where('people.workspaceId', '=', workspaceId)
        .where('offers.madeAt', '>=', since)
        .execute();
      const letters = await db
        .selectFrom('letters')
        .innerJoin('people', 'people.id', 'letters.personId')
        .innerJoin('surveys', 'surveys.id', 'letters.surveyId')
        .select([canonical('letters.personId').as('personId'), 'surveys.publicId as survey', 'letters.settledAt as at'])
        .where('people.workspaceId', '=', workspaceId)
        .where('letters.state', '=', 'sent')
        .where('letters.settledAt', '>=', since)
        .execute();
      const interviews = await invitedToInterviews(db)
        .innerJoin('people', 'people.id', 'recruitingPeople.personId')
        .select(canonical('people.id').as('personId'))
        .where('people.workspaceId', '=', workspaceId)
        .where('recruitingPeople.invitedAt', '>=', since)
        .execute();
      const found = new Map<number, PastOffer[]>();
      for (const { personId, survey, at } of [...offers, ...letters, ...interviews])
        found.set(Number(personId), [...(found.get(Number(personId)) ?? []), { survey, at: Date.parse(at ?? '') }]);
      return found;
    },

    /**
     * Who agreed to be contacted again and who did not, by the latest they said: an answer to a survey that asks it, or
     * the consent noted of an interview. Nobody who was never asked is in it; whoever took back what they said stays left
     * alone until they agree anew.
     *
     * @param today as `2026-03-31`: a consent of an interview may have a last day
     */
    recontact: async (workspaceId: number, today: string): Promise<Map<number, Recontact>> => {
      const asks = new Map<number, boolean>();
      const isAsked = async (versionId: number): Promise<boolean> => {
        const known = asks.get(versionId);
        if (known !== undefined) return known;
        const { definition } = await db
          .selectFrom('surveyVersions')
          .select('definition')
          .where('id', '=', versionId)
          .executeTakeFirstOrThrow();
        const asked = (JSON.parse(definition) as SurveyDefinition).consent.purposes.some(
          ({ code }) => code === 're-contact',
        );
        asks.set(versionId, asked);
        return asked;
      };
      const said: { personId: number; what: Recontact; at: string }[] = [];
      const hear = (personId: number, what: Recontact, at: string) => said.push({ personId, what, at });
      const responses = await countedResponses(db)
        .innerJoin('studies', 'studies.id', 'responses.studyId')
        .innerJoin('participations', 'participations.id', 'responses.participationId')
        .select([
          canonical('participations.personId').as('personId'),
          'responses.surveyVersionId',
          'responses.purposes',
          'responses.startedAt as at',
        ])
        .where('studies.workspaceId', '=', workspaceId)
        .orderBy('responses.id')
        .execute();
      for (const { personId, surveyVersionId, purposes, at } of responses)
        if (await isAsked(Number(surveyVersionId)))
          hear(Number(personId), (JSON.parse(purposes) as string[]).includes('re-contact') ? 'agreed' : 'refused', at);
      const talks = await db
        .selectFrom('consents')
        .innerJoin('interviews', 'interviews.publicId', 'consents.subjectId')
        .innerJoin('studies', 'studies.id', 'interviews.studyId')
        .innerJoin('participations', 'participations.id', 'interviews.participationId')
        .select([
          canonical('participations.personId').as('personId'),
          'consents.subjectId',
          'consents.purposes',
          'consents.givenAt',
          'consents.withdrawnAt',
          'consents.expiresOn',
        ])
        .select(({ exists, selectFrom }) =>
          exists(
            selectFrom('consentRecords')
              .select('consentRecords.id')
              .whereRef('consentRecords.interviewId', '=', 'consents.subjectId')
              .where('consentRecords.givenHow', '!=', ON_BOOKING_PAGE),
          ).as('isNoted'),
        )
        .where('consents.subjectKind', '=', 'interview')
        .where('studies.workspaceId', '=', workspaceId)
        .orderBy('consents.id')
        .execute();
      // Of several consents of one interview the latest counts.
      for (const talk of new Map(talks.map((one) => [one.subjectId, one])).values()) {
        const { personId, purposes, givenAt, withdrawnAt, expiresOn } = talk;
        const agreed = (JSON.parse(purposes) as string[]).includes('re-contact');
        if (withdrawnAt !== null) hear(Number(personId), 'withdrew', withdrawnAt);
        else if (!agreed && talk.isNoted) hear(Number(personId), 'refused', givenAt);
        else if (agreed && (expiresOn === null || expiresOn >= today)) hear(Number(personId), 'agreed', givenAt);
      }
      // A withdrawal cuts the tie between somebody and their interview, and leaves this with them.
      const gone = await db
        .selectFrom('consents')
        .innerJoin('people', 'people.publicId', 'consents.subjectId')
        .select([canonical('people.id').as('personId'), 'consents.withdrawnAt'])
        .where('consents.subjectKind', '=', 'person')
        .where('people.workspaceId', '=', workspaceId)
        .execute();
      for (const { personId, withdrawnAt } of gone) hear(Number(personId), 'withdrew', withdrawnAt ?? '');
      const last = new Map<number, Recontact>();
      // Whoever withdrew is called so until they agree.
      for (const { personId, what } of said.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)))
        if (what !== 'refused' || last.get(personId) !== 'withdrew') last.set(personId, what);
      return last;
    },
  };
}

/**
 * What an invitation to an interview is to the limits on how often anybody is asked: one more time that they were. One
 * by mail counts unless the letter was not sent after all; one by link when the link was made.
 */
export const invitedToInterviews = (db: Kysely<Tables>) =>
  db
    .selectFrom('recruitingPeople')
    .innerJoin('recruitingRounds', 'recruitingRounds.id', 'recruitingPeople.roundId')
    .select(['recruitingRounds.publicId as survey', 'recruitingPeople.invitedAt as at'])
    .where('recruitingPeople.how', '!=', 'screener')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('recruitingLetters')
            .select('recruitingLetters.id')
            .whereRef('recruitingLetters.participantId', '=', 'recruitingPeople.id')
            .where('recruitingLetters.kind', '=', 'invitation')
            .where('recruitingLetters.state', 'in', ['skipped', 'failed', 'refused']),
        ),
      ),
    );
