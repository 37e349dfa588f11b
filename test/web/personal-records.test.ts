import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../cli/run-cli.ts';
import { visitor } from '../journeys/visitor.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { MARKS, plantMarkedPerson } from '../support/marked-person.ts';

const PASSWORD = 'three words together';
let house: Awaited<ReturnType<typeof openFieldHouse>>;
let planted: Awaited<ReturnType<typeof plantMarkedPerson>>;
let studio: string;
let own: string;
let response: string;

beforeAll(async () => {
  house = await openFieldHouse();
  planted = await plantMarkedPerson(house.verbatim, house.study, house.survey);
  studio = `/studio/${house.study.publicId}`;
  own = `${studio}/people/${planted.person.publicId}`;
  response = `${studio}/responses/${planted.responseId}`;
}, 60_000);
afterAll(() => house[Symbol.asyncDispose]());

const audited = (action: string) =>
  house.verbatim.connection.prepare('select count(*) from audit_log where action = ?').pluck().get(action) as number;

test('an owner finds everything kept on the person’s page, reads it, and takes it out both ways', async () => {
  const page = await house.researcher.get(own);
  expect(page.text).toContain(`${own}/kept"`);
  const kept = await house.researcher.get(`${own}/kept`);
  expect(kept.status).toBe(200);
  expect(kept.text).toContain(`I said ${MARKS.answer} to them all`);
  expect(kept.text).toContain('Ids they came with');

  const json = await house.researcher.get(`${own}/kept.json`);
  expect(json.headers.get('content-disposition')).toMatch(/^attachment; filename="person-/);
  expect(JSON.parse(json.text)).toMatchObject({ format: 1, otherStudies: 0 });
  const html = await house.researcher.get(`${own}/kept.html`);
  expect(html.headers.get('content-disposition')).toMatch(/^attachment; filename="person-/);
  for (const mark of Object.values(MARKS)) {
    expect(json.text).toContain(mark);
    expect(html.text).toContain(mark);
  }
  // It stands alone: nothing is fetched from anywhere.
  expect(html.text).not.toMatch(/<(link|script|img)\b/);
});

test('an owner sees and takes out which pseudonym of the study’s files is whom, and each time is noted', async () => {
  const { pseudonym } = house.verbatim.connection
    .prepare('select pseudonym from participations where person_id = ?')
    .get(planted.personId) as { pseudonym: string };
  expect((await house.researcher.get(`${studio}/people`)).text).toContain(`${studio}/key-table"`);
  const page = await house.researcher.get(`${studio}/key-table`);
  expect(page.status).toBe(200);
  for (const words of [pseudonym, MARKS.externalId, 'somebody-else']) expect(page.text).toContain(words);
  const file = await house.researcher.get(`${studio}/key-table.csv`);
  expect(file.headers.get('content-type')).toContain('text/csv');
  // A cell that begins like a formula has an apostrophe before it.
  expect(file.text.replaceAll("'", '')).toContain(`${pseudonym},${planted.person.publicId},${MARKS.externalId}`);
  expect(file.text.trim().split('\n')).toHaveLength(3);
  expect([audited('key-table-view'), audited('key-table-export')]).toEqual([1, 1]);
});

test('researchers neither take it out nor erase', async () => {
  await house.verbatim.accounts.add(
    { email: 'ben@lab.example', name: 'Ben', password: PASSWORD },
    { isAdmin: false, role: 'researcher', studyId: house.study.id },
  );
  const researcher = visitor(house.url);
  await researcher.post('/sign-in', { email: 'ben@lab.example', password: PASSWORD });
  expect((await researcher.get(own)).text).not.toContain('/kept');
  expect((await researcher.get(response)).text).not.toContain('/erase');
  for (const address of [
    `${own}/kept`,
    `${own}/kept.json`,
    `${own}/kept.html`,
    `${response}/erase`,
    `${studio}/key-table`,
    `${studio}/key-table.csv`,
    `${studio}/impact-assessment`,
  ])
    expect([address, (await researcher.get(address)).status]).toEqual([address, 403]);
  for (const address of [`${own}/erase`, `${response}/erase`])
    expect([address, (await researcher.post(address, { sure: 'yes' })).status]).toEqual([address, 403]);
});

test('whoever was not asked for their password lately is asked before anything leaves or goes', async () => {
  const stale = visitor(house.url);
  await house.verbatim.accounts.add(
    { email: 'cleo@lab.example', name: 'Cleo', password: PASSWORD },
    { isAdmin: false, role: 'owner', studyId: house.study.id },
  );
  await stale.post('/sign-in', { email: 'cleo@lab.example', password: PASSWORD });
  house.verbatim.connection.prepare("update sessions set authenticated_at = '2020-01-01T00:00:00.000Z'").run();
  for (const address of [`${own}/kept.json`, `${own}/kept.html`, `${studio}/key-table`, `${studio}/key-table.csv`]) {
    const shown = (await stale.get(address)).text;
    for (const mark of [MARKS.answer, MARKS.externalId]) expect(shown).not.toContain(mark);
  }
  await stale.post(`${own}/erase`, { sure: 'yes' });
  await stale.post(`${response}/erase`, { sure: 'yes' });
  await house.signIn();
  expect((await house.researcher.get(`${own}/kept`)).text).toContain(MARKS.answer);
});

test('a response is erased once somebody says they are sure, and that is in the audit log', async () => {
  expect((await house.researcher.get(response)).text).toContain(`${response}/erase"`);
  expect((await house.researcher.get(`${response}/erase`)).status).toBe(200);
  const unsure = await house.researcher.post(`${response}/erase`);
  expect(unsure.status).toBe(422);
  expect(unsure.text).toContain('Nothing was erased');
  expect((await house.researcher.get(`${own}/kept`)).text).toContain(MARKS.answer);

  const erased = await house.researcher.post(`${response}/erase`, { sure: 'yes' });
  expect(erased.status).toBe(200);
  expect(erased.text).toContain('This response is erased');
  const kept = await house.researcher.get(`${own}/kept`);
  expect(kept.text).not.toContain(MARKS.answer);
  expect(kept.text).toContain(MARKS.externalId);
  expect(audited('response-erasure')).toBe(1);
});

test('a person is erased once somebody says they are sure; their page says so and nothing else of them', async () => {
  const unsure = await house.researcher.post(`${own}/erase`);
  expect(unsure.status).toBe(422);
  const erased = await house.researcher.post(`${own}/erase`, { sure: 'yes' });
  expect(erased.status).toBe(200);
  expect(erased.text).toContain('This person is erased');
  const again = await house.researcher.post(`${own}/erase`, { sure: 'yes' });
  expect(again.status).toBe(409);
  for (const address of [own, `${own}/kept`]) {
    const page = await house.researcher.get(address);
    expect([address, page.status]).toEqual([address, 200]);
    for (const mark of Object.values(MARKS)) expect(page.text).not.toContain(mark);
  }
  expect((await house.researcher.get(`${studio}/people`)).text).not.toContain(planted.person.publicId);
  expect(audited('person-erasure')).toBe(1);
});

test('an owner prints what the study does to people, from what is known of it, on the page and on the command line', async () => {
  const page = await house.researcher.get(`${studio}/impact-assessment`);
  expect(page.status).toBe(200);
  expect((await house.researcher.get(`${studio}/people`)).text).toContain(`${studio}/impact-assessment"`);
  for (const words of ['Risks and measures', 'Bought', 'email', 'Ada', 'To be filled in by the controller'])
    expect(page.text).toContain(words);
  const printed = await runCli(['dpia', 'A study', '--data', house.verbatim.folder]);
  expect(printed.code, printed.stderr).toBe(0);
  expect(printed.stdout).toContain('## Who has access');
  expect(printed.stdout).toContain('| Ada | owner |');
});
