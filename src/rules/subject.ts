import type { DEEDS, LeafOf, PAGE_FIELDS, PLACES, SCORE_FORMS, TECHNOLOGIES } from '../model/rule.ts';
import type { Clock } from './calendar.ts';

export type FactValue = string | number | boolean | string[];

/** Something a person did: when, in milliseconds since 1970, and what is known of it. */
export type Happening = { readonly at: number; readonly properties: Readonly<Record<string, unknown>> };

/** What is known of a person as it stands. */
export type FactKind =
  | 'attribute'
  | 'answer'
  | 'company'
  | 'role'
  | 'people'
  | 'page'
  | 'technology'
  | 'place'
  | 'score'
  | 'theme'
  | 'persona'
  | 'segment'
  | 'interview';

/** Of the people of a company: for how many a rule holds, for how many it may, and how many they are. */
export type PeopleCount = readonly [holds: number, may: number, all: number];

/** Whatever a rule is asked about: a person, or a company. `undefined` means that nothing is known. */
export type Subject = {
  /** Of a company attribute the values of all their companies, of `role` their roles, of `people` a `PeopleCount`. */
  fact(kind: FactKind, name: string): FactValue | readonly FactValue[] | undefined;
  /** The oldest first; an empty list when it is known that there were none. */
  happenings(kind: 'event' | 'survey', name: string): readonly Happening[] | undefined;
  /** An id that stays the same, for samples. */
  readonly person?: string | undefined;
  /** Without it nothing that depends on the time can be decided. */
  readonly clock?: Clock | undefined;
};

/** What more than attributes and answers can be known of a person; what is left out is not known. */
export type FurtherFacts = {
  person?: string;
  clock?: Clock;
  /** One record of attributes for each company. */
  companies?: readonly Readonly<Record<string, FactValue>>[];
  /** Their role in each company, in the same order; null where none is known. */
  roles?: readonly (string | null)[];
  /** Of a company: what a leaf that asks about its people, by `peopleKey`, finds. */
  people?: (key: string) => PeopleCount | undefined;
  /** Everything they did, by name, the oldest first. */
  events?: ReadonlyMap<string, readonly Happening[]>;
  /** What they did with surveys, the oldest first. */
  surveys?: readonly { survey: string; did: (typeof DEEDS)[number]; at: number }[];
  page?: Readonly<Partial<Record<(typeof PAGE_FIELDS)[number], string>>>;
  technology?: Readonly<Partial<Record<(typeof TECHNOLOGIES)[number], string | number>>>;
  /** A region goes by its code and by its name. */
  place?: Readonly<Partial<Record<(typeof PLACES)[number], string | string[]>>>;
  scores?: ReadonlyMap<string, Readonly<Partial<Record<(typeof SCORE_FORMS)[number], number>>>>;
  /** How surely they speak of a theme, from 0 to 1; false when they do not, undefined where it cannot be told. */
  themes?: (id: string) => number | false | undefined;
  /** Whether they are of a persona; a set when it is known of all, undefined where it cannot be told. */
  personas?: ReadonlySet<string> | ((id: string) => boolean | undefined);
  /**
   * By `segmentKey`: how likely they are in a segment, from 0 (they are not) to 1, with the time that was said where the key
   * asks for it; undefined when it cannot be told.
   */
  segments?: (key: string) => number | readonly [probability: number, at: number] | undefined;
  /** How many spans of their interviews bear each code; undefined where they were not interviewed. */
  interviews?: ReadonlyMap<string, number> | ((code: string) => number | undefined);
};

/** The survey leaf asks for what was done with one survey, or with any. */
export const surveyKey = (did: string, survey: string): string => `${did} ${survey}`;

/** The score leaf asks for one form of a scale's score. */
export const scoreKey = (form: string, scale: string): string => `${form} ${scale}`;

/** The segment leaf asks for a segment by its id; for none of a segmentation's, and for the time it was said, apart. */
export const segmentKey = ({ segment, none, within }: Pick<LeafOf<'segment'>, 'segment' | 'none' | 'within'>): string =>
  `${none ? 'none ' : ''}${segment}${within ? ' at' : ''}`;

/** What a key of `segmentKey` asks for. */
export function readSegmentKey(key: string): { id: string; isNone: boolean; isDated: boolean } {
  const isNone = key.startsWith('none ');
  const isDated = key.endsWith(' at');
  return { id: key.slice(isNone ? 5 : 0, isDated ? -3 : undefined), isNone, isDated };
}

/** Answers are kept by item, and once more by survey and item for leaves that name a survey. */
export const answerKey = (item: string, survey: string | undefined): string =>
  survey === undefined ? item : `${survey} ${item}`;

