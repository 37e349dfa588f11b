import type { ShareInterval } from '../stats/wilson-interval.ts';

/** Where words stand, with the seal that they must still match when they are shown. */
export type QuoteSpan = {
  sourceId: string;
  sourceVersion: number;
  spanStart: number;
  spanEnd: number;
  spanHash: string;
};

/** What a claim rests on: numbers here and among the rest, with their bases. */
export type ClaimEvidence =
  | {
      kind: 'mean';
      here: number;
      rest: number;
      difference: number;
      low: number | null;
      high: number | null;
      nHere: number;
      nRest: number;
      adjustedP: number | null;
      isInput: boolean;
    }
  | {
      kind: 'share';
      here: ShareInterval;
      rest: ShareInterval;
      nHere: number;
      nRest: number;
      adjustedP: number | null;
      isInput: boolean;
    };

export type Claim = {
  /** What kind of thing is claimed: the group that it stands under. */
  heading: string;
  text: string;
  /** `validated` survived the correction for many tests; `described` formed the segment and cannot be tested; `open` is neither. */
  status: 'validated' | 'described' | 'open';
  evidence: ClaimEvidence;
  /** Leads to the answers behind it: the item and the code answered, or the theme. */
  source: { item: string; code: string | null } | { theme: string } | null;
};

export type ThemeShare = {
  theme: string;
  label: string;
  here: ShareInterval;
  rest: ShareInterval;
  nHere: number;
  nRest: number;
  adjustedP: number | null;
};

export type Portrait = {
  size: {
    share: ShareInterval;
    n: number;
    base: number;
    /** How many whom a rule asked are not in the share. */
    leftOutByRule?: number;
    /** All were asked by a rule, so that the share is of a chosen part of people. */
    isAllByRule?: true;
  };
  /** How much of all revenue the people in the segment bring; null where no revenue is known. */
  spend: { share: number; people: number; of: number } | null;
  claims: Claim[];
  scales: { scale: string; name: string; evidence: Extract<ClaimEvidence, { kind: 'mean' }> }[];
  who: Claim[];
  themes: ThemeShare[];
  quotes: { span: QuoteSpan; theme: string | null }[];
  /** Members who agreed that their words may be quoted. */
  quotable: number;
  lede: string;
};

/** What every difference between the segment and the rest has in common. */
type Comparison = {
  /** The segment was made from it: it describes and is not tested. */
  isInput: boolean;
  /** Respondents with an answer, in the segment and outside. */
  nHere: number;
  nRest: number;
  /** Read as Hedges' g and Cohen's h are (0.2 small, 0.5 medium, 0.8 large); null when undefined. */
  effect: number | null;
  /** Two-sided, adjusted over every test of the whole table; null when not tested. */
  adjustedP: number | null;
};
/** A mean in the segment against the mean of the rest, with the 95% interval of the difference in the unit of the measure. */
export type MeanComparison = Comparison & {
  kind: 'mean';
  meanHere: number | null;
  meanRest: number | null;
  difference: number | null;
  low: number | null;
  high: number | null;
};
/** The share of one option in the segment against its share among the rest. */
export type ShareComparison = Comparison & {
  kind: 'share';
  code: string;
  here: ShareInterval | null;
  rest: ShareInterval | null;
  difference: number | null;
};

/** A compared variable with what a reader needs to know of it. */
export type Described = {
  comparison: MeanComparison | ShareComparison;
  label: string;
  codeLabel: string | null;
  family: 'scale' | 'question' | 'attribute' | 'theme';
  item: string;
};

const CLAIMS_MAX = 6;
const WHO_MAX = 8;
const SIGNIFICANT = 0.05;
/** Below this an effect is too small to be worth a sentence, however sure it is. */
const EFFECT_MIN = 0.2;

/**
 * Draws a portrait from numbers alone: nothing is said that has no source. It says “more often than others” where fewer
 * than half hold something, and keeps what formed the segment apart from what was tested.
 *
 * @param described every compared variable, the largest effect first
 */
