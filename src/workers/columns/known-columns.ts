import type { AttributeFamily } from '../../model/attribute.ts';
import type { LeafKind, RuleLeaf } from '../../model/rule.ts';
import { isDateText } from '../../model/rule-texts.ts';
import { asking, type Direction } from '../../rules/asking.ts';
import { type Clock, spanBefore } from '../../rules/calendar.ts';
import { createFactColumn } from '../../rules/fact-column.ts';
import type { Found } from '../../rules/leaf.ts';
import type { Store } from '../../store/store.ts';
import { personaColumns, scaleColumns, surveyColumns, themeColumns } from './study-columns.ts';

export type KnownFamily = AttributeFamily | 'company' | 'event' | 'property' | 'answer' | 'scale' | 'theme' | 'persona';

/** What one column holds: a code or several, numbers, days, or whether something is so. */
export type KnownKind = 'code' | 'codes' | 'number' | 'date' | 'yes-no';

/** One thing that is known of people, over their rows. */
export type KnownColumn = {
  family: KnownFamily;
  /** What it is about, as rules name it: the kind of leaf, and the names it asks by. */
  asks: { kind: LeafKind; name: string; property?: string };
  /** No other column has the same. */
  id: string;
  label: string;
  kind: KnownKind;
  get(row: number): Found | undefined;
  /** What codes stand for in words, where they stand for something. */
  words?: ReadonlyMap<string, string>;
  /** The rule that asks for a value; null where none can. */
  leafFor(value: string | number | true, direction: Direction): RuleLeaf | null;
  /** The survey that an answer was given in. */
  survey?: { publicId: string; item: string };
};

/** How far back doings are looked at. */
export const RECENT_DAYS = [30, 90] as const;
/** Of one event so many properties are looked at, in the order in which they are first met. */
const PROPERTIES_MAX = 12;

/** The people of a workspace as rows. */
export type PeopleRows = {
  people: { id: number; publicId: string }[];
  /** The row of a person, also under an id of theirs that was merged into another; undefined for one that is erased. */
  rowOf(personId: number): number | undefined;
};

type Place = { workspaceId: number; studyId: number };
type Progress = (step: string, done: number) => void;

/**
 * Everything that is known of the people of a workspace, a column at a time, so that no more than one of a hundred thousand
 * people lies in memory: attributes, those of their companies, what they did in the last 30 and 90 days, the latest
 * properties of that, and in one study what they answered and score, which themes they speak of, of which personas they are.
 * Columns come in an order of their own, whatever the order of the rows.
 */
export async function* knownColumns(
  store: Store,
  place: Place,
  rows: PeopleRows,
  clock: Clock,
  onProgress: Progress = () => {},
): AsyncGenerator<KnownColumn> {
  onProgress('Reading what is known of people', 0.05);
  yield* attributeColumns(store, place.workspaceId, rows);
  onProgress('Reading companies', 0.25);
  yield* companyColumns(store, place.workspaceId, rows);
  const events = await store.populationFacts.eventNames(place.workspaceId);
  for (const [index, name] of events.entries()) {
    onProgress('Reading what people did', 0.3 + (0.35 * index) / events.length);
    yield* eventColumns(store, place.workspaceId, rows, name, clock);
  }
  onProgress('Reading answers', 0.65);
  yield* surveyColumns(store, place.studyId, rows);
  onProgress('Reading scores and themes', 0.85);
  yield* scaleColumns(store, place.studyId, rows);
  yield* themeColumns(store, place.studyId, rows);
  yield* personaColumns(store, place.studyId, rows);
}

/** Of that only what people are, whatever they did and said lately: attributes, those of their companies, and scores. */
export async function* standingColumns(store: Store, place: Place, rows: PeopleRows): AsyncGenerator<KnownColumn> {
  yield* attributeColumns(store, place.workspaceId, rows);
  yield* companyColumns(store, place.workspaceId, rows);
  yield* scaleColumns(store, place.studyId, rows);
}

const plain = (name: string): string => name.replaceAll('_', ' ');

/** What the values of a column are, where nobody has said. */
function kindOfValues(values: Iterable<Found | undefined>): KnownKind {
  let kind: KnownKind | null = null;
  for (const value of values) {
    if (value === undefined) continue;
    const own: KnownKind = Array.isArray(value)
      ? 'codes'
      : typeof value === 'number'
        ? 'number'
        : typeof value === 'boolean'
          ? 'yes-no'
          : typeof value === 'string' && isDateText(value)
            ? 'date'
            : 'code';
    if (kind !== null && kind !== own) return [kind, own].includes('codes') ? 'codes' : 'code';
    kind = own;
  }
  return kind ?? 'code';
}

const KINDS = { text: 'code', number: 'number', date: 'date', 'yes-no': 'yes-no', list: 'codes' } as const;

const valuesOf = function* (get: (row: number) => Found | undefined, rows: number) {
  for (let row = 0; row < rows; row += 1) yield get(row);
};

