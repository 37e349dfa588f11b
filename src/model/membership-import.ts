import { cleanText } from './clean-text.ts';
import {
  CELLS_MOST,
  MEMBERSHIP_COLUMNS_MOST,
  type MembershipColumn,
  type MembershipPlan,
  type WhoKind,
} from './defined-segmentation.ts';

/** A row that says of somebody in which segment they are. */
export type MembershipRow = {
  line: number;
  who: string;
  segment: string;
  /** Null where the file does not say. */
  probability: number | null;
  /** ISO 8601; null where the file does not say. */
  at: string | null;
};
export type MembershipFault = { line: number; detail: string };
/** Rows of one person that cannot all be right. */
export type MembershipConflict = { who: string; lines: number[]; segments: string[] };
export type SettledMembership<Unit> = { unit: Unit; segment: string; probability: number | null; at: string | null };

/** Enough cells to tell what a column holds. */
const SAMPLE_ROWS = 1_000;
const ID_LETTERS_MOST = 300;
const PATTERNS: readonly [MembershipColumn, RegExp][] = [
  ['segment', /(segment|cluster|class|group|persona|type)(?![a-z]*(prob|score))/i],
  ['probability', /(prob|likelihood|certainty|confidence|score|^p$)/i],
  ['date', /(date|time|when|as[ _-]?of|since|_at$|day)/i],
  [
    'who',
    /((^|[ _-])(id|key)$|^(user|person|people|customer|client|contact|member|participant|respondent|response)|mail)/i,
  ],
];
const ADDRESS = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;
const PUBLIC_ID = /^[A-Za-z0-9_-]{22}$/;

/**
 * What the columns of a table of memberships most likely mean, by their names and, of a table without names, by their order.
 *
 * @example
 * guessMembershipColumns(['customer_id', 'Segment', 'p'], [['c1', 'Savers', '0.8']])
 * // => { columns: ['who', 'segment', 'probability'], who: 'external' }
 */
export function guessMembershipColumns(
  header: readonly string[] | null,
  rows: readonly (readonly string[])[],
): { columns: MembershipColumn[]; who: WhoKind } {
  const sample = rows.slice(0, SAMPLE_ROWS);
  const width = Math.max(header?.length ?? 0, ...sample.map((row) => row.length));
  const columns = Array.from({ length: width }, (): MembershipColumn => 'ignore');
  for (const [meaning, pattern] of PATTERNS) {
    const at = (header ?? []).findIndex((name, column) => columns[column] === 'ignore' && pattern.test(name.trim()));
    if (at >= 0) columns[at] = meaning;
  }
  for (const meaning of ['who', 'segment'] as const) {
    const free = columns.indexOf('ignore');
    if (!columns.includes(meaning) && free >= 0) columns[free] = meaning;
  }
  const who = columns.indexOf('who');
  const ids = sample.map((row) => row[who]?.trim() ?? '').filter((id) => id !== '');
  const most = (pattern: RegExp) => ids.length > 0 && ids.filter((id) => pattern.test(id)).length > ids.length / 2;
  return { columns, who: most(ADDRESS) ? 'email' : most(PUBLIC_ID) ? 'response' : 'external' };
}

/**
 * Why a table cannot be read as it is planned, in one sentence; null when it can.
 *
 * @example
 * planFault({ name: 'Ours', who: 'external', hasHeader: true, columns: ['segment', 'ignore'] })
 * // => 'No column says who people are: choose the one that holds their ids'
 */
export function planFault({ columns }: MembershipPlan): string | null {
  const count = (of: MembershipColumn) => columns.filter((one) => one === of).length;
  if (columns.length > MEMBERSHIP_COLUMNS_MOST)
    return `The table has ${columns.length} columns, more than ${MEMBERSHIP_COLUMNS_MOST}`;
  if (count('who') === 0) return 'No column says who people are: choose the one that holds their ids';
  if (count('segment') === 0) return 'No column says in which segment people are: choose the one that does';
  for (const [of, words] of [
    ['who', 'who people are'],
    ['segment', 'the segment'],
    ['probability', 'the probability'],
    ['date', 'the date'],
  ] as const)
    if (count(of) > 1) return `Several columns are ${words}: leave out all but one`;
  return null;
}

/**
 * Reads rows as the plan says.
 *
 * @param instants the cells of the date column as times, null for those that cannot be read
 * @param firstLine the line of the first row
 */
