import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { codeTree, flatTree, mayStandUnder } from '../../src/coding/code-tree.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import type { Code } from '../../src/store/notes.ts';
import { type CodedHouse, codeWords, openCodedHouse } from '../support/coded-house.ts';
import { fieldsOf } from '../support/form-fields.ts';

let coded: CodedHouse;
let at: string;

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const all = () => coded.verbatim.store.codebook.all(coded.study.id);
const live = async () => (await all()).filter(({ retiredAt }) => retiredAt === null);
const named = async (name: string): Promise<Code> => {
  const code = (await all()).find((one) => one.name === name);
  if (!code) throw new Error(`no code ${name}`);
  return code;
};
const make = async (name: string, more: Record<string, string> = {}): Promise<Code> => {
  const { status } = await coded.researcher.post(`${at}/new`, { name, definition: '', ...more });
  expect(status).toBe(303);
  return named(name);
};
const addressOf = (code: Code) => `${at}/${code.publicId}`;
const undo = () => coded.researcher.post(`${at}/undo`);
/** All rows of codes, codings and memos as they stand; what tells when something was taken out aside. */
async function state() {
  const codes = (await live()).map(({ id, name, parentId, position, definition, color, isCodable }) => ({
    id,
    name,
    parentId,
    position,
    definition,
    color,
    isCodable,
  }));
  const codings = [];
  for (const { id } of await all())
    for (const { publicId, codeId, direction, isExample, removedAt } of await coded.verbatim.store.codebook.standing(
      id,
    ))
      codings.push({ publicId, codeId, direction, isExample, removedAt });
  return { codes, codings };
}

beforeAll(async () => {
  coded = await openCodedHouse([
    { why: 'the price is too high for me', plan: 'free' },
    { why: 'the price is fair', plan: 'paid' },
    { why: 'support was slow and the price rose', plan: 'paid' },
    { why: 'support answered at once', plan: 'free' },
  ]);
  at = `${coded.at}/codebook`;
});
afterAll(() => coded.close());
beforeEach(async () => {
  // What earlier tests made keeps out of the way, with its name.
  for (const { id, publicId, name, retiredAt } of await all()) {
    if (!name.startsWith('gone '))
      await coded.verbatim.codebook.define(coded.study, publicId, { name: `gone ${id}`, definition: '' }, null);
    if (retiredAt === null) await coded.verbatim.codebook.retire(coded.study, publicId, null);
  }
});

test('a codebook without codes invites, and one with 300 long names is a tree that closes without a script', async () => {
  await coded.researcher.get(at);
  const parent = await make('Top');
  for (let n = 0; n < 300; n += 1)
    await coded.verbatim.codebook.add(
      coded.study,
      { name: `${String(n).padStart(3, '0')} ${'x'.repeat(195)}`, definition: '', under: parent.publicId },
      null,
    );
  const page = await coded.researcher.get(at);
  expect(page.status).toBe(200);
  expect(plain(page.text)).toContain('301 codes');
  expect(page.text.match(/<details class="code-tree__beneath">/g)).toHaveLength(1);
  expect(page.text.match(/class="code-tree__item"/g)).toHaveLength(301);
  const found = await coded.researcher.get(`${at}?find=${encodeURIComponent('299 X')}`);
  expect(found.text.match(/class="code-tree__item"/g)).toHaveLength(1);
  expect(found.text).toContain('<p class="code-tree__above">Top</p>');
  expect((await coded.researcher.post(`${at}/new`, { name: 'y'.repeat(201), definition: '' })).status).toBe(422);
});

test('a code says what it means, when to use it and when not, has a colour, and may only gather others', async () => {
  const price = await make('Price', {
    inclusion: 'Money is named',
    exclusion: 'Not for time',
    color: '#C06D18',
    isCategory: '1',
  });
  expect(price).toMatchObject({
    inclusion: 'Money is named',
    exclusion: 'Not for time',
    color: '#C06D18',
    isCodable: 0,
  });
  const page = (await coded.researcher.get(addressOf(price))).text;
  for (const words of ['Money is named', 'Not for time', 'seg-2', 'only gathers codes']) expect(page).toContain(words);
  const form = fieldsOf((await coded.researcher.get(`${addressOf(price)}/edit`)).text, `${addressOf(price)}/edit`);
  expect(form.get('color')).toEqual(['#C06D18']);
  expect(form.get('isCategory')).toEqual(['1']);
  await coded.researcher.post(`${addressOf(price)}/edit`, { name: 'Price', definition: '', color: 'cc0066' });
  expect(await named('Price')).toMatchObject({ color: '#CC0066', isCodable: 1 });
  expect((await coded.researcher.get(`${addressOf(price)}/edit`)).text).toContain('Shown here as plum');
  const wrong = await coded.researcher.post(`${addressOf(price)}/edit`, {
    name: 'Price',
    definition: '',
    color: 'reddish',
  });
  expect(wrong.status).toBe(422);
});

