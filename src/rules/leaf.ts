import { randomFor } from '../logic/draw-order.ts';
import type { LeafOf, RuleLeaf, RuleOperator, RuleValue, RuleWhere } from '../model/rule.ts';
import { type Clock, dayAt, periodOf, spanBefore, windowBounds } from './calendar.ts';
import {
  compileComparison,
  compileForAny,
  compileInstants,
  FALSE,
  type InstantComparison,
  perClock,
  type Range,
  rangeOf,
  TRUE,
  UNKNOWN,
  type Verdict,
} from './compare.ts';
import {
  answerKey,
  companyKey,
  type FactKind,
  type FactValue,
  type Happening,
  hasRole,
  type PeopleCount,
  peopleKey,
  propertyOf,
  type Subject,
  scoreKey,
  segmentKey,
  surveyKey,
} from './subject.ts';
import { tallyOf } from './tally.ts';

export type Found = FactValue | readonly FactValue[];

/** A leaf made ready to be asked of many: first what is found, then whether that holds. */
export type CompiledLeaf = {
  readonly leaf: RuleLeaf;
  /** The fact it asks for as it stands; null for one that is worked out of what somebody did, or drawn. */
  readonly fact: { kind: FactKind; name: string } | null;
  /** What it comes to where nothing is found. */
  readonly missing: Verdict;
  readonly find: (subject: Subject) => Found | undefined;
  readonly test: (found: Found, clock: Clock | undefined) => Verdict;
  /** The same of a time that is kept as one; null for what does not ask about time. */
  readonly testInstant: InstantComparison | null;
  /** The numbers it holds for; null for what does not ask about size. */
  readonly range: Range | null;
  /** What was found, as a person reads it. */
  readonly show: (found: Found) => FactValue;
};

/** Decides one leaf for one subject. */
export function decideLeaf({ find, test, missing }: CompiledLeaf, subject: Subject): Verdict {
  const found = find(subject);
  return found === undefined ? missing : test(found, subject.clock);
}

type Asked = Pick<CompiledLeaf, 'find' | 'test'> & Partial<CompiledLeaf>;

/** Makes a leaf ready. */
export function compileLeaf(leaf: RuleLeaf): CompiledLeaf {
  return {
    leaf,
    fact: null,
    testInstant: null,
    range: null,
    missing: leaf.ifMissing === undefined ? UNKNOWN : verdict(leaf.ifMissing),
    show: (found) => (Array.isArray(found) ? found.map(String) : (found as FactValue)),
    ...askedBy(leaf),
  };
}

const verdict = (holds: boolean): Verdict => (holds ? TRUE : FALSE);

function askedBy(leaf: RuleLeaf): Asked {
  if ('answer' in leaf) return factLeaf('answer', answerKey(leaf.answer, leaf.survey), comparing(leaf));
  if ('moment' in leaf) return momentLeaf(leaf);
  if ('attribute' in leaf) return factLeaf('attribute', leaf.attribute, comparing(leaf));
  if ('company' in leaf) return companyLeaf(leaf);
  if ('people' in leaf) return peopleLeaf(leaf);
  if ('role' in leaf) {
    const { role } = leaf;
    return factLeaf('role', 'any', {
      test: (found) => verdict((found as readonly string[]).some((one) => hasRole(one, role))),
    });
  }
  if ('event' in leaf) return eventLeaf(leaf);
  if ('sequence' in leaf) return sequenceLeaf(leaf);
  if ('regularly' in leaf) return regularLeaf(leaf);
  if ('stopped' in leaf || 'restarted' in leaf) return rhythmLeaf(leaf);
  if ('page' in leaf) return factLeaf('page', leaf.page, comparing(leaf));
  if ('technology' in leaf) return factLeaf('technology', leaf.technology, comparing(leaf));
  if ('place' in leaf) return factLeaf('place', leaf.place, comparing(leaf));
  if ('survey' in leaf) return surveyLeaf(leaf);
  if ('score' in leaf) return factLeaf('score', scoreKey(leaf.as ?? 'raw', leaf.score), comparing(leaf));
  if ('theme' in leaf) return themeLeaf(leaf);
  if ('persona' in leaf) return factLeaf('persona', leaf.persona, { test: isTrue });
  if ('segment' in leaf) return segmentLeaf(leaf);
  if ('interview' in leaf) {
    const least = leaf.atLeast ?? 1;
    return factLeaf('interview', leaf.interview, { test: (found) => verdict(Number(found) >= least) });
  }
  const { sample, salt } = leaf;
  return {
    find: ({ person }) => (person === undefined ? undefined : randomFor(person, salt)() * 100),
    test: (found) => verdict((found as number) < sample),
  };
}

