import { type Kysely, type Selectable, sql } from 'kysely';
import { FeedbackButton, type FeedbackState } from '../model/feedback.ts';
import { type Engine, isInList } from './dialect.ts';
import { newPublicId } from './identifiers.ts';
import { recentReads } from './recent.ts';
import type { Source } from './sources.ts';
import type { Tables } from './tables.ts';

export type Feedback = Selectable<Tables['feedback']>;
export type FeedbackNote = Selectable<Tables['feedbackNotes']> & { author: string | null };
export type NewFeedback = Omit<
  Feedback,
  'id' | 'publicId' | 'state' | 'assigneeId' | 'duplicateOf' | 'createdAt' | 'updatedAt' | 'erasedAt'
>;
/** A source's button, and the study its feedback goes to. */
export type PlacedButton = { source: Source; studyId: number; button: FeedbackButton };

/** What is looked for; what is missing is not asked for. Texts are those that `facts` lists. */
export type FeedbackFilter = {
  state?: FeedbackState | 'any';
  /** A member's id, or nobody. */
  assignee?: number | 'nobody';
  category?: string;
  page?: string;
  /** The language of the page or, where it says none, of the browser. */
  locale?: string;
  device?: string;
  release?: string;
  rating?: number;
  selector?: string;
  /** Instants, the first included, the last not. */
  from?: string;
  until?: string;
  /** People as they are today. */
  people?: readonly number[];
  /** Duplicates as well, which otherwise stand with what they repeat. */
  withDuplicates?: boolean;
};
export type FeedbackFacts = Record<'pages' | 'locales' | 'devices' | 'releases', string[]>;

/** What is counted of one piece when marks are added up. */
export type MarkRow = {
  pageKey: string;
  selector: string | null;
  tag: string | null;
  text: string;
  rating: number | null;
  personId: number | null;
};

/** How long another process's change of a button may go unseen. */
const RECENT_MS = 1_000;
/** The same words from the same visitor are one within this time. */
const SAME_WITHIN_MS = 600_000;
const FACTS_SHOWN = 200;
/** So many pieces are added up, the newest: as many as a page can count while somebody waits for it. */
export const MARKS_COUNTED = 50_000;

const localeOf = sql<string>`case when page_language = '' then locale else page_language end`;

