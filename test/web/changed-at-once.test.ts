import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Visitor } from '../journeys/visitor.ts';
import { openPersonaHouse } from '../support/persona-house.ts';

let house: Awaited<ReturnType<typeof openPersonaHouse>>;
let colleague: Visitor;
const RENT = encodeURIComponent('answer:tenure=rent');

/** The mark that a form carries of what it showed. */
const seenIn = (html: string): string => /name="seen" value="([^"]+)"/.exec(html.replaceAll('&#x3D;', '='))?.[1] ?? '';
const persona = async (name: string) =>
  `${house.studio}/personas/${await house.add(name, house.full(), [house.segment.id], { lede: 'As it was' })}`;

beforeAll(async () => {
  house = await openPersonaHouse();
  colleague = await house.member('cleo', 'researcher');
});
afterAll(() => house[Symbol.asyncDispose]());

test('of two who govern a persona at once the later is shown what the earlier wrote, keeps what they typed, and can save it then', async () => {
  const address = `${await persona('Governed')}/governance`;
  const form = { ownerId: '', reviewOn: '', validFor: '', notValidFor: '', retireWhen: '' };
  const seen = seenIn((await house.researcher.get(address)).text);
  expect(seen).not.toBe('');
  const [first] = await house.verbatim.store.studies.coders(house.study);
  const owned = { ...form, ownerId: String(first!.id), validFor: 'Homes', seen };
  expect((await colleague.post(address, owned)).status).toBe(303);
  const late = await house.researcher.post(address, { ...form, retireWhen: 'Rents fall', seen });
  expect(late.status).toBe(409);
  expect(late.text).toContain('Theirs: “Homes”');
  expect(late.text).toContain(`Theirs: “${first!.name}”`);
  expect(late.text).toContain('Rents fall');
  const stood = await house.researcher.get(address);
  expect(stood.text).toContain('Homes');
  expect(stood.text).not.toContain('Rents fall');
  const again = { ...owned, retireWhen: 'Rents fall', seen: seenIn(late.text) };
  expect((await house.researcher.post(address, again)).status).toBe(303);
  expect((await house.researcher.get(address)).text).toMatch(/Homes[\s\S]*Rents fall/);
});

test('a form of governance that did not come whole, or names somebody unknown, is refused and changes nothing', async () => {
  const address = `${await persona('Kept')}/governance`;
  const form = { ownerId: '', reviewOn: '', validFor: 'Homes', notValidFor: '', retireWhen: '' };
  const seen = async () => seenIn((await house.researcher.get(address)).text);
  await house.researcher.post(address, { ...form, seen: await seen() });
  const empty = await house.researcher.post(address, {});
  expect([empty.status, empty.text.includes('href="#validFor"')]).toEqual([422, true]);
  for (const ownerId of ['999999', 'nobody', '0x1']) {
    const refused = await house.researcher.post(address, { ...form, ownerId, seen: await seen() });
    expect([refused.status, refused.text.includes('href="#ownerId"')]).toEqual([422, true]);
  }
  const twice = await house.researcher.post(address, { ...form, validFor: ['A', 'B'], seen: await seen() });
  expect([twice.status, twice.text.includes('href="#validFor"')]).toEqual([422, true]);
  expect((await house.researcher.get(address)).text).toContain('Homes');
});

test('a name and a sentence that somebody else changed meanwhile are not undone', async () => {
  const address = `${await persona('Named')}/edit`;
  const seen = seenIn((await house.researcher.get(address)).text);
  expect((await colleague.post(address, { name: 'Renter', lede: 'Theirs alone', seen })).status).toBe(303);
  const late = await house.researcher.post(address, { name: 'Mover', lede: 'As it was', seen });
  expect(late.status).toBe(409);
  for (const part of ['value="Mover"', 'Theirs: “Renter”', 'Theirs: “Theirs alone”']) expect(late.text).toContain(part);
  expect((await house.researcher.get(address)).text).toContain('value="Renter"');
  // What does not fit is told first, and does not make a stale form a new one.
  const blank = await house.researcher.post(address, { name: ' ', lede: '', seen });
  expect([blank.status, seenIn(blank.text)]).toEqual([422, seen]);
  expect((await house.researcher.post(address, { name: 'Mover', lede: '', seen: seenIn(late.text) })).status).toBe(303);
  expect((await house.researcher.post(address, { name: 'Mover', lede: '' })).status).toBe(422);
});

