import { type ChoiceColumn, type ChoicesColumn, columnLength } from '../model/table-column.ts';
import { asked, type ProfiledColumn, readWeights, sumWeights } from '../segments/profile.ts';
import { tableBlocks } from '../segments/table-blocks.ts';
import {
  type ColumnFamily,
  type Standing,
  standingOf,
  TABLE_RULES,
  type TableBlock,
  type TableRules,
} from '../segments/table-cells.ts';
import { effectiveBase, type Members } from '../segments/tally-columns.ts';
import { type DesignEffect, designEffect } from '../stats/design-effect.ts';

/** A question whose answers are columns, if wanted within the answers of another. */
export type BannerQuestion = {
  of: ChoiceColumn | ChoicesColumn;
  within?: ChoiceColumn | ChoicesColumn;
  /** Columns of several options together, shown after them; not tested, since their people are in other columns too. */
  nets?: readonly { label: string; codes: readonly string[] }[];
};

export type BannerColumn = {
  /** A, B, … Z, AA …: what cells call it. */
  letter: string;
  label: string;
  /** The banner question, and the answer of the outer one that the column lies within. */
  question: string;
  within: string | null;
  isNet: boolean;
  n: number;
  weighted: number;
  effectiveN: number;
  standing: Standing;
};

/** A table of many columns as plain data, for pages, CSV and workbooks. */
export type BannerTable = {
  title: string;
  columns: BannerColumn[];
  /** Columns that are held against each other, by their places. `isTestedInPairs` is false where people are in several of them. */
  families: { question: string; within: string | null; columns: number[]; isTestedInPairs: boolean }[];
  total: { n: number; weighted: number; effectiveN: number };
  blocks: TableBlock[];
  weighting: DesignEffect | null;
  /** What the filter was called; null without one. */
  filter: string | null;
  tests: number;
  rules: TableRules;
};

/** More columns than these are no table any more. */
const COLUMNS_MAX = 200;

/**
 * A table of questions by the answers to other questions.
 *
 * @param of.rows what is asked of everybody: choices, numbers, scales, derived variables
 * @param of.banners what makes the columns; each is a family of its own, and so is each outer answer of a nested one
 * @param of.filter who is in the table, with its name
 * @throws {RangeError} with a sentence that can be shown to a researcher: nothing to show, nobody left by the filter, more
 *   columns than a table bears, or columns and weights that do not fit together
 */
export function bannerTable(of: {
  title: string;
  rows: readonly ProfiledColumn[];
  banners: readonly BannerQuestion[];
  weights?: readonly number[] | undefined;
  filter?: { name: string; includes: (person: number) => boolean } | undefined;
  rules?: Partial<TableRules>;
}): BannerTable {
  const first = of.rows[0];
  if (!first) throw new RangeError('Choose at least one question for the rows');
  const n = columnLength(first.column);
  const rules = { ...TABLE_RULES, ...of.rules };
  const weights = readWeights(of.weights, n);
  for (const banner of of.banners)
    for (const column of [banner.of, ...(banner.within ? [banner.within] : [])])
      if (columnLength(column) !== n)
        throw new RangeError(`“${column.name}” does not cover the same respondents as the table`);
  const everyone = Int32Array.from(
    Array.from({ length: n }, (_, person) => person).filter((person) => of.filter?.includes(person) ?? true),
  );
  if (everyone.length === 0)
    throw new RangeError(of.filter ? `Nobody is left by “${of.filter.name}”` : 'There are no respondents to count');

  const columns: BannerColumn[] = [];
  const members: Members[] = [];
  const families: (ColumnFamily & { question: string; within: string | null })[] = [];
  const add = (label: string, own: Members, rest: Pick<BannerColumn, 'question' | 'within' | 'isNet'>): number => {
    const sums = sumWeights(own, weights);
    members.push(own);
    return (
      columns.push({
        letter: columnLetter(columns.length),
        label,
        ...rest,
        n: sums.n,
        weighted: sums.weight,
        effectiveN: effectiveBase(sums),
        standing: standingOf(sums, rules),
      }) - 1
    );
  };
  for (const banner of of.banners) {
    const outers = banner.within
      ? banner.within.options.map(({ label }, option) => ({
          within: label,
          people: choosing(banner.within!, [option], everyone),
        }))
      : [{ within: null, people: everyone }];
    for (const { within, people } of outers) {
      const question = banner.of.name;
      const answered = answering(banner.of, people);
      const own = banner.of.options.map(({ label }, option) =>
        add(label, choosing(banner.of, [option], answered), { question, within, isNet: false }),
      );
      for (const { label, codes } of banner.nets ?? []) {
        const options = codes.map((code) => banner.of.options.findIndex((option) => option.code === code));
        if (options.includes(-1))
          throw new RangeError(`The net “${label}” counts an option that “${question}” does not have`);
        add(label, choosing(banner.of, options, answered), { question, within, isNet: true });
      }
      const counted = own.reduce((sum, place) => sum + members[place]!.length, 0);
      const together = choosing(banner.of, [...banner.of.options.keys()], answered).length;
      families.push({ question, within, columns: own, members: answered, isDisjoint: counted === together });
    }
    if (columns.length > COLUMNS_MAX)
      throw new RangeError(
        `A table bears ${COLUMNS_MAX} columns at most. Take fewer questions across, or do not nest them`,
      );
  }

  const { blocks, tests } = tableBlocks(asked(of.rows, n), { columns: members, everyone, families, weights, rules });
  const all = sumWeights(everyone, weights);
  return {
    title: of.title,
    columns,
    families: families.map(({ question, within, columns: own, isDisjoint }) => ({
      question,
      within,
      columns: [...own],
      isTestedInPairs: isDisjoint,
    })),
    total: { n: all.n, weighted: all.weight, effectiveN: effectiveBase(all) },
    blocks,
    weighting: weights && designEffect(Array.from(everyone, (person) => weights[person]!)),
    filter: of.filter?.name ?? null,
    tests,
    rules,
  };
}

/**
 * What a column is called, as spreadsheets do it.
 *
 * @example
 * [0, 25, 26, 701, 702].map(columnLetter) // => ['A', 'Z', 'AA', 'ZZ', 'AAA']
 */
export function columnLetter(place: number): string {
  const letter = String.fromCharCode(65 + (place % 26));
  return place < 26 ? letter : columnLetter(Math.floor(place / 26) - 1) + letter;
}

const choosing = (column: ChoiceColumn | ChoicesColumn, options: readonly number[], people: Members): Members =>
  people.filter((person) =>
    column.kind === 'choice'
      ? options.includes(column.codes[person]!)
      : options.some((option) => column.chosen[option]![person] === 1),
  );

const answering = (column: ChoiceColumn | ChoicesColumn, people: Members): Members =>
  people.filter((person) => (column.kind === 'choice' ? column.codes[person]! >= 0 : column.answered[person] === 1));
