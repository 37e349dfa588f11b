import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RoundAgreement } from '../../src/coding/round-agreement.ts';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, type Visitor, visitor } from '../journeys/visitor.ts';

/* Two researchers code the same interviews without seeing each other's codes, and agree on what stands. */

const TRANSCRIPT = [
  'Interviewer: What happened on the day?',
  'P07: I was stuck in the lift again.',
  'P07: The neighbours were loud all night.',
  'P07: So I looked for another flat.',
  'P07: My brother 😀 helped me with the boxes.',
  'P07: And the new lift works.',
].join('\n');

let house: OpenHouse;
let ada: Visitor;
let bea: Visitor;
let study: string;
let at: string;
let interview: string;
let round: string;
const users: Record<'ada' | 'bea', number> = { ada: 0, bea: 0 };

const plain = (page: { text: string }) => page.text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const codeIds = async (): Promise<Record<string, string>> =>
  Object.fromEntries((await house.verbatim.store.notes.codes(1)).map(({ name, publicId }) => [name, publicId]));
const put = async (who: Visitor, turn: string, words: string, code: string) => {
  const known = (await codeIds())[code];
  const sent = await who.post(`${interview}/codings`, {
    source: turn,
    words,
    ...(known ? { code: known } : { name: code }),
  });
  expect(sent.status).toBe(303);
};
/** All codings, as somebody who reads the database sees them. */
const rows = () => {
  const all = house.verbatim.connection
    .prepare(
      `select codes.name as code, codings.coder_id as coder, layer, counts, span_start as start, span_end as end, source_texts.position as turn
       from codings join codes on codes.id = codings.code_id join source_texts on source_texts.public_id = codings.source_id
       where codings.removed_at is null order by codings.id`,
    )
    .all() as {
    code: string;
    coder: number;
    layer: string;
    counts: number;
    start: number;
    end: number;
    turn: number;
  }[];
  return all;
};
const said = (where: (row: ReturnType<typeof rows>[number]) => boolean = () => true) =>
  rows()
    .filter(where)
    .map(
      ({ code, layer, counts, turn, coder }) =>
        `${turn} ${code} ${layer} ${coder === users.ada ? 'ada' : 'bea'} ${counts}`,
    );
const sourceOf = async (turn: number): Promise<string> =>
  (await house.verbatim.store.notes.sourcesOf(1, interview.split('/').at(-1) ?? '')).find(
    ({ position }) => position === turn,
  )!.publicId;
const decide = async (who: Visitor, turn: number, code: string, fields: Record<string, string>) =>
  who.post(round, { source: await sourceOf(turn), code: (await codeIds())[code]!, ...fields });
const measured = async () => {
  const found = (await house.verbatim.store.codingRounds.find(1, round.split('/').at(-1) ?? ''))!;
  return JSON.parse(found.measured ?? 'null') as RoundAgreement | null;
};

beforeAll(async () => {
  house = await openHouse();
  ({ researcher: ada, study } = await enterStudio(house));
  const { accounts, store } = house.verbatim;
  await accounts.add(
    { email: 'bea@example.org', name: 'Bea', password: 'four other words together' },
    { isAdmin: false, role: 'researcher', studyId: 1 },
  );
  bea = visitor(house.url);
  await bea.post('/sign-in', { email: 'bea@example.org', password: 'four other words together' });
  users.bea = Number((await store.accounts.findByEmail('bea@example.org'))!.id);
  users.ada = (await store.studies.coders((await store.studies.find(1))!)).find(({ id }) => id !== users.bea)!.id;
  at = `${study}/agreement`;
  const logged = await ada.post(`${study}/interviews/new`, {
    participant: 'P07',
    heldOn: '2026-03-02',
    mode: 'by phone',
    transcript: TRANSCRIPT,
  });
  expect(logged.status).toBe(303);
  interview = logged.location;
  await put(ada, '2', 'stuck in the lift', 'Lift');
  await put(ada, '3', 'loud all night', 'Noise');
  await put(ada, '4', '', 'Search');
}, 60_000);
afterAll(() => house.close());

