import type { UnkeptPromise } from '../model/kept-promise.ts';
import { countryIn, type Kept, languageIn, type NoticeFacts } from '../model/privacy-notice.ts';

const LABELS = {
  controllerName: 'Controller',
  controllerAddress: 'Its address',
  representative: 'Representative',
  contact: 'Contact for questions',
  dataProtectionOfficer: 'Data protection officer',
  purposes: 'Purposes',
  legalBasis: 'Legal basis',
  recipients: 'Recipients',
  kept: 'How long it is kept',
  minimumAge: 'Minimum age',
  authority: 'Supervisory authority',
} as const satisfies Partial<Record<keyof NoticeFacts, string>>;

/**
 * What a privacy notice says, part by part, for those who assess it; what it does not say has no line.
 *
 * @param country whose notice it is; null for everybody without one of their own
 *
 * @example
 * noticeFacts({ controllerName: 'A', minimumAge: 16 }, 'DE')
 * // => [{ label: 'Controller (Germany)', text: 'A' }, { label: 'Minimum age (Germany)', text: '16' }]
 */
export function noticeFacts(facts: NoticeFacts, country: string | null): { label: string; text: string }[] {
  return (Object.keys(LABELS) as (keyof typeof LABELS)[]).flatMap((part) => {
    const text = said(facts, part);
    return text === '' ? [] : [{ label: `${LABELS[part]}${country === null ? '' : ` (${countryIn(country)})`}`, text }];
  });
}

/**
 * How long a notice says that answers are kept.
 *
 * @example
 * keptWords({ months: 12 }) // => '12 months after the last answer'
 * keptWords({ until: '2027-03-31' }) // => 'until 2027-03-31'
 */
export const keptWords = (kept: Kept): string =>
  'until' in kept
    ? `until ${kept.until}`
    : `${kept.months} ${kept.months === 1 ? 'month' : 'months'} after the last answer`;

/**
 * How long a part of a study is kept.
 *
 * @example
 * daysWords(90) // => 'for 90 days'
 * daysWords(null) // => 'until somebody decides'
 */
export const daysWords = (days: number | null): string =>
  days === null ? 'until somebody decides' : `for ${days.toLocaleString('en-GB')} ${days === 1 ? 'day' : 'days'}`;

/**
 * What a notice promises of time and a study does not keep, said to those who can change it.
 *
 * @example
 * unkeptWords({ country: null, promised: { months: 12 }, mostDays: 365 })
 * // => 'The notice says: 12 months after the last answer. To keep that, let both parts go after 365 days or fewer.'
 */
export function unkeptWords({ country, promised, mostDays }: UnkeptPromise): string {
  const whose = country === null ? 'The notice' : `The notice for ${countryIn(country)}`;
  const way =
    mostDays < 1
      ? 'That day has come: shorten both times, or say another day and publish the surveys again.'
      : `To keep that, let both parts go after ${mostDays.toLocaleString('en-GB')} ${mostDays === 1 ? 'day' : 'days or fewer'}.`;
  return `${whose} says: ${keptWords(promised)}. ${way}`;
}

function said(facts: NoticeFacts, part: keyof typeof LABELS): string {
  const value = facts[part];
  if (value === undefined) return '';
  if (part === 'minimumAge') return value === 0 ? 'none' : String(value);
  if (facts.kept && part === 'kept') return keptWords(facts.kept);
  if (typeof value !== 'object') return String(value);
  const words = Object.entries(value as Record<string, string>);
  return words.map(([tag, text]) => (words.length > 1 ? `${languageIn(tag)}: ${text}` : text)).join(' ');
}
