import { createHash } from 'node:crypto';
import { Problem } from '../model/problem.ts';
import { SurveyDefinition } from '../model/survey.ts';
import { surveyErrors } from '../model/survey-faults.ts';
import { DRAFTS_KEPT, type SurveyRow } from '../store/surveys.ts';
import type { Actor, Context } from './context.ts';

/** One change to a survey's draft. */
export type DraftEdit = {
  /** The revision that was on the screen. */
  revision: number;
  /** The part of the survey it is about, as plain data; undefined when that is not there. */
  part: (definition: SurveyDefinition) => unknown;
  change: (definition: SurveyDefinition) => SurveyDefinition;
};

export type DraftOutcome =
  | { saved: true; revision: number; draft: SurveyDefinition }
  /** Somebody else has changed the same part since; nothing was written. */
  | { saved: false; theirs: SurveyDefinition; theirRevision: number; mine: SurveyDefinition | null };

/** Somebody else may be faster a few times in a row, but not for ever. */
const TRIES_MAX = 5;

/** A survey's past and future as revisions, nearest last. */
type Trail = { revision: number; present: string; past: Step[]; future: Step[] };
type Step = { revision: number; hash: string };

/**
 * Drafts of surveys: every change is a revision of its own. Two people may write in one survey at the same time; only
 * when both change the same part is anybody asked.
 */
export function surveyDraftService({ store, now }: Context) {
  const trails = new Map<number, Trail>();
  const hashOf = (draft: string) => createHash('sha256').update(draft).digest('base64url');
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

  /**
   * Stepping back is a new revision with an old content. Which revisions lie behind and ahead follows from the contents
   * alone: one that equals what came before is a step back, one that equals what was stepped back from a step forward.
   */
  async function trailOf(survey: SurveyRow): Promise<Trail> {
    const known = trails.get(survey.id);
    const trail: Trail = known ?? { revision: 0, present: '', past: [], future: [] };
    for (const row of await store.surveys.draftsAfter(survey.id, trail.revision)) {
      // Another call may have read the same rows.
      if (row.revision <= trail.revision) continue;
      const hash = hashOf(row.draft);
      const [back, ahead] = [trail.past.at(-1), trail.future.at(-1)];
      const left = { revision: trail.revision, hash: trail.present };
      if (trail.revision > 0 && hash !== trail.present) {
        if (back?.hash === hash) {
          trail.past.pop();
          trail.future.push(left);
        } else {
          trail.past.push(left);
          if (ahead?.hash === hash) trail.future.pop();
          else trail.future = [];
        }
      }
      Object.assign(trail, { revision: row.revision, present: hash });
    }
    trail.past = trail.past.filter((step) => step.revision > trail.revision - DRAFTS_KEPT);
    if (trails.size > 500) trails.clear();
    trails.set(survey.id, trail);
    return trail;
  }

  /** @throws Problem `invalid` when this is no survey */
  function read(draft: SurveyDefinition): SurveyDefinition {
    const parsed = SurveyDefinition.safeParse(draft);
    if (!parsed.success)
      throw new Problem('invalid', 'This cannot be kept as it is', {
        detail: 'Mend the places listed and save again',
        errors: surveyErrors(parsed.error, draft, false),
      });
    return parsed.data;
  }

  const save = (survey: SurveyRow, revision: number, draft: SurveyDefinition, actor: Actor): Promise<boolean> =>
    store.surveys.saveDraft(survey.id, revision, draft, { at: now().toISOString(), userId: actor?.userId ?? null });

  /** The draft as it was at a revision; what is there now when that is not kept any more. */
  async function draftAt(survey: SurveyRow, revision: number): Promise<SurveyDefinition> {
    if (revision === survey.draftRevision) return survey.draft;
    return (await store.surveys.draftAt(survey.id, revision)) ?? survey.draft;
  }

  async function step(survey: SurveyRow, actor: Actor, direction: 'past' | 'future'): Promise<boolean> {
    const target = (await trailOf(survey))[direction].at(-1);
    const draft = target && (await store.surveys.draftAt(survey.id, target.revision));
    return draft ? save(survey, survey.draftRevision, draft, actor) : false;
  }

  return {
    /**
     * Changes a draft. What somebody else changed elsewhere meanwhile stays; what they changed in the same part stays
     * too, and both are handed back for a person to choose.
     *
     * @throws Problem `invalid` when what comes out is no survey
     */
    edit: async (survey: SurveyRow, edit: DraftEdit, actor: Actor): Promise<DraftOutcome> => {
      let current = survey;
      for (let tries = 0; tries < TRIES_MAX; tries += 1) {
        const isNow = edit.revision === current.draftRevision;
        const base = isNow ? current.draft : await store.surveys.draftAt(current.id, edit.revision);
        // What is not kept any more cannot be compared, so a person looks at it.
        if (base === null || (!isNow && !same(edit.part(base), edit.part(current.draft)))) {
          const from = base ?? current.draft;
          const mine = edit.part(from) === undefined ? null : edit.change(from);
          return { saved: false, theirs: current.draft, theirRevision: current.draftRevision, mine };
        }
        const changed = read(edit.change(current.draft));
        if (same(changed, current.draft)) return { saved: true, revision: current.draftRevision, draft: current.draft };
        if (await save(current, current.draftRevision, changed, actor))
          return { saved: true, revision: current.draftRevision + 1, draft: changed };
        const again = await store.surveys.findById(survey.studyId, survey.id);
        if (!again) throw new Problem('not-found', 'There is no such survey in this study');
        current = again;
      }
      throw new Problem('busy', 'Many people are writing in this survey just now', {
        detail: 'Nothing of yours was saved: go back and save it again',
        retryAfterSeconds: 2,
      });
    },

    /** The draft as it was at a revision; what is there now when that is not kept any more. */
    at: draftAt,

    /** Takes the last change back, as a revision of its own; false when there is none, or somebody was faster. */
    undo: (survey: SurveyRow, actor: Actor): Promise<boolean> => step(survey, actor, 'past'),

    /** Brings back what was taken back last; false when there is nothing, or somebody was faster. */
    redo: (survey: SurveyRow, actor: Actor): Promise<boolean> => step(survey, actor, 'future'),

    /** Whether there is anything to take back or to bring back, and who saved last. */
    history: async (survey: SurveyRow) => {
      const { past, future } = await trailOf(survey);
      const last = await store.surveys.draftSaved(survey.id, survey.draftRevision);
      return {
        mayUndo: past.length > 0,
        mayRedo: future.length > 0,
        savedAt: last?.savedAt ?? null,
        savedBy: last?.name ?? null,
      };
    },
  };
}
export type SurveyDrafts = ReturnType<typeof surveyDraftService>;
