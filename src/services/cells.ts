import { createHash } from 'node:crypto';
import { Problem } from '../model/problem.ts';
import type { Audience } from '../privacy/audience.ts';
import { type Bits, bitsOf, mayTellGroup } from '../privacy/differencing.ts';
import { type CellPolicy, LEAST_CELL_MAX, LEAST_CELL_MIN } from '../privacy/safe-cells.ts';
import type { Role } from '../store/accounts.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { SurveySummary } from '../workers/tasks/summary.ts';
import type { Context } from './context.ts';

/** Who reads: a member of the study by their role, or whom something is handed on to. */
export type Reader = Role | Audience;

const SEES_ALL: ReadonlySet<Reader> = new Set(['owner', 'researcher', 'internal']);

/** How few people a figure may rest on for whoever is not a researcher of the study. */
export function cellService({ store, logs, thread, now }: Context) {
  /** Null for those who see everything. */
  const policyOf = (study: Pick<Study, 'leastCell'>, reader: Reader): CellPolicy =>
    SEES_ALL.has(reader) ? null : { least: study.leastCell };

  return {
    policyOf,
    /** @throws Problem `invalid` for what is no number from the least to the most */
    changeLeast: async (study: Study, raw: string): Promise<void> => {
      const least = Number(raw);
      if (raw.trim() === '' || !Number.isInteger(least) || least < LEAST_CELL_MIN || least > LEAST_CELL_MAX)
        throw new Problem('invalid', 'The smallest cell does not fit', {
          errors: [{ pointer: '#/least', detail: `Enter a whole number from ${LEAST_CELL_MIN} to ${LEAST_CELL_MAX}` }],
        });
      await store.studies.changeLeastCell(study.id, least);
    },
    /**
     * Counts for every question of the responses that others than researchers may be told of: those that came or left since the last
     * look are not counted while they are so few that a reader of both could tell what they said.
     *
     * @returns null for the summary where nothing may be told; `isBehind` where responses are held back
     */
    summary: async (
      survey: SurveyRow,
      { least }: NonNullable<CellPolicy>,
    ): Promise<{ summary: SurveySummary | null; isBehind: boolean }> => {
      await logs.settle();
      const place = { studyId: survey.studyId, surveyId: survey.id };
      const counted = await thread.ask('countedIds', place);
      const told = await store.toldGroups.of(survey.id);
      const only = tellable(told, counted, least);
      if (only === null) return { summary: null, isBehind: true };
      await store.toldGroups.add(
        {
          surveyId: survey.id,
          digest: createHash('sha256').update(only.join()).digest('base64url'),
          members: only,
        },
        now().toISOString(),
      );
      return { summary: await thread.ask('summary', { ...place, only }), isBehind: only.length < counted.length };
    },
  };
}
export type Cells = ReturnType<typeof cellService>;

/**
 * The responses to tell of: all that count, or else those of them that were told of last, without so many of them that those
 * who left are not alone.
 *
 * @param told groups that were told of, the latest last
 * @returns null where neither may be told
 */
function tellable(told: readonly (readonly number[])[], counted: readonly number[], least: number): number[] | null {
  const places = new Map([...new Set([...told.flat(), ...counted])].map((id, place) => [id, place]));
  const toBits = (ids: readonly number[]) =>
    bitsOf(
      ids.map((id) => places.get(id)!),
      places.size,
    );
  // What was told while the least was lower cannot be untold, and does not keep all else from being told.
  const held: Bits[] = [];
  for (const group of told.map(toBits)) if (mayTellGroup(held, group, least)) held.push(group);
  const names = new Set(told.map((group) => group.join()));
  const isTellable = (group: readonly number[]) => names.has(group.join()) || mayTellGroup(held, toBits(group), least);
  if (counted.length === 0 || isTellable(counted)) return [...counted];
  const now = new Set(counted);
  const last = told.at(-1) ?? [];
  const left = last.filter((id) => now.has(id));
  const gone = last.length - left.length;
  const rest = gone > 0 && gone < least ? left.slice(least - gone) : left;
  return rest.length > 0 && isTellable(rest) ? rest : null;
}
