import { expect, test } from 'vitest';
import { SurveyDefinition } from '../../src/model/survey.ts';
import { kyselyOver } from '../../src/store/database.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import { fieldSurvey, openFieldHouse } from '../support/field-house.ts';
import { knowPeople } from '../support/know-people.ts';
import { recordsOf, said } from '../support/plant-responses.ts';

test('scores are told of people who agreed where the survey asks, follow corrections, and go with a withdrawal', async () => {
  await using house = await openFieldHouse();
  const { verbatim, study } = house;
  const { store, logs, scaleAttributes } = verbatim;
  const asking = SurveyDefinition.parse({
    ...fieldSurvey,
    code: 'asking',
    consent: {
      ...fieldSurvey.consent,
      purposes: [...fieldSurvey.consent.purposes, { code: 'personalisation', text: { en: 'Fit things to me' } }],
    },
  });
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(asking));
  await verbatim.surveys.publish(draft, 1, null);
  const survey = (await store.surveys.find(study.id, draft.publicId))!;
  const [instrument] = survey.draft.instruments ?? [];
  const [scale] = instrument?.scales ?? [];
  const name = `${instrument?.code}.${scale?.code}`;
  const items = (scale?.items ?? []).map((key) => key.replace('-', ''));
  const answers = (step: number) => Object.fromEntries(items.map((item) => [item, said(step)]));

  const at = '2026-03-01T08:00:00.000Z';
  const database = kyselyOver('sqlite', verbatim.connection);
  const [ada = 0, bea = 0] = await knowPeople(
    database,
    study.workspaceId,
    [{ externalId: 'ada' }, { externalId: 'bea' }],
    at,
  );
  const consent = (purposes: string[]) => ({ textVersion: 'v1', language: 'en', purposes, givenAt: at });
  const respond = async (personId: number, id: string, purposes: string[], step: number) => {
    const participationId = (await store.people.participate(study.id, [personId], at)).get(personId) ?? null;
    const records = recordsOf(
      { study, survey },
      { id, answers: answers(step), about: { consent: consent(purposes) } as never },
    );
    await logs.responses.append(records.map((record) => ({ ...record, participationId })));
    return records;
  };
  const first = newPublicId();
  await respond(ada, first, ['analysis', 'personalisation'], 4);
  await respond(bea, newPublicId(), ['analysis'], 2);
  await scaleAttributes.tellNow();
  const told = async (personId: number) => (await store.people.attributesOf(personId)).get(name);
  const before = await told(ada);
  expect(before?.value).toEqual(expect.any(Number));
  expect(before?.source).toContain(`scores:${survey.publicId}:${instrument?.code}:`);
  expect(await told(bea)).toBeUndefined();

  const [, given] = recordsOf({ study, survey }, { id: first, answers: answers(1) });
  await logs.responses.append(given ? [{ ...given, kind: 'correction', revision: 3 }] : []);
  await scaleAttributes.tellNow();
  expect((await told(ada))?.value).not.toEqual(before?.value);

  await logs.responses.append(
    given ? [{ ...given, kind: 'withdrawal', revision: 4, content: { page: null, answers: {} } }] : [],
  );
  await scaleAttributes.tellNow();
  expect(await told(ada)).toBeUndefined();
});
