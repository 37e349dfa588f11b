import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { type CodedHouse, openCodedHouse } from '../support/coded-house.ts';

/* A sample of answers, coded blind by two on a page of its own, and a round that is closed before both are done. */

let open: CodedHouse;
let ada: Visitor;
let bea: Visitor;
let at: string;
const codes: string[] = [];
const users: number[] = [];

const plain = (page: { text: string }) => page.text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const positions = (page: { text: string }) => [
  ...new Set([...page.text.matchAll(/name="said-(\d+)"/g)].map(([, of]) => Number(of))),
];
const begin = (more: Record<string, string | string[]> = {}) =>
  ada.post(`${at}/new`, {
    of: 'answers',
    question: `${open.survey.split('/').at(-1)} why`,
    codes,
    coders: users.map(String),
    minimum: '0,667',
    isBlind: '1',
    count: '12',
    seed: '7',
    ...more,
  });
const texts = async (round: string) => {
  const found = await open.verbatim.store.codingRounds.find(open.study.id, round.split('/').at(-1) ?? '');
  return { found: found!, texts: await open.verbatim.store.codingRounds.texts(found!.id) };
};
/** Codes all that is left of a round: the first code where the position is even, else none. */
async function code(who: Visitor, round: string, most = 99, isYes = (position: number) => position % 2 === 0) {
  for (let done = 0; done < most; ) {
    const page = await who.get(`${round}/code`);
    if (page.status === 303) return;
    const shown = positions(page);
    done += shown.length;
    const said = Object.fromEntries(shown.map((of) => [`said-${of}`, isYes(of) ? codes[0]! : 'none']));
    expect((await who.post(`${round}/code`, said)).status).toBe(303);
  }
}

beforeAll(async () => {
  open = await openCodedHouse(
    Array.from({ length: 40 }, (_, index) => ({ why: `Because of the garden, number ${index}, and the trees` })),
  );
  ada = open.researcher;
  at = `${open.at}/agreement`;
  for (const name of ['Garden', 'Trees']) {
    const code = await open.verbatim.codebook.add(open.study, { name, definition: '' }, null);
    codes.push(code.publicId);
  }
  const { accounts, store } = open.verbatim;
  await accounts.add(
    { email: 'bea@example.org', name: 'Bea', password: 'four other words together' },
    { isAdmin: false, role: 'researcher', studyId: open.study.id },
  );
  bea = visitor(open.house.url);
  await bea.post('/sign-in', { email: 'bea@example.org', password: 'four other words together' });
  users.push(...(await store.studies.coders(open.study)).map(({ id }) => id));
}, 60_000);
afterAll(() => open.close());

let round: string;

test('the same seed draws the same answers, and how they were drawn is kept', async () => {
  round = (await begin()).location;
  const first = await texts(round);
  expect(first.texts).toHaveLength(12);
  expect(first.found.drawn).toMatchObject({ seed: 7, of: 40 });
  expect(first.found.minimum).toBe(0.667);
  const refused = await begin();
  expect(refused.status).toBe(422);
  expect(plain(refused)).toContain('being coded in “Round 1” by the same people');
});

test('each codes on a page that shows nobody else’s codes; none of them is an answer too', async () => {
  await code(ada, round);
  const page = await bea.get(`${round}/code`);
  expect(positions(page)).toHaveLength(5);
  expect(page.text).not.toContain(' checked');
  expect(plain(page)).toContain('number');
  const both = await bea.post(`${round}/code`, { [`said-${positions(page)[0]}`]: [codes[0]!, 'none'] });
  expect(both.status).toBe(422);
  expect(both.text).toContain(`href="#said-${positions(page)[0]}"`);
  await code(bea, round, 99, (position) => position % 2 === 0 || position === 1);
  const again = await bea.get(`${round}/code?again=1`);
  expect(again.text.match(/ checked/g)).toHaveLength(12);
  const uses = (await open.verbatim.store.notes.codes(open.study.id)).map(({ uses: n }) => Number(n));
  expect(uses).toEqual([0, 0]);
  await ada.post(`${round}/done`);
  await bea.post(`${round}/done`);
});

test('one answer on which they differ, with the numbers of twelve', async () => {
  const page = await ada.get(round);
  expect(page.text.match(/<article/g)).toHaveLength(1);
  expect(plain(page)).toContain('Drawn at random out of 40 answers, seed 7');
  // Whole answers are coded: there are no boundaries to compare.
  expect(page.text).not.toContain('Where passages begin');
  const { found } = await texts(round);
  const measured = await open.verbatim.agreement.results(found);
  expect(Object.values(measured!.measured.codes[0]!.pairs[0]!.table).toSorted()).toEqual([0, 1, 5, 6]);
});

test('a round that is closed early compares what both have been through, and the rest counts as it was coded', async () => {
  const drawn = new Set((await texts(round)).texts.map(({ sourceId }) => sourceId));
  const early = (await begin({ name: 'Early', seed: '8' })).location;
  expect((await ada.post(`${early}/close`)).status).toBe(409);
  await code(ada, early, 10, () => true);
  await code(bea, early, 5, () => true);
  expect((await ada.post(`${early}/close`)).status).toBe(303);
  expect((await bea.get(`${early}/code`)).status).toBe(409);
  const { found, texts: own } = await texts(early);
  const { taken, measured } = (await open.verbatim.agreement.results(found))!;
  expect(taken.texts.map(({ readBy }) => readBy.length).toSorted()).toEqual([0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
  expect(measured.texts).toBe(5);
  // Used everywhere by both: nothing varies, which is no agreement that could be told.
  expect(measured.codes[0]!.alpha).toBeNull();
  expect(plain(await ada.get(early))).toContain('no variation: used everywhere');
  await ada.post(`${early}/take-over`);
  const counted = open.verbatim.connection
    .prepare('select source_id from codings where counts = 1 and removed_at is null')
    .pluck()
    .all() as string[];
  const here = new Set(own.map(({ sourceId }) => sourceId));
  expect(counted.filter((id) => here.has(id) && !drawn.has(id)).length).toBeGreaterThan(0);
  expect(new Set(counted.filter((id) => here.has(id))).size).toBe(counted.filter((id) => here.has(id)).length);
});

test('somebody who does not code a round cannot code it', async () => {
  await open.verbatim.accounts.add(
    { email: 'cem@example.org', name: 'Cem', password: 'five other words together' },
    { isAdmin: false, role: 'researcher', studyId: open.study.id },
  );
  const cem = visitor(open.house.url);
  await cem.post('/sign-in', { email: 'cem@example.org', password: 'five other words together' });
  const late = (await begin({ name: 'Late', seed: '9' })).location;
  expect((await cem.get(`${late}/code`)).status).toBe(403);
  expect((await cem.post(`${late}/done`)).status).toBe(403);
});
