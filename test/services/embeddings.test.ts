import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddingsNote } from '../../src/workers/tasks/themes.ts';
import { DIMENSIONS, startEmbeddings, vectorOf } from '../support/embeddings-stub.ts';
import { type House, openHouse, plantStudy } from '../support/house.ts';
import { plantResponses, recordsOf, said } from '../support/plant-responses.ts';
import { type StubAnswer, startStub } from '../support/stub-server.ts';

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
const HOURS = ['early', 'late', 'noon', 'evening', 'night', 'morning', 'afternoon'];
/** No two alike, about gardens and about trains. */
const wordsOf = (n: number): string =>
  n % 2 === 0
    ? `The garden has trees and flowers on ${DAYS[n % 5]} ${HOURS[n % 7]} row ${n}`
    : `A crowded train at the station on ${DAYS[n % 5]} ${HOURS[n % 7]} platform ${n}`;

type Options = Parameters<typeof openHouse>[0];
async function open(
  stub: { url: string },
  { count = 150, more = {} }: { count?: number; more?: Partial<NonNullable<NonNullable<Options>['embeddings']>> } = {},
) {
  const house = await openHouse({ embeddings: { url: stub.url, model: 'letters-64', key: null, ...more } });
  const { study, survey } = await plantStudy(house.verbatim);
  const plant = (texts: readonly string[], purposes: ('analysis' | 'quotes')[] = ['analysis', 'quotes'], from = 0) =>
    plantResponses(
      house.verbatim,
      { study, survey },
      texts.map((text, index) => ({
        id: `r${String(from + index).padStart(21, '0')}`,
        answers: { story: said(text) },
        about: { consent: { textVersion: 'v1', language: 'en', purposes, givenAt: '2026-03-02T08:00:00.000Z' } },
      })),
    );
  await plant(Array.from({ length: count }, (_, n) => wordsOf(n)));
  const { analysis, store } = house.verbatim;
  const start = () => analysis.findThemes(study, survey, { item: 'story', themes: 2, seed: 3 }, null);
  const find = async () => {
    const { publicId } = await start();
    await analysis.idle();
    const run = await store.analyses.findRun(study.id, publicId);
    if (run?.state !== 'done') throw new Error(`The run is ${run?.state}: ${run?.error}`);
    const { embeddings } = JSON.parse(run.result ?? '{}') as { embeddings?: EmbeddingsNote };
    const documents = (await store.analyses.documentsOf(run.id)).map(({ sourceId, confidence }) => [
      sourceId,
      confidence,
    ]);
    const sizes = (await store.analyses.themesOf(run.id)).map(({ label, size, repeatability }) => [
      label,
      size,
      repeatability,
    ]);
    return { note: embeddings, found: { documents: documents.sort(), sizes } };
  };
  return {
    house,
    study,
    survey,
    plant,
    start,
    find,
    turn: (isOn: boolean) => house.verbatim.embeddings.turn(study, isOn, null),
    [Symbol.asyncDispose]: async () => {
      await house[Symbol.asyncDispose]();
      expect(house.reported).toEqual([]);
    },
  };
}
const keptRows = ({ verbatim }: House) =>
  verbatim.connection.prepare('select maker, text_hash, vector from text_vectors').all() as { vector: Buffer }[];

test('nothing is sent where no owner switched it on', async () => {
  await using stub = await startEmbeddings();
  await using here = await open(stub);
  const { note } = await here.find();
  expect(note).toBeUndefined();
  expect(stub.taken).toEqual([]);
});

test('batches of at most 64 in one order; a second run sends nothing and finds the same', async () => {
  await using stub = await startEmbeddings();
  await using here = await open(stub, { more: { key: 'k-1' } });
  await here.turn(true);
  const first = await here.find();
  expect(first.note).toEqual({
    host: new URL(stub.url).host,
    model: 'letters-64',
    mayLeave: 150,
    sent: 150,
    kept: 0,
    fault: null,
  });
  expect(stub.batches.map((batch) => batch.length)).toEqual([64, 64, 22]);
  const sent = stub.batches.flat();
  expect(sent).toEqual([...sent].sort());
  expect(stub.taken[0]).toMatchObject({ method: 'POST', path: '/v1/embeddings' });
  expect(stub.taken[0]?.headers['authorization']).toBe('Bearer k-1');
  expect(JSON.parse(stub.taken[0]?.body ?? '{}')).toMatchObject({ model: 'letters-64', encoding_format: 'float' });
  const kept = keptRows(here.house);
  expect(kept).toHaveLength(150);
  const vector = Buffer.from(Float32Array.from(vectorOf(sent[0] ?? '')).buffer).toString('hex');
  expect(kept.map((row) => row.vector.toString('hex'))).toContain(vector);

  const again = await here.find();
  expect(again.note).toMatchObject({ sent: 0, kept: 150, fault: null });
  expect(stub.taken).toHaveLength(3);
  expect(again.found).toEqual(first.found);

  await here.plant(['The garden gate was painted'], ['analysis', 'quotes'], 900);
  expect((await here.find()).note).toMatchObject({ sent: 1, kept: 150 });
  expect(stub.batches.at(-1)).toEqual(['The garden gate was painted']);
});

