import { showDifference, showNumber, showPercent } from '../charts/numerals.ts';
import type { Claim, ClaimEvidence, PeopleEvidence } from '../personas/portrait.ts';

/** What a claim rests on, in short: here against the rest. */
export function evidenceShort(evidence: ClaimEvidence | null): string {
  if (evidence === null) return 'nothing was counted';
  if (evidence.kind === 'people') return peopleShort(evidence);
  if (evidence.kind === 'share')
    return `${showPercent(evidence.here.share, 0)} here, ${showPercent(evidence.rest.share, 0)} of the rest`;
  return `${showNumber(evidence.here, 2)} here, ${showNumber(evidence.rest, 2)} among the rest`;
}

/** The same with its bases and intervals. */
export function evidenceLine(evidence: ClaimEvidence | null): string {
  if (evidence === null) return 'nothing was counted';
  if (evidence.kind === 'people') return peopleLine(evidence);
  const bases = `n ${showNumber(evidence.nHere)} and ${showNumber(evidence.nRest)}`;
  if (evidence.kind === 'share') {
    return `${showPercent(evidence.here.share)} here (${showPercent(evidence.here.low)} to ${showPercent(evidence.here.high)}), ${showPercent(evidence.rest.share)} of the rest (${showPercent(evidence.rest.low)} to ${showPercent(evidence.rest.high)}), ${bases}`;
  }
  const interval =
    evidence.low === null || evidence.high === null
      ? ''
      : ` (${showNumber(evidence.low, 2)} to ${showNumber(evidence.high, 2)})`;
  return `mean ${showNumber(evidence.here, 2)} here, ${showNumber(evidence.rest, 2)} among the rest, difference ${showNumber(evidence.difference, 2)}${interval}, ${bases}`;
}

/** What stands below a claim on a sheet: its intervals and bases, in a few words; empty where the short line says all. */
export function evidenceNote(evidence: ClaimEvidence | null): string {
  if (evidence === null) return '';
  if (evidence.kind === 'people') return passagesLine(evidence);
  const bases = `n ${showNumber(evidence.nHere)} and ${showNumber(evidence.nRest)}`;
  if (evidence.kind === 'share') {
    const { here, rest } = evidence;
    return `95%: ${showPercent(here.low, 0)} to ${showPercent(here.high, 0)} and ${showPercent(rest.low, 0)} to ${showPercent(rest.high, 0)}; ${bases}`;
  }
  return evidence.low === null || evidence.high === null
    ? bases
    : `difference ${showDifference(evidence.difference, 2)}, 95%: ${showDifference(evidence.low, 2)} to ${showDifference(evidence.high, 2)}; ${bases}`;
}

const peopleShort = ({ people, of, rest, isUncounted }: PeopleEvidence): string =>
  isUncounted
    ? 'what they said'
    : `${showNumber(people)} of ${showNumber(of)} people${rest === null || rest.of === 0 ? '' : `, ${showNumber(rest.people)} of ${showNumber(rest.of)} others`}`;

const passagesLine = ({ passages, against, isUncounted }: PeopleEvidence): string =>
  isUncounted
    ? ''
    : `${showNumber(passages)} ${passages === 1 ? 'passage' : 'passages'}${against === 0 ? '' : `; ${showNumber(against)} against it`}`;
const peopleLine = (evidence: PeopleEvidence): string =>
  evidence.isUncounted
    ? `${peopleShort(evidence)}; a reflexive study does not count who says it`
    : `${peopleShort(evidence)}, ${passagesLine(evidence)}`;

/** What researchers call claims, by their ids, as a version keeps it; nothing where that is damaged. */
export function readWords(kept: string): Record<string, string> {
  const read = keptWords(kept);
  return read === null ? {} : Object.fromEntries(Object.entries(read).filter(([, words]) => typeof words === 'string'));
}

/** Whether all that a version keeps of researchers' words can be read. */
export function areWordsWhole(kept: string): boolean {
  const read = keptWords(kept);
  return read !== null && Object.values(read).every((words) => typeof words === 'string');
}

function keptWords(kept: string): Record<string, string> | null {
  try {
    const read: unknown = JSON.parse(kept);
    return typeof read === 'object' && !Array.isArray(read) ? (read as Record<string, string> | null) : null;
  } catch {
    return null;
  }
}

/** A claim as it is said: in a researcher's words where there are any, else as it was computed. */
export const wordsOfClaim = (
  { id, text }: Pick<Claim, 'id' | 'text'>,
  words: Readonly<Record<string, string>>,
): string => (Object.hasOwn(words, id) ? words[id] : undefined) || text;
