import type { Rule, RuleLeaf, RuleSpan, RuleValue, RuleWhere, RuleWindow } from '../../src/model/rule.ts';
import { compileRules } from '../../src/rules/decide.ts';
import { type FactValue, type FurtherFacts, type PeopleCount, subjectOf } from '../../src/rules/subject.ts';

/*
 * Rules decided slowly and plainly, one person at a time, straight from how docs/segment-rules.md words them: days are
 * compared as days of a wall calendar, sequences by trying every way.
 */

export type Did = { event: string; at: number; properties: Record<string, unknown> };
export type World = {
  now: number;
  timeZone: string;
  person: string;
  attributes: Record<string, FactValue>;
  answers: Record<string, FactValue>;
  companies: Record<string, FactValue>[] | undefined;
  /** One for each company. */
  roles: (string | null)[];
  /** Of a company: who belongs to it. */
  people: { world: World; role: string | null }[] | undefined;
  events: Did[] | undefined;
  surveys: { survey: string; did: 'seen' | 'started' | 'completed' | 'dismissed'; at: number }[] | undefined;
  page: Record<string, string>;
  technology: Record<string, string | number>;
  place: Record<string, string>;
  scores: Record<string, Record<string, number>>;
  themes: Record<string, number> | undefined;
  personas: string[] | undefined;
  /** How likely they are in each, and when that was said; in none of a segmentation under `none` and its id. */
  segments: Record<string, [number, number]>;
  interviews: Record<string, number> | undefined;
};
type Truth = boolean | null;

export function worldSubject(world: World) {
  const events = world.events?.toSorted((a, b) => a.at - b.at);
  const more: FurtherFacts = {
    person: world.person,
    clock: { now: world.now, timeZone: world.timeZone },
    page: world.page,
    technology: world.technology,
    place: world.place,
    scores: new Map(Object.entries(world.scores)),
    segments: (key) => segmentFacts(world)[key],
    ...(world.companies && { companies: world.companies, roles: world.roles.slice(0, world.companies.length) }),
    ...(world.people && { people: peopleOf(world.people) }),
    ...(events && { events: Map.groupBy(events, ({ event }) => event) }),
    ...(world.surveys && { surveys: world.surveys.toSorted((a, b) => a.at - b.at) }),
    ...(world.themes && { themes: (id: string) => world.themes?.[id] ?? false }),
    ...(world.personas && { personas: new Set(world.personas) }),
    ...(world.interviews && { interviews: new Map(Object.entries(world.interviews)) }),
  };
  return subjectOf(new Map(Object.entries(world.attributes)), new Map(Object.entries(world.answers)), more);
}

/** By the keys that leaves ask by. */
export const segmentFacts = (world: World): Record<string, number | [number, number]> =>
  Object.fromEntries(
    Object.entries(world.segments).flatMap(([id, said]) => [
      [id, said[0]],
      [`${id} at`, said],
    ]),
  );

/** What the people of a company come to, as whoever gathers facts works it out. */
export const peopleOf =
  (people: NonNullable<World['people']>) =>
  (key: string): PeopleCount => {
    const [rule, role] = JSON.parse(key) as [Rule, string | null];
    const asked = people.filter((one) => role === null || (one.role !== null && norm(one.role) === role));
    const { decide } = compileRules([rule]);
    const truths = asked.map(({ world }) => decide(worldSubject(world))[0]);
    const count = (wanted: Truth) => truths.filter((truth) => truth === wanted).length;
    return [count(true), count(null), asked.length];
  };

export function slowly(rule: Rule, world: World): Truth {
  if ('all' in rule) {
    const parts = rule.all.map((part) => slowly(part, world));
    return parts.includes(false) ? false : parts.includes(null) ? null : true;
  }
  if ('any' in rule) {
    const parts = rule.any.map((part) => slowly(part, world));
    return parts.includes(true) ? true : parts.includes(null) ? null : false;
  }
  if ('not' in rule) {
    const part = slowly(rule.not, world);
    return part === null ? null : !part;
  }
  return leafSlowly(rule, world);
}

