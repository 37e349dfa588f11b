import { afterAll, beforeAll, expect, test } from 'vitest';
import { readXlsx } from '../../src/exchange/read-xlsx.ts';
import type { Code } from '../../src/store/notes.ts';
import { type CodedHouse, codeWords, openCodedHouse } from '../support/coded-house.ts';
import { fieldsOf } from '../support/form-fields.ts';

let coded: CodedHouse;
let files: string;
let price: Code;

const bytesOf = async (path: string): Promise<Buffer> =>
  Buffer.from(await (await coded.researcher.send(path)).arrayBuffer());
const send = (text: string, paths = '1') =>
  coded.researcher.upload(files, 'file', { name: 'codes.csv', bytes: Buffer.from(text) }, { paths });
const all = () => coded.verbatim.store.codebook.all(coded.study.id);

beforeAll(async () => {
  coded = await openCodedHouse([
    { why: 'too dear, write to ada@example.org' },
    { why: '=cheap()' },
    { why: 'nothing at all' },
  ]);
  files = `${coded.at}/codebook/files`;
  const top = await coded.verbatim.codebook.add(coded.study, { name: 'Money', definition: 'All of it' }, null);
  price = await coded.verbatim.codebook.add(
    coded.study,
    { name: 'Price', definition: '', inclusion: 'costs', color: '#CC0066', under: top.publicId },
    null,
  );
  await codeWords(coded, coded.answers[0]!, price);
  await codeWords(coded, coded.answers[1]!, price);
}, 60_000);
afterAll(() => coded.close());

test('the codebook goes out and comes in equal, and says so before', async () => {
  const own = (await coded.researcher.get(`${files}/codebook.csv`)).text;
  const shown = await send(own);
  expect(shown.status).toBe(200);
  expect(shown.text).toContain('This codebook brings nothing that is not there already');
  expect((await coded.researcher.get(`${files}/taguette.csv`)).text).toContain('Money.Price');
});

test('a codebook of Taguette is shown before it comes, comes in one step, and is undone', async () => {
  const before = await all();
  const shown = await send(
    'tag,description,count\nspeed.slow,It takes long,3\nPrice,dear,1\n,,\n"speed.slow",twice,1\n',
  );
  expect(shown.status).toBe(200);
  for (const words of ['2 new codes', '1 changes', 'Row 4', 'The column “count” means nothing here'])
    expect(shown.text).toContain(words);
  expect(await all()).toEqual(before);
  const form = Object.fromEntries(
    [...fieldsOf(shown.text, `${files}/bring-in`)].map(([name, [value]]) => [name, value ?? '']),
  );
  expect((await coded.researcher.post(`${files}/bring-in`, form)).status).toBe(303);
  const after = await all();
  const slow = after.find(({ name }) => name === 'slow');
  expect(after.find(({ id }) => id === slow?.parentId)?.name).toBe('speed');
  expect(after.find(({ name }) => name === 'Price')).toMatchObject({ definition: 'dear', inclusion: 'costs' });
  await coded.researcher.post(`${coded.at}/codebook/undo`);
  expect((await all()).filter(({ retiredAt }) => retiredAt === null)).toEqual(before);
});

test('a codebook comes in as JSON as well, and the page says so', async () => {
  expect((await coded.researcher.get(files)).text).toContain('JSON as a list of objects');
  const shown = await send('[{"name":"Waiting","description":"Time that goes by"}]');
  expect(shown.status).toBe(200);
  expect(shown.text).toContain('1 new code');
});

test('a file that is no codebook, and one that did not come along, are refused with what to do', async () => {
  const wrong = await send('something\nx\n');
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('No column is called “name”, “tag” or “path”');
  const lost = await coded.researcher.post(`${files}/bring-in`, { packed: '!!', paths: '' });
  expect(lost.status).toBe(422);
});

