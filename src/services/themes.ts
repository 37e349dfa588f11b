import { isSealed } from '../coding/seal.ts';
import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import { maskText } from '../privacy/mask-text.ts';
import type { Run } from '../store/analyses.ts';
import { newPublicId } from '../store/identifiers.ts';
import type { SourceText } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import type { JournalEntry } from '../store/themes-reader.ts';
import {
  answersByTheme,
  applyCorrections,
  type CorrectedThemes,
  type FoundThemes,
} from '../themes/apply-corrections.ts';
import { wordsOf } from '../themes/carry-over.ts';
import { documentOf, holds, type ThemeAction } from '../themes/correction.ts';
import { questionOfRun } from '../themes/question.ts';
import { type Drift, themeDrift } from '../themes/theme-drift.ts';
import type { Actor, Context } from './context.ts';
import { maskingService } from './masking.ts';

/** A run, the journal of its question, and both together. */
export type ThemesView = { found: FoundThemes & { placed: string[] }; journal: JournalEntry[]; state: CorrectedThemes };
/** What a page asks for; ids of what comes into being are made here. */
export type CorrectionAsked =
  | Exclude<ThemeAction, { kind: 'merge' | 'split' | 'move' }>
  | { kind: 'merge'; from: string; into: string }
  | { kind: 'split'; theme: string; subThemes: string[] }
  | { kind: 'move'; document: string; to: string };

const LABEL_LETTERS = 80;
const WORDS_MAX = 20;
const WORD_LETTERS = 60;
/** Runs with so many answers together are kept ready for the next page. */
const ANSWERS_KEPT = 60_000;

