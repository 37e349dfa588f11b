import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Code } from '../../src/store/notes.ts';
import { type CodedHouse, codeWords, openCodedHouse } from '../support/coded-house.ts';

let coded: CodedHouse;
let grid: string;
let price: Code;
let support: Code;

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const keyOf = (n: number) => `${coded.answers[n]!.publicId}.${coded.answers[n]!.version}`;
const standing = async (code: Code) =>
  (await coded.verbatim.store.codebook.standing(code.id)).map(({ sourceId, spanStart, spanEnd, layer }) => [
    coded.answers.findIndex(({ publicId }) => publicId === sourceId),
    spanStart,
    spanEnd,
    layer,
  ]);
const save = (form: Record<string, string | string[]>) => coded.researcher.post(grid, { back: '', ...form });

beforeAll(async () => {
  const wishes = ['the price is 😀 too high', 'write to me at ada@example.org', 'support was slow', 'cheap and quick'];
  coded = await openCodedHouse(
    Array.from({ length: 120 }, (_, n) => ({
      why: n < 4 ? wishes[n]! : `answer ${n}`,
      plan: n % 3 === 0 ? 'paid' : 'free',
    })),
  );
  grid = `${coded.at}/codebook/answers`;
  const add = (name: string) => coded.verbatim.codebook.add(coded.study, { name, definition: '' }, null);
  price = await add('Price');
  support = await add('Support');
}, 60_000);
afterAll(() => coded.close());
beforeEach(async () => {
  for (const code of [price, support])
    for (const { publicId } of await coded.verbatim.store.codebook.standing(code.id))
      await coded.verbatim.codings.uncode(coded.study, publicId, null);
});

test('answers stand in rows of fifty with what is known of who gave them, and every one is met once', async () => {
  const first = await coded.researcher.get(`${grid}?beside=plan`);
  expect(first.status).toBe(200);
  expect(first.text.match(/data-row="/g)).toHaveLength(50);
  expect(plain(first.text)).toContain('Your plan Paid');
  const met = new Set<string>();
  for (let address: string | undefined = `${grid}?beside=plan`; address; ) {
    const page: string = (await coded.researcher.get(address)).text;
    for (const [, key] of page.matchAll(/data-row="([^"]+)"/g)) met.add(key!);
    address = /href="([^"]+)">Next 50</.exec(page)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
  }
  expect(met.size).toBe(120);
});

test('what of a person stands in an answer is masked, and its place is kept for coding', async () => {
  const page = (await coded.researcher.get(grid)).text;
  expect(page).not.toContain('ada@example.org');
  expect(page).toContain('<span data-start="15" data-end="30" data-masked>[e-mail]</span>');
});

test('ticks of several rows are saved in one step without a script, and undone in one', async () => {
  const saved = await save({
    [`had-${keyOf(0)}`]: '',
    [`on-${keyOf(0)}`]: [price.publicId, support.publicId],
    [`had-${keyOf(2)}`]: '',
    [`more-${keyOf(2)}`]: ' support ',
    [`had-${keyOf(3)}`]: '',
  });
  expect(saved.status).toBe(303);
  expect(await standing(price)).toEqual([[0, 0, [...coded.answers[0]!.text].length, 'human']]);
  expect(await standing(support)).toHaveLength(2);
  await coded.researcher.post(`${coded.at}/codebook/undo`);
  expect([await standing(price), await standing(support)]).toEqual([[], []]);
});

test('only what somebody changed on the page is changed: a code that came meanwhile stays', async () => {
  await save({ [`had-${keyOf(0)}`]: '', [`on-${keyOf(0)}`]: price.publicId });
  // Another page, loaded before: it knows nothing of the price, and adds support.
  await save({ [`had-${keyOf(0)}`]: '', [`on-${keyOf(0)}`]: support.publicId });
  expect([await standing(price), await standing(support)].map((list) => list.length)).toEqual([1, 1]);
  // Sent twice, coded once.
  await save({ [`had-${keyOf(0)}`]: '', [`on-${keyOf(0)}`]: price.publicId });
  expect(await standing(price)).toHaveLength(1);
  await save({ [`had-${keyOf(0)}`]: price.publicId });
  expect([await standing(price), await standing(support)].map((list) => list.length)).toEqual([0, 1]);
});

test('a stretch of an answer is coded alone, counted in code points', async () => {
  await save({ [`had-${keyOf(0)}`]: '', [`on-${keyOf(0)}`]: price.publicId, [`span-${keyOf(0)}`]: '15-23' });
  expect(await standing(price)).toEqual([[0, 15, 23, 'human']]);
  expect(plain((await coded.researcher.get(grid)).text)).toContain('Price: “too high”');
  const beyond = await save({
    [`had-${keyOf(0)}`]: '',
    [`on-${keyOf(0)}`]: price.publicId,
    [`span-${keyOf(0)}`]: '15-999',
  });
  expect(beyond.status).toBe(422);
  expect(beyond.text).toContain('These words do not stand in the answer');
});

