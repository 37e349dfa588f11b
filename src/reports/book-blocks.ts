import { showNumber } from '../charts/numerals.ts';
import type { QuoteSpan } from '../personas/portrait.ts';
import { isTooFew } from '../privacy/safe-cells.ts';
import type { Block, ReportSource } from './document.ts';
import { heading, paragraph, type ReportGround, spanKey } from './report-ground.ts';

/** A code as a book tells of it. */
export type ToldCode = {
  id: string;
  name: string;
  /** How deep it stands under others: 0 at the top. */
  depth: number;
  /** The names above it, the topmost first. */
  above: string[];
  source: ReportSource;
  definition: string;
  inclusion: string;
  exclusion: string;
  /** A human value it stands for; empty for a code of the study's own. */
  humanValue: string;
  /** Passages that bear it, and people who said them. */
  passages: number;
  people: number;
  /** Some of them answered a survey, so that these are figures of it. */
  isOfAnswers: boolean;
  /** Those marked as examples. */
  examples: QuoteSpan[];
  /** All of them, the oldest first. */
  spans: QuoteSpan[];
};

const EXAMPLES_A_CODE = 2;

const count = (n: number, one: string, many: string) => `${showNumber(n)} ${n === 1 ? one : many}`;
const isReachTold = ({ passages, people, isOfAnswers }: ToldCode, { policy }: ReportGround) =>
  !isOfAnswers || (!isTooFew(passages, policy) && !isTooFew(people, policy));
const ownReach = (code: ToldCode, ground: ReportGround) => {
  const { passages, people } = code;
  return isReachTold(code, ground)
    ? `${count(passages, 'passage', 'passages')} by ${count(people, 'person', 'people')}.`
    : 'Of too few people to tell how many.';
};

/** The codes that stand under one, in the order in which the codebook has them. */
function codesUnder(codes: readonly ToldCode[], place: number): ToldCode[] {
  const { depth } = codes[place]!;
  const after = codes.slice(place + 1);
  const end = after.findIndex((one) => one.depth <= depth);
  return end < 0 ? after : after.slice(0, end);
}

/** How much bears a code, and how much the codes under it; a sum by which a part that is not told could be worked out is not. */
function reachOf(codes: readonly ToldCode[], place: number, ground: ReportGround): string {
  const code = codes[place]!;
  const under = codesUnder(codes, place).filter(({ passages }) => passages > 0);
  const own = code.passages > 0 ? ownReach(code, ground) : '';
  if (under.length === 0) return own || 'Nothing bears it yet.';
  const all = new Set(under.flatMap(({ spans }) => spans.map(spanKey))).size;
  const below = under.every((one) => isReachTold(one, ground))
    ? `${count(all, 'passage bears', 'passages bear')} the codes under it.`
    : 'Passages bear the codes under it.';
  return own === '' ? below : `${own} ${below}`;
}

/** Every code with what it means, when to use it and when not, how much bears it, and examples. */
export function codeBookBlocks(codes: readonly ToldCode[], ground: ReportGround): Block[] {
  if (codes.length === 0) return [{ kind: 'empty', text: 'The codebook is empty.' }];
  return codes.flatMap((code, place): Block[] => {
    const refs = ground.refs(code.source);
    const line = (label: string, text: string): Block[] =>
      text === '' ? [] : [{ kind: 'paragraph', spans: [{ text: `${label}: `, isStrong: true }, { text }], refs }];
    return [
      heading(code.depth === 0 ? 2 : 3, code.name, `code-${code.id}`),
      ...(code.above.length > 0 ? [paragraph(`Under ${code.above.join(' › ')}.`, refs)] : []),
      ...line('Meaning', code.definition),
      ...line('Use it when', code.inclusion),
      ...line('Not when', code.exclusion),
      ...line('Human value', code.humanValue),
      paragraph(reachOf(codes, place, ground), refs),
      ...ground.quotes(code.examples, EXAMPLES_A_CODE),
    ];
  });
}

/**
 * What people said, code by code.
 *
 * @param most so many quotes of each code
 */
export function quoteBookBlocks(codes: readonly ToldCode[], ground: ReportGround, most: number): Block[] {
  const told = codes.filter(({ passages }) => passages > 0);
  if (told.length === 0) return [{ kind: 'empty', text: 'Nothing is coded yet, so there are no quotes to gather.' }];
  return told.flatMap((code): Block[] => {
    const quotes = ground.quotes(code.spans, most);
    const refs = ground.refs(code.source);
    return [
      heading(2, [...code.above, code.name].join(' › '), `code-${code.id}`),
      paragraph(
        `${ownReach(code, ground)}${quotes.length === 0 ? ' None of them may be shown to these readers.' : quotes.length < code.passages ? ` ${count(quotes.length, 'is', 'are')} shown.` : ''}`,
        refs,
      ),
      ...quotes,
    ];
  });
}
