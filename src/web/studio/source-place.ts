import type { Request } from 'express';
import { Problem } from '../../model/problem.ts';
import type { Source } from '../../store/sources.ts';
import type { Verbatim } from '../../verbatim.ts';
import type { StudyVisit } from '../doorway.ts';
import { type Crumb, studyAddress } from './frame.ts';

/** Where the pages of sources lie, and the one that a request names. */
export const sourcesAddress = ({ study }: StudyVisit): string => `${studyAddress(study)}/sources`;
export const sourceAddress = (visit: StudyVisit, { publicId }: Source): string =>
  `${sourcesAddress(visit)}/${publicId}`;

export const peopleCrumbs = ({ study }: StudyVisit, ...more: Crumb[]): Crumb[] => [
  { label: study.name, href: studyAddress(study) },
  { label: 'People', href: `${studyAddress(study)}/people` },
  ...more,
];
export const sourcesCrumb = (visit: StudyVisit): Crumb => ({
  label: 'Sources of events',
  href: sourcesAddress(visit),
});
export const sourceCrumbs = (visit: StudyVisit, source: Source): Crumb[] =>
  peopleCrumbs(visit, sourcesCrumb(visit), { label: source.name, href: sourceAddress(visit, source) });

export async function sourceIn({ store }: Verbatim, { study }: StudyVisit, req: Request): Promise<Source> {
  const source = await store.sources.find(study.workspaceId, String(req.params['source']));
  if (!source) throw new Problem('not-found', 'There is no such source in this workspace');
  return source;
}
