import {
  readCatchText,
  readKeyText,
  readStepText,
  writeCatchText,
  writeKeyText,
} from '../../exchange/instrument-text.ts';
import type { Form } from '../../model/answers.ts';
import type { InstrumentFile, KnownKey } from '../../model/instrument.ts';
import { Problem, type ProblemError } from '../../model/problem.ts';
import { codeFrom } from '../../model/survey-edit-codes.ts';
import { field } from '../form.ts';
import type { FieldView, fieldMaker } from './frame.ts';

/** The form that an instrument is entered and changed with, and what it says as an instrument. */

export const TERMS: readonly { value: InstrumentFile['terms']; label: string; hint: string }[] = [
  { value: 'public-domain', label: 'Public domain', hint: 'Anybody may use the words for anything' },
  { value: 'own-work', label: 'Your own words', hint: 'You or your organisation wrote them' },
  {
    value: 'licensed',
    label: 'Somebody else’s words, and I declare that I may use them here',
    hint: 'You hold a licence or permission for this use. Verbatim does not ship such words',
  },
];

export const termsLabel = (terms: InstrumentFile['terms']): string =>
  ({ 'public-domain': 'public domain', 'own-work': 'own words', licensed: 'licensed: declared by the operator' })[
    terms
  ];

export function instrumentFields(make: ReturnType<typeof fieldMaker>, isNew: boolean): FieldView[] {
  return [
    make.text('name', 'Name', { isRequired: true }),
    ...(isNew
      ? [make.text('code', 'Code', { hint: 'Empty: made from the name. Scores are kept under it', isShort: true })]
      : [make.hidden('code')]),
    make.text('version', 'Version', { isRequired: true, isShort: true, hint: 'A changed key needs another' }),
    make.text('language', 'Language of the words', { isRequired: true, isShort: true, hint: 'A tag such as en' }),
    make.text('citation', 'Citation'),
    make.radios('terms', 'Whose words are these?', TERMS, { isRequired: true }),
    make.text('licence', 'Licence or terms, as you would cite them', { isRequired: true }),
    make.area('stem', 'What stands above the statements', { isRequired: true, rows: 3 }),
    make.text('min', 'Lowest step', { isRequired: true, isShort: true }),
    make.text('max', 'Highest step', { isRequired: true, isShort: true }),
    make.area('steps', 'Names of steps', { rows: 5, hint: 'One a line: 1 Not at all' }),
    make.area('statements', 'Statements', { isRequired: true, rows: 12, hint: 'One a line, in their order' }),
    make.area('key', 'Key', {
      isRequired: true,
      rows: 8,
      hint: 'One scale a line, items by number, R turns one round: Calmness: 1, 4R, 7; at least 2. Also: sum, part of …',
    }),
    make.area('catches', 'Items that only show who reads', {
      rows: 2,
      hint: 'One a line: 6 at most 2. Whoever answers outside it gets no scores',
    }),
    make.boxes('centred', 'Scores', [
      {
        value: 'yes',
        label: 'Centred within each person',
        hint: 'Takes a person’s mean over all items from their scores, as for values',
      },
    ]),
    make.radios('structure', 'How the scales stand to each other', [
      { value: 'factors', label: 'Each by itself' },
      { value: 'circumplex', label: 'In a circle, as human values do', hint: 'Then no factors are looked for' },
    ]),
    make.hidden('number'),
  ];
}

/** The form filled with an instrument. */
export function formOfInstrument(file: InstrumentFile, number: number): Form {
  const language = file.languages[0] ?? 'en';
  const word = (wording: Record<string, string>) => wording[language] ?? Object.values(wording)[0] ?? '';
  return {
    code: file.code,
    name: word(file.name),
    version: file.version,
    language,
    citation: file.citation ?? '',
    terms: file.terms,
    licence: file.licence,
    stem: word(file.stem),
    min: String(file.steps.min),
    max: String(file.steps.max),
    steps: Object.entries(file.steps.labels ?? {})
      .map(([step, name]) => `${step} ${word(name)}`)
      .join('\n'),
    statements: file.items.map(({ text }) => word(text)).join('\n'),
    key: writeKeyText(file, language),
    catches: writeCatchText(file),
    centred: file.centring === 'person-mean' ? ['yes'] : [],
    structure: file.structure ?? 'factors',
    number: String(number),
  };
}

