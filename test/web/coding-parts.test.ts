import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Code } from '../../src/store/notes.ts';
import { type CodedHouse, codeWords, openCodedHouse } from '../support/coded-house.ts';

/* Passages over several turns, the keys of codes, and the ways from the codebook to memos and to what was done. */

const TURNS = ['P07: First words here.', 'P07: Middle words here.', 'P07: Last words here.'].join('\n');

let coded: CodedHouse;
let interview: string;
let code: Code;
const actor = { userId: 1 };

const sources = async () =>
  (await coded.verbatim.store.notes.sourcesOf(coded.study.id, interview.split('/').at(-1)!)).filter(
    ({ kind }) => kind === 'turn',
  );
const standing = async () =>
  (await coded.verbatim.store.codebook.standing(code.id)).map(({ publicId, spanStart, spanEnd }) => ({
    publicId,
    at: [spanStart, spanEnd],
  }));
const places = async () => (await standing()).map(({ at }) => at);
async function move(part: string, start: number, end: number): Promise<{ status: number; text: string }> {
  const sent = await coded.researcher.send(`${interview}/codings/${part}/move`, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ start: String(start), end: String(end), since: '0' }),
  });
  return { status: sent.status, text: await sent.text() };
}

beforeAll(async () => {
  coded = await openCodedHouse([{ why: 'because' }]);
  const logged = await coded.researcher.post(`${coded.at}/interviews/new`, {
    participant: 'P07',
    heldOn: '2026-03-02',
    mode: 'by phone',
    transcript: TURNS,
  });
  interview = logged.location;
  actor.userId = (await coded.verbatim.store.studies.coders(coded.study))[0]!.id;
  code = await coded.verbatim.codebook.add(coded.study, { name: 'Long', definition: '' }, null);
  const turns = await sources();
  await coded.verbatim.codings.codeParts(
    coded.study,
    turns.map(({ publicId, version, text }, n) => ({
      sourceId: publicId,
      version,
      start: n === 0 ? 6 : 0,
      end: n === 2 ? 4 : text.length,
      words: '',
    })),
    { publicId: code.publicId, name: '', definition: '' },
    actor,
  );
}, 60_000);
afterAll(() => coded.close());

test('a passage over several turns is taken away as a whole, wherever it is met, and comes back as a whole', async () => {
  const before = await standing();
  expect(before).toHaveLength(3);
  for (const [path, form] of [
    [`${interview}/codings/${before[1]!.publicId}/remove`, {}],
    [`${coded.at}/codebook/${code.publicId}/codings/${before[2]!.publicId}`, { do: 'remove' }],
  ] as const) {
    expect((await coded.researcher.post(path, form)).status).toBe(303);
    expect(await standing()).toEqual([]);
    await coded.researcher.post(`${interview}/code/undo`);
    expect(await standing()).toEqual(before);
  }
});

test('such a passage moves at its ends alone: where it begins in its first turn, where it ends in its last', async () => {
  const [first, middle, last] = (await standing()).map(({ publicId }) => publicId) as [string, string, string];
  const [one, two, three] = await places();
  expect((await move(first, 0, one![1]!)).status).toBe(200);
  expect((await move(last, 0, 10)).status).toBe(200);
  const moved = [[0, one![1]!], two, [three![0], 10]];
  expect(await places()).toEqual(moved);
  for (const [part, start, end] of [
    [middle, 2, two![1]!],
    [middle, 0, 4],
    [first, 0, 5],
    [last, 2, 10],
  ] as const) {
    const refused = await move(part, start, end);
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('moved at its ends');
  }
  expect(await places()).toEqual(moved);
});

test('a number key means the same code where interviews and where answers are coded, and use does not change it', async () => {
  const add = (name: string) => coded.verbatim.codebook.add(coded.study, { name, definition: '' }, null);
  const [, zebra] = [await add('Apple'), await add('Zebra'), await add('Category')];
  const inGrid = async () =>
    [
      ...(await coded.researcher.get(`${coded.at}/codebook/answers`)).text.matchAll(
        /data-code="([^"]+)" data-key="(\d)"/g,
      ),
    ]
      .toSorted((a, b) => Number(a[2]) - Number(b[2]))
      .map(([, id]) => id);
  const atDesk = async () => {
    const page = await coded.researcher.send(`${interview}/code.json`, { headers: { accept: 'application/json' } });
    return ((await page.json()) as { own: { pinned: (string | null)[] } }).own.pinned;
  };
  const keys = await atDesk();
  expect(keys).toHaveLength(4);
  expect(await inGrid()).toEqual(keys);
  await codeWords(coded, coded.answers[0]!, zebra);
  await codeWords(coded, (await sources())[0]!, zebra);
  expect(await atDesk()).toEqual(keys);
  expect(await inGrid()).toEqual(keys);
});

test('the codebook leads to memos and to the one list of what was done, and a code to a memo about it', async () => {
  const book = (await coded.researcher.get(`${coded.at}/codebook`)).text;
  expect(book).toContain(`href="${coded.at}/memos"`);
  expect(book).toContain(`href="${coded.at}/coding-log"`);
  expect((await coded.researcher.get(`${coded.at}/codebook/journal`)).status).toBe(404);
  const page = (await coded.researcher.get(`${coded.at}/codebook/${code.publicId}`)).text;
  const [, way = ''] = /href="([^"]+)"[^>]*>Write a memo</.exec(page) ?? [];
  const form = await coded.researcher.get(way.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
  expect(form.text).toContain(`value="${code.publicId}"`);
  await coded.researcher.post(`${coded.at}/memos/new`, { kind: 'code', subject: code.publicId, text: 'Too wide?' });
  expect((await coded.researcher.get(`${coded.at}/memos?kind=code`)).text).toContain('the code “Long”');
});
