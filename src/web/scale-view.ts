import type { QuestionOf, Steps } from '../model/survey.ts';
import type { Showing } from './question-view.ts';

/* What scales and grids of scales are given to show: steps with names, numbers, stars or faces. */

function stepsView({ min, max, labels = {} }: Steps, word: Showing['word']) {
  return Array.from({ length: max - min + 1 }, (_, index) => {
    const value = String(min + index);
    const wording = labels[value];
    return { value, label: wording ? word(wording) : value };
  });
}

/** A grid's columns: names alone where every step has one, else numbers with what names there are beside them. */
export function stepColumns(steps: Steps, word: Showing['word']) {
  const { labels = {} } = steps;
  const shown = stepsView(steps, word);
  const isNamed = shown.every(({ value }) => labels[value] !== undefined);
  return shown.map(({ value, label }) => ({
    value,
    number: isNamed ? null : value,
    label: isNamed || labels[value] !== undefined ? label : null,
  }));
}

/**
 * The mouth of a face, in a square of 24: from turned down, over straight, to turned up.
 *
 * @param mood 0 is the saddest, 1 the happiest
 */
function mouth(mood: number): string {
  const bend = Math.round((mood - 0.5) * 9 * 10) / 10;
  const corner = Math.round((15.6 - bend / 4) * 10) / 10;
  return `M7.5 ${corner}Q12 ${Math.round((corner + bend) * 10) / 10} 16.5 ${corner}`;
}

/** Numbers stay visible wherever not every step has a name; the names of the two ends then stand above. */
export function ratingView(
  question: QuestionOf<'rating'> | Pick<QuestionOf<'rating'>, 'steps' | 'display' | 'measure'>,
  { texts, word }: Pick<Showing, 'texts' | 'word'>,
) {
  const { min, max, labels = {} } = question.steps;
  const steps = stepsView(question.steps, word);
  const isNamed = steps.every(({ value }) => labels[value] !== undefined);
  const display = question.display ?? 'numbers';
  const [lowest, highest] = [labels[String(min)], labels[String(max)]];
  const nps = question.measure === 'nps';
  return {
    layout: display === 'numbers' && isNamed ? 'labels' : display,
    stepCount: steps.length,
    low: isNamed ? null : lowest ? word(lowest) : nps ? texts.text('npsLow') : null,
    high: isNamed ? null : highest ? word(highest) : nps ? texts.text('npsHigh') : null,
    steps: steps.map(({ value, label }, index) => ({
      value,
      isStar: display === 'stars',
      mouth: display === 'smileys' ? mouth(steps.length < 2 ? 0.5 : index / (steps.length - 1)) : null,
      label: isNamed ? label : display === 'stars' ? texts.text('stars', { count: index + 1 }) : value,
    })),
  };
}

/** A grid's columns as its partial shows them: what is sent, and a number or a name or both. */
export type GridColumn = { value: string; number: string | null; label: string | null };

/** How many named columns stand side by side on a desk and can still be read. */
const NAMES_IN_TABLE = 7;

/**
 * Rows that are answered in the same columns.
 *
 * @param code of the question; a row's field is `code.row`
 * @param rows `high` is the other end, for pairs of opposites
 */
export function gridView(
  code: string,
  isMultiple: boolean,
  columns: readonly GridColumn[],
  rows: readonly { code: string; text: string; high: string | null }[],
  filling: Showing['filling'],
  errorAt: (field: string) => string | null,
) {
  const [first, last] = [columns[0], columns.at(-1)];
  return {
    type: isMultiple ? 'checkbox' : 'radio',
    columns: [...columns],
    columnCount: columns.length,
    // More names than a table has room for: a card per row on a desk, too.
    isCards: columns.length > NAMES_IN_TABLE && columns.every(({ number }) => number === null),
    isNumbered: columns.some(({ number }) => number !== null),
    low: first?.number ? first.label : null,
    high: last?.number ? last.label : null,
    hasHigh: rows.some((row) => row.high !== null),
    rows: rows.map((row) => {
      const name = `${code}.${row.code}`;
      const chosen = filling.valuesOf(name);
      return {
        name,
        text: row.text,
        high: row.high,
        error: errorAt(name),
        cells: columns.map((column, index) => ({
          id: index === 0 ? name : `${name}-${column.value}`,
          ...column,
          isChosen: chosen.includes(column.value),
        })),
      };
    }),
  };
}