const isTrue = (found: Found): Verdict => verdict(found === true);

type Comparing = Pick<Asked, 'test' | 'missing' | 'testInstant' | 'range'>;

/** How a found value is compared, and what comes of none; `set` and `notSet` ask for nothing else. */
function comparing({ op, value }: { op: RuleOperator; value?: RuleValue | undefined }): Comparing {
  if (op === 'set') return { test: () => TRUE, testInstant: () => TRUE, missing: FALSE };
  if (op === 'notSet') return { test: () => FALSE, testInstant: () => FALSE, missing: TRUE };
  return {
    test: compileComparison(op, value) as CompiledLeaf['test'],
    testInstant: compileInstants(op, value),
    range: rangeOf(op, value),
  };
}

function factLeaf(kind: FactKind, name: string, asked: Comparing): Asked {
  return { ...asked, fact: { kind, name }, find: (subject) => subject.fact(kind, name) };
}

function companyLeaf(leaf: LeafOf<'company'>): Asked {
  const asked = comparing(leaf);
  const name = companyKey(leaf.company, leaf.role);
  return {
    ...asked,
    ...(asked.missing === undefined ? { test: compileForAny(leaf.op, leaf.value) as CompiledLeaf['test'] } : {}),
    fact: { kind: 'company', name },
    find: (subject) => {
      const found = subject.fact('company', name);
      return Array.isArray(found) && found.length === 0 ? undefined : found;
    },
    show: (found) => (found as readonly FactValue[]).flatMap((one) => (Array.isArray(one) ? one : [String(one)])),
  };
}

/**
 * For how many people a rule holds lies between those for whom it does and those for whom it may: true or false is what
 * comes to the same over all of that, and the rest is unknown.
 */
function peopleLeaf(leaf: LeafOf<'people'>): Asked {
  const { test, missing = leaf.ifMissing === undefined ? UNKNOWN : verdict(leaf.ifMissing) } = comparing(leaf);
  const isShare = leaf.measure === 'share';
  return {
    ...factLeaf('people', peopleKey(leaf), {
      missing,
      test: (found, clock) => {
        const [holds, may, all] = found as PeopleCount;
        if (isShare && all === 0) return missing;
        let verdicts = 0;
        for (let number = holds; number <= holds + may && verdicts !== 3; number += 1)
          verdicts |= test(isShare ? (100 * number) / all : number, clock) === TRUE ? 1 : 2;
        return verdicts === 1 ? TRUE : verdicts === 2 ? FALSE : missing;
      },
    }),
    show: (found) => {
      const [holds, may, all] = found as PeopleCount;
      return `${holds}${may > 0 ? ` to ${holds + may}` : ''} of ${all}`;
    },
  };
}

/** What is found is how likely they are in it; where it asks when that was said, with the time. */
function segmentLeaf(leaf: LeafOf<'segment'>): Asked {
  const least = leaf.minProbability ?? 0;
  const isIn = (probability: number) => verdict(probability > 0 && probability >= least);
  const shown = (probability: number) => Math.round(probability * 100) / 100;
  if (leaf.within === undefined)
    return {
      ...factLeaf('segment', segmentKey(leaf), { test: (found) => isIn(Number(found)) }),
      show: (found) => shown(Number(found)),
    };
  const bounds = boundsOver(leaf.within);
  return {
    ...factLeaf('segment', segmentKey(leaf), {
      test: (found, clock) => {
        const [probability = 0, at = 0] = found as readonly number[];
        const within = bounds(clock);
        if (isIn(probability) === FALSE) return FALSE;
        return within ? verdict(at >= within.from && at <= within.to) : UNKNOWN;
      },
    }),
    show: (found) => {
      const [probability = 0, at = 0] = found as readonly number[];
      return `${shown(probability)}, said on ${new Date(at).toISOString().slice(0, 10)}`;
    },
  };
}

