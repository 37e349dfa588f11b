import { CONTACT_FIELDS, FILE_KINDS, type Question, type Wording } from '../../model/survey.ts';
import { field, fieldList } from '../form.ts';
import {
  boxes,
  type Choice,
  choice,
  condition,
  type Entry,
  lines,
  list,
  number,
  partsIn,
  plain,
  type Setting,
  tick,
  withPart,
  wording,
} from './builder-settings.ts';

/** What can be set for a question, by its kind, in groups. */

export type SettingGroup = { heading: string | null; isOpen: boolean; settings: Setting[] };

export const ORDERS: readonly Choice[] = [
  { value: '', label: 'As written' },
  { value: 'random', label: 'Shuffled for each person' },
  { value: 'rotated', label: 'Rotated: from a drawn place on' },
  { value: 'reversed-half', label: 'Turned round for every second person' },
];
const LINES_HINT = 'One a line. “code | label” gives it a code of your own; codes stay when you change a label';
/** More parts than these are edited as lines only. */
const PARTS_SHOWN = 60;

const steps: Setting = {
  name: 'steps',
  show: (make, prefix) => [
    make.text(`${prefix}steps.min`, 'First step', { isShort: true }),
    make.text(`${prefix}steps.max`, 'Last step', { isShort: true }),
    make.area(`${prefix}steps.labels`, 'Names of the steps', {
      rows: 5,
      hint: 'One a line: “1 = Not at all”. Steps without a name show their number',
    }),
  ],
  fill: (entry, prefix, language) => {
    const { min, max, labels = {} } = entry['steps'] as { min: number; max: number; labels?: Record<string, Wording> };
    const named = Object.entries(labels).map(([step, text]) => `${step} = ${text[language] ?? ''}`);
    return {
      [`${prefix}steps.min`]: String(min),
      [`${prefix}steps.max`]: String(max),
      [`${prefix}steps.labels`]: named.join('\n'),
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
const carried = (name: 'optionsFrom' | 'rowsFrom', what: string, sources: readonly Choice[]): Setting => ({
  name,
  show: (make, prefix) => [
    make.select(`${prefix}${name}`, `${what} carried over from`, [
      { value: '', label: 'No other question' },
      ...sources,
    ]),
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
const PART_TICKS = { exclusive: 'Stands alone', pinned: 'Keeps its place' } as const;
const COMMENTS: readonly Choice[] = [
  { value: '', label: 'No words asked' },
  { value: 'optional', label: 'Words welcome' },
  { value: 'required', label: 'Words required' },
];

/** What is said of each option or row by itself; its label and code stand in the lines. */
const parts = (name: 'options' | 'rows' | 'columns', can: readonly PartSetting[]): Setting => {
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
              ...(can.includes('image') ? [make.text(at(prefix, code, 'image'), 'Its image, by its id')] : []),
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

const differentialRows = list(
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
const withCodes: Setting = {
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

/**
 * The settings of a question.
 *
 * @param sources the questions whose options may be carried over
 */
export function questionSettings(question: Question, sources: readonly Choice[]): SettingGroup[] {
  const { kind } = question;
  const isAsked = !['statement', 'hidden', 'calculated'].includes(kind);
  const about: Setting[] = [
    wording('text', kind === 'statement' ? 'Text' : 'Question', { rows: 3, isRequired: true }),
    ...(kind === 'hidden' || kind === 'calculated' ? [] : [wording('hint', 'Hint', { rows: 2 })]),
  ];
  const rules: Setting[] = [
    ...(isAsked ? [tick('required', 'Must be answered'), tick('refusable', 'Offers “I’d rather not say”')] : []),
    condition('visibleIf', 'Shown if', "Empty: always. Such as {plan} = 'pro' and {age} >= 18"),
  ];
  const checks = list(
    'checks',
    'Checks',
    'check',
    [condition('holds', 'Must hold'), wording('message', 'Said when it does not', { isRequired: true })],
    (entry) => entry['holds'] === undefined,
    { hint: 'What must be true for the page to go on' },
  );
  const own = settingsOf(question, sources);
  return [
    { heading: null, isOpen: true, settings: [...about, ...own.main] },
    ...(own.parts.length > 0 ? [{ heading: own.partsHeading, isOpen: false, settings: own.parts }] : []),
    ...(own.more.length > 0 ? [{ heading: own.moreHeading, isOpen: false, settings: own.more }] : []),
    { heading: 'Answering and showing', isOpen: true, settings: rules },
    ...(isAsked ? [{ heading: 'Checks', isOpen: false, settings: [checks] }] : []),
  ];
}

type Own = { main: Setting[]; parts: Setting[]; more: Setting[]; partsHeading: string; moreHeading: string };

function settingsOf(question: Question, sources: readonly Choice[]): Own {
  const own = (main: Setting[], rest: Partial<Own> = {}): Own => ({
    main,
    parts: [],
    more: [],
    partsHeading: 'Each option by itself',
    moreHeading: 'Order, limits and look',
    ...rest,
  });
  const order = choice('order', 'Order of the options', ORDERS);
  const rowOrder = choice('rowOrder', 'Order of the rows', ORDERS);
  const options = lines('options', 'Options', LINES_HINT);
  const unit = wording('unit', 'Unit');
  switch (question.kind) {
    case 'single':
    case 'multiple':
      return own([options], {
        parts: [
          parts('options', [
            ...(question.kind === 'multiple' ? (['exclusive'] as const) : []),
            'pinned',
            'comment',
            ...(question.display === 'images' ? (['image'] as const) : []),
            'visibleIf',
          ]),
        ],
        more: [
          order,
          choice('display', 'Shown as', [
            { value: '', label: 'A list' },
            ...(question.kind === 'single' ? [{ value: 'dropdown', label: 'A list that opens' }] : []),
            { value: 'images', label: 'Images' },
          ]),
          ...(question.kind === 'multiple'
            ? [number('least', 'Choose at least'), number('most', 'Choose at most')]
            : []),
          carried('optionsFrom', 'Options', sources),
        ],
      });
    case 'ranking':
      return own([options], {
        parts: [parts('options', ['pinned', 'visibleIf'])],
        more: [
          order,
          number('places', 'Places to give', { hint: 'Empty: all' }),
          carried('optionsFrom', 'Options', sources),
        ],
      });
    case 'rating':
      return own([steps], {
        more: [
          choice('display', 'Shown as', [
            { value: '', label: 'Steps in words or numbers' },
            { value: 'numbers', label: 'Numbers' },
            { value: 'stars', label: 'Stars' },
            { value: 'smileys', label: 'Faces' },
          ]),
          choice('measure', 'Counts as', [
            { value: '', label: 'A rating' },
            { value: 'nps', label: 'NPS (0 to 10)' },
            { value: 'csat', label: 'CSAT (1 to 5)' },
            { value: 'ces', label: 'CES (1 to 7)' },
          ]),
        ],
      });
    case 'battery':
      return own([lines('rows', 'Statements', LINES_HINT), steps], {
        parts: [parts('rows', ['pinned', 'visibleIf'])],
        partsHeading: 'Each statement by itself',
        more: [rowOrder, carried('rowsFrom', 'Statements', sources)],
      });
    case 'matrix':
      return own(
        [
          lines('rows', 'Rows', LINES_HINT),
          lines('columns', 'Columns', LINES_HINT),
          tick('multiple', 'Several in a row'),
        ],
        {
          parts: [parts('rows', ['pinned', 'visibleIf'])],
          partsHeading: 'Each row by itself',
          more: [rowOrder, carried('rowsFrom', 'Rows', sources)],
        },
      );
    case 'differential':
      return own([differentialRows, withCodes, steps], { more: [rowOrder] });
    case 'slider':
      return own([
        number('min', 'From'),
        number('max', 'To'),
        number('step', 'In steps of'),
        unit,
        wording('low', 'At the low end'),
        wording('high', 'At the high end'),
      ]);
    case 'best-worst':
      return own([options, number('perTask', 'Shown at once'), number('tasks', 'How many times')], {
        more: [
          number('versions', 'Different sets of tasks'),
          wording('best', 'The one end', { hint: 'Empty: “best”, in the respondent’s language' }),
          wording('worst', 'The other end'),
        ],
      });
    case 'sum':
      return own([options, number('total', 'Total to share out'), unit], { parts: [parts('options', ['visibleIf'])] });
    case 'number':
      return own([unit, number('min', 'At least'), number('max', 'At most'), tick('whole', 'Whole numbers only')]);
    case 'text':
      return own([tick('long', 'Room for several lines')], {
        moreHeading: 'Length, form and privacy',
        more: [
          number('minLength', 'At least so many characters'),
          number('maxLength', 'At most so many characters'),
          choice('format', 'Must be', [
            { value: '', label: 'Any text' },
            { value: 'email', label: 'An e-mail address' },
            { value: 'url', label: 'A web address' },
            { value: 'phone', label: 'A telephone number' },
          ]),
          plain('pattern', 'Must match the pattern', { hint: 'RE2 syntax; the whole answer must match' }),
          wording('patternMessage', 'Said when it does not'),
          tick('identifying', 'Names somebody', 'Kept out of text analysis and of exports without identities'),
        ],
      });
    case 'date':
      return own([plain('min', 'From', { type: 'date' }), plain('max', 'Until', { type: 'date' })]);
    case 'contact':
      return own([
        boxes(
          'fields',
          'Asks for',
          CONTACT_FIELDS.map((value) => ({ value, label: CONTACT_NAMES[value] })),
        ),
      ]);
    case 'file':
      return own([
        boxes(
          'accepts',
          'Takes',
          FILE_KINDS.map((value) => ({ value, label: FILE_NAMES[value] })),
        ),
        number('megabytesMax', 'At most so many MB'),
      ]);
    case 'hidden':
      return own([plain('parameter', 'Its name in the address', { hint: 'Empty: the code' })]);
    case 'calculated':
      return own([
        condition('formula', 'Calculation', 'Such as round(average({mood.calm}, {mood.glad}), 1)'),
        choice('gives', 'Gives', [
          { value: '', label: 'A number' },
          { value: 'text', label: 'A text' },
        ]),
      ]);
    default:
      return own([]);
  }
}

const CONTACT_NAMES: Record<(typeof CONTACT_FIELDS)[number], string> = {
  fullName: 'Full name',
  firstName: 'First name',
  lastName: 'Last name',
  email: 'E-mail',
  phone: 'Telephone',
  company: 'Company',
  street: 'Street',
  postalCode: 'Post code',
  city: 'City',
  region: 'Region',
  country: 'Country',
};
const FILE_NAMES: Record<(typeof FILE_KINDS)[number], string> = {
  image: 'Images',
  pdf: 'PDF',
  text: 'Plain text',
  document: 'Documents',
  audio: 'Sound',
  video: 'Video',
};
