import { scoreSource } from '../../model/score-source.ts';
import type { ToldAttribute } from '../../store/tell-attributes.ts';
import type { ScoredPlace } from '../../store/told-scores.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { readColumns } from './survey-columns.ts';
import { scoreColumns } from './survey-scores.ts';

/**
 * The scores of a survey as attributes of the people behind its responses. Where the survey asks for consent to
 * personalisation, only of those who gave it.
 */
export async function toldScoresTask(
  { store }: Pick<TaskContext, 'store'>,
  { place }: { place: ScoredPlace },
): Promise<{ names: string[]; rows: ToldAttribute[] }> {
  const columns = await readColumns(store, place);
  const { definition, responses } = columns;
  if (!definition.instruments?.length || responses.length === 0) return { names: [], rows: [] };
  const { table } = scoreColumns(columns, () => {});
  const isAsked = definition.consent.purposes.some(({ code }) => code === 'personalisation');
  const rowOf = new Map(table.responseIds.map((id, row) => [id, row]));
  const until = new Map(definition.instruments.map(({ code, provisionalUntil = 0 }) => [code, provisionalUntil]));

  const rows: ToldAttribute[] = [];
  for (const { id, personId, purposes, completedAt } of await store.toldScores.people(place.surveyId)) {
    const row = rowOf.get(Number(id));
    if (row === undefined || completedAt === null) continue;
    if (isAsked && !(JSON.parse(purposes) as string[]).includes('personalisation')) continue;
    table.scales.forEach((scale, index) => {
      const value = table.values[index]?.[row] ?? null;
      if (value === null) return;
      rows.push({
        personId: Number(personId),
        name: scale.scale,
        value: Math.round(value * 1e6) / 1e6,
        source: scoreSource({
          survey: place.publicId,
          instrument: scale.instrument,
          version: scale.instrumentVersion,
          keyHash: scale.keyHash,
          isProvisional: scale.n < (until.get(scale.instrument) ?? 0),
        }),
        at: completedAt,
      });
    });
  }
  return { names: table.scales.map(({ scale }) => scale), rows };
}
