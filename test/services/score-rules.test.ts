import { expect, test } from 'vitest';
import type { Rule } from '../../src/model/rule.ts';
import { openHouse, plantStudy } from '../support/house.ts';

test('a rule may ask for a score, raw or against everybody, and a page decides as a count does', async () => {
  await using house = await openHouse();
  const { analysis, fieldwork, intake, logs, segments, store, targeting } = house.verbatim;
  const { study, survey } = await plantStudy(house.verbatim);
  const names = ['ada', 'bea', 'cai', 'dan', 'eva'];
  const ids = await intake.people(
    study.workspaceId,
    names.map((externalId) => ({ externalId, attributes: [] })),
  );
  for (const [index, id] of ids.entries()) {
    // The last one was never asked.
    if (index === 4) continue;
    const person = await store.contacts.personById(id);
    if (!person) throw new Error('Somebody is not there');
    const invitation = await targeting.linkFor({ surveyId: survey.id, publicId: survey.publicId }, person);
    const begun = await fieldwork.start('small', { consents: ['analysis'], language: null, invitation, isTest: false });
    if (!begun.started) throw new Error('It did not start');
    const { token } = begun.next;
    const step = String(index + 1);
    const saved = [
      await fieldwork.answer({ token, page: 1, revision: 1 }, { city: 'village' }),
      await fieldwork.answer(
        { token, page: 2, revision: 2 },
        { 'holds.outdoors': step, 'holds.company': step, 'holds.quiet': String(5 - index) },
      ),
    ];
    expect(saved.map(({ outcome }) => outcome)).toEqual(['saved', 'saved']);
    await fieldwork.complete(token, 3);
  }
  await logs.settle();
  const ask = async (rule: Rule) => {
    const { admitted, people } = await segments.count(study, rule, null);
    const names_ = await store.people.identities(admitted.map(({ id }) => id));
    const counted = admitted.map(({ id }) => names_.get(id)).sort();
    const decided: string[] = [];
    for (const [index, id] of ids.entries())
      if ((await targeting.explain(study.id, id, rule)).truth === true) decided.push(names[index] ?? '');
    expect(decided.sort()).toEqual(counted);
    return { counted, unknown: people.unknown };
  };
  const open = (as: 'raw' | 'z' | 'percentile', value: number): Rule => ({ score: 'tiny.open', as, op: 'gte', value });
  expect(await ask(open('raw', 3))).toEqual({ counted: [], unknown: 5 });
  await analysis.score(study, survey, null);
  await analysis.idle();
  expect(await ask(open('raw', 3))).toEqual({ counted: ['cai', 'dan'], unknown: 1 });
  // 1, 2, 3, 4: mean 2.5, sample deviation 1.29; percentile ranks 12.5, 37.5, 62.5, 87.5.
  expect(await ask(open('z', 1))).toEqual({ counted: ['dan'], unknown: 1 });
  expect(await ask(open('percentile', 37.5))).toEqual({ counted: ['bea', 'cai', 'dan'], unknown: 1 });
});
