import type { Claim, ClaimEvidence } from './portrait.ts';

/** What of a version matters to the next: its claims, and by their ids how a researcher says them. */
export type WordedVersion = { number: number; words: Readonly<Record<string, string>>; claims: readonly Claim[] };

/**
 * Carries a researcher's words over to a portrait that was drawn anew, claim by claim. What they had worded and today's
 * evidence no longer bears stays, and says so; what they wrote themselves stays as it is.
 *
 * @param drawn the claims of the new portrait
 * @param kept claims that were worded and are not sure enough to be drawn, with today's evidence
 * @param versions of the persona so far, the newest first
 * @param number of the version that is made
 */
export function carryWords(
  drawn: readonly Claim[],
  kept: readonly Claim[],
  versions: readonly WordedVersion[],
  number: number,
): { claims: Claim[]; words: Record<string, string> } {
  const [last] = versions;
  if (!last) return { claims: [...drawn], words: {} };
  const claims = new Map(drawn.map((claim) => [claim.id, claim]));
  const words: Record<string, string> = {};
  for (const before of last.claims) {
    const own = last.words[before.id];
    if (own !== undefined) words[before.id] = own;
    if (before.isWritten) {
      claims.set(before.id, before);
      continue;
    }
    if (own === undefined) continue;
    const today = claims.get(before.id) ?? null;
    const unsure = kept.find(({ id }) => id === before.id) ?? null;
    const lapse = lapseOf(wordedOn(before, own, versions), today, unsure);
    if (lapse === null) continue;
    const rest: Claim = today ?? unsure ?? { ...before, evidence: null, quotes: [], counterQuotes: [] };
    claims.set(before.id, {
      ...rest,
      ...(today === null && { status: 'open' }),
      lapsedIn: before.lapsedIn ?? number,
      lapse,
    });
  }
  return { claims: [...claims.values()], words };
}

/** The claim as it stood when its words were written. */
function wordedOn({ id }: Claim, own: string, versions: readonly WordedVersion[]): Claim {
  const after = versions.findIndex(({ words }) => words[id] !== own);
  const since = versions.slice(0, after < 0 ? versions.length : after);
  return since.flatMap(({ claims }) => claims.find((claim) => claim.id === id) ?? []).at(-1)!;
}

/** Why words written on a claim no longer fit; null where they do. */
function lapseOf(then: Claim, today: Claim | null, unsure: Claim | null): string | null {
  const isNoLongerSure = today?.status === 'open' && then.status !== 'open';
  if (today === null && unsure === null) return 'Nothing that it rests on is there any more';
  if (today === null || isNoLongerSure) return 'The difference is no longer sure, or too small to tell';
  const [before, after] = [directionOf(then.evidence), directionOf(today.evidence)];
  if (before * after < 0) return 'The evidence now says the contrary';
  if (isMost(then.evidence) && !isMost(today.evidence)) return 'It held for at least half of them, and no longer does';
  return null;
}

/** 1 for more here than elsewhere, −1 for less; of words, whether more speaks for it than against it. */
function directionOf(evidence: ClaimEvidence | null): number {
  if (evidence === null) return 0;
  if (evidence.kind === 'mean') return Math.sign(evidence.difference);
  if (evidence.kind === 'share') return Math.sign(evidence.here.share - evidence.rest.share);
  return Math.sign(evidence.passages - evidence.against);
}

const isMost = (evidence: ClaimEvidence | null): boolean => evidence?.kind === 'share' && evidence.here.share >= 0.5;
