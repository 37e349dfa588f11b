import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, type Visitor } from '../journeys/visitor.ts';

let house: OpenHouse;
let researcher: Visitor;
let study: string;
let priceCode: string;

const PRICE = [
  'the price is too high for what it does',
  'far too expensive, I cannot pay this price',
  'cheaper plans would help, the cost is steep',
  'paying so much every month is expensive',
];
const OTHER = [
  'the map is slow and crashes on my phone',
  'support never answers my mails',
  'I like the clear design of the pages',
  'search does not find what I look for',
];

beforeAll(async () => {
  house = await openHouse();
  ({ researcher, study } = await enterStudio(house));
  await plantAnswers();
  priceCode = (await researcher.post(`${study}/codebook/new`, { name: 'Price', definition: 'What it costs' })).location;
});
afterAll(() => house.close());

/** A hundred and sixty answers to an open question, each of somebody else, two of five about the price. */
async function plantAnswers(): Promise<void> {
  const definition = {
    format: 1,
    code: 'why',
    title: { en: 'Why' },
    languages: ['en'],
    consent: { version: '1', text: { en: 'Yours to decide.' }, purposes: [{ code: 'analysis', text: { en: 'Yes' } }] },
    pages: [{ code: 'p', questions: [{ kind: 'text', code: 'why', text: { en: 'Why?' } }] }],
  };
  const made = await researcher.upload(`${study}/surveys/new`, 'file', {
    name: 's.json',
    bytes: Buffer.from(JSON.stringify(definition)),
  });
  await researcher.post(`${made.location}/publish`, { revision: '1' });
  const rows = Array.from(
    { length: 160 },
    (_, n) => `${(n % 5 < 2 ? PRICE : OTHER)[n % 4]} number ${n}, write to p${n}@example.org\tp${n}`,
  );
  const staged = await researcher.upload(
    `${made.location}/import`,
    'file',
    { name: 'rows.tsv', bytes: Buffer.from(['why\tperson', ...rows].join('\n')) },
    { header: '1' },
  );
  await researcher.post(`${staged.location}/commit`);
}

const isPrice = (words: string) => /price|expensive|cost/.test(words);

/** The texts of a page to decide on, with the names of their fields. */
function proposalsOf(page: string): { name: string; words: string }[] {
  return [...page.matchAll(/<p class="voice">([^<]*)<\/p>[\s\S]*?name="(verdict-[^"]+)"/g)].map(([, words, name]) => ({
    words: words ?? '',
    name: name ?? '',
  }));
}

/** Reads so many pages of ten texts for the code, right each time. */
async function readPages(pages: number): Promise<void> {
  for (let turn = 0; turn < pages; turn += 1) {
    const found = proposalsOf((await researcher.get(`${priceCode}/read`)).text);
    await researcher.post(
      `${priceCode}/read`,
      Object.fromEntries(found.map(({ name, words }) => [name, isPrice(words) ? 'accepted' : 'rejected'])),
    );
  }
}

async function propose(code = priceCode): Promise<string> {
  const { location } = await researcher.post(`${study}/codebook/coder`, {
    codes: code.split('/').at(-1) ?? '',
    seed: '3',
  });
  await house.verbatim.coder.idle();
  return location;
}
const queueOf = (run: string) => `${run}/${priceCode.split('/').at(-1)}`;

test('a code with too few examples is refused, and the page says how many are needed', async () => {
  await readPages(1);
  const read = await house.verbatim.store.coder.codings(1);
  expect(read.length).toBeGreaterThan(0);
  const page = await researcher.get(`${study}/codebook/coder`);
  expect(page.status).toBe(200);
  expect(page.text).toContain(`${read.length} texts bear it; 20 are needed: code ${20 - read.length} more`);
  expect(page.text).not.toContain('name="codes"');
  // Chosen all the same, as a program might: the run says what is missing and proposes nothing.
  const run = await researcher.get(await propose());
  expect(run.text).toContain('No code could be learned');
  expect(run.text).toContain(`20 are needed: code ${20 - read.length} more`);
});

