import { surveyItems } from '../../model/items.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { columnMatcher } from './column-matcher.ts';
import { mergeChoices } from './merged-choices.ts';
import { plainText } from './plain-text.ts';

/** The programs whose files of responses are known by their first rows. */
export type ResponseDialect = 'plain' | 'qualtrics' | 'survey-monkey' | 'typeform' | 'google-forms';

/** What a column is taken to mean; somebody confirms it before anything counts. */
export type SuggestedMeaning =
  | { is: 'item'; address: string }
  | { is: 'person' | 'startedAt' | 'completedAt' | 'language' }
  | { is: 'ignored'; why: string }
  | { is: 'unknown'; why: string };

export type NeutralColumn = {
  /** What a person would call it: the question and, where there is one, the row or option. */
  name: string;
  /** The short name some programs give beside the wording; empty where there is none. */
  code: string;
  /** The columns of the file it is made of, counted from 0; several where choices belong together. */
  from: number[];
  meaning: SuggestedMeaning;
  /** The labels of the choices it was put together from; empty for a column that stood alone. */
  choices: string[];
};

/** A file of responses with the habits of its program taken out of it: one column for each answer. */
export type NeutralTable = {
  dialect: ResponseDialect;
  columns: NeutralColumn[];
  /** Cells by column; several choices are joined by `;`. */
  rows: string[][];
  /** How many rows of the file stood before the first response. */
  headerRows: number;
};

/** A column of the file, before choices are put together. */
export type RawColumn = { index: number; name: string; code: string; group: string; label: string };

export const DIALECT_NAMES: Readonly<Record<ResponseDialect, string>> = {
  plain: 'a plain table',
  qualtrics: 'Qualtrics',
  'survey-monkey': 'SurveyMonkey',
  typeform: 'Typeform',
  'google-forms': 'Google Forms',
};

/**
 * Tells by its first rows which program wrote a file.
 *
 * @param rows as they stand in the file, headings first
 *
 * @example
 * detectDialect([['Timestamp', 'How old are you?'], ['2026/03/09 10:00:00', '30']]) // => 'google-forms'
 */
