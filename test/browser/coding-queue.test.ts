import { afterEach, beforeEach, expect, test, vi } from 'vitest';

type Item = { kind: string; path: string; fields: [string, string][]; about: string };
type Queue = { add: (item: Item) => void; isEmpty: () => boolean; resume: () => void };
type QueueModule = {
  createQueue: (options: {
    name: string;
    since: () => number;
    freeze: () => void;
    onAnswer: (item: Item) => void;
    onRefused: (item: Item, refusal: { title: string; detail: string }) => void;
    onState: (words: string) => void;
  }) => Queue;
};

// Browser modules are plain JavaScript, checked by a configuration of their own.
const load = (name: string): Promise<unknown> => import(`../../src/browser/${name}.js`);
const { createQueue } = (await load('coding-queue')) as QueueModule;

const ID = { a: 'a'.repeat(22), b: 'b'.repeat(22) };
const code = (id: string): Item => ({ kind: 'code', path: '/i/codings', fields: [['id', id]], about: `code ${id[0]}` });
const move = (id: string): Item => ({
  kind: 'move',
  path: `/i/codings/${id}/move`,
  fields: [],
  about: `move ${id[0]}`,
});

let statusOf: (about: string) => number;
let sent: string[];
let done: string[];
let refused: string[];
let said: string;
let queue: Queue;
const open = () =>
  createQueue({
    name: 'q',
    since: () => 0,
    freeze: () => undefined,
    onAnswer: ({ about }) => done.push(about),
    onRefused: ({ about }, { title }) => refused.push(`${about}: ${title}`),
    onState: (words) => {
      said = words;
    },
  });

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  done = [];
  refused = [];
  said = '';
  statusOf = () => 200;
  const kept = new Map<string, string>();
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  vi.stubGlobal('fetch', async (path: string, { body }: { body: URLSearchParams }) => {
    const id = body.get('id') ?? /[ab]{22}/.exec(path)?.[0] ?? '?';
    const about = `${path.endsWith('/move') ? 'move' : path.endsWith('/undo') ? 'undo' : 'code'} ${id[0]}`;
    sent.push(about);
    const status = statusOf(about);
    return { status, ok: status < 300, json: async () => ({ title: `Status ${status}` }) };
  });
  queue = open();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('what is refused is dropped with words, and what comes next is sent', async () => {
  statusOf = (about) => (about === 'code a' ? 422 : 200);
  queue.add(code(ID.a));
  queue.add(code(ID.b));
  await pass(0);
  expect([refused, done, said]).toEqual([['code a: Status 422'], ['code b'], 'Saved']);
});

test('what the server fails at is tried five times with growing pauses; then others pass, but nothing about the same', async () => {
  statusOf = (about) => (about === 'code a' ? 500 : 200);
  queue.add(code(ID.a));
  queue.add(move(ID.a));
  queue.add(code(ID.b));
  queue.add(move(ID.b));
  await pass(0);
  expect(sent).toEqual(['code a']);
  await pass(1000);
  expect(sent).toHaveLength(2);
  await pass(2000);
  await pass(4000);
  expect([sent.length, done]).toEqual([4, []]);
  await pass(8000);
  expect(sent).toEqual(['code a', 'code a', 'code a', 'code a', 'code a', 'code b', 'move b']);
  expect([done, queue.isEmpty()]).toEqual([['code b', 'move b'], false]);
  expect(said).toBe('2 changes are not saved yet, trying again');

  statusOf = () => 200;
  await pass(15_000);
  expect([done.slice(2), said, queue.isEmpty()]).toEqual([['code a', 'move a'], 'Saved', true]);
});

test('taking back waits for what came before it, and what is done next does not shorten a pause', async () => {
  statusOf = (about) => (about === 'code a' ? 500 : 200);
  queue.add(code(ID.a));
  queue.add({ kind: 'undo', path: '/i/code/undo', fields: [], about: 'undo' });
  await pass(0);
  queue.add(code(ID.b));
  await pass(500);
  expect(sent).toEqual(['code a']);
  await pass(60_000);
  expect(sent.every((about) => about === 'code a')).toBe(true);
  statusOf = () => 200;
  await pass(15_000);
  expect(done).toEqual(['code a', 'undo', 'code b']);
});

test('without a network nothing goes past, and a new page sends what the old one could not', async () => {
  statusOf = () => {
    throw new TypeError('Failed to fetch');
  };
  queue.add(code(ID.a));
  queue.add(code(ID.b));
  await pass(20_000);
  expect(new Set(sent)).toEqual(new Set(['code a']));
  expect(said).toBe('2 changes are not saved yet, trying again');
  statusOf = () => 200;
  open().resume();
  await pass(0);
  expect(done.slice(0, 2)).toEqual(['code a', 'code b']);
});
