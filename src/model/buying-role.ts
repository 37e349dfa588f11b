import { cleanText } from './clean-text.ts';

/** Usual parts that people have in what their company buys; another word will do as well. */
export const BUYING_ROLES = ['decision maker', 'influencer', 'user', 'buyer', 'gatekeeper', 'champion'] as const;
export const ROLE_LETTERS = 100;

/**
 * A role as it is kept: the usual ones in one spelling, others as they were written.
 *
 * @returns null for a text that is empty or longer than a role may be
 *
 * @example
 * [readRole('decisionMaker'), readRole(' Head of IT '), readRole('')] // => ['decision maker', 'Head of IT', null]
 */
export function readRole(written: string): string | null {
  const text = cleanText(written, 'line').text.trim();
  if (text === '' || text.length > ROLE_LETTERS) return null;
  const plain = text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[\s_-]+/g, ' ')
    .toLowerCase();
  return BUYING_ROLES.find((role) => role === plain) ?? text;
}

/**
 * What a group message says of the person's part in the company, apart from what it says of the company.
 *
 * @example
 * splitRole({ plan: 'pro', buyingRole: 'Champion' }) // => { role: 'champion', traits: { plan: 'pro' } }
 */
export function splitRole(traits: Readonly<Record<string, unknown>>): {
  role: string | null;
  traits: Record<string, unknown>;
} {
  const { buyingRole, role, ...rest } = traits;
  const told = [buyingRole, role].find((one) => typeof one === 'string' && one.trim() !== '');
  return { role: typeof told === 'string' ? readRole(told) : null, traits: rest };
}

/** A role with when it was said; neither where nobody ever said one, no role where it was taken back. */
export type SaidRole = { role: string | null; roleAt: string | null };

/**
 * Of what was said of one person in one company under several of their ids the last word.
 *
 * @example
 * lastSaid({ role: 'user', roleAt: '2026-03-01T09:00:00.000Z' }, { role: 'buyer', roleAt: '2026-03-02T09:00:00.000Z' }).role // => 'buyer'
 */
export function lastSaid<Said extends SaidRole>(one: Said, other: Said): Said {
  const [first, second] = [one, other].map(({ role, roleAt }) => `${roleAt ?? ''} ${role ?? ''}`) as [string, string];
  return second > first ? other : one;
}