test('a page without rounds says how to begin, and what is missing is said at the fields', async () => {
  const page = await ada.get(at);
  expect(page.status).toBe(200);
  expect(plain(page)).toContain('Nothing was coded twice yet');
  const refused = await ada.post(`${at}/new`, { of: 'interviews', minimum: '7', coders: String(users.ada) });
  expect(refused.status).toBe(422);
  for (const name of ['interviews', 'codes', 'coders', 'minimum']) expect(refused.text).toContain(`href="#${name}"`);
  expect(await house.verbatim.store.codingRounds.list(1)).toEqual([]);
});

test('a round names what is coded, by whom and with which codes', async () => {
  const form = await ada.get(`${at}/new?of=interviews`);
  expect(plain(form)).toContain('5 turns of theirs');
  const begun = await ada.post(`${at}/new`, {
    of: 'interviews',
    name: 'First look',
    interviews: interview.split('/').at(-1) ?? '',
    unit: 'turn',
    codes: Object.values(await codeIds()),
    coders: [String(users.ada), String(users.bea)],
    minimum: '0.8',
    isBlind: '1',
    seed: '1',
  });
  expect(begun.status).toBe(303);
  round = begun.location;
  expect(plain(await bea.get(at))).toContain('Waiting for you to code First look');
  expect(plain(await bea.get(round))).toContain('5 turns of 1 interview, 3 codes, minimum alpha 0.8');
});

test('a round that waits for somebody is said wherever they are, and to nobody else', async () => {
  for (const path of [study, `${study}/codebook`, `${study}/interviews`]) {
    const page = await bea.get(path);
    expect(plain(page), path).toContain('Waiting for you to code: “First look”');
    expect(page.text, path).toContain(`href="${round}"`);
  }
  for (const path of [interview, `${interview}/code`]) {
    const text = plain(await bea.get(path));
    expect(text, path).toContain('You are asked to code this in the round “First look”');
    expect(text, path).toContain('You see only your own codes');
  }
});

test('whoever codes blind sees no coding of another, neither on the page nor in what it asks for', async () => {
  const others = rows().length;
  expect(others).toBe(3);
  const ids = house.verbatim.connection.prepare('select public_id from codings').pluck().all() as string[];
  for (const path of [`${interview}/code`, `${interview}/code?format=json`, round, interview]) {
    const page = await bea.get(path);
    for (const id of ids) expect(page.text, path).not.toContain(id);
  }
  const sealed = [`${study}/quotes`, `${study}/coding-log`, `${study}/coding-log.csv`];
  for (const code of Object.values(await codeIds())) sealed.push(`${study}/codebook/${code}`);
  for (const path of sealed) {
    const page = plain(await bea.get(path));
    for (const words of ['stuck in the lift', 'loud all night']) expect(page, path).not.toContain(words);
    expect(plain(await ada.get(path)).length, path).toBeGreaterThan(page.length);
  }
  const desk = await house.verbatim.codingDesk.whole(
    { id: 1, publicId: study.split('/').at(-1) ?? '' },
    { publicId: interview.split('/').at(-1) ?? '' },
    users.bea,
  );
  expect(desk.codings).toEqual([]);
  // And the other way round.
  await put(bea, '2', 'I was stuck in the lift again.', 'Lift');
  await put(bea, '4', 'looked for another flat', 'Noise');
  await put(bea, '5', 'brother 😀 helped', 'Family');
  expect(said((row) => row.coder === users.bea)).toEqual([
    '2 Lift human bea 0',
    '4 Noise human bea 0',
    '5 Family human bea 0',
  ]);
  const own = house.verbatim.connection
    .prepare('select public_id from codings where coder_id = ?')
    .pluck()
    .all(users.bea) as string[];
  const adas = await ada.get(`${interview}/code`);
  for (const id of own) expect(adas.text).not.toContain(id);
  expect((await house.verbatim.store.notes.codes(1)).find(({ name }) => name === 'Noise')?.uses).toBe(1);
});

