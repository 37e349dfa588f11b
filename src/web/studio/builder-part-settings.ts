import { type Page, Purpose, type SurveyDefinition } from '../../model/survey.ts';
import { pageName } from './builder-names.ts';
import type { Part } from './builder-places.ts';
import type { SettingGroup } from './builder-question-settings.ts';
import {
  type Choice,
  choice,
  condition,
  type Entry,
  list,
  number,
  plain,
  type Setting,
  wording,
  words,
} from './builder-settings.ts';
import { ORDERS } from './builder-special-settings.ts';

/** What can be set besides questions: pages, the start, ends, quotas, scales, the order of pages. */

const isWithout =
  (...names: string[]) =>
  (entry: Entry) =>
    names.every((name) => entry[name] === undefined);

/** @param definition for the pages and ends that a jump may lead to */
export function pageSettings(definition: SurveyDefinition, page: Page, language: string): SettingGroup[] {
  const index = definition.pages.findIndex((one) => one.code === page.code);
  const places: Choice[] = [
    { value: '', label: 'Choose a place' },
    ...definition.pages.slice(index + 1).map((one, ahead) => ({
      value: one.code,
      label: pageName(definition, index + ahead + 1, null, language),
    })),
    ...(definition.ends ?? []).map((end) => ({ value: end.code, label: `End: ${end.code}` })),
  ];
  return [
    {
      heading: null,
      isOpen: true,
      settings: [wording('title', 'Title'), wording('introduction', 'Introduction', { rows: 3 })],
    },
    {
      heading: 'Showing and order',
      isOpen: true,
      settings: [
        condition('visibleIf', 'Shown if', 'Empty: always. What is named must be asked before this page'),
        choice('order', 'Order of its questions', ORDERS),
        number('take', 'Show only so many, drawn for each person', { hint: 'Empty: all of them' }),
      ],
    },
    {
      heading: 'Where to go from here',
      isOpen: page.next !== undefined,
      settings: [
        list(
          'next',
          'Jumps',
          'jump',
          [condition('if', 'If', 'Empty: always'), choice('to', 'Go to', places)],
          isWithout('to', 'if'),
          { hint: 'The first that holds is taken; without any, the next page follows' },
        ),
      ],
    },
  ];
}

/** The settings of something that stands inside an entry by a name. Without `key` filled in, it is not there. */
function nested(name: string, settings: readonly Setting[], key: string | null = null): Setting {
  const own = (entry: Entry) => (entry[name] as Entry | undefined) ?? {};
  return {
    name,
    show: (make, prefix, entry) => settings.flatMap((setting) => setting.show(make, `${prefix}${name}.`, own(entry))),
    fill: (entry, prefix, language) =>
      Object.assign({}, ...settings.map((setting) => setting.fill(own(entry), `${prefix}${name}.`, language))),
    apply: (entry, form, prefix, language) => {
      const changed = settings.reduce(
        (one, setting) => setting.apply(one, form, `${prefix}${name}.`, language),
        own(entry),
      );
      const { [name]: _, ...others } = entry;
      return key !== null && changed[key] === undefined ? others : { ...entry, [name]: changed };
    },
  };
}

const OUTCOMES: readonly Choice[] = [
  { value: '', label: 'Complete' },
  { value: 'screened-out', label: 'Screened out' },
  { value: 'quota-full', label: 'Quota full' },
];

