import { trimLabel } from '../../charts/numerals.ts';
import type { Form } from '../../model/answers.ts';
import { BANNERS_MAX, TABLE_ADJUSTMENTS, type TableSettings } from '../../model/table-settings.ts';
import { TABLE_RULES } from '../../segments/table-cells.ts';
import type { NamedVariable } from '../../workers/tasks/variable-names.ts';
import { field, fieldList } from '../form.ts';
import { numberIn } from './fieldwork-place.ts';
import type { FieldView, fieldMaker } from './frame.ts';

/*
 * How a table of many columns is set up, as a form, and back.
 */

const LINES_LEAST = 4;
const ADJUSTMENT_NAMES: Record<TableSettings['adjustment'], { label: string; hint: string }> = {
  'benjamini-hochberg': {
    label: 'Benjamini and Hochberg',
    hint: 'Of the letters shown, few are false ones. The usual choice',
  },
  holm: { label: 'Holm', hint: 'Hardly ever a single false letter; fewer true ones are found' },
  none: { label: 'Not adjusted', hint: 'At 0.05 one test in twenty finds something where there is nothing' },
};
const FAMILY_NAMES: Record<NamedVariable['family'], string> = {
  question: '',
  scale: ' (scale)',
  attribute: ' (known of people)',
  theme: ' (themes)',
  segment: ' (segments)',
  derived: ' (made)',
};

export type TableFormContext = {
  variables: readonly NamedVariable[];
  weightings: readonly { publicId: string; name: string; version: number }[];
  /** How many lines for columns there are. */
  lines: number;
};

/** How many lines a form has: those in use, and at least one more. */
export const linesFor = (used: number): number => Math.min(BANNERS_MAX, Math.max(LINES_LEAST, used + 1));

const named = ({ id, name, family }: NamedVariable) => ({
  value: id,
  label: `${trimLabel(name, 80)}${FAMILY_NAMES[family]}`,
});

export function tableFields(
  make: ReturnType<typeof fieldMaker>,
  { variables, weightings, lines }: TableFormContext,
): { first: FieldView[]; banners: FieldView[][]; rows: FieldView; rules: FieldView[] } {
  const across = [{ value: '', label: 'Nothing' }, ...variables.filter(({ kind }) => kind !== 'number').map(named)];
  return {
    first: [make.hidden('revision'), make.text('name', 'Name', { isRequired: true })],
    banners: Array.from({ length: lines }, (_, index) => [
      make.select(index === 0 ? 'banners' : `of-${index}`, `Columns ${index + 1}`, across, { isRequired: index === 0 }),
      make.select(`within-${index}`, 'Within each answer of', across),
      make.text(`nets-${index}`, 'Options together', {
        hint: index === 0 ? 'By their codes, such as Both = north, south; more after a semicolon' : null,
      }),
    ]),
    rows: make.boxes('rows', 'Down the side', variables.map(named), {
      hint: 'None ticked is everything that can be counted',
    }),
    rules: [
      ...(weightings.length === 0
        ? []
        : [
            make.select('weighting', 'Weighting', [
              { value: '', label: 'None' },
              ...weightings.map(({ publicId, name, version }) => ({
                value: publicId,
                label: `${name}, version ${version}`,
              })),
            ]),
          ]),
      make.radios(
        'adjustment',
        'All tests of the table are adjusted together',
        TABLE_ADJUSTMENTS.map((value) => ({ value, ...ADJUSTMENT_NAMES[value] })),
        { isRequired: true },
      ),
      make.text('alpha', 'A letter stands below an adjusted p of', { isShort: true, isRequired: true }),
      make.text('baseMin', 'Columns of fewer people are not tested', { isShort: true, isRequired: true }),
      make.text('baseWarned', 'Columns of fewer people are marked “few”', { isShort: true, isRequired: true }),
      make.boxes('medians', 'Numbers', [{ value: '1', label: 'Show the median beside the mean' }]),
    ],
  };
}

/** What a new table begins with. */
export const usualTable = (across: string): Form => ({
  revision: '0',
  name: '',
  banners: across,
  adjustment: TABLE_RULES.adjustment,
  alpha: String(TABLE_RULES.alpha),
  baseMin: String(TABLE_RULES.baseMin),
  baseWarned: String(TABLE_RULES.baseWarned),
});

export function formOfTable(name: string, version: number, settings: TableSettings): Form {
  return {
    revision: String(version),
    name,
    rows: settings.rows,
    ...Object.fromEntries(
      settings.banners.flatMap(({ of, within, nets }, index) => [
        [index === 0 ? 'banners' : `of-${index}`, of],
        [`within-${index}`, within ?? ''],
        [`nets-${index}`, nets.map(({ label, codes }) => `${label} = ${codes.join(', ')}`).join('; ')],
      ]),
    ),
    weighting: settings.weighting ?? '',
    adjustment: settings.adjustment,
    alpha: String(settings.alpha),
    baseMin: String(settings.baseMin),
    baseWarned: String(settings.baseWarned),
    medians: settings.medians ? ['1'] : [],
  };
}

/**
 * The settings that a form describes, to be read and checked.
 *
 * @param filter the filter of responses that the form asks for
 */
export function tableIn(form: Form, filter: string): unknown {
  const banners = Array.from({ length: BANNERS_MAX }, (_, index) => ({
    of: field(form, index === 0 ? 'banners' : `of-${index}`),
    within: field(form, `within-${index}`) || null,
    nets: netsIn(field(form, `nets-${index}`)),
  })).filter(({ of }) => of !== '');
  return {
    format: 1,
    rows: fieldList(form, 'rows'),
    banners,
    weighting: field(form, 'weighting') || null,
    filter,
    adjustment: field(form, 'adjustment'),
    alpha: numberIn(field(form, 'alpha')) ?? Number.NaN,
    baseMin: numberIn(field(form, 'baseMin')) ?? Number.NaN,
    baseWarned: numberIn(field(form, 'baseWarned')) ?? Number.NaN,
    medians: field(form, 'medians') === '1',
  };
}

const netsIn = (text: string): { label: string; codes: string[] }[] =>
  text.split(';').flatMap((part) => {
    if (part.trim() === '') return [];
    const sign = part.indexOf('=');
    const codes = (sign < 0 ? '' : part.slice(sign + 1))
      .split(',')
      .map((code) => code.trim())
      .filter((code) => code !== '');
    return [{ label: (sign < 0 ? part : part.slice(0, sign)).trim(), codes }];
  });

/** The field of the form that a pointer into the settings is about. */
export function tableFieldOf(pointer: string): string {
  const [part = '', index = '', step = ''] = pointer.split('/').slice(1);
  if (part !== 'banners' || index === '') return pointer;
  if (step === 'nets') return `#/nets-${index}`;
  if (step === 'within') return `#/within-${index}`;
  return index === '0' ? '#/banners' : `#/of-${index}`;
}
