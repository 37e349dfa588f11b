import { HUMAN_VALUES, valueAttributeName, valueCodeName } from '../coding/human-values.ts';
import { type Agreement, distrustWords, isTrusted } from '../coding/trust.ts';
import { TOKENS_MIN } from '../coding/value-salience.ts';
import { Problem } from '../model/problem.ts';
import type { Study } from '../store/studies.ts';
import type { CoderResult } from '../workers/tasks/coder.ts';
import type { SaidValues } from '../workers/tasks/said-values.ts';
import type { Context } from './context.ts';

/** What says so, of an attribute that the coder of a study suggested. */
export const saidValueSource = (study: { publicId: string }): string => `coder:${study.publicId}`;
export const isSaidValueSource = (source: string): boolean => source.startsWith('coder:');

/** Human values in what people said: a code set of their own, how much of somebody's words speaks of each, and where that may be used. */
export function saidValueService({ store, logs, now, thread }: Context) {
  /** How far the coder agrees with people on each value of a study, from the newest run that learned it; null where none did. */
  async function agreements(study: Study): Promise<Map<string, Agreement | null>> {
    const codes = (await store.notes.codes(study.id)).filter(({ humanValue }) => humanValue !== null);
    const runs = (await store.coder.doneRuns(study.id)).map(
      ({ result }) => JSON.parse(result ?? '{"codes":[]}') as CoderResult,
    );
    return new Map(
      codes.map(({ id, humanValue }) => {
        const figures = runs
          .flatMap((run) => run.codes)
          .find(({ code, figures: found }) => code === id && found !== null)?.figures;
        const agreement: Agreement | null = figures
          ? { measure: 'kappa', value: figures.kappa?.kappa ?? null, n: figures.n }
          : null;
        return [humanValue ?? '', agreement];
      }),
    );
  }

  return {
    agreements,
    /** Adds the code set to a study's codebook; says how many codes that were. */
    addCodes: (study: Study): Promise<number> =>
      store.notes.addHumanValues(
        study.id,
        HUMAN_VALUES.map((value) => ({ ...value, name: valueCodeName(value) })),
        now().toISOString(),
      ),
    /** Of one person, over everybody they are the same as; null when they said nothing in this study, or it codes no values. */
    ofPerson: async (study: Study, personIds: readonly number[]): Promise<SaidValues | null> => {
      if (!(await store.notes.hasHumanValues(study.id))) return null;
      const [found = null] = await thread.ask('saidValues', { studyId: study.id, personIds });
      return found;
    },
    /** What is told of people just now, by name. */
    told: (study: Study) => store.toldValues.told(study.workspaceId, saidValueSource(study)),
    /**
     * Tells how much of everybody's words speaks of some values, as attributes that rules and segments can ask for: coded
     * by people or suggested by the coder, 0 to 1. In the place of all that was told before.
     *
     * @param isOverridden tells values on which the coder and people agree too little as well; their names then say so
     * @returns how many people it is told of, and how many said too little
     * @throws Problem `invalid` when agreement on one of the values is too weak and nobody overrode that
     */
    tell: async (
      study: Study,
      { values, isOverridden }: { values: readonly string[]; isOverridden: boolean },
    ): Promise<{ people: number; tooFew: number }> => {
      const known = await agreements(study);
      const chosen = values.filter((value) => known.has(value));
      if (chosen.length === 0)
        throw new Problem('invalid', 'Choose what to tell', {
          errors: [{ pointer: '#/values', detail: 'Choose at least one value' }],
        });
      const weak = chosen.filter((value) => !isTrusted(known.get(value) ?? null));
      if (weak.length > 0 && !isOverridden)
        throw new Problem('invalid', 'Some of these cannot be relied on', {
          errors: weak.map((value) => ({
            pointer: '#/values',
            detail: `${nameOf(value)}: ${distrustWords(known.get(value) ?? null)}. Leave it out, code more, or say that you use it all the same`,
          })),
        });
      await logs.settle();
      const found = await thread.ask('saidValues', { studyId: study.id, personIds: null });
      const name = (value: string) => valueAttributeName(value, isTrusted(known.get(value) ?? null));
      await store.toldValues.tell(
        study.workspaceId,
        saidValueSource(study),
        chosen.map(name),
        found.flatMap(({ personId, values: said }) =>
          (said ?? [])
            .filter(({ value }) => chosen.includes(value))
            .map(({ value, salience }) => ({
              personId,
              name: name(value),
              value: Math.round(((salience.codedTokens + salience.suggestedTokens) / salience.tokens) * 1e4) / 1e4,
            })),
        ),
        now().toISOString(),
      );
      return {
        people: found.filter(({ tokens }) => tokens >= TOKENS_MIN).length,
        tooFew: found.filter(({ tokens }) => tokens < TOKENS_MIN).length,
      };
    },
    /** Takes back what is told of people. */
    untell: async (study: Study): Promise<void> => {
      const source = saidValueSource(study);
      const names = (await store.toldValues.told(study.workspaceId, source)).map((one) => one.name);
      await store.toldValues.untell(study.workspaceId, source, names);
    },
    /** After a run: what was told as something to rely on and can be relied on no longer is taken back. */
    withdrawDistrusted: async (study: Study): Promise<void> => {
      const known = await agreements(study);
      const weak = [...known].flatMap(([value, agreement]) =>
        isTrusted(agreement) ? [] : [valueAttributeName(value, true)],
      );
      await store.toldValues.untell(study.workspaceId, saidValueSource(study), weak);
    },
  };
}
export type SaidValueService = ReturnType<typeof saidValueService>;

const nameOf = (key: string): string => HUMAN_VALUES.find((value) => value.key === key)?.name ?? key;
