import type { InterviewChoice } from '../../model/interview-choice.ts';
import { FALSE, TRUE } from '../../rules/compare.ts';
import { insideOf } from '../../rules/inside-of.ts';
import { ruleOfPeople } from '../../store/segment-rules.ts';
import type { Segment } from '../../store/segments.ts';
import type { Store } from '../../store/store.ts';
import { readPeopleColumns } from '../columns/people-columns.ts';
import { responsesAdmitted } from './audience.ts';
import { segmentLabels } from './segment-labels.ts';
import type { SurveyColumns } from './survey-columns.ts';
import { Unanswerable } from './unanswerable.ts';

export type MembersAsked = {
  workspaceId: number;
  studyId: number;
  combine: 'any' | 'all';
  /** Milliseconds since 1970: when a rule that looks at time is asked. */
  now: number;
};
/** Whether somebody is in a segment, by response and by person; undefined where nobody looked. */
type Membership = {
  ofResponse: (row: number) => boolean | undefined;
  ofPerson: (personId: number) => boolean | undefined;
  /** Only some were grouped at all, so that there is a base without anybody saying so. */
  isBaseSaid: boolean;
};

/** Whom several segments hold together: of the responses of a survey, and of those who were interviewed. */
export async function membersOf(
  store: Store,
  asked: MembersAsked,
  segments: readonly Segment[],
  columns: SurveyColumns | null,
): Promise<{
  /** For each response 0 inside, 1 outside, null where nobody looked. */
  labels: (number | null)[];
  isBaseSaid: boolean;
  /** Public ids of the interviews inside, of those that may be analysed. */
  interviews: Set<string>;
}> {
  const parts: Membership[] = [];
  for (const segment of segments)
    parts.push(
      segment.rule === null ? await ofFound(store, segment, columns) : await ofRule(store, asked, segment, columns),
    );
  const labels = (columns?.responses ?? []).map((_, row) => {
    const isIn = insideOf(
      parts.map(({ ofResponse }) => ofResponse(row)),
      asked.combine,
    );
    return isIn === undefined ? null : isIn ? 0 : 1;
  });
  return {
    labels,
    isBaseSaid: parts.some((part) => part.isBaseSaid),
    interviews: await interviewsInside(store, asked, segments, parts),
  };
}

async function ofRule(
  store: Store,
  { workspaceId, studyId, now }: MembersAsked,
  segment: Segment,
  columns: SurveyColumns | null,
): Promise<Membership> {
  const rule = ruleOfPeople(segment);
  if (rule === null) throw new Unanswerable(`“${segment.name}” has no rule`);
  const clock = { now, timeZone: (await store.offers.limits(workspaceId)).timeZone };
  const place = { workspaceId, studyId };
  const { population, rowOf } = await readPeopleColumns(store, place, { rule, unit: 'person' }, clock);
  const surveyId = columns?.responses[0]?.surveyId;
  const members = new Set(
    surveyId === undefined
      ? []
      : (
          await responsesAdmitted(store, { studyId, surveyId }, rule, (personId) => {
            const row = rowOf(personId);
            return row === undefined ? undefined : population.subjectAt(row, clock);
          })
        ).members,
  );
  const [verdicts] = population.decide([rule], clock);
  return {
    ofResponse: (row) => members.has(columns?.responses[row]?.id ?? 0),
    ofPerson: (personId) => {
      const row = rowOf(personId);
      const verdict = row === undefined ? undefined : verdicts?.[row];
      return verdict === TRUE ? true : verdict === FALSE ? false : undefined;
    },
    isBaseSaid: false,
  };
}

async function ofFound(store: Store, segment: Segment, columns: SurveyColumns | null): Promise<Membership> {
  const standings = await store.segmentStandings.of({ segments: [segment.publicId], none: [] }, null);
  const people = new Map(
    (standings.get(segment.publicId) ?? []).map(({ personId, probability }) => [personId, probability > 0]),
  );
  const ofPerson = (personId: number) => people.get(personId);
  const segmentation = await store.segmentations.ofSegment(segment);
  if (columns && segmentation && segmentation.surveyId !== (columns.responses[0]?.surveyId ?? null)) {
    // Of another survey: what is known of the people behind these responses.
    const run = segment.runId === null ? {} : { run: { id: segment.runId } };
    const known = await segmentLabels(store, segmentation, columns.responses, run);
    const own = known.segments.findIndex(({ id }) => id === segment.id);
    return {
      ofResponse: (row) => (known.labels[row] == null ? undefined : known.labels[row] === own),
      ofPerson,
      isBaseSaid: true,
    };
  }
  const members = await store.segments.members(segment.id);
  const grouped = new Set<number>();
  const siblings = segment.runId === null ? [] : await store.segmentations.segmentsOf(segment.runId);
  for (const sibling of siblings) for (const id of await store.segments.members(sibling.id)) grouped.add(id);
  return {
    ofResponse: (row) => {
      const id = columns?.responses[row]?.id ?? 0;
      return members.has(id) ? true : grouped.has(id) ? false : undefined;
    },
    ofPerson,
    isBaseSaid: true,
  };
}

/** People by what is known of them, and whoever the workspace does not know by what a screener said. */
async function interviewsInside(
  store: Store,
  { studyId, combine }: MembersAsked,
  segments: readonly Segment[],
  parts: readonly Membership[],
): Promise<Set<string>> {
  const inside = new Set<string>();
  const all = await store.codedPassages.interviews(studyId);
  if (all.length === 0) return inside;
  const screened = Map.groupBy(await store.interviewSegments.ofStudy(studyId), ({ interviewId }) => interviewId);
  const segmentationIds: (number | null)[] = [];
  for (const segment of segments) segmentationIds.push((await store.segmentations.ofSegment(segment))?.id ?? null);
  for (const { subjectId, canonicalId } of all) {
    const interview = canonicalId === null ? await store.notes.findInterview(studyId, subjectId) : null;
    const said = screened.get(interview?.id ?? 0) ?? [];
    const known = segments.map((segment, place) => {
      if (canonicalId !== null) return parts[place]!.ofPerson(Number(canonicalId));
      const last = said.findLast(({ segmentationId }) => segmentationId === segmentationIds[place]);
      return last && last.segment === (segment.lineage ?? segment.publicId) ? true : last ? false : undefined;
    });
    if (insideOf(known, combine) === true) inside.add(subjectId);
  }
  return inside;
}

/** The interviews that were chosen, of those that may be analysed, by public id. */
export async function interviewsChosen(
  store: Store,
  asked: MembersAsked,
  choice: InterviewChoice,
): Promise<Set<string>> {
  const all = new Set((await store.codedPassages.interviews(asked.studyId)).map(({ subjectId }) => subjectId));
  if (choice.by === 'all') return all;
  if (choice.by === 'hand') return new Set(choice.interviews.filter((id) => all.has(id)));
  if (choice.by === 'code') {
    const code = await store.notes.findCode(asked.studyId, choice.code);
    if (!code) throw new Unanswerable('The code that the interviews were chosen by is no longer there');
    const passages = await store.codedPassages.list(asked.studyId, [code.id]);
    return new Set(passages.filter(({ subjectId }) => all.has(subjectId)).map(({ subjectId }) => subjectId));
  }
  const segment = await store.segments.find(asked.studyId, choice.segment);
  if (!segment) throw new Unanswerable('The segment that the interviews were chosen by is no longer there');
  return (await membersOf(store, asked, [segment], null)).interviews;
}