test('nothing is shown or decided before all are done', async () => {
  expect((await bea.post(`${round}/done`, {})).status).toBe(303);
  for (const path of [study, interview]) {
    expect(plain(await bea.get(path))).not.toContain('First look');
    expect(plain(await ada.get(path))).toContain('First look');
  }
  const page = plain(await ada.get(round));
  expect(page).not.toContain('Where they differ Every');
  expect(page).toContain('Who codes');
  expect((await decide(ada, 3, 'Noise', { choice: 'none' })).status).toBe(409);
  expect((await bea.post(`${round}/not-done`, {})).status).toBe(303);
  expect((await bea.post(`${round}/done`, {})).status).toBe(303);
  expect((await ada.post(`${round}/done`, {})).status).toBe(303);
  expect((await bea.post(`${round}/not-done`, {})).status).toBe(409);
});

test('disagreements stand side by side before any number', async () => {
  const page = await ada.get(round);
  const text = plain(page);
  // Turn 3 Noise, turn 4 Noise and Search: one has it and the other has not.
  expect(text).toContain('Disagreements 3');
  expect(page.text.match(/<article/g)).toHaveLength(3);
  expect(text).toContain('“loud all night”');
  expect(text).toContain('not coded');
  expect(page.text.indexOf('id="disagreements"')).toBeLessThan(page.text.indexOf('id="numbers"'));
  expect(page.text).toContain(`${interview}/code#turn-3`);
  const only = await ada.get(`${round}?code=${(await codeIds())['Search']}`);
  expect(only.text.match(/<article/g)).toHaveLength(1);
});

test('the numbers are those of the codings: alpha by turn, none where nothing varies', async () => {
  const found = (await measured())!;
  expect(found.texts).toBe(5);
  const byName = Object.fromEntries(
    (
      JSON.parse((await house.verbatim.store.codingRounds.find(1, round.split('/').at(-1) ?? ''))!.taken!) as {
        codes: { name: string }[];
      }
    ).codes.map(({ name }, place) => [name, found.codes[place]!]),
  );
  // Both on turn 2 and nowhere else.
  expect(byName['Lift']!.alpha?.alpha).toBe(1);
  expect(byName['Lift']!.pairs[0]!.table).toEqual({ both: 1, firstOnly: 0, secondOnly: 0, neither: 4 });
  // One each on turns of their own: 1 − 9 · 4 / (2 · 8 · 2).
  expect(byName['Noise']!.alpha?.alpha).toBeCloseTo(-0.125, 9);
  expect(byName['Noise']!.pairs[0]!.table).toEqual({ both: 0, firstOnly: 1, secondOnly: 1, neither: 3 });
  expect(byName['Search']!.alpha?.alpha).toBeCloseTo(0, 9);
  const text = plain(await bea.get(round));
  expect(text).toContain('too few for narrow intervals');
  expect(text).toContain('Krippendorff’s alpha');
  expect(text).not.toMatch(/substantial|almost perfect|moderate/);
});

test('a decision makes a coding that counts, keeps the coders’ own, and is taken back exactly', async () => {
  const before = rows();
  expect((await decide(ada, 3, 'Noise', { choice: 'coder-0' })).status).toBe(303);
  expect(said((row) => row.turn === 3)).toEqual(['3 Noise human ada 0', '3 Noise consensus ada 1']);
  // Where one codes it stays: it is out of sight there.
  const decided = rows();
  await ada.post(`${interview}/code/undo`, {});
  expect(rows()).toEqual(decided);
  const text = plain(await ada.get(`${round}?show=all`));
  expect(text).toContain('Decided 1');
  expect(text).toMatch(/Decided: as \S+( \S+)?, by/);
  expect((await ada.post(`${round}/undo`, {})).status).toBe(303);
  expect(rows()).toEqual(before);
  expect(plain(await ada.get(round))).toContain('Decided 0');
  expect((await house.verbatim.codings.redo({ id: 1 }, { userId: users.ada })).outcome).toBe('done');
  expect(plain(await ada.get(round))).toContain('Decided 1');
});

