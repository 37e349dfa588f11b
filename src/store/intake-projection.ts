import { sql, type Transaction } from 'kysely';
import {
  type AttributeFamily,
  type AttributeSubject,
  type AttributeType,
  type AttributeValue,
  flattenTraits,
  type KnownAttribute,
  typedAttribute,
} from '../model/attribute.ts';
import { splitRole } from '../model/buying-role.ts';
import { CONTACT_WAYS } from '../model/contact.ts';
import type { MessageBody } from '../model/event-message.ts';
import type { Database } from './database.ts';
import { isInList, isInTexts } from './dialect.ts';
import { newPublicId } from './identifiers.ts';
import { type Person, whoIsWho } from './identity-graph.ts';
import { type Columns, insertRows } from './insert-rows.ts';
import { fromIntakeRow, type IntakeRecord } from './intake-log.ts';
import type { Tables } from './tables.ts';

/** A workspace knows so many attributes of people, and so many of companies; more names than that are a program's fault. */
export const ATTRIBUTE_NAMES_MAX = 2000;

const WATERMARK = 'intake';
type Trx = Transaction<Tables>;

/** Something said of a person or company, not yet kept. */
type Fact = {
  /** The canonical person, or the company, that it is said of. */
  about: number;
  /** The person it was said of then, whom the row keeps. */
  owner: number;
  name: string;
  value: AttributeValue;
  family: AttributeFamily | undefined;
  source: string;
  at: string;
  seq: number;
  /** Whether somebody said it who cannot be anybody. */
  isProven: boolean;
};

/**
 * Makes people, events, attributes and companies from the intake records. Behind a watermark, in batches, each in one
 * transaction with it, so that a stop at any moment counts nothing twice.
 */
