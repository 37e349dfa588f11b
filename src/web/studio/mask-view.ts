import { showNumber } from '../../charts/numerals.ts';
import { sliceSpan } from '../../coding/spans.ts';
import { maskText, type PersonalKind, type PersonalSpan } from '../../privacy/mask-text.ts';
import { showDate } from '../../render/helpers.ts';
import type { SaidAnswer } from '../../services/response-detail.ts';

/** How many of a kind are said in words. */
const KIND_NAMES: Readonly<Record<PersonalKind, readonly [string, string]>> = {
  email: ['e-mail address', 'e-mail addresses'],
  phone: ['phone number', 'phone numbers'],
  iban: ['bank account', 'bank accounts'],
  card: ['payment card', 'payment cards'],
  address: ['address', 'addresses'],
  handle: ['handle', 'handles'],
  name: ['name', 'names'],
  profile: ['web profile', 'web profiles'],
  ip: ['IP address', 'IP addresses'],
  'id-number': ['number of a person', 'numbers of persons'],
  place: ['place', 'places'],
  organisation: ['organisation', 'organisations'],
  masked: ['hidden by hand', 'hidden by hand'],
};
export const kindName = (kind: string, n = 1): string => {
  const names = KIND_NAMES[kind as PersonalKind];
  return names ? names[n === 1 ? 0 : 1] : kind;
};

/** “2 e-mail addresses, 1 name”; empty for none. */
export function kindsInWords(spans: readonly Pick<PersonalSpan, 'kind'>[]): string {
  return [...Map.groupBy(spans, ({ kind }) => kind)]
    .map(([kind, own]) => `${showNumber(own.length)} ${kindName(kind, own.length)}`)
    .join(', ');
}

/** Around a finding, enough to judge it by. */
const AROUND = 24;

/**
 * What is hidden in a response, and what was decided of it.
 *
 * @param isOpen whether the words stand there as they were written
 */
export function masksView(said: readonly SaidAnswer[], isOpen: boolean) {
  const masked = said.flatMap(({ masks }) => masks);
  return {
    isOpen,
    hasWords: said.length > 0,
    count: masked.length,
    kinds: kindsInWords(masked),
    found: isOpen
      ? said.flatMap(({ source, masks, item }) =>
          masks
            .filter(({ kind }) => kind !== 'masked')
            .map((span) => ({
              kind: kindName(span.kind),
              words: sliceSpan(source.text, span) ?? '',
              before: wordsBefore(source.text, span.start),
              item,
              source: source.publicId,
              version: source.version,
              start: span.start,
              end: span.end,
            })),
        )
      : [],
    decided: isOpen
      ? said.flatMap(({ source, decisions }) =>
          decisions.map((one) => ({
            id: one.publicId,
            words: sliceSpan(source.text, { start: one.spanStart, end: one.spanEnd }) ?? '',
            verdict: one.verdict === 'open' ? 'Not personal' : 'Hidden by hand',
            by: `${one.author ?? 'Somebody'}, ${showDate(one.decidedAt)}`,
          })),
        )
      : [],
  };
}

/** The words just before a place, whole. */
function wordsBefore(text: string, place: number): string {
  const from = Math.max(0, place - AROUND);
  const words = sliceSpan(text, { start: from, end: place }) ?? '';
  return from === 0 ? words : `…${words.replace(/^\S+\s/, '')}`;
}

/** A text as it is shown: with its masks, or as it was written. */
export const shownText = (text: string, masks: readonly PersonalSpan[], isOpen: boolean): string =>
  isOpen ? text : maskText(text, masks);