test('some words of an answer are coded without a script, on a page of their own', async () => {
  const at = `${grid}/words/${keyOf(0).replace('.', '/')}`;
  const wrong = await coded.researcher.post(at, { words: 'too low', code: price.publicId });
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('Copy the words exactly');
  await coded.researcher.post(at, { words: 'too high', code: price.publicId });
  expect(await standing(price)).toEqual([[0, 15, 23, 'human']]);
  const [, coding] = /name="remove" value="([^"]+)"/.exec((await coded.researcher.get(at)).text) ?? [];
  await coded.researcher.post(at, { remove: coding ?? '' });
  expect(await standing(price)).toEqual([]);
});

test('rows are found by code, without any, by words, and by another answer', async () => {
  await codeWords(coded, coded.answers[2]!, support);
  const count = async (query: string) =>
    ((await coded.researcher.get(`${grid}?${query}`)).text.match(/data-row="/g) ?? []).length;
  expect(await count(`coded=${support.publicId}`)).toBe(1);
  expect(await count('coded=coded')).toBe(1);
  expect(await count('words=SUPPORT')).toBe(1);
  expect(await count('q1=plan&t1=is&v1=paid')).toBe(40);
  const rest = (await coded.researcher.get(`${grid}?coded=uncoded`)).text;
  expect(rest).not.toContain(`data-row="${keyOf(2)}"`);
  expect((await coded.researcher.get(`${grid}?coded=${price.publicId}`)).text).toContain('No answer is left here');
});

test('the frame counts answers that bear a code of those who answered, with an interval', async () => {
  await codeWords(coded, coded.answers[0]!, price);
  await codeWords(coded, coded.answers[0]!, price, 'price');
  await codeWords(coded, coded.answers[1]!, price);
  const page = plain((await coded.researcher.get(grid)).text);
  expect(page).toContain('2 of 120 bear a code');
  // Wilson: 2 of 120 is 1.7 in 100, from 0.5 to 5.9.
  expect(page).toContain('2 1.7% of 120 answers, with an interval of 95 in 100 from 0.5% to 5.9%');
});

test('a researcher gives keys to codes, and others keep their own', async () => {
  const pinned = await coded.researcher.post(`${grid}/pin`, { code: price.publicId, back: '' });
  expect(pinned.status).toBe(303);
  const keys = (page: string) =>
    [...page.matchAll(/data-code="([^"]+)" data-key="(\d)"/g)].map(([, id, key]) => [id, key]);
  const before = keys((await coded.researcher.get(grid)).text);
  expect(before.map(([id]) => id)).not.toContain(price.publicId);
  await coded.researcher.post(`${grid}/pin`, { code: price.publicId, back: '' });
  expect(keys((await coded.researcher.get(grid)).text).map(([id]) => id)).toContain(price.publicId);
});

test('what does not fit is said, and nothing of the page is saved', async () => {
  const unknown = await save({
    [`had-${keyOf(0)}`]: '',
    [`on-${keyOf(0)}`]: price.publicId,
    [`had-${keyOf(1)}`]: '',
    [`more-${keyOf(1)}`]: 'Nope',
  });
  expect(unknown.status).toBe(422);
  expect(unknown.text).toContain('There is no code “Nope”');
  await coded.verbatim.codebook.add(coded.study, { name: 'Only gathers', definition: '', isCodable: false }, null);
  const gathers = (await coded.verbatim.store.codebook.all(coded.study.id)).find(({ name }) => name === 'Only gathers');
  const refused = await save({ [`had-${keyOf(0)}`]: '', [`on-${keyOf(0)}`]: [price.publicId, gathers!.publicId] });
  expect(refused.status).toBe(422);
  expect(await standing(price)).toEqual([]);
  const program = await coded.researcher.send(grid, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({ [`had-${keyOf(0)}`]: '', [`on-${keyOf(0)}`]: gathers!.publicId }),
  });
  expect([program.status, program.headers.get('content-type')]).toEqual([
    422,
    'application/problem+json; charset=utf-8',
  ]);
});

test('a study without an open question says what to do', async () => {
  const { location } = await coded.researcher.post('/studio/new-study', { name: 'Empty' });
  expect((await coded.researcher.get(`${location}/codebook/answers`)).text).toContain('No open question yet');
});

test('a code that only gathers others counts the answers that bear any of them, each once', async () => {
  const gathers = await coded.verbatim.codebook.add(coded.study, { name: 'Gathers', definition: '' }, null);
  const under = async (name: string) =>
    coded.verbatim.codebook.add(coded.study, { name, definition: '', under: gathers.publicId }, null);
  const [one, two] = [await under('One'), await under('Two')];
  coded.verbatim.connection.prepare('update codes set is_codable = 0 where id = ?').run(gathers.id);
  await codeWords(coded, coded.answers[0]!, one);
  await codeWords(coded, coded.answers[0]!, two);
  await codeWords(coded, coded.answers[1]!, two);
  const page = (await coded.researcher.get(grid)).text;
  const at = page.slice(page.indexOf(`data-code="${gathers.publicId}"`));
  expect(plain(at.slice(0, at.indexOf('</li>')))).toContain('2 1.7% of 120 answers, with what stands beneath');
});
