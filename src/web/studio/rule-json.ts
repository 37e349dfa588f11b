import type { Response } from 'express';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { checkRule, type RuleFault } from '../../model/read-rule.ts';
import type { Rule, RuleUnit } from '../../model/rule.ts';
import type { House } from '../app.ts';
import type { StudyVisit } from '../doorway.ts';
import { field } from '../form.ts';
import { buttons, showForm } from './frame.ts';
import { type Building, buildingAddress, buildingHead, CARRIED } from './rule-building.ts';

/** Far more than the largest rule takes. */
export const RULE_BYTES_MAX = 512 * 1024;
/** What is read of a form at all: a file that is a little too large is refused in words, with the form as it was. */
export const FORM_BYTES_MAX = 4 * RULE_BYTES_MAX;

export const ruleJson = (rule: Rule): string => JSON.stringify(rule, null, 2);

/** A rule as a file of its own. */
export function sendRule(res: Response, rule: Rule, name: string): void {
  const stem = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  res.attachment(`${stem === '' ? 'rule' : stem}.rule.json`).type('application/json');
  res.send(`${ruleJson(rule)}\n`);
}

/** The rule as it is written down, to be read out and put in anew. What was typed stays, whatever is wrong with it. */
export async function showJson(
  house: House,
  {
    visit,
    res,
    building,
    form,
    problem = null,
  }: {
    visit: StudyVisit;
    res: Response;
    building: Building;
    form: Form;
    problem?: Problem | null;
  },
): Promise<void> {
  await showForm(
    house,
    visit,
    res,
    'segments',
    {
      view: 'studio/rule-json',
      head: buildingHead(visit.study, building, 'The rule as JSON'),
      action: buildingAddress(visit.study, building.segment),
      isUpload: true,
      fields: (make) => [
        ...CARRIED.map((name) => make.hidden(name)),
        make.area('json', 'The rule', {
          rows: 18,
          isRequired: true,
          hint: 'One object: all, any or not, and conditions inside. It takes the place of the whole rule, and is kept only when the segment is saved',
        }),
        make.file('file', 'Or a file', '.json,application/json', { hint: 'It is read instead of what stands above' }),
      ],
      buttons: buttons('Use this rule'),
    },
    { json: ruleJson(building.rule), ...form, rule: JSON.stringify(building.rule), ruleUnit: building.unit },
    problem,
  );
}

/**
 * Reads a rule that somebody wrote down.
 *
 * @throws Problem `invalid` naming each place that does not fit, as an address within the document, and what to do there
 */
export function ruleInJson(text: string, unit: RuleUnit): Rule {
  const refuse = (detail: string): never => {
    throw new Problem('invalid', 'This is not a rule yet', { errors: [{ pointer: '#/json', detail }] });
  };
  const json = text.replace(/^\uFEFF/, '');
  if (json.trim() === '') return refuse('Paste a rule, or choose a file with one');
  let input: unknown;
  try {
    input = JSON.parse(json);
  } catch {
    return refuse(notJson(json));
  }
  const twice = nameTwice(json);
  if (twice !== null) return refuse(twice);
  const checked = checkRule(input, unit);
  if ('rule' in checked) return checked.rule;
  throw new Problem('invalid', 'This is not a rule yet', {
    errors: checked.faults.map((fault) => ({ pointer: '#/json', detail: inWords(fault) })),
  });
}

const inWords = ({ message, advice, path }: RuleFault): string =>
  `At ${path.length === 0 ? 'the top' : pointerOf(path)}: ${message}${advice === null ? '' : `. ${advice}`}`;

/**
 * The address of a place within a JSON document.
 *
 * @see RFC 6901
 *
 * @example
 * pointerOf(['all', 0, 'a/b']) // => '/all/0/a~1b'
 */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Where a text stops being JSON, and what to look for there. */
function notJson(json: string): string {
  const text = json.trimEnd();
  const end = readableTo(text);
  return end === text.length
    ? `This ends too early, at ${placeIn(text, end)}. Close every bracket, brace and quotation mark that was opened`
    : `This is no JSON at ${placeIn(text, end)}, where ${signAt(text, end)} stands. Look just there for a comma that is missing or too many, or a name without straight quotation marks`;
}

function placeIn(text: string, end: number): string {
  const lines = text.slice(0, end).split('\n');
  return `line ${lines.length}, character ${(lines.at(-1) ?? '').length + 1}`;
}

/** A sign as it is seen, or by its number where it is not. */
function signAt(text: string, at: number): string {
  const point = text.codePointAt(at) ?? 0;
  const sign = String.fromCodePoint(point);
  if (sign === '\n' || sign === '\r') return 'a line break';
  if (sign === '\t') return 'a tab';
  return /[\p{Z}\p{C}\p{DI}]/u.test(sign)
    ? `the sign U+${point.toString(16).toUpperCase().padStart(4, '0')}`
    : `“${sign}”`;
}

/** That a name stands twice in the same braces, of which JSON’s reader keeps the last alone; null for none. */
function nameTwice(json: string): string | null {
  const open: Set<string>[] = [];
  for (const { 0: sign, 1: text, 2: colon, index } of json.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}]/g)) {
    if (sign === '{') open.push(new Set());
    else if (sign === '}') open.pop();
    else if (colon !== undefined) {
      const name = JSON.parse(text ?? '""') as string;
      if (open.at(-1)?.has(name))
        return `At ${placeIn(json, index)}: “${name}” stands in these braces already, and only one can count. Put both into one, or give each braces of its own`;
      open.at(-1)?.add(name);
    }
  }
  return null;
}

/** How much of a text could still become JSON: as far as its reader comes before it meets what cannot stand there. */
function readableTo(text: string): number {
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (mayGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function mayGoOn(part: string): boolean {
  try {
    JSON.parse(part);
    return true;
  } catch (error) {
    const { message } = error as Error;
    const position = /at position (\d+)/.exec(message)?.[1];
    return /end of JSON input|Unterminated/.test(message) || Number(position) >= part.length;
  }
}

type File = { size: number; buffer: Buffer } | undefined;
const isTooLarge = (file: File): boolean => file !== undefined && file.size > RULE_BYTES_MAX;

/** The text that a form brings: of its file where it has one that is not too large, else what was typed. */
export const jsonIn = (form: Form, file: File): string =>
  file && file.size > 0 && !isTooLarge(file) ? new TextDecoder().decode(file.buffer) : field(form, 'json');

/** @throws Problem `invalid` for a file that is larger than any rule */
export function refuseTooLarge(file: File): void {
  if (file && isTooLarge(file))
    throw new Problem('invalid', 'This is not a rule yet', {
      errors: [
        {
          pointer: '#/file',
          detail: `This file has ${Math.ceil(file.size / 1024).toLocaleString('en-GB')} KB, and a rule takes at most ${RULE_BYTES_MAX / 1024}. Choose another, or paste what you need of it`,
        },
      ],
    });
}
