import type { Kysely } from 'kysely';
import type { Reach, ReachKey } from './personal-places.ts';
import type { Tables } from './tables.ts';

/** Few enough for one statement of either engine. */
const PART = 500;
export const partsOf = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / PART) }, (_, part) => items.slice(part * PART, (part + 1) * PART));

export const emptyReach = (): Reach => ({
  person: [],
  personPublic: [],
  participation: [],
  response: [],
  responsePublic: [],
  interview: [],
  interviewPublic: [],
  source: [],
  feedback: [],
  feedbackPublic: [],
  invited: [],
  message: [],
});

/** Both together, each id once. */
export const joinReach = (one: Reach, other: Reach): Reach =>
  Object.fromEntries(
    (Object.keys(one) as ReachKey[]).map((key) => [key, [...new Set([...one[key], ...other[key]])]]),
  ) as Reach;

async function inParts<Row>(
  ids: readonly (number | string)[],
  read: (part: never[]) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const part of partsOf(ids)) rows.push(...(await read(part as never[])));
  return rows;
}

/**
 * By which ids people are known.
 *
 * @param personIds all who are the same person
 * @param studyIds whose responses, interviews and feedback are looked for; null for every study
 */
export async function reachOfPeople(
  db: Kysely<Tables>,
  personIds: readonly number[],
  studyIds: readonly number[] | null,
): Promise<Reach> {
  const reach = emptyReach();
  const isAsked = ({ studyId }: { studyId: number }) => studyIds === null || studyIds.includes(Number(studyId));
  const people = await inParts(personIds, (part) =>
    db.selectFrom('people').select(['id', 'publicId', 'workspaceId']).where('id', 'in', part).execute(),
  );
  reach.person = people.map(({ id }) => Number(id));
  reach.personPublic = people.map(({ publicId }) => publicId);
  const participations = (
    await inParts(personIds, (part) =>
      db.selectFrom('participations').select(['id', 'studyId']).where('personId', 'in', part).execute(),
    )
  ).filter(isAsked);
  reach.participation = participations.map(({ id }) => Number(id));
  const responses = await inParts(reach.participation, (part) =>
    db.selectFrom('responses').select('publicId').where('participationId', 'in', part).execute(),
  );
  // Those that were withdrawn and made again before projections are found by their records.
  const recorded = await inParts(reach.participation, (part) =>
    db.selectFrom('responseRecords').select('responseId').distinct().where('participationId', 'in', part).execute(),
  );
  const ofResponses = await reachOfResponses(db, [
    ...new Set([...responses.map(({ publicId }) => publicId), ...recorded.map(({ responseId }) => responseId)]),
  ]);
  const interviews = await inParts(reach.participation, (part) =>
    db.selectFrom('interviews').select(['id', 'publicId']).where('participationId', 'in', part).execute(),
  );
  const invited = (
    await inParts(personIds, (part) =>
      db
        .selectFrom('recruitingPeople')
        .innerJoin('recruitingRounds', 'recruitingRounds.id', 'recruitingPeople.roundId')
        .select(['recruitingPeople.id', 'recruitingRounds.studyId'])
        .where('recruitingPeople.personId', 'in', part)
        .execute(),
    )
  ).filter(isAsked);
  const booked = await inParts(
    invited.map(({ id }) => id),
    (part) =>
      db
        .selectFrom('recruitingBookings')
        .innerJoin('interviews', 'interviews.id', 'recruitingBookings.interviewId')
        .select(['interviews.id', 'interviews.publicId'])
        .where('recruitingBookings.participantId', 'in', part)
        .execute(),
  );
  reach.invited = invited.map(({ id }) => Number(id));
  const talks = [...interviews, ...booked];
  reach.interview = [...new Set(talks.map(({ id }) => Number(id)))];
  reach.interviewPublic = [...new Set(talks.map(({ publicId }) => publicId))];
  reach.source = await sourcesOf(db, reach.interviewPublic);
  const feedback = (
    await inParts(personIds, (part) =>
      db.selectFrom('feedback').select(['id', 'publicId', 'studyId']).where('personId', 'in', part).execute(),
    )
  ).filter(isAsked);
  reach.feedback = feedback.map(({ id }) => Number(id));
  reach.feedbackPublic = feedback.map(({ publicId }) => publicId);
  reach.message = await messagesOf(db, personIds, new Set(people.map(({ workspaceId }) => Number(workspaceId))));
  return joinReach(reach, ofResponses);
}

/** By which ids responses are known, apart from whose they are. */
export async function reachOfResponses(db: Kysely<Tables>, publicIds: readonly string[]): Promise<Reach> {
  const reach = emptyReach();
  reach.responsePublic = [...publicIds];
  const rows = await inParts(publicIds, (part) =>
    db.selectFrom('responses').select('id').where('publicId', 'in', part).execute(),
  );
  reach.response = rows.map(({ id }) => Number(id));
  reach.source = await sourcesOf(db, publicIds);
  return reach;
}

async function sourcesOf(db: Kysely<Tables>, subjectIds: readonly (string | number)[]): Promise<string[]> {
  const rows = await inParts(subjectIds, (part) =>
    db.selectFrom('sourceTexts').select('publicId').distinct().where('subjectId', 'in', part).execute(),
  );
  return [...new Set(rows.map(({ publicId }) => publicId))];
}

/** Records of the log of events that name them, or that something known of them was read from. */
async function messagesOf(
  db: Kysely<Tables>,
  personIds: readonly number[],
  workspaceIds: ReadonlySet<number>,
): Promise<number[]> {
  const found = new Set<number>();
  const add = (rows: readonly { seq: number | null }[]) => {
    for (const { seq } of rows) if (seq !== null) found.add(Number(seq));
  };
  const identities = await inParts(personIds, (part) =>
    db.selectFrom('personIdentities').select(['kind', 'value']).where('personId', 'in', part).execute(),
  );
  const values = (isOwn: boolean) =>
    identities.filter(({ kind }) => (kind === 'external') === isOwn).map(({ value }) => value);
  for (const workspaceId of workspaceIds) {
    add(
      await inParts(values(true), (part) =>
        db
          .selectFrom('intakeRecords')
          .select('seq')
          .where('workspaceId', '=', workspaceId)
          .where('userId', 'in', part)
          .execute(),
      ),
    );
    // Somebody else who used the same browser has an id of their own.
    add(
      await inParts(values(false), (part) =>
        db
          .selectFrom('intakeRecords')
          .select('seq')
          .where('workspaceId', '=', workspaceId)
          .where('anonymousId', 'in', part)
          .where('userId', 'is', null)
          .execute(),
      ),
    );
  }
  add(
    await inParts(personIds, (part) => db.selectFrom('events').select('seq').where('personId', 'in', part).execute()),
  );
  add(
    await inParts(personIds, (part) =>
      db.selectFrom('attributes').select('seq').where('personId', 'in', part).execute(),
    ),
  );
  return [...found].sort((a, b) => a - b);
}
