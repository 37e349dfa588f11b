import type { ShareInterval } from '../stats/wilson-interval.ts';
import {
  type Claim,
  type ClaimSource,
  claimId,
  emptyPortrait,
  type MeanEvidence,
  type Portrait,
  type PortraitSize,
  type ShareEvidence,
  type ThemeShare,
} from './portrait.ts';

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
  size: PortraitSize;
  spend: Portrait['spend'];
  described: readonly Described[];
  quotes: Portrait['quotes'];
  quotable: number;
}): Portrait {
  const { described } = input;
  const scales = described.flatMap(({ comparison, label, family, item }) => {
    const evidence = comparison.kind === 'mean' ? meanEvidence(comparison) : null;
    return family === 'scale' && evidence ? [{ scale: item, name: label, isHumanValue: false, evidence }] : [];
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
    ...emptyPortrait('quantified'),
    size: input.size,
    spend: input.spend,
    claims: [...claims, ...who],
    scales,
    themes: themeShares(described),
    quotes: input.quotes,
    quotable: input.quotable,
    lede: lede(claims),
    ledeClaims: claims.slice(0, 2).map(({ id }) => id),
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
  const source: ClaimSource =
    family === 'theme' && comparison.kind === 'share'
      ? { kind: 'theme', theme: comparison.code }
      : sourceOf(family, item, comparison.kind === 'share' ? comparison.code : null);
  return [
    {
      id: claimId(source),
      section: ({ scale: 'holds', question: 'chose', attribute: 'who', theme: 'says' } as const)[family],
      ring: null,
      part: null,
      heading: headings[family],
      text:
        evidence.kind === 'mean'
          ? meanSentence(label, evidence)
          : shareSentence(family, label, codeLabel ?? '', evidence.here.share),
      status,
      evidence,
      source,
      quotes: [],
      counterQuotes: [],
      isWritten: false,
      lapsedIn: null,
    },
  ];
}

function sourceOf(family: Described['family'], item: string, code: string | null): ClaimSource {
  if (family === 'attribute') return { kind: 'attribute', name: item.replace(/^attribute:/, ''), value: code };
  return family === 'scale' ? { kind: 'scale', scale: item } : { kind: 'answer', item, code };
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

function meanEvidence(comparison: MeanComparison): MeanEvidence | null {
  const { meanHere, meanRest, difference, low, high, nHere, nRest, adjustedP, isInput } = comparison;
  if (meanHere === null || meanRest === null || difference === null) return null;
  return { kind: 'mean', here: meanHere, rest: meanRest, difference, low, high, nHere, nRest, adjustedP, isInput };
}

function shareEvidence(comparison: ShareComparison): ShareEvidence | null {
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
