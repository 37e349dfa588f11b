import type { Block, ReportDocument, ReportSource } from '../../reports/document.ts';

export type NumberedSources = {
  /** In the order in which they are first named; what nobody names comes last. */
  list: readonly (ReportSource & { number: number })[];
  /** The numbers of what something rests on, rising, each once. */
  numbersOf: (refs: readonly string[]) => number[];
};

/**
 * Numbers for sources, given as a reader meets them, so that paper can name them where it cannot be clicked.
 *
 * @throws {RangeError} for something that rests on a source the document does not list
 */
export function numberSources(document: ReportDocument): NumberedSources {
  const known = new Map(document.sources.map((source) => [source.id, source]));
  const numbers = new Map<string, number>();
  const name = (id: string): void => {
    if (!known.has(id)) throw new RangeError(`The report names a source that it does not list: ${id}`);
    if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
  };
  for (const id of refsIn(document.blocks)) name(id);
  for (const { id } of document.sources) name(id);
  return {
    list: [...numbers].map(([id, number]) => ({ ...known.get(id)!, number })),
    numbersOf: (refs) => [...new Set(refs.map((id) => numbers.get(id)!))].toSorted((a, b) => a - b),
  };
}

function* refsIn(blocks: readonly Block[]): Generator<string> {
  for (const block of blocks) {
    if ('refs' in block) yield* block.refs;
    if (block.kind === 'list') for (const { refs } of block.items) yield* refs;
    if (block.kind === 'figures') for (const { refs } of block.cells) yield* refs;
    if (block.kind === 'table') for (const { refs } of block.rows) yield* refs;
    if (block.kind === 'claim') yield* refsIn([...block.quotes, ...block.counterQuotes]);
    if (block.kind === 'columns') yield* refsIn([...block.left, ...block.right]);
  }
}

/** How certain a claim is, in words a reader needs no key for. */
export const STATUS_WORDS = {
  validated: 'Tested',
  described: 'Described, not tested',
  assumed: 'Assumed',
  open: 'Open',
} as const;

/** Whom a report was made for. */
export const AUDIENCE_WORDS = {
  internal: 'For the study’s own researchers',
  client: 'For those the study was made for',
  public: 'For anybody',
} as const;
