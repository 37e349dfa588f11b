import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import type { Wording } from '../../model/survey.ts';
import { MEASURE_STEPS } from '../../model/survey-check.ts';
import type { Measure } from '../../model/survey-edit-kind.ts';
import { stepNames } from '../../model/survey-edit-steps.ts';
import { field, fieldList } from '../form.ts';
import {
  type Choice,
  condition,
  type Entry,
  list,
  type Maker,
  partsIn,
  type Setting,
  tickView,
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

const namedSteps = (entry: Entry, language: string): string =>
  Object.entries((entry['steps'] as { labels?: Record<string, Wording> } | undefined)?.labels ?? {})
    .map(([step, text]) => `${step} = ${text[language] ?? ''}`)
    .join('\n');

/** The first and the last step, and their names. */
export const steps: Setting = {
  name: 'steps',
  show: (make, prefix, entry) => {
    const measure = entry['measure'] as Measure | undefined;
    const ends = measure && MEASURE_STEPS[measure];
    const hint = ends ? `${measure.toUpperCase()} runs from ${ends.min} to ${ends.max}` : null;
    return [
      make.text(`${prefix}steps.min`, 'First step', { isShort: true, ...(hint && { hint }) }),
      make.text(`${prefix}steps.max`, 'Last step', { isShort: true }),
      make.translated(
        make.area(`${prefix}steps.labels`, 'Names of the steps', {
          rows: 5,
          hint: `One a line: all of them in order, or the first and the last, or with their numbers: “1 = Not at all”. Steps without a name show their number${measure === 'nps' ? '; the ends of an NPS have names in every language by themselves' : ''}`,
        }),
        (first) => namedSteps(entry, first),
      ),
    ];
  },
  fill: (entry, prefix, language) => {
    const { min, max } = entry['steps'] as { min: number; max: number };
    return {
      [`${prefix}steps.min`]: String(min),
      [`${prefix}steps.max`]: String(max),
      [`${prefix}steps.labels`]: namedSteps(entry, language),
    };
  },
  apply: (entry, form, prefix, language) => {
    const before = entry['steps'] as { min: number; max: number; labels?: Record<string, Wording> };
    const chosen = field(form, `${prefix}measure`);
    const isNewMeasure = chosen !== entry['measure'] && Object.hasOwn(MEASURE_STEPS, chosen);
    const [min, max] = [stepNumber(form[`${prefix}steps.min`]), stepNumber(form[`${prefix}steps.max`])];
    const read = stepNames(field(form, `${prefix}steps.labels`), Number(min), Number(max));
    if ('error' in read && typeof min === 'number' && typeof max === 'number')
      throw new Problem('invalid', 'This cannot be kept as it is', {
        errors: [{ pointer: `#/${prefix}steps.labels`, detail: read.error }],
      });
    const names = 'names' in read ? read.names : new Map<number, string>();
    const ends = isNewMeasure ? MEASURE_STEPS[chosen as Measure] : { min, max };
    // A measure brings its own steps: the names of the ends stay at the ends.
    const placed = (step: number): number => (step === min ? Number(ends.min) : step === max ? Number(ends.max) : step);
    const labels = Object.fromEntries(
      [...names]
        .filter(([step]) => placed(step) >= Number(ends.min) && placed(step) <= Number(ends.max))
        .map(([step, text]) => [placed(step), { ...before.labels?.[step], [language]: text }]),
    );
    return withPart(entry, 'steps', { ...ends, ...(Object.keys(labels).length > 0 ? { labels } : {}) });
  },
};

/** What was typed as a step, a number or not. */
const stepNumber = (typed: string | string[] | undefined): number | string => {
  const text = String(typed ?? '').trim();
  return text !== '' && Number.isInteger(Number(text)) ? Number(text) : text;
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

const namesSomebody = (entry: Entry): boolean =>
  (entry['identifying'] as boolean | undefined) ?? entry['format'] !== undefined;

/** Whether an answer names somebody: an address or a number of theirs does, unless its author says otherwise. */
export const identifying: Setting = {
  name: 'identifying',
  show: (make, prefix, entry) => [
    { kind: 'hidden', name: `${prefix}identifying.shown`, value: namesSomebody(entry) ? '1' : '0' },
    tickView(
      `${prefix}identifying`,
      'Names somebody',
      make.typed(`${prefix}identifying`) !== '',
      'Kept out of text analysis and of exports without identities. On by itself for e-mail addresses, web addresses and telephone numbers',
    ),
  ],
  fill: (entry, prefix): Form => (namesSomebody(entry) ? { [`${prefix}identifying`]: '1' } : {}),
  apply: (entry, form, prefix) => {
    const isChosen = field(form, `${prefix}identifying`) !== '';
    // Left as it was shown, it follows what the answer must be.
    const wasShown = field(form, `${prefix}identifying.shown`) === '1';
    return isChosen === wasShown ? entry : withPart(entry, 'identifying', isChosen);
  },
};
