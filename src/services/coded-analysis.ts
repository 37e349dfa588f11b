import { withBeneath } from '../coding/code-tree.ts';
import type { CodedPassage } from '../store/coded-passages.ts';
import type { Code } from '../store/notes.ts';
import type { Segment } from '../store/segments.ts';
import type { Study } from '../store/studies.ts';
import type { Context } from './context.ts';
import type { Interviewees } from './interviewees.ts';

/** In which segment of one segmentation people are, as far as it is known; null for in none of them. */
export type SegmentPlaces = { segments: Segment[]; of: (passage: Place) => string | null | undefined };
type Place = Pick<CodedPassage, 'subjectId' | 'canonicalId'>;

/** What was coded, read as a whole: by code and those beneath it, by person, by segment. */
export function codedAnalysisService({ store }: Pick<Context, 'store'>, interviewees: Interviewees) {
  return {
    /** The codes that stand, with those beneath each, itself among them. */
    codes: async (study: Pick<Study, 'id'>): Promise<{ codes: Code[]; within: Map<number, Set<number>> }> => {
      const codes = (await store.notes.codes(study.id)).map((code) => ({
        ...code,
        id: Number(code.id),
        parentId: code.parentId === null ? null : Number(code.parentId),
      }));
      return { codes, within: new Map(codes.map(({ id }) => [id, withBeneath(codes, id)])) };
    },

    /** All that is coded, as far as whoever looks at it may see it. */
    passages: (study: Pick<Study, 'id'>, viewer: number | null): Promise<CodedPassage[]> =>
      store.codedPassages.list(study.id, null, viewer),

    /**
     * Where everybody is in a segmentation that stands: responses by the group they were put in, people by what is known of
     * them today, and those interviewed by a screener as well.
     *
     * @returns null where there is no such segmentation
     */
    places: async (study: Study, segmentationPublicId: string): Promise<SegmentPlaces | null> => {
      const standing = (await interviewees.standing(study)).find(
        ({ segmentation }) => segmentation.publicId === segmentationPublicId,
      );
      if (!standing) return null;
      const { segments, segmentation } = standing;
      const byResponse = new Map(
        (await store.codedPassages.memberships(segments.map(({ id }) => id))).map((row) => [row.response, row.segment]),
      );
      const asked = { segments: segments.map(({ publicId }) => publicId), none: [segmentation.publicId] };
      const byPerson = new Map<number, { segment: string | null; probability: number }>();
      for (const [id, people] of await store.segmentStandings.of(asked, null))
        for (const { personId, probability } of people)
          if (probability > (byPerson.get(personId)?.probability ?? 0))
            byPerson.set(personId, { segment: id === segmentation.publicId ? null : id, probability });
      const talks = await store.notes.interviews(study.id);
      const byTalk = new Map<string, string | null>();
      for (const [interviewId, told] of await interviewees.segmentsOf(study, talks)) {
        const own = told.find((one) => one.segmentation.publicId === segmentation.publicId);
        const talk = talks.find(({ id }) => id === interviewId);
        if (own && talk) byTalk.set(talk.publicId, own.segment?.publicId ?? null);
      }
      return {
        segments,
        of: ({ subjectId, canonicalId }) => {
          const response = byResponse.get(subjectId);
          if (response !== undefined) return response;
          if (byTalk.has(subjectId)) return byTalk.get(subjectId);
          return canonicalId === null ? undefined : byPerson.get(canonicalId)?.segment;
        },
      };
    },
  };
}
export type CodedAnalysis = ReturnType<typeof codedAnalysisService>;
