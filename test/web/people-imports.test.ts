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

const upload = (text: string, name = 'people.csv') =>
  house.researcher.upload(at, 'file', { name, bytes: Buffer.from(text) }, { header: '1' });

/** The page's form as it stands, with some fields said otherwise. */
function formIn(html: string, over: Record<string, string> = {}): Record<string, string> {
  const form: Record<string, string> = {};
  for (const [, name = '', options = ''] of html.matchAll(/<select[^>]* name="([^"]+)">([\s\S]*?)<\/select>/g))
    form[name] = /<option value="([^"]*)" selected/.exec(options)?.[1] ?? '';
  for (const [, name = '', value = ''] of html.matchAll(
    /<input class="field__input"[^>]* name="([^"]+)" value="([^"]*)"/g,
  ))
    form[name] = value;
  for (const [, name = '', value = ''] of html.matchAll(
    /<input type="checkbox" name="([^"]+)" value="([^"]*)" checked/g,
  ))
    form[name] = value;
  return { ...form, ...over };
}
const facts = (html: string): Record<string, string> =>
  Object.fromEntries(
    [...html.matchAll(/<dt>([^<]+)<\/dt><dd class="num">([^<]+?)\s*</g)].map(([, label = '', value = '']) => [
      label,
      value,
    ]),
  );
async function known(externalId: string): Promise<Record<string, unknown>> {
  await house.verbatim.logs.settle();
  const { people } = house.verbatim.store;
  const id = (await people.byExternalIds(house.study.workspaceId, [externalId])).get(externalId) ?? 0;
  return Object.fromEntries([...(await people.attributesOf(id))].map(([name, { value }]) => [name, value]));
}
const intakeCount = () => house.verbatim.logs.intake.count();

const FILE = [
  'age,User ID,city,seats,tags,joined',
  '34,ada,Ulm,12,a,2026-01-05',
  ',bea,"Bad',
  'Urach",x,b;c,yesterday',
  '41,,Bonn,3,,2026-02-01',
  '29,null,Bonn,3,,2026-02-01',
].join('\n');

test('a dry run guesses the columns, counts what would change, names lines that cannot be read, and keeps nothing', async () => {
  await house.verbatim.intake.people(house.study.workspaceId, [
    {
      externalId: 'ada',
      attributes: [
        { name: 'city', value: 'Bonn', source: 'Shop' },
        { name: 'age', value: 34, source: 'Shop' },
      ],
    },
  ]);
  const before = await intakeCount();
  const staged = await upload(FILE);
  expect(staged.status).toBe(303);
  const { text } = await house.researcher.get(staged.location);
  const form = formIn(text);
  expect(form).toMatchObject({
    'column-2': 'id',
    'column-1': 'attribute',
    'type-1': 'number',
    'family-1': 'demographic',
    'family-3': 'geographic',
    'type-4': 'text',
    'type-6': 'text',
  });
  const changed = formIn(text, { 'type-4': 'number', 'type-5': 'list', 'type-6': 'date', 'family-4': 'firmographic' });
  expect((await house.researcher.post(`${staged.location}/columns`, changed)).status).toBe(303);
  const again = await house.researcher.get(staged.location);
  expect(facts(again.text)).toMatchObject({
    'New people': '1',
    'Known people': '1',
    'Values that are new': '5',
    'Values that change': '1',
    'Not read': '4',
  });
  expect(again.text).toContain('<li>Line 3, seats: “x” is not a number such as 12.5</li>');
  expect(again.text).toContain('<li>Line 3, joined: “yesterday” is not a date such as 2026-03-09</li>');
  expect(again.text).toContain('<li>Line 5, User ID: no id</li>');
  expect(again.text).toContain('<li>Line 6, User ID: the id is “null”');
  expect(await intakeCount()).toBe(before);
  expect(await known('bea')).toEqual({});

  expect(again.text).toContain('The import itself can be taken back afterwards');

  // What is sent differs from what was looked at: it is looked at first.
  const hasty = await house.researcher.post(`${staged.location}/commit`, formIn(again.text, { 'column-5': 'ignore' }));
  expect(hasty.status).toBe(422);
  expect(hasty.text).toContain('nothing was imported yet');
  await house.researcher.post(`${staged.location}/columns`, changed);

  const done = await house.researcher.post(`${staged.location}/commit`, changed);
  expect(done.status).toBe(303);
  expect((await house.researcher.get(staged.location)).text).toContain('complete');
  expect(await known('ada')).toEqual({ age: 34, city: 'Ulm', seats: 12, tags: ['a'], joined: '2026-01-05' });
  expect(await known('bea')).toEqual({ city: 'Bad\nUrach', tags: ['b', 'c'] });
  const types = await house.verbatim.store.sources.attributeTypes(house.study.workspaceId, 'person');
  expect(types.get('seats')).toEqual({ type: 'number', family: 'firmographic', isSet: true });
  const page = await house.researcher.get(`/studio/${house.study.publicId}/people?find=bea`);
  expect(page.text).toContain('1 person found');
});

test('a day that no calendar has is not read as one', async () => {
  const { location } = await upload('id,joined\ndora,2026-02-30\nemil,2026-02-28\n');
  expect((await house.researcher.get(location)).text).toContain(
    '<li>Line 2, joined: “2026-02-30” is not a date such as 2026-03-09</li>',
  );
});

