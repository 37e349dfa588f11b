import type { Request } from 'express';
import { Problem } from '../../model/problem.ts';
import type { SegmentationLabel } from '../../model/segmentation.ts';
import type { Run } from '../../store/analyses.ts';
import type { Segmentation } from '../../store/segmentations.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { type Crumb, studyAddress } from './frame.ts';
import { segmentCrumbs } from './segment-place.ts';

/** The segmentation that an address names. */
export async function segmentationOf({ verbatim }: House, study: EnteredStudy, req: Request): Promise<Segmentation> {
  const segmentation = await verbatim.store.segmentations.find(study.id, String(req.params['segmentation']));
  if (!segmentation) throw new Problem('not-found', 'There is no such segmentation in this study');
  return segmentation;
}

/** The solution of a segmentation that an address names. */
export async function solutionOf(
  { verbatim }: House,
  study: EnteredStudy,
  segmentation: Segmentation,
  req: Request,
): Promise<Run> {
  const run = await verbatim.store.analyses.findRun(study.id, String(req.params['run']));
  if (!run || run.segmentationId !== segmentation.id || run.subject !== 'fit')
    throw new Problem('not-found', 'There is no such solution of this segmentation');
  return run;
}

export const segmentationAddress = (study: { publicId: string }, segmentation: { publicId: string }): string =>
  `${studyAddress(study)}/segmentations/${segmentation.publicId}`;

export const segmentationCrumbs = (study: EnteredStudy, segmentation?: Segmentation): Crumb[] => [
  ...segmentCrumbs(study),
  ...(segmentation
    ? [{ label: segmentation.name, href: study.role === 'viewer' ? null : segmentationAddress(study, segmentation) }]
    : []),
];

/**
 * The profile of a segmentation.
 *
 * @param at the segmentation's address
 * @param of.of a solution's public id, empty for the version that stands
 * @param of.survey the public id of the survey by which its segments are told, empty for their own
 */
export function profileAddress(
  at: string,
  of: { of: string; survey: string },
  more: Record<string, string> = {},
  file = '',
): string {
  const query = new URLSearchParams(Object.entries({ ...of, ...more }).filter(([, value]) => value !== '')).toString();
  return `${at}/profile${file}${query === '' ? '' : `?${query}`}`;
}

/** A segment's name with what it may be called, such as “Savers (constructive)”. */
export const withLabel = (name: string, label: SegmentationLabel | undefined): string =>
  label === undefined ? name : `${name} (${label})`;