/** Themes under the researcher's hand: what a run comes to with all corrections, and new ones. */
export function themeService({ store, now, keys, thread }: Context) {
  const kept = new Map<number, { mark: string; view: ThemesView }>();
  const masking = maskingService({ store, now });
  let suggested: { key: string; groups: string[][] } | null = null;
  const drifts = new Map<number, { mark: string; drift: Drift | null }>();

  /** @param isAsFound without the journal, as an earlier run is shown */
  async function view(run: Run, isAsFound = false): Promise<ThemesView> {
    const mark = `${isAsFound} ${await store.themes.mark(run)}`;
    const known = kept.get(run.id);
    if (known?.mark === mark) return known.view;
    const found = await store.themes.found(run.id);
    const journal = isAsFound ? [] : await store.themes.journal(questionOfRun(run));
    const made = { found, journal, state: applyCorrections(found, journal) };
    kept.delete(run.id);
    kept.set(run.id, { mark, view: made });
    let answers = 0;
    for (const [id, one] of [...kept].reverse()) {
      answers += one.view.found.documents.length;
      if (answers > ANSWERS_KEPT && id !== run.id) kept.delete(id);
    }
    return made;
  }

  /**
   * Writes corrections down together, once all are known to fit what is shown; each is held against that alone, so none
   * may rest on another.
   *
   * @returns their numbers in the journal
   * @throws Problem with the field that does not fit; a conflict when a newer run stands or is at work
   */
  async function correctAll(
    study: Study,
    run: Run,
    asked: readonly CorrectionAsked[],
    actor: Actor,
  ): Promise<number[]> {
    await needNewest(study, run);
    const shown = await view(run);
    const actions = asked.map((one) => actionOf(one, shown));
    const numbers = await store.themes.append(questionOfRun(run), actions, {
      userId: actor?.userId ?? null,
      at: now().toISOString(),
    });
    if (numbers === null)
      throw new Problem('conflict', 'Themes of this question are being found anew', {
        detail: 'Wait until they are found, then correct those',
      });
    return numbers;
  }

  /** @throws Problem `conflict` when a newer run of the question stands, whose themes are other ones */
  async function needNewest(study: Pick<Study, 'id'>, run: Run): Promise<void> {
    const of = { surveyId: run.surveyId, subject: run.subject };
    if ((await store.analyses.latestDone(study.id, 'themes', of))?.id !== run.id)
      throw new Problem('conflict', 'Themes were found anew meanwhile', {
        detail: 'Go back to the themes and take those of the newest run',
      });
  }

  /** The words of answers, checked against their seals; one that is gone or not as it was kept is left out. */
  async function texts(study: Study, documents: readonly string[]): Promise<Map<string, SourceText>> {
    const wanted = documents.flatMap((id) => {
      const place = documentOf(id);
      return place ? [{ id, ...place }] : [];
    });
    const sources = await store.notes.findSources(study.id, [...new Set(wanted.map(({ sourceId }) => sourceId))]);
    const byVersion = new Map(sources.map((source) => [`${source.publicId} ${source.version}`, source]));
    return new Map(
      wanted.flatMap(({ id, sourceId, version }) => {
        const source = byVersion.get(`${sourceId} ${version}`);
        return source && source.erasedAt === null && isSealed(keys.text, source.text, source.textHash)
          ? [[id, source] as const]
          : [];
      }),
    );
  }

  return {
    view,
    /** A run with its corrections, over the answers alone that count as they stand now. */
    counted: async (run: Run): Promise<CorrectedThemes> => store.themes.counted(run, (await view(run)).state),
    correctAll,
    /** One correction. @returns its number in the journal @throws as `correctAll` does */
    correct: async (study: Study, run: Run, asked: CorrectionAsked, actor: Actor): Promise<number> =>
      (await correctAll(study, run, [asked], actor))[0]!,
    needNewest,
    texts,
    /** The words of answers as they may be shown: what tells who somebody is lies under masks. */
    words: async (study: Study, documents: readonly string[]): Promise<Map<string, string>> => {
      const sources = await texts(study, documents);
      const masks = await masking.spansOf(study.id, [...sources.values()]);
      return new Map(
        [...sources].map(([id, source]) => [
          id,
          maskText(source.text, masks.get(`${source.publicId} ${source.version}`) ?? []),
        ]),
      );
    },
    /**
     * Words of a run's themes that mean the same, as far as an English dictionary knows and the journal does not say it
     * already; the words of the largest themes first.
     */
    sameWords: async (run: Run): Promise<string[][]> => {
      const { state, journal } = await view(run);
      const languages = new Map((await store.analyses.themesOf(run.id)).map((row) => [row.lineage, row.language]));
      const isEnglish = (id: string) => (languages.get(id) ?? 'en').startsWith('en');
      const sizes = new Map(answersByTheme(state).map(({ id, answers }) => [id, answers.size]));
      const themes = state.themes
        .filter(({ id }) => sizes.has(id) && isEnglish(id))
        .sort((a, b) => (sizes.get(b.id) ?? 0) - (sizes.get(a.id) ?? 0));
      const words = [
        ...new Set([
          ...themes.flatMap((theme) => theme.words),
          ...themes.flatMap(({ subThemes }) => subThemes.flatMap((sub) => sub.words)),
        ]),
      ];
      const key = words.join(' ');
      if (suggested?.key !== key) suggested = { key, groups: await thread.ask('sameWords', { words }) };
      const known = wordsOf(journal).sameWords;
      return suggested.groups.filter((group) => !known.some((said) => group.every((word) => said.includes(word))));
    },
    /** Whether lately clearly more answers fit no theme of a run than before; looked at anew when something has come in. */
    drift: async (run: Run): Promise<Drift | null> => {
      // Turns of one interview hang together, so an interval over them would claim more than is known.
      const { surveyId } = run;
      if (surveyId === null) return null;
      const day = now().toISOString().slice(0, 10);
      const mark = `${await store.themes.mark(run)} ${await store.qualityFlags.lastSeq(surveyId)} ${day}`;
      const known = drifts.get(run.id);
      if (known?.mark === mark) return known.drift;
      const fits = new Map((await view(run)).found.documents.map(({ id, themes }) => [id, themes.length > 0]));
      const answers = (await store.themes.spoken(questionOfRun(run))).flatMap(({ document, at }) => {
        const hasTheme = fits.get(document);
        return hasTheme === undefined ? [] : [{ at, hasTheme }];
      });
      const drift = themeDrift(answers, now());
      drifts.set(run.id, { mark, drift });
      return drift;
    },
  };
}
export type Themes = ReturnType<typeof themeService>;