test('a claim that somebody else worded meanwhile is not undone, while words of another claim stand in nobody’s way', async () => {
  const at = await persona('Worded');
  const claim = `${at}/claims/${RENT}`;
  const seen = seenIn((await house.researcher.get(claim)).text);
  expect((await colleague.post(claim, { text: 'They rent by need', seen })).status).toBe(303);
  const late = await house.researcher.post(claim, { text: 'They rent by choice', seen });
  expect(late.status).toBe(409);
  expect(late.text).toContain('Theirs: “They rent by need”');
  expect(late.text).toContain('They rent by choice');
  expect((await house.researcher.get(claim)).text).toContain('They rent by need');
  const noText = await house.researcher.post(claim, { seen: seenIn(late.text) });
  expect([noText.status, noText.text.includes('href="#text"')]).toEqual([422, true]);
  expect((await house.researcher.get(claim)).text).toContain('They rent by need');
  const now = seenIn((await house.researcher.get(claim)).text);
  await colleague.post(`${at}/add-claim`, { text: 'They hurry', heading: '', part: '' });
  expect((await house.researcher.post(claim, { text: 'They rent by choice', seen: now })).status).toBe(303);
});

test('an assumption that somebody else said otherwise meanwhile is neither undone nor taken away', async () => {
  const at = await persona('Assumed');
  await colleague.post(`${at}/add-claim`, { text: 'They hurry', heading: '', part: '' });
  const own = /claims\/(own[^"/#]+)"/.exec((await house.researcher.get(at)).text.replaceAll('&#x3D;', '='))?.[1] ?? '';
  expect(own).not.toBe('');
  const claim = `${at}/claims/${own}`;
  const seen = seenIn((await house.researcher.get(claim)).text);
  expect((await colleague.post(claim, { text: 'They take their time', seen })).status).toBe(303);
  const late = await house.researcher.post(claim, { text: 'They rush', seen });
  expect([late.status, late.text.includes('Theirs: “They take their time”')]).toEqual([409, true]);
  const taken = await house.researcher.post(`${claim}/remove`, { seen });
  expect([taken.status, taken.text.includes('Theirs: “They take their time”')]).toEqual([409, true]);
  expect((await house.researcher.post(`${claim}/remove`, {})).status).toBe(422);
  expect((await house.researcher.get(at)).text).toContain('They take their time');
  expect((await house.researcher.post(`${claim}/remove`, { seen: seenIn(taken.text) })).status).toBe(303);
  expect((await house.researcher.get(at)).text).not.toContain('They take their time');
});

test('an insight that somebody else changed meanwhile is not undone, and an unknown owner is refused', async () => {
  const form = {
    statement: 'They rent by need',
    note: '',
    status: 'draft',
    confidence: '',
    decision: '',
    decidedOn: '',
    ticket: '',
    owner: '',
  };
  const insight = (await house.researcher.post(`${house.studio}/insights/new`, form)).location;
  const seen = seenIn((await house.researcher.get(`${insight}/edit`)).text);
  expect((await colleague.post(`${insight}/edit`, { ...form, note: 'Seen twice', seen })).status).toBe(303);
  const late = await house.researcher.post(`${insight}/edit`, { ...form, ticket: 'T-1', seen });
  expect([late.status, late.text.includes('Theirs: “Seen twice”')]).toEqual([409, true]);
  expect((await house.researcher.get(insight)).text).toContain('Seen twice');
  const owned = await house.researcher.post(`${insight}/edit`, { ...form, owner: '999999', seen: seenIn(late.text) });
  expect([owned.status, owned.text.includes('href="#owner"')]).toEqual([422, true]);
  const both = { ...form, note: 'Seen twice', ticket: 'T-1', seen: seenIn(late.text) };
  expect((await house.researcher.post(`${insight}/edit`, both)).status).toBe(303);
  expect((await house.researcher.post(`${insight}/edit`, { statement: 'Only this' })).status).toBe(422);
});