const GROUPS: Record<Part, SettingGroup[]> = {
  start: [
    {
      heading: null,
      isOpen: true,
      settings: [
        wording('title', 'Title', { isRequired: true }),
        wording('introduction', 'Introduction', { rows: 4, hint: 'Who asks, why, and what happens with the answers' }),
        number('minutes', 'Minutes it takes', { hint: 'Shown before the start' }),
      ],
    },
    {
      heading: 'Consent',
      isOpen: true,
      settings: [
        nested('consent', [
          plain('version', 'Version of the text', { hint: 'Give it another whenever the text changes' }),
          wording('text', 'What a person agrees to', { rows: 6, isRequired: true }),
          list(
            'purposes',
            'Purposes',
            'purpose',
            [
              choice('code', 'Purpose', [
                { value: '', label: 'Choose one' },
                ...Purpose.options.map((value) => ({ value, label: value })),
              ]),
              wording('text', 'In words', { isRequired: true }),
            ],
            isWithout('code'),
            { hint: '“analysis” is what taking part means; the others are ticked one by one', whenNone: [] },
          ),
          plain('contact', 'Whom to turn to'),
        ]),
      ],
    },
  ],
  ends: [
    { heading: null, isOpen: true, settings: [wording('end', 'Thank-you, where no other end fits', { rows: 3 })] },
    {
      heading: 'Ends of their own',
      isOpen: true,
      settings: [
        list(
          'ends',
          'Ends',
          'end',
          [
            plain('code', 'Code', { hint: 'Jumps name it' }),
            condition('if', 'Shown if', 'Empty: always, or by a jump only'),
            choice('outcome', 'Counts as', OUTCOMES),
            wording('title', 'Title'),
            wording('text', 'Text', { rows: 3 }),
            plain('link', 'Goes on to', { hint: 'An https:// address, shown as a link' }),
          ],
          isWithout('code', 'if', 'title', 'text', 'link'),
          { hint: 'The first whose condition holds is shown' },
        ),
      ],
    },
    {
      heading: 'One’s own result',
      isOpen: false,
      settings: [
        nested(
          'result',
          [
            plain('instrument', 'Shows the scores of', { hint: 'The code of an instrument' }),
            wording('text', 'Words beside it', { rows: 2 }),
          ],
          'instrument',
        ),
      ],
    },
  ],
  order: [
    {
      heading: null,
      isOpen: true,
      settings: [
        choice('blockOrder', 'Order of the blocks', ORDERS),
        list(
          'blocks',
          'Blocks',
          'block',
          [
            plain('code', 'Code'),
            words('pages', 'Its pages, by their codes', { rows: 3 }),
            choice('order', 'Order of its pages', ORDERS),
            number('take', 'Show only so many pages'),
          ],
          (entry) => entry['code'] === undefined && (entry['pages'] as string[]).length === 0,
          { hint: 'Pages that belong together and may be shuffled or drawn' },
        ),
      ],
    },
  ],
  quotas: [
    {
      heading: null,
      isOpen: true,
      settings: [
        list(
          'quotas',
          'Quotas',
          'quota',
          [
            plain('code', 'Code'),
            plain('name', 'Name'),
            condition('if', 'Counts whoever'),
            number('limit', 'How many at most'),
            choice('whenFull', 'When it is full', [
              { value: '', label: 'The response ends there' },
              { value: 'go-on', label: 'Go on, and only count' },
            ]),
          ],
          isWithout('code', 'name', 'if', 'limit'),
        ),
      ],
    },
  ],
  scales: [
    {
      heading: null,
      isOpen: true,
      settings: [
        list(
          'instruments',
          'Instruments',
          'instrument',
          [
            plain('code', 'Code'),
            wording('name', 'Name', { isRequired: true }),
            plain('version', 'Version'),
            plain('licence', 'Licence'),
            plain('citation', 'Citation'),
            choice('centring', 'Scores are', [
              { value: 'none', label: 'Not centred' },
              { value: 'person-mean', label: 'Centred within each person' },
            ]),
            choice('structure', 'Its scales stand', [
              { value: '', label: 'Each by itself' },
              { value: 'circumplex', label: 'In a circle, as human values do' },
            ]),
            number('provisionalUntil', 'Provisional until so many people are scored', { hint: 'Empty: never' }),
            list(
              'scales',
              'Scales',
              'scale',
              [
                plain('code', 'Code'),
                wording('name', 'Name', { isRequired: true }),
                words('items', 'Items', { hint: 'One a line: question or question.row; - before it turns it round' }),
                number('minimumAnswered', 'Answered at least', { hint: 'Empty: all of them' }),
                choice('score', 'A score is', [
                  { value: '', label: 'The mean of the items answered' },
                  { value: 'sum', label: 'Their sum: that mean times the number of items' },
                ]),
                plain('partOf', 'Facet of', { hint: 'The code of another scale here. Empty: it stands by itself' }),
              ],
              (entry) => entry['code'] === undefined && (entry['items'] as string[]).length === 0,
            ),
            list(
              'catches',
              'Items that only show who reads',
              'item',
              [
                plain('item', 'Item', { hint: 'question or question.row' }),
                number('least', 'Answered at least'),
                number('most', 'Answered at most'),
              ],
              isWithout('item', 'least', 'most'),
              { hint: 'Not scored. Whoever answers outside the limits gets no scores' },
            ),
          ],
          isWithout('code', 'scales'),
          { hint: 'Items scored together' },
        ),
      ],
    },
  ],
};

export const partSettings = (part: Part): SettingGroup[] => GROUPS[part];
