import { showNumber, showPercent } from '../charts/numerals.ts';
import { type Claim, type ClaimEvidence, FORCES, type Portrait } from '../personas/portrait.ts';
import { FORCE_NAMES, RING_NAMES } from '../personas/story.ts';
import { wilsonInterval } from '../stats/wilson-interval.ts';
import { evidenceShort, wordsOfClaim } from './evidence-words.ts';

/** A version of a persona as it is read. */
export type SheetVersion = {
  name: string;
  lede: string;
  portrait: Portrait;
  /** What researchers call claims, by their ids. */
  words: Readonly<Record<string, string>>;
};

export type ClaimChange = {
  /** The claim's id. */
  claim: string;
  /** What it stands under on the sheet. */
  heading: string;
  /** Which claim it is, where before and after do not say so; else empty. */
  what: string;
  /** As it stood before and stands after; empty on the side where it is not said. */
  before: string;
  after: string;
  /** Of figures that moved: whether their intervals lie apart; null where there are none to compare. */
  isBeyondChance: boolean | null;
};
export type PortraitChanges = {
  added: ClaimChange[];
  gone: ClaimChange[];
  /** Figures that read differently. */
  moved: ClaimChange[];
  /** The same said in other words. */
  reworded: ClaimChange[];
  /** Claims whose standing changed. */
  status: ClaimChange[];
  /** The rest of the sheet, one line each. */
  otherwise: { label: string; before: string; after: string }[];
};

/** How a claim stands, in words. */
export function statusName({ status, evidence }: Pick<Claim, 'status' | 'evidence'>): string {
  if (status === 'described')
    return evidence?.kind === 'people'
      ? 'counted among people who spoke, and not tested'
      : 'formed the segment, so it describes and is not tested';
  return { validated: 'validated', assumed: 'an assumption', open: 'open: what is known does not settle it' }[status];
}

/**
 * What changed from one version of a persona to another. A claim is the same by its id, so that new words or new figures are
 * a change of it and no new claim.
 *
 * @returns claims in the order in which the later version has them, those gone in the order of the earlier
 */
export function portraitChanges(before: SheetVersion, after: SheetVersion): PortraitChanges {
  const earlier = new Map(before.portrait.claims.map((claim) => [claim.id, claim]));
  const later = new Map(after.portrait.claims.map((claim) => [claim.id, claim]));
  const line = (claim: Claim, from: string, to: string, isBeyondChance: boolean | null = null): ClaimChange => ({
    claim: claim.id,
    heading: headingOf(claim),
    what: '',
    before: from,
    after: to,
    isBeyondChance,
  });
  const named = (claim: Claim, from: string, to: string, isBeyondChance: boolean | null = null): ClaimChange => ({
    ...line(claim, from, to, isBeyondChance),
    what: wordsOfClaim(claim, after.words),
  });
  const both = after.portrait.claims.flatMap((claim) => {
    const was = earlier.get(claim.id);
    return was ? [{ was, claim }] : [];
  });
  return {
    added: after.portrait.claims
      .filter(({ id }) => !earlier.has(id))
      .map((claim) => line(claim, '', wordsOfClaim(claim, after.words))),
    gone: before.portrait.claims
      .filter(({ id }) => !later.has(id))
      .map((claim) => line(claim, wordsOfClaim(claim, before.words), '')),
    moved: both.flatMap(({ was, claim }) => {
      const [from, to] = [evidenceShort(was.evidence), evidenceShort(claim.evidence)];
      return from === to ? [] : [named(claim, from, to, apart(was.evidence, claim.evidence))];
    }),
    reworded: both.flatMap(({ was, claim }) => {
      const [from, to] = [wordsOfClaim(was, before.words), wordsOfClaim(claim, after.words)];
      return from === to ? [] : [line(claim, from, to)];
    }),
    status: both.flatMap(({ was, claim }) => {
      const [from, to] = [standing(was), standing(claim)];
      return from === to ? [] : [named(claim, from, to)];
    }),
    otherwise: [
      ['Name', before.name, after.name],
      ['In short', before.lede || before.portrait.lede, after.lede || after.portrait.lede],
      ['Share of respondents', shareOf(before.portrait), shareOf(after.portrait)],
      ['Share of revenue', spendOf(before.portrait), spendOf(after.portrait)],
      ['People interviewed', interviewsOf(before.portrait), interviewsOf(after.portrait)],
      ['Rests on', before.portrait.kind, after.portrait.kind],
      ['Quotes on the sheet', String(before.portrait.quotes.length), String(after.portrait.quotes.length)],
      ['Speaks against it', against(before.portrait), against(after.portrait)],
      ['Not covered', gaps(before.portrait), gaps(after.portrait)],
    ].flatMap(([label = '', from = '', to = '']) => (from === to ? [] : [{ label, before: from, after: to }])),
  };
}

function headingOf({ section, ring, part, heading, isWritten }: Claim): string {
  if (isWritten) return heading;
  if (section === 'ring' && ring !== null) return RING_NAMES[ring].about;
  const force = section === 'force' && FORCES.find((one) => one === part);
  return force ? `${FORCE_NAMES[force].label}: ${FORCE_NAMES[force].about}` : heading;
}

const standing = (claim: Claim): string =>
  claim.lapsedIn === null ? statusName(claim) : 'no longer supported by the evidence';

/** Whether two figures' intervals lie apart: further than people drawn anew would move them. */
function apart(before: ClaimEvidence | null, after: ClaimEvidence | null): boolean | null {
  const [a, b] = [intervalOf(before), intervalOf(after)];
  return a && b ? a.high < b.low || b.high < a.low : null;
}

function intervalOf(evidence: ClaimEvidence | null): { low: number; high: number } | null {
  if (evidence?.kind === 'share') return evidence.here;
  if (evidence?.kind === 'people') return evidence.isUncounted ? null : wilsonInterval(evidence.people, evidence.of);
  if (evidence?.kind === 'mean' && evidence.low !== null && evidence.high !== null)
    return { low: evidence.low, high: evidence.high };
  return null;
}

const shareOf = ({ size }: Portrait): string =>
  size
    ? `${showPercent(size.share.share, 0)} (${showPercent(size.share.low, 0)} to ${showPercent(size.share.high, 0)}), ${showNumber(size.n)} of ${showNumber(size.base)}`
    : 'not counted';
const spendOf = ({ spend }: Portrait): string => (spend ? showPercent(spend.share, 0) : 'not known');
const interviewsOf = ({ interviews }: Portrait): string =>
  interviews ? `${interviews.inside} of ${interviews.all}` : 'nobody';
const against = (portrait: Portrait): string => portrait.against.map(({ text }) => text).join('; ') || 'nothing known';
const gaps = (portrait: Portrait): string => portrait.gaps.map(({ text }) => text).join('; ') || 'nothing known';
