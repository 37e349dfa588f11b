import type { Run } from '../../store/analyses.ts';
import type { ResponseRow } from '../../store/responses.ts';
import type { Segmentation, SegmentationVersion } from '../../store/segmentations.ts';
import type { Segment } from '../../store/segments.ts';
import type { Store } from '../../store/store.ts';
import { Unanswerable } from './unanswerable.ts';

/** Which segment everybody of some responses is in. */
export type SegmentLabels = {
  /** In the order that labels count in. */
  segments: Segment[];
  /** Null for a solution that is not a version. */
  version: SegmentationVersion | null;
  runId: number;
  /** For each response the place of its segment, or null. */
  labels: (number | null)[];
  /** How sure that is, 0 to 1; null where it is not known, and where there is no segment. */
  probabilities: (number | null)[];
  /** The same of the segment next to it. */
  second: (number | null)[];
  /** Whether the response was put into the segment itself, rather than the person behind it. */
  isMember: boolean[];
};

/**
 * The segments of responses, by the version that stands or by one solution: those that the responses themselves were put
 * into, and where a response was in none, what is known of the person behind it.
 *
 * @param responses of any survey of the study, in the order of the labels
 * @param of.run a solution of the segmentation; the version that stands without it
 * @throws {Unanswerable} when no version stands
 */
export async function segmentLabels(
  store: Store,
  segmentation: Segmentation,
  responses: readonly Pick<ResponseRow, 'id' | 'surveyId'>[],
  of: { run?: Pick<Run, 'id'> } = {},
): Promise<SegmentLabels> {
  const [standing] = await store.segmentations.versions(segmentation.id);
  const runId = of.run?.id ?? standing?.runId;
  if (runId === undefined)
    throw new Unanswerable(`No version of “${segmentation.name}” stands. Accept a solution of it first`);
  const segments = await store.segmentations.segmentsOf(runId);
  const version = await store.segmentations.versionOfRun(runId);
  const place = new Map(segments.map(({ id }, index) => [id, index]));
  const members = new Map((await store.segmentations.membersOf(runId)).map((member) => [member.responseId, member]));
  const own = responses.map(({ id }) => members.get(id) ?? null);
  const known = own.some((member) => member === null)
    ? await knownOfPeople(store, segmentation, responses, { members, segments, runId, isVersion: version !== null })
    : own;
  return {
    segments,
    version,
    runId,
    isMember: own.map((member) => member !== null),
    labels: known.map((member) => (member === null ? null : (place.get(member.segmentId) ?? null))),
    probabilities: known.map((member) => member?.probability ?? null),
    second: known.map((member) =>
      member?.probability == null || member.margin === null ? null : member.probability - member.margin,
    ),
  };
}

type Member = { segmentId: number; probability: number | null; margin: number | null };

/**
 * A person is in the segment that their latest grouped response is in, whichever survey they answer, or where they were
 * placed since.
 */
async function knownOfPeople(
  store: Store,
  segmentation: Segmentation,
  responses: readonly Pick<ResponseRow, 'id' | 'surveyId'>[],
  {
    members,
    segments,
    runId,
    isVersion,
  }: { members: ReadonlyMap<number, Member>; segments: readonly Segment[]; runId: number; isVersion: boolean },
): Promise<(Member | null)[]> {
  const ofPerson = new Map<number, { member: Member | null; at: string }>();
  if (segmentation.surveyId !== null && members.size > 0) {
    const completed = new Map(
      (await store.responses.list(segmentation.surveyId)).map(({ id, completedAt }) => [id, completedAt ?? '']),
    );
    for (const { id, personId } of await store.responses.listWithPeople(segmentation.surveyId)) {
      const member = members.get(id);
      const at = completed.get(id) ?? '';
      if (personId !== null && member && at >= (ofPerson.get(Number(personId))?.at ?? ''))
        ofPerson.set(Number(personId), { member, at });
    }
  }
  if (isVersion) {
    const byLineage = new Map(segments.map(({ id, lineage, publicId }) => [lineage ?? publicId, id]));
    for (const { personId, segment, probability, by } of (await store.placements.current(segmentation.id)).values()) {
      if (by.placedAt < (ofPerson.get(personId)?.at ?? '')) continue;
      const segmentId = segment === null ? undefined : byLineage.get(segment);
      ofPerson.set(personId, {
        member: segmentId === undefined ? null : { segmentId, probability, margin: null },
        at: by.placedAt,
      });
    }
  } else
    for (const { segmentId, personId } of await store.segmentations.peopleOf(runId))
      ofPerson.set(Number(personId), { member: { segmentId, probability: null, margin: null }, at: '' });
  if (ofPerson.size === 0) return responses.map(({ id }) => members.get(id) ?? null);
  const personOf = new Map<number, number>();
  for (const surveyId of new Set(responses.map((response) => response.surveyId)))
    for (const { id, personId } of await store.responses.listWithPeople(surveyId))
      if (personId !== null) personOf.set(id, Number(personId));
  return responses.map(({ id }) => members.get(id) ?? ofPerson.get(personOf.get(id) ?? -1)?.member ?? null);
}
