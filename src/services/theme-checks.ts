import { distrustWords, isTrusted, type Agreement as Trust } from '../coding/trust.ts';
import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import type { Run } from '../store/analyses.ts';
import type { Study } from '../store/studies.ts';
import type { CheckAnswer, ThemeCheck, ThemeOverride } from '../store/theme-checks.ts';
import { applyCorrections, type CorrectedThemes } from '../themes/apply-corrections.ts';
import { blindAgreement, type ThemeAgreement } from '../themes/blind-agreement.ts';
import { drawBlindSample } from '../themes/blind-sample.ts';
import { wordsOf } from '../themes/carry-over.ts';
import { documentId, documentOf } from '../themes/correction.ts';
import { questionOfRun } from '../themes/question.ts';
import { stillChecked } from '../themes/still-checked.ts';
import type { Actor, Context } from './context.ts';
import type { themeService } from './themes.ts';

/** How far a check has come: how many answers were drawn, how many each person has coded, and whether it is over. */
export type CheckProgress = { drawn: number; byPerson: { userId: number; coded: number }[]; isOver: boolean };
/** What a check says of a theme as it stands now; null where none does. */
export type ThemeTrust = {
  /** The check, and when it was drawn. */
  check: ThemeCheck;
  found: ThemeAgreement;
  agreement: Trust;
  override: ThemeOverride | null;
};

const REASON_LETTERS = 300;

/**
 * Blind checks: people code a sample of answers without being told where the machine put them, which tells how far themes
 * can be trusted and what their shares truly are.
 */
