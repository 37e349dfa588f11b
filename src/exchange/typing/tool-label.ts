import type { TypingTool } from '../../model/typing-tool.ts';

const LABELS = {
  natural: 'Natural',
  reproducible: 'Reproducible',
  constructive: 'Constructive',
  defined: 'Defined',
} as const;
const percent = (share: number): string => `${Math.round(share * 100)}%`;

/**
 * What every copy of a tool says of itself: what its segments may be called, of which version, and how often it is right.
 * Empty for a tool of which nobody said whose segments it tells.
 */
export function toolLabel({ of, measured }: Pick<TypingTool, 'of' | 'measured'>): string {
  if (!of) return '';
  const accuracy = measured
    ? `right for ${percent(measured.accuracy.share)} of people (${percent(measured.accuracy.low)} to ${percent(measured.accuracy.high)}, n = ${measured.n})`
    : 'accuracy not known here';
  return `${LABELS[of.label]} segments; ${of.segmentation}, version ${of.version}; ${accuracy}`;
}
