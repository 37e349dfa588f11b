import type { Span } from '../coding/spans.ts';

/** What of a person can stand in a text; `masked` is what a researcher chose to hide by hand. */
export const PERSONAL_KINDS = [
  'email',
  'phone',
  'iban',
  'card',
  'address',
  'handle',
  'name',
  'profile',
  'ip',
  'id-number',
  'masked',
] as const;
/** What a researcher can say that something hidden by hand is. */
export const HIDDEN_KINDS = ['name', 'place', 'organisation', 'masked'] as const;
export type PersonalKind = (typeof PERSONAL_KINDS)[number] | (typeof HIDDEN_KINDS)[number];
/** `instead`: a word of its own that stands in its place, such as a pseudonym. */
export type PersonalSpan = Span & { kind: PersonalKind; instead?: string };

/** The word that stands in the place of what is hidden. */
export const MASKS: Readonly<Record<PersonalKind, string>> = {
  email: '[e-mail]',
  phone: '[phone]',
  iban: '[IBAN]',
  card: '[card]',
  address: '[address]',
  handle: '[handle]',
  name: '[name]',
  profile: '[profile]',
  ip: '[IP]',
  'id-number': '[ID]',
  place: '[place]',
  organisation: '[organisation]',
  masked: '[masked]',
};

/**
 * A stretch of a text with a word in the place of each span that reaches into it. The text itself is left as it is: a
 * mask lies over it, so that places in the text never move.
 *
 * @param spans in any order; where they overlap, the one that begins first is shown
 * @param stretch the whole text unless told
 * @returns an empty text for a stretch outside the text
 *
 * @example
 * maskText('Ask anna@example.org or me', [{ start: 4, end: 20, kind: 'email' }]) // => 'Ask [e-mail] or me'
 */
export function maskText(text: string, spans: readonly PersonalSpan[], stretch?: Span): string {
  const from = stretch?.start ?? 0;
  const to = stretch?.end ?? Number.POSITIVE_INFINITY;
  if (spans.length === 0 && !stretch) return text;
  const ordered = spans.filter(({ start, end }) => start < to && end > from).sort((a, b) => a.start - b.start);
  const parts: string[] = [];
  let next = 0;
  let hiddenTo = -1;
  let index = 0;
  for (const point of text) {
    if (index >= to) break;
    for (let span = ordered[next]; span && span.start <= index; span = ordered[next]) {
      next += 1;
      // One that begins under another only makes the hidden stretch longer.
      if (Math.max(span.start, from) >= hiddenTo) parts.push(span.instead ?? MASKS[span.kind]);
      hiddenTo = Math.max(hiddenTo, span.end);
    }
    if (index >= from && index >= hiddenTo) parts.push(point);
    index += 1;
  }
  return parts.join('');
}
