import { Problem, type ProblemError } from './problem.ts';
import { readRule } from './read-rule.ts';
import type { RuleWhere } from './rule.ts';

/** How many days before the outcome may be looked at, and over how many days it may have come. */
export const BEFORE_DAYS = [7, 14, 30] as const;
export const OUTCOME_DAYS = [30, 90, 180, 365] as const;
export const CONTROLS = [1, 2, 4] as const;

/** What an outcome's property may be asked; the last two are of numbers. */
export const PROPERTY_TESTS = ['is', 'isNot', 'contains', 'gte', 'lte'] as const;
const SIZES: readonly string[] = ['gte', 'lte'];

export type BeforeForm = {
  event: string;
  property: string;
  op: string;
  value: string;
  period: string;
  days: string;
  controls: string;
  seed: string;
};
export type BeforeQuestion = {
  event: string;
  where: RuleWhere[];
  /** The outcome counts when it came in so many of the last days. */
  period: number;
  days: number;
  controls: number;
};

/**
 * Reads what is asked of the days before an outcome.
 *
 * @throws Problem `invalid` that names each field that does not fit
 */
export function readBefore(form: BeforeForm): BeforeQuestion & { seed: number } {
  const errors: ProblemError[] = [];
  const fault = (name: string, detail: string) => errors.push({ pointer: `#/${name}`, detail });
  const oneOf = (name: 'period' | 'days' | 'controls', list: readonly number[]): number => {
    const value = Number(form[name]);
    if (!list.includes(value)) fault(name, `Choose one of ${list.join(', ')}`);
    return value;
  };
  const event = form.event.trim();
  if (event === '' || event.length > 140) fault('event', 'Choose what the outcome is called');
  const seed = form.seed.trim() === '' ? 1 : Number(form.seed);
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= 2_147_483_647))
    fault('seed', 'Enter a whole number from 0 to 2147483647, such as 1');
  const where: RuleWhere[] = [];
  if (form.property.trim() !== '') {
    const value = form.value.trim();
    const asked = {
      event: event || 'x',
      where: [{ property: form.property.trim(), op: form.op, value: SIZES.includes(form.op) ? Number(value) : value }],
      op: 'gte',
      value: 1,
    };
    const read = readRule(asked);
    if ('error' in read || value === '') fault('value', 'Enter a value that the property can be compared with');
    else where.push(...((read.rule as { where?: RuleWhere[] }).where ?? []));
  }
  const settings = {
    event,
    where,
    period: oneOf('period', OUTCOME_DAYS),
    days: oneOf('days', BEFORE_DAYS),
    controls: oneOf('controls', CONTROLS),
    seed,
  };
  if (errors.length > 0) throw new Problem('invalid', 'Some values do not fit', { errors });
  return settings;
}
