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
/** Before lists are taken apart. */
const ROWS_MAX = 200;
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
      const rows =
        subject === 'person'
          ? await db
              .selectFrom('attributes')
              .select(['value', ({ fn }) => fn.count<number>('personId').distinct().as('holders')])
              .where('id', '>', (eb) =>
                eb.selectFrom('attributes').select(({ fn }) => eb(fn.max('id'), '-', NEWEST).as('id')),
              )
              .where('workspaceId', '=', workspaceId)
              .where('name', '=', name)
              .groupBy('value')
              .orderBy('holders', 'desc')
              .limit(ROWS_MAX)
              .execute()
          : await db
              .selectFrom('companyAttributes')
              .select(['value', ({ fn }) => fn.count<number>('companyId').distinct().as('holders')])
              .where('id', '>', (eb) =>
                eb.selectFrom('companyAttributes').select(({ fn }) => eb(fn.max('id'), '-', NEWEST).as('id')),
              )
              .where('workspaceId', '=', workspaceId)
              .where('name', '=', name)
              .groupBy('value')
              .orderBy('holders', 'desc')
              .limit(ROWS_MAX)
              .execute();
      const counts = new Map<string, number>();
      for (const { value, holders } of rows)
        for (const one of [JSON.parse(value) as AttributeValue].flat().map(String))
          counts.set(one, (counts.get(one) ?? 0) + Number(holders));
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

const isShowable = (value: string): boolean =>
  value.trim() !== '' && value.length <= LETTERS_MAX && !value.includes(';') && !isTellingValue(value);
