import { compileSurvey } from '../logic/compile-survey.ts';
import { respondentOf } from '../logic/current-answers.ts';
import { isTrue } from '../logic/evaluate.ts';
import { type Walk, walkSurvey } from '../logic/walk.ts';
import { foldRecords } from '../model/response.ts';
import type { Quota, SurveyDefinition } from '../model/survey.ts';
import { ALL_CELL, type SurveySettings } from '../model/survey-settings.ts';
import type { Context } from './context.ts';

/** The quotas whose condition holds for somebody's answers. */
export function quotasOf(definition: SurveyDefinition, walk: Walk): Quota[] {
  const { expression } = compileSurvey(definition);
  return (definition.quotas ?? []).filter((quota) => isTrue(expression(quota.if), walk.facts));
}

/**
 * Lays the quota cells of a survey and fills them from the answers that count, after a publication or a change of the
 * limits. Responses of earlier versions count by today's conditions.
 */
export async function recountQuotas(
  { store, logs }: Pick<Context, 'store' | 'logs'>,
  surveyId: number,
  definition: SurveyDefinition,
  settings: SurveySettings,
): Promise<void> {
  const cells = new Map(
    (definition.quotas ?? []).map((quota) => [
      quota.code,
      { code: quota.code, name: quota.name, most: quota.limit, filled: 0 },
    ]),
  );
  if (settings.mostCompleted !== undefined)
    cells.set(ALL_CELL, { code: ALL_CELL, name: 'All responses', most: settings.mostCompleted, filled: 0 });
  if (cells.size === 0) return store.fieldwork.setQuotas(surveyId, []);
  await logs.settle();
  const all = cells.get(ALL_CELL);
  for (const publicId of await store.responses.countedIds(surveyId)) {
    if (all) all.filled += 1;
    if (!definition.quotas) continue;
    const response = foldRecords(await logs.responses.read(publicId));
    if (!response) continue;
    const { definition: own } = await store.surveys.version(response.surveyVersionId);
    for (const { code } of quotasOf(definition, walkSurvey(own, respondentOf(response)))) {
      const cell = cells.get(code);
      if (cell) cell.filled += 1;
    }
  }
  await store.fieldwork.setQuotas(surveyId, [...cells.values()]);
}
