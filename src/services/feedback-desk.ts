import { isSealed, seal } from '../coding/seal.ts';
import { cleanText } from '../model/clean-text.ts';
import { FEEDBACK_STATES } from '../model/feedback.ts';
import { Problem } from '../model/problem.ts';
import { ancestorsOf, duplicateCounts } from '../reports/duplicate-counts.ts';
import { type MarkSummary, markSummary } from '../reports/mark-summary.ts';
import { type Feedback, type FeedbackFilter, type FeedbackNote, MARKS_COUNTED } from '../store/feedback.ts';
import type { Segment } from '../store/segments.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';

/** So many pieces are held against each other, the newest that are still to be done. */
const COMPARED = 2_000;
/** More than a page shows at once. */
const BULK_MAX = 200;

export type FeedbackDetail = {
  notes: FeedbackNote[];
  /** Whether the words are still those that were sent. */
  words: 'kept' | 'changed' | 'gone';
  /** What it was found to repeat. */
  repeats: Feedback | null;
  /** What was found to repeat it, directly. */
  repeatedBy: Feedback[];
  /** How many say the same, all told. */
  others: number;
  /** What says perhaps the same and was not looked at yet. */
  alike: Feedback[];
  person: { publicId: string; name: string } | null;
};
/** What is done to many at once. */
export type BulkStep = { state: string } | { assignee: number | null } | { duplicateOf: string };

