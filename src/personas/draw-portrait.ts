import { withoutStop, withSmallStart } from '../model/label-words.ts';
import type { ShareInterval } from '../stats/wilson-interval.ts';
import {
  type Claim,
  type ClaimSection,
  type ClaimSource,
  claimId,
  emptyPortrait,
  type MeanEvidence,
  type Portrait,
  type PortraitSize,
  type ShareEvidence,
  type ThemeShare,
} from './portrait.ts';
import { withoutSaidTwice } from './said-twice.ts';

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
  /** Where it stands in the portrait, if not where its family does: what people use and how they came is no demographic. */
  section?: ClaimSection;
  /** A scale of what people hold dear. */
  isHumanValue?: boolean;
  /** The rule that says who is in the segment asks it, so that it is no finding. */
  isAsked?: true;
};

/** So many claims of a section are made of what formed the segment, and as many of what was tested. */
const MOST: Readonly<Partial<Record<ClaimSection, number>>> = { holds: 3, says: 3, chose: 3, channel: 4, who: 8 };
const OPEN_MOST = 2;
const SIGNIFICANT = 0.05;
/** Below this an effect is too small to be worth a sentence, however sure it is. */
const EFFECT_MIN = 0.2;
/** From this on an effect is worth a question where it is not sure, of so many people on either side. */
const EFFECT_OPEN = 0.5;
const PEOPLE_OPEN = 10;

/**
 * Draws a portrait from numbers alone: nothing is said that has no source. It says “more often than others” where fewer
 * than half hold something, keeps what formed the segment apart from what was tested, and leaves out what a rule asks of
 * everybody in it, unless a researcher put it into words. The order of people and of variables does not matter.
 *
 * @param described every compared variable
 */
export function drawPortrait(input: {
  size: PortraitSize;
  spend: Portrait['spend'];
  described: readonly Described[];
  quotes: Portrait['quotes'];
  quotable: number;
  /** Ids of claims that a researcher put into words: each is told, also where another tells the same. */
  worded?: readonly string[];
}): Portrait {
  const described = ordered(input.described);
  const worded = new Set(input.worded);
  const scales = described.flatMap(({ comparison, label, family, item, isHumanValue = false }) => {
    const evidence = comparison.kind === 'mean' ? meanEvidence(comparison) : null;
    return family === 'scale' && evidence ? [{ scale: item, name: label, isHumanValue, evidence }] : [];
  });
  const once = (said: Described[]) => {
    const left = new Set(withoutSaidTwice(said));
    return said.filter((one) => left.has(one) || worded.has(claimId(sourceOf(one))));
  };
  const found = described.filter((one) => one.isAsked === undefined || worded.has(claimId(sourceOf(one))));
  const worth = once(found.filter(isWorthSaying));
  const of = (section: ClaimSection) => {
    const own = worth.filter((one) => sectionOf(one) === section);
    const kept = new Set(
      [true, false].flatMap((isInput) =>
        own.filter(({ comparison }) => comparison.isInput === isInput).slice(0, MOST[section]),
      ),
    );
    return own.filter((one) => kept.has(one)).flatMap((one) => toClaim(one));
  };
  const sure = [...of('holds'), ...of('says'), ...of('chose')];
  const open = once(found.filter((one) => isOpen(one) && sectionOf(one) !== 'who'))
    .slice(0, OPEN_MOST)
    .flatMap((one) => toClaim(one));
  return {
    ...emptyPortrait('quantified'),
    size: input.size,
    spend: input.spend,
    claims: [...sure, ...of('channel'), ...open, ...of('who')],
    scales,
    themes: themeShares(described),
    quotes: input.quotes,
    quotable: input.quotable,
    lede: lede(sure),
    ledeClaims: sure.slice(0, 2).map(({ id }) => id),
  };
}

/**
 * Claims by their ids with what speaks for them today, also those that are not sure or too small to be said: a researcher
 * had put them into words.
 */
export function claimsNamed(described: readonly Described[], ids: readonly string[]): Claim[] {
  const wanted = new Set(ids);
  return described
    .filter((one) => wanted.has(claimId(sourceOf(one))))
    .flatMap((one) => toClaim(one))
    .map((claim) => ({ ...claim, status: 'open' }));
}

/** The largest effect first; what is alike by its id. */
const ordered = (described: readonly Described[]): Described[] => {
  const size = ({ comparison: { effect } }: Described) => (effect === null ? -1 : tidy(Math.abs(effect)));
  return described
    .map((one) => ({ one, size: size(one), id: claimId(sourceOf(one)) }))
    .sort((a, b) => b.size - a.size || (a.id < b.id ? -1 : 1))
    .map(({ one }) => one);
};

/** The same whichever order people were added up in. */
const tidy = (value: number): number => Number(value.toPrecision(10));
const tidied = (share: ShareInterval): ShareInterval => ({
  share: tidy(share.share),
  low: tidy(share.low),
  high: tidy(share.high),
});