function leafSlowly(leaf: RuleLeaf, world: World): Truth {
  const unknown = leaf.ifMissing ?? null;
  const asked = (found: FactValue | undefined, rest: { op: string; value?: RuleValue | undefined }): Truth =>
    rest.op === 'set'
      ? found !== undefined
      : rest.op === 'notSet'
        ? found === undefined
        : found === undefined
          ? unknown
          : compared(rest.op, found, rest.value, world);
  const did = (event: string, where: readonly RuleWhere[] | undefined) =>
    (world.events ?? [])
      .filter((one) => one.event === event && (where ?? []).every((one2) => whereHolds(one2, one.properties, world)))
      .toSorted((a, b) => a.at - b.at);

  if ('answer' in leaf)
    return asked(world.answers[leaf.survey === undefined ? leaf.answer : `${leaf.survey} ${leaf.answer}`], leaf);
  if ('attribute' in leaf) return asked(world.attributes[leaf.attribute], leaf);
  if ('company' in leaf) {
    const found = (world.companies ?? [])
      .filter((_, index) => leaf.role === undefined || norm(world.roles[index]) === norm(leaf.role))
      .flatMap((one) => (leaf.company in one ? [one[leaf.company]!] : []));
    if (leaf.op === 'set') return found.length > 0;
    if (leaf.op === 'notSet') return found.length === 0;
    if (found.length === 0) return unknown;
    const positive = POSITIVES[leaf.op];
    const truths = found.map((one) => compared(positive ?? leaf.op, one, leaf.value, world));
    const any = truths.includes(true) ? true : truths.includes(null) ? null : false;
    return positive === undefined || any === null ? any : !any;
  }
  if ('people' in leaf) {
    if (!world.people) return asked(undefined, leaf);
    const people = world.people.filter(({ role }) => leaf.role === undefined || norm(role) === norm(leaf.role));
    const truths = people.map((one) => slowly(leaf.people, one.world));
    const sure = truths.filter((truth) => truth === true).length;
    const denied = truths.filter((truth) => truth === false).length;
    const outcomes = new Set<Truth>();
    for (let count = 0; count <= people.length; count += 1) {
      if (count < sure || count > people.length - denied) continue;
      const found = leaf.measure !== 'share' ? count : people.length === 0 ? undefined : (100 * count) / people.length;
      outcomes.add(asked(found, leaf));
    }
    return outcomes.size === 1 ? [...outcomes][0]! : unknown;
  }
  if ('role' in leaf) {
    const roles = (world.companies ?? []).flatMap((_, index) => world.roles[index] ?? []);
    return roles.length === 0 ? unknown : roles.map(norm).includes(norm(leaf.role));
  }
  if ('moment' in leaf) {
    const own = did(leaf.event, leaf.where);
    const found = leaf.moment === 'first' ? own[0] : own.at(-1);
    return found === undefined ? unknown : compared(leaf.op, new Date(found.at).toISOString(), leaf.value, world);
  }
  if ('event' in leaf) {
    if (!world.events) return asked(undefined, leaf);
    const own = did(leaf.event, leaf.where).filter(({ at }) => isWithin(at, leaf.within, world));
    const measure = leaf.measure ?? 'count';
    if (measure === 'count') return asked(own.length, leaf);
    const [kind, property] = Object.entries(measure)[0] as [string, string];
    const values = own.flatMap(({ properties }) => (property in properties ? [properties[property]] : []));
    if (kind === 'distinct') return asked(new Set(values.flat().map(norm)).size, leaf);
    const numbers = values.map(numberOf).filter((one) => one !== null);
    if (kind === 'sum')
      return asked(
        numbers.reduce((sum, one) => sum + one, 0),
        leaf,
      );
    if (numbers.length === 0) return asked(undefined, leaf);
    if (kind === 'average') return asked(numbers.reduce((sum, one) => sum + one, 0) / numbers.length, leaf);
    return asked(kind === 'min' ? Math.min(...numbers) : Math.max(...numbers), leaf);
  }
  if ('sequence' in leaf) {
    if (!world.events) return unknown;
    const steps = leaf.sequence.map((step) =>
      did(step.event, step.where).filter(({ at }) => isWithin(at, leaf.within, world)),
    );
    const follows = (step: number, first: number, last: number): boolean =>
      step === steps.length
        ? leaf.span === undefined || first >= before(last, leaf.span, world.timeZone)
        : steps[step]!.some(({ at }) => (step === 0 || at > last) && follows(step + 1, step === 0 ? at : first, at));
    return follows(0, 0, 0);
  }
  if ('regularly' in leaf) {
    if (!world.events) return unknown;
    const today = wallDay(world.now, world.timeZone);
    const wanted = new Set<string>();
    for (let day = today; wanted.size <= leaf.of; day = plusDays(day, -1)) wanted.add(periodKey(day, leaf.unit));
    const last = [...wanted].slice(0, leaf.of);
    const held = did(leaf.regularly, leaf.where)
      .filter(({ at }) => at <= world.now)
      .map(({ at }) => periodKey(wallDay(at, world.timeZone), leaf.unit));
    return last.filter((key) => held.includes(key)).length >= leaf.atLeast;
  }
  if ('stopped' in leaf) {
    if (!world.events) return unknown;
    const quietFrom = before(world.now, leaf.quiet, world.timeZone);
    const activeFrom = before(quietFrom, leaf.active, world.timeZone);
    const own = did(leaf.stopped, leaf.where).filter(({ at }) => at <= world.now);
    return own.some(({ at }) => at >= activeFrom && at < quietFrom) && !own.some(({ at }) => at >= quietFrom);
  }
  if ('restarted' in leaf) {
    if (!world.events) return unknown;
    const activeFrom = before(world.now, leaf.active, world.timeZone);
    const quietFrom = before(activeFrom, leaf.quiet, world.timeZone);
    const own = did(leaf.restarted, leaf.where).filter(({ at }) => at <= world.now);
    return (
      own.some(({ at }) => at >= activeFrom) &&
      !own.some(({ at }) => at >= quietFrom && at < activeFrom) &&
      own.some(({ at }) => at < quietFrom)
    );
  }
  if ('page' in leaf) return asked(world.page[leaf.page], leaf);
  if ('technology' in leaf) return asked(world.technology[leaf.technology], leaf);
  if ('place' in leaf) return asked(world.place[leaf.place], leaf);
  if ('survey' in leaf) {
    if (!world.surveys) return unknown;
    return world.surveys.some(
      (one) =>
        one.did === leaf.did &&
        (leaf.survey === 'any' || leaf.survey === one.survey) &&
        isWithin(one.at, leaf.within, world),
    );
  }
  if ('score' in leaf) return asked(world.scores[leaf.score]?.[leaf.as ?? 'raw'], leaf);
  if ('theme' in leaf) {
    if (!world.themes) return unknown;
    const confidence = world.themes[leaf.theme];
    return confidence !== undefined && confidence >= (leaf.minConfidence ?? 0);
  }
  if ('persona' in leaf) return world.personas ? world.personas.includes(leaf.persona) : unknown;
  if ('segment' in leaf) {
    const said = world.segments[leaf.none ? `none ${leaf.segment}` : leaf.segment];
    if (said === undefined) return unknown;
    const [likely, at] = said;
    return likely > 0 && likely >= (leaf.minProbability ?? 0) && isWithin(at, leaf.within, world);
  }
  if ('interview' in leaf)
    return world.interviews ? (world.interviews[leaf.interview] ?? 0) >= (leaf.atLeast ?? 1) : unknown;
  throw new Error('A sample is drawn, not worked out');
}

