import type { PAGE_FIELDS, TECHNOLOGIES } from '../model/rule.ts';
import type { FurtherFacts } from './subject.ts';

/** What a visit tells: the page, what somebody uses and where they are. */
export type Sight = Pick<FurtherFacts, 'page' | 'technology' | 'place'>;

/** An event with what its context tells, as it is kept. */
export type SeenEvent = { at: number; properties: unknown; context: unknown };

const CAMPAIGN = ['source', 'medium', 'name', 'term', 'content'] as const;
const UTM = { source: 'source', medium: 'medium', name: 'campaign', term: 'term', content: 'content' } as const;

const partOf = (object: unknown, name: string): Readonly<Record<string, unknown>> => {
  const part = typeof object === 'object' && object !== null ? (object as Record<string, unknown>)[name] : null;
  return typeof part === 'object' && part !== null ? (part as Record<string, unknown>) : {};
};
const textIn = (...values: readonly unknown[]): string | undefined =>
  values.find((value): value is string => typeof value === 'string' && value !== '');
const known = <Name extends string>(values: Record<Name, string | undefined>): Partial<Record<Name, string>> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<
    Record<Name, string>
  >;

function pageOf({ properties, context }: SeenEvent): Sight['page'] | null {
  const page = partOf(context, 'page');
  const told = (typeof properties === 'object' && properties !== null ? properties : {}) as Record<string, unknown>;
  const url = textIn(page['url'], told['url']);
  if (url === undefined) return null;
  const search = textIn(page['search'], told['search']) ?? (URL.canParse(url) ? new URL(url).search : '');
  const campaign = partOf(context, 'campaign');
  const asked = new URLSearchParams(search);
  return known<(typeof PAGE_FIELDS)[number]>({
    url,
    path: textIn(page['path'], told['path']) ?? (URL.canParse(url) ? new URL(url).pathname : undefined),
    query: search === '' ? undefined : search,
    referrer: textIn(page['referrer'], told['referrer']),
    title: textIn(page['title'], told['title']),
    ...(Object.fromEntries(
      CAMPAIGN.map((name) => [`utm_${UTM[name]}`, textIn(campaign[name], asked.get(`utm_${UTM[name]}`))]),
    ) as Record<`utm_${(typeof UTM)[(typeof CAMPAIGN)[number]]}`, string | undefined>),
  });
}

const technologyOf = ({ context }: SeenEvent): NonNullable<Sight['technology']> => {
  const used = partOf(context, 'technology');
  const told = context as Record<string, unknown>;
  return known<Exclude<(typeof TECHNOLOGIES)[number], 'viewport'>>({
    device: textIn(used['device']),
    browser: textIn(used['browser']),
    browserVersion: textIn(used['browserVersion']),
    os: textIn(used['os']),
    language: textIn(told['locale']),
    timeZone: textIn(told['timezone']),
    appVersion: textIn(partOf(context, 'app')['version']),
  });
};

/**
 * What rules find of a place as it is told: a region goes by its code and by its name.
 *
 * @example
 * placeFacts({ country: 'DE', region: 'DE-BY', regionName: 'Bavaria' }) // => { country: 'DE', region: ['DE-BY', 'Bavaria'] }
 */
export function placeFacts(told: Readonly<Record<string, unknown>>): NonNullable<Sight['place']> {
  const [region, regionName] = [textIn(told['region']), textIn(told['regionName'])];
  const regions = [...new Set([region, regionName].filter((one) => one !== undefined))];
  return {
    ...known<'continent' | 'country'>({ continent: textIn(told['continent']), country: textIn(told['country']) }),
    ...(regions.length > 0 && { region: regions.length === 1 ? regions[0]! : regions }),
    ...known<'city'>({ city: textIn(told['city']) }),
  };
}

/**
 * What was last known of somebody who is not there just now: the newest page as a whole, and of what they use and where
 * they are the newest that is told of each; the width of a window is told by no event.
 *
 * @param events in any order
 *
 * @example
 * lastSeen([
 *   { at: 2, properties: {}, context: { locale: 'de-AT' } },
 *   { at: 1, properties: {}, context: { technology: { os: 'Linux' }, locale: 'en' } },
 * ]) // => { technology: { os: 'Linux', language: 'de-AT' }, place: {} }
 */
export function lastSeen(events: readonly SeenEvent[]): Sight {
  const ordered = events.toSorted((a, b) => a.at - b.at);
  const page = ordered.map(pageOf).findLast((one) => one !== null);
  // Of a place the parts belong together, so that no city stands in another country.
  const place = ordered
    .map(({ context }) => placeFacts(partOf(context, 'location')))
    .findLast((one) => Object.keys(one).length > 0);
  return {
    ...(page && { page }),
    technology: Object.assign({}, ...ordered.map(technologyOf)) as NonNullable<Sight['technology']>,
    place: place ?? {},
  };
}