/** What is found is how surely they speak of it, or false. */
function themeLeaf({ theme, minConfidence }: LeafOf<'theme'>): Asked {
  const least = minConfidence ?? 0;
  return {
    ...factLeaf('theme', theme, { test: (found) => verdict(found !== false && Number(found) >= least) }),
    show: (found) => (minConfidence === undefined || found === false ? found !== false : Number(found).toFixed(2)),
  };
}

/** Whether an event counts: only when every condition on its properties is known to hold. */
type Filter = (properties: unknown, clock: Clock | undefined) => boolean;

/** One condition on a property, ready to be asked; what comes of a missing value stands beside it. */
export function compileWhere(
  where: RuleWhere,
): Pick<CompiledLeaf, 'test' | 'testInstant' | 'range' | 'missing'> & { property: string } {
  return {
    property: where.property,
    testInstant: null,
    range: null,
    missing: where.ifMissing === undefined ? UNKNOWN : verdict(where.ifMissing),
    ...comparing(where),
  };
}

export function filterOf(wheres: readonly RuleWhere[] | undefined): Filter {
  if (wheres === undefined || wheres.length === 0) return () => true;
  const conditions = wheres.map(compileWhere);
  return (properties, clock) =>
    conditions.every(({ property, test, missing }) => {
      const found = propertyOf(properties, property);
      return (found === undefined ? missing : test(found, clock)) === TRUE;
    });
}

/** What a window reaches over at a moment; null without a clock. */
export function boundsOver(window: Parameters<typeof windowBounds>[0]) {
  const always = window === undefined ? windowBounds(window, undefined) : null;
  const boundsAt = perClock((clock) => windowBounds(window, clock));
  return (clock: Clock | undefined) => always ?? (clock ? boundsAt(clock) : null);
}

/** Where the part begins that is not before an instant; events are looked at from the newest, since windows end now. */
function firstFrom(happenings: readonly Happening[], from: number): number {
  let first = happenings.length;
  while (first > 0 && happenings[first - 1]!.at >= from) first -= 1;
  return first;
}

function eventLeaf(leaf: LeafOf<'event'>): Asked {
  const counts = filterOf(leaf.where);
  const bounds = boundsOver(leaf.within);
  const tally = tallyOf(leaf.measure ?? 'count');
  return {
    ...comparing(leaf),
    find: (subject) => {
      const happenings = subject.happenings('event', leaf.event);
      const within = bounds(subject.clock);
      if (!happenings || !within) return undefined;
      tally.start();
      for (let at = firstFrom(happenings, within.from); at < happenings.length; at += 1) {
        const happening = happenings[at]!;
        if (happening.at > within.to) break;
        if (!counts(happening.properties, subject.clock)) continue;
        tally.add(tally.property === null ? undefined : propertyOf(happening.properties, tally.property));
      }
      return tally.result();
    },
  };
}

function momentLeaf(leaf: LeafOf<'moment'>): Asked {
  const counts = filterOf(leaf.where);
  const compare = compileInstants(leaf.op, leaf.value);
  return {
    find: (subject) => {
      const happenings = subject.happenings('event', leaf.event);
      const counting = ({ properties }: Happening) => counts(properties, subject.clock);
      return (leaf.moment === 'first' ? happenings?.find(counting) : happenings?.findLast(counting))?.at;
    },
    test: (found, clock) => (compare && clock ? compare(found as number, clock) : UNKNOWN),
    show: (found) => new Date(found as number).toISOString(),
  };
}