const POSITIVES: Record<string, string> = {
  isNot: 'is',
  notIn: 'in',
  notContains: 'contains',
  notMatches: 'matches',
  hasNone: 'hasAny',
};
const norm = (value: unknown): string => String(value).trim().toLowerCase();

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : null;
}

function whereHolds(where: RuleWhere, properties: Record<string, unknown>, world: World): boolean {
  const found = properties[where.property] as FactValue | undefined;
  if (where.op === 'set') return found !== undefined;
  if (where.op === 'notSet') return found === undefined;
  return (found === undefined ? (where.ifMissing ?? null) : compared(where.op, found, where.value, world)) === true;
}

function compared(op: string, found: FactValue, wanted: RuleValue | undefined, world: World): Truth {
  if (wanted === undefined) return null;
  const negated = POSITIVES[op];
  if (negated !== undefined) {
    const truth = compared(negated, found, wanted, world);
    return truth === null ? null : !truth;
  }
  const has = ([] as unknown[]).concat(found).map(norm);
  const wants = ([] as unknown[]).concat(wanted as unknown[]);
  switch (op) {
    case 'is':
    case 'in':
    case 'hasAny':
      return wants.some((one) => has.includes(norm(one)));
    case 'hasAll':
      return wants.every((one) => has.includes(norm(one)));
    case 'contains':
      return has.some((text) => wants.some((one) => text.includes(norm(one))));
    case 'startsWith':
      return has.some((text) => wants.some((one) => text.startsWith(norm(one))));
    case 'endsWith':
      return has.some((text) => wants.some((one) => text.endsWith(norm(one))));
    case 'matches':
      return ([] as unknown[]).concat(found).some((one) => new RegExp(`^(?:${wanted})$`).test(String(one)));
    case 'versionAtLeast':
    case 'versionBelow': {
      if (Array.isArray(found) || typeof found === 'boolean') return null;
      const [own, limit] = [versionOf(String(found)), versionOf(String(wanted))];
      if (own === null || limit === null) return null;
      return op === 'versionBelow' ? own < limit : own >= limit;
    }
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte': {
      const [a, b] = [numberOf(found), numberOf(wanted)];
      if (a === null || b === null) return null;
      return op === 'lt' ? a < b : op === 'lte' ? a <= b : op === 'gt' ? a > b : a >= b;
    }
  }
  if (op === 'between' && typeof wants[0] === 'number') {
    const number = numberOf(found);
    return number === null ? null : number >= wants[0] && number <= (wants[1] as number);
  }
  const at = typeof found === 'string' ? instantOf(found, world.timeZone) : null;
  if (at === null) return null;
  switch (op) {
    case 'before':
      return isBefore(at, String(wanted), world.timeZone);
    case 'after':
      return isAfter(at, String(wanted), world.timeZone);
    case 'between':
      return !isBefore(at, String(wants[0]), world.timeZone) && !isAfter(at, String(wants[1]), world.timeZone);
    case 'olderThan':
      return at < before(world.now, wanted as RuleSpan, world.timeZone);
    case 'newerThan':
      return at >= before(world.now, wanted as RuleSpan, world.timeZone);
    case 'anniversary': {
      const born = wallDay(at, world.timeZone).slice(5);
      const today = wallDay(world.now, world.timeZone);
      for (let offset = -(wanted as number); offset <= (wanted as number); offset += 1) {
        const day = plusDays(today, offset);
        if (day.slice(5) === born) return true;
        if (born === '02-29' && day.slice(5) === '02-28' && plusDays(day, 1).slice(5) === '03-01') return true;
      }
      return false;
    }
  }
  throw new Error(`No such operator: ${op}`);
}

