import { type Preparation, prepareAnswers } from './prepare-answers.ts';

/** One thing people can be grouped by; null where somebody did not answer. */
export type InputColumn = {
  id: string;
  name: string;
  kind: 'numeric' | 'ordinal' | 'binary' | 'nominal';
  /**
   * Numbers as answered; of a nominal column the index of the level. A column with two different answers, such as 0 and 1,
   * counts as yes or no.
   */
  values: readonly (number | null)[];
  levels?: readonly string[];
};

/** Columns that belong together: a battery, the scales of an instrument, a choice, a set of themes. */
export type InputBlock = {
  id: string;
  name: string;
  /** `person-mean` takes from each answer the person's mean over the block, which removes a habit of answering high. */
  centring: 'none' | 'person-mean';
  /** How much it counts beside the other blocks. */
  weight: number;
  columns: readonly InputColumn[];
  /** Binary columns that fewer than this share have, or all but this share, are left out. */
  leastPrevalence?: number;
};

/** A column of the table: a nominal one has become one for each of its levels. */
export type TableColumn = {
  id: string;
  name: string;
  block: number;
  /** Of two answers only. */
  isBinary: boolean;
  /** The nominal column of which it is a level. */
  levelOf: string | null;
};
export type TableBlock = {
  id: string;
  name: string;
  centring: InputBlock['centring'];
  weight: number;
  /** Where its columns stand in the table: from this one … */
  from: number;
  /** … up to this one, exclusive. */
  to: number;
};

/**
 * What people are grouped by, in an order of its own: columns by id, people by their answers. What is computed from it
 * cannot depend on the order of the file.
 */
export type InputTable = {
  n: number;
  p: number;
  columns: TableColumn[];
  blocks: TableBlock[];
  /** As answered, row after row; NaN where nothing was. */
  answers: Float64Array;
  /** Made ready: filled, centred, on a common scale. Without gaps. */
  rows: Float64Array;
  /** How they were made ready, which makes a later person ready in the same way. */
  preparation: Preparation;
  /** For each row, which respondent it is. */
  kept: number[];
  /** Respondents who lack too much of a block to be grouped by it, and are placed afterwards by what they answered … */
  partial: number[];
  /** … which stands here, laid out like `answers`. */
  partialAnswers: Float64Array;
  /** Respondents who answered too little of everything. */
  dropped: number[];
  isBalanced: boolean;
  /** How much each row counts in the shares of segments; null where all count alike. */
  weights: Float64Array | null;
  /** What was left out or merged, in sentences for a researcher. */
  notes: string[];
};

export type InputOptions = {
  /** Fill gaps from the person's and the column's mean, or leave out whoever has one. */
  missing: 'fill' | 'leave-out';
  /** Bring all blocks to the same spread, so that many columns do not count for more than few. */
  isBalanced: boolean;
  /** By respondent, above 0: how much each counts in the shares of segments. People are grouped as if all counted alike. */
  weights?: readonly number[];
};

/** Below this, every split of people is chance. */
export const PEOPLE_MIN = 50;
/** Of a block somebody may lack this share and still be filled; more, and they are not grouped by guesses. */
export const MISSING_MOST = 0.3;
/** With fewer people for each column than this nothing is looked for … */
const PEOPLE_PER_COLUMN_LEAST = 5;
/** … and with fewer than this it is said. */
const PEOPLE_PER_COLUMN = 10;

/**
 * Makes the table that people are grouped by.
 *
 * Within a block gaps are filled with person + column − all, kept within what was answered; then answers are centred within
 * the person where the block asks for it. Columns are turned into z-scores (n − 1) but for yes-or-no ones, which rare
 * answers would blow up. Blocks are divided by their largest singular value, as in multiple factor analysis, and
 * multiplied by the root of their weight.
 *
 * @param blocks all over the same respondents
 * @throws {RangeError} with a sentence that can be shown to a researcher: nothing chosen, too few people, a column with one
 *   answer, more columns than the people bear
 * @see Escofier and Pagès (1994), Computational Statistics & Data Analysis 18, 121–140
 */
