import { showNumber } from '../../charts/numerals.ts';
import type { TreeRule, TypingItem } from '../../model/typing-tool.ts';

/**
 * A rule as a sentence, its limits rounded as numbers are shown everywhere.
 *
 * @example
 * ruleSentence({ segment: 's', n: 9, share: 1, conditions: [] }, [], () => '') // => 'Everybody'
 */
export function ruleSentence(
  rule: TreeRule,
  items: readonly TypingItem[],
  nameOf: (question: string) => string,
): string {
  if (rule.conditions.length === 0) return 'Everybody';
  return rule.conditions
    .map(({ question, is, value }) => {
      const name = `“${nameOf(question)}”`;
      const item = items.find(({ id }) => id === question);
      const text = (at: number) => item?.options.find((option) => option.value === at)?.text;
      if (is === 'level' || is === 'not-level') {
        return `${name} is ${is === 'level' ? '' : 'not '}“${text(value) ?? showNumber(value)}”`;
      }
      if (item?.kind === 'binary') {
        const chosen = item.options.find((option) => (is === 'below' ? option.value < value : option.value >= value));
        return `${name} is ${chosen ? `“${chosen.text}”` : is === 'below' ? 'no' : 'yes'}`;
      }
      if (item?.kind === 'ordinal') {
        // Limits lie between two steps of a scale; people read the step.
        const steps = item.options.map((option) => option.value).sort((a, b) => a - b);
        const step =
          is === 'below'
            ? (steps.findLast((one) => one < value) ?? Math.ceil(value) - 1)
            : (steps.find((one) => one >= value) ?? Math.ceil(value));
        const told = text(step);
        return `${name} is ${is === 'below' ? 'at most' : 'at least'} ${told === undefined ? showNumber(step) : `“${told}”`}`;
      }
      return `${name} is ${is === 'below' ? 'below' : 'at least'} ${showNumber(value)}`;
    })
    .join(' and ');
}
