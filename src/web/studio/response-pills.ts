import type { Asked } from '../../model/record.ts';

/** How long somebody took, to the second under a minute and a half; empty for what was not sent. */
export function tookText(startedAt: string, completedAt: string | null): string {
  if (completedAt === null) return '';
  const seconds = Math.round((Date.parse(completedAt) - Date.parse(startedAt)) / 1000);
  if (seconds < 90) return `${seconds} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

const ASKED: Record<Asked['how'], string> = {
  open: 'open address',
  list: 'personal link',
  supplier: 'supplier',
  widget: 'widget',
  rule: 'rule',
  import: 'imported',
};
/** How somebody came to be asked. */
export const askedText = ({ how }: Pick<Asked, 'how'>): string => ASKED[how] ?? how;

const STATES: Record<string, { text: string; tone: 'good' | 'warn' | 'bad' | null }> = {
  completed: { text: 'completed', tone: 'good' },
  started: { text: 'begun', tone: null },
  'screened-out': { text: 'screened out', tone: null },
  'quota-full': { text: 'quota full', tone: null },
  withdrawn: { text: 'withdrawn', tone: null },
};
/** What a response is, as labels: a test or left out first, since then nothing else counts. */
export function statePills(state: string, isTest: boolean, isLeftOut: boolean) {
  const pill = (text: string, tone: 'good' | 'warn' | 'bad' | null) => ({ text, tone, segmentClass: null });
  const own = STATES[state] ?? { text: state, tone: null };
  return [
    ...(isTest ? [pill('test', 'warn')] : []),
    ...(isLeftOut ? [pill('left out', 'bad')] : []),
    pill(own.text, isTest || isLeftOut ? null : own.tone),
  ];
}