test('vectors have a say in what is found', async () => {
  await using stub = await startEmbeddings();
  await using here = await open(stub);
  const without = await here.find();
  await here.turn(true);
  const within = await here.find();
  expect(within.found.documents).not.toEqual(without.found.documents);
});

test('only words of people who agreed to be quoted leave, once each and masked', async () => {
  await using stub = await startEmbeddings();
  await using here = await open(stub, { count: 40 });
  await here.plant(['My secret garden story'], ['analysis'], 500);
  await here.plant(Array(3).fill('Write to anna.meier@example.org about the garden'), ['analysis', 'quotes'], 600);
  const { notes } = here.house.verbatim.store;
  const [source] = await notes.sourcesOf(here.study.id, `r${String(0).padStart(21, '0')}`);
  if (!source) throw new Error('The first answer is not there');
  await here.house.verbatim.masking.decide(source, { words: 'flowers' }, 'masked', null);
  await here.turn(true);
  expect((await here.find()).note).toMatchObject({ mayLeave: 43, sent: 43, fault: null });
  const sent = stub.batches.flat();
  expect(sent).toHaveLength(41);
  expect(sent).toContain('Write to [e-mail] about the garden');
  expect(sent).toContain(wordsOf(0).replace('flowers', '[masked]'));
  expect(sent.join()).not.toMatch(/anna\.meier|secret/);
  // What is hidden later is asked for anew without it, and the vector of before is gone.
  const [second] = await notes.sourcesOf(here.study.id, `r${String(1).padStart(21, '0')}`);
  if (!second) throw new Error('The second answer is not there');
  await here.house.verbatim.masking.decide(second, { words: 'crowded' }, 'masked', null);
  expect((await here.find()).note).toMatchObject({ sent: 1, kept: 42 });
  expect(stub.batches.at(-1)).toEqual([wordsOf(1).replace('crowded', '[masked]')]);
  expect(keptRows(here.house)).toHaveLength(41);
});

test('where fewer than half may leave, nobody’s words do', async () => {
  await using stub = await startEmbeddings();
  await using here = await open(stub, { count: 10 });
  await here.plant(
    Array.from({ length: 30 }, (_, n) => wordsOf(100 + n)),
    ['analysis'],
    100,
  );
  await here.turn(true);
  const { note } = await here.find();
  expect(note).toMatchObject({ mayLeave: 10, sent: 0 });
  expect(note?.fault).toContain('Only 10 of 40 answers may leave');
  expect(stub.taken).toEqual([]);
});

test('what was made of words goes when they are withdrawn, and with the permission', async () => {
  await using stub = await startEmbeddings();
  await using here = await open(stub, { count: 30 });
  await here.turn(true);
  await here.find();
  expect(keptRows(here.house)).toHaveLength(30);
  const id = `r${String(4).padStart(21, '0')}`;
  const [start] = recordsOf(here, { id });
  if (!start) throw new Error('There is no record');
  await here.house.verbatim.logs.responses.append([{ ...start, revision: 3, kind: 'withdrawal' }]);
  await here.house.verbatim.logs.settle();
  expect(keptRows(here.house)).toHaveLength(29);
  expect((await here.find()).note).toMatchObject({ mayLeave: 29, sent: 0, kept: 29 });
  await here.turn(false);
  expect(keptRows(here.house)).toEqual([]);
  expect((await here.find()).note).toBeUndefined();
});

test('an owner’s yes is for one server and one model', async () => {
  await using stub = await startEmbeddings();
  await using here = await open(stub, { count: 20 });
  await here.house.verbatim.store.textVectors.allow(here.study.id, `another at ${stub.url}`, null, '2026-03-02');
  expect(await here.house.verbatim.embeddings.isOn(here.study)).toBe(false);
  expect((await here.find()).note).toBeUndefined();
  expect(stub.taken).toEqual([]);
});

