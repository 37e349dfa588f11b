import type { QuoteSpan } from '../personas/portrait.ts';
import type { CellPolicy } from '../privacy/safe-cells.ts';
import { type Block, PLACES_ID, type QuoteBlock, type Refs, type ReportSource, type Span } from './document.ts';

/** Words as they were read when the report was made; null where they may not be shown, or are not those that were kept. */
export type ReadQuote = Pick<QuoteBlock, 'before' | 'words' | 'after' | 'lang'> & {
  /** Who said it, as this audience may know them. */
  who: string;
  source: ReportSource;
};
export type WhyMissing = 'withdrawn' | 'changed' | 'not-agreed';

export const spanKey = ({ sourceId, sourceVersion, spanStart, spanEnd }: QuoteSpan): string =>
  `${sourceId} ${sourceVersion} ${spanStart} ${spanEnd}`;

/**
 * What every part of a report stands on: it hands out ids of sources, so that nothing can be said without one, and quotes,
 * so that none is said that was not checked, each with a number by which it is found again at the end.
 *
 * @param quotes what was read, by `spanKey`
 * @param policy how few people a figure may rest on for whoever reads it
 */
export function reportGround(quotes: ReadonlyMap<string, ReadQuote | WhyMissing>, policy: CellPolicy) {
  const sources = new Map<string, ReportSource>();
  const numbers = new Map<string, number>();
  const missing = new Map<string, WhyMissing>();

  function refTo(source: ReportSource): string {
    if (!sources.has(source.id)) sources.set(source.id, source);
    return source.id;
  }

  function quote(span: QuoteSpan, segmentClass: string | null = null): QuoteBlock | null {
    const key = spanKey(span);
    const read = quotes.get(key);
    if (read === undefined || typeof read === 'string') {
      missing.set(key, read ?? 'changed');
      return null;
    }
    const { who, source, ...words } = read;
    const number = numbers.get(key) ?? numbers.size + 1;
    numbers.set(key, number);
    const { sourceId, sourceVersion, spanStart, spanEnd, spanHash } = span;
    return {
      kind: 'quote',
      ...words,
      by: `${who}, quote ${number}`,
      segmentClass,
      span: { sourceId, sourceVersion, spanStart, spanEnd, spanHash },
      refs: [refTo(source)],
    };
  }

  return {
    policy,
    refTo,
    refs: (first: ReportSource, ...others: ReportSource[]): Refs => [refTo(first), ...others.map(refTo)],
    quote,
    /** Those of several that may be shown, so many at most. */
    quotes: (spans: readonly QuoteSpan[], most: number, segmentClass: string | null = null): QuoteBlock[] => {
      const shown: QuoteBlock[] = [];
      for (const span of spans) {
        if (shown.length === most) break;
        const block = quote(span, segmentClass);
        if (block) shown.push(block);
      }
      return shown;
    },
    sources: (): ReportSource[] => [...sources.values()],
    /** Where each quote stands, letter by letter, for whoever wants to check it in the study. */
    places: (): Block[] => {
      if (numbers.size === 0) return [];
      return [
        { kind: 'heading', level: 2, text: 'Where each quote stands', id: PLACES_ID },
        {
          kind: 'table',
          isAside: true,
          caption: 'Quotes by source text and letters',
          columns: [
            { label: 'Quote', isNumber: false },
            { label: 'Source text', isNumber: false },
            { label: 'Version', isNumber: true },
            { label: 'Letters', isNumber: true },
          ],
          rows: [...numbers].map(([key, number]) => {
            const [id = '', version = '', start = '', end = ''] = key.split(' ');
            const read = quotes.get(key) as ReadQuote;
            return { cells: [`Quote ${number}`, id, version, `${start} to ${end}`], refs: [refTo(read.source)] };
          }),
          note: 'Letters are counted from 0 in code points. Each quote was compared with its sealed source text when this report was made.',
        },
      ];
    },
    /** What left, in sentences. */
    notices: (): string[] => {
      const count = (why: WhyMissing) => [...missing.values()].filter((one) => one === why).length;
      const say = (n: number, one: string, many: string) => (n === 0 ? [] : [n === 1 ? `One ${one}` : `${n} ${many}`]);
      return [
        ...say(
          count('withdrawn'),
          'quote has left this report: the words were deleted.',
          'quotes have left this report: the words were deleted.',
        ),
        ...say(
          count('changed'),
          'quote is not shown: the words are not those that were kept.',
          'quotes are not shown: the words are not those that were kept.',
        ),
        ...say(
          count('not-agreed'),
          'quote is not shown: whoever said it did not agree that these readers read it.',
          'quotes are not shown: those who said them did not agree that these readers read them.',
        ),
      ];
    },
  };
}
export type ReportGround = ReturnType<typeof reportGround>;

export const plainSpans = (text: string): Span[] => [{ text }];
export const heading = (level: 2 | 3, text: string, id: string): Block => ({ kind: 'heading', level, text, id });
export const paragraph = (text: string, refs: Refs): Block => ({ kind: 'paragraph', spans: plainSpans(text), refs });
