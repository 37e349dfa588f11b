import type { Span } from '../coding/spans.ts';
import { findPersonalData } from './find-personal-data.ts';
import type { PersonalKind, PersonalSpan } from './mask-text.ts';

/**
 * What a researcher decided of a span: `open` is not personal and stays readable, `masked` is hidden though nothing was
 * found, as what they said it is.
 */
export type SpanVerdict = Span & { verdict: 'open' | 'masked'; kind?: PersonalKind | null };

/**
 * What of a text is masked: what is found in it, less what somebody called not personal, and what was hidden by hand.
 *
 * @param verdicts what was decided; a finding stays open only where one `open` covers all of it
 *
 * @example
 * maskedSpans('Call 0170 1234567', [{ start: 5, end: 17, verdict: 'open' }]) // => []
 */
export function maskedSpans(text: string, verdicts: readonly SpanVerdict[] = []): PersonalSpan[] {
  const open = verdicts.filter(({ verdict }) => verdict === 'open');
  const found = findPersonalData(text).filter(
    (span) => !open.some(({ start, end }) => start <= span.start && end >= span.end),
  );
  const byHand = verdicts
    .filter(({ verdict }) => verdict === 'masked')
    .map(({ start, end, kind }): PersonalSpan => ({ start, end, kind: kind ?? 'masked' }));
  // What somebody hid stands before what was found in the same place, since they said what it is.
  return byHand.length === 0 ? found : [...byHand, ...found].sort((a, b) => a.start - b.start || b.end - a.end);
}
