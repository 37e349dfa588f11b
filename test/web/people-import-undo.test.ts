import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFieldHouse } from '../support/field-house.ts';

type FieldHouse = Awaited<ReturnType<typeof openFieldHouse>>;
let house: FieldHouse;
let at: string;

beforeAll(async () => {
  house = await openFieldHouse();
  at = `/studio/${house.study.publicId}/people/import`;
});
afterAll(() => house[Symbol.asyncDispose]());

/** Imports a file as it is guessed, but for some choices, and gives the address of the import. */
async function importFile(text: string, over: Record<string, string> = {}): Promise<string> {
  const staged = await house.researcher.upload(
    at,
    'file',
    { name: 'people.csv', bytes: Buffer.from(text) },
    { header: '1' },
  );
  const page = (await house.researcher.get(staged.location)).text;
  const form: Record<string, string> = {};
  for (const [, name = '', options = ''] of page.matchAll(/<select[^>]* name="([^"]+)">([\s\S]*?)<\/select>/g))
    form[name] = /<option value="([^"]*)" selected/.exec(options)?.[1] ?? '';
  for (const [, name = '', value = ''] of page.matchAll(
    /<input class="field__input"[^>]* name="([^"]+)" value="([^"]*)"/g,
  ))
    form[name] = value;
  for (const [, name = '', value = ''] of page.matchAll(
    /<input type="checkbox" name="([^"]+)" value="([^"]*)" checked/g,
  ))
    form[name] = value;
  const wanted = { ...form, ...over };
  if (Object.keys(over).length > 0) await house.researcher.post(`${staged.location}/columns`, wanted);
  expect((await house.researcher.post(`${staged.location}/commit`, wanted)).status).toBe(303);
  await house.verbatim.logs.settle();
  return staged.location;
}
const undo = async (location: string) => {
  const answer = await house.researcher.post(`${location}/undo`);
  await house.verbatim.logs.settle();
  return answer.status;
};
/** What is known of somebody, with who says so; null for nobody. */
async function known(externalId: string): Promise<Record<string, unknown> | null> {
  await house.verbatim.logs.settle();
  const { people } = house.verbatim.store;
  const id = (await people.byExternalIds(house.study.workspaceId, [externalId])).get(externalId);
  if (id === undefined) return null;
  return Object.fromEntries(
    [...(await people.attributesOf(id))].map(([name, { value, source }]) => [name, `${String(value)} (${source})`]),
  );
}
/** What a program tells of somebody, as it comes from a source. */
async function tell(...messages: object[]): Promise<void> {
  const { sources, intake, store, logs } = house.verbatim;
  const [source = await sources.add(house.study.workspaceId, 'Shop', null)] = await store.sources.list(
    house.study.workspaceId,
  );
  const { faults } = await intake.collect(source, { messages });
  expect(faults).toEqual([]);
  await logs.settle();
}
const identify = (userId: string, traits: object) => ({ type: 'identify', userId, traits });