test('counts are of passages and people, own and with what stands beneath', async () => {
  const top = await make('Money');
  const low = await make('Price', { under: top.publicId });
  const [a, b] = coded.answers;
  await codeWords(coded, a!, top, 'price');
  await codeWords(coded, a!, low, 'too high');
  await codeWords(coded, a!, low, 'for me');
  await codeWords(coded, b!, low);
  const page = plain((await coded.researcher.get(at)).text);
  expect(page).toContain('Money 1 passage 1 person');
  expect(page).toContain('1 code beneath 4 passages of 2 people in all');
  expect(page).toContain('Price 3 passages 2 people');
});

test('an example stands first on its code’s page, and undoing takes the mark back', async () => {
  const price = await make('Price');
  await codeWords(coded, coded.answers[0]!, price);
  const second = await codeWords(coded, coded.answers[1]!, price);
  await coded.researcher.post(`${addressOf(price)}/codings/${second}`, { do: 'example' });
  const page = (await coded.researcher.get(addressOf(price))).text;
  expect(page.indexOf('the price is fair')).toBeLessThan(page.indexOf('the price is too high'));
  expect(page).toContain('Example of how it is meant');
  await undo();
  expect((await coded.researcher.get(addressOf(price))).text).not.toContain('Example of how it is meant');
});

test('a code moves under another, never under itself, and undo puts it back', async () => {
  const [a, b] = [await make('A'), await make('B')];
  await make('C', { under: a.publicId });
  const before = await state();
  expect((await coded.researcher.get(`${addressOf(a)}/move`)).text).toContain('1 code under it goes with it');
  expect((await coded.researcher.post(`${addressOf(a)}/move`, { under: b.publicId, after: 'last' })).status).toBe(303);
  expect((await named('A')).parentId).toBe(b.id);
  const circle = await coded.researcher.post(`${addressOf(b)}/move`, {
    under: (await named('C')).publicId,
    after: 'last',
  });
  expect(circle.status).toBe(422);
  expect(circle.text).toContain('A code cannot stand under itself');
  await undo();
  expect(await state()).toEqual(before);
});

test('codes are put in order one place at a time', async () => {
  for (const name of ['A', 'B', 'C']) await make(name);
  const order = async () => flatTree(codeTree(await live())).map(({ code }) => code.name);
  expect((await coded.researcher.get(`${at}?arrange=1`)).text).toContain('Move C up');
  await coded.researcher.post(`${addressOf(await named('C'))}/nudge`, { way: 'up' });
  expect(await order()).toEqual(['A', 'C', 'B']);
  await coded.researcher.post(`${addressOf(await named('A'))}/nudge`, { way: 'up' });
  expect(await order()).toEqual(['A', 'C', 'B']);
  await undo();
  expect(await order()).toEqual(['A', 'B', 'C']);
});

test('merging says beforehand what follows, joins what lies on the same words, and is undone exactly', async () => {
  const [cost, price] = [await make('Cost'), await make('Price')];
  await make('Fees', { under: cost.publicId });
  const [a, b] = coded.answers;
  await codeWords(coded, a!, cost, 'price');
  await codeWords(coded, a!, price, 'price');
  await codeWords(coded, b!, cost);
  const before = await state();
  const page = plain((await coded.researcher.get(`${addressOf(cost)}/merge?into=${price.publicId}`)).text);
  expect(page).toContain('2 passages of “Cost” come under “Price”.');
  expect(page).toContain('1 passage lies on the same words under both: it counts once from then on.');
  expect(page).toContain('1 code under it comes along.');
  const merged = await coded.researcher.post(`${addressOf(cost)}/merge`, { into: price.publicId });
  expect(merged.location).toBe(`${addressOf(price)}?done=merged`);
  expect(await coded.verbatim.store.codebook.standing(price.id)).toHaveLength(2);
  expect((await named('Fees')).parentId).toBe(price.id);
  expect((await coded.researcher.get(addressOf(cost))).location).toBe(addressOf(price));
  expect(plain((await coded.researcher.get(at)).text)).toContain('merged into “Price”');
  await undo();
  expect(await state()).toEqual(before);
});

