import { showNumber } from '../charts/numerals.ts';
import type { Claim, QuoteSpan } from '../personas/portrait.ts';
import type { Block, ClaimBlock, QuoteBlock, Refs, ReportSource } from './document.ts';
import { evidenceLine, evidenceNote, evidenceShort, wordsOfClaim } from './evidence-words.ts';
import { type ReportGround, spanKey } from './report-ground.ts';
import type { ClaimGround, ToldPersona } from './told-persona.ts';
import { isWorded, strayNotice, WORDED } from './worded-claim.ts';

/** Of a claim one is shown, and of what speaks against a persona more. */
const QUOTES_A_CLAIM = 1;

/** Quotes of one sheet: each stands once in it, and is named by its number from then on. */
export function quotesOnce() {
  const shown = new Set<string>();
  const isShown = (span: QuoteSpan) => shown.has(spanKey(span));
  return {
    isShown,
    isEmpty: () => shown.size === 0,
    /** Those that stand here for the first time, and the numbers of the others. */
    show: (quotes: readonly QuoteBlock[]): { first: QuoteBlock[]; again: string[] } => {
      const first = quotes.filter(({ span }) => !isShown(span));
      const again = quotes.filter((quote) => !first.includes(quote));
      for (const { span } of first) shown.add(spanKey(span));
      return { first, again: again.flatMap(({ by }) => /quote \d+$/.exec(by) ?? []) };
    },
    /** Of several, those that stand in it already. */
    known: (spans: readonly QuoteSpan[]) => spans.filter(isShown),
  };
}
export type Once = ReturnType<typeof quotesOnce>;

/** A claim with what it rests on, today. */
export function claimBlock(
  claim: Claim,
  persona: ToldPersona,
  ground: ReportGround,
  groundOf: ClaimGround,
  once: Once = quotesOnce(),
  isBrief = false,
): ClaimBlock {
  const counted = claim.isWithheld || claim.evidence !== null;
  const spans = isBrief ? once.known(claim.quotes) : claim.quotes;
  const quotes = once.show(ground.quotes(spans, QUOTES_A_CLAIM, persona.segmentClass));
  const counterQuotes = once.show(ground.quotes(claim.counterQuotes, 1));
  const named = (label: string, again: readonly string[]) =>
    again.length === 0 ? [] : [`${label} ${new Intl.ListFormat('en-GB').format(again)}`];
  const evidence = claim.isWithheld ? 'too few people to tell' : counted ? evidenceShort(claim.evidence) : '';
  const isOwnWords = isWorded(claim, persona.words);
  return {
    kind: 'claim',
    id: claim.id,
    heading: claim.heading,
    text: wordsOfClaim(claim, persona.words),
    status: claim.status,
    evidence,
    detail: [
      // Where a claim is a line, its shares stand in it once.
      ...(claim.evidence === null
        ? []
        : [isBrief && claim.evidence.kind === 'share' ? evidenceNote(claim.evidence) : evidenceLine(claim.evidence)]),
      // Where only the detail is told, what stands for it is told there.
      ...(claim.evidence === null && isOwnWords ? [evidence] : []),
      ...(isOwnWords ? [WORDED] : []),
      ...named('see', quotes.again),
      ...named('against it', counterQuotes.again),
    ].join('; '),
    notice: [
      claim.lapsedIn !== null
        ? `Since version ${showNumber(claim.lapsedIn)} the evidence no longer bears this${claim.lapse ? `: ${claim.lapse}` : '.'}`
        : counted
          ? ''
          : 'Nothing was counted for this: it is an assumption.',
      strayNotice(claim, persona.words),
    ]
      .filter((part) => part !== '')
      .join(' '),
    quotes: quotes.first,
    counterQuotes: counterQuotes.first,
    ...(isBrief && { isBrief }),
    ...(isOwnWords && { isWorded: true as const }),
    refs: refsOf(groundOf(claim.source, persona), persona, ground),
  };
}

export function refsOf(sources: readonly ReportSource[], persona: ToldPersona, ground: ReportGround): Refs {
  const [first = persona.source, ...rest] = sources;
  return ground.refs(first, ...rest);
}

/** The claims a page begins with, the strongest first. */
export function topClaims(persona: ToldPersona, ground: ReportGround, groundOf: ClaimGround, most: number): Block[] {
  return persona.portrait.claims
    .filter(({ section }) => section !== 'who')
    .slice(0, most)
    .map((claim) =>
      claimBlock({ ...claim, quotes: [], counterQuotes: [] }, persona, ground, groundOf, quotesOnce(), true),
    );
}

/** Claims in a line each, those of one heading below it. */
export const byHeading = (claims: readonly Claim[], block: (claim: Claim) => Block, refs: Refs): Block[] =>
  [...Map.groupBy(claims, (claim) => claim.heading)].flatMap(([text, own]) => [
    { kind: 'paragraph', spans: [{ text: `${text}:`, isStrong: true }], refs },
    ...own.map(block),
  ]);