export function readMembershipRows(
  { columns }: Pick<MembershipPlan, 'columns'>,
  rows: readonly (readonly string[])[],
  instants: readonly (string | null)[] | null,
  firstLine: number,
): { rows: MembershipRow[]; withoutSegment: number; faults: MembershipFault[] } {
  const [who, segment, probability, date] = (['who', 'segment', 'probability', 'date'] as const).map((meaning) =>
    columns.indexOf(meaning),
  );
  const read: MembershipRow[] = [];
  const faults: MembershipFault[] = [];
  let withoutSegment = 0;
  for (const [index, cells] of rows.entries()) {
    const line = firstLine + index;
    const cell = (column: number | undefined) => (cells[column ?? -1] ?? '').trim();
    const id = cell(who);
    const name = cleanText(cell(segment), 'name');
    const told = cell(probability);
    const at = cell(date) === '' ? null : (instants?.[index] ?? undefined);
    if (id === '' || id.length > ID_LETTERS_MOST) faults.push({ line, detail: 'does not say who the person is' });
    else if (name.isTooLong) faults.push({ line, detail: 'has a name of a segment longer than 200 characters' });
    else if (name.text === '') withoutSegment += 1;
    else if (told !== '' && readShare(told) === null)
      faults.push({ line, detail: `has “${told.slice(0, 40)}” as a probability, which is no number from 0 to 1` });
    else if (at === undefined)
      faults.push({
        line,
        detail: `has “${cell(date).slice(0, 40)}” as a date, which cannot be read or can be read in two ways: write it as 2026-03-09`,
      });
    else read.push({ line, who: id, segment: name.text, probability: told === '' ? null : readShare(told), at });
  }
  return { rows: read, withoutSegment, faults };
}

/** A number from 0 to 1, with a point or a comma; null for all else. */
function readShare(cell: string): number | null {
  if (!/^[01]?([.,]\d{1,40})?$/.test(cell)) return null;
  const share = Number(cell.replace(',', '.'));
  return share <= 1 ? share : null;
}

/**
 * One membership for each person. Of several rows that name one segment the latest and surest stands; of rows that name
 * several segments the latest, else the surest, and where neither tells them apart none.
 *
 * @param unitOf whom an id means; null for nobody who is known
 */
export function settleMemberships<Unit>(
  rows: readonly MembershipRow[],
  unitOf: (who: string) => Unit | null,
): {
  settled: SettledMembership<Unit>[];
  unknown: MembershipRow[];
  /** Rows more than one for each person. */
  repeated: number;
  conflicts: MembershipConflict[];
} {
  const byUnit = new Map<Unit, MembershipRow[]>();
  const unknown: MembershipRow[] = [];
  for (const row of rows) {
    const unit = unitOf(row.who);
    const own = unit === null ? unknown : (byUnit.get(unit) ?? []);
    own.push(row);
    if (unit !== null) byUnit.set(unit, own);
  }
  const settled: SettledMembership<Unit>[] = [];
  const conflicts: MembershipConflict[] = [];
  let repeated = 0;
  for (const [unit, own] of byUnit) {
    repeated += own.length - 1;
    const [best] = own.toSorted(
      (a, b) => (b.at ?? '').localeCompare(a.at ?? '') || (b.probability ?? -1) - (a.probability ?? -1),
    );
    const rival = own.length < 2 ? undefined : own.find((row) => row.segment !== best!.segment && isAsGood(row, best!));
    if (rival) {
      conflicts.push({
        who: best!.who,
        lines: own.map(({ line }) => line),
        segments: [...new Set(own.map((row) => row.segment))],
      });
      continue;
    }
    settled.push({ unit, segment: best!.segment, probability: best!.probability, at: best!.at });
  }
  return { settled, unknown, repeated, conflicts };
}

const isAsGood = (row: MembershipRow, best: MembershipRow): boolean =>
  row.at === best.at && row.probability === best.probability;

/** Why these names cannot be segments; null when they can. */
export function segmentsFault(names: readonly string[]): string | null {
  if (names.length < 2)
    return 'Everybody who is known is in one segment, or nobody is known, so there is nothing to tell apart';
  return names.length > CELLS_MOST
    ? `There are ${names.length} different segments, more than ${CELLS_MOST}: is this the column of the segment?`
    : null;
}