const asBody = (data: unknown): StubAnswer => ({ status: 200, body: { data } });
const listed = (vectors: readonly unknown[]) => vectors.map((embedding, index) => ({ index, embedding }));
const FAILURES: [name: string, spoil: (vectors: number[][], count: number) => StubAnswer | undefined, says: string][] =
  [
    ['status 500', () => ({ status: 500 }), 'status 500'],
    [
      'a redirect',
      () => ({ status: 307, headers: { location: 'http://127.0.0.1:9/elsewhere' } }),
      'redirects are not followed',
    ],
    ['no JSON', () => ({ status: 200, body: '<html>' }), 'no JSON'],
    ['too few vectors', (vectors) => asBody(listed(vectors.slice(1))), '29 vectors for 30 texts'],
    [
      'one text twice',
      (vectors) => asBody(vectors.map((embedding) => ({ index: 0, embedding }))),
      'not those of the texts',
    ],
    [
      'different lengths',
      (vectors) => asBody(listed(vectors.map((one, n) => one.slice(n === 3 ? 1 : 0)))),
      'different lengths',
    ],
    ['no numbers', (vectors) => asBody(listed(vectors.map((one) => one.map(() => 'NaN')))), 'finite numbers'],
    [
      'NaN',
      (vectors) => ({ status: 200, body: JSON.stringify({ data: listed(vectors) }).replace(/0\.\d+/, 'NaN') }),
      'no JSON',
    ],
    ['numbers too large', (vectors) => asBody(listed(vectors.map((one) => one.map(() => 1e300)))), 'finite numbers'],
    ['a giant body', () => ({ status: 200, body: ' '.repeat(9 * 1024 * 1024) }), 'more than 8 MB'],
    ['silence', () => () => {}, 'No whole answer came within 2 seconds'],
    [
      'a slow drip',
      () => (response) => {
        response.writeHead(200);
        const drip = setInterval(() => response.write(' '), 50);
        response.on('close', () => clearInterval(drip));
      },
      'No whole answer came within 2 seconds',
    ],
  ];
describe('a server that fails is left aside, and the run says so', () => {
  let spoil = FAILURES[0]![1];
  let stub: Awaited<ReturnType<typeof startEmbeddings>>;
  let here: Awaited<ReturnType<typeof open>>;
  let without: Awaited<ReturnType<typeof here.find>>;
  beforeAll(async () => {
    stub = await startEmbeddings((...args) => spoil(...args));
    here = await open(stub, { count: 30, more: { timeoutMs: 2_000 } });
    without = await here.find();
    await here.turn(true);
  });
  afterAll(async () => {
    await here[Symbol.asyncDispose]();
    await stub[Symbol.asyncDispose]();
  });

  test.each(FAILURES)('%s', async (_, answer, says) => {
    spoil = answer;
    const before = stub.taken.length;
    const { note, found } = await here.find();
    expect(note?.fault).toContain(says);
    expect(note?.fault).toContain('Themes were found by words alone.');
    expect(found).toEqual(without.found);
    expect(keptRows(here.house)).toEqual([]);
    expect(stub.taken).toHaveLength(before + 1);
  });
});

test('a server that is not there is left aside', async () => {
  const gone = await startStub();
  await gone[Symbol.asyncDispose]();
  await using here = await open({ url: `${gone.url}/v1/embeddings` }, { count: 30 });
  await here.turn(true);
  expect((await here.find()).note?.fault).toContain('Nothing listens at the address');
});

test('what came before a server failed is kept, and the next run goes on from there', async () => {
  await using stub = await startEmbeddings((_vectors, count) => (count === 2 ? { status: 503 } : undefined));
  await using here = await open(stub);
  await here.turn(true);
  expect((await here.find()).note).toMatchObject({ sent: 128, fault: expect.stringContaining('status 503') });
  expect(keptRows(here.house)).toHaveLength(64);
  expect((await here.find()).note).toMatchObject({ sent: 86, kept: 64, fault: null });
});

test('a run has its time for the server, and no more', async () => {
  await using stub = await startEmbeddings();
  await using here = await open(stub, { more: { wholeMs: 0 } });
  await here.turn(true);
  expect((await here.find()).note?.fault).toContain('had read 0 of 150 answers when its time was over');
});

test('vectors of another length than those kept are refused once, and all are asked for anew', async () => {
  let length = DIMENSIONS;
  await using stub = await startEmbeddings((vectors) => asBody(listed(vectors.map((one) => one.slice(0, length)))));
  await using here = await open(stub, { count: 30 });
  await here.turn(true);
  await here.find();
  length = 32;
  await here.plant(['The garden gate was painted'], ['analysis', 'quotes'], 900);
  expect((await here.find()).note?.fault).toContain('another length than before');
  expect((await here.find()).note).toMatchObject({ sent: 31, kept: 0, fault: null });
});

test('a run says how far the server is; cancelled, it asks no more', async () => {
  let begun = () => {};
  const asked = new Promise<void>((resolve) => {
    begun = resolve;
  });
  await using stub = await startEmbeddings((vectors, count) => {
    if (count === 1)
      return (response) => {
        setTimeout(() => response.end(JSON.stringify({ data: listed(vectors) })), 300);
      };
    begun();
    return () => {};
  });
  await using here = await open(stub);
  await here.turn(true);
  const run = await here.start();
  await asked;
  const { analysis, store } = here.house.verbatim;
  const step = async () => (await store.analyses.findRunById(run.id))?.step;
  await expect.poll(step).toBe('Asking the embeddings server: 64 of 150');
  const at = performance.now();
  await analysis.cancel(run);
  await analysis.idle();
  expect(performance.now() - at).toBeLessThan(5_000);
  expect((await store.analyses.findRunById(run.id))?.state).toBe('cancelled');
  expect(stub.taken).toHaveLength(2);
});