export function buildInputTable(blocks: readonly InputBlock[], options: InputOptions): InputTable {
  const notes: string[] = [];
  const levelOf = new Map<string, string>();
  const wanted = laidOut(blocks, notes, levelOf);
  if (wanted.length === 0) throw new RangeError('Choose at least one thing to group people by');
  const respondents = wanted[0]!.columns[0]!.values.length;
  for (const { columns } of wanted)
    for (const { name, values } of columns) {
      if (values.length !== respondents) throw new RangeError(`“${name}” does not cover the same respondents`);
      if (values.some((value) => value !== null && !Number.isFinite(value)))
        throw new RangeError(`“${name}” holds something that is not a number`);
      if (values.some((value) => value !== null && Math.abs(value) > NUMBER_MOST))
        throw new RangeError(`“${name}” holds a number that is too large to compare`);
      if (respondents > 0 && values.every((value) => value === null))
        throw new RangeError(`Nobody answered “${name}”: take it out`);
    }
  checkWeights(options.weights, respondents);

  const { kept, partial, dropped } = sortPeople(wanted, respondents, options.missing);
  if (kept.length < PEOPLE_MIN)
    throw new RangeError(
      `Looking for segments needs at least ${PEOPLE_MIN} people who answered enough, and there are ${kept.length}. ${tooFewBecause(wanted, respondents)}`,
    );

  const usable = wanted.flatMap((block) => {
    const columns = usableColumns(block, kept, notes);
    return columns.length === 0 ? [] : [{ ...block, columns }];
  });
  const p = usable.reduce((sum, { columns }) => sum + columns.length, 0);
  if (p === 0)
    throw new RangeError('Nothing that was chosen tells people apart: choose something else to group them by');
  const most = Math.floor(kept.length / PEOPLE_PER_COLUMN_LEAST);
  if (p > most)
    throw new RangeError(
      `${p} columns are too many for ${kept.length} people: choose at most ${most}, such as scales in place of their items`,
    );
  if (p > kept.length / PEOPLE_PER_COLUMN)
    notes.push(
      `${p} columns are many for ${kept.length} people. With ${Math.floor(kept.length / PEOPLE_PER_COLUMN)} or fewer, such as scales in place of their items, more would be found`,
    );

  const columns: TableColumn[] = [];
  const tableBlocks: TableBlock[] = [];
  for (const [block, { id, name, centring, weight, columns: own }] of usable.entries()) {
    tableBlocks.push({ id, name, centring, weight, from: columns.length, to: columns.length + own.length });
    for (const column of own)
      columns.push({
        id: column.id,
        name: column.name,
        block,
        isBinary: isYesOrNo(column, kept),
        levelOf: levelOf.get(column.id) ?? null,
      });
  }
  const values = usable.flatMap(({ columns: own }) => own.map((column) => column.values));
  const order = sortedByAnswers(kept, values, options.weights);
  const answers = answersOf(order, values);
  const layout = { p, columns, blocks: tableBlocks, isBalanced: options.isBalanced };
  return {
    ...layout,
    ...prepareAnswers(answers, layout),
    n: order.length,
    answers,
    kept: order,
    partial,
    partialAnswers: answersOf(partial, values),
    dropped,
    weights: options.weights ? Float64Array.from(order, (respondent) => options.weights![respondent]!) : null,
    notes,
  };
}

/** What is larger could not be squared and added up. */
const NUMBER_MOST = 1e100;

function checkWeights(weights: readonly number[] | undefined, respondents: number): void {
  if (weights === undefined) return;
  if (weights.length !== respondents) throw new RangeError('There is not one weight for each respondent');
  if (weights.some((weight) => !(weight > 0 && weight <= NUMBER_MOST)))
    throw new RangeError('The weight of every respondent must be a number above 0: leave out whoever is not to count');
}

/** What to do when too few people answered enough: the block most of them lack is named where that is what it comes from. */
function tooFewBecause(blocks: readonly InputBlock[], respondents: number): string {
  const lacking = blocks.map((block) => {
    let people = 0;
    for (let respondent = 0; respondent < respondents; respondent++)
      if (gapsIn(block, respondent) > MISSING_MOST * block.columns.length) people++;
    return { name: block.name, people };
  });
  const [worst] = lacking.toSorted((a, b) => b.people - a.people);
  return worst && blocks.length > 1 && respondents - worst.people < PEOPLE_MIN && respondents >= PEOPLE_MIN
    ? `${worst.people} of ${respondents} did not answer enough of “${worst.name}”: take it out`
    : 'With fewer, define segments by a rule and read what their people said';
}

function gapsIn({ columns }: InputBlock, respondent: number): number {
  let gaps = 0;
  for (const { values } of columns) if (values[respondent] == null) gaps++;
  return gaps;
}

function answersOf(respondents: readonly number[], values: readonly (readonly (number | null)[])[]): Float64Array {
  const p = values.length;
  const answers = new Float64Array(respondents.length * p);
  for (const [row, respondent] of respondents.entries())
    for (const [column, given] of values.entries()) answers[row * p + column] = given[respondent] ?? Number.NaN;
  return answers;
}

