import type { SettingsOf } from '../../model/defined-segmentation.ts';
import type { Rule } from '../../model/rule.ts';
import { TRUE, UNKNOWN } from '../../rules/compare.ts';
import type { Store } from '../../store/store.ts';
import { readPeopleColumns } from '../columns/people-columns.ts';
import type { DefinedBy, DefinePlace } from './define-segments.ts';
import { Unanswerable } from './unanswerable.ts';

export type RulesDetails = {
  kind: 'rules';
  /** Of those in a cell, how many may belong to an earlier one: too little is known of them to tell. */
  mayBeEarlier: number;
};

const REST = { key: 'none', name: 'None of these' };

/** People in the first of some segments that they are in; whoever is in none of them is in the rest. */
export async function defineByRules(
  store: Store,
  { workspaceId, studyId }: DefinePlace,
  { segments }: SettingsOf<'rules'>,
  now: number,
): Promise<DefinedBy> {
  const known = new Map((await store.segments.list(studyId)).map((segment) => [segment.publicId, segment]));
  const chosen = segments.map((id) => {
    const segment = known.get(id);
    if (!segment) throw new Unanswerable('One of these segments is no longer there: define the segmentation anew');
    return segment;
  });
  const rules: Rule[] = chosen.map(({ publicId }) => ({ segment: publicId }));
  const clock = { now, timeZone: (await store.offers.limits(workspaceId)).timeZone };
  const { people, population } = await readPeopleColumns(
    store,
    { workspaceId, studyId },
    { rule: { any: rules }, unit: 'person' },
    clock,
  );
  if (people.length === 0) throw new Unanswerable('Nobody is known in this workspace yet');
  const verdicts = population.decide(rules, clock);
  const members: number[][] = [...chosen, REST].map(() => []);
  let [cannotTell, mayBeEarlier] = [0, 0];
  for (const [row, { id }] of people.entries()) {
    const first = verdicts.findIndex((own) => own[row] === TRUE);
    const isOpen = verdicts.some((own, index) => own[row] === UNKNOWN && (first < 0 || index < first));
    if (first < 0 && isOpen) cannotTell += 1;
    else {
      members[first < 0 ? chosen.length : first]!.push(id);
      if (isOpen) mayBeEarlier += 1;
    }
  }
  return {
    unit: 'people',
    cells: [...chosen.map(({ publicId, name }) => ({ key: publicId, name })), REST].map((cell, index) => ({
      ...cell,
      members: members[index]!,
    })),
    notPlaced: [{ why: 'Too little is known to tell', count: cannotTell }],
    details: { kind: 'rules', mayBeEarlier },
    survey: null,
  };
}