export function intakeProjector(database: Database) {
  const { kysely, engine } = database;

  /**
   * Projects the next records.
   *
   * @returns how many records were taken; 0 when nothing waits
   */
  async function projectBatch(limit: number): Promise<number> {
    return kysely.transaction().execute(async (trx) => {
      await trx
        .insertInto('watermarks')
        .values({ name: WATERMARK, seq: 0 })
        .onConflict((on) => on.column('name').doUpdateSet((eb) => ({ seq: eb.ref('watermarks.seq') })))
        .execute();
      const { seq } = await trx
        .selectFrom('watermarks')
        .select('seq')
        .where('name', '=', WATERMARK)
        .executeTakeFirstOrThrow();
      const rows = await trx
        .selectFrom('intakeRecords')
        .selectAll()
        .where('seq', '>', seq)
        .orderBy('seq')
        .limit(limit)
        .execute();
      const last = rows.at(-1);
      if (!last) return 0;
      for (const [workspaceId, records] of Map.groupBy(rows.map(fromIntakeRow), (record) => record.workspaceId))
        await projectWorkspace(trx, workspaceId, records);
      await trx.updateTable('watermarks').set({ seq: last.seq }).where('name', '=', WATERMARK).execute();
      return rows.length;
    });
  }

  async function projectWorkspace(trx: Trx, workspaceId: number, records: readonly IntakeRecord[]): Promise<void> {
    const people = await whoIsWho(trx, engine, workspaceId, records);
    await writeEvents(trx, records, people);
    const sources = await sourceNames(trx, records);
    const told = records.map((record) => ({
      record,
      source: record.body.from ?? sources.get(record.sourceId) ?? 'events',
    }));
    await writeAttributes(
      trx,
      workspaceId,
      told.flatMap(({ record, source }) => personFacts(record, people.get(record.seq), source)),
    );
    await writeCompanies(
      trx,
      workspaceId,
      told.filter(({ record }) => record.kind === 'group'),
      people,
    );
  }

  async function sourceNames(trx: Trx, records: readonly IntakeRecord[]): Promise<Map<number | null, string>> {
    const ids = [...new Set(records.flatMap(({ sourceId }) => sourceId ?? []))];
    if (ids.length === 0) return new Map();
    const rows = await trx.selectFrom('sources').select(['id', 'name']).where('id', 'in', ids).execute();
    return new Map(rows.map(({ id, name }) => [Number(id), name]));
  }

  async function writeEvents(
    trx: Trx,
    records: readonly IntakeRecord[],
    people: ReadonlyMap<number, Person>,
  ): Promise<void> {
    const rows = records.flatMap(({ seq, workspaceId, kind, name, body, occurredAt }) => {
      const person = people.get(seq);
      if (!person || !(kind === 'track' || kind === 'page' || kind === 'screen')) return [];
      const { properties = {}, context = {} } = body;
      return [
        [seq, workspaceId, person.id, kind, name, JSON.stringify(properties), JSON.stringify(context), occurredAt],
      ];
    });
    await insertRows(trx, engine, 'events', EVENT_COLUMNS, rows, sql`on conflict (seq) do nothing`);
  }

  async function writeAttributes(trx: Trx, workspaceId: number, facts: readonly Fact[]): Promise<void> {
    if (facts.length === 0) return;
    const about = [...new Set(facts.map((fact) => fact.about))];
    const links = await trx
      .selectFrom('personLinks')
      .select(['personId', 'canonicalId'])
      .where((eb) => isInList(engine, eb.ref('canonicalId'), about))
      .execute();
    const canonical = new Map(links.map(({ personId, canonicalId }) => [Number(personId), Number(canonicalId)]));
    const members = [...about, ...canonical.keys()];
    const known = await trx
      .selectFrom('attributes')
      .leftJoin('intakeRecords', 'intakeRecords.seq', 'attributes.seq')
      .select([
        'attributes.personId as owner',
        'attributes.name',
        'attributes.value',
        'attributes.recordedAt',
        'intakeRecords.sourceId',
        'intakeRecords.proof',
      ])
      .where((eb) => isInList(engine, eb.ref('attributes.personId'), members))
      .where((eb) => isInTexts(engine, eb.ref('attributes.name'), namesIn(facts)))
      .orderBy('attributes.recordedAt')
      .orderBy('attributes.id')
      .execute();
    const rows = await newFacts(
      trx,
      { workspaceId, subject: 'person' },
      facts,
      known.map((row) => ({
        ...row,
        about: canonical.get(Number(row.owner)) ?? Number(row.owner),
        isProven: isProven(row),
      })),
    );
    await insertRows(trx, engine, 'attributes', ATTRIBUTE_COLUMNS, rows);
  }

  /**
   * Reads some records again for what they say of some attributes, and keeps what was left out because another record,
   * which is gone, had said the same before.
   */
  async function rereadAttributes(
    trx: Trx,
    workspaceId: number,
    records: readonly IntakeRecord[],
    people: ReadonlyMap<number, Person>,
    names: ReadonlySet<string>,
  ): Promise<void> {
    const sources = await sourceNames(trx, records);
    const rows = await trx
      .selectFrom('attributes')
      .select(['seq', 'name'])
      .where((eb) =>
        isInList(
          engine,
          eb.ref('seq'),
          records.map(({ seq }) => seq),
        ),
      )
      .execute();
    const kept = new Set(rows.map(({ seq, name }) => `${seq} ${name}`));
    const facts = records.flatMap((record) =>
      personFacts(record, people.get(record.seq), record.body.from ?? sources.get(record.sourceId) ?? 'events'),
    );
    await writeAttributes(
      trx,
      workspaceId,
      facts.filter(({ seq, name }) => names.has(name) && !kept.has(`${seq} ${name}`)),
    );
  }

  async function writeCompanies(
    trx: Trx,
    workspaceId: number,
    told: readonly { record: IntakeRecord; source: string }[],
    people: ReadonlyMap<number, Person>,
  ): Promise<void> {
    if (told.length === 0) return;
    const companies = new Map<string, { name: string; isNamed: boolean; at: string }>();
    for (const { record } of told) {
      const { groupId = '', traits = {} } = record.body;
      const name = typeof traits['name'] === 'string' && traits['name'].trim() !== '' ? traits['name'].trim() : null;
      if (name !== null || !companies.has(groupId))
        companies.set(groupId, { name: name ?? groupId, isNamed: name !== null, at: record.receivedAt });
    }
    const rowsOf = (isNamed: boolean) =>
      [...companies]
        .filter(([, company]) => company.isNamed === isNamed)
        .map(([externalId, { name, at }]) => [workspaceId, newPublicId(), externalId, name, at]);
    await insertRows(
      trx,
      engine,
      'companies',
      COMPANY_COLUMNS,
      rowsOf(true),
      sql`on conflict (workspace_id, external_id) do update set name = excluded.name`,
    );
    await insertRows(
      trx,
      engine,
      'companies',
      COMPANY_COLUMNS,
      rowsOf(false),
      sql`on conflict (workspace_id, external_id) do nothing`,
    );
    const found = await trx
      .selectFrom('companies')
      .select(['id', 'externalId'])
      .where('workspaceId', '=', workspaceId)
      .where((eb) => isInTexts(engine, eb.ref('externalId'), [...companies.keys()]))
      .execute();
    const ids = new Map(found.map(({ id, externalId }) => [externalId, Number(id)]));
    const companyOf = ({ body }: IntakeRecord) => ids.get(body.groupId ?? '') ?? 0;
    await insertRows(
      trx,
      engine,
      'company_members',
      MEMBER_COLUMNS,
      membersOf(told, companyOf, people),
      // What is said last holds; a message that names no role changes none.
      sql`on conflict (company_id, person_id) do update
        set role = excluded.role, role_source = excluded.role_source, role_at = excluded.role_at
        where excluded.role is not null and (company_members.role_at is null or company_members.role_at <= excluded.role_at)`,
    );
    const facts = told.flatMap(({ record, source }): Fact[] => {
      const owner = companyOf(record);
      return [...flattenTraits(splitRole(record.body.traits ?? {}).traits).attributes].map(([name, value]) => ({
        about: owner,
        owner,
        name,
        value,
        family: undefined,
        source,
        at: record.occurredAt,
        seq: record.seq,
        isProven: true,
      }));
    });
    if (facts.length === 0) return;
    const known = await trx
      .selectFrom('companyAttributes')
      .select(['companyId as about', 'name', 'value', 'recordedAt'])
      .where((eb) => isInList(engine, eb.ref('companyId'), [...ids.values()]))
      .where((eb) => isInTexts(engine, eb.ref('name'), namesIn(facts)))
      .orderBy('recordedAt')
      .orderBy('id')
      .execute();
    await insertRows(
      trx,
      engine,
      'company_attributes',
      COMPANY_ATTRIBUTE_COLUMNS,
      await newFacts(
        trx,
        { workspaceId, subject: 'company' },
        facts,
        known.map((row) => ({ ...row, about: Number(row.about), isProven: true })),
      ),
    );
  }

  /**
   * Of all that is said only what changes something: a value that was the latest at its time is not kept again. An
   * address that only a page told is, once it is told with proof, since letters go to it from then on.
   *
   * @param known what is kept already of the same names, oldest first
   * @returns rows for the table of the subject's attributes
   */
  async function newFacts(
    trx: Trx,
    { workspaceId, subject }: { workspaceId: number; subject: AttributeSubject },
    facts: readonly Fact[],
    known: readonly { about: number; name: string; value: string; recordedAt: string; isProven: boolean }[],
  ): Promise<(string | number | null)[][]> {
    const types = await attributeTypes(trx, workspaceId, subject);
    const changed = new Map<string, KnownAttribute>();
    const histories = new Map<string, { value: string; recordedAt: string; isProven: boolean }[]>();
    const keyOf = ({ about, name }: { about: number; name: string }) => `${about} ${name}`;
    for (const row of known) {
      const history = histories.get(keyOf(row));
      if (history) history.push(row);
      else histories.set(keyOf(row), [row]);
    }
    const rows: (string | number | null)[][] = [];
    for (const fact of facts) {
      const before = types.get(fact.name);
      if (!before && types.size >= ATTRIBUTE_NAMES_MAX) continue;
      const { value, known: after } = typedAttribute(before, fact.name, fact.value, subject);
      if (!before && fact.family) after.family = fact.family;
      if (after.type !== before?.type) {
        types.set(fact.name, after);
        changed.set(fact.name, after);
      }
      const history = histories.get(keyOf(fact)) ?? [];
      histories.set(keyOf(fact), history);
      const text = JSON.stringify(value);
      const place = history.findLastIndex(({ recordedAt }) => recordedAt <= fact.at);
      const isNews = fact.isProven && !history[place]?.isProven && CONTACT_WAYS.includes(fact.name.toLowerCase());
      if (history[place]?.value === text && !isNews) continue;
      history.splice(place + 1, 0, { value: text, recordedAt: fact.at, isProven: fact.isProven });
      rows.push([workspaceId, fact.owner, fact.name, after.family, text, fact.source, fact.at, fact.seq]);
    }
    await insertRows(
      trx,
      engine,
      'attribute_types',
      TYPE_COLUMNS,
      [...changed].map(([name, { type, family }]) => [workspaceId, subject, name, type, family, 0]),
      sql`on conflict (workspace_id, subject, name) do update set type = excluded.type`,
    );
    return rows;
  }

  /** Throws the projections away and lets them be made again. People, and who is the same as whom, stay. */
  async function reset(): Promise<void> {
    await kysely.transaction().execute(async (trx) => {
      await trx.deleteFrom('events').execute();
      await trx.deleteFrom('attributes').where('seq', 'is not', null).execute();
      await trx.deleteFrom('companyAttributes').execute();
      await trx.updateTable('watermarks').set({ seq: 0 }).where('name', '=', WATERMARK).execute();
    });
  }

  return { projectBatch, reset, rereadAttributes };
}

