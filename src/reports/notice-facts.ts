import { countryIn, languageIn, type NoticeFacts } from '../model/privacy-notice.ts';

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

function said(facts: NoticeFacts, part: keyof typeof LABELS): string {
  const value = facts[part];
  if (value === undefined) return '';
  if (part === 'minimumAge') return value === 0 ? 'none' : String(value);
  if (facts.kept && part === 'kept')
    return 'until' in facts.kept ? `until ${facts.kept.until}` : `${facts.kept.months} months after the last answer`;
  if (typeof value !== 'object') return String(value);
  const words = Object.entries(value as Record<string, string>);
  return words.map(([tag, text]) => (words.length > 1 ? `${languageIn(tag)}: ${text}` : text)).join(' ');
}
