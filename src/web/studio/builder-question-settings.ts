import { CONTACT_FIELDS, FILE_KINDS, type Question } from '../../model/survey.ts';
import {
  boxes,
  type Choice,
  calculation,
  choice,
  condition,
  lines,
  list,
  number,
  plain,
  type Setting,
  tick,
  wording,
} from './builder-settings.ts';
import { carried, differentialRows, identifying, ORDERS, parts, steps, withCodes } from './builder-special-settings.ts';
import { usualOptions } from './builder-usual-options.ts';

/** What can be set for a question, by its kind, in groups. */

export type SettingGroup = { heading: string | null; isOpen: boolean; settings: Setting[] };

const LINES_HINT = 'One a line. “code | label” gives it a code of your own; codes stay when you change a label';
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
    [calculation('holds', 'Must hold'), wording('message', 'Said when it does not', { isRequired: true })],
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
      return own([options, usualOptions], {
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
          identifying,
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
        calculation('formula', 'Calculation', 'Such as round(average({mood.calm}, {mood.glad}), 1)'),
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