/** What is known of each attribute of people, or of companies, by name. */
export async function attributeTypes(
  db: Pick<Trx, 'selectFrom'>,
  workspaceId: number,
  subject: AttributeSubject,
): Promise<Map<string, KnownAttribute>> {
  const rows = await db
    .selectFrom('attributeTypes')
    .select(['name', 'type', 'family', 'isSet'])
    .where('workspaceId', '=', workspaceId)
    .where('subject', '=', subject)
    .orderBy('name')
    .execute();
  return new Map(
    rows.map(({ name, type, family, isSet }) => [
      name,
      { type: type as AttributeType, family: family as AttributeFamily, isSet: isSet === 1 },
    ]),
  );
}

/** What a message says of the person: their traits, what they used, and where they were. */
export function saidOfPerson({ traits = {}, context = {} }: MessageBody, kind: string): Map<string, AttributeValue> {
  const { technology = {}, location } = context as { technology?: object; location?: unknown };
  const said = flattenTraits({ ...technology, ...(location ? { location } : {}) }).attributes;
  if (kind === 'identify') for (const [name, value] of flattenTraits(traits).attributes) said.set(name, value);
  return said;
}

function personFacts(record: IntakeRecord, person: Person | undefined, source: string): Fact[] {
  if (!person) return [];
  const { families } = record.body;
  return [...saidOfPerson(record.body, record.kind)].map(([name, value]) => ({
    about: person.canonicalId,
    owner: person.id,
    name,
    value,
    family: families && Object.hasOwn(families, name) ? families[name] : undefined,
    source,
    at: record.occurredAt,
    seq: record.seq,
    isProven: isProven(record),
  }));
}

