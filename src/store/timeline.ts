import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { AttributeValue } from '../model/attribute.ts';
import { recordingLink } from '../model/recording-link.ts';
import { personalOnly } from './personal-consent.ts';
import type { Tables } from './tables.ts';

/** Something that happened to a person, or that they did. */
export type Happened =
  | { kind: 'event'; type: string; name: string; properties: string; replayUrl: string | null }
  | {
      kind: 'feedback';
      feedback: string;
      category: string;
      rating: number | null;
      page: string;
      replayUrl: string | null;
    }
  | { kind: 'attribute'; name: string; value: AttributeValue; source: string }
  | { kind: 'offered' | 'closed'; survey: string }
  | { kind: 'begun' | 'completed'; survey: string; response: string; isTest: boolean }
  | { kind: 'scored'; survey: string; response: string; scores: { scale: string; value: number | null }[] }
  | { kind: 'segment'; segment: string; name: string }
  | { kind: 'interview'; interview: string; title: string }
  | { kind: 'letter'; survey: string; state: string; round: number }
  | { kind: 'agreed' | 'withdrew'; purposes: string[]; subjectKind: string; subject: string }
  | { kind: 'opted-out'; origin: string }
  | { kind: 'merged'; identity: string | null };

/** Where a page of a timeline ends. What lies at one instant goes by rank of its source, then by number. */
export type Place = { at: string; rank: number; id: number };
export type TimelineEntry = Place & Happened;

type Row = { at: string; id: number } & Happened;
type Older = (at: string, id: string) => RawBuilder<SqlBool>;
type Reader = (older: Older, limit: number) => Promise<Row[]>;

/** What somebody did and what happened to them, over everybody they are the same as, the newest first. */
export function timelineStore(db: Kysely<Tables>) {
  /**
   * @param studyId whose answers, offers, letters, interviews, scores and segments are told; all else is the workspace's
   * @param after the last entry that was seen; null to begin with the newest
   */
  async function page(
    studyId: number,
    personIds: readonly number[],
    after: Place | null,
    limit: number,
  ): Promise<TimelineEntry[]> {
    const readers = readersOf(db, studyId, personIds);
    const parts = await Promise.all(
      readers.map(async (read, rank) => {
        const older: Older = (at, id) => {
          if (after === null) return sql<SqlBool>`1 = 1`;
          if (rank > after.rank) return sql<SqlBool>`${sql.raw(at)} <= ${after.at}`;
          if (rank < after.rank) return sql<SqlBool>`${sql.raw(at)} < ${after.at}`;
          return sql<SqlBool>`(${sql.raw(at)} < ${after.at} or (${sql.raw(at)} = ${after.at} and ${sql.raw(id)} < ${after.id}))`;
        };
        return (await read(older, limit)).map((row): TimelineEntry => ({ ...row, rank }));
      }),
    );
    return parts
      .flat()
      .sort((a, b) => (a.at === b.at ? a.rank - b.rank || b.id - a.id : a.at < b.at ? 1 : -1))
      .slice(0, limit);
  }

  return {
    page,
    /** Every id they came with, and since when each person is known, the canonical one first. */
    identities: async (personIds: readonly number[]) =>
      (
        await db
          .selectFrom('people')
          .leftJoin('personIdentities', 'personIdentities.personId', 'people.id')
          .leftJoin('personLinks', 'personLinks.personId', 'people.id')
          .select([
            'people.id',
            'people.publicId',
            'people.createdAt',
            'personIdentities.kind',
            'personIdentities.value',
            'personLinks.linkedAt',
          ])
          .where('people.id', 'in', personIds)
          .orderBy('people.id')
          .orderBy('personIdentities.id')
          .execute()
      ).sort((a, b) => Number(a.linkedAt !== null) - Number(b.linkedAt !== null)),
    /** Every value that was known of them, the newest first. */
    attributes: (personIds: readonly number[]) =>
      db
        .selectFrom('attributes')
        .select(['name', 'family', 'value', 'source', 'recordedAt'])
        .where('personId', 'in', personIds)
        .orderBy('recordedAt', 'desc')
        .orderBy('id', 'desc')
        .execute(),
  };
}

