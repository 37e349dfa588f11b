import type { Wording } from '../../model/survey.ts';
import { field, fieldList } from '../form.ts';
import {
  type Choice,
  condition,
  type Entry,
  list,
  type Maker,
  partsIn,
  type Setting,
  withPart,
  withStray,
  wording,
} from './builder-settings.ts';
import type { FieldView } from './frame.ts';

/** Settings of questions that are more than one field. */

export const ORDERS: readonly Choice[] = [
  { value: '', label: 'As written' },
  { value: 'random', label: 'Shuffled for each person' },
  { value: 'rotated', label: 'Rotated: from a drawn place on' },
  { value: 'reversed-half', label: 'Turned round for every second person' },
];
/** More parts than these are edited as lines only. */
const PARTS_SHOWN = 60;

const stepNames = (entry: Entry, language: string): string =>
  Object.entries((entry['steps'] as { labels?: Record<string, Wording> } | undefined)?.labels ?? {})
    .map(([step, text]) => `${step} = ${text[language] ?? ''}`)
    .join('\n');

/** The first and the last step, and their names. */
export const steps: Setting = {
  name: 'steps',
  show: (make, prefix, entry) => [
    make.text(`${prefix}steps.min`, 'First step', { isShort: true }),
    make.text(`${prefix}steps.max`, 'Last step', { isShort: true }),
    make.translated(
      make.area(`${prefix}steps.labels`, 'Names of the steps', {
        rows: 5,
        hint: 'One a line: “1 = Not at all”. Steps without a name show their number',
      }),
      (first) => stepNames(entry, first),
    ),
  ],
  fill: (entry, prefix, language) => {
    const { min, max } = entry['steps'] as { min: number; max: number };
    return {
      [`${prefix}steps.min`]: String(min),
      [`${prefix}steps.max`]: String(max),
      [`${prefix}steps.labels`]: stepNames(entry, language),
    };
  },
  apply: (entry, form, prefix, language) => {
    const before = entry['steps'] as { labels?: Record<string, Wording> };
    const [min, max] = ['min', 'max'].map((end) => Number(field(form, `${prefix}steps.${end}`) || Number.NaN));
    const labels: Record<string, Wording> = {};
    for (const line of field(form, `${prefix}steps.labels`).split(/\r?\n/)) {
      const [, step, text] = /^\s*(\d{1,3})\s*[=:|]\s*(.*)$/.exec(line) ?? [];
      if (step === undefined || !(Number(step) >= (min ?? 0) && Number(step) <= (max ?? 0))) continue;
      labels[step] = { ...before.labels?.[step], [language]: text?.trim() ?? '' };
    }
    return withPart(entry, 'steps', { min, max, ...(Object.keys(labels).length > 0 ? { labels } : {}) });
  },
};

/** What is taken over from an earlier question: those chosen there, or those left. */
export const carried = (name: 'optionsFrom' | 'rowsFrom', what: string, sources: readonly Choice[]): Setting => ({
  name,
  show: (make, prefix) => [
    make.select(
      `${prefix}${name}`,
      `${what} carried over from`,
      withStray([{ value: '', label: 'No other question' }, ...sources], make.typed(`${prefix}${name}`)),
    ),
    make.select(`${prefix}${name}.which`, 'Which of them', [
      { value: 'chosen', label: 'Those chosen there' },
      { value: 'not-chosen', label: 'Those not chosen there' },
    ]),
  ],
  fill: (entry, prefix) => {
    const from = entry[name] as { question: string; which: string } | undefined;
    return { [`${prefix}${name}`]: from?.question ?? '', [`${prefix}${name}.which`]: from?.which ?? 'chosen' };
  },
  apply: (entry, form, prefix) => {
    const question = field(form, `${prefix}${name}`);
    const which = field(form, `${prefix}${name}.which`) === 'not-chosen' ? 'not-chosen' : 'chosen';
    return withPart(entry, name, question === '' ? undefined : { question, which });
  },
});

