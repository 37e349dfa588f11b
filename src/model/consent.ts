/** What somebody can agree to have done with their words, each on its own. */
export const CONSENT_USES = ['analysis', 'recording', 'quotes', 'share', 'ai', 're-contact'] as const;
export type ConsentUse = (typeof CONSENT_USES)[number];

export const CONSENT_USE_NAMES: Readonly<Record<ConsentUse, { label: string; hint: string }>> = {
  analysis: { label: 'Analysis', hint: 'Their words are read, coded and counted' },
  recording: { label: 'Recording', hint: 'Sound or picture is recorded and kept' },
  quotes: { label: 'Quotes inside', hint: 'Quoted to those who read the study’s reports and personas' },
  share: { label: 'Sharing outside', hint: 'Quoted, with masks, where anybody may read it' },
  ai: {
    label: 'Processing by an AI service',
    hint: 'Sound or words are sent to a service that writes or sums them up',
  },
  're-contact': { label: 'Contact again', hint: 'They may be asked for another talk' },
};

/** What somebody agreed to: for what, until when, and whether they took it back. */
export type Consent = {
  purposes: readonly string[];
  /** The last day on which it holds, `2026-03-31`; null where it has no end. */
  expiresOn: string | null;
  withdrawnAt: string | null;
};

/**
 * The uses that somebody’s consent covers on a day.
 *
 * @param consent the latest that was given; null where there is none
 * @param today as `2026-03-31`
 * @returns none where there is no consent, it was taken back, or its last day is over
 *
 * @example
 * usesOf({ purposes: ['analysis'], expiresOn: '2026-03-31', withdrawnAt: null }, '2026-04-01') // => []
 */
export function usesOf(consent: Consent | null, today: string): readonly string[] {
  if (consent === null || consent.withdrawnAt !== null) return [];
  if (consent.expiresOn !== null && consent.expiresOn < today) return [];
  return consent.purposes;
}