function isWorthSaying({ comparison }: Described): boolean {
  if (comparison.effect === null || Math.abs(comparison.effect) < EFFECT_MIN) return false;
  if (comparison.kind === 'share' && (comparison.difference ?? 0) <= 0) return false;
  return comparison.isInput || isSure(comparison);
}

/** A difference that would matter and is not sure: an open question. */
function isOpen({ comparison }: Described): boolean {
  const { effect, isInput, nHere, nRest } = comparison;
  if (effect === null || isInput || isSure(comparison) || Math.abs(effect) < EFFECT_OPEN) return false;
  if (comparison.kind === 'share' && (comparison.difference ?? 0) <= 0) return false;
  return Math.min(nHere, nRest) >= PEOPLE_OPEN;
}

const isSure = ({ adjustedP }: Comparison): boolean => adjustedP !== null && adjustedP < SIGNIFICANT;

const SECTIONS = { scale: 'holds', question: 'chose', attribute: 'who', theme: 'says' } as const;
const sectionOf = ({ family, section }: Described): ClaimSection => section ?? SECTIONS[family];
const HEADINGS: Readonly<Partial<Record<ClaimSection, string>>> = {
  holds: 'What they hold',
  chose: 'What they chose',
  says: 'What they talk about',
  channel: 'How they come, and what they use',
  who: 'Who they are',
};

function toClaim(described: Described): Claim[] {
  const { comparison, family } = described;
  const label = withoutStop(described.label);
  const codeLabel = withoutStop(described.codeLabel ?? '');
  const evidence = comparison.kind === 'mean' ? meanEvidence(comparison) : shareEvidence(comparison);
  if (!evidence) return [];
  const source = sourceOf(described);
  const section = sectionOf(described);
  const text =
    evidence.kind === 'mean'
      ? meanSentence(label, evidence)
      : shareSentence(family, label, codeLabel, evidence.here.share);
  const status = evidence.isInput ? 'described' : isSure(comparison) ? 'validated' : 'open';
  return [
    {
      id: claimId(source),
      section,
      ring: null,
      part: null,
      heading: HEADINGS[section] ?? '',
      text: status === 'open' ? `${text}, perhaps` : text,
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

function sourceOf({ family, item, comparison }: Described): ClaimSource {
  const code = comparison.kind === 'share' ? comparison.code : null;
  if (family === 'theme' && code !== null) return { kind: 'theme', theme: code };
  if (family === 'attribute') return { kind: 'attribute', name: item.replace(/^attribute:/, ''), value: code };
  return family === 'scale' ? { kind: 'scale', scale: item } : { kind: 'answer', item, code };
}

/** A question stands in quotation marks, so that its mark does not end the sentence. */
const meanSentence = (label: string, { difference }: { difference: number }) =>
  `${/[?!؟？！]$/u.test(label) ? `“${label}”` : label}: ${difference > 0 ? 'higher' : 'lower'} than among everyone else`;

/** “Most” only where more than half hold it, “half” where just half do; else no more than “more often than others”. */
function shareSentence(family: Described['family'], label: string, code: string, share: number): string {
  const part = share > 0.5 ? 'Most' : share === 0.5 ? 'Half' : null;
  if (family === 'theme') return `${part ? `${part} speak` : 'They speak more often than others'} of “${code}”`;
  if (family === 'attribute')
    return `${label}: ${code}, ${part ? `${part.toLowerCase()} of them` : 'more often than others'}`;
  return `${part ? `${part} chose` : 'They chose more often than others'} “${code}” (${label})`;
}

function meanEvidence(comparison: MeanComparison): MeanEvidence | null {
  const { meanHere, meanRest, difference, low, high, nHere, nRest, adjustedP, isInput } = comparison;
  if (meanHere === null || meanRest === null || difference === null) return null;
  return {
    kind: 'mean',
    here: tidy(meanHere),
    rest: tidy(meanRest),
    difference: tidy(difference),
    low: low === null ? null : tidy(low),
    high: high === null ? null : tidy(high),
    nHere,
    nRest,
    adjustedP: adjustedP === null ? null : tidy(adjustedP),
    isInput,
  };
}

function shareEvidence(comparison: ShareComparison): ShareEvidence | null {
  const { here, rest, nHere, nRest, adjustedP, isInput } = comparison;
  if (!here || !rest) return null;
  const p = adjustedP === null ? null : tidy(adjustedP);
  return { kind: 'share', here: tidied(here), rest: tidied(rest), nHere, nRest, adjustedP: p, isInput };
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
    .sort((a, b) => b.here.share - a.here.share || (a.theme < b.theme ? -1 : 1));
}

/** One sentence from the strongest claims; plain where there are none. */
function lede(claims: readonly Claim[]): string {
  const [first, second] = claims;
  if (!first)
    return 'No difference is sure enough to tell: each is too small, too unsure, or on too few people to test (30 on a side).';
  if (!second) return `${first.text}.`;
  // A sentence of ours may begin small; a label may begin with a name.
  return `${first.text}; ${/^(?:They|Most|Half) /.test(second.text) ? withSmallStart(second.text) : second.text}.`;
}
