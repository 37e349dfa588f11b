import { type MembershipHistory, membershipHistory } from '../segments/membership-history.ts';
import type { HistoryPerson, SegmentFact } from '../store/segment-history.ts';
import type { Segmentation } from '../store/segmentations.ts';
import type { Context } from './context.ts';

export type PersonHistory = { person: HistoryPerson; history: MembershipHistory<SegmentFact>; facts: SegmentFact[] };
export type HistoryAsked = { after: number; limit: number; find: string; onlyMoved: boolean };

/** So many people are read in one go, and so many goes one page takes at most. */
const CHUNK = 500;
const CHUNKS_MOST = 20;
const FOUND_MOST = 2000;

/** Who was in which segment of a segmentation when. */
export function segmentHistoryService({ store }: Pick<Context, 'store'>) {
  async function* histories(
    segmentation: Segmentation,
    after: number,
    among: readonly number[] | null,
  ): AsyncGenerator<{ people: PersonHistory[]; last: number; isEnd: boolean }> {
    for (let last = after; ; ) {
      const people = await store.segmentHistory.people(segmentation.id, { after: last, limit: CHUNK, among });
      const facts = Map.groupBy(
        await store.segmentHistory.factsOf(
          segmentation.id,
          people.map(({ id }) => id),
        ),
        ({ personId }) => personId,
      );
      last = people.at(-1)?.id ?? last;
      const isEnd = people.length < CHUNK;
      yield {
        last,
        isEnd,
        people: people.flatMap((person) => {
          const own = facts.get(person.id) ?? [];
          const history = membershipHistory(own);
          return history ? [{ person, history, facts: own }] : [];
        }),
      };
      if (isEnd) return;
    }
  }

  return {
    /**
     * A page of people with their way through the segments.
     *
     * @returns `next`: after whom the next page begins; null at the end
     */
    page: async (
      workspaceId: number,
      segmentation: Segmentation,
      { after, limit, find, onlyMoved }: HistoryAsked,
    ): Promise<{ people: PersonHistory[]; next: number | null }> => {
      const among =
        find === ''
          ? null
          : (await store.peopleSearch.find(workspaceId, find, 0, FOUND_MOST)).map(({ id }) => Number(id));
      const found: PersonHistory[] = [];
      let chunks = 0;
      for await (const { people, last, isEnd } of histories(segmentation, after, among)) {
        found.push(...people.filter(({ history }) => !onlyMoved || history.moves.length > 0));
        if (found.length > limit) return { people: found.slice(0, limit), next: found[limit - 1]!.person.id };
        if (!isEnd && ++chunks === CHUNKS_MOST) return { people: found, next: last };
      }
      return { people: found, next: null };
    },
    /** Everybody, one chunk after the other. */
    everybody: (segmentation: Segmentation) => histories(segmentation, 0, null),
  };
}
export type SegmentHistory = ReturnType<typeof segmentHistoryService>;
