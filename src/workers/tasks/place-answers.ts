import { isSealed } from '../../coding/seal.ts';
import type { ThemePlacement } from '../../store/themes.ts';
import { themeEngineVersion } from '../../text/find-themes.ts';
import { documentPlacer } from '../../text/place-document.ts';
import { documentOf } from '../../themes/correction.ts';
import type { Question } from '../../themes/question.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { openModel } from './theme-model.ts';

/** So many answers are placed at once; the rest wait for the next turn. */
const ANSWERS_MAX = 2_000;

export type PlaceAnswersArgs = Question & { runId: number };
export type PlacedAnswers = { placements: ThemePlacement[]; hasMore: boolean };

/** Places answers that came in after a run among its themes. Nothing is placed by a model of another engine. */
export async function placeAnswersTask(
  { store, textKey }: TaskContext,
  { runId, studyId, surveyId, item }: PlaceAnswersArgs,
): Promise<PlacedAnswers> {
  const kept = await store.themes.modelOf(runId);
  if (!kept || kept.engineVersion !== themeEngineVersion) return { placements: [], hasMore: false };
  const known = new Set((await store.themes.found(runId)).documents.map(({ id }) => id));
  const fresh = (await store.themes.spoken({ studyId, surveyId, item })).filter(({ document }) => !known.has(document));
  if (fresh.length === 0) return { placements: [], hasMore: false };
  const now = fresh.slice(0, ANSWERS_MAX);
  const wanted = now.flatMap(({ document }) => documentOf(document) ?? []);
  const sources = new Map(
    (
      await store.notes.findSources(
        studyId,
        wanted.map(({ sourceId }) => sourceId),
      )
    ).map((source) => [`${source.publicId} ${source.version}`, source]),
  );
  const texts = wanted.flatMap(({ sourceId, version }) => {
    const source = sources.get(`${sourceId} ${version}`);
    return source && source.erasedAt === null && isSealed(textKey, source.text, source.textHash)
      ? [{ sourceId, version, text: source.text }]
      : [];
  });
  const place = documentPlacer(
    openModel(
      kept.model,
      texts.map(({ text }) => text),
      textKey,
    ),
  );
  const placements = texts.map(({ sourceId, version, text }): ThemePlacement => {
    return { sourceId, sourceVersion: version, ...place(text) };
  });
  return { placements, hasMore: fresh.length > now.length && placements.length > 0 };
}