test('what people were before comes back, what is newer stays, and whoever only the file brought goes', async () => {
  await tell(identify('ada', { city: 'Bonn', plan: 'Free' }));
  const location = await importFile(
    [
      'id,plan,city',
      'ada,Pro,Ulm',
      'bea,Pro,Ulm',
      'cai,Pro,Ulm',
      'eve,Pro,Ulm',
      'fay,Pro,Ulm',
      'gus,Pro,Ulm',
      'hal,,',
      'ada,Pro,Köln',
      'bea,Basic,Ulm',
    ].join('\n'),
  );
  expect(await known('ada')).toEqual({ city: 'Köln (import)', plan: 'Pro (import)' });
  await tell(
    { type: 'track', userId: 'cai', event: 'Came' },
    // The import had said the same: it was not kept again.
    identify('eve', { plan: 'Pro' }),
    identify('fay', { plan: 'Gold' }),
    { ...identify('gus', {}), anonymousId: 'browser-of-gus' },
    { type: 'identify', anonymousId: 'browser-of-gus', traits: { city: 'Ulm' } },
  );
  const before = await house.verbatim.logs.intake.count();
  expect((await house.researcher.get(location)).text).toContain('Take this import back');
  expect(await undo(location)).toBe(303);

  expect(await known('ada')).toEqual({ city: 'Bonn (Shop)', plan: 'Free (Shop)' });
  expect([await known('bea'), await known('hal')]).toEqual([null, null]);
  expect(await known('cai')).toEqual({});
  expect(await known('eve')).toEqual({ plan: 'Pro (Shop)' });
  expect(await known('fay')).toEqual({ plan: 'Gold (Shop)' });
  expect(await known('gus')).toEqual({ city: 'Ulm (Shop)' });
  expect(await house.verbatim.logs.intake.count()).toBe(before - 9);
  expect(house.verbatim.connection.pragma('foreign_key_check')).toEqual([]);

  const page = await house.researcher.get(location);
  expect(page.text).toContain('This import was taken back');
  expect(page.text).not.toContain('Take this import back');
  expect((await house.researcher.get(at)).text).toContain('taken back');
  expect(await undo(location)).toBe(409);
  expect((await house.researcher.post(`${location}/commit`)).status).not.toBe(303);
  // The same file can come again.
  await importFile('id,plan,city\nbea,Pro,Ulm\n');
  expect(await known('bea')).toEqual({ plan: 'Pro (import)', city: 'Ulm (import)' });
});

test('of two imports one is taken back and the other stays whole', async () => {
  const first = await importFile('id,tier\ntwo-1,a\ntwo-2,a\n');
  const second = await importFile('id,tier\ntwo-1,a\ntwo-2,b\n');
  await undo(first);
  expect([await known('two-1'), await known('two-2')]).toEqual([{ tier: 'a (import)' }, { tier: 'b (import)' }]);
  await undo(second);
  expect([await known('two-1'), await known('two-2')]).toEqual([null, null]);
});

test('people leave the companies that the file put them in, but for those a program put them in too', async () => {
  await tell({ type: 'group', userId: 'member-1', groupId: 'acme', traits: { name: 'Acme' } });
  const location = await importFile('id,firm,tier\nmember-1,acme,x\nmember-2,acme,x\nmember-1,other,x\n', {
    'column-2': 'company',
  });
  const members = () =>
    house.verbatim.connection
      .prepare(
        `select companies.external_id || ' ' || value from company_members
         join companies on companies.id = company_id
         join person_identities on person_identities.person_id = company_members.person_id
         where value like 'member-%' order by 1`,
      )
      .pluck()
      .all();
  expect(members()).toEqual(['acme member-1', 'acme member-2', 'other member-1']);
  await undo(location);
  expect(members()).toEqual(['acme member-1']);
  expect([await known('member-1'), await known('member-2')]).toEqual([{}, null]);
});

test('an undoing that a stop interrupted goes on at the next start', async () => {
  const location = await importFile(`id,tier\n${Array.from({ length: 9 }, (_, n) => `part-${n},x`).join('\n')}\n`);
  const { store, peopleImports } = house.verbatim;
  const batch = await store.peopleImports.find(house.study.workspaceId, location.split('/').at(-1) ?? '');
  if (!batch) throw new Error('The import is not there');
  expect(await store.peopleImports.beginUndo(batch.id, new Date().toISOString())).toBe(true);
  expect(await store.peopleImports.undoPart(batch, 4)).toBe(4);
  expect((await house.researcher.get(location)).text).toContain('The import is being taken back');
  await peopleImports.finishUndoing();
  expect((await house.researcher.get(location)).text).toContain('This import was taken back');
  for (let n = 0; n < 9; n += 1) expect(await known(`part-${n}`)).toBe(null);
});

test('what is being loaded, or was never imported, is not taken back', async () => {
  const location = await importFile('id,tier\nload-1,x\n');
  const id = location.split('/').at(-1);
  const set = house.verbatim.connection.prepare('update people_imports set state = ? where public_id = ?');
  for (const state of ['loading', 'staged']) {
    set.run(state, id);
    expect([state, await undo(location)]).toEqual([state, 409]);
  }
  set.run('interrupted', id);
  expect(await undo(location)).toBe(303);
  expect(await known('load-1')).toBe(null);
});
