import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import type { Interview } from '../store/notes.ts';
import type { PlacementWay } from '../store/placements.ts';
import type { Segmentation } from '../store/segmentations.ts';
import type { Segment } from '../store/segments.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';

/** In which segment of a segmentation somebody interviewed is. */
export type IntervieweeSegment = {
  segmentation: Segmentation;
  /** Null for none of its segments. */
  segment: Segment | null;
  /** `answers` where a response of theirs says so. */
  how: 'answers' | PlacementWay;
  at: string;
  /** What a researcher wrote who chose it. */
  note: string;
};
type Standing = { segmentation: Segmentation; version: number; segments: Segment[] };
type ScreenerInputs = { interview?: string; note?: string };

/** Interviews and segments: who was spoken with, in which segment they are, and who said so. */
export function intervieweeService({ store, now }: Context) {
  const at = () => now().toISOString();

  async function standing(study: Study): Promise<Standing[]> {
    const found: Standing[] = [];
    for (const segmentation of await store.segmentations.list(study.id)) {
      const [version] = await store.segmentations.versions(segmentation.id);
      if (version)
        found.push({
          segmentation,
          version: version.number,
          segments: await store.segmentations.current(segmentation.id),
        });
    }
    return found;
  }

  const personOf = async ({ participationId }: Interview): Promise<number | null> =>
    participationId === null ? null : await store.people.personOf(participationId);

  const lineageOf = ({ lineage, publicId }: Segment): string => lineage ?? publicId;

  /** Of each person, by every id of theirs: what is known by answers, by a tool, or by whoever placed them. */
  async function known(personIds: readonly number[], of: readonly Standing[]) {
    const found = new Map<number, IntervieweeSegment[]>();
    if (personIds.length === 0) return found;
    const placed = new Map(
      (await store.placements.ofPeople(personIds)).map((one) => [`${one.personId} ${one.segmentationId}`, one]),
    );
    for (const { segmentation, segments } of of) {
      const ids = segments.map(({ publicId }) => publicId);
      const standings = await store.segmentStandings.of({ segments: ids, none: [segmentation.publicId] }, personIds);
      const best = new Map<number, { segment: Segment | null; probability: number; at: number }>();
      for (const { personId, probability, at: time } of standings.get(segmentation.publicId) ?? [])
        if (probability > 0) best.set(personId, { segment: null, probability, at: time });
      for (const segment of segments)
        for (const { personId, probability, at: time } of standings.get(segment.publicId) ?? [])
          if (probability > (best.get(personId)?.probability ?? 0))
            best.set(personId, { segment, probability, at: time });
      for (const [personId, { segment, at: time }] of best) {
        const placement = placed.get(`${personId} ${segmentation.id}`);
        const isPlaced = placement !== undefined && Date.parse(placement.by.placedAt) === time;
        const inputs = (isPlaced ? placement.by.inputs : {}) as ScreenerInputs;
        found.set(personId, [
          ...(found.get(personId) ?? []),
          {
            segmentation,
            segment,
            how: isPlaced ? placement.by.way : 'answers',
            at: new Date(time).toISOString(),
            note: inputs.note ?? '',
          },
        ]);
      }
    }
    return found;
  }

  return {
    /** The segmentations of a study of which a version stands. */
    standing,
    /** In which segments everybody interviewed is, by the interview's id; nothing for whoever is in none that is known. */
    segmentsOf: async (study: Study, interviews: readonly Interview[]): Promise<Map<number, IntervieweeSegment[]>> => {
      const of = await standing(study);
      const result = new Map<number, IntervieweeSegment[]>();
      const idsOf = new Map<number, readonly number[]>();
      for (const interview of interviews) {
        const person = await personOf(interview);
        if (person !== null) idsOf.set(interview.id, await store.people.sameAs(person));
      }
      const byPerson = await known([...new Set([...idsOf.values()].flat())], of);
      for (const [interviewId, ids] of idsOf) {
        const own = ids.flatMap((id) => byPerson.get(id) ?? []);
        if (own.length > 0) result.set(interviewId, own);
      }
      const screened = Map.groupBy(await store.interviewSegments.ofStudy(study.id), ({ interviewId }) => interviewId);
      for (const { id } of interviews) {
        const own = screened.get(id);
        if (!own || idsOf.has(id)) continue;
        const told = of.flatMap(({ segmentation, segments }): IntervieweeSegment[] => {
          const last = own.findLast((row) => row.segmentationId === segmentation.id);
          const segment = segments.find((one) => lineageOf(one) === last?.segment) ?? null;
          // A segment that no longer stands says nothing.
          if (!last || (last.segment !== null && segment === null)) return [];
          return [{ segmentation, segment, how: 'screener', at: last.placedAt, note: last.note }];
        });
        if (told.length > 0) result.set(id, told);
      }
      return result;
    },

    /**
     * A researcher says in which segment somebody interviewed is, as a screener told. Rules know it where the workspace knows
     * the person.
     *
     * @throws Problem `invalid` for a segment that does not stand, or without a note
     */
    screen: async (
      study: Study,
      interview: Interview,
      form: { segment: string; note: string },
      actor: Actor,
    ): Promise<void> => {
      await store.withdrawals.mustHold(study.id, { kind: 'interview', id: interview.publicId });
      const [kind = '', id = ''] = form.segment.split(' ');
      const of = (await standing(study)).find(({ segmentation, segments }) =>
        kind === 'none' ? segmentation.publicId === id : segments.some(({ publicId }) => publicId === id),
      );
      const note = cleanText(form.note, 'line');
      const errors = [];
      if (!of) errors.push({ pointer: '#/segment', detail: 'Choose one of the segments listed' });
      if (note.text.trim() === '' || note.isTooLong)
        errors.push({
          pointer: '#/note',
          detail: 'Say in at most 1,000 letters how you know, such as “screener, question 4”',
        });
      if (!of || errors.length > 0) throw new Problem('invalid', 'Their segment was not kept', { errors });
      const chosen = of.segments.find(({ publicId }) => kind === 'segment' && publicId === id);
      const segment = chosen ? lineageOf(chosen) : null;
      const personId = await personOf(interview);
      if (personId === null)
        return store.interviewSegments.add({
          interviewId: interview.id,
          segmentationId: of.segmentation.id,
          version: of.version,
          segment,
          note: note.text.trim(),
          placedBy: actor?.userId ?? null,
          placedAt: at(),
        });
      await store.placements.add([
        {
          workspaceId: study.workspaceId,
          personId,
          segmentationId: of.segmentation.id,
          version: of.version,
          segment,
          probability: null,
          way: 'screener',
          inputs: {
            interview: interview.publicId,
            note: note.text.trim(),
            by: actor?.userId ?? null,
          } satisfies ScreenerInputs & { by: number | null },
          placedAt: at(),
        },
      ]);
    },

    /** Once it is known who was interviewed, what was said of them is known of the person. */
    toPerson: async (study: Study, interview: Interview): Promise<void> => {
      const personId = await personOf(interview);
      if (personId === null) return;
      await store.placements.add(
        (await store.interviewSegments.take(interview.id)).map(
          ({ segmentationId, version, segment, note, placedBy, placedAt }) => ({
            workspaceId: study.workspaceId,
            personId,
            segmentationId,
            version,
            segment,
            probability: null,
            way: 'screener' as const,
            inputs: { interview: interview.publicId, note, by: placedBy },
            placedAt,
          }),
        ),
      );
    },

    /** Whoever takes their consent back is in no segment by what was said around an interview. */
    forget: async (interview: Interview): Promise<void> => {
      await store.interviewSegments.take(interview.id);
      const personId = await personOf(interview);
      if (personId !== null)
        await store.placements.withdraw({ personIds: await store.people.sameAs(personId), way: 'screener' }, at());
    },
  };
}
export type Interviewees = ReturnType<typeof intervieweeService>;
