import type { z } from 'zod';
import type { ProblemError } from './problem.ts';

/** What does not fit the shape of a survey, in our own words: the field, the line it stands in, and what it may be. */

const FIELDS: Readonly<Record<string, string>> = {
  text: 'Words',
  steps: 'Scale',
  'steps.min': 'First step',
  'steps.max': 'Last step',
  labels: 'Names of the steps',
  min: 'The least allowed',
  max: 'The most allowed',
  step: 'In steps of',
  least: 'Choose at least',
  most: 'Choose at most',
  minLength: 'At least so many characters',
  maxLength: 'At most so many characters',
  pattern: 'The pattern',
  format: 'Must be',
  places: 'Places to give',
  perTask: 'Shown at once',
  tasks: 'How many times',
  versions: 'Different sets of tasks',
  total: 'Total to share out',
  megabytesMax: 'At most so many MB',
  accepts: 'Takes',
  fields: 'Asks for',
  parameter: 'Its name in the address',
  formula: 'Calculation',
  visibleIf: 'Shown if',
  holds: 'Must hold',
  message: 'Said when it does not',
  take: 'Show only so many',
  order: 'Order',
  rowOrder: 'Order of the rows',
  optionsFrom: 'Options carried over',
  rowsFrom: 'Rows carried over',
  minutes: 'Minutes it takes',
  title: 'Title',
  introduction: 'Introduction',
  link: 'Goes on to',
  limit: 'How many at most',
  minimumAnswered: 'Answered at least',
  items: 'Items',
  low: 'At the low end',
  high: 'At the high end',
  if: 'If',
  to: 'Go to',
  kind: 'Kind',
};
/** Lists whose entries are lines or numbered pieces in their forms. */
const LISTS: Readonly<Record<string, string>> = {
  options: 'options, line',
  rows: 'rows, line',
  columns: 'columns, line',
  checks: 'check',
  next: 'jump',
  ends: 'end',
  quotas: 'quota',
  blocks: 'block',
  instruments: 'instrument',
  scales: 'scale',
  purposes: 'purpose',
  pages: 'page',
  questions: 'question',
  languages: 'language',
  items: 'item',
};

/**
 * @param raw what was read
 * @param isWhole whether the page and the question are named as well, for a reader who does not stand at the question
 */
export function surveyErrors(error: z.ZodError, raw: unknown, isWhole: boolean): ProblemError[] {
  return error.issues.slice(0, 50).map((issue) => {
    const path = issue.path.map(String);
    const where = whereOf(path, isWhole);
    const detail = problemOf(issue, valueAt(raw, path));
    return { pointer: `#/${path.join('/')}`, detail: where === '' ? detail : `${where}: ${detail}` };
  });
}

function whereOf(path: readonly string[], isWhole: boolean): string {
  const from = !isWhole && path[0] === 'pages' ? (path[2] === 'questions' ? 4 : 2) : 0;
  const words: string[] = [];
  for (let i = from; i < path.length; i += 1) {
    const [name = '', next = ''] = [path[i], path[i + 1]];
    if (/^\d+$/.test(next) && LISTS[name] !== undefined) {
      words.push(`${LISTS[name]} ${Number(next) + 1}`);
      i += 1;
    } else if (FIELDS[`${name}.${next}`] !== undefined) {
      words.push(FIELDS[`${name}.${next}`] ?? '');
      i += 1;
    } else if (!/^\d+$/.test(name)) words.push(FIELDS[name] ?? name);
    else words.push(name);
  }
  const text = words.join(', ');
  return text === '' ? '' : `${text[0]?.toUpperCase()}${text.slice(1)}`;
}

function valueAt(raw: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    raw,
  );
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? `“${value.length > 40 ? `${value.slice(0, 39)}…` : value}”` : String(value);

const KINDS: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'yes or no',
  array: 'a list',
  object: 'a piece with names of its own',
  record: 'a wording in one or more languages',
};

/** What is wrong with one value, in our own words. */
export function problemOf(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined || value === '')
        return `there is nothing; it must be ${KINDS[issue.expected] ?? issue.expected}`;
      return `it must be ${KINDS[issue.expected] ?? issue.expected}${typeof value === 'object' ? '' : `, and ${shown(value)} is not`}`;
    case 'too_big':
      if (issue.origin === 'array') return `there may be at most ${issue.maximum}`;
      return `it may be ${issue.inclusive ? 'at most' : 'less than'} ${amount(issue.maximum, issue.origin)}${typeof value === 'number' ? `, and ${value} is more` : ''}`;
    case 'too_small':
      if (value === '') return 'there is nothing yet';
      if (issue.origin === 'array') return `there must be at least ${issue.minimum}`;
      return `it must be ${issue.inclusive ? 'at least' : 'more than'} ${amount(issue.minimum, issue.origin)}${typeof value === 'number' ? `, and ${value} is not` : ''}`;
    case 'unrecognized_keys':
      return `nothing here is called ${issue.keys.map(shown).join(', ')}`;
    case 'invalid_value':
      return value === undefined
        ? 'it is missing'
        : `it may be ${issue.values.map(String).join(', ')}${typeof value === 'object' ? '' : `, and not ${shown(value)}`}`;
    case 'invalid_union':
      return value === undefined ? 'it is missing' : `${shown(value)} is none that there is`;
    case 'invalid_key':
      return `${shown(issue.path.at(-1))} cannot stand there`;
    case 'not_multiple_of':
      return `it must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      // The shapes that have words of their own say them.
      return /^Invalid /.test(issue.message) ? 'it is not written as it must be' : issue.message;
    default:
      return issue.message;
  }
}

const amount = (count: number | bigint, origin: string): string =>
  origin === 'string' ? `${count} ${Number(count) === 1 ? 'character' : 'characters'} long` : String(count);
