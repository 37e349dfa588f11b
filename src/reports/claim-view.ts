import { showNumber } from '../charts/numerals.ts';
import type { Claim } from '../personas/portrait.ts';
import { evidenceNote, evidenceShort, wordsOfClaim } from './evidence-words.ts';
import { statusName } from './portrait-changes.ts';
import { evidenceMarked, strayNotice } from './worded-claim.ts';

/** The address where the evidence of a claim stands; null where a reader may not go there. */
export type ClaimHref = (claim: string) => string | null;

/** The words of somebody with which a claim begins; empty where there are none to show. */
export type SaidOf = (claim: Claim) => string;

/** A claim as the claim-list partial lays it out. */
export type ClaimView = {
  id: string;
  heading: string;
  /** Somebody's own words, with which it begins; empty where there are none to show. */
  said: string;
  text: string;
  evidence: string;
  detail: string;
  href: string | null;
  isOpen: boolean;
  /** Said beside it; empty where nothing needs to be. */
  pill: string;
  notice: string;
  /** Of the notice, why the evidence no longer supports it; empty where it does. */
  lapse: string;
};
/** A list that shows its first few, and keeps the others at hand. */
export type Capped<T> = { shown: T[]; more: T[] };

/** The first so many of a list, and the rest of it; a rest of one is shown as well. */
export function capped<T>(list: readonly T[], most: number): Capped<T> {
  const cut = list.length <= most + 1 ? list.length : most;
  return { shown: list.slice(0, cut), more: list.slice(cut) };
}

/** A claim laid out. What people said is never tested, so that only figures are called open. */
export function claimView(
  claim: Claim,
  words: Readonly<Record<string, string>>,
  hrefOf: ClaimHref,
  saidOf: SaidOf = () => '',
): ClaimView {
  const isAssumed = claim.status === 'assumed';
  const isOpen = claim.status === 'open' && claim.evidence?.kind !== 'people';
  const note = evidenceNote(claim.evidence);
  const lapse =
    claim.lapsedIn === null
      ? ''
      : `Since version ${showNumber(claim.lapsedIn)} the evidence no longer supports what a researcher wrote here${claim.lapse ? `: ${claim.lapse.charAt(0).toLowerCase()}${claim.lapse.slice(1)}.` : '.'}`;
  return {
    id: claim.id,
    heading: claim.heading,
    said: saidOf(claim),
    text: wordsOfClaim(claim, words),
    evidence: claim.isWithheld ? 'too few people to tell' : evidenceShort(claim.evidence),
    detail: evidenceMarked(
      claim,
      words,
      claim.status === 'described' && note !== '' && claim.evidence?.kind !== 'people'
        ? `${note}; ${statusName(claim)}`
        : note,
    ),
    href: hrefOf(claim.id),
    isOpen: isAssumed || isOpen,
    pill: claim.lapsedIn !== null ? 'No longer supported' : isAssumed ? 'Assumption' : isOpen ? 'Open' : '',
    notice: [lapse, strayNotice(claim, words)].filter((part) => part !== '').join(' '),
    lapse,
  };
}

/** Claims under their headings, each of which stands once, before the first of its own. */
export const headedOnce = (views: readonly ClaimView[]): ClaimView[] =>
  [...Map.groupBy(views, ({ heading }) => heading).values()].flatMap((own) =>
    own.map((view, at) => (at === 0 ? view : withoutHeading(view))),
  );

/** The same in a list whose heading says it already. */
export const withoutHeading = (view: ClaimView): ClaimView => ({ ...view, heading: '' });
