import type { PersonalKind, PersonalSpan } from './mask-text.ts';

/**
 * Who is to read: `internal`, the study's own researchers; `client`, those the study was made for; `public`, anybody.
 */
export const AUDIENCES = ['internal', 'client', 'public'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** What names or reaches somebody by itself; places, organisations and addresses of networks need more to be known. */
const DIRECT: ReadonlySet<PersonalKind> = new Set([
  'email',
  'phone',
  'iban',
  'card',
  'address',
  'handle',
  'name',
  'profile',
  'id-number',
  'masked',
]);

/**
 * What an audience sees of somebody's words: which spans are hidden from it, or nothing at all.
 *
 * - `internal`: the words as they are.
 * - `client`: of those who agreed to be quoted, with names and whatever reaches them directly hidden.
 * - `public`: of those interviewed who agreed that their words are shared outside, and of answers whose author agreed to be
 *   quoted, with all that was found or hidden by hand.
 *
 * @param found everything personal in the text, by finding or by hand
 * @param uses what whoever said it agreed to, as it holds today
 * @returns the spans to hide; null where the words may not be shown to this audience
 *
 * @example
 * hiddenFrom('public', { kind: 'turn', found: [], uses: ['analysis', 'quotes'] }) // => null
 */
export function hiddenFrom(
  audience: Audience,
  { kind, found, uses }: { kind: string; found: readonly PersonalSpan[]; uses: readonly string[] },
): PersonalSpan[] | null {
  if (audience === 'internal') return [];
  const needed = audience === 'public' && kind !== 'answer' ? 'share' : 'quotes';
  if (!uses.includes(needed)) return null;
  return found.filter((span) => audience === 'public' || DIRECT.has(span.kind));
}