test('quotes for others are of those who agreed; the page counts the rest', async () => {
  const client = (await coded.researcher.get(`${files}/quotes?readers=client`)).text;
  expect(client).not.toContain('too dear');
  expect((await coded.researcher.get(files)).text).toContain(
    '2 passages stay out: whoever said it did not agree to be quoted.',
  );
});

test('quotes for the study’s researchers are masked, guarded, and the same to the byte twice', async () => {
  const csv = (await bytesOf(`${files}/quotes?readers=study&around=1`)).toString('utf8');
  expect(csv).toContain('too dear, write to [e-mail]');
  expect(csv).not.toContain('ada@example.org');
  expect(csv).toContain("'=cheap()");
  expect(csv).toContain('Money › Price');
  const [one, two] = [
    await bytesOf(`${files}/quotes?readers=study&format=xlsx`),
    await bytesOf(`${files}/quotes?readers=study&format=xlsx`),
  ];
  expect(one.equals(two)).toBe(true);
  const sheet = await readXlsx(one);
  expect(sheet[0]?.slice(0, 3)).toEqual(['code', 'path', 'words']);
  expect(sheet).toHaveLength(3);
});

test('codings as a table have a row for each answer or person, with zeros for who bears none', async () => {
  await codeWords(coded, coded.answers[0]!, price, 'dear');
  const rows = async (query: string) =>
    (await coded.researcher.get(`${files}/matrix?${query}`)).text
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(','));
  const [header, ...texts] = await rows('by=text&shows=presence');
  expect(header?.slice(1)).toEqual(['respondent', 'from', 'Money', 'Price']);
  expect(texts.map((row) => Number(row.at(-1))).sort()).toEqual([0, 1, 1]);
  const [, ...people] = await rows('by=person&shows=counts');
  expect(people.map((row) => Number(row.at(-1))).sort()).toEqual([0, 1, 2]);
});

test('suggestions invite when there are none, and refuse a page on which nothing is decided', async () => {
  const at = `${coded.at}/codebook/suggestions`;
  expect((await coded.researcher.get(at)).text).toContain('Nothing is proposed');
  const empty = await coded.researcher.post(at, {});
  expect(empty.status).toBe(422);
  expect((await coded.researcher.post(`${at}/theme`, { run: 'none', theme: 'x' })).status).toBe(404);
});

test('what the coder proposes for any code waits on one page, and is accepted, rejected or put off there', async () => {
  const { store } = coded.verbatim;
  const run = await store.coder.addRun(
    { studyId: coded.study.id, settings: { codes: [price.id] }, engineVersion: '1', seed: 1, createdBy: null },
    '2026-03-02T09:00:00.000Z',
  );
  await store.coder.begin(run.id);
  const proposals = coded.answers.map(({ publicId, version }, position) => ({
    codeId: price.id,
    sourceId: publicId,
    sourceVersion: version,
    probability: 0.82 - position / 10,
    isYes: 1,
    position,
  }));
  await store.coder.finish(run, { result: '{}', inputHash: 'h', proposals }, [price.id], '2026-03-02T09:01:00.000Z');
  const at = `${coded.at}/codebook/suggestions`;
  const page = (await coded.researcher.get(at)).text;
  expect(page.replaceAll('&#x3D;', '=')).toContain('coder, p = 0.82');
  const names = [...page.matchAll(/name="(verdict-[^"]+)" value="accepted"/g)].map(([, name]) => name!);
  expect(names).toHaveLength(3);
  expect((await coded.researcher.get(`${coded.at}/codebook/answers`)).text).toContain('coder, p = 0.62');
  const before = (await store.codebook.standing(price.id)).length;
  await coded.researcher.post(at, { [names[0]!]: 'rejected', [names[2]!]: 'accepted', [names[1]!]: 'skipped' });
  const standing = await store.codebook.standing(price.id);
  expect(standing.length - before).toBe(1);
  expect(standing.at(-1)).toMatchObject({ layer: 'suggested', sourceId: coded.answers[2]!.publicId });
  expect((await coded.researcher.get(at)).text).toContain('Nothing is proposed');
});
