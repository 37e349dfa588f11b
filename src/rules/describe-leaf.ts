import type { Rule, RuleLeaf, RuleOperator, RuleSpan, RuleValue, RuleWhere, RuleWindow } from '../model/rule.ts';

/** Each operator as it stands between what is asked for and the value. */
export const OPERATORS: Readonly<Record<RuleOperator, string>> = {
  is: 'is',
  isNot: 'is not',
  in: 'is one of',
  notIn: 'is none of',
  contains: 'contains',
  notContains: 'does not contain',
  startsWith: 'starts with',
  endsWith: 'ends with',
  matches: 'matches',
  notMatches: 'does not match',
  lt: 'is less than',
  lte: 'is at most',
  gt: 'is more than',
  gte: 'is at least',
  between: 'is between',
  set: 'is known',
  notSet: 'is not known',
  before: 'is before',
  after: 'is after',
  olderThan: 'is longer ago than',
  newerThan: 'is less long ago than',
  anniversary: 'comes round within',
  hasAny: 'has any of',
  hasAll: 'has all of',
  hasNone: 'has none of',
  versionAtLeast: 'is at least version',
  versionBelow: 'is below version',
};

/**
 * A condition in plain words, for the pages that show rules and decisions.
 *
 * @example
 * describeLeaf({ event: 'Order Completed', within: { last: 30, unit: 'day' }, op: 'gte', value: 1 })
 * // => 'the number of “Order Completed” in the last 30 days is at least 1'
 * @example
 * describeLeaf({ sequence: [{ event: 'Trial Started' }, { event: 'Signed Up' }], span: { amount: 14, unit: 'day' } })
 * // => 'first “Trial Started”, then “Signed Up”, all within 14 days, at any time'
 * @example
 * describeLeaf({ people: { attribute: 'plan', op: 'is', value: 'pro' }, role: 'user', op: 'gte', value: 3 })
 * // => 'among its people with the role user the number of those for whom this holds is at least 3: plan is pro'
 */
export function describeLeaf(leaf: RuleLeaf): string {
  if ('answer' in leaf)
    return compared(`the answer to ${leaf.answer}${leaf.survey === undefined ? '' : ` in ${leaf.survey}`}`, leaf);
  if ('attribute' in leaf) return compared(plain(leaf.attribute), leaf);
  if ('company' in leaf) {
    const where = leaf.role === undefined ? 'of the company' : `of the company where they are ${leaf.role}`;
    return compared(`the ${plain(leaf.company)} ${where}`, leaf);
  }
  if ('people' in leaf) {
    const who = `its people${leaf.role === undefined ? '' : ` with the role ${leaf.role}`}`;
    const isAll = 'all' in leaf.people && leaf.people.all.length === 0;
    const [measure, percent] =
      leaf.measure === 'share' ? ['share', leaf.value === undefined ? '' : ' %'] : ['number', ''];
    return isAll
      ? `${compared(`the ${measure} of ${who}`, leaf)}${percent}`
      : `among ${who} ${compared(`the ${measure} of those for whom this holds`, leaf)}${percent}: ${describeRule(leaf.people)}`;
  }
  if ('role' in leaf) return `is ${leaf.role} in a company`;
  if ('moment' in leaf) return compared(`the ${leaf.moment} ${happening(leaf)}`, leaf);
  if ('event' in leaf) {
    const { measure = 'count' } = leaf;
    const [kind, property] = measure === 'count' ? [] : (Object.entries(measure)[0] ?? []);
    const measured = kind === undefined ? 'the number' : `the ${MEASURES[kind]} of ${property}`;
    return compared(`${measured} of ${happening(leaf)}${windowed(leaf.within) || ' over all time'}`, leaf);
  }
  if ('sequence' in leaf)
    return `first ${leaf.sequence.map(happening).join(', then ')}${leaf.span ? `, all within ${spanned(leaf.span)}` : ''},${windowed(leaf.within) || ' at any time'}`;
  if ('regularly' in leaf)
    return `${happening({ event: leaf.regularly, where: leaf.where })} in at least ${leaf.atLeast} of the last ${leaf.of} ${leaf.unit}s`;
  if ('stopped' in leaf)
    return `${happening({ event: leaf.stopped, where: leaf.where })} in ${spanned(leaf.active)}, and then not for ${spanned(leaf.quiet)}`;
  if ('restarted' in leaf)
    return `${happening({ event: leaf.restarted, where: leaf.where })} again in the last ${spanned(leaf.active)}, after not for ${spanned(leaf.quiet)}`;
  if ('page' in leaf) return compared(`the page’s ${plain(leaf.page)}`, leaf);
  if ('technology' in leaf) return compared(TECHNOLOGIES[leaf.technology] ?? leaf.technology, leaf);
  if ('place' in leaf) return compared(`the ${leaf.place} they are in`, leaf);
  if ('survey' in leaf)
    return `${leaf.did} ${leaf.survey === 'any' ? 'any survey' : `the survey ${leaf.survey}`}${windowed(leaf.within) || ' at any time'}`;
  if ('score' in leaf) return compared(`the ${SCORES[leaf.as ?? 'raw']} on ${leaf.score}`, leaf);
  if ('theme' in leaf)
    return `speaks of the theme ${leaf.theme}${leaf.minConfidence === undefined ? '' : ` with a confidence of at least ${leaf.minConfidence}`}`;
  if ('persona' in leaf) return `is of the persona ${leaf.persona}`;
  if ('segment' in leaf) {
    const likely = leaf.minProbability === undefined ? '' : `, at least ${leaf.minProbability * 100} % likely`;
    const said = leaf.within === undefined ? '' : `, said${windowed(leaf.within)}`;
    return `${leaf.none ? 'is in no segment of' : 'is in the segment'} ${leaf.segment}${likely}${said}`;
  }
  if ('interview' in leaf)
    return `at least ${leaf.atLeast ?? 1} ${(leaf.atLeast ?? 1) === 1 ? 'passage' : 'passages'} of their interviews ${(leaf.atLeast ?? 1) === 1 ? 'has' : 'have'} the code ${leaf.interview}`;
  return `is in a sample of ${leaf.sample} %`;
}