export function detectDialect(rows: readonly (readonly string[])[]): ResponseDialect {
  const [first = [], second = [], third = []] = rows;
  const names = new Set(first.map((name) => name.trim().toLowerCase()));
  if (third.some((cell) => /^\s*\{\s*"ImportId"\s*:/.test(cell))) return 'qualtrics';
  if (
    names.has('respondent id') &&
    (names.has('collector id') || second.some((cell) => /^(open-ended )?response$/i.test(cell.trim())))
  )
    return 'survey-monkey';
  const isTypeform =
    first[0]?.trim() === '#' && [...names].some((name) => name.startsWith('submit date') || name === 'network id');
  if (isTypeform) return 'typeform';
  return first[0]?.trim().toLowerCase() === 'timestamp' && first.length > 1 ? 'google-forms' : 'plain';
}

/** What the columns mean that each program adds of its own. */
const OWN: Readonly<Record<ResponseDialect, readonly (readonly [RegExp, SuggestedMeaning['is'], string?])[]>> = {
  plain: [],
  qualtrics: [
    [/^StartDate$/, 'startedAt'],
    [/^EndDate$/, 'completedAt'],
    [/^UserLanguage$/, 'language'],
    [/^ExternalReference$/, 'person'],
    [
      /^(IPAddress|Location(Latitude|Longitude)|Recipient(FirstName|LastName|Email))$/,
      'ignored',
      'It names or finds somebody',
    ],
    [
      /^(Status|Progress|Duration \(in seconds\)|Finished|RecordedDate|ResponseId|DistributionChannel)$/,
      'ignored',
      'It is about the response, not an answer',
    ],
    [
      /_(DO|FIRST_CLICK|LAST_CLICK|PAGE_SUBMIT|CLICK_COUNT)(_|$)|_(First Click|Last Click|Page Submit|Click Count)$/,
      'ignored',
      'It is about the order or time of a page',
    ],
  ],
  'survey-monkey': [
    [/^Start Date$/i, 'startedAt'],
    [/^End Date$/i, 'completedAt'],
    [/^Respondent ID$/i, 'person'],
    [/^(IP Address|Email Address|First Name|Last Name)$/i, 'ignored', 'It names or finds somebody'],
    [/^(Collector ID|Custom Data( \d+)?)$/i, 'ignored', 'It is about the response, not an answer'],
  ],
  typeform: [
    [/^#$/, 'person'],
    [/^Start Date \(UTC\)$/i, 'startedAt'],
    [/^Submit Date \(UTC\)$/i, 'completedAt'],
    [/^(Network ID)$/i, 'ignored', 'It finds somebody'],
    [/^(Response Type|Stage Date \(UTC\)|Tags|Ending)$/i, 'ignored', 'It is about the response, not an answer'],
  ],
  'google-forms': [
    [/^Timestamp$/i, 'completedAt'],
    [/^(Email Address|Username)$/i, 'ignored', 'It names or finds somebody'],
    [/^Score$/i, 'ignored', 'It is about the response, not an answer'],
  ],
};

const HEADER_ROWS: Readonly<Record<ResponseDialect, number>> = {
  plain: 1,
  qualtrics: 3,
  'survey-monkey': 2,
  typeform: 1,
  'google-forms': 1,
};

/**
 * Reads a file of responses whichever program wrote it, and says for each column what it seems to mean.
 *
 * @param rows every row of the file, headings included, cells as written
 * @param definition the survey they answer; null when there is none yet
 */
export function readResponses(
  rows: readonly (readonly string[])[],
  definition: SurveyDefinition | null,
  dialect: ResponseDialect = detectDialect(rows),
): NeutralTable {
  const { columns, headerRows, read } = responseReader(rows, definition, dialect);
  return { dialect, columns, rows: rows.slice(headerRows).map(read), headerRows };
}

/** The same for a table that may be long: what its columns are, and a function that reads one of its rows. */
export function responseReader(
  rows: readonly (readonly string[])[],
  definition: SurveyDefinition | null,
  dialect: ResponseDialect,
): Pick<NeutralTable, 'columns' | 'headerRows'> & { read: (cells: readonly string[]) => string[] } {
  const headerRows = Math.min(HEADER_ROWS[dialect], rows.length);
  const body = rows.slice(headerRows);
  const own = (column: RawColumn): SuggestedMeaning | null => {
    const name = column.code || column.name;
    const found = OWN[dialect].find(([pattern]) => pattern.test(name.trim()));
    if (!found) return null;
    return found[1] === 'ignored' ? { is: 'ignored', why: found[2] ?? '' } : ({ is: found[1] } as SuggestedMeaning);
  };
  const raw = rawColumns(rows, dialect);
  const match = definition ? columnMatcher(definition) : null;
  const merged = mergeChoices(
    raw.filter((column) => own(column) === null),
    body,
    dialect,
    definition,
  );
  const inGroup = new Map(merged.flatMap((group) => group.columns.map((column) => [column.index, group] as const)));
  const columns: NeutralColumn[] = [];
  const taken = new Set<string>();
  for (const column of raw) {
    const group = inGroup.get(column.index);
    if (group && group.columns[0] !== column) continue;
    const found = own(column);
    const suggested: SuggestedMeaning =
      found ??
      (group?.address !== undefined
        ? { is: 'item', address: group.address }
        : (match?.(column, group !== undefined) ?? { is: 'unknown', why: 'There is no survey to compare it with' }));
    const isTwice = suggested.is === 'item' && taken.has(suggested.address);
    if (suggested.is === 'item') taken.add(suggested.address);
    columns.push({
      name: group ? group.name : column.name,
      code: column.code,
      from: group ? group.columns.map(({ index }) => index) : [column.index],
      meaning: isTwice ? { is: 'unknown', why: `Another column is “${suggested.address}” already` } : suggested,
      choices: group?.columns.map(({ label }) => label) ?? [],
    });
  }
  const items = new Map(definition ? surveyItems(definition).map((item) => [item.address, item]) : []);
  const write = columns.map((column) => {
    const group = inGroup.get(column.from[0] ?? -1);
    const item = column.meaning.is === 'item' ? items.get(column.meaning.address) : undefined;
    if (group) return (cells: readonly string[]) => group.read(cells);
    const index = column.from[0] ?? 0;
    if (item?.holds === 'codes' && dialect !== 'plain')
      return (cells: readonly string[]) => listedLabels(cells[index] ?? '', item.options);
    return (cells: readonly string[]) => cells[index] ?? '';
  });
  return { columns, headerRows, read: (cells) => write.map((read) => read(cells)) };
}

function rawColumns(rows: readonly (readonly string[])[], dialect: ResponseDialect): RawColumn[] {
  const [first = [], second = []] = rows;
  const width = Math.max(first.length, dialect === 'survey-monkey' ? second.length : 0);
  const clean = (text: string | undefined) => plainText(text ?? '').text.replaceAll(/\s+/g, ' ');
  let group = '';
  return Array.from({ length: width }, (_, index): RawColumn => {
    const name = clean(first[index]);
    switch (dialect) {
      case 'qualtrics': {
        const text = clean(second[index]);
        const [whole = '', label = ''] = text.includes(' - ')
          ? [text.slice(0, text.lastIndexOf(' - ')), text.slice(text.lastIndexOf(' - ') + 3)]
          : [text, ''];
        return { index, name: text || name, code: name, group: label === '' ? '' : whole, label };
      }
      case 'survey-monkey': {
        if (name !== '') group = name;
        const label = clean(second[index]);
        const isPlain = label === '' || /^(open-ended )?response$/i.test(label);
        return { index, name: isPlain ? group : `${group} - ${label}`, code: '', group, label: isPlain ? '' : label };
      }
      case 'google-forms': {
        const [, whole = '', label = ''] = /^(.*\S)\s*\[([^[\]]*)\]$/.exec(name) ?? [];
        return { index, name: name || `Column ${index + 1}`, code: '', group: whole, label };
      }
      default:
        return {
          index,
          name: name || `Column ${index + 1}`,
          code: '',
          group: '',
          label: dialect === 'typeform' ? name : '',
        };
    }
  });
}

/**
 * A cell such as `Pen, ink,Paper` as the codes of its labels, the longest label first, since labels may hold commas.
 *
 * @returns codes joined by `;`, or the cell as it was when something in it is no label
 */
export function listedLabels(
  cell: string,
  options: readonly { code: string; text: Readonly<Record<string, string>> }[],
): string {
  const labels = options
    .flatMap((option) =>
      [option.code, ...Object.values(option.text)].map((label) => [label.trim().toLowerCase(), option.code] as const),
    )
    .sort((a, b) => b[0].length - a[0].length);
  const small = cell.toLowerCase();
  const codes: string[] = [];
  let at = 0;
  while (at < small.length) {
    if (/[\s,;|]/.test(small[at] ?? '')) {
      at += 1;
      continue;
    }
    const found = labels.find(
      ([label]) =>
        label !== '' &&
        small.startsWith(label, at) &&
        /^\s*([,;|]|$)/.test(small.slice(at + label.length, at + label.length + 5)),
    );
    if (!found) return cell;
    if (!codes.includes(found[1])) codes.push(found[1]);
    at += found[0].length;
  }
  return codes.length > 0 ? codes.join(';') : cell;
}

/**
 * A time as programs write it, in UTC where they say nothing else.
 *
 * @returns ISO 8601 in UTC, or null when it cannot be read or could be read in two ways
 *
 * @example
 * instantIn('2026-03-09 14:05:00') // => '2026-03-09T14:05:00.000Z'
 * @example
 * instantIn('2026-03-09T14:05:00+02:00') // => '2026-03-09T12:05:00.000Z'
 * @example
 * instantIn('9.3.2026 14:05') // => '2026-03-09T14:05:00.000Z'
 * @example
 * instantIn('03/04/2026 14:05') // => null
 */
export function instantIn(cell: string, order: 'month-first' | 'day-first' | null = null): string | null {
  const text = cell.trim();
  const iso =
    /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(am|pm)?)?\s*(Z|UTC|GMT(?:[+-]\d{1,2})?|[+-]\d{2}:?\d{2}$)?/i.exec(
      text,
    );
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(text);
  if (dotted) {
    const [, day, month, year, ...time] = dotted;
    return utc(year, month, day, time);
  }
  const slashed = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(am|pm)?)?$/i.exec(text);
  if (slashed) {
    const [, a, b, year, ...time] = slashed;
    // A month and a day that could change places are not guessed at.
    if (order === null && Number(a) <= 12 && Number(b) <= 12 && Number(a) !== Number(b)) return null;
    return order === 'day-first' || (order === null && Number(a) > 12) ? utc(year, b, a, time) : utc(year, a, b, time);
  }
  if (!iso) return null;
  const [, year, month, day, hour, minute, second, half, zone = ''] = iso;
  const [, hours = '0', minutes = '0'] = /([+-]\d{1,2}):?(\d{2})?$/.exec(zone) ?? [];
  const offset = Number(hours) + (hours.startsWith('-') ? -1 : 1) * (Number(minutes) / 60);
  const found = utc(year, month, day, [hour, minute, second, half]);
  return found === null || offset === 0 ? found : new Date(Date.parse(found) - offset * 3_600_000).toISOString();
}

/**
 * A whole column of times: one date that can be read in one way only tells how all the others are meant.
 *
 * @returns per cell as `instantIn`
 */
export function instantsIn(cells: readonly string[]): (string | null)[] {
  const dates = cells.map((cell) => /^\s*(\d{1,2})\/(\d{1,2})\/\d{4}/.exec(cell)).filter((one) => one !== null);
  const isDayFirst = dates.some(([, a]) => Number(a) > 12);
  const isMonthFirst = dates.some(([, , b]) => Number(b) > 12);
  const order = isDayFirst === isMonthFirst ? null : isDayFirst ? 'day-first' : 'month-first';
  return cells.map((cell) => instantIn(cell, order));
}

function utc(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  [hour, minute, second, half]: (string | undefined)[],
): string | null {
  const hours = (Number(hour ?? 0) % (half ? 12 : 24)) + (half?.toLowerCase() === 'pm' ? 12 : 0);
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day), hours, Number(minute ?? 0), Number(second ?? 0));
  const isReal = Number.isFinite(time) && new Date(time).getUTCDate() === Number(day) && Number(month) <= 12;
  return isReal ? new Date(time).toISOString() : null;
}
