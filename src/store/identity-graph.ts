import { sql, type Transaction } from 'kysely';
import { type Engine, isInList, isInTexts } from './dialect.ts';
import { newPublicId } from './identifiers.ts';
import { type Columns, insertRows } from './insert-rows.ts';
import type { IntakeRecord } from './intake-log.ts';
import { linkPeople } from './people.ts';
import type { Tables } from './tables.ts';

/** Somebody a record tells of: the person its id belongs to, and who that is today. */
export type Person = { id: number; canonicalId: number };

/** A person while a batch is read; one that is new has no number yet. */
type Node = {
  id: number | null;
  publicId: string;
  /** Who this is today, when it is somebody else. */
  canonical: Node | null;
  /** True for those known by an id of their own, and not only by a browser's. */
  isKnown: boolean;
  madeAt: string;
};
type Kind = 'external' | 'anonymous';

function today(node: Node): Node {
  let who = node;
  while (who.canonical) who = who.canonical;
  return who;
}

/**
 * Says whom each record tells of, and keeps what the records say of who is the same.
 *
 * A message that names a known person and an anonymous id says that they are one: what the anonymous person did belongs
 * to the known one from then on, unless it belongs to another known person already, as on a device that two people share.
 * An alias says so of any two ids. People who were merged keep what they came with; `person_links` names who they are.
 * Where only a page said it of two who may both have ids of their own, the person is marked.
 *
 * @returns by sequence number; a group that names nobody has no person
 */
export async function whoIsWho(
  trx: Transaction<Tables>,
  engine: Engine,
  workspaceId: number,
  records: readonly IntakeRecord[],
): Promise<Map<number, Person>> {
  const nodes = await loadNodes(trx, engine, workspaceId, records);
  const fresh: { kind: Kind; value: string; node: Node }[] = [];
  const made: Node[] = [];
  const links = new Map<Node, string>();
  const saidSame = new Set<Node>();
  const find = (kind: Kind, value: string) => nodes.get(keyOf(kind, value));
  const give = (kind: Kind, value: string, node: Node) => {
    nodes.set(keyOf(kind, value), node);
    fresh.push({ kind, value, node });
  };
  const person = (kind: Kind, value: string, at: string): Node => {
    const known = find(kind, value);
    if (known) return known;
    const node: Node = { id: null, publicId: newPublicId(), canonical: null, isKnown: kind === 'external', madeAt: at };
    made.push(node);
    give(kind, value, node);
    return node;
  };
  const join = (one: Node, other: Node, at: string) => {
    const [from, to] = [today(one), today(other)];
    if (from === to) return;
    from.canonical = to;
    to.isKnown ||= from.isKnown;
    links.set(from, at);
  };
  const joinAnonymous = (anonymousId: string, known: Node, at: string) => {
    const node = find('anonymous', anonymousId);
    if (!node) give('anonymous', anonymousId, known);
    else if (!today(node).isKnown) join(node, known, at);
  };

  const told = new Map<number, Node>();
  for (const { seq, kind, userId, anonymousId, body, receivedAt: at, sourceId, proof } of records) {
    const known = userId === null ? null : person('external', userId, at);
    if (kind === 'alias' && known && body.previousId !== undefined && body.previousIs === 'anonymous')
      joinAnonymous(body.previousId, known, at);
    else if (kind === 'alias' && known && body.previousId !== undefined) {
      const [anonymous, external] = [find('anonymous', body.previousId), find('external', body.previousId)];
      const isNews = external ? today(external) !== today(known) : !anonymous;
      if (isNews && sourceId !== null && proof !== 'server') saidSame.add(known);
      if (external) join(external, known, at);
      if (anonymous) joinAnonymous(body.previousId, known, at);
      // Nobody knows which kind of id it was; whichever comes later is this person.
      if (!anonymous && !external)
        for (const one of ['anonymous', 'external'] as const) give(one, body.previousId, known);
    }
    if (known && anonymousId !== null) joinAnonymous(anonymousId, known, at);
    const node = known ?? (anonymousId === null ? null : person('anonymous', anonymousId, at));
    if (node) told.set(seq, node);
  }

  await insertPeople(trx, engine, workspaceId, made);
  await insertRows(
    trx,
    engine,
    'person_identities',
    IDENTITY_COLUMNS,
    fresh.map(({ kind, value, node }) => [workspaceId, kind, value, numberOf(node)]),
  );
  if (saidSame.size > 0)
    await trx
      .updateTable('people')
      .set({ isSaidSame: 1 })
      .where((eb) => isInList(engine, eb.ref('id'), [...saidSame].map(numberOf)))
      .execute();
  for (const [from, at] of links) await linkPeople(trx, numberOf(from), numberOf(today(from)), at);
  return new Map([...told].map(([seq, node]) => [seq, { id: numberOf(node), canonicalId: numberOf(today(node)) }]));
}