function misfit(pointer: string, title: string, detail: string): Problem {
  return new Problem('invalid', title, { errors: [{ pointer: `#/${pointer}`, detail }] });
}

function actionOf(asked: CorrectionAsked, { state, journal }: ThemesView): ThemeAction {
  const shown = (name: string, id: string) => {
    const theme = state.themes.find((one) => one.id === id);
    if (!theme) throw misfit(name, 'There is no such theme', 'Choose one of the themes listed');
    return theme;
  };
  const answer = (id: string) => {
    const document = state.documents.find((one) => one.id === id);
    if (!document)
      throw misfit('document', 'There is no such answer', 'Go back to the list and choose one of its answers');
    return document;
  };
  switch (asked.kind) {
    case 'rename': {
      const label = cleanText(asked.label, 'name').text.replaceAll(/\s+/g, ' ').trim();
      const theme = shown('theme', asked.theme);
      if (label === '' || [...label].length > LABEL_LETTERS)
        throw misfit('label', 'The name does not fit', `Enter a name of at most ${LABEL_LETTERS} letters`);
      if (state.themes.some((one) => one !== theme && one.label.toLowerCase() === label.toLowerCase()))
        throw misfit('label', 'Another theme has this name', 'Enter another name, or merge the two themes');
      return { kind: 'rename', theme: theme.id, label };
    }
    case 'merge': {
      const [from, into] = [shown('from', asked.from), shown('into', asked.into)];
      if (from === into) throw misfit('into', 'A theme cannot be merged into itself', 'Choose another theme');
      return { kind: 'merge', from: from.id, into: into.id, fromLabel: from.label };
    }
    case 'split': {
      const theme = shown('theme', asked.theme);
      const chosen = theme.subThemes.filter(({ id }) => asked.subThemes.includes(id));
      if (chosen.length === 0)
        throw misfit('subTheme', 'Nothing was chosen', 'Choose at least one sub-theme to stand by itself');
      return {
        kind: 'split',
        theme: theme.id,
        parts: chosen.map(({ id, label, words }) => ({ subTheme: id, theme: newPublicId(), label, words })),
      };
    }
    case 'lock':
      if (shown('theme', asked.theme).isLocked)
        throw misfit('theme', 'This theme is locked already', 'Undo the lock in the list of corrections to free it');
      return { kind: 'lock', theme: asked.theme };
    case 'move': {
      const document = answer(asked.document);
      const to = shown('to', asked.to);
      const from = document.themes[0]?.theme ?? null;
      if (from === to.id) throw misfit('to', 'The answer is in this theme', 'Choose another theme');
      return { kind: 'move', document: document.id, from, to: to.id };
    }
    case 'pin':
      return { kind: 'pin', document: answer(asked.document).id, theme: shown('theme', asked.theme).id };
    case 'bar': {
      const document = answer(asked.document);
      if (!document.themes.some(({ theme }) => theme === asked.theme))
        throw misfit('theme', 'The answer is not in this theme', 'Reload the list: somebody may have moved it');
      return { kind: 'bar', document: document.id, theme: asked.theme };
    }
    case 'same-words':
    case 'leave-out': {
      const words = [
        ...new Set(
          asked.words.map((word) =>
            cleanText(word, 'name').text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim(),
          ),
        ),
      ].filter((word) => word !== '');
      const least = asked.kind === 'same-words' ? 2 : 1;
      if (words.length < least || words.length > WORDS_MAX || words.some((word) => [...word].length > WORD_LETTERS))
        throw misfit(
          asked.kind === 'same-words' ? 'same' : 'words',
          'These words do not fit',
          `Enter ${least === 2 ? 'two' : 'one'} to ${WORDS_MAX} words with commas between them`,
        );
      return { kind: asked.kind, words };
    }
    case 'undo':
      if (!holds(journal, asked.of))
        throw new Problem('conflict', 'This is undone already', {
          detail: 'Look at the list of corrections to see what holds',
        });
      return { kind: 'undo', of: asked.of };
  }
}