/** What visitors said of their own accord, and what researchers made of it. */
export function feedbackStore({ kysely: db, engine }: { kysely: Kysely<Tables>; engine: Engine }) {
  const buttons = recentReads<{ placed: Omit<PlacedButton, 'source'> | null }>(RECENT_MS);

  const today = sql<number>`coalesce((select canonical_id from person_links where person_links.person_id = feedback.person_id), feedback.person_id)`;

  function matching(studyId: number, filter: FeedbackFilter) {
    let query = db.selectFrom('feedback').where('feedback.studyId', '=', studyId);
    const {
      state = 'any',
      assignee,
      category,
      page,
      locale,
      device,
      release,
      rating,
      selector,
      from,
      until,
      people,
    } = filter;
    if (state !== 'any') query = query.where('feedback.state', '=', state);
    if (assignee === 'nobody') query = query.where('assigneeId', 'is', null);
    else if (assignee !== undefined) query = query.where('assigneeId', '=', assignee);
    if (category !== undefined) query = query.where('category', '=', category);
    if (page !== undefined) query = query.where('pageKey', '=', page);
    if (locale !== undefined) query = query.where(localeOf, '=', locale);
    if (device !== undefined) query = query.where('device', '=', device);
    if (release !== undefined) query = query.where('release', '=', release);
    if (rating !== undefined) query = query.where('rating', '=', rating);
    if (selector !== undefined) query = query.where('selector', '=', selector);
    if (from !== undefined) query = query.where('feedback.createdAt', '>=', from);
    if (until !== undefined) query = query.where('feedback.createdAt', '<', until);
    if (people !== undefined) query = query.where(isInList(engine, today, people));
    if (filter.withDuplicates !== true) query = query.where('duplicateOf', 'is', null);
    return query;
  }

  return {
    /** Null for a source that has none, or none yet. */
    button: async (sourceId: number): Promise<Omit<PlacedButton, 'source'> | null> =>
      (
        await buttons.read(String(sourceId), async () => {
          const row = await db
            .selectFrom('feedbackButtons')
            .selectAll()
            .where('sourceId', '=', sourceId)
            .executeTakeFirst();
          const read = row && FeedbackButton.safeParse(JSON.parse(row.settings));
          return { placed: row && read?.success ? { studyId: row.studyId, button: read.data } : null };
        })
      ).placed,
    saveButton: async (sourceId: number, studyId: number, button: FeedbackButton, at: string): Promise<void> => {
      const row = { studyId, settings: JSON.stringify(button), updatedAt: at };
      await buttons.after(() =>
        db
          .insertInto('feedbackButtons')
          .values({ sourceId, ...row })
          .onConflict((on) => on.column('sourceId').doUpdateSet(row))
          .execute(),
      );
    },

    /**
     * Keeps a piece, unless the same visitor has just sent the same.
     *
     * @returns what is kept now, and whether it is new
     */
    add: (feedback: NewFeedback, at: string): Promise<{ feedback: Feedback; isNew: boolean }> =>
      db.transaction().execute(async (trx) => {
        const since = new Date(Date.parse(at) - SAME_WITHIN_MS).toISOString();
        const before = await trx
          .selectFrom('feedback')
          .selectAll()
          .where('sourceId', '=', feedback.sourceId)
          .where('fingerprint', '=', feedback.fingerprint)
          .where('createdAt', '>', since)
          .where('erasedAt', 'is', null)
          .executeTakeFirst();
        if (before) return { feedback: before, isNew: false };
        const added = await trx
          .insertInto('feedback')
          .values({
            ...feedback,
            publicId: newPublicId(),
            assigneeId: null,
            duplicateOf: null,
            createdAt: at,
            updatedAt: at,
            erasedAt: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        return { feedback: added, isNew: true };
      }),

    find: async (studyId: number, publicId: string): Promise<Feedback | null> =>
      (await db
        .selectFrom('feedback')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    findById: async (studyId: number, id: number): Promise<Feedback | null> =>
      (await db
        .selectFrom('feedback')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('id', '=', id)
        .executeTakeFirst()) ?? null,
    /** A page of what matches, the newest first. */
    list: (studyId: number, filter: FeedbackFilter, beforeId: number | null, limit: number): Promise<Feedback[]> => {
      let query = matching(studyId, filter).selectAll('feedback').orderBy('feedback.id', 'desc').limit(limit);
      if (beforeId !== null) query = query.where('feedback.id', '<', beforeId);
      return query.execute();
    },
    count: async (studyId: number, filter: FeedbackFilter): Promise<number> =>
      Number(
        (
          await matching(studyId, filter)
            .select(({ fn }) => fn.countAll().as('n'))
            .executeTakeFirst()
        )?.n ?? 0,
      ),
    /** What the feedback of a study can be filtered by. */
    facts: async (studyId: number): Promise<FeedbackFacts> => {
      const distinct = async (of: ReturnType<typeof sql<string | null>>): Promise<string[]> =>
        (
          await db
            .selectFrom('feedback')
            .select(of.as('value'))
            .distinct()
            .where('studyId', '=', studyId)
            .orderBy('value')
            .limit(FACTS_SHOWN)
            .execute()
        ).flatMap(({ value }) => (value ? [value] : []));
      return {
        pages: await distinct(sql<string | null>`page_key`),
        locales: await distinct(localeOf),
        devices: await distinct(sql<string | null>`device`),
        releases: await distinct(sql<string | null>`release`),
      };
    },
    /** What says the same as what: each duplicate with what it was found to repeat. */
    duplicates: (studyId: number): Promise<{ id: number; of: number }[]> =>
      db
        .selectFrom('feedback')
        .select(['id', 'duplicateOf as of'])
        .where('studyId', '=', studyId)
        .where('duplicateOf', 'is not', null)
        .$narrowType<{ of: number }>()
        .execute(),
    /** The words of what is still to be done and repeats nothing, the newest so many. */
    openWords: (studyId: number, limit: number): Promise<Pick<Feedback, 'id' | 'publicId' | 'words'>[]> =>
      db
        .selectFrom('feedback')
        .select(['id', 'publicId', 'words'])
        .where('studyId', '=', studyId)
        .where('duplicateOf', 'is', null)
        .where('state', 'in', ['open', 'in-work'])
        .where('words', '!=', '')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute(),
    /** @param ids in one study; false when somebody has taken one away meanwhile */
    change: async (
      studyId: number,
      ids: readonly number[],
      values: Partial<Pick<Feedback, 'state' | 'assigneeId' | 'duplicateOf'>>,
      at: string,
    ): Promise<number> =>
      Number(
        (
          await db
            .updateTable('feedback')
            .set({ ...values, updatedAt: at })
            .where('studyId', '=', studyId)
            .where((eb) => isInList(engine, eb.ref('id'), ids))
            .executeTakeFirst()
        ).numUpdatedRows,
      ),
    /** Takes the words, the address and what was marked away; that something was said, where and how it was rated, stays. */
    erase: async (id: number, wordsHash: string, at: string): Promise<void> => {
      await db.transaction().execute(async (trx) => {
        await trx
          .updateTable('feedback')
          .set({
            words: '',
            wordsHash,
            purposes: '[]',
            email: null,
            mark: null,
            pageTitle: '',
            replayUrl: null,
            fingerprint: '',
            erasedAt: at,
            updatedAt: at,
          })
          .where('id', '=', id)
          .execute();
        await trx.deleteFrom('feedbackNotes').where('feedbackId', '=', id).execute();
      });
    },

    notes: (feedbackId: number): Promise<FeedbackNote[]> =>
      db
        .selectFrom('feedbackNotes')
        .leftJoin('users', 'users.id', 'feedbackNotes.madeBy')
        .selectAll('feedbackNotes')
        .select('users.name as author')
        .where('feedbackId', '=', feedbackId)
        .orderBy('feedbackNotes.id')
        .execute(),
    addNote: async (feedbackId: number, body: string, madeBy: number | null, at: string): Promise<void> => {
      await db
        .insertInto('feedbackNotes')
        .values({ feedbackId, publicId: newPublicId(), body, madeBy, madeAt: at })
        .execute();
    },
    removeNote: async (feedbackId: number, publicId: string): Promise<void> => {
      await db
        .deleteFrom('feedbackNotes')
        .where('feedbackId', '=', feedbackId)
        .where('publicId', '=', publicId)
        .execute();
    },

    /** What is added up by page and element, the newest so many; people are who they are today. */
    marks: async (studyId: number): Promise<MarkRow[]> => {
      const rows = await db
        .selectFrom('feedback')
        .select(['pageKey', 'selector', 'mark', 'rating', today.as('personId')])
        .where('studyId', '=', studyId)
        .orderBy('id', 'desc')
        .limit(MARKS_COUNTED)
        .execute();
      return rows.map(({ mark, personId, ...row }) => {
        const { tag = null, text = '' } = (mark === null ? {} : JSON.parse(mark)) as { tag?: string; text?: string };
        return { ...row, tag, text, personId: personId === null ? null : Number(personId) };
      });
    },
    /** How much is said of the translation of each page, by the page's language; the most first. */
    translations: async (studyId: number) =>
      (
        await db
          .selectFrom('feedback')
          .select(({ fn }) => [
            'pageKey',
            localeOf.as('locale'),
            fn.countAll().as('count'),
            fn.max('createdAt').as('newest'),
          ])
          .select(sql<number>`sum(case when state in ('open', 'in-work') then 1 else 0 end)`.as('open'))
          .where('studyId', '=', studyId)
          .where('category', '=', 'translation')
          .where('duplicateOf', 'is', null)
          .groupBy(['pageKey', localeOf])
          .orderBy('count', 'desc')
          .orderBy('pageKey')
          .limit(500)
          .execute()
      ).map(({ count, open, ...row }) => ({ ...row, count: Number(count), open: Number(open) })),
    /** Whom a segment holds by a response, or by what is known of them, as they are today. */
    peopleFound: async (segmentId: number): Promise<number[]> =>
      (
        await db
          .selectFrom('segmentMemberships')
          .innerJoin('responses', 'responses.id', 'segmentMemberships.responseId')
          .innerJoin('participations', 'participations.id', 'responses.participationId')
          .leftJoin('personLinks', 'personLinks.personId', 'participations.personId')
          .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'participations.personId').as('id'))
          .where('segmentMemberships.segmentId', '=', segmentId)
          .union(
            db
              .selectFrom('segmentPeople')
              .leftJoin('personLinks', 'personLinks.personId', 'segmentPeople.personId')
              .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'segmentPeople.personId').as('id'))
              .where('segmentPeople.segmentId', '=', segmentId),
          )
          .execute()
      ).map(({ id }) => Number(id)),
    /** Those who may work in a study, by name. */
    members: async (study: {
      id: number;
      workspaceId: number;
    }): Promise<{ id: number; publicId: string; name: string }[]> => {
      const ofWorkspace = await db
        .selectFrom('users')
        .innerJoin('members', 'members.userId', 'users.id')
        .select(['users.id', 'users.publicId', 'users.name'])
        .where('members.workspaceId', '=', study.workspaceId)
        .where('members.role', '!=', 'viewer')
        .where('users.disabledAt', 'is', null)
        .execute();
      const ofStudy = await db
        .selectFrom('users')
        .innerJoin('studyMembers', 'studyMembers.userId', 'users.id')
        .select(['users.id', 'users.publicId', 'users.name'])
        .where('studyMembers.studyId', '=', study.id)
        .where('studyMembers.role', '!=', 'viewer')
        .where('users.disabledAt', 'is', null)
        .execute();
      const all = [...ofWorkspace, ...ofStudy];
      return [...new Map(all.map((one) => [one.id, one])).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}
