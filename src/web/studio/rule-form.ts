import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { leafKind, type Rule, type RuleLeaf } from '../../model/rule.ts';
import { NONE_OF } from './rule-choices.ts';
import { leafFrom } from './rule-leaf.ts';
import { spanText, stepName, valueText, whereFields, windowFields } from './rule-values.ts';

/**
 * A condition as the fields of its form; null for one that the form cannot say whole, which then stays as it is.
 *
 * @example
 * formFrom({ event: 'Order Completed', op: 'gte', value: 3, within: { last: 30, unit: 'day' } })?.within // => '30 days'
 * @example
 * formFrom({ people: { attribute: 'plan', op: 'set' }, op: 'gte', value: 3 }) // => null
 */
export function formFrom(leaf: RuleLeaf): Form | null {
  const form: Form = {
    kind: leafKind(leaf),
    missing: leaf.ifMissing === undefined ? '' : leaf.ifMissing ? 'yes' : 'no',
    ...('op' in leaf ? { op: leaf.op, value: valueText(leaf.op, leaf.value) } : {}),
    ...('within' in leaf ? windowFields(leaf.within) : {}),
    ...('where' in leaf ? whereFields(leaf.where) : {}),
    ...ownFields(leaf),
  };
  const read = tryLeaf({ ...form, ruleUnit: 'people' in leaf ? 'company' : 'person' });
  return read !== null && plainJson(read) === plainJson(leaf) ? form : null;
}

/**
 * A number and its digits, and true and “true”, are compared alike by every operator. No conditions on the properties of
 * an event are none, and one that is not known counts for nothing unless it says otherwise.
 */
const plainJson = (leaf: RuleLeaf): string =>
  JSON.stringify(plainly(leaf, false), (_, value: unknown) =>
    typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
  );

function plainly(value: unknown, isWhere: boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => plainly(one, isWhere));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, one]) => !(isWhere && key === 'ifMissing' && one === false))
      .filter(([key, one]) => one !== undefined && !(key === 'where' && Array.isArray(one) && one.length === 0))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, plainly(one, key === 'where')]),
  );
}

function tryLeaf(form: Form): RuleLeaf | null {
  try {
    return leafFrom(form);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

function ownFields(leaf: RuleLeaf): Form {
  if ('attribute' in leaf) return { subject: leaf.attribute };
  if ('company' in leaf) return { subject: leaf.company, role: leaf.role ?? '' };
  if ('people' in leaf)
    return { among: segmentIn(leaf.people), role: leaf.role ?? '', peopleMeasure: leaf.measure ?? 'count' };
  if ('role' in leaf) return { role: leaf.role };
  if ('interview' in leaf) return { interview: leaf.interview, atLeast: String(leaf.atLeast ?? 1) };
  if ('answer' in leaf) return { subject: leaf.answer, survey: leaf.survey ?? '' };
  if ('moment' in leaf) return { moment: leaf.moment, event: leaf.event };
  if ('event' in leaf) {
    const [measure, property] =
      leaf.measure === undefined || leaf.measure === 'count' ? ['count', ''] : (Object.entries(leaf.measure)[0] ?? []);
    return { subject: leaf.event, measure: measure ?? '', property: property ?? '' };
  }
  if ('sequence' in leaf)
    return {
      span: leaf.span ? spanText(leaf.span) : '',
      ...Object.assign(
        {},
        ...leaf.sequence.map(({ event, where }, index) => ({
          [`${stepName(index)}Event`]: event,
          ...whereFields(where, stepName(index)),
        })),
      ),
    };
  if ('regularly' in leaf)
    return { event: leaf.regularly, unit: leaf.unit, of: String(leaf.of), atLeast: String(leaf.atLeast) };
  if ('stopped' in leaf || 'restarted' in leaf)
    return {
      event: 'stopped' in leaf ? leaf.stopped : leaf.restarted,
      active: spanText(leaf.active),
      quiet: spanText(leaf.quiet),
    };
  if ('page' in leaf) return { page: leaf.page };
  if ('technology' in leaf) return { technology: leaf.technology };
  if ('place' in leaf) return { place: leaf.place };
  if ('survey' in leaf) return { survey: leaf.survey, did: leaf.did };
  if ('score' in leaf) return { score: leaf.score, as: leaf.as ?? 'raw' };
  if ('theme' in leaf) return { theme: leaf.theme, confidence: numberText(leaf.minConfidence) };
  if ('persona' in leaf) return { persona: leaf.persona };
  if ('segment' in leaf)
    return { segment: `${leaf.none ? NONE_OF : ''}${leaf.segment}`, likely: numberText(leaf.minProbability) };
  return { sample: String(leaf.sample), salt: leaf.salt };
}

const numberText = (value: number | undefined): string => (value === undefined ? '' : String(value));

/** The segment whose people are counted; empty for all, and for any other rule, which then stays as it is. */
const segmentIn = (rule: Rule): string => ('segment' in rule && !rule.none ? rule.segment : '');
