import type { Chart } from '../charts/chart.ts';
import type { Audience } from '../privacy/audience.ts';

/*
 * A report as plain data. Whoever writes a report makes this; whoever writes a format lays this out. Nothing that says
 * something can be made without naming where it comes from.
 */

export const REPORT_KINDS = [
  'persona-sheet',
  'persona-set',
  'study-report',
  'segment-comparison',
  'code-book',
  'quote-book',
] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];
export const REPORT_FORMATS = ['html', 'pdf', 'docx', 'pptx', 'png', 'md', 'json', 'csv', 'qdpx'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** The ids of sources, at least one. */
export type Refs = readonly [string, ...string[]];

/** Where something said comes from, as a reader without access may know it, and the way there for one who has it. */
export type ReportSource = {
  id: string;
  kind:
    | 'answers'
    | 'scale'
    | 'attribute'
    | 'theme'
    | 'segment'
    | 'persona'
    | 'interview'
    | 'words'
    | 'code'
    | 'insight'
    | 'tool'
    | 'run'
    | 'study'
    | 'researcher';
  title: string;
  /** Bases, dates, versions, seeds: what it takes to find it again. */
  detail: string;
  /** An address of the studio, from the root; null where there is none. */
  href: string | null;
};

/** What stands in a line: words, and which sources they rest on. */
export type Span = { text: string; isStrong?: boolean; isSoft?: boolean; lang?: string };
export type Tone = 'plain' | 'warn' | 'bad';

/** Words that were checked against what was kept when the document was made. */
export type QuoteBlock = {
  kind: 'quote';
  before: string;
  words: string;
  after: string;
  /** Who said it, as this audience may know them, and where. */
  by: string;
  lang: string | null;
  segmentClass: string | null;
  /** Slides tell it in their notes. */
  isAside?: true;
  /** The span itself, so that whoever has the study can check it. */
  span: { sourceId: string; sourceVersion: number; spanStart: number; spanEnd: number; spanHash: string };
  refs: Refs;
};
export type ClaimBlock = {
  kind: 'claim';
  id: string;
  heading: string;
  text: string;
  status: 'validated' | 'described' | 'assumed' | 'open';
  /** `34% here, 11% of the rest`; empty where nothing was counted. */
  evidence: string;
  /** The same with bases and intervals. */
  detail: string;
  /** What a reader should know besides, such as that today's evidence bears it no longer. */
  notice: string;
  quotes: QuoteBlock[];
  counterQuotes: QuoteBlock[];
  /** One of several that are told in a line each, under a heading that says what they have in common. */
  isBrief?: true;
  /** The evidence was computed, and the words are a researcher's; the detail says so. */
  isWorded?: true;
  refs: Refs;
};
export type FigureCell = { value: string; label: string; note: string; refs: Refs };
export type TableBlock = {
  kind: 'table';
  caption: string;
  columns: { label: string; isNumber: boolean }[];
  rows: { cells: string[]; refs: Refs }[];
  note: string;
  /** Slides tell it in their notes. */
  isAside?: true;
};
export type Block =
  | { kind: 'heading'; level: 2 | 3; text: string; id: string }
  | { kind: 'paragraph'; spans: Span[]; refs: Refs }
  | { kind: 'list'; isOrdered: boolean; items: { spans: Span[]; refs: Refs }[] }
  /** The head of a sheet: whom it shows and how many they are. */
  | {
      kind: 'card';
      glyph: string;
      name: string;
      /** Assumption, from interviews, from answers. */
      mark: string;
      lede: Span[];
      share: string | null;
      lines: string[];
      segmentClass: string | null;
      /** The heading above is its name, so that the card does not say it again. */
      isNamedAbove?: true;
      refs: Refs;
    }
  | { kind: 'figures'; cells: FigureCell[] }
  | ClaimBlock
  | QuoteBlock
  | TableBlock
  | { kind: 'chart'; chart: Chart; refs: Refs }
  | { kind: 'notice'; tone: Tone; title: string; spans: Span[]; refs: Refs }
  /** Two columns on paper and on wide screens; one after the other elsewhere. */
  | { kind: 'columns'; left: Block[]; right: Block[] }
  /** Nothing to show, in the place where it would stand. */
  | { kind: 'empty'; text: string }
  | { kind: 'page-break' };

export type ReportDocument = {
  format: 'verbatim report 1';
  kind: ReportKind;
  title: string;
  subtitle: string;
  study: string;
  /** The language of its own words, `en`; quotes carry theirs. */
  lang: string;
  audience: Audience;
  /** Said at its head where the study is invented; null elsewhere. */
  invented: string | null;
  /** When what it tells was so, ISO 8601: of the newest thing it was made from, so that the same data give the same document. */
  asOf: string;
  blocks: Block[];
  sources: ReportSource[];
  /** What a reader is told at its end: quotes that left, cells that were too small. */
  notices: string[];
};

/** The id of the heading under which a report tells where each quote stands. */
export const PLACES_ID = 'quotes-stand';

/** Every block, those in columns and quotes of claims as well, in reading order. */
export function* allBlocks(blocks: readonly Block[]): Generator<Block> {
  for (const block of blocks) {
    yield block;
    if (block.kind === 'columns') yield* allBlocks([...block.left, ...block.right]);
    if (block.kind === 'claim') yield* [...block.quotes, ...block.counterQuotes];
  }
}
