import { createHash } from 'node:crypto';
import { Problem } from '../model/problem.ts';
import type { Portrait } from '../personas/portrait.ts';
import {
  figuresOf,
  figuresToTell,
  groupsTold,
  heldGroups,
  SIZE,
  type ToldBefore,
  type ToldDrawing,
} from '../personas/told-figures.ts';
import type { Audience } from '../privacy/audience.ts';
import { mayTellGroup } from '../privacy/differencing.ts';
import { type CellPolicy, LEAST_CELL_MAX, LEAST_CELL_MIN } from '../privacy/safe-cells.ts';
import { type CountedEvidence, countEvidence, type SafeSide, safeEvidence } from '../reports/evidence-counts.ts';
import type { Role } from '../store/accounts.ts';
import type { PersonaGroup } from '../store/persona-groups.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { SurveySummary } from '../workers/tasks/summary.ts';
import type { Context } from './context.ts';
import { oneByOne } from './one-by-one.ts';

/** Who reads: a member of the study by their role, or whom something is handed on to. */
export type Reader = Role | Audience;

const SEES_ALL: ReadonlySet<Reader> = new Set(['owner', 'researcher', 'internal']);

/** How few people a figure may rest on for whoever is not a researcher of the study. */
export function cellService({ store, logs, thread, now }: Context) {
  /** Null for those who see everything. */
  const policyOf = (study: Pick<Study, 'leastCell'>, reader: Reader): CellPolicy =>
    SEES_ALL.has(reader) ? null : { least: study.leastCell };

  // Of two who are told something at once the second is told what goes with the first.
  const inTurn = oneByOne();
  const telling = <T>(work: () => Promise<T>): Promise<T> => inTurn(() => store.toldGroups.alone(work));
  // What may not be told beside what was told may never be: that only grows.
  const refused = new Set<string>();

  const sidesTold = new Map<string, number | null>();

  /**
   * How many of those who answered may be told to speak for something, or against it: these, where that gives nobody away
   * beside all that was told of their surveys; or as many as were told last; null where none were.
   *
   * @param side what they speak for or against
   */
  async function peopleToTell(
    side: string,
    { subjects, people }: { subjects: readonly string[]; people: number },
    least: number,
  ): Promise<number | null> {
    const mark = [side, least, people, ...subjects].join(' ');
    const known = sidesTold.get(mark);
    if (known !== undefined) return known;
    const places = await store.responses.placesOf(subjects);
    let last: { id: number; people: number } | null = null;
    let isTellable = true;
    const untold: { surveyId: number; inside: number[] }[] = [];
    for (const [surveyId, own] of Map.groupBy(places, (place) => place.surveyId)) {
      const inside = own.map(({ id }) => id).sort((a, b) => a - b);
      const groups = await store.toldGroups.of(surveyId);
      const toldOf = await store.personaGroups.toldOf(surveyId);
      const before = toldOf.findLast(({ told }) => told?.some(({ id }) => id === side));
      const toldPeople = before?.told?.find(({ id }) => id === side)?.here[0];
      if (before && toldPeople !== undefined && before.id > (last?.id ?? 0))
        last = { id: before.id, people: toldPeople };
      if (before?.members.inside.join() === inside.join()) continue;
      untold.push({ surveyId, inside });
      const told = groupsTold({ groups, drawings: toldDrawings(toldOf) });
      const { held, toBits } = heldGroups(told, least, [inside]);
      if (!mayTellGroup(held, toBits(inside), least)) isTellable = false;
    }
    if (isTellable)
      for (const { surveyId, inside } of untold) {
        const id = await store.personaGroups.add(surveyId, { inside, base: inside, counted: null });
        await store.personaGroups.tell(
          id,
          [{ id: side, of: null, here: [people, null], rest: null }],
          now().toISOString(),
        );
      }
    const found = isTellable ? people : last !== null && last.people >= least ? last.people : null;
    sidesTold.set(mark, found);
    return found;
  }

  return {
    policyOf,
    /**
     * How many people speak for an insight and against it, as these readers may know it. Of those who answered others than
     * researchers are told a number only where it gives nobody away beside what they were told before; it is remembered.
     *
     * @param insight its public id
     * @param evidence only what still stands
     * @param answers how many answered in words
     */
    evidenceOf: async (
      insight: string,
      evidence: readonly (CountedEvidence & { subjectId: string })[],
      answers: number,
      policy: CellPolicy,
    ): Promise<{ for: SafeSide; against: SafeSide }> => {
      const counts = countEvidence(evidence);
      const sideOf = async (stance: 'for' | 'against'): Promise<SafeSide> => {
        const safe = safeEvidence(counts[stance], answers, policy);
        if (policy === null || safe.answers.people === 0) return safe;
        const own = evidence.filter((one) => one.stance === stance && one.kind === 'answer');
        const subjects = [...new Set(own.map(({ subjectId }) => subjectId))].sort();
        const { people } = safe.answers;
        const told = await telling(() => peopleToTell(`${stance} ${insight}`, { subjects, people }, policy.least));
        return { ...safe, answers: { people: told ?? 0, quotes: 0 }, isFew: told === null };
      };
      return { for: await sideOf('for'), against: await sideOf('against') };
    },
    /**
     * The figures of a portrait that were told to others than researchers, or may be told now beside all that was told of the
     * survey; what is told is remembered.
     *
     * @param portrait as it would be read by itself
     * @param isNew whether what was not told yet may be told now
     * @returns null where none that rests on answers may be told
     */
    figuresOf: async (
      groupId: number,
      portrait: Portrait,
      { least }: NonNullable<CellPolicy>,
      isNew: boolean,
    ): Promise<ReadonlySet<string> | null> => {
      const figures = figuresOf(portrait);
      const mark = `${groupId} ${least}`;
      if (refused.has(mark)) return null;
      const told = await telling(async () => {
        const group = await store.personaGroups.find(groupId);
        if (!group) return null;
        if (group.told !== null || figures.length === 0) return group.told ?? [];
        if (!isNew) return null;
        const groups = await store.toldGroups.of(group.surveyId);
        const drawings = toldDrawings(await store.personaGroups.toldOf(group.surveyId));
        const found = figuresToTell({ groups, drawings }, { members: group.members, figures }, least);
        if (found === null) refused.add(mark);
        else await store.personaGroups.tell(groupId, found, now().toISOString());
        return found;
      });
      return told && new Set(told.map(({ id }) => id));
    },
    /** @throws Problem `invalid` for what is no whole number in figures from the least to the most */
    changeLeast: async (study: Study, raw: string): Promise<void> => {
      const least = /^\d{1,3}$/.test(raw.trim()) ? Number(raw) : Number.NaN;
      if (!(least >= LEAST_CELL_MIN && least <= LEAST_CELL_MAX))
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
      const only = await telling(async () => {
        const groups = await store.toldGroups.of(survey.id);
        const drawings = toldDrawings(await store.personaGroups.toldOf(survey.id));
        const found = tellable({ groups, drawings }, counted, least);
        if (found === null) return null;
        const digest = createHash('sha256').update(found.join()).digest('base64url');
        await store.toldGroups.add({ surveyId: survey.id, digest, members: found }, now().toISOString());
        return found;
      });
      if (only === null) return { summary: null, isBehind: true };
      return { summary: await thread.ask('summary', { ...place, only }), isBehind: only.length < counted.length };
    },
  };
}
export type Cells = ReturnType<typeof cellService>;

const toldDrawings = (groups: readonly PersonaGroup[]): ToldDrawing[] =>
  groups.map(({ members, told }) => ({ members, told: told ?? [] }));

/**
 * The responses to tell of: all that count; or else those of them that were told of last, without so many of them that those
 * who left are not alone; or else those that a persona was told of.
 *
 * @returns null where none of these may be told
 */
function tellable(before: ToldBefore, counted: readonly number[], least: number): number[] | null {
  const told = groupsTold(before);
  const { held, toBits } = heldGroups(told, least, [counted]);
  const names = new Set(told.map((group) => group.join()));
  const isTellable = (group: readonly number[]) => names.has(group.join()) || mayTellGroup(held, toBits(group), least);
  if (counted.length === 0 || isTellable(counted)) return [...counted];
  const now = new Set(counted);
  const drawn = before.drawings.findLast(({ told }) => told.some(({ id }) => id === SIZE));
  for (const last of [before.groups.at(-1), drawn?.members.base]) {
    if (last === undefined) continue;
    const left = last.filter((id) => now.has(id));
    const gone = last.length - left.length;
    const rest = gone > 0 && gone < least ? left.slice(least - gone) : left;
    if (rest.length > 0 && isTellable(rest)) return rest;
  }
  return null;
}
