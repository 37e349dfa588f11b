import type { RuleWhere } from '../../model/rule.ts';

const WHERE_OPERATORS = ['is', 'isNot', 'contains', 'gt', 'gte', 'lt', 'lte', 'set', 'notSet'] as const;

/** A condition on a property of an event as a line that people write. */
export const whereLine = ({ property, op, value }: RuleWhere): string =>
  [property, op, ...(value === undefined ? [] : [String(value)])].join(' ');

export const linesOf = (text: string): string[] => text.split(/\r?\n/).flatMap((line) => line.trim() || []);

/**
 * Conditions on properties of an event, one a line.
 *
 * @returns what reads well, and a sentence for each line that does not
 *
 * @example
 * readWhereLines('revenue gte 20').wheres // => [{ property: 'revenue', op: 'gte', value: 20 }]
 */
export function readWhereLines(text: string): { wheres: RuleWhere[]; faults: string[] } {
  const read: { wheres: RuleWhere[]; faults: string[] } = { wheres: [], faults: [] };
  for (const line of linesOf(text)) {
    const [property = '', op = '', ...rest] = line.split(' ');
    const known = WHERE_OPERATORS.find((one) => one === op);
    const value = rest.join(' ');
    if (!known || (value === '') !== (known === 'set' || known === 'notSet')) {
      read.faults.push(
        `Write each condition as a property, one of ${WHERE_OPERATORS.join(', ')}, and a value, such as “revenue gte 20”: “${line}” is none`,
      );
      continue;
    }
    const isOrdered = ['gt', 'gte', 'lt', 'lte'].includes(known);
    read.wheres.push(
      value === ''
        ? { property, op: known }
        : { property, op: known, value: isOrdered && !Number.isNaN(Number(value)) ? Number(value) : value },
    );
  }
  return read;
}
