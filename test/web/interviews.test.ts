import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { plantPeople } from '../support/post-house.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let studio: string;
/** The interview's page, and the rule that asks for the code on a passage of it. */
let at: string;
let rule: { interview: string };

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const save = (person: string) => house.researcher.post(`${at}/person`, { person });
/** The ids of those whom the rule finds, now. */
async function found(): Promise<(string | undefined)[]> {
  const { segments, store } = house.verbatim;
  const { admitted } = await segments.count(house.study, rule, null);
  const ids = await store.people.identities(admitted.map(({ id }) => id));
  return admitted.map(({ id }) => ids.get(id));
}
const pageOf = async (externalId: string) => {
  const { store } = house.verbatim;
  const ids = await store.people.byExternalIds(house.study.workspaceId, [externalId]);
  const person = await store.contacts.personById(ids.get(externalId) ?? 0);
  return `${studio}/people/${person?.publicId}`;
};

beforeAll(async () => {
  house = await openFieldHouse();
  studio = `/studio/${house.study.publicId}`;
  await plantPeople(house.verbatim, house.study.workspaceId, { 'crm-7': {}, 'crm-8': {} });
  const logged = await house.researcher.post(`${studio}/interviews/new`, {
    participant: 'P07',
    person: '',
    heldOn: '2026-03-02',
    mode: 'by phone',
    transcript: 'P07: I was stuck in the lift again.\nInterviewer: Again?',
  });
  expect(logged.status).toBe(303);
  at = logged.location;
  const coded = await house.researcher.post(`${at}/codings`, { source: '1', words: 'stuck in the lift', name: 'Lift' });
  expect(coded.status).toBe(303);
  const [code] = await house.verbatim.store.notes.codes(house.study.id);
  rule = { interview: code?.publicId ?? '' };
});
afterAll(() => house[Symbol.asyncDispose]());

test('an interview is linked to a person afterwards, and a rule on its code then finds them', async () => {
  expect(await found()).toEqual([]);
  expect(plain((await house.researcher.get(at)).text)).toContain('With nobody in particular: say who it was');
  const saved = await save(' crm-7 ');
  expect(saved.status).toBe(303);
  expect(await found()).toEqual(['crm-7']);
  const page = (await house.researcher.get(at)).text;
  expect(plain(page)).toContain('Interview with crm-7');
  expect(page).toContain(`href="${await pageOf('crm-7')}"`);
  expect(fieldsOf(page, `${at}/person`).get('person')).toEqual(['crm-7']);
  expect((await house.researcher.get(await pageOf('crm-7'))).text).toContain(at);
});

test('the same form moves it to another person, and takes it back from everybody when it is emptied', async () => {
  await save('crm-8');
  expect(await found()).toEqual(['crm-8']);
  expect((await house.researcher.get(await pageOf('crm-7'))).text).not.toContain(at);
  await save('');
  expect(await found()).toEqual([]);
  expect((await house.researcher.get(await pageOf('crm-8'))).text).not.toContain(at);
  expect(plain((await house.researcher.get(at)).text)).toContain('With nobody in particular');
});

test('an id that nobody has is said beside the field, with what was typed, and changes nothing', async () => {
  await save('crm-7');
  const refused = await save('crm-9');
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('href="#person"');
  expect(plain(refused.text)).toContain('Nobody is known by this id: check it, or leave it empty');
  expect(refused.text).toContain('value="crm-9"');
  expect(refused.text).toMatch(/<details class="more" id="whose" open>/);
  expect(await found()).toEqual(['crm-7']);
});
