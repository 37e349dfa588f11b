import type { Rule, RuleLeaf } from '../model/rule.ts';
import { FALSE, not, TRUE, UNKNOWN, type Verdict } from './compare.ts';
import { type CompiledLeaf, compileLeaf, type Found } from './leaf.ts';
import type { FactValue, Subject } from './subject.ts';

/** Three-valued: null is “unknown”, which is not the same as false. */
export type Truth = boolean | null;

export type Trace =
  | { kind: 'all' | 'any' | 'not'; truth: Truth; parts: Trace[] }
  | { kind: 'leaf'; truth: Truth; leaf: RuleLeaf; found: FactValue | null; wasMissing: boolean };

const truthOf = (verdict: Verdict): Truth => (verdict === UNKNOWN ? null : verdict === TRUE);

/** What has been found and decided of one subject so far. */
type Run = { subject: Subject; found: (Found | undefined | typeof NOT_ASKED)[]; known: Uint8Array };
const UNDECIDED = 3;
const NOT_ASKED = Symbol('not asked');

/**
 * `all` or `any` of leaves, by their places, and of further joins. It is settled as soon as one of them is decisive, so
 * the leaves, which cost least, come first. `not` turns it round.
 */
type Join = { decisive: Verdict; leaves: Int32Array; joins: readonly Join[]; isTurned: boolean };

/**
 * Several rules made ready to be decided together, often: whatever leaves they share are decided once per subject, and
 * none that cannot change the outcome.
 *
 * Kleene's logic: `all` is false as soon as one part is false, `any` true as soon as one is true, and what stays open is
 * unknown. A missing value makes a leaf unknown, unless the leaf says what missing counts as, or asks whether the value
 * is there at all. `all` of nothing is true, `any` of nothing false.
 *
 * @example
 * const rules = compileRules([{ attribute: 'age', op: 'gte', value: 18 }, { attribute: 'plan', op: 'isNot', value: 'pro' }])
 * rules.decide({ fact: (kind, name) => (name === 'age' ? 30 : undefined), happenings: () => undefined }) // => [true, null]
 */