test('neither, and something else: other words and another code', async () => {
  expect((await decide(bea, 4, 'Noise', { choice: 'none' })).status).toBe(303);
  expect(said((row) => row.turn === 4 && row.code === 'Noise')).toEqual(['4 Noise human bea 0']);
  const wrong = await decide(ada, 4, 'Search', { choice: 'other', words: 'words that nobody said' });
  expect(wrong.status).toBe(422);
  expect(plain(wrong)).toContain('exactly as they stand there');
  const nothing = await decide(ada, 4, 'Search', {});
  expect(nothing.status).toBe(422);
  const family = (await codeIds())['Family'] ?? '';
  expect((await decide(ada, 4, 'Search', { choice: 'other', words: 'another flat', otherCode: family })).status).toBe(
    303,
  );
  expect(said((row) => row.turn === 4 && row.layer === 'consensus')).toEqual(['4 Family consensus ada 1']);
  // Decided anew: what was made before goes, and comes back when that is taken back.
  expect((await decide(ada, 4, 'Search', { choice: 'none' })).status).toBe(303);
  expect(said((row) => row.turn === 4 && row.layer === 'consensus')).toEqual([]);
  await ada.post(`${round}/undo`, {});
  expect(said((row) => row.turn === 4 && row.layer === 'consensus')).toEqual(['4 Family consensus ada 1']);
});

test('what all agree on is taken over in one step, and the round is settled; what was measured stays', async () => {
  const numbers = await measured();
  expect((await ada.post(`${round}/take-over`, {})).status).toBe(303);
  const text = plain(await ada.get(round));
  expect(text).toContain('Settled');
  // All that either marked of turn 2; and what the round did not compare counts as it was coded.
  const lift = rows().find(({ code, layer }) => code === 'Lift' && layer === 'consensus')!;
  expect([lift.start, lift.end, lift.counts]).toEqual([0, 'I was stuck in the lift again.'.length, 1]);
  expect(said((row) => row.turn === 5)).toEqual(['5 Family human bea 1']);
  expect(said((row) => row.counts === 1 && row.layer === 'human')).toEqual(['5 Family human bea 1']);
  expect(await measured()).toEqual(numbers);
  await ada.post(`${round}/undo`, {});
  expect(plain(await ada.get(round))).not.toContain('Settled');
  expect(said((row) => row.turn === 2)).toEqual(['2 Lift human ada 1', '2 Lift human bea 0']);
  await ada.post(`${round}/take-over`, {});
});

test('everybody sees the consensus where the interview is coded', async () => {
  const ids = house.verbatim.connection
    .prepare("select public_id from codings where layer = 'consensus' and removed_at is null")
    .pluck()
    .all() as string[];
  expect(ids.length).toBe(3);
  const page = await bea.get(`${interview}/code`);
  for (const id of ids) expect(page.text).toContain(id);
});

test('a reflexive study shows no coefficients, and says why; nothing is lost by it', async () => {
  const form = await ada.get(`${at}/method`);
  expect(plain(form)).toContain('Coding reliability');
  expect((await ada.post(`${at}/method`, { method: 'sideways' })).status).toBe(422);
  expect((await ada.post(`${at}/method`, { method: 'reflexive', reason: 'One reader' })).status).toBe(303);
  const page = await ada.get(round);
  expect(page.text).not.toContain('id="numbers"');
  expect(plain(page)).toContain('coded reflexively');
  expect(plain(page)).not.toMatch(/Krippendorff|Kappa/);
  const list = plain(await ada.get(at));
  expect(list).toContain('Reflexive');
  expect(list).toContain('Memos');
  expect(list).toContain('What was done');
  expect(plain(await ada.get(`${at}/method`))).toContain('“One reader”');
  await ada.post(`${at}/method`, { method: 'codebook', reason: '' });
  expect((await ada.get(round)).text).toContain('id="numbers"');
});