type PartSetting = 'exclusive' | 'pinned' | 'comment' | 'image' | 'visibleIf';
const PART_TICKS = {
  exclusive: 'Stands alone: nothing else can be chosen with it',
  pinned: 'Keeps its place',
} as const;
const COMMENTS: readonly Choice[] = [
  { value: '', label: 'No words asked' },
  { value: 'optional', label: 'Words welcome' },
  { value: 'required', label: 'Words required' },
];

const imageSelect = (make: Maker, name: string): FieldView =>
  make.select(
    name,
    'Its image',
    withStray([{ value: '', label: 'No image' }, ...make.images.choices], make.typed(name)),
  );

/** What is said of each option or row by itself; its label and code stand in the lines. */
export const parts = (name: 'options' | 'rows' | 'columns', can: readonly PartSetting[]): Setting => {
  const at = (prefix: string, code: string, what: string) => `${prefix}${name}.${code}.${what}`;
  return {
    name: `${name}.of`,
    show: (make, prefix, entry) => {
      const shown = partsIn(entry, name).slice(0, PARTS_SHOWN);
      if (shown.length === 0) return [];
      return [
        {
          kind: 'parts',
          name: `${prefix}${name}.of`,
          label: `Each of the ${name}`,
          hidden: partsIn(entry, name).length - shown.length,
          upload: can.includes('image') ? make.images.upload : null,
          parts: shown.map(({ code, text }) => ({
            code,
            label: Object.values(text)[0] || code,
            isSet: can.some((what) => make.typed(at(prefix, code, what)) !== ''),
            ticks: (['exclusive', 'pinned'] as const)
              .filter((what) => can.includes(what))
              .map((what) => ({
                name: at(prefix, code, what),
                label: PART_TICKS[what],
                isChosen: make.typed(at(prefix, code, what)) !== '',
              })),
            fields: [
              ...(can.includes('comment')
                ? [make.select(at(prefix, code, 'comment'), 'Words beside it', COMMENTS)]
                : []),
              ...(can.includes('image') ? [imageSelect(make, at(prefix, code, 'image'))] : []),
              { ...make.area(at(prefix, code, 'visibleIf'), 'Shown if', { rows: 2 }), kind: 'condition' },
            ],
          })),
        },
      ];
    },
    fill: (entry, prefix) =>
      Object.fromEntries(
        partsIn(entry, name).flatMap((part) =>
          can.map((what) => {
            const value = (part as Entry)[what];
            return [at(prefix, part.code, what), value === true ? '1' : String(value ?? '')];
          }),
        ),
      ),
    apply: (entry, form, prefix) => {
      const listed = new Set(fieldList(form, `${prefix}${name}.of`));
      const changed = partsIn(entry, name).map((part) =>
        listed.has(part.code)
          ? can.reduce<Entry>((one, what) => {
              const said = field(form, at(prefix, part.code, what)).trim();
              return withPart(one, what, said === '' ? undefined : what in PART_TICKS ? true : said);
            }, part)
          : part,
      );
      return partsIn(entry, name).length > 0 ? withPart(entry, name, changed) : entry;
    },
  };
};

export const differentialRows = list(
  'rows',
  'Pairs of opposites',
  'pair',
  [
    wording('low', 'At the low end', { isRequired: true }),
    wording('high', 'At the high end', { isRequired: true }),
    condition('visibleIf', 'Shown if'),
  ],
  (entry) => [entry['low'], entry['high']].every((one) => Object.values((one as Wording) ?? {}).join('') === ''),
);

/** New pairs get codes, which their form does not ask for. */
export const withCodes: Setting = {
  name: 'rows.codes',
  show: () => [],
  fill: () => ({}),
  apply: (entry) => {
    const rows = (entry['rows'] as Entry[] | undefined) ?? [];
    const taken = new Set(rows.flatMap((row) => (row['code'] === undefined ? [] : [String(row['code'])])));
    const coded = rows.map((row) => {
      if (row['code'] !== undefined) return row;
      let next = 1;
      while (taken.has(`pair-${next}`)) next += 1;
      taken.add(`pair-${next}`);
      return { code: `pair-${next}`, ...row };
    });
    return withPart(entry, 'rows', coded);
  },
};