function sequenceLeaf(leaf: LeafOf<'sequence'>): Asked {
  const steps = leaf.sequence.map((step) => ({ event: step.event, counts: filterOf(step.where) }));
  const bounds = boundsOver(leaf.within);
  const { span } = leaf;
  return {
    test: isTrue,
    find: (subject) => {
      const { clock } = subject;
      const within = bounds(clock);
      if (!within || (span && !clock)) return undefined;
      const taken: { at: number; step: number }[] = [];
      for (const [step, { event, counts }] of steps.entries()) {
        const happenings = subject.happenings('event', event);
        if (!happenings) return undefined;
        for (let index = firstFrom(happenings, within.from); index < happenings.length; index += 1) {
          const { at, properties } = happenings[index]!;
          if (at > within.to) break;
          if (counts(properties, clock)) taken.push({ at, step });
        }
      }
      // Of one instant the later steps come first, so that nothing follows on what happened at the same time.
      taken.sort((a, b) => a.at - b.at || b.step - a.step);
      /** When the latest beginning was from which each step has been reached. */
      const begun: (number | undefined)[] = steps.map(() => undefined);
      for (const { at, step } of taken) {
        const beginning = step === 0 ? at : begun[step - 1];
        if (beginning === undefined) continue;
        const known = begun[step];
        begun[step] = known === undefined ? beginning : Math.max(known, beginning);
        const isWhole = step === steps.length - 1;
        if (isWhole && (!span || !clock || beginning >= spanBefore(at, span, clock.timeZone))) return true;
      }
      return false;
    },
  };
}

function regularLeaf(leaf: LeafOf<'regularly'>): Asked {
  const counts = filterOf(leaf.where);
  return {
    test: (found) => verdict((found as number) >= leaf.atLeast),
    /** In how many of the last periods it happened; the current one is the last of them. */
    find: (subject) => {
      const happenings = subject.happenings('event', leaf.regularly);
      const { clock } = subject;
      if (!happenings || !clock) return undefined;
      const periodAt = (instant: number) => periodOf(dayAt(instant, clock.timeZone), leaf.unit);
      const current = periodAt(clock.now);
      const periods = new Set<number>();
      for (let index = happenings.length - 1; index >= 0; index -= 1) {
        const { at, properties } = happenings[index]!;
        if (at > clock.now) continue;
        const period = periodAt(at);
        if (period <= current - leaf.of) break;
        if (counts(properties, clock)) periods.add(period);
      }
      return periods.size;
    },
  };
}

function rhythmLeaf(leaf: LeafOf<'stopped'> | LeafOf<'restarted'>): Asked {
  const counts = filterOf(leaf.where);
  const isStopped = 'stopped' in leaf;
  const name = isStopped ? leaf.stopped : leaf.restarted;
  return {
    test: isTrue,
    find: (subject) => {
      const happenings = subject.happenings('event', name);
      const { clock } = subject;
      if (!happenings || !clock) return undefined;
      const [last, first] = isStopped ? [leaf.quiet, leaf.active] : [leaf.active, leaf.quiet];
      const middle = spanBefore(clock.now, last, clock.timeZone);
      const early = spanBefore(middle, first, clock.timeZone);
      /** Before the earlier span, in it, and in the later one. */
      const did = [false, false, false];
      for (const { at, properties } of happenings) {
        if (at > clock.now) break;
        const part = at < early ? 0 : at < middle ? 1 : 2;
        if (!did[part] && counts(properties, clock)) did[part] = true;
      }
      return isStopped ? did[1] === true && did[2] === false : did[0] === true && did[1] === false && did[2] === true;
    },
  };
}

function surveyLeaf(leaf: LeafOf<'survey'>): Asked {
  const bounds = boundsOver(leaf.within);
  const name = surveyKey(leaf.did, leaf.survey);
  return {
    test: isTrue,
    find: (subject) => {
      const happenings = subject.happenings('survey', name);
      const within = bounds(subject.clock);
      if (!happenings || !within) return undefined;
      return happenings.some(({ at }) => at >= within.from && at <= within.to);
    },
  };
}
