import { findAddresses } from './address-findings.ts';
import type { PersonalSpan } from './mask-text.ts';
import { findNames } from './name-findings.ts';
import { findEmails, findHandles, findIps, findProfiles } from './net-findings.ts';
import { findAccounts, findLetteredIds, findNumbers } from './number-findings.ts';
import { plainLetters } from './plain-letters.ts';
import type { Found } from './units.ts';

/** Changes whenever the same text could give other findings. */
export const FINDER_VERSION = 'personal-2';

/**
 * What of a person stands in a text: e-mail and web addresses with somebody's name, telephone, account and card numbers,
 * numbers of persons with their check, streets and postcodes, handles, IP addresses, and names where somebody says their
 * own. Found by shape and check digits, so some are missed and some are none; nothing is looked up anywhere. Takes time
 * in proportion to the text, whatever stands in it.
 *
 * @returns spans in code points, in the order of the text, none within another; empty for a text without any
 *
 * @example
 * findPersonalData('Write to anna@example.org') // => [{ start: 9, end: 25, kind: 'email' }]
 */
export function findPersonalData(written: string): PersonalSpan[] {
  const { text, places } = plainLetters(written);
  const hasDigits = /\d/.test(text);
  // What stands first is believed before what stands below it.
  const found = [
    ...(text.includes('/') ? findProfiles(text) : []),
    ...(/@|\b[aä]t\b|arroba|chiocciola/i.test(text) ? findEmails(text) : []),
    ...(hasDigits ? findAccounts(text) : []),
    ...(hasDigits || text.includes('::') ? findIps(text) : []),
    ...(hasDigits ? [...findLetteredIds(text), ...findAddresses(text), ...findNumbers(text)] : []),
    ...findHandles(text),
    ...findNames(text),
  ];
  if (found.length === 0) return [];
  const kept = withoutOverlaps(found);
  if (places === null) return inCodePoints(text, kept);
  return kept.map(({ from, to, kind }) => ({ start: places[from] ?? 0, end: (places[to - 1] ?? 0) + 1, kind }));
}

/** Where findings overlap, all of what they cover, as the kind that is believed first; in the order of the text. */
function withoutOverlaps(found: readonly Found[]): Found[] {
  const ordered = found
    .map((one, belief) => ({ ...one, belief }))
    .sort((a, b) => a.from - b.from || a.belief - b.belief);
  const kept: typeof ordered = [];
  for (const next of ordered) {
    const last = kept.at(-1);
    if (!last || next.from >= last.to) {
      kept.push(next);
      continue;
    }
    last.to = Math.max(last.to, next.to);
    if (next.belief < last.belief) {
      last.kind = next.kind;
      last.belief = next.belief;
    }
  }
  return kept.map(({ from, to, kind }) => ({ from, to, kind }));
}

function inCodePoints(text: string, found: readonly Found[]): PersonalSpan[] {
  let unit = 0;
  let points = 0;
  const pointsAt = (to: number): number => {
    while (unit < to) {
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
      points += 1;
    }
    return points;
  };
  return found.map(({ from, to, kind }) => ({ start: pointsAt(from), end: pointsAt(to), kind }));
}
