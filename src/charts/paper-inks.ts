import type { Ink } from './drawing.ts';

/** What each ink is on light paper: the light half of the pages' own colours. */
export const PAPER_INKS: Readonly<Record<Ink, string>> = {
  ink: '#1e1b18',
  soft: '#5d574f',
  line: '#857d71',
  track: '#f2efe8',
  accent: '#1f5c57',
  surface: '#ffffff',
  'seg-1': '#2f6f9f',
  'seg-2': '#c06d18',
  'seg-3': '#3f8f5b',
  'seg-4': '#a2477c',
  'seg-5': '#7a6bb7',
  'seg-6': '#b5532f',
  'seg-7': '#3b868e',
  'seg-8': '#8a7b3d',
};

/**
 * The ink of a segment's class; the accent where there is none.
 *
 * @example
 * segmentInk('seg-3') // => 'seg-3'
 */
export function segmentInk(segmentClass: string | null): Ink {
  return segmentClass !== null && Object.hasOwn(PAPER_INKS, segmentClass) ? (segmentClass as Ink) : 'accent';
}