/** True of what our own services tell, a server, or somebody with a signed id. */
const isProven = ({ sourceId, proof }: { sourceId: number | null; proof: string | null }): boolean =>
  sourceId === null || proof === 'server' || proof === 'signed';

/** Each membership that messages tell of, once, with the last role they name. */
function membersOf(
  told: readonly { record: IntakeRecord; source: string }[],
  companyOf: (record: IntakeRecord) => number,
  people: ReadonlyMap<number, Person>,
): (string | number | null)[][] {
  const members = new Map<string, [number, number, string | null, string | null, string | null]>();
  for (const { record, source } of told) {
    const person = people.get(record.seq);
    if (!person) continue;
    const company = companyOf(record);
    const key = `${company} ${person.id}`;
    const known = members.get(key) ?? [company, person.id, null, null, null];
    const { role } = splitRole(record.body.traits ?? {});
    const isLater = role !== null && (known[4] === null || known[4] <= record.occurredAt);
    members.set(key, isLater ? [company, person.id, role, source, record.occurredAt] : known);
  }
  return [...members.values()];
}

const namesIn = (facts: readonly Fact[]): string[] => [...new Set(facts.map(({ name }) => name))];

const EVENT_COLUMNS = {
  seq: 'bigint',
  workspace_id: 'bigint',
  person_id: 'bigint',
  kind: 'text',
  name: 'text',
  properties: 'text',
  context: 'text',
  occurred_at: 'text',
} as const satisfies Columns;
const ATTRIBUTE_COLUMNS = {
  workspace_id: 'bigint',
  person_id: 'bigint',
  name: 'text',
  family: 'text',
  value: 'text',
  source: 'text',
  recorded_at: 'text',
  seq: 'bigint',
} as const satisfies Columns;
const COMPANY_ATTRIBUTE_COLUMNS = {
  workspace_id: 'bigint',
  company_id: 'bigint',
  name: 'text',
  family: 'text',
  value: 'text',
  source: 'text',
  recorded_at: 'text',
  seq: 'bigint',
} as const satisfies Columns;
const COMPANY_COLUMNS = {
  workspace_id: 'bigint',
  public_id: 'text',
  external_id: 'text',
  name: 'text',
  created_at: 'text',
} as const satisfies Columns;
const MEMBER_COLUMNS = {
  company_id: 'bigint',
  person_id: 'bigint',
  role: 'text',
  role_source: 'text',
  role_at: 'text',
} as const satisfies Columns;
const TYPE_COLUMNS = {
  workspace_id: 'bigint',
  subject: 'text',
  name: 'text',
  type: 'text',
  family: 'text',
  is_set: 'bigint',
} as const satisfies Columns;