/** A whole rule in one sentence, with whatever names stand in it. */
export function describeRule(rule: Rule): string {
  const inner = (part: Rule) => ('all' in part || 'any' in part ? `(${describeRule(part)})` : describeRule(part));
  if ('all' in rule) return rule.all.map(inner).join(' and ') || 'nothing is asked';
  if ('any' in rule) return rule.any.map(inner).join(' or ') || 'nothing can hold';
  if ('not' in rule) return `not ${inner(rule.not)}`;
  return describeLeaf(rule);
}

const MEASURES: Record<string, string> = {
  sum: 'sum',
  average: 'average',
  min: 'smallest value',
  max: 'largest value',
  distinct: 'number of different values',
};
const TECHNOLOGIES: Record<string, string> = {
  device: 'the device',
  browser: 'the browser',
  browserVersion: 'the browser’s version',
  os: 'the operating system',
  viewport: 'the width of the window',
  language: 'the language',
  timeZone: 'the time zone',
  appVersion: 'the app’s version',
};
const SCORES = { raw: 'score', z: 'z-score', percentile: 'percentile' };

const plain = (name: string): string => name.replaceAll('_', ' ');
const spanned = ({ amount, unit }: RuleSpan): string => `${amount} ${unit}${amount === 1 ? '' : 's'}`;

function compared(what: string, { op, value }: { op: RuleOperator; value?: RuleValue | undefined }): string {
  return `${what} ${OPERATORS[op]}${value === undefined ? '' : ` ${valueWords(op, value)}`}`;
}

function valueWords(op: RuleOperator, value: RuleValue): string {
  if (Array.isArray(value)) return value.join(op === 'between' || op === 'hasAll' ? ' and ' : ' or ');
  if (op === 'anniversary') return spanned({ amount: Number(value), unit: 'day' });
  return typeof value === 'object' ? spanned(value as RuleSpan) : String(value);
}

function windowed(window: RuleWindow | undefined): string {
  if (window === undefined) return '';
  if ('last' in window) return ` in the last ${spanned({ amount: window.last, unit: window.unit })}`;
  return window.to === undefined ? ` since ${window.from}` : ` from ${window.from} to ${window.to}`;
}

function happening({ event, where }: { event: string; where?: readonly RuleWhere[] | undefined }): string {
  const conditions = (where ?? []).map((one) => compared(plain(one.property), one));
  return `“${event}”${conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`}`;
}
