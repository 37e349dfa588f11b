import type { ChangeQuestion } from '../../model/change-question.ts';
import type { Rule } from '../../model/rule.ts';
import { type ChangeRow, type WhatChanged, whatChanged } from '../../reports/what-changed.ts';
import { windowBounds } from '../../rules/calendar.ts';
import { EVENT_CONTEXT } from '../../rules/event-context.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { readChangeSides } from '../columns/change-sides.ts';
import { type AskedTrait, columnTraits, contextTraits } from '../columns/change-traits.ts';
import { standingColumns } from '../columns/known-columns.ts';
import { readPeopleColumns } from '../columns/people-columns.ts';
import { readSaidThen, type TellingAnswers } from './telling-answers.ts';

export type ChangesArgs = {
  workspaceId: number;
  studyId: number;
  question: ChangeQuestion;
  /** Milliseconds since 1970. */
  now: number;
};

/** A part of a group in words, and how a rule asks for it. */
export type ChangedPart = { trait: string; level: string; family: string; rule: Rule };
export type ChangedGroup = Omit<ChangeRow, 'parts'> & {
  parts: ChangedPart[];
  /** Whether the rate of the group itself fell. */
  isFall: boolean;
  /** What people of the group said on the second side: those who did not get there after a fall, who did after a rise. */
  said: TellingAnswers;
};
export type FoundChanges = Omit<WhatChanged, 'rows' | 'traits'> & {
  groups: ChangedGroup[];
  /** By trait that a group has, how much of the change lies in rates and how much in who was there. */
  traits: { trait: string; rate: number; mix: number }[];
  looked: number;
  notYet: number;
  neither: number;
};

const DAY_MS = 86_400_000;

/** Finds out which groups a difference between two sides comes from, and what these people said meanwhile. */
export async function changesTask(
  { store, textKey, onProgress }: TaskContext,
  { workspaceId, studyId, question, now }: ChangesArgs,
): Promise<FoundChanges> {
  const clock = { now, timeZone: (await store.offers.limits(workspaceId)).timeZone };
  onProgress('Reading who took the step', 0.02);
  const people = await readPeopleColumns(store, { workspaceId, studyId }, { rule: { all: [] }, unit: 'person' }, clock);
  const sides = await readChangeSides(store, workspaceId, people, question, clock);
  const known = sides.contexts.some((context) => Object.keys(context).length > 0);
  const traits: AskedTrait[] = contextTraits(sides);
  // What a visit tells is kept as an attribute too; of the step itself it is known better.
  const others = new Set(
    known ? EVENT_CONTEXT.flatMap((name) => [`attribute ${name}`, `attribute location.${name}`]) : [],
  );
  if (question.sides.kind === 'variants') others.add(`attribute ${question.sides.name}`);
  onProgress('Reading what is known of them', 0.2);
  for await (const column of standingColumns(store, { workspaceId, studyId }, people))
    if (column.kind !== 'date' && !others.has(column.id)) traits.push(...columnTraits(column, sides));

  onProgress('Comparing groups, and pairs of them', 0.5);
  const found = whatChanged({ ...sides, traits }, (done) =>
    onProgress('Comparing groups, and pairs of them', 0.5 + 0.4 * done),
  );
  onProgress('Reading what people said', 0.92);
  const { outcome } = question;
  const period = question.sides.kind === 'periods' ? question.sides.second : question.sides.period;
  const { from, to } = windowBounds(period, clock)!;
  const said = await readSaidThen(
    { store, textKey },
    studyId,
    {
      from: new Date(from).toISOString(),
      to: new Date(to + (outcome.kind === 'step' ? outcome.withinDays * DAY_MS : 0)).toISOString(),
    },
    people.rowOf,
  );
  const { rows, traits: decomposed, ...rest } = found;
  const groups: ChangedGroup[] = [];
  for (const { parts, ...row } of rows) {
    const isFall = row.own.difference < 0;
    const members = new Set<number>();
    for (const [entry, person] of sides.rows.entries())
      if (
        sides.sides[entry] === 1 &&
        sides.outcomes[entry] === Number(!isFall) &&
        parts.every(({ trait, level }) => traits[trait]!.codes[entry] === level)
      )
        members.add(person);
    groups.push({
      ...row,
      isFall,
      parts: parts.map(({ trait, level }) => {
        const { label, family, levels, rules } = traits[trait]!;
        return { trait: label, level: levels[level]!, family, rule: rules[level]! };
      }),
      said: row.within === null ? await said.of(members) : { people: 0, quotes: [] },
    });
  }
  return {
    ...rest,
    groups,
    traits: decomposed.map(({ trait, ...parts }) => ({ trait: traits[trait]!.label, ...parts })),
    looked: traits.length,
    notYet: sides.notYet,
    neither: sides.neither,
  };
}
