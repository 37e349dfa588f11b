import { z } from 'zod';
import { ATTRIBUTE_NAME_MAX } from '../../model/attribute.ts';
import { Problem } from '../../model/problem.ts';
import type { Person } from '../../store/people.ts';
import type { Happened } from '../../store/timeline.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { AttributeValueShape, Known, knownIn } from './known.ts';
import { Id, listOf, operation, pageQuery, Time } from './operation.ts';

const AT_ONCE = 500;

const AttributeName = z.string().trim().min(1).max(ATTRIBUTE_NAME_MAX);
/** What a program calls somebody. */
const UserId = z.string().trim().min(1).max(255).meta({ description: 'The id that your programs know them by' });

const Listed = z
  .strictObject({
    id: Id,
    identity: z.string().nullable().meta({ description: 'The id that they came with' }),
    name: z.string().nullable(),
    email: z.string().nullable(),
    knownSince: Time,
  })
  .meta({ id: 'ListedPerson' });
const PersonAnswer = z
  .strictObject({
    id: Id,
    identities: z.array(z.strictObject({ kind: z.string(), value: z.string() })),
    knownSince: Time,
    mergedFrom: z.array(Id).meta({ description: 'Whoever was found to be the same person' }),
    attributes: z.array(Known),
    companies: z.array(
      z.strictObject({ id: Id, name: z.string(), role: z.string().nullable(), attributes: z.array(Known) }),
    ),
    segments: z
      .array(z.strictObject({ id: Id, name: z.string(), isIn: z.boolean().nullable() }))
      .meta({ description: 'Those of the study that a rule defines; null where too little is known' }),
  })
  .meta({ id: 'Person' });
const Entry = z.strictObject({ at: Time, kind: z.string(), about: z.record(z.string(), z.unknown()) });

const CHAPTER = 'People';
const ONE = '/studies/:study/people/:person';

/** What happened, without what only places it in the list. */
function aboutOf(entry: Happened & { at: string; rank: number; id: number }): Record<string, unknown> {
  const { at: _at, rank: _rank, id: _id, kind: _kind, ...about } = entry;
  return 'properties' in about ? { ...about, properties: JSON.parse(about.properties) as unknown } : about;
}