export function drawPortrait(input: {
  size: Portrait['size'];
  spend: Portrait['spend'];
  described: readonly Described[];
  quotes: Portrait['quotes'];
  quotable: number;
}): Portrait {
  const { described } = input;
  const scales = described.flatMap(({ comparison, label, family, item }) => {
    const evidence = comparison.kind === 'mean' ? meanEvidence(comparison) : null;
    return family === 'scale' && evidence ? [{ scale: item, name: label, evidence }] : [];
  });
  const worth = described.filter(isWorthSaying);
  const claims = [
    ...worth.filter((one) => one.family === 'scale').slice(0, 3),
    ...worth.filter((one) => one.family === 'theme').slice(0, 3),
    ...worth.filter((one) => one.family === 'question').slice(0, 3),
  ]
    .slice(0, CLAIMS_MAX + 3)
    .flatMap(toClaim);
  const who = worth
    .filter((one) => one.family === 'attribute')
    .slice(0, WHO_MAX)
    .flatMap(toClaim);
  return {
    size: input.size,
    spend: input.spend,
    claims,
    scales,
    who,
    themes: themeShares(described),
    quotes: input.quotes,
    quotable: input.quotable,
    lede: lede(claims),
  };
}

function isWorthSaying({ comparison }: Described): boolean {
  if (comparison.effect === null || Math.abs(comparison.effect) < EFFECT_MIN) return false;
  if (comparison.kind === 'share' && (comparison.difference ?? 0) <= 0) return false;
  return comparison.isInput || (comparison.adjustedP !== null && comparison.adjustedP < SIGNIFICANT);
}

function toClaim({ comparison, label, codeLabel, family, item }: Described): Claim[] {
  const evidence = comparison.kind === 'mean' ? meanEvidence(comparison) : shareEvidence(comparison);
  if (!evidence) return [];
  const status = evidence.isInput ? 'described' : (evidence.adjustedP ?? 1) < SIGNIFICANT ? 'validated' : 'open';
  const headings = {
    scale: 'What they hold',
    question: 'What they chose',
    attribute: 'Who they are',
    theme: 'What they talk about',
  };
  return [
    {
      heading: headings[family],
      text:
        evidence.kind === 'mean'
          ? meanSentence(label, evidence)
          : shareSentence(family, label, codeLabel ?? '', evidence.here.share),
      status,
      evidence,
      source:
        family === 'theme' && comparison.kind === 'share'
          ? { theme: comparison.code }
          : { item, code: comparison.kind === 'share' ? comparison.code : null },
    },
  ];
}

const meanSentence = (label: string, { difference }: { difference: number }) =>
  `${label}: ${difference > 0 ? 'higher' : 'lower'} than among everyone else`;

/** “Most” only where half or more hold it; else no more than “more often than others”. */
function shareSentence(family: Described['family'], label: string, code: string, share: number): string {
  const isMost = share >= 0.5;
  if (family === 'theme') return `${isMost ? 'Most speak' : 'They speak more often than others'} of “${code}”`;
  if (family === 'attribute') return `${label}: ${code}, ${isMost ? 'most of them' : 'more often than others'}`;
  return `${isMost ? 'Most chose' : 'They chose more often than others'} “${code}” (${label})`;
}

function meanEvidence(comparison: MeanComparison): Extract<ClaimEvidence, { kind: 'mean' }> | null {
  const { meanHere, meanRest, difference, low, high, nHere, nRest, adjustedP, isInput } = comparison;
  if (meanHere === null || meanRest === null || difference === null) return null;
  return { kind: 'mean', here: meanHere, rest: meanRest, difference, low, high, nHere, nRest, adjustedP, isInput };
}

function shareEvidence(comparison: ShareComparison): Extract<ClaimEvidence, { kind: 'share' }> | null {
  const { here, rest, nHere, nRest, adjustedP, isInput } = comparison;
  return here && rest ? { kind: 'share', here, rest, nHere, nRest, adjustedP, isInput } : null;
}

function themeShares(described: readonly Described[]): ThemeShare[] {
  return described
    .flatMap(({ comparison, codeLabel, family }) => {
      const evidence = family === 'theme' && comparison.kind === 'share' ? shareEvidence(comparison) : null;
      return evidence && comparison.kind === 'share'
        ? [
            {
              theme: comparison.code,
              label: codeLabel ?? comparison.code,
              here: evidence.here,
              rest: evidence.rest,
              nHere: evidence.nHere,
              nRest: evidence.nRest,
              adjustedP: evidence.adjustedP,
            },
          ]
        : [];
    })
    .sort((a, b) => b.here.share - a.here.share);
}

/** One sentence from the strongest claims; plain where there are none. */
function lede(claims: readonly Claim[]): string {
  const [first, second] = claims;
  if (!first)
    return 'No difference is sure enough to tell: each is too small, too unsure, or on too few people to test (30 on a side).';
  const small = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
  return second ? `${first.text}; ${small(second.text)}.` : `${first.text}.`;
}
