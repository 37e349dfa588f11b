import { expect, test } from 'vitest';
import { openVerbatim } from '../../src/verbatim.ts';
import { fieldSurvey } from '../support/field-house.ts';
import { newFolder, temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';

async function plant(folder: string) {
  const clock = { now: new Date('2026-03-02T09:00:00.000Z') };
  const now = () => clock.now;
  await newFolder(folder, now);
  const open = () => openVerbatim({ folder, limits: testLimits, now });
  const verbatim = await open();
  const study = await verbatim.studies.addTo('A study', null, null, null);
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(fieldSurvey));
  await verbatim.surveys.publish(draft, 1, null);
  const survey = (await verbatim.store.surveys.find(study.id, draft.publicId))!;
  return {
    verbatim,
    study,
    survey,
    open,
    now,
    set: (at: string) => {
      clock.now = new Date(at);
    },
  };
}
test('an invitation ends with the ownership of whoever made it', async () => {
  using place = temporaryFolder();
  const { verbatim, study } = await plant(place.folder);
  const add = (email: string) =>
    verbatim.accounts.add({ email, name: email.slice(0, 3), password: 'a long enough pass phrase 77' }, {
      isAdmin: false,
      role: 'owner',
      studyId: null,
    } as never);
  await add('ada@example.org');
  await add('mal@example.org');
  const user = (await verbatim.store.accounts.findByEmail('mal@example.org'))!;
  const made = await verbatim.members.invite(study, { ...user, isAdmin: false } as never, {
    email: 'second@example.org',
    role: 'owner',
    place: 'workspace',
  });
  const mal = (await verbatim.members.list(study)).find((m) => m.email === 'mal@example.org')!;
  const ada = (await verbatim.store.accounts.findByEmail('ada@example.org'))!;
  await verbatim.members.remove(study, { ...ada, isAdmin: false } as never, mal.publicId, 'workspace');
  const token = (made as { path: string }).path.split('/').pop()!;
  const joined = await verbatim.accountLinks
    .joinAsNew(token, { name: 'Mal again', password: 'quite another phrase 4711' })
    .catch((e: Error) => e.message);
  const left = (await verbatim.members.list(study)).map(({ email, role }) => [email, role]);
  await verbatim.close();
  expect(joined).toMatch(/./);
  expect(left).toEqual([['ada@example.org', 'owner']]);
}, 120000);
