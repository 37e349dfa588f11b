import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { checkRule } from '../../model/read-rule.ts';
import type { RuleLeaf } from '../../model/rule.ts';
import { field } from '../form.ts';
import { NONE_OF } from './rule-choices.ts';
import { type FormKind, unitOf } from './rule-kinds.ts';
import { optional, type RuleReader, ruleReader } from './rule-reader.ts';
import { ROWS_MAX, stepName, whereNames } from './rule-values.ts';

/**
 * The condition that a form says, which is a whole one.
 *
 * @throws Problem `invalid` naming every field that does not fit
 *
 * @example
 * leafFrom({ kind: 'theme', theme: 'k2xv7', confidence: '0.6' }) // => { theme: 'k2xv7', minConfidence: 0.6 }
 */
export function leafFrom(form: Form): RuleLeaf {
  const read = ruleReader(form);
  const missing = field(form, 'missing');
  const said = saidBy(form, read);
  const leaf = { ...said, ...optional('ifMissing', missing === 'yes' ? true : missing === 'no' ? false : null) };
  const checked = checkRule(leaf, unitOf(form));
  if ('rule' in checked && read.errors.length === 0) return checked.rule as RuleLeaf;
  if ('faults' in checked && read.errors.length === 0)
    for (const { message, path } of checked.faults) read.fault(fieldAt(path, form), `This does not fit: ${message}`);
  throw new Problem('invalid', 'This condition does not fit', { errors: read.errors });
}

function saidBy(form: Form, read: RuleReader): Record<string, unknown> {
  const { typed, text, number, share, span, compared, within, measured, where } = read;
  const event = () => text('event', 'Choose an event');
  const part = (name: string) =>
    typed(name) === '' ? null : share(name, 'Enter a number from 0 to 1, or a percentage');
  switch (field(form, 'kind') as FormKind) {
    case 'attribute':
      return { attribute: field(form, 'subject'), ...compared() };
    case 'company':
      return { company: field(form, 'subject'), ...optional('role', typed('role')), ...compared() };
    case 'people':
      return {
        people: field(form, 'among') === '' ? { all: [] } : { segment: field(form, 'among') },
        ...optional('role', typed('role')),
        ...(field(form, 'peopleMeasure') === 'share' ? { measure: 'share' } : {}),
        ...compared(true),
      };
    case 'role':
      return { role: text('role', 'Choose a role') };
    case 'interview': {
      const atLeast = number('atLeast', 'Enter on how many passages');
      return { interview: text('interview', 'Choose a code'), ...optional('atLeast', atLeast === 1 ? null : atLeast) };
    }
    case 'answer':
      return { answer: field(form, 'subject'), ...optional('survey', field(form, 'survey')), ...compared() };
    case 'event':
      return { event: field(form, 'subject'), ...measured(), ...where(), ...within(), ...compared(true) };
    case 'sequence':
      return {
        sequence: stepsOf(read),
        ...(typed('span') === '' ? {} : { span: span('span') }),
        ...within(),
      };
    case 'moment':
      return { moment: field(form, 'moment'), event: event(), ...where(), ...compared() };
    case 'regularly':
      return {
        regularly: event(),
        ...where(),
        unit: field(form, 'unit'),
        of: number('of', 'Enter of how many'),
        atLeast: number('atLeast', 'Enter in how many of them'),
      };
    case 'stopped':
      return { stopped: event(), ...where(), active: span('active'), quiet: span('quiet') };
    case 'restarted':
      return { restarted: event(), ...where(), active: span('active'), quiet: span('quiet') };
    case 'page':
      return { page: field(form, 'page'), ...compared() };
    case 'technology':
      return { technology: field(form, 'technology'), ...compared(field(form, 'technology') === 'viewport') };
    case 'place':
      return { place: field(form, 'place'), ...compared() };
    case 'survey':
      return { survey: text('survey', 'Choose a survey'), did: field(form, 'did'), ...within() };
    case 'score': {
      const as = field(form, 'as');
      return { score: text('score', 'Choose a scale'), ...optional('as', as === 'raw' ? '' : as), ...compared(true) };
    }
    case 'theme':
      return { theme: text('theme', 'Choose a theme'), ...optional('minConfidence', part('confidence')) };
    case 'persona':
      return { persona: text('persona', 'Choose a persona') };
    case 'segment':
      return {
        ...segmentFrom(text('segment', 'Choose a segment')),
        ...optional('minProbability', part('likely')),
        ...within(),
      };
    case 'sample':
      return { sample: number('sample', 'Enter a number from 0 to 100'), salt: typed('salt') };
    default:
      throw new Problem('invalid', 'This condition does not fit', {
        errors: [{ pointer: '#/kind', detail: 'Choose what the condition looks at' }],
      });
  }
}

/** A segment, or none of a segmentation's, as the list of the form has it. */
const segmentFrom = (chosen: string) =>
  chosen.startsWith(NONE_OF) ? { segment: chosen.slice(NONE_OF.length), none: true } : { segment: chosen };

/** The steps of a sequence, those left empty passed over. */
function stepsOf({ typed, text, where, fault }: RuleReader) {
  const steps = Array.from({ length: ROWS_MAX }, (_, index) => stepName(index)).flatMap((step, index) => {
    const name = `${step}Event`;
    if (typed(name) !== '') return [{ event: typed(name), ...where(step) }];
    if (index < 2) text(name, index === 0 ? 'Choose what came first' : 'Choose what came then');
    else if (typed(whereNames(step, 0).property) !== '') fault(name, 'Choose the event that this property is of');
    return [];
  });
  return steps;
}

/** The form's field for the place in a condition at which it does not read well. */
function fieldAt([first = '', second, third, fourth, fifth]: readonly PropertyKey[], form: Form): string {
  const inWhere = (prefix: string, index: unknown, key: unknown): string => {
    const names = whereNames(prefix, Number(index));
    return key === 'op' ? names.op : key === 'property' ? names.property : names.value;
  };
  if (first === 'where') return inWhere('', second, third);
  if (first === 'sequence')
    return third === 'where' ? inWhere(stepName(Number(second)), fourth, fifth) : `${stepName(Number(second))}Event`;
  if (first === 'within') return field(form, 'within') === '' ? 'from' : 'within';
  if (first === 'measure') return 'property';
  if (first === 'minProbability') return 'likely';
  if (first === 'minConfidence') return 'confidence';
  const name = String(first);
  if (['regularly', 'stopped', 'restarted'].includes(name)) return 'event';
  return form[name] === undefined ? 'value' : name;
}