const keyOf = (kind: Kind, value: string): string => `${kind} ${value}`;

function numberOf(node: Node): number {
  if (node.id === null) throw new Error('A person was not made before it was named');
  return node.id;
}

/** The people behind every id that the records name, as far as they are known. */
async function loadNodes(
  trx: Transaction<Tables>,
  engine: Engine,
  workspaceId: number,
  records: readonly IntakeRecord[],
): Promise<Map<string, Node>> {
  const values = new Set<string>();
  for (const { userId, anonymousId, body } of records)
    for (const id of [userId, anonymousId, body.previousId ?? null]) if (id !== null) values.add(id);
  const rows = await trx
    .selectFrom('personIdentities')
    .leftJoin('personLinks', 'personLinks.personId', 'personIdentities.personId')
    .select(['personIdentities.kind', 'personIdentities.value', 'personIdentities.personId', 'personLinks.canonicalId'])
    .where('personIdentities.workspaceId', '=', workspaceId)
    .where('personIdentities.kind', 'in', ['external', 'anonymous'])
    .where((eb) => isInTexts(engine, eb.ref('personIdentities.value'), [...values]))
    .execute();
  const canonicalIds = [...new Set(rows.map((row) => Number(row.canonicalId ?? row.personId)))];
  const known = await knownPeople(trx, engine, canonicalIds);
  const byId = new Map<number, Node>();
  const nodeOf = (id: number, canonical: Node | null): Node => {
    const found = byId.get(id);
    if (found) return found;
    const node: Node = { id, publicId: '', canonical, isKnown: known.has(id), madeAt: '' };
    byId.set(id, node);
    return node;
  };
  const nodes = new Map<string, Node>();
  for (const { kind, value, personId, canonicalId } of rows) {
    const canonical = canonicalId === null ? null : nodeOf(Number(canonicalId), null);
    nodes.set(keyOf(kind as Kind, value), nodeOf(Number(personId), canonical));
  }
  return nodes;
}

/** Those of some canonical people who have an id of their own, by themselves or through somebody who is them. */
async function knownPeople(
  trx: Transaction<Tables>,
  engine: Engine,
  canonicalIds: readonly number[],
): Promise<Set<number>> {
  const rows = await trx
    .selectFrom('personIdentities')
    .leftJoin('personLinks', 'personLinks.personId', 'personIdentities.personId')
    .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'personIdentities.personId').as('id'))
    .distinct()
    .where('personIdentities.kind', '=', 'external')
    .where((eb) =>
      eb(
        'personIdentities.personId',
        'in',
        sql<number>`(select id from people where ${isInList(engine, sql.ref('people.id'), canonicalIds)}
          union select person_id from person_links where ${isInList(engine, sql.ref('person_links.canonical_id'), canonicalIds)})`,
      ),
    )
    .execute();
  return new Set(rows.map(({ id }) => Number(id)));
}

async function insertPeople(
  trx: Transaction<Tables>,
  engine: Engine,
  workspaceId: number,
  made: readonly Node[],
): Promise<void> {
  const rows = await insertRows<{ id: number; publicId: string }>(
    trx,
    engine,
    'people',
    PEOPLE_COLUMNS,
    made.map(({ publicId, madeAt }) => [workspaceId, publicId, madeAt]),
    sql`returning id, public_id`,
  );
  const ids = new Map(rows.map(({ id, publicId }) => [publicId, Number(id)]));
  for (const node of made) node.id = ids.get(node.publicId) ?? null;
}

const PEOPLE_COLUMNS = { workspace_id: 'bigint', public_id: 'text', created_at: 'text' } as const satisfies Columns;
const IDENTITY_COLUMNS = {
  workspace_id: 'bigint',
  kind: 'text',
  value: 'text',
  person_id: 'bigint',
} as const satisfies Columns;