test('what was read is not shown again for reading, and nothing is decided by an empty page', async () => {
  const before = proposalsOf((await researcher.get(`${priceCode}/read`)).text);
  expect(before).toHaveLength(10);
  for (const { words } of before) expect(words).toContain('write to [e-mail]');
  const empty = await researcher.post(`${priceCode}/read`, {});
  expect(empty.status).toBe(422);
  expect(empty.text).toContain('Choose an answer for at least one of these');
  const [first] = before;
  await researcher.post(`${priceCode}/read`, {
    [first?.name ?? '']: isPrice(first?.words ?? '') ? 'accepted' : 'rejected',
  });
  const after = proposalsOf((await researcher.get(`${priceCode}/read`)).text);
  expect(after.map(({ name }) => name)).not.toContain(first?.name);
  expect(after.slice(0, 9).map(({ name }) => name)).toEqual(before.slice(1).map(({ name }) => name));
});

test('a run shows figures with n and intervals, proposes only what nobody read, and codes nothing by itself', async () => {
  await readPages(8);
  const run = await propose();
  const page = await researcher.get(run);
  expect(page.status).toBe(200);
  for (const heading of ['Precision', 'Recall', 'F1', 'Kappa', 'Threshold'])
    expect(page.text).toContain(`data-label="${heading}`);
  expect(page.text).toMatch(/data-label="Coded"[^>]*>\d+ of \d+/);
  expect(page.text).toMatch(/data-label="Precision"[^>]*>\d\.\d\d \(\d\.\d\d to \d\.\d\d\)/);
  const uses = await house.verbatim.store.coder.codings(1);
  const queue = proposalsOf((await researcher.get(queueOf(run))).text);
  expect(queue.length).toBeGreaterThan(0);
  const unread = new Set(uses.map(({ sourceId }) => sourceId));
  const proposals = await house.verbatim.store.coder.findProposals(
    1,
    queue.map(({ name }) => name.replace('verdict-', '')),
    null,
  );
  expect(proposals.every(({ sourceId }) => !unread.has(sourceId))).toBe(true);
  expect(await house.verbatim.store.coder.codings(1)).toEqual(uses);
});

test('accepted proposals become codings with provenance; rejected ones are taught as a no in the next run', async () => {
  const first = await propose();
  const queue = proposalsOf((await researcher.get(queueOf(first))).text);
  // A person may say no to what the words seem to say.
  const [no, yes] = [queue.slice(0, 3), queue.slice(3)];
  expect(yes.length).toBeGreaterThan(3);
  const [keptForLater] = yes.slice(-1);
  const decided = await researcher.post(queueOf(first), {
    ...Object.fromEntries(yes.map(({ name }) => [name, 'accepted'])),
    ...Object.fromEntries(no.map(({ name }) => [name, 'rejected'])),
    [keptForLater?.name ?? '']: 'skipped',
  });
  expect(decided.status).toBe(303);
  expect((await researcher.get(decided.location)).text).toContain(`${queue.length} are decided`);

  const code = await researcher.get(priceCode);
  expect(code.text).toMatch(/Proposed by the coder on [^,]+, confirmed by Ada on/);

  const rejected = await house.verbatim.store.coder.refused(1);
  const proposals = await house.verbatim.store.coder.findProposals(
    1,
    no.map(({ name }) => name.replace('verdict-', '')),
    null,
  );
  expect(proposals.every((one) => rejected.some(({ sourceId }) => sourceId === one.sourceId))).toBe(true);

  // Sent twice, it is decided once.
  const codings = await house.verbatim.store.coder.codings(1);
  await researcher.post(queueOf(first), Object.fromEntries(yes.map(({ name }) => [name, 'accepted'])));
  const again = await house.verbatim.store.coder.codings(1);
  expect(again.length - codings.length).toBe(1);

  const before = house.verbatim.coder.resultOf(await runNamed(first));
  const second = await propose();
  const after = house.verbatim.coder.resultOf(await runNamed(second));
  expect(after.codes[0]?.examples.negatives).toBe((before.codes[0]?.examples.negatives ?? 0) + no.length);
  expect(after.codes[0]?.examples.positives).toBe((before.codes[0]?.examples.positives ?? 0) + yes.length);
  expect(after.codes[0]?.fromProposals).toBe(yes.length);
  const offered = proposalsOf((await researcher.get(queueOf(second))).text).map(({ words }) => words);
  expect(offered.length).toBeGreaterThan(0);
  expect(no.some(({ words }) => offered.includes(words))).toBe(false);
  expect((await researcher.get(second)).text).toContain('by proposal');
});

