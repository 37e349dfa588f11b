import type { Request } from 'express';
import { Problem } from '../../model/problem.ts';
import type { Segment } from '../../store/segments.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { type Crumb, studyAddress } from './frame.ts';

/** The segment that an address names. */
export async function segmentOf({ verbatim }: House, study: EnteredStudy, req: Request): Promise<Segment> {
  const segment = await verbatim.store.segments.find(study.id, String(req.params['segment']));
  if (!segment) throw new Problem('not-found', 'There is no such segment in this study');
  return segment;
}

export const segmentCrumbs = (study: EnteredStudy): Crumb[] => [
  { label: study.name, href: studyAddress(study) },
  { label: 'Segments', href: `${studyAddress(study)}/segments` },
];

/** Where a rule begins that asks for a segment that was found, since only what has a rule can be asked or written to. */
export const definedByFound = (study: EnteredStudy, { publicId, name }: Segment): string =>
  `${studyAddress(study)}/segments/define?${new URLSearchParams({
    name,
    rule: JSON.stringify({ all: [{ segment: publicId }] }),
  })}`;
