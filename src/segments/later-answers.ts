import type { InputBlock } from './input-table.ts';
import type { SegmentModel } from './place-in-segment.ts';

/**
 * Answers that were given later, laid out as a model reads them. A level is known by what it is called in the model, since
 * options may have come and gone, and by its place where it was worded anew.
 *
 * @param blocks of the same inputs; what the model does not know is passed over
 * @returns for each row of the blocks one number for each column of the model, NaN where nothing was answered
 */
export function laterAnswers(
  { p, columns }: Pick<SegmentModel, 'p' | 'columns'>,
  blocks: readonly Pick<InputBlock, 'columns'>[],
): Float64Array[] {
  const inputs = new Map(blocks.flatMap((block) => block.columns.map((column) => [column.id, column])));
  const n = Math.max(0, ...[...inputs.values()].map(({ values }) => values.length));
  const rows = Array.from({ length: n }, () => new Float64Array(p).fill(Number.NaN));
  for (const [place, { id, name, levelOf }] of columns.entries()) {
    const input = inputs.get(levelOf ?? id);
    if (!input) continue;
    const named = (input.levels ?? []).findIndex((one) => name === `${input.name}: ${one}`);
    const level = levelOf === null ? null : named >= 0 ? named : Number(id.slice(levelOf.length + 1));
    for (const [row, value] of input.values.entries())
      if (value !== null) rows[row]![place] = level === null ? value : Number(value === level);
  }
  return rows;
}