test('a code is merged into one that stands under it without making a circle', async () => {
  const top = await make('Top');
  const mid = await make('Mid', { under: top.publicId });
  const low = await make('Low', { under: mid.publicId });
  await coded.researcher.post(`${addressOf(top)}/merge`, { into: low.publicId });
  expect([(await named('Mid')).parentId, (await named('Low')).parentId]).toEqual([null, mid.id]);
});

test('a rule that asks for a merged code finds whoever has what it became, through several merges', async () => {
  const [one, two, three] = [await make('One'), await make('Two'), await make('Three')];
  await coded.researcher.post(`${addressOf(one)}/merge`, { into: two.publicId });
  await coded.researcher.post(`${addressOf(two)}/merge`, { into: three.publicId });
  expect((await named('One')).mergedInto).toBe(three.id);
  const asked = await coded.verbatim.store.facts.codedSpans(coded.study.id, [one.publicId, 'two'], null);
  expect([...asked.keys()]).toEqual([one.publicId, 'two']);
  await undo();
  expect((await named('One')).mergedInto).toBe(two.id);
});

test('passages are split off to a new code by tick and by filter, and undo joins them again', async () => {
  const mixed = await make('Mixed');
  const [a, b, c, d] = coded.answers;
  const ids = [];
  for (const answer of [a!, b!, c!, d!]) ids.push(await codeWords(coded, answer, mixed));
  const before = await state();
  const found = await coded.researcher.get(`${addressOf(mixed)}/split?words=support`);
  expect(plain(found.text)).toContain('2 passages');
  const none = await coded.researcher.post(`${addressOf(mixed)}/split`, { name: 'Support' });
  expect(none.status).toBe(422);
  expect(none.text).toContain('Tick at least one passage');
  await coded.researcher.post(`${addressOf(mixed)}/split`, { name: 'Support', words: 'support', scope: 'all' });
  expect(await coded.verbatim.store.codebook.standing((await named('Support')).id)).toHaveLength(2);
  expect(await coded.verbatim.store.codebook.standing(mixed.id)).toHaveLength(2);
  await undo();
  expect(await state()).toEqual(before);
  await coded.researcher.post(`${addressOf(mixed)}/split`, { name: 'Price', passages: [ids[0]!, ids[1]!] });
  expect(await coded.verbatim.store.codebook.standing((await named('Price')).id)).toHaveLength(2);
});

test('recoding to another code joins what is there already, and can leave the passages where they are too', async () => {
  const [from, into] = [await make('From'), await make('Into')];
  const [a, b] = coded.answers;
  const one = await codeWords(coded, a!, from);
  const two = await codeWords(coded, b!, from);
  await codeWords(coded, b!, into);
  await coded.researcher.post(`${addressOf(from)}/recode`, { into: into.publicId, passages: [one, two], keep: '1' });
  const count = async (code: Code) => (await coded.verbatim.store.codebook.standing(code.id)).length;
  expect([await count(from), await count(into)]).toEqual([2, 2]);
  await coded.researcher.post(`${addressOf(from)}/recode`, { into: into.publicId, passages: [one, two] });
  expect([await count(from), await count(into)]).toEqual([0, 2]);
});

test('a code that is taken out keeps its passages out of every count, and brings them back', async () => {
  const top = await make('Top');
  const price = await make('Price', { under: top.publicId });
  await make('Fees', { under: price.publicId });
  await codeWords(coded, coded.answers[0]!, price);
  expect(plain((await coded.researcher.get(`${addressOf(price)}/retire`)).text)).toContain('1 passage keeps it unseen');
  await coded.researcher.post(`${addressOf(price)}/retire`);
  expect((await named('Fees')).parentId).toBe(top.id);
  const { store } = coded.verbatim;
  expect(await store.notes.codings(coded.study.id, { sourceIds: [coded.answers[0]!.publicId] })).toEqual([]);
  expect(plain((await coded.researcher.get(at)).text)).toContain('taken out, 1 passage kept');
  await coded.researcher.post(`${addressOf(price)}/back`);
  expect(await store.notes.codings(coded.study.id, { sourceIds: [coded.answers[0]!.publicId] })).toHaveLength(1);
  expect((await named('Price')).parentId).toBe(top.id);
});

