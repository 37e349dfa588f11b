import type { InterviewChoice } from '../../model/interview-choice.ts';
import type { Segment } from '../../store/segments.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { interviewsChosen, type MembersAsked, membersOf } from './portrait-members.ts';
import { readColumns } from './survey-columns.ts';

export type PersonaInsidersArgs = MembersAsked & {
  segmentIds: number[];
  /** Which interviews a persona without segments stands for. */
  interviews: InterviewChoice | null;
  /** Interviews and responses, by public id. */
  subjects: string[];
};

/** Of some interviews and responses, those of people whom a persona stands for today. */
export async function personaInsidersTask({ store }: TaskContext, args: PersonaInsidersArgs): Promise<string[]> {
  const { studyId, segmentIds, interviews, subjects } = args;
  if (segmentIds.length === 0) {
    if (interviews === null) return [];
    const chosen = await interviewsChosen(store, args, interviews);
    return subjects.filter((id) => chosen.has(id));
  }
  const segments: Segment[] = [];
  for (const id of segmentIds) {
    const segment = await store.segments.findById(studyId, id);
    if (segment && segment.removedAt === null) segments.push(segment);
  }
  const surveyId = segments.find((segment) => segment.surveyId !== null)?.surveyId ?? null;
  const columns = surveyId === null ? null : await readColumns(store, { studyId, surveyId });
  const { labels, interviews: talks } = await membersOf(store, args, segments, columns);
  const inside = new Set(talks);
  for (const [row, { publicId }] of (columns?.responses ?? []).entries()) if (labels[row] === 0) inside.add(publicId);
  return subjects.filter((id) => inside.has(id));
}