/** What researchers do with feedback: who takes it, what becomes of it, and what it adds up to. */
export function feedbackDesk({ store, keys, now }: Context) {
  const at = () => now().toISOString();
  const compared = new Map<number, { which: string; groups: string[][] }>();

  /** Whom a segment, or its companies, hold as it was last counted or found; null for one that was never counted. */
  async function peopleOf(study: Study, segment: Segment): Promise<{ people: number[]; countedAt: string } | null> {
    if (segment.rule === null)
      return { people: await store.feedback.peopleFound(segment.id), countedAt: segment.createdAt };
    const counted = await store.segmentSizes.latest(segment.id);
    if (!counted) return null;
    const links = await store.populationFacts.links(study.workspaceId);
    let people: readonly number[] = counted.people;
    if (segment.unit === 'company') {
      const companies = new Set(counted.people);
      const { members } = await store.populationFacts.companies(study.workspaceId, []);
      people = members.flatMap(({ companyId, personId }) => (companies.has(companyId) ? [personId] : []));
    }
    return { people: [...new Set(people.map((id) => links.get(id) ?? id))], countedAt: counted.countedAt };
  }

  async function need(study: Study, publicId: string): Promise<Feedback> {
    const found = await store.feedback.find(study.id, publicId);
    if (!found) throw new Problem('not-found', 'There is no such feedback in this study');
    return found;
  }

  /** @throws Problem when one would repeat itself */
  async function duplicate(study: Study, items: readonly Feedback[], ofPublicId: string): Promise<void> {
    const wanted = ofPublicId.trim().split('/').at(-1) ?? '';
    const of = wanted === '' ? null : await store.feedback.find(study.id, wanted);
    if (!of)
      throw new Problem('invalid', 'There is no such feedback in this study', {
        errors: [{ pointer: '#/of', detail: 'Enter the address of the feedback that says the same, or its code' }],
      });
    const parents = new Map((await store.feedback.duplicates(study.id)).map((pair) => [pair.id, pair.of]));
    const circle = items.find(({ id }) => id === of.id || ancestorsOf(of.id, parents).includes(id));
    if (circle)
      throw new Problem('invalid', 'Nothing can repeat itself', {
        errors: [{ pointer: '#/of', detail: 'That one is this one, or repeats it: take that back first' }],
      });
    await store.feedback.change(
      study.id,
      items.map(({ id }) => id),
      { duplicateOf: of.id },
      at(),
    );
  }

  const stateIn = (raw: string) => {
    const state = FEEDBACK_STATES.find((one) => one === raw);
    if (!state)
      throw new Problem('invalid', 'There is no such state', {
        errors: [{ pointer: '#/state', detail: 'Choose one of the states listed' }],
      });
    return state;
  };
  async function memberIn(study: Study, id: number | null): Promise<number | null> {
    if (id === null || (await store.feedback.members(study)).some((one) => one.id === id)) return id;
    throw new Problem('invalid', 'Nobody of this name works in the study', {
      errors: [{ pointer: '#/assignee', detail: 'Choose somebody who is listed, or nobody' }],
    });
  }

  return {
    peopleOf,
    list: async (study: Study, filter: FeedbackFilter, beforeId: number | null, limit: number) => {
      const rows = await store.feedback.list(study.id, filter, beforeId, limit + 1);
      const counts = duplicateCounts(await store.feedback.duplicates(study.id));
      const shown = rows.slice(0, limit);
      return {
        rows: shown.map((feedback) => ({ feedback, others: counts.get(feedback.id) ?? 0 })),
        next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
      };
    },
    /** Which of what is still to be done says perhaps the same: groups by public id, the newest first. */
    alike: async (study: Study): Promise<string[][]> => {
      const said = await store.feedback.openWords(study.id, COMPARED);
      // Words are never changed, so that the same pieces are alike in the same way; many lists are opened between two.
      const which = said.map(({ id }) => id).join();
      const known = compared.get(study.id);
      if (known?.which === which) return known.groups;
      const { alikeTexts } = await import('../quality/alike-texts.ts');
      const groups = alikeTexts(said.map(({ words }) => words)).map((group) =>
        group.flatMap((place) => said[place]?.publicId ?? []),
      );
      compared.set(study.id, { which, groups });
      return groups;
    },

    detail: async (study: Study, item: Feedback): Promise<FeedbackDetail> => {
      const pairs = await store.feedback.duplicates(study.id);
      const under = await Promise.all(
        pairs.filter(({ of }) => of === item.id).map(({ id }) => store.feedback.findById(study.id, id)),
      );
      const said = await store.feedback.openWords(study.id, COMPARED);
      const { alikeTo } = await import('../quality/alike-texts.ts');
      const like = alikeTo(
        item.words,
        said.map(({ words }) => words),
      ).flatMap((place) => said[place] ?? []);
      const known = new Set([item.id, ...ancestorsOf(item.id, new Map(pairs.map(({ id, of }) => [id, of])))]);
      const alike = await Promise.all(
        like
          .filter(({ id }) => !known.has(id))
          .slice(0, 5)
          .map(({ id }) => store.feedback.findById(study.id, id)),
      );
      const same = item.personId === null ? [] : await store.people.sameAs(item.personId);
      const person = same[0] === undefined ? null : await store.contacts.personById(same[0]);
      const names = await store.people.identities(same);
      return {
        notes: await store.feedback.notes(item.id),
        words: item.erasedAt !== null ? 'gone' : isSealed(keys.text, item.words, item.wordsHash) ? 'kept' : 'changed',
        repeats: item.duplicateOf === null ? null : await store.feedback.findById(study.id, item.duplicateOf),
        repeatedBy: under.flatMap((one) => one ?? []),
        others: duplicateCounts(pairs).get(item.id) ?? 0,
        alike: item.duplicateOf === null ? alike.flatMap((one) => one ?? []) : [],
        person: person
          ? {
              publicId: person.publicId,
              name: same.flatMap((id) => names.get(id) ?? [])[0] ?? person.publicId.slice(0, 8),
            }
          : null,
      };
    },

    /** @throws Problem `invalid` for a state that there is not */
    setState: async (study: Study, item: Feedback, state: string): Promise<void> => {
      await store.feedback.change(study.id, [item.id], { state: stateIn(state) }, at());
    },
    /** @throws Problem `invalid` for somebody who does not work in the study */
    assign: async (study: Study, item: Feedback, userId: number | null): Promise<void> => {
      await store.feedback.change(study.id, [item.id], { assigneeId: await memberIn(study, userId) }, at());
    },
    /** @throws Problem `invalid` for no words or too many */
    addNote: async (item: Feedback, text: string, actor: Actor): Promise<void> => {
      const body = cleanText(text, 'note');
      if (body.text.trim() === '' || body.isTooLong)
        throw new Problem('invalid', 'The note cannot be kept', {
          errors: [{ pointer: '#/note', detail: 'Enter a note of up to 20,000 letters' }],
        });
      await store.feedback.addNote(item.id, body.text, actor?.userId ?? null, at());
    },
    removeNote: (item: Feedback, publicId: string): Promise<void> => store.feedback.removeNote(item.id, publicId),
    /** Says that it repeats another, which counts it from now on with all that repeats it. Throws `invalid` for a circle. */
    markDuplicate: (study: Study, item: Feedback, of: string): Promise<void> => duplicate(study, [item], of),
    /** Takes that back; what repeats this one stays with it. */
    unmarkDuplicate: async (study: Study, item: Feedback): Promise<void> => {
      await store.feedback.change(study.id, [item.id], { duplicateOf: null }, at());
    },
    /**
     * Does one thing to many.
     *
     * @returns how many were changed
     * @throws Problem `invalid` for none or too many, and as the single steps do
     */
    bulk: async (study: Study, publicIds: readonly string[], step: BulkStep): Promise<number> => {
      if (publicIds.length === 0 || publicIds.length > BULK_MAX)
        throw new Problem('invalid', 'Nothing was chosen', {
          errors: [{ pointer: '#/chosen', detail: `Tick between one and ${BULK_MAX} pieces of feedback` }],
        });
      const items = await Promise.all([...new Set(publicIds)].map((publicId) => need(study, publicId)));
      const ids = items.map(({ id }) => id);
      if ('state' in step) return store.feedback.change(study.id, ids, { state: stateIn(step.state) }, at());
      if ('assignee' in step)
        return store.feedback.change(study.id, ids, { assigneeId: await memberIn(study, step.assignee) }, at());
      const of = await need(study, step.duplicateOf);
      const others = items.filter(({ id }) => id !== of.id);
      if (others.length > 0) await duplicate(study, others, of.publicId);
      return others.length;
    },
    /** Takes away what somebody wrote and marked, also from what waits to be sent; what was sent is elsewhere. */
    erase: async (item: Feedback): Promise<void> => {
      await store.feedback.erase(item.id, seal(keys.text, ''), at());
      await store.deliveries.forget(item.publicId, at());
    },

    /** Marks by page and element, beside those of a segment's people where one is chosen. */
    marks: async (
      study: Study,
      segment: Segment | null,
    ): Promise<MarkSummary & { isCut: boolean; countedAt: string | null; isUncounted: boolean }> => {
      const rows = await store.feedback.marks(study.id);
      const of = segment === null ? null : await peopleOf(study, segment);
      return {
        ...markSummary(rows, of === null ? null : new Set(of.people)),
        isCut: rows.length === MARKS_COUNTED,
        countedAt: of?.countedAt ?? null,
        isUncounted: segment !== null && of === null,
      };
    },
  };
}
export type FeedbackDesk = ReturnType<typeof feedbackDesk>;
