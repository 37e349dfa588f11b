import type { Claim, Portrait } from '../personas/portrait.ts';
import { type ClaimHref, claimView } from './claim-view.ts';

/** So many of each stand on the card. */
const SHOWN = 3;

export type BriefLine = { text: string; href: string | null };
/** A persona in short: what they want, what stands in the way, which words are theirs and which they distrust. */
export type PersonaBrief = { goals: BriefLine[]; barriers: BriefLine[]; always: string[]; never: string[] };

/** What stands on the card, below the name; null where nothing of it is known. */
export function personaBrief(
  { claims, words }: Pick<Portrait, 'claims' | 'words'>,
  own: Readonly<Record<string, string>>,
  hrefOf: ClaimHref,
): PersonaBrief | null {
  const told = (ring: Claim['ring']): BriefLine[] =>
    claims
      .filter((claim) => claim.section === 'ring' && claim.ring === ring && claim.lapsedIn === null)
      .slice(0, SHOWN)
      .map((claim) => claimView(claim, own, hrefOf))
      .map(({ text, href }) => ({ text, href }));
  const said = (list: Portrait['words']['used']) => list.slice(0, SHOWN).map((one) => one.words);
  const brief = {
    goals: told('success'),
    barriers: told('barrier'),
    always: said(words.used),
    never: said(words.distrusted),
  };
  return Object.values(brief).every((list) => list.length === 0) ? null : brief;
}