test('a file that was imported is not imported twice, and the same file again changes nothing', async () => {
  const first = await upload('id,plan\ncai,pro\n');
  await house.researcher.post(`${first.location}/commit`, formIn((await house.researcher.get(first.location)).text));
  expect((await house.researcher.post(`${first.location}/commit`)).status).toBe(409);
  const rows = () =>
    (
      house.verbatim.connection.prepare("select count(*) as n from attributes where name = 'plan'").get() as {
        n: number;
      }
    ).n;
  const before = rows();
  const second = await upload('id,plan\ncai,pro\n');
  const { text } = await house.researcher.get(second.location);
  expect(facts(text)).toMatchObject({ 'New people': '0', 'Known people': '1', 'Values that change': '0' });
  await house.researcher.post(`${second.location}/commit`, formIn(text));
  await house.verbatim.logs.settle();
  expect(rows()).toBe(before);
});

test('an import that was interrupted goes on, and repeats nothing that is in already', async () => {
  const staged = await upload('id,plan\ndee,pro\neva,free\n');
  const { text } = await house.researcher.get(staged.location);
  await house.researcher.post(`${staged.location}/commit`, formIn(text));
  await house.verbatim.logs.settle();
  const before = await intakeCount();
  // As a process leaves it that was killed before it could say that all is in.
  house.verbatim.connection
    .prepare("update people_imports set state = 'loading' where public_id = ?")
    .run(staged.location.split('/').at(-1));
  await house.verbatim.store.peopleImports.interruptLoading('2026-03-09T00:00:00.000Z');
  const stopped = await house.researcher.get(staged.location);
  expect(stopped.text).toContain('Going on repeats nothing');
  expect((await house.researcher.post(`${staged.location}/commit`)).status).toBe(303);
  expect((await house.researcher.get(staged.location)).text).toContain('complete');
  expect(await intakeCount()).toBe(before);
  expect(await known('eva')).toEqual({ plan: 'free' });
});

test('a file is refused with the reason when nobody can be told from it', async () => {
  const empty = await upload('id,plan\n');
  expect([empty.status, empty.text.includes('one line for each person')]).toEqual([422, true]);
  const staged = await upload('plan,colour\npro,red\npro,red\n');
  const { text } = await house.researcher.get(staged.location);
  expect(text).toContain('Say above which column is the id');
  const form = formIn(text);
  expect((await house.researcher.post(`${staged.location}/commit`, form)).text).toContain(
    'No column says who people are',
  );
  const doubled = formIn(text, {
    'column-1': 'attribute',
    'attribute-1': 'x',
    'column-2': 'attribute',
    'attribute-2': '',
  });
  const refused = await house.researcher.post(`${staged.location}/columns`, doubled);
  expect([refused.status, refused.text.includes('href="#attribute-2"')]).toEqual([422, true]);
  expect((await house.researcher.post(`${staged.location}/columns`, formIn(text, { 'type-1': 'colour' }))).status).toBe(
    422,
  );
  expect((await house.researcher.get(`${at}/AAAAAAAAAAAAAAAAAAAAAA`)).status).toBe(404);
});

test('a known attribute keeps its type though a cell slips, and a new one is what most of its cells are', async () => {
  const many = Array.from({ length: 12 }, (_, index) => `many-${index},${20 + index},${index}.50,0${index}067`);
  const staged = await upload(['id,age,price,zip', ...many, 'many-12,old,free,12345'].join('\n'));
  const { text } = await house.researcher.get(staged.location);
  expect(formIn(text)).toMatchObject({ 'type-2': 'number', 'type-3': 'number', 'type-4': 'text' });
  expect(text).toContain('<li>Line 14, age: “old” is not a number such as 12.5</li>');
  expect(text).toContain('<li>Line 14, price: “free” is not a number such as 12.5</li>');
});

test('a post code keeps its nought, and what a researcher chose stays though later values look otherwise', async () => {
  const staged = await upload('id;zip;code\nfay;01067;7\n');
  const { text } = await house.researcher.get(staged.location);
  expect(formIn(text)).toMatchObject({ delimiter: 'semicolon', 'type-2': 'text', 'type-3': 'number' });
  const form = formIn(text, { 'type-3': 'text' });
  await house.researcher.post(`${staged.location}/columns`, form);
  await house.researcher.post(`${staged.location}/commit`, form);
  expect(await known('fay')).toEqual({ zip: '01067', code: '7' });
});

test('no file brings more attributes than a workspace knows', async () => {
  const { connection } = house.verbatim;
  const insert = connection.prepare(
    "insert into attribute_types (workspace_id, subject, name, type, family, is_set) values (?, 'person', ?, 'text', 'other', 0)",
  );
  const { size } = await house.verbatim.store.sources.attributeTypes(house.study.workspaceId, 'person');
  connection.transaction(() => {
    for (let more = size; more < 2000; more += 1) insert.run(house.study.workspaceId, `filler ${more}`);
  })();
  const staged = await upload('id,one more\ngil,x\n');
  const form = formIn((await house.researcher.get(staged.location)).text);
  const refused = await house.researcher.post(`${staged.location}/commit`, form);
  expect([refused.status, refused.text.includes('this file brings 1 more')]).toEqual([422, true]);
});
