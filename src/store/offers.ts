import { type Kysely, sql } from 'kysely';
import { ContactLimits, Moment } from '../model/moment.ts';
import type { Rule } from '../model/rule.ts';
import { readSettings, type SurveySettings } from '../model/survey-settings.ts';
import type { PastOffer } from '../rules/offer.ts';
import { recentReads } from './recent.ts';
import { invitedToInterviews } from './recruiting-facts.ts';
import { ruleOfPeople } from './segment-rules.ts';
import type { Tables } from './tables.ts';

/** A published survey with its moment and its audience. */
export type OfferedSurvey = {
  surveyId: number;
  studyId: number;
  publicId: string;
  slug: string;
  state: string;
  settings: SurveySettings;
  versionId: number;
  moment: Moment;
  audience: { name: string; rule: Rule } | null;
};

/** How long another process's change may go unseen. */
const RECENT_MS = 1_000;

/** When surveys are offered, how often anybody may be asked, and what was offered to whom. */
export function offerStore(db: Kysely<Tables>) {
  const surveys = recentReads<OfferedSurvey[]>(RECENT_MS);
  const limits = recentReads<ContactLimits>(RECENT_MS);
  const origins = recentReads<string[]>(RECENT_MS);

  async function past(from: Kysely<Tables>, personIds: readonly number[]): Promise<PastOffer[]> {
    if (personIds.length === 0) return [];
    const offers = await from
      .selectFrom('offers')
      .innerJoin('surveys', 'surveys.id', 'offers.surveyId')
      .select(['surveys.publicId as survey', 'offers.madeAt as at'])
      .where('offers.personId', 'in', personIds)
      .execute();
    // A letter asks as well.
    const letters = await from
      .selectFrom('letters')
      .innerJoin('surveys', 'surveys.id', 'letters.surveyId')
      .select(['surveys.publicId as survey', 'letters.settledAt as at'])
      .where('letters.personId', 'in', personIds)
      .where('letters.state', '=', 'sent')
      .where('letters.settledAt', 'is not', null)
      .execute();
    // So does an invitation to an interview.
    const interviews = await invitedToInterviews(from).where('recruitingPeople.personId', 'in', personIds).execute();
    return [...offers, ...letters, ...interviews].map(({ survey, at }) => ({ survey, at: Date.parse(at ?? '') }));
  }

  return {
    /** The published surveys of a workspace that have a moment, whether it is on or not. */
    surveys: (workspaceId: number): Promise<OfferedSurvey[]> =>
      surveys.read(String(workspaceId), async () => {
        const rows = await db
          .selectFrom('surveyMoments')
          .innerJoin('surveys', 'surveys.id', 'surveyMoments.surveyId')
          .innerJoin('studies', 'studies.id', 'surveys.studyId')
          .leftJoin('segments', 'segments.id', 'surveys.audienceSegmentId')
          .select([
            'surveys.id as surveyId',
            'surveys.studyId',
            'surveys.publicId',
            'surveys.slug',
            'surveys.state',
            'surveys.settings',
            'surveys.publishedVersionId as versionId',
            'surveyMoments.moment',
            'segments.name as segmentName',
            'segments.publicId as segment',
            'segments.unit',
            'segments.rule',
          ])
          .where('studies.workspaceId', '=', workspaceId)
          .where('surveys.publishedVersionId', 'is not', null)
          .orderBy('surveys.id')
          .execute();
        return rows.flatMap(({ versionId, settings, moment, segmentName, segment, unit, rule, ...row }) => {
          const read = Moment.safeParse(JSON.parse(moment));
          if (!read.success || versionId === null) return [];
          const asked = segment === null || unit === null ? null : ruleOfPeople({ publicId: segment, unit, rule });
          const audience = asked === null || segmentName === null ? null : { name: segmentName, rule: asked };
          return [{ ...row, versionId, settings: readSettings(settings), moment: read.data, audience }];
        });
      }),
    /** Null for a survey that is offered by link alone. */
    moment: async (surveyId: number): Promise<Moment | null> => {
      const row = await db
        .selectFrom('surveyMoments')
        .select('moment')
        .where('surveyId', '=', surveyId)
        .executeTakeFirst();
      const read = row && Moment.safeParse(JSON.parse(row.moment));
      return read?.success ? read.data : null;
    },
    saveMoment: async (surveyId: number, moment: Moment, at: string): Promise<void> => {
      const row = { moment: JSON.stringify(moment), updatedAt: at };
      await surveys.after(() =>
        db
          .insertInto('surveyMoments')
          .values({ surveyId, ...row })
          .onConflict((on) => on.column('surveyId').doUpdateSet(row))
          .execute(),
      );
    },
    limits: (workspaceId: number): Promise<ContactLimits> =>
      limits.read(String(workspaceId), async () => {
        const row = await db
          .selectFrom('contactLimits')
          .select('limits')
          .where('workspaceId', '=', workspaceId)
          .executeTakeFirst();
        const read = ContactLimits.safeParse(row ? JSON.parse(row.limits) : {});
        return read.success ? read.data : ContactLimits.parse({});
      }),
    saveLimits: async (workspaceId: number, values: ContactLimits): Promise<void> => {
      const row = { limits: JSON.stringify(values) };
      await limits.after(() =>
        db
          .insertInto('contactLimits')
          .values({ workspaceId, ...row })
          .onConflict((on) => on.column('workspaceId').doUpdateSet(row))
          .execute(),
      );
    },
    /** The sites whose pages may hold surveys of a study in a frame, such as `https://example.org`. */
    origins: (studyId: number): Promise<string[]> =>
      origins.read(String(studyId), async () =>
        (
          await db.selectFrom('siteOrigins').select('origin').where('studyId', '=', studyId).orderBy('origin').execute()
        ).map(({ origin }) => origin),
      ),
    saveOrigins: async (studyId: number, list: readonly string[]): Promise<void> => {
      await origins.after(() =>
        db.transaction().execute(async (trx) => {
          await trx.deleteFrom('siteOrigins').where('studyId', '=', studyId).execute();
          if (list.length > 0)
            await trx
              .insertInto('siteOrigins')
              .values(list.map((origin) => ({ studyId, origin })))
              .execute();
        }),
      );
    },
    /** Whether any of people that are one asked not to be asked again. */
    hasOptedOut: async (personIds: readonly number[]): Promise<boolean> =>
      personIds.length > 0 &&
      (await db.selectFrom('optOuts').select('id').where('personId', 'in', personIds).executeTakeFirst()) !== undefined,
    /** What people that are one were asked: surveys on pages and by letter, and interviews. */
    past: (personIds: readonly number[]) => past(db, personIds),
    /**
     * Notes an offer, unless what was offered meanwhile speaks against it: two pages that ask at once get one.
     *
     * @param personIds everybody the person is the same as
     * @param mayOffer looks at what was offered so far
     */
    make: (
      offer: { workspaceId: number; surveyId: number; personId: number; shape: string; page: string; at: string },
      personIds: readonly number[],
      mayOffer: (past: PastOffer[]) => boolean,
    ): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        if (!mayOffer(await past(trx, personIds))) return false;
        const { at, ...row } = offer;
        await trx
          .insertInto('offers')
          .values({ ...row, madeAt: at, dismissedAt: null })
          .execute();
        return true;
      }),
    /** Somebody closed the survey; their newest offer of it says so. */
    dismiss: async (surveyId: number, personIds: readonly number[], at: string): Promise<void> => {
      if (personIds.length === 0) return;
      await db
        .updateTable('offers')
        .set({ dismissedAt: at })
        .where('id', '=', (eb) =>
          eb
            .selectFrom('offers as newest')
            .select(sql<number>`max(newest.id)`.as('id'))
            .where('newest.surveyId', '=', surveyId)
            .where('newest.personId', 'in', personIds),
        )
        .where('dismissedAt', 'is', null)
        .execute();
    },
    /** How often each survey of a study was offered and closed again. */
    counts: async (studyId: number): Promise<Map<number, { offered: number; people: number; dismissed: number }>> => {
      const rows = await db
        .selectFrom('offers')
        .innerJoin('surveys', 'surveys.id', 'offers.surveyId')
        .select(({ fn }) => [
          'offers.surveyId',
          fn.countAll().as('offered'),
          fn.count('offers.personId').distinct().as('people'),
          fn.count('offers.dismissedAt').as('dismissed'),
        ])
        .where('surveys.studyId', '=', studyId)
        .groupBy('offers.surveyId')
        .execute();
      return new Map(
        rows.map((row) => [
          row.surveyId,
          { offered: Number(row.offered), people: Number(row.people), dismissed: Number(row.dismissed) },
        ]),
      );
    },
  };
}