/** The form filled with what is known of an instrument whose words are still to be entered. */
export function formOfKey(key: KnownKey): Form {
  const items = Array.from({ length: key.items }, (_, index) => ({ code: `i${index + 1}`, text: {} }));
  return {
    code: key.code,
    name: key.name,
    version: '1',
    language: 'en',
    citation: key.citation,
    terms: 'licensed',
    min: String(key.steps.min),
    max: String(key.steps.max),
    key: writeKeyText({ scales: key.scales, items }, 'en'),
    catches: writeCatchText({ catches: key.catches, items }),
    centred: key.centring === 'person-mean' ? ['yes'] : [],
    structure: key.structure ?? 'factors',
  };
}

/**
 * What the form says, to be read as an instrument.
 *
 * @param known the version that was changed: its codes and its other languages stay where the statements are as many
 * @throws Problem `invalid` naming the fields that cannot be read
 */
export function instrumentIn(form: Form, known: InstrumentFile | null): unknown {
  const errors: ProblemError[] = [];
  const fault = (name: string, detail: string) => errors.push({ pointer: `#/${name}`, detail });
  const language = field(form, 'language').trim();
  const required = (name: string, what: string): string => {
    const text = field(form, name).trim();
    if (text === '') fault(name, what);
    return text;
  };
  const name = required('name', 'Enter a name');
  const version = required('version', 'Say which version it is');
  const licence = required('licence', 'Say under which terms the words may be used');
  const stem = required('stem', 'Enter what is asked above the statements');
  if (field(form, 'terms') === '') fault('terms', 'Say whose words these are');
  const whole = (which: 'min' | 'max') => {
    const text = field(form, which).trim();
    if (!/^\d{1,3}$/.test(text)) fault(which, 'Enter a whole number');
    return Number(text);
  };
  const [min, max] = [whole('min'), whole('max')];
  const lines = field(form, 'statements')
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0) fault('statements', 'Enter at least one statement');
  const kept = known?.items.length === lines.length ? known : null;
  const others = (wording: Record<string, string> | undefined) => (kept ? wording : undefined);
  const items = lines.map((text, index) => ({
    code: kept?.items[index]?.code ?? `i${index + 1}`,
    text: { ...others(kept?.items[index]?.text), [language]: text },
  }));
  const codes = items.map(({ code }) => code);
  const steps = readStepText(field(form, 'steps'), language);
  const key = readKeyText(
    field(form, 'key'),
    codes,
    language,
    new Map(known?.scales.map((one) => [one.code, one.name])),
  );
  const catches = readCatchText(field(form, 'catches'), codes);
  for (const detail of steps.errors.slice(0, 5)) fault('steps', detail);
  for (const detail of key.errors.slice(0, 5)) fault('key', detail);
  for (const detail of catches.errors.slice(0, 5)) fault('catches', detail);
  if (errors.length > 0) throw new Problem('invalid', 'This instrument cannot be kept yet', { errors });

  const labels = Object.entries(steps.labels).map(([step, own]) => [
    step,
    { ...others(known?.steps.labels?.[step]), ...own },
  ]);
  const citation = field(form, 'citation').trim();
  return {
    format: 1,
    code: field(form, 'code').trim() || codeFrom(name, new Set(), 'instrument'),
    version,
    name: { ...known?.name, [language]: name },
    languages: [language, ...(kept?.languages ?? []).filter((one) => one !== language)],
    terms: field(form, 'terms'),
    licence,
    ...(citation !== '' && { citation }),
    stem: { ...others(known?.stem), [language]: stem },
    steps: { min, max, ...(labels.length > 0 && { labels: Object.fromEntries(labels) }) },
    items,
    ...(known?.order && { order: known.order }),
    centring: field(form, 'centred') === 'yes' ? 'person-mean' : 'none',
    ...(field(form, 'structure') === 'circumplex' && { structure: 'circumplex' }),
    ...(known?.provisionalUntil !== undefined && { provisionalUntil: known.provisionalUntil }),
    ...(catches.catches.length > 0 && { catches: catches.catches }),
    scales: key.scales,
  };
}

/** What is wrong with an instrument, said beside the field of the form that it came from. */
export function atFields(problem: Problem): Problem {
  const names: Readonly<Record<string, string>> = { items: 'statements', scales: 'key', languages: 'language' };
  return new Problem(problem.kind, problem.message, {
    detail: problem.detail,
    errors: problem.errors.map(({ pointer, detail }) => {
      const part = pointer.split('/')[1] ?? '';
      return { pointer: `#/${names[part] ?? part}`, detail };
    }),
    cause: problem,
  });
}