test('what somebody else changed since is not taken back over their head', async () => {
  const price = await make('Price');
  await coded.researcher.post(`${addressOf(price)}/edit`, { name: 'Prices', definition: '' });
  await coded.verbatim.codebook.define(coded.study, price.publicId, { name: 'Cost', definition: 'theirs' }, null);
  const undone = await undo();
  expect(undone.location).toBe(`${at}?done=changed`);
  expect((await coded.researcher.get(undone.location)).text).toContain(
    'Somebody changed the same code or passage since',
  );
  expect((await named('Cost')).definition).toBe('theirs');
});

test('human values stand apart and are neither moved nor merged', async () => {
  await coded.researcher.post(`${at}/values/add`);
  const security = (await live()).find(({ humanValue }) => humanValue === 'security');
  expect((await coded.researcher.get(at)).text).toContain('Human values');
  const own = await make('Own');
  const merged = await coded.researcher.post(`${addressOf(security!)}/merge`, { into: own.publicId });
  expect(merged.status).toBe(409);
  expect(merged.text).toContain('one of the human values');
  expect(
    (await coded.researcher.post(`${addressOf(own)}/move`, { under: security!.publicId, after: 'last' })).status,
  ).toBe(409);
});

test('any row of changes leaves a tree without circles, and undoing them all leaves it as it was', async () => {
  const random = mulberry32(7);
  const pick = <Item>(list: readonly Item[]): Item => list[Math.floor(random() * list.length)]!;
  const { codebook, codeChanges, codings } = coded.verbatim;
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await make(`tree ${name}`);
  for (const answer of coded.answers) for (let n = 0; n < 2; n += 1) await codeWords(coded, answer, pick(await live()));
  const before = await state();
  // Somebody at the command line, whose journal is like any researcher's.
  const who = null;
  const since = (await coded.verbatim.store.codingJournal.list(coded.study.id, { limit: 1 }))[0]?.id ?? 0;
  for (let turn = 0; turn < 60; turn += 1) {
    const codes = await live();
    if (codes.length < 2) break;
    const [one, other] = [pick(codes), pick(codes)];
    const way = Math.floor(random() * 6);
    try {
      if (way === 0) await codebook.place(coded.study, one.publicId, { under: other.publicId, after: 'first' }, who);
      else if (way === 1) await codebook.nudge(coded.study, one.publicId, random() < 0.5 ? 'up' : 'down', who);
      else if (way === 2) await codeChanges.merge(coded.study, one.publicId, other.publicId, who);
      else if (way === 3)
        await codebook.add(coded.study, { name: `tree ${turn}`, definition: '', under: other.publicId }, who);
      else if (way === 4) await codebook.retire(coded.study, one.publicId, who);
      else {
        const own = await coded.verbatim.store.codebook.standing(one.id);
        await codeChanges.recode(
          coded.study,
          one.publicId,
          own.slice(0, 1).map(({ publicId }) => publicId),
          { name: `split ${turn}` },
          { keep: random() < 0.5 },
          who,
        );
      }
    } catch (error) {
      expect(String(error)).toMatch(/cannot|Choose what is to move/);
    }
    const now = await live();
    expect(flatTree(codeTree(now))).toHaveLength(now.length);
    for (const code of now) {
      expect(
        mayStandUnder(
          now.filter(({ id }) => id !== code.id),
          code.id,
          code.parentId,
        ),
      ).toBe(true);
      if (code.parentId !== null) expect(now.map(({ id }) => id)).toContain(code.parentId);
    }
  }
  const steps = (await coded.verbatim.store.codingJournal.list(coded.study.id, { limit: 500 })).filter(
    ({ id }) => id > since,
  ).length;
  expect(steps).toBeGreaterThan(30);
  for (let step = 0; step < steps; step += 1)
    expect((await codings.undo(coded.study, who)).outcome, `step ${step}`).toBe('done');
  expect(await state()).toEqual(before);
});

test.each(['__proto__', 'constructor', 'toString'])('an address that says “%s” was done says nothing', async (word) => {
  const code = await make(`Said ${word}`);
  for (const page of [at, addressOf(code)])
    expect((await coded.researcher.get(`${page}?done=${word}`)).status).toBe(200);
});