export function themeCheckService({ store, now, thread }: Context, themes: ReturnType<typeof themeService>) {
  const kept = new Map<number, { mark: string; found: ThemeAgreement[] }>();

  async function progressOf(check: ThemeCheck): Promise<CheckProgress> {
    const drawn = check.strata.reduce((sum, stratum) => sum + stratum.drawn, 0);
    const counts = new Map<number, number>();
    for (const { userId } of await store.themeChecks.codes(check.id)) counts.set(userId, (counts.get(userId) ?? 0) + 1);
    const byPerson = [...counts].map(([userId, coded]) => ({ userId, coded }));
    return { drawn, byPerson, isOver: check.endedAt !== null || byPerson.some(({ coded }) => coded >= drawn) };
  }

  /** The themes of a check as they are called now: of two of them that were merged since, one is left. */
  async function agreementOf(check: ThemeCheck, run: Run): Promise<ThemeAgreement[]> {
    const [answers, codes] = [await store.themeChecks.answers(check.id), await store.themeChecks.codes(check.id)];
    const { state } = await themes.view(run);
    const shown = (id: string): string => state.shownAs.get(id) ?? id;
    // What nobody was asked about says nothing of a theme that it was merged into later.
    const asked = new Set(check.themes.map(({ id }) => id));
    const wanted = [...new Set(check.themes.map(({ id }) => shown(id)))];
    const mark = JSON.stringify([codes, wanted]);
    const known = kept.get(check.id);
    if (known?.mark === mark) return known.found;
    const coders = new Map<number, Map<string, Set<string>>>();
    for (const { position, userId, themes: said } of codes) {
      const own = coders.get(position) ?? new Map<string, Set<string>>();
      coders.set(position, own.set(String(userId), new Set(said.map(shown))));
    }
    const found = blindAgreement(
      wanted,
      check.strata.map(({ size }) => size),
      answers.map(({ position, stratum, machine }) => ({
        stratum,
        machine: new Set(machine.filter((id) => asked.has(id)).map(shown)),
        coders: coders.get(position) ?? new Map(),
      })),
      check.seed,
    );
    kept.set(check.id, { mark, found });
    return found;
  }

  /** What the newest checks say of a run's themes, as far as those are still what was checked. */
  async function trustOf(study: Pick<Study, 'id'>, run: Run): Promise<Map<string, ThemeTrust>> {
    const told = new Map<string, ThemeTrust>();
    const overrides = new Map((await store.themeChecks.overrides(study.id)).map((one) => [one.theme, one]));
    const { state, journal, found: ofRun } = await themes.view(run);
    for (const check of await store.themeChecks.list(questionOfRun(run))) {
      if (check.runId !== run.id || !(await progressOf(check)).isOver) continue;
      const then = applyCorrections(
        { themes: ofRun.themes, documents: [] },
        journal.filter(({ madeAt }) => madeAt <= check.createdAt),
      );
      const still = stillChecked(
        then.themes,
        check.themes.map(({ id }) => id),
        state,
      );
      for (const found of await agreementOf(check, run)) {
        if (told.has(found.theme) || !still.has(found.theme)) continue;
        // The middle of its interval: the lower end would refuse every rare theme, whatever the machine is worth.
        const { alpha, n } = found.withMachine;
        told.set(found.theme, {
          check,
          found,
          agreement: { measure: 'alpha', value: alpha, n },
          override: overrides.get(found.theme) ?? null,
        });
      }
    }
    return told;
  }

  /** The next answers that somebody has not coded; those that were erased are passed over. */
  async function next(study: Study, check: ThemeCheck, userId: number, most: number) {
    const [answers, codes] = [await store.themeChecks.answers(check.id), await store.themeChecks.codes(check.id)];
    const done = new Set(codes.filter((code) => code.userId === userId).map(({ position }) => position));
    const open = answers.filter(({ position }) => !done.has(position));
    const ids = new Map(open.map((one) => [one.position, documentId(one.sourceId, one.sourceVersion)]));
    const texts = await themes.texts(study, [...ids.values()]);
    const left = open.flatMap(({ position }) => {
      const document = ids.get(position) ?? '';
      return texts.has(document) ? [{ position, document }] : [];
    });
    const coded = answers.length - open.length;
    return { drawn: coded + left.length, coded, left: left.length, answers: left.slice(0, most) };
  }

  /** For each theme the answers outside it that are worded like it, by which more is drawn where more was overlooked. */
  async function nearest(study: Study, run: Run, state: CorrectedThemes, chosen: readonly string[]) {
    const languages = (await store.analyses.themesOf(run.id)).map(({ language }) => language ?? 'en');
    const counts = Map.groupBy(languages, (language) => language);
    const [language = 'en'] = [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];
    const { sameWords, leftOutWords } = wordsOf((await themes.view(run)).journal);
    return thread.ask('nearAnswers', {
      studyId: study.id,
      documents: state.documents.map(({ id, themes: own }) => ({ id, themes: own.map(({ theme }) => theme) })),
      themes: [...chosen],
      language,
      sameWords,
      leftOut: leftOutWords,
    });
  }

  return {
    progressOf,
    agreementOf,
    trustOf,

    /**
     * Draws the answers that are to be coded by hand.
     *
     * @param asked which themes are to be checked, by the ids they are shown under
     * @throws Problem `invalid` when none is named, one is not there, or no answer is left
     */
    begin: async (
      study: Study,
      run: Run,
      asked: { themes: readonly string[]; seed: number },
      actor: Actor,
    ): Promise<ThemeCheck> => {
      const state = await themes.counted(run);
      const chosen = state.themes.filter(({ id }) => asked.themes.includes(id));
      if (chosen.length === 0 || chosen.length < new Set(asked.themes).size)
        throw new Problem('invalid', 'Choose what is to be checked', {
          errors: [{ pointer: '#/theme', detail: 'Choose at least one of the themes listed' }],
        });
      if (!Number.isInteger(asked.seed) || asked.seed < 0 || asked.seed > 2 ** 31 - 1)
        throw new Problem('invalid', 'The seed must be a whole number from 0 to 2147483647', {
          errors: [{ pointer: '#/seed', detail: 'Enter a whole number, such as 1' }],
        });
      const placed = new Map(state.documents.map((document) => [document.id, document]));
      const ids = chosen.map(({ id }) => id);
      const near = await nearest(study, run, state, ids);
      const { strata, documents } = drawBlindSample(state.documents, ids, asked.seed, near);
      const answers = documents.flatMap(({ id, stratum }, index): CheckAnswer[] => {
        const place = documentOf(id);
        return place
          ? [
              {
                position: index + 1,
                sourceId: place.sourceId,
                sourceVersion: place.version,
                stratum,
                machine: placed.get(id)?.themes.map(({ theme }) => theme) ?? [],
              },
            ]
          : [];
      });
      if (answers.length === 0)
        throw new Problem('invalid', 'There is nothing to draw', {
          errors: [{ pointer: '#/theme', detail: 'No answer to this question is left. Find themes anew' }],
        });
      return store.themeChecks.add(
        {
          ...questionOfRun(run),
          runId: run.id,
          themes: chosen.map(({ id, label, words }) => ({ id, label, words })),
          strata,
          seed: asked.seed,
          createdBy: actor?.userId ?? null,
          createdAt: now().toISOString(),
        },
        answers,
      );
    },

    next,

    /** Answers that somebody has coded, in the order of coding, with what they said; those that were erased are passed over. */
    codedBy: async (study: Study, check: ThemeCheck, userId: number) => {
      const own = new Map(
        (await store.themeChecks.codes(check.id))
          .filter((code) => code.userId === userId)
          .map((code) => [code.position, code.themes]),
      );
      const documents = (await store.themeChecks.answers(check.id)).flatMap(({ position, sourceId, sourceVersion }) => {
        const said = own.get(position);
        return said ? [{ position, document: documentId(sourceId, sourceVersion), themes: said }] : [];
      });
      const texts = await themes.texts(
        study,
        documents.map(({ document }) => document),
      );
      return documents.filter(({ document }) => texts.has(document));
    },
    /** Whether somebody was shown what came of a check, and so is no longer blind. */
    hasSeen: (check: ThemeCheck, userId: number): Promise<boolean> => store.themeChecks.hasSeen(check.id, userId),
    /** Shows somebody what came of a check, from when on they code it no more. @throws Problem `conflict` before it is over */
    see: async (check: ThemeCheck, userId: number): Promise<void> => {
      if (!(await progressOf(check)).isOver)
        throw new Problem('conflict', 'This check is not over yet', {
          detail: 'What comes of it is shown when somebody has coded everything, or ends the check',
        });
      await store.themeChecks.see(check.id, userId, now().toISOString());
    },

    /**
     * Keeps what somebody says of answers, and takes back what they say no more.
     *
     * @throws Problem `invalid` when something is said of an answer that was not drawn, or of a theme not in the check;
     *   `conflict` when they have seen what came of it
     */
    code: async (
      study: Study,
      check: ThemeCheck,
      userId: number,
      said: readonly { position: number; themes: readonly string[] }[],
      takenBack: readonly number[] = [],
    ): Promise<void> => {
      const drawn = new Set((await store.themeChecks.answers(check.id)).map(({ position }) => position));
      const known = new Set(check.themes.map(({ id }) => id));
      if (said.some(({ position, themes: chosen }) => !drawn.has(position) || chosen.some((id) => !known.has(id))))
        throw new Problem('invalid', 'This does not belong to the check', {
          detail: 'Go back to the check and begin with the answers that it shows',
        });
      const codes = said.map(({ position, themes: chosen }) => ({ position, themes: [...new Set(chosen)] }));
      const at = now().toISOString();
      if (!(await store.themeChecks.code(check.id, userId, { codes, takenBack }, at)))
        throw new Problem('conflict', 'You have seen what came of this check', {
          detail: 'Whoever has seen it is not blind any more. Somebody else can code it, or draw another sample',
        });
      // Of what was drawn some may be erased meanwhile, which nobody can code.
      const { left, coded } = await next(study, check, userId, 0);
      if (left === 0 && coded > 0 && coded < check.strata.reduce((sum, { drawn: many }) => sum + many, 0))
        await store.themeChecks.end(check.id, at);
    },

    /** Ends a check with what is coded. @throws Problem `conflict` when nothing is */
    end: async (check: ThemeCheck): Promise<void> => {
      if ((await store.themeChecks.codes(check.id)).length === 0)
        throw new Problem('conflict', 'Nothing is coded yet', { detail: 'Code some of the answers first' });
      await store.themeChecks.end(check.id, now().toISOString());
    },

    /** Where people and machine differ, in the order of coding. */
    differences: async (check: ThemeCheck, run: Run) => {
      const [answers, codes] = [await store.themeChecks.answers(check.id), await store.themeChecks.codes(check.id)];
      const { state } = await themes.view(run);
      const checked = new Set(check.themes.map(({ id }) => id));
      const shown = (ids: readonly string[]) =>
        [...new Set(ids.filter((id) => checked.has(id)).map((id) => state.shownAs.get(id) ?? id))].sort();
      return answers.flatMap(({ position, sourceId, sourceVersion, machine }) => {
        const own = codes.filter((code) => code.position === position);
        const found = shown(machine);
        const said = own.map((code) => shown(code.themes));
        return said.some((those) => those.join() !== found.join())
          ? [{ position, document: documentId(sourceId, sourceVersion), machine: found, people: said }]
          : [];
      });
    },

    /**
     * What is known of a theme under any id that it ever had, for whoever wants to build on it.
     *
     * @returns null for a theme that is not there, and for one that was never checked
     */
    trust: async (study: Pick<Study, 'id'>, themeId: string): Promise<ThemeTrust | null> => {
      const place = await store.themes.locate(study.id, themeId);
      return place ? ((await trustOf(study, place.run)).get(place.shown) ?? null) : null;
    },

    /** Lets a theme be used although people and machine do not agree on it. @throws Problem `invalid` without a reason */
    override: async (study: Study, theme: string, reason: string, actor: Actor): Promise<void> => {
      const why = cleanText(reason, 'line').text.trim();
      if (why === '' || [...why].length > REASON_LETTERS)
        throw new Problem('invalid', 'Say why', {
          errors: [
            { pointer: '#/reason', detail: `Say why it is used all the same, in up to ${REASON_LETTERS} letters` },
          ],
        });
      await store.themeChecks.override(study.id, theme, why, {
        userId: actor?.userId ?? null,
        at: now().toISOString(),
      });
    },
    removeOverride: (study: Study, theme: string): Promise<void> => store.themeChecks.removeOverride(study.id, theme),
  };
}

export type ThemeChecks = ReturnType<typeof themeCheckService>;

/** Whether a theme may sort people: it was not found wanting, or somebody said why it is used all the same. */
export const mayUse = (trust: ThemeTrust | null): boolean =>
  trust === null || trust.override !== null || isTrusted(trust.agreement);

/** What is said beside the name of a theme wherever it sorts people although it should not; nothing of all others. */
export function distrustOf(trust: ThemeTrust | null): string | null {
  if (trust === null || isTrusted(trust.agreement)) return null;
  const words = distrustWords(trust.agreement);
  return trust.override ? `${words}; used all the same: ${trust.override.reason}` : words;
}