/** A text that sorts as the versions of these tests do: numbers padded, a release after what comes before it. */
function versionOf(text: string): string | null {
  const found = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-(\w+))?$/.exec(text.trim());
  if (!found) return null;
  const numbers = [found[1], found[2], found[3]].map((part) => (part ?? '0').padStart(6, '0'));
  return `${numbers.join('.')} ${found[4] ?? '~'}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();
function wallDay(at: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(timeZone, format);
  }
  return format.format(new Date(at));
}

const plusDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

const firstInstants = new Map<string, number>();
/** Looks for the first quarter of an hour at which a wall calendar shows the day. */
function beginOf(day: string, timeZone: string): number {
  const key = `${day} ${timeZone}`;
  let at = firstInstants.get(key);
  if (at === undefined) {
    at = Date.parse(`${day}T00:00:00Z`) - 15 * 3_600_000;
    while (wallDay(at, timeZone) < day) at += 900_000;
    firstInstants.set(key, at);
  }
  return at;
}

function instantOf(text: string, timeZone: string): number | null {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return beginOf(text, timeZone);
  return /^\d{4}-\d\d-\d\dT.*Z$/.test(text) ? Date.parse(text) : null;
}

const isBefore = (at: number, text: string, timeZone: string): boolean =>
  text.length === 10 ? wallDay(at, timeZone) < text : at < Date.parse(text);
const isAfter = (at: number, text: string, timeZone: string): boolean =>
  text.length === 10 ? wallDay(at, timeZone) > text : at > Date.parse(text);

function before(at: number, { amount, unit }: RuleSpan, timeZone: string): number {
  if (unit === 'minute') return at - amount * 60_000;
  if (unit === 'hour') return at - amount * 3_600_000;
  const day = wallDay(at, timeZone);
  if (unit === 'day') return beginOf(plusDays(day, -amount), timeZone);
  if (unit === 'week') return beginOf(plusDays(day, -7 * amount), timeZone);
  const months = unit === 'month' ? amount : 12 * amount;
  const count = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 - months;
  const month = `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}`;
  for (let date = Number(day.slice(8)); ; date -= 1) {
    const written = `${month}-${String(date).padStart(2, '0')}`;
    if (new Date(`${written}T00:00:00Z`).toJSON()?.slice(0, 10) === written) return beginOf(written, timeZone);
  }
}

function isWithin(at: number, window: RuleWindow | undefined, { now, timeZone }: World): boolean {
  if (window === undefined) return true;
  if ('last' in window) return at <= now && at >= before(now, { amount: window.last, unit: window.unit }, timeZone);
  return !isBefore(at, window.from, timeZone) && (window.to === undefined || !isAfter(at, window.to, timeZone));
}

function periodKey(day: string, unit: 'day' | 'week' | 'month'): string {
  if (unit === 'day') return day;
  if (unit === 'month') return day.slice(0, 7);
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return plusDays(day, -((weekday + 6) % 7));
}
