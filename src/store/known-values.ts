import type { Kysely } from 'kysely';
import type { AttributeSubject, AttributeValue } from '../model/attribute.ts';
import { isIdentifyingAttribute, isTellingValue } from '../model/identifying-attributes.ts';
import type { Tables } from './tables.ts';

/** So many of the newest rows are looked through, whatever they are of. */
const NEWEST = 50_000;
/** A value that only one person or company has is theirs to tell. */
const HOLDERS_LEAST = 2;
const LETTERS_MAX = 60;
const VALUES_MAX = 20;
const ROWS_MAX = 200;
/** How lists are kept. */
const LIST = '[%';
const EVENTS_LOOKED_AT = 500;

/** What has been told lately, to choose from while something is asked about it. */
export function knownValueStore(db: Kysely<Tables>) {
  return {
    /**
     * Values of an attribute that at least two have or had, by the newest rows, the most frequent first and at most 20.
     * None of an attribute that may say who somebody is, none that looks like a way to reach somebody, none that is long.
     */
    ofAttribute: async (workspaceId: number, subject: AttributeSubject, name: string): Promise<string[]> => {
      if (isIdentifyingAttribute(name)) return [];
      const attributes = subject === 'person' ? newestOfPeople(db) : newestOfCompanies(db);
      const named = attributes.where('workspaceId', '=', workspaceId).where('name', '=', name);
      const rows = await named
        .where('value', 'not like', LIST)
        .select(['value', ({ fn }) => fn.count<number>('holder').distinct().as('holders')])
        .groupBy('value')
        .orderBy('holders', 'desc')
        .limit(ROWS_MAX)
        .execute();
      const lists = await named.where('value', 'like', LIST).select(['value', 'holder']).distinct().execute();
      const counts = holdersOfParts(lists);
      // Who told of a value by itself and in a list is one, so that the larger number is the surer.
      for (const { value, holders } of rows) {
        const one = String(JSON.parse(value));
        counts.set(one, Math.max(counts.get(one) ?? 0, Number(holders)));
      }
      return [...counts]
        .filter(([value, holders]) => holders >= HOLDERS_LEAST && isShowable(value))
        .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
        .slice(0, VALUES_MAX)
        .map(([value]) => value);
    },

    /** Which properties the newest events of a workspace have, whatever they are called. */
    propertyNames: async (workspaceId: number): Promise<string[]> => {
      const rows = await db
        .selectFrom('events')
        .select('properties')
        .where('seq', '>', (eb) => eb.selectFrom('events').select(({ fn }) => eb(fn.max('seq'), '-', NEWEST).as('seq')))
        .where('workspaceId', '=', workspaceId)
        .orderBy('seq', 'desc')
        .limit(EVENTS_LOOKED_AT)
        .execute();
      return [...new Set(rows.flatMap(({ properties }) => Object.keys(JSON.parse(properties) as object)))].sort();
    },
  };
}

const newestOfPeople = (db: Kysely<Tables>) =>
  db.selectFrom(
    db
      .selectFrom('attributes')
      .select(['workspaceId', 'name', 'value', 'personId as holder'])
      .where('id', '>', (eb) => eb.selectFrom('attributes').select(({ fn }) => eb(fn.max('id'), '-', NEWEST).as('id')))
      .as('newest'),
  );
const newestOfCompanies = (db: Kysely<Tables>) =>
  db.selectFrom(
    db
      .selectFrom('companyAttributes')
      .select(['workspaceId', 'name', 'value', 'companyId as holder'])
      .where('id', '>', (eb) =>
        eb.selectFrom('companyAttributes').select(({ fn }) => eb(fn.max('id'), '-', NEWEST).as('id')),
      )
      .as('newest'),
  );

/** How many have each part of some lists, whoever told of it in several lists once. */
function holdersOfParts(lists: readonly { value: string; holder: number }[]): Map<string, number> {
  const holders = new Map<string, Set<number>>();
  for (const { value, holder } of lists)
    for (const part of [JSON.parse(value) as AttributeValue].flat().map(String))
      holders.set(part, (holders.get(part) ?? new Set()).add(holder));
  return new Map([...holders].map(([part, own]) => [part, own.size]));
}

const isShowable = (value: string): boolean =>
  value.trim() !== '' && value.length <= LETTERS_MAX && !value.includes(';') && !isTellingValue(value);