export const peopleResource = (house: House) => {
  const { verbatim } = house;
  const { store } = verbatim;

  /** Somebody by any of the ids that were theirs, as who they are today. */
  async function find(study: EnteredStudy, id: string): Promise<Person> {
    await verbatim.logs.settle();
    const person = await store.people.find(study.workspaceId, id);
    const [today = person?.id] = person ? await store.people.sameAs(person.id) : [];
    const known = today === undefined ? null : await store.contacts.personById(today);
    const found = known && (await store.people.find(study.workspaceId, known.publicId));
    if (!found) throw new Problem('not-found', 'There is no such person in this workspace');
    return found;
  }
  async function shown(study: EnteredStudy, person: Person): Promise<z.input<typeof PersonAnswer>> {
    const about = await verbatim.personTimeline.about(study, person);
    return {
      id: person.publicId,
      identities: about.identities,
      knownSince: about.since,
      mergedFrom: about.merged.map(({ publicId }) => publicId),
      attributes: knownIn(about.families),
      companies: about.companies.map(({ publicId, name, role, families }) => ({
        id: publicId,
        name,
        role,
        attributes: knownIn(families),
      })),
      segments: about.segments.map(({ publicId, name, isIn }) => ({ id: publicId, name, isIn })),
    };
  }

  return {
    listPeople: operation({
      method: 'GET',
      path: '/studies/:study/people',
      scope: 'people:read',
      chapter: CHAPTER,
      title: 'List people',
      text: 'Everybody whom the workspace of the study knows, or those who are found by a part of an id, a name or an e-mail address.',
      query: z.strictObject({ ...pageQuery, find: z.string().trim().min(1).max(200).optional() }),
      answer: listOf(Listed),
      example: { query: { limit: 20 } },
      handle: async ({ study, query, position, next }) => {
        await verbatim.logs.settle();
        const after = Number(position() ?? 0);
        const { find: words, limit } = query;
        const found =
          words === undefined
            ? await store.people.list(study.workspaceId, after, limit + 1)
            : await store.peopleSearch.find(study.workspaceId, words, after, limit + 1);
        const rows = found.slice(0, limit);
        const contacts = await store.peopleSearch.contacts(rows.map(({ id }) => id));
        const last = rows.at(-1);
        return {
          items: rows.map(({ id, publicId, identity, createdAt }) => ({
            id: publicId,
            identity,
            name: contacts.get(id)?.name ?? null,
            email: contacts.get(id)?.address ?? null,
            knownSince: createdAt,
          })),
          next: found.length > limit && last ? next(last.id) : null,
        };
      },
    }),
    tellPerson: operation({
      method: 'POST',
      path: '/studies/:study/people',
      scope: 'people:write',
      chapter: CHAPTER,
      title: 'Tell of a person',
      text: 'Makes them known, or adds to what is known of them. The value told last holds; what is not told stays.',
      body: z.strictObject({
        userId: UserId,
        attributes: z.record(AttributeName, AttributeValueShape).default({}),
        company: z
          .strictObject({ id: UserId, role: z.string().trim().min(1).max(200).optional() })
          .optional()
          .meta({ description: 'A company that they belong to' }),
      }),
      answer: PersonAnswer,
      example: { body: { userId: 'customer-7', attributes: { plan: 'gold', seats: 12 } } },
      handle: async ({ study, key, body, created }) => {
        const source = `API key ${key.name}`;
        const [personId] = await verbatim.intake.people(study.workspaceId, [
          {
            externalId: body.userId,
            attributes: Object.entries(body.attributes).map(([name, value]) => ({ name, value, source })),
            ...(body.company ? { company: { id: body.company.id, role: body.company.role ?? null, source } } : {}),
          },
        ]);
        const known = personId === undefined ? null : await store.contacts.personById(personId);
        const person = await find(study, known?.publicId ?? '');
        created(`/people/${person.publicId}`);
        return shown(study, person);
      },
    }),
    tellEvents: operation({
      method: 'POST',
      path: '/studies/:study/events',
      scope: 'people:write',
      chapter: CHAPTER,
      title: 'Tell what people did',
      text: `Up to ${AT_ONCE} at once. An event whose id came before is kept once. For pages and apps there are the collectors under /v1, which take a write key.`,
      body: z.strictObject({
        events: z
          .array(
            z.strictObject({
              id: z.string().min(1).max(255).meta({ description: 'Of the event: tells it from another that is alike' }),
              userId: UserId,
              name: z.string().trim().min(1).max(200),
              at: z.iso.datetime(),
              properties: z.record(z.string().max(200), AttributeValueShape).default({}),
            }),
          )
          .min(1)
          .max(AT_ONCE),
      }),
      example: {
        body: {
          events: [
            {
              id: 'order-81',
              userId: 'customer-7',
              name: 'Order Completed',
              at: '2026-03-01T09:00:00Z',
              properties: { total: 40 },
            },
          ],
        },
      },
      handle: async ({ study, body }) => {
        await verbatim.intake.events(
          study.workspaceId,
          body.events.map(({ id, userId, name, at, properties }) => ({
            externalId: userId,
            messageId: id,
            name,
            occurredAt: new Date(at).toISOString(),
            properties,
          })),
        );
        return null;
      },
    }),
    readPerson: operation({
      method: 'GET',
      path: ONE,
      scope: 'people:read',
      chapter: CHAPTER,
      title: 'Read a person',
      text: 'Whoever was merged into another is answered as who they are today.',
      answer: PersonAnswer,
      handle: async ({ study, params }) => shown(study, await find(study, params.person)),
    }),
    readTimeline: operation({
      method: 'GET',
      path: `${ONE}/timeline`,
      scope: 'people:read',
      chapter: CHAPTER,
      title: 'Read what happened to a person',
      text: 'The newest first.',
      query: z.strictObject(pageQuery),
      answer: listOf(Entry),
      handle: async ({ study, params, query, position, next }) => {
        const person = await find(study, params.person);
        const found = await verbatim.personTimeline.timeline(study, person, String(position() ?? ''), query.limit);
        return {
          items: found.entries.map((entry) => ({ at: entry.at, kind: entry.kind, about: aboutOf(entry) })),
          next: found.next === null ? null : next(found.next),
        };
      },
    }),
    setRole: operation({
      method: 'PUT',
      path: `${ONE}/companies/:company/role`,
      scope: 'people:write',
      chapter: CHAPTER,
      title: 'Say which role somebody has in a company',
      body: z.strictObject({ role: z.string().max(200).meta({ description: 'Empty takes it back' }) }),
      answer: PersonAnswer,
      example: { body: { role: 'decider' } },
      handle: async ({ study, params, key, body }) => {
        const person = await find(study, params.person);
        await verbatim.personTimeline.setRole(study, person, params.company, body.role, key.maker);
        return shown(study, person);
      },
    }),
  };
};