/** What two answers of somebody come to: the surer of the two, where one of them speaks of the theme at all. */
export const surest = (one: number | false, other: number | false | undefined): number | false =>
  one === false ? (other ?? false) : Math.max(one, other || 0);

const folded = (role: string): string => role.trim().toLowerCase();

/** Attributes of companies are kept by name, and once more by role and name for leaves that name a role. */
export const companyKey = (name: string, role: string | undefined): string =>
  role === undefined ? name : `${folded(role)}\u0000${name}`;

/** Under which leaves that ask the same of the same people of a company find the same. */
export const peopleKey = ({ people, role }: Pick<LeafOf<'people'>, 'people' | 'role'>): string =>
  JSON.stringify([people, role === undefined ? null : folded(role)]);

/** Whether somebody with a role, or with none that is known, is among those who are asked for by a role. */
export const hasRole = (role: string | null, wanted: string | undefined): boolean =>
  wanted === undefined || (role !== null && folded(role) === folded(wanted));

/**
 * A subject made of what is known of somebody and what they answered.
 *
 * @param answers by item address; with several surveys also under `slug item`, which a leaf that names a survey asks for
 *
 * @example
 * const ada = subjectOf(new Map([['plan', 'Pro']]), new Map(), { personas: new Set(['p2']) })
 * [ada.fact('attribute', 'plan'), ada.fact('persona', 'p2'), ada.fact('theme', 't1')] // => ['Pro', true, undefined]
 */
export function subjectOf(
  attributes: ReadonlyMap<string, FactValue>,
  answers: ReadonlyMap<string, FactValue>,
  more: FurtherFacts = {},
): Subject {
  return {
    person: more.person,
    clock: more.clock,
    fact: (kind, name) => {
      switch (kind) {
        case 'attribute':
          return attributes.get(name);
        case 'answer':
          return answers.get(name);
        case 'company':
          return more.companies?.flatMap((company, index) => {
            const at = name.indexOf('\u0000');
            const attribute = name.slice(at + 1);
            const isAsked = at < 0 || hasRole(more.roles?.[index] ?? null, name.slice(0, at));
            return isAsked && Object.hasOwn(company, attribute) ? [company[attribute]!] : [];
          });
        case 'role': {
          const roles = more.roles?.filter((role) => role !== null) ?? [];
          return roles.length === 0 ? undefined : roles;
        }
        case 'people':
          return more.people?.(name);
        case 'page':
          return more.page?.[name as keyof typeof more.page];
        case 'technology':
          return more.technology?.[name as keyof typeof more.technology];
        case 'place':
          return more.place?.[name as keyof typeof more.place];
        case 'score': {
          const [form = '', scale = ''] = splitOnce(name);
          return more.scores?.get(scale)?.[form as (typeof SCORE_FORMS)[number]];
        }
        case 'theme':
          return more.themes?.(name);
        case 'persona':
          return belongs(more.personas, name);
        case 'segment':
          return more.segments?.(name);
        case 'interview':
          return typeof more.interviews === 'function'
            ? more.interviews(name)
            : more.interviews && (more.interviews.get(name) ?? 0);
      }
    },
    happenings: (kind, name) => {
      if (kind === 'event') return more.events && (more.events.get(name) ?? []);
      const [did, survey] = splitOnce(name);
      return more.surveys
        ?.filter((one) => one.did === did && (survey === 'any' || one.survey === survey))
        .map(({ at }) => ({ at, properties: {} }));
    },
  };
}

function belongs(known: FurtherFacts['personas'], id: string): boolean | undefined {
  return typeof known === 'function' ? known(id) : known?.has(id);
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(' ');
  return [text.slice(0, at), text.slice(at + 1)];
}

/**
 * A property of an event: by its name as it stands, else by the path its dots describe. Undefined for what is no value
 * of its own, such as an object.
 *
 * @example
 * [propertyOf({ cart: { total: 12 } }, 'cart.total'), propertyOf({ cart: {} }, 'cart')] // => [12, undefined]
 */
export function propertyOf(properties: unknown, name: string): FactValue | undefined {
  if (typeof properties !== 'object' || properties === null) return undefined;
  let value: unknown;
  if (Object.hasOwn(properties, name)) value = (properties as Record<string, unknown>)[name];
  else {
    if (!name.includes('.')) return undefined;
    value = properties;
    for (const step of name.split('.')) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
      value = (value as Record<string, unknown>)[step];
    }
  }
  if (Array.isArray(value)) return value.filter((one) => typeof one !== 'object').map(String);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}