test('the same seed and codings give the same figures', async () => {
  const figures = async () => house.verbatim.coder.resultOf(await runNamed(await propose())).codes;
  const [one, two] = [await figures(), await figures()];
  expect(two).toEqual(one);
});

test('a coding is taken away on the page of its code', async () => {
  const page = await researcher.get(priceCode);
  const [, action] = /action="([^"]+\/codings\/[^"]+)"/.exec(page.text) ?? [];
  const count = (text: string) => Number(/(\d+) passages?/.exec(text)?.[1]);
  const after = await researcher.post(action ?? '', { do: 'remove' });
  expect(after.status).toBe(303);
  expect(count((await researcher.get(priceCode)).text)).toBe(count(page.text) - 1);
});

test('a run is not found in another study, nor by a wrong id', async () => {
  expect((await researcher.get(`${study}/codebook/coder/AAAAAAAAAAAAAAAAAAAAAA`)).status).toBe(404);
  const run = await propose();
  const { location: other } = await researcher.post('/studio/new-study', { name: 'Another study' });
  expect((await researcher.get(`${other}/codebook/coder/${run.split('/').at(-1)}`)).status).toBe(404);
});

test('what does not fit a run is said beside the form', async () => {
  const nothing = await researcher.post(`${study}/codebook/coder`, { seed: '1' });
  expect(nothing.status).toBe(422);
  expect(nothing.text).toContain('Choose at least one code');
  const seed = await researcher.post(`${study}/codebook/coder`, {
    codes: priceCode.split('/').at(-1) ?? '',
    seed: 'many',
  });
  expect(seed.status).toBe(422);
  expect(seed.text).toContain('Enter a whole number, such as 1');
  expect((await researcher.get(`${study}/codebook/AAAAAAAAAAAAAAAAAAAAAA/read`)).status).toBe(404);
});

test('of an interview the person’s own turns are read, and a passage says which way it speaks', async () => {
  const waiting = async () =>
    Number(/(\d+) texts? (?:was|were) never read/.exec((await researcher.get(`${priceCode}/read`)).text)?.[1]);
  const before = await waiting();
  const { location } = await researcher.post(`${study}/interviews/new`, {
    participant: 'P07',
    heldOn: '2026-03-09',
    mode: 'by phone',
    transcript:
      'Ms A: What did you think of the price?\nP07: It was far too high for us.\nMs A: And then?\nP07: We left.',
  });
  expect(await waiting()).toBe(before + 2);
  await researcher.post(`${location}/codings`, {
    source: '2',
    code: priceCode.split('/').at(-1) ?? '',
    direction: 'against',
  });
  expect((await researcher.get(`${location}/code`)).text).toContain('Price, against it');
  // The interview is coded, so its other turn was read as well.
  expect(await waiting()).toBe(before);
});

async function runNamed(address: string) {
  const run = await house.verbatim.store.coder.findRun(1, address.split('/').at(-1) ?? '');
  if (!run) throw new Error('The run is gone');
  return run;
}
