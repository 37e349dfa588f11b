import { type Kysely, sql } from 'kysely';
import { type ScoreNorms, type ScoreStanding, scoreNorms, standingOf } from '../scales/score-norms.ts';
import type { Tables } from './tables.ts';

/** Scorings whose spread is kept at hand; one never changes once it is done. */
const NORMS_KEPT = 200;

/** What people score, as rules ask for it: by the newest finished scoring of each survey of a study. */
export function scaleScoreStore(db: Kysely<Tables>) {
  const kept = new Map<string, ScoreNorms>();

  async function normsOf(runId: number, scale: string): Promise<ScoreNorms> {
    const key = `${runId} ${scale}`;
    const known = kept.get(key);
    if (known) return known;
    const rows = await db
      .selectFrom('scores')
      .select('value')
      .where('runId', '=', runId)
      .where('scale', '=', scale)
      .where('value', 'is not', null)
      .execute();
    const norms = scoreNorms(rows.map(({ value }) => Number(value)));
    if (kept.size >= NORMS_KEPT) kept.delete(kept.keys().next().value as string);
    kept.set(key, norms);
    return norms;
  }

  return {
    /**
     * Scores of one scale with where they stand among all who were scored with them. Somebody with several responses has
     * several, the newest last.
     *
     * @param personIds null for everybody
     */
    of: async (
      studyId: number,
      scale: string,
      personIds: readonly number[] | null,
    ): Promise<(ScoreStanding & { personId: number })[]> => {
      if (personIds?.length === 0) return [];
      let query = db
        .selectFrom('scores')
        .innerJoin('responses', 'responses.id', 'scores.responseId')
        .innerJoin('participations', 'participations.id', 'responses.participationId')
        .select(['participations.personId', 'scores.runId', 'scores.value'])
        .where('scores.scale', '=', scale)
        .where('scores.value', 'is not', null)
        .where(
          'scores.runId',
          'in',
          sql<number>`(select max(id) from runs where study_id = ${studyId} and kind = 'scores' and state = 'done' group by survey_id)`,
        )
        .orderBy('responses.completedAt')
        .orderBy('responses.id');
      if (personIds) query = query.where('participations.personId', 'in', personIds);
      const found: (ScoreStanding & { personId: number })[] = [];
      for (const { personId, runId, value } of await query.execute())
        found.push({ personId, ...standingOf(Number(value), await normsOf(Number(runId), scale)) });
      return found;
    },
  };
}
