import { showDate } from '../../render/helpers.ts';
import type { IntervieweeSegment, Interviewees } from '../../services/interviewees.ts';
import type { EnteredStudy } from '../doorway.ts';
import { studyAddress } from './frame.ts';

export const NOT_TYPED = 'not typed';

const HOW: Record<IntervieweeSegment['how'], string> = {
  answers: 'by what they answered',
  tool: 'by a typing tool',
  import: 'brought from elsewhere',
  definition: 'by how the segments are defined',
  attributes: 'from what is known of them',
  screener: 'by a screener',
};

/** In which segments somebody is, in a line. */
export const segmentsLine = (segments: readonly IntervieweeSegment[] = []): string =>
  segments.length === 0
    ? NOT_TYPED
    : segments.map(({ segment, segmentation }) => `${segment?.name ?? 'in none'} (${segmentation.name})`).join('; ');

/** A line for each segmentation: the segment, who said so, and when. */
export const segmentLines = (study: EnteredStudy, segments: readonly IntervieweeSegment[] = []) =>
  segments.map(({ segment, segmentation, how, at, note }) => ({
    segmentation: segmentation.name,
    name: segment?.name ?? 'In none of its segments',
    href: segment ? `${studyAddress(study)}/segments/${segment.publicId}` : null,
    said: `${HOW[how]}, ${showDate(at)}`,
    note,
  }));

/** Every segment that somebody can be said to be in, and none of each segmentation. */
export const segmentChoices = (standing: Awaited<ReturnType<Interviewees['standing']>>) =>
  standing.flatMap(({ segmentation, segments }) => [
    ...segments.map(({ publicId, name }) => ({ value: `segment ${publicId}`, label: `${segmentation.name}: ${name}` })),
    { value: `none ${segmentation.publicId}`, label: `${segmentation.name}: in none of its segments` },
  ]);

/** True where somebody interviewed is in what a filter asks for: a segment, none of a segmentation, or nothing known. */
export function fitsFilter(filter: string, segments: readonly IntervieweeSegment[] = []): boolean {
  if (filter === '') return true;
  if (filter === 'not-typed') return segments.length === 0;
  const [kind, id] = filter.split(' ');
  return segments.some(({ segment, segmentation }) =>
    kind === 'none' ? segment === null && segmentation.publicId === id : segment?.publicId === id,
  );
}