/** One for each kind of thing, each through an index that begins with the person. Their places are ranks. */
function readersOf(db: Kysely<Tables>, studyId: number, personIds: readonly number[]): Reader[] {
  const onlyPersonal = personalOnly(db);
  const responses = db
    .selectFrom('responses')
    .innerJoin('participations', 'participations.id', 'responses.participationId')
    .innerJoin('surveys', 'surveys.id', 'responses.surveyId')
    .leftJoin('importBatches', 'importBatches.id', 'responses.batchId')
    .where('participations.personId', 'in', personIds)
    .where('participations.studyId', '=', studyId)
    .where((eb) => eb.or([eb('responses.batchId', 'is', null), eb('importBatches.state', '=', 'complete')]));

  const events: Reader = async (older, limit) => {
    // Person by person, so that each is read in the order of the index, however much they did.
    const parts = await Promise.all(
      personIds.map((personId) =>
        db
          .selectFrom('events')
          .select(['seq', 'kind', 'name', 'properties', 'context', 'occurredAt'])
          .where('personId', '=', personId)
          .where(older('occurred_at', 'seq'))
          .orderBy('occurredAt', 'desc')
          .orderBy('seq', 'desc')
          .limit(limit)
          .execute(),
      ),
    );
    return parts.flat().map(({ seq, kind, name, properties, context, occurredAt }) => ({
      kind: 'event',
      at: occurredAt,
      id: Number(seq),
      type: kind,
      name,
      properties,
      replayUrl: replayIn(properties) ?? replayIn(context),
    }));
  };

  const attributes: Reader = async (older, limit) =>
    (
      await db
        .selectFrom('attributes')
        .select(['id', 'name', 'value', 'source', 'recordedAt'])
        .where('personId', 'in', personIds)
        .where(older('recorded_at', 'id'))
        .orderBy('recordedAt', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
    ).map(({ id, name, value, source, recordedAt }) => ({
      kind: 'attribute',
      at: recordedAt,
      id: Number(id),
      name,
      value: JSON.parse(value) as AttributeValue,
      source,
    }));

  const offers =
    (kind: 'offered' | 'closed'): Reader =>
    async (older, limit) => {
      const column = kind === 'offered' ? 'offers.madeAt' : 'offers.dismissedAt';
      const rows = await db
        .selectFrom('offers')
        .innerJoin('surveys', 'surveys.id', 'offers.surveyId')
        .select(['offers.id', 'surveys.publicId as survey', `${column} as at`])
        .where('offers.personId', 'in', personIds)
        .where('surveys.studyId', '=', studyId)
        .where(column, 'is not', null)
        .where(older(kind === 'offered' ? 'offers.made_at' : 'offers.dismissed_at', 'offers.id'))
        .orderBy(column, 'desc')
        .orderBy('offers.id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ id, survey, at }) => ({ kind, at: at ?? '', id: Number(id), survey }));
    };

  const answered =
    (kind: 'begun' | 'completed'): Reader =>
    async (older, limit) => {
      const column = kind === 'begun' ? 'responses.startedAt' : 'responses.completedAt';
      const rows = await responses
        .select([
          'responses.id',
          'responses.publicId as response',
          'surveys.publicId as survey',
          'responses.isTest',
          `${column} as at`,
        ])
        .where(column, 'is not', null)
        .where(older(kind === 'begun' ? 'responses.started_at' : 'responses.completed_at', 'responses.id'))
        .orderBy(column, 'desc')
        .orderBy('responses.id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ id, response, survey, isTest, at }) => ({
        kind,
        at: at ?? '',
        id: Number(id),
        response,
        survey,
        isTest: isTest === 1,
      }));
    };

  /** The scores of a response by the newest run over its survey. */
  const scored: Reader = async (older, limit) => {
    const rows = await responses
      .innerJoin('scores', 'scores.responseId', 'responses.id')
      .innerJoin('runs', 'runs.id', 'scores.runId')
      .select([
        'responses.id',
        'responses.publicId as response',
        'surveys.publicId as survey',
        'runs.finishedAt',
        'scores.scale',
        'scores.value',
      ])
      .where((eb) =>
        eb(
          'runs.id',
          '=',
          eb
            .selectFrom('runs as newest')
            .select(({ fn }) => fn.max('newest.id').as('id'))
            .whereRef('newest.surveyId', '=', 'responses.surveyId')
            .where('newest.kind', '=', 'scores')
            .where('newest.state', '=', 'done'),
        ),
      )
      .where('runs.finishedAt', 'is not', null)
      .where(older('runs.finished_at', 'responses.id'))
      .orderBy('scores.scale')
      .execute();
    return [...Map.groupBy(rows, ({ id }) => id).values()]
      .flatMap((own): (Row & { kind: 'scored' })[] => {
        const [first] = own;
        if (!first) return [];
        return [
          {
            kind: 'scored',
            at: first.finishedAt ?? '',
            id: Number(first.id),
            response: first.response,
            survey: first.survey,
            scores: own.map(({ scale, value }) => ({ scale, value })),
          },
        ];
      })
      .sort((a, b) => (a.at === b.at ? b.id - a.id : a.at < b.at ? 1 : -1))
      .slice(0, limit);
  };

  const segments: Reader = async (older, limit) => {
    const found = await responses
      .innerJoin('segmentMemberships', 'segmentMemberships.responseId', 'responses.id')
      .innerJoin('segments', 'segments.id', 'segmentMemberships.segmentId')
      .select([
        'segments.id',
        'segments.publicId as segment',
        'segments.name',
        'segments.createdAt as at',
        'responses.surveyVersionId',
        'responses.purposes',
      ])
      .where('segments.removedAt', 'is', null)
      .where('segments.acceptedAt', 'is not', null)
      .where(older('segments.created_at', 'segments.id'))
      .orderBy('segments.createdAt', 'desc')
      .orderBy('segments.id', 'desc')
      .execute();
    const own = new Map(
      (await onlyPersonal(found)).map(({ id, segment, name, at }): [number, Row & { kind: 'segment' }] => [
        Number(id),
        { kind: 'segment', id: Number(id), segment, name, at },
      ]),
    );
    return [...own.values()].slice(0, limit);
  };

  const interviewed = db
    .selectFrom('interviews')
    .innerJoin('participations', 'participations.id', 'interviews.participationId')
    .where('participations.personId', 'in', personIds)
    .where('interviews.studyId', '=', studyId)
    .where('interviews.state', 'in', ['held', 'thanked']);
  const interviews: Reader = async (older, limit) =>
    (
      await interviewed
        .select(['interviews.id', 'interviews.publicId as interview', 'interviews.title', 'interviews.heldOn as at'])
        .where(older('interviews.held_on', 'interviews.id'))
        .orderBy('interviews.heldOn', 'desc')
        .orderBy('interviews.id', 'desc')
        .limit(limit)
        .execute()
    ).map((row) => ({ kind: 'interview', ...row, id: Number(row.id) }));

  const letters: Reader = async (older, limit) => {
    const at = sql<string>`coalesce(letters.settled_at, letters.claimed_at, letters.due_at)`;
    const rows = await db
      .selectFrom('letters')
      .innerJoin('surveys', 'surveys.id', 'letters.surveyId')
      .select(['letters.id', 'surveys.publicId as survey', 'letters.state', 'letters.round', at.as('at')])
      .where('letters.personId', 'in', personIds)
      .where('surveys.studyId', '=', studyId)
      .where(older('coalesce(letters.settled_at, letters.claimed_at, letters.due_at)', 'letters.id'))
      .orderBy(at, 'desc')
      .orderBy('letters.id', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ kind: 'letter', ...row, id: Number(row.id) }));
  };

  const consents =
    (kind: 'agreed' | 'withdrew'): Reader =>
    async (older, limit) => {
      const column = kind === 'agreed' ? 'consents.givenAt' : 'consents.withdrawnAt';
      const rows = await db
        .selectFrom('consents')
        .select([
          'consents.id',
          'consents.purposes',
          'consents.subjectKind',
          'consents.subjectId as subject',
          `${column} as at`,
        ])
        .where('consents.studyId', '=', studyId)
        .where((eb) =>
          eb.or([
            eb.and([
              eb('consents.subjectKind', '=', 'response'),
              eb('consents.subjectId', 'in', responses.select('responses.publicId')),
            ]),
            eb.and([
              eb('consents.subjectKind', '=', 'interview'),
              eb('consents.subjectId', 'in', interviewed.select('interviews.publicId')),
            ]),
          ]),
        )
        .where(column, 'is not', null)
        .where(older(kind === 'agreed' ? 'consents.given_at' : 'consents.withdrawn_at', 'consents.id'))
        .orderBy(column, 'desc')
        .orderBy('consents.id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ id, purposes, at, ...row }) => ({
        kind,
        ...row,
        at: at ?? '',
        id: Number(id),
        purposes: JSON.parse(purposes) as string[],
      }));
    };

  const feedback: Reader = async (older, limit) =>
    (
      await db
        .selectFrom('feedback')
        .select(['id', 'publicId as feedback', 'category', 'rating', 'pageKey as page', 'replayUrl', 'createdAt as at'])
        .where('personId', 'in', personIds)
        .where('studyId', '=', studyId)
        .where(older('created_at', 'id'))
        .orderBy('createdAt', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
    ).map((row) => ({ kind: 'feedback', ...row, id: Number(row.id) }));

  const optOuts: Reader = async (older, limit) =>
    (
      await db
        .selectFrom('optOuts')
        .select(['id', 'origin', 'createdAt as at'])
        .where('personId', 'in', personIds)
        .where(older('created_at', 'id'))
        .orderBy('createdAt', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
    ).map((row) => ({ kind: 'opted-out', ...row, id: Number(row.id) }));

  const merges: Reader = async (older, limit) =>
    (
      await db
        .selectFrom('personLinks')
        .select((eb) => [
          'personId as id',
          'linkedAt as at',
          eb
            .selectFrom('personIdentities')
            .select('value')
            .whereRef('personIdentities.personId', '=', 'personLinks.personId')
            .orderBy('personIdentities.id')
            .limit(1)
            .as('identity'),
        ])
        .where('personId', 'in', personIds)
        .where(older('linked_at', 'person_id'))
        .orderBy('linkedAt', 'desc')
        .orderBy('personId', 'desc')
        .limit(limit)
        .execute()
    ).map((row) => ({ kind: 'merged', ...row, id: Number(row.id) }));

  return [
    events,
    attributes,
    offers('offered'),
    offers('closed'),
    answered('begun'),
    answered('completed'),
    scored,
    segments,
    interviews,
    letters,
    consents('agreed'),
    consents('withdrew'),
    optOuts,
    merges,
    feedback,
  ];
}

/** The recording that an event names, in its properties or its context. */
function replayIn(json: string): string | null {
  // Most name none, and reading them costs more than looking.
  if (!json.includes('"replay_url"')) return null;
  return recordingLink((JSON.parse(json) as { replay_url?: unknown }).replay_url)?.href ?? null;
}
