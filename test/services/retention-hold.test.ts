import { expect, test } from 'vitest';
import { openVerbatim } from '../../src/verbatim.ts';
import { fieldSurvey } from '../support/field-house.ts';
import { newFolder, temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';
import { plantMarkedPerson } from '../support/marked-person.ts';

async function plant(folder: string) {
  const clock = { now: new Date('2026-03-02T09:00:00.000Z') };
  const now = () => clock.now;
  await newFolder(folder, now);
  const verbatim = await openVerbatim({ folder, limits: testLimits, now });
  const study = await verbatim.studies.addTo('A study', null, null, null);
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(fieldSurvey));
  await verbatim.surveys.publish(draft, 1, null);
  const survey = (await verbatim.store.surveys.find(study.id, draft.publicId))!;
  const set = (at: string) => {
    clock.now = new Date(at);
  };
  return { verbatim, study, survey, set, clock };
}
test('once a hold is said to stand nothing more goes, though a run was under way', async () => {
  using place = temporaryFolder();
  const { verbatim, study, survey, set } = await plant(place.folder);
  await plantMarkedPerson(verbatim, study, survey);
  await verbatim.retention.change(study, { identifiersDays: '30', wordsDays: '30' }, null);
  set('2026-05-02T09:00:00.000Z');
  const run = verbatim.retention.perform();
  let n = 0;
  while (
    (verbatim.connection.prepare('select count(*) from retention_runs').pluck().get() as number) === 0 &&
    n++ < 5000
  )
    await new Promise((r) => setImmediate(r));
  await verbatim.retention.hold(study, 'a court asks', null);
  const goneAtHold = verbatim.connection.prepare('select count(*) from retention_gone').pluck().get();
  await run;
  expect(verbatim.connection.prepare('select count(*) from retention_gone').pluck().get()).toBe(goneAtHold);
  await verbatim.close();
}, 120000);
