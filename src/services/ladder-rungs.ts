import { cleanText } from '../model/clean-text.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import { newPublicId } from '../store/identifiers.ts';
import type { LadderRung } from '../store/ladder-rungs.ts';
import type { Interview } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';

/** From the foot of a ladder upwards, each as pages call it. */
export const RUNG_KINDS = {
  attribute: 'Attribute: what it has',
  consequence: 'Consequence: what that does for them',
  value: 'Value: why it matters to them',
} as const;
export type RungKind = keyof typeof RUNG_KINDS;
const LADDERS_MAX = 100;
const RUNGS_MAX = 30;

export type RungForm = {
  /** A ladder of the interview, from 1; null begins the next. */
  ladder: number | null;
  kind: string;
  text: string;
  /** The public id of a code; empty for words alone. */
  code: string;
  /** The public id of the turn or note it was heard in; empty where nobody said. */
  source: string;
  mode: string;
};

/** Ladders heard in interviews, noted rung by rung from the foot upwards. */
export function ladderRungService({ store, now }: Context) {
  async function rungOf(study: Study, interview: Interview, publicId: string) {
    const rungs = await store.ladderRungs.of(study.id, interview.publicId);
    const rung = rungs.find((one) => one.publicId === publicId);
    if (!rung)
      throw new Problem('not-found', 'This rung is no longer there', { detail: 'Somebody removed it meanwhile' });
    return { rung, rungs };
  }

  return {
    /** Ladder by ladder, from the foot upwards. */
    of: async (study: Study, interview: Interview): Promise<{ ladder: number; rungs: LadderRung[] }[]> =>
      [...Map.groupBy(await store.ladderRungs.of(study.id, interview.publicId), ({ ladder }) => ladder)].map(
        ([ladder, rungs]) => ({ ladder, rungs }),
      ),

    /**
     * Adds a rung at the top of a ladder.
     *
     * @throws Problem `invalid` for a rung without a kind, or without code and words; `conflict` after a withdrawal
     */
    add: async (study: Study, interview: Interview, form: RungForm, actor: Actor): Promise<void> => {
      const errors: ProblemError[] = [];
      const fault = (name: string, detail: string) => errors.push({ pointer: `#/${name}`, detail });
      const kind = (Object.keys(RUNG_KINDS) as RungKind[]).find((one) => one === form.kind);
      if (!kind) fault('kind', 'Choose what kind of rung this is');
      const mode = form.mode === 'hard' || form.mode === 'soft' ? form.mode : 'soft';
      const { text, isTooLong } = cleanText(form.text, 'line');
      if (isTooLong) fault('rung', 'This is too long. Keep a rung to one thing');
      const code = form.code === '' ? null : await store.notes.findCode(study.id, form.code);
      if (form.code !== '' && !code) fault('code', 'There is no such code in this study');
      if (text.trim() === '' && !code) fault('rung', 'Enter what they said, or choose a code');
      const source =
        form.source === ''
          ? null
          : (await store.notes.sourcesOf(study.id, interview.publicId)).find(
              (one) => one.publicId === form.source && one.supersededAt === null && one.erasedAt === null,
            );
      if (source === undefined) fault('source', 'This is no longer among what was said');
      const known = await store.ladderRungs.of(study.id, interview.publicId);
      const last = Math.max(0, ...known.map(({ ladder }) => ladder));
      const ladder = form.ladder ?? last + 1;
      if (!Number.isInteger(ladder) || ladder < 1 || ladder > last + 1)
        fault('ladder', 'Choose a ladder that is there, or begin a new one');
      if (ladder > LADDERS_MAX) fault('ladder', `An interview has at most ${LADDERS_MAX} ladders`);
      if (known.filter((rung) => rung.ladder === ladder).length >= RUNGS_MAX)
        fault('ladder', `A ladder has at most ${RUNGS_MAX} rungs`);
      if (errors.length > 0 || !kind) throw new Problem('invalid', 'The rung was not added', { errors });
      if (await store.interviewLog.isWithdrawn(interview))
        throw new Problem('conflict', 'This interview was withdrawn', { detail: 'Nothing more is kept of it' });
      await store.ladderRungs.add({
        studyId: study.id,
        publicId: newPublicId(),
        subjectKind: 'interview',
        subjectId: interview.publicId,
        ladder,
        kind,
        codeId: code?.id ?? null,
        text: text.trim(),
        sourceId: source?.publicId ?? null,
        sourceVersion: source?.version ?? null,
        spanStart: null,
        spanEnd: null,
        mode,
        createdBy: actor?.userId ?? null,
        createdAt: now().toISOString(),
      });
    },

    /** @throws Problem `not-found` */
    remove: async (study: Study, interview: Interview, publicId: string): Promise<void> => {
      const { rung } = await rungOf(study, interview, publicId);
      await store.ladderRungs.remove(rung.id, now().toISOString());
    },

    /** Lets a rung change places with its neighbour in the ladder; at the end of it nothing changes. */
    move: async (study: Study, interview: Interview, publicId: string, way: 'up' | 'down'): Promise<void> => {
      const { rung, rungs } = await rungOf(study, interview, publicId);
      const own = rungs.filter(({ ladder }) => ladder === rung.ladder);
      const other = own[own.indexOf(rung) + (way === 'up' ? 1 : -1)];
      if (other) await store.ladderRungs.swap(rung, other);
    },
  };
}