export function compileRules(rules: readonly Rule[]): {
  /** What each rule comes to, in the order given. */
  decide(subject: Subject): Truth[];
  /** The same for one rule after the other, by its place, as far as somebody asks. */
  decideEach(subject: Subject): (index: number) => Truth;
  /** Why one of them comes to that, leaf by leaf: every leaf is asked. */
  explain(index: number, subject: Subject): Trace;
} {
  const leaves: CompiledLeaf[] = [];
  const places = numbered();
  /** Leaves that compare the same thing with something else look for it once. */
  const findings = numbered();
  const findingOf: number[] = [];
  const compiled = (leaf: RuleLeaf): { leaf: CompiledLeaf; place: number } => {
    const place = places.numberOf(JSON.stringify(leaf));
    const known = leaves[place];
    if (known) return { leaf: known, place };
    const made = compileLeaf(leaf);
    leaves[place] = made;
    findingOf[place] = findings.numberOf(JSON.stringify({ ...leaf, op: 0, value: 0, ifMissing: 0 }));
    return { leaf: made, place };
  };
  const joinOf = (rule: Rule): Join => {
    if ('not' in rule) {
      const part = joinOf(rule.not);
      return { ...part, isTurned: !part.isTurned };
    }
    const parts = 'all' in rule ? rule.all : 'any' in rule ? rule.any : [rule];
    return {
      decisive: 'all' in rule ? FALSE : TRUE,
      leaves: Int32Array.from(parts.filter(isLeaf).map((leaf) => compiled(leaf).place)),
      joins: parts.filter((part) => !isLeaf(part)).map(joinOf),
      isTurned: false,
    };
  };
  const joins = rules.map(joinOf);
  const undecided = new Uint8Array(places.size()).fill(UNDECIDED);
  const notAsked = new Array<typeof NOT_ASKED>(findings.size()).fill(NOT_ASKED);

  const settleLeaf = (place: number, run: Run): Verdict => {
    const { find, test, missing } = leaves[place]!;
    const finding = findingOf[place]!;
    let found = run.found[finding];
    if (found === NOT_ASKED) {
      found = find(run.subject);
      run.found[finding] = found;
    }
    const verdict = found === undefined ? missing : test(found as Found, run.subject.clock);
    run.known[place] = verdict;
    return verdict;
  };
  const settle = (join: Join, run: Run): Verdict => {
    const { decisive, leaves: own, joins: further, isTurned } = join;
    let verdict = not(decisive);
    for (let at = 0; at < own.length; at += 1) {
      const place = own[at]!;
      const known = run.known[place]! as Verdict | typeof UNDECIDED;
      const part = known === UNDECIDED ? settleLeaf(place, run) : known;
      if (part === decisive) return isTurned ? not(decisive) : decisive;
      if (part === UNKNOWN) verdict = UNKNOWN;
    }
    for (let at = 0; at < further.length; at += 1) {
      const part = settle(further[at]!, run);
      if (part === decisive) return isTurned ? not(decisive) : decisive;
      if (part === UNKNOWN) verdict = UNKNOWN;
    }
    return isTurned ? not(verdict) : verdict;
  };

  const traceOf = (rule: Rule, subject: Subject): Trace => {
    if ('all' in rule)
      return traced(
        'all',
        rule.all.map((part) => traceOf(part, subject)),
      );
    if ('any' in rule)
      return traced(
        'any',
        rule.any.map((part) => traceOf(part, subject)),
      );
    if ('not' in rule) {
      const part = traceOf(rule.not, subject);
      return { kind: 'not', truth: part.truth === null ? null : !part.truth, parts: [part] };
    }
    const { find, test, missing, show } = compiled(rule).leaf;
    const found = find(subject);
    return found === undefined
      ? { kind: 'leaf', truth: truthOf(missing), leaf: rule, found: null, wasMissing: true }
      : { kind: 'leaf', truth: truthOf(test(found, subject.clock)), leaf: rule, found: show(found), wasMissing: false };
  };

  const decideEach = (subject: Subject) => {
    const run = { subject, found: notAsked.slice(), known: undecided.slice() };
    return (index: number): Truth => {
      const join = joins[index];
      if (join === undefined) throw new RangeError(`There is no rule ${index} among ${rules.length}`);
      return truthOf(settle(join, run));
    };
  };

  return {
    decide: (subject) => {
      const truthOfRule = decideEach(subject);
      return joins.map((_, index) => truthOfRule(index));
    },
    decideEach,
    explain: (index, subject) => {
      const rule = rules[index];
      if (rule === undefined) throw new RangeError(`There is no rule ${index} among ${rules.length}`);
      return traceOf(rule, subject);
    },
  };
}

/**
 * Decides a rule for one subject and says why, leaf by leaf.
 *
 * @example
 * decide({ not: { attribute: 'plan', op: 'set' } }, { fact: () => undefined, happenings: () => undefined }).truth // => true
 */
export function decide(rule: Rule, subject: Subject): Trace {
  return compileRules([rule]).explain(0, subject);
}

/** Numbers what is told apart by a text, from nought. */
function numbered() {
  const numbers = new Map<string, number>();
  return {
    numberOf: (key: string): number => {
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, numbers.size);
      return numbers.size - 1;
    },
    size: () => numbers.size,
  };
}

const isLeaf = (rule: Rule): rule is RuleLeaf => !('all' in rule || 'any' in rule || 'not' in rule);

function traced(kind: 'all' | 'any', parts: Trace[]): Trace {
  const decisive = kind === 'any';
  const truth = parts.some((part) => part.truth === decisive)
    ? decisive
    : parts.some((part) => part.truth === null)
      ? null
      : !decisive;
  return { kind, truth, parts };
}