async function* attributeColumns(store: Store, workspaceId: number, { people, rowOf }: PeopleRows) {
  const types = await store.sources.attributeTypes(workspaceId, 'person');
  const families = new Map(
    (await store.people.attributeNames(workspaceId)).map(({ name, family }) => [name, family as AttributeFamily]),
  );
  for (const name of [...families.keys()].sort()) {
    const latest = new Float64Array(people.length).fill(Number.NEGATIVE_INFINITY);
    const column = createFactColumn();
    for await (const { personId, value, recordedAt } of store.populationFacts.attributes(workspaceId, name)) {
      const row = rowOf(personId);
      const at = Date.parse(recordedAt);
      if (row === undefined || at < latest[row]!) continue;
      latest[row] = at;
      column.set(row, value);
    }
    const known = types.get(name);
    yield {
      family: known?.family ?? families.get(name) ?? 'other',
      asks: { kind: 'attribute', name },
      id: `attribute ${name}`,
      label: plain(name),
      kind: known ? KINDS[known.type] : kindOfValues(valuesOf(column.get, people.length)),
      get: column.get,
      leafFor: (value, direction) => ({ attribute: name, ...asking(value, direction) }),
    } satisfies KnownColumn;
  }
}

/** Of somebody with several companies each value counts, as in a list. */
async function* companyColumns(store: Store, workspaceId: number, { people, rowOf }: PeopleRows) {
  const { attributes, members } = await store.populationFacts.companies(workspaceId);
  const companies = new Map<number, Set<number>>();
  for (const { companyId, personId } of members) {
    const row = rowOf(personId);
    if (row !== undefined) companies.set(row, (companies.get(row) ?? new Set()).add(companyId));
  }
  const names = [...new Set([...attributes.values()].flatMap((known) => Object.keys(known)))].sort();
  for (const name of names) {
    const get = (row: number): Found | undefined => {
      const own = [...(companies.get(row) ?? [])]
        .sort((a, b) => a - b)
        .flatMap((id) => attributes.get(id)?.[name] ?? []);
      return own.length > 1 ? own.flat().map(String) : own[0];
    };
    yield {
      family: 'company',
      asks: { kind: 'company', name },
      id: `company ${name}`,
      label: `their company’s ${plain(name)}`,
      kind: kindOfValues(valuesOf(get, people.length)),
      get,
      leafFor: (value, direction) => ({ company: name, ...asking(value, direction) }),
    } satisfies KnownColumn;
  }
}

async function* eventColumns(
  store: Store,
  workspaceId: number,
  { people, rowOf }: PeopleRows,
  name: string,
  { now, timeZone }: Clock,
): AsyncGenerator<KnownColumn> {
  const begins = RECENT_DAYS.map((days) => spanBefore(now, { amount: days, unit: 'day' }, timeZone));
  const counts = RECENT_DAYS.map(() => new Uint32Array(people.length));
  const properties = new Map<string, ReturnType<typeof createFactColumn>>();
  const longest = Math.max(...RECENT_DAYS);
  // In the order of time, so that the latest value of a property is the one that stays.
  for await (const { personId, properties: body, occurredAt } of store.populationFacts.events(workspaceId, name)) {
    const row = rowOf(personId);
    const at = Date.parse(occurredAt);
    if (row === undefined || at > now || at < Math.min(...begins)) continue;
    for (const [index, begin] of begins.entries()) if (at >= begin) counts[index]![row]! += 1;
    for (const [property, value] of Object.entries(JSON.parse(body) as Record<string, unknown>)) {
      const fact = propertyFact(value);
      if (fact === undefined) continue;
      let column = properties.get(property);
      if (!column && properties.size < PROPERTIES_MAX) {
        column = createFactColumn();
        properties.set(property, column);
      }
      column?.set(row, fact);
    }
  }
  const asks = { kind: 'event' as const, name };
  for (const [index, days] of RECENT_DAYS.entries()) {
    const own = counts[index]!;
    const within = { last: days, unit: 'day' as const };
    yield {
      family: 'event',
      asks: asks,
      id: `event ${days} ${name}`,
      label: `in ${days} days: did “${name}”`,
      kind: 'yes-no',
      get: (row) => own[row]! > 0,
      leafFor: () => ({ event: name, within, op: 'gte', value: 1 }),
    };
    if (days === longest)
      yield {
        family: 'event',
        asks: asks,
        id: `event often ${name}`,
        label: `in ${days} days: how often “${name}”`,
        kind: 'number',
        get: (row) => own[row]!,
        leafFor: (value, direction) => ({ event: name, within, ...asking(Number(value), direction) }),
      };
  }
  const within = { last: longest, unit: 'day' as const };
  for (const property of [...properties.keys()].sort()) {
    const { get } = properties.get(property)!;
    yield {
      family: 'property',
      asks: { ...asks, property },
      id: `property ${name} ${property}`,
      label: `${plain(property)} of the latest “${name}”`,
      kind: kindOfValues(valuesOf(get, people.length)),
      get,
      leafFor: (value, direction) => ({
        event: name,
        within,
        where: [{ property, ...asking(value, direction) }],
        op: 'gte',
        value: 1,
      }),
    };
  }
}

function propertyFact(value: unknown): Found | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return Array.isArray(value) ? value.filter((one) => typeof one !== 'object').map(String) : undefined;
}