/** Of two answers only, however they are numbered: a z-score would blow up the rarer one. */
function isYesOrNo({ kind, values }: InputColumn, kept: readonly number[]): boolean {
  if (kind === 'binary') return true;
  const distinct = new Set<number>();
  for (const respondent of kept) {
    const value = values[respondent] ?? null;
    if (value !== null) distinct.add(value);
    if (distinct.size > 2) return false;
  }
  return true;
}

/** Blocks and their columns in the order of their ids, nominal ones level by level. */
function laidOut(blocks: readonly InputBlock[], notes: string[], levelOf: Map<string, string>): InputBlock[] {
  const seen = new Set<string>();
  return blocks
    .filter(({ columns }) => columns.length > 0)
    .toSorted(byId)
    .map((block) => {
      if (!(Number.isFinite(block.weight) && block.weight > 0))
        throw new RangeError(`The weight of “${block.name}” must be a number above 0`);
      const columns = block.columns.flatMap((column): InputColumn[] => {
        if (seen.has(column.id)) throw new RangeError(`“${column.name}” was chosen twice`);
        seen.add(column.id);
        if (column.kind !== 'nominal') return [column];
        const levels: readonly string[] =
          column.levels ?? [...new Set(column.values.filter((value) => value !== null))].map(String);
        return levels.map((level, index) => {
          const id = `${column.id}=${index}`;
          levelOf.set(id, column.id);
          return {
            id,
            name: `${column.name}: ${level}`,
            kind: 'binary',
            values: column.values.map((value) => (value === null ? null : Number(value === index))),
          };
        });
      });
      if (block.columns.some(({ kind }) => kind === 'nominal'))
        notes.push(
          `“${block.name}” has answers without an order. They count as one yes-or-no column each, for which the test of segments is a rough guide only`,
        );
      return { ...block, columns: columns.toSorted(byId) };
    });
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

function sortPeople(blocks: readonly InputBlock[], respondents: number, missing: InputOptions['missing']) {
  const kept: number[] = [];
  const partial: number[] = [];
  const dropped: number[] = [];
  for (let respondent = 0; respondent < respondents; respondent++) {
    let lacking = 0;
    let hasGap = false;
    for (const block of blocks) {
      const gaps = gapsIn(block, respondent);
      if (gaps > 0) hasGap = true;
      if (gaps > MISSING_MOST * block.columns.length) lacking++;
    }
    if (lacking === blocks.length) dropped.push(respondent);
    else if (lacking > 0 || (hasGap && missing === 'leave-out')) partial.push(respondent);
    else kept.push(respondent);
  }
  return { kept, partial, dropped };
}

/** Columns that tell people apart, each once. */
function usableColumns(block: InputBlock, kept: readonly number[], notes: string[]): InputColumn[] {
  const found: InputColumn[] = [];
  const patterns = new Map<string, string>();
  for (const column of block.columns) {
    const given = kept.map((respondent) => column.values[respondent] ?? null);
    const known = given.filter((value) => value !== null);
    const distinct = new Set(known);
    if (distinct.size < 2) {
      // A level that nobody chose says nothing; a question that all answer alike was chosen by mistake.
      if (column.kind === 'binary') {
        notes.push(`“${column.name}” is the same for everybody and was left out`);
        continue;
      }
      throw new RangeError(
        known.length === 0
          ? `Nobody answered “${column.name}”: take it out`
          : `Everybody gave the same answer to “${column.name}”, so it cannot tell groups apart: take it out`,
      );
    }
    const least = block.leastPrevalence ?? 0;
    const share = known.filter((value) => value > 0).length / known.length;
    if (column.kind === 'binary' && (share < least || share > 1 - least)) {
      notes.push(`“${column.name}” holds for ${share < least ? 'too few' : 'nearly all'} people and was left out`);
      continue;
    }
    const pattern = given.join();
    const twin = patterns.get(pattern);
    if (twin !== undefined) {
      notes.push(`“${column.name}” is answered exactly as “${twin}” and counts once`);
      continue;
    }
    patterns.set(pattern, column.name);
    found.push(column);
  }
  return found;
}

/** Respondents in the order of their answers, the first column that differs deciding; what is missing comes last. */
function sortedByAnswers(
  kept: readonly number[],
  values: readonly (readonly (number | null)[])[],
  weights: readonly number[] | undefined,
): number[] {
  return kept.toSorted((a, b) => {
    for (const column of values) {
      const first = column[a] ?? null;
      const second = column[b] ?? null;
      if (first === second) continue;
      if (first === null) return 1;
      if (second === null) return -1;
      return first - second;
    }
    return weights ? weights[a]! - weights[b]! || a - b : a - b;
  });
}
