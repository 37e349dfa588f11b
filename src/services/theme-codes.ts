import { seal } from '../coding/seal.ts';
import { Problem } from '../model/problem.ts';
import type { Run } from '../store/analyses.ts';
import type { Code } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import { documentOf } from '../themes/correction.ts';
import { isOfInterviews } from '../themes/question.ts';
import type { Actor, Context } from './context.ts';
import type { themeService } from './themes.ts';

/** So many texts are read at once. */
const TEXTS_AT_ONCE = 500;

/** Themes become codes of the study's one codebook, and say where they come from. */
export function themeCodeService({ store, keys, now }: Context, themes: ReturnType<typeof themeService>) {
  return {
    /**
     * Accepts a theme as a code: its answers are put under the code as suggestions of the run, with who accepted them. A
     * theme that was accepted before keeps its code, and its answers are brought up to date.
     *
     * @param theme the id it is shown under
     * @throws Problem `not-found` for a theme that is not there, `conflict` where a code of its name means
     *   something else, or a newer run stands
     */
    accept: async (
      study: Study,
      run: Run,
      theme: string,
      actor: Actor,
    ): Promise<{ code: Code; added: number; removed: number }> => {
      await themes.needNewest(study, run);
      const state = await themes.counted(run);
      const own = state.themes.find(({ id }) => id === theme);
      if (!own) throw new Problem('not-found', 'There is no such theme in this run');
      const at = now().toISOString();
      const before = (await store.themeCodes.list(study.id)).find((one) => one.theme === theme);
      const known = before && (await store.notes.findCode(study.id, before.code));
      if (!known && (await store.notes.codes(study.id)).some(({ name }) => name === own.label))
        throw new Problem('conflict', `The codebook has a code “${own.label}” already`, {
          detail: 'Rename the theme or the code, then accept the theme',
        });
      const code = known ?? {
        name: own.label,
        definition: `${isOfInterviews(run) ? 'Turns' : 'Answers'} about: ${own.words.join(', ')}`,
      };
      const documents = state.documents.filter(({ themes: those }) => those.some((one) => one.theme === theme));
      const spans = [];
      for (let from = 0; from < documents.length; from += TEXTS_AT_ONCE) {
        const ids = documents.slice(from, from + TEXTS_AT_ONCE).map(({ id }) => id);
        for (const [id, source] of await themes.texts(study, ids)) {
          const place = documentOf(id);
          const spanEnd = [...source.text].length;
          if (place && spanEnd > 0)
            spans.push({
              sourceId: place.sourceId,
              sourceVersion: place.version,
              spanStart: 0,
              spanEnd,
              spanHash: seal(keys.text, source.text),
            });
        }
      }
      const told = { studyId: study.id, theme, code, runId: run.id };
      return store.themeCodes.accept(told, spans, actor?.userId ?? null, at);
    },
  };
}
