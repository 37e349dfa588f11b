import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../../src/client/operations.ts';
import type { Client } from '../../../src/client/verbatim-client.ts';
import { API_SCOPES, type ApiScope } from '../../../src/model/api-scope.ts';
import { openPath, pathNames } from '../../../src/web/api/openapi.ts';
import { NoBody, type Operation } from '../../../src/web/api/operation.ts';
import { ALL_SCOPES, type ApiHouse, openApiHouse } from './open-api.ts';
import { places } from './places.ts';

/* Every operation that the server registers, asked by everybody: what the document says is what the server does. */

let api: ApiHouse;
let every: [string, Operation][];
let key: string;
const UNKNOWN = 'AAAAAAAAAAAAAAAAAAAAAA';

beforeAll(async () => {
  api = await openApiHouse({ isPatient: true });
  every = Object.entries(api.operations);
  key = await api.keyFor(ALL_SCOPES);
});
afterAll(() => api.close());

type Asked = { key?: string | null; query?: Record<string, unknown>; body?: unknown; headers?: Record<string, string> };
async function ask(one: Operation, names: Record<string, string>, asked: Asked = {}) {
  const path = openPath(one.path).replaceAll(/\{(\w+)\}/g, (_all, name: string) => names[name] ?? UNKNOWN);
  const query = new URLSearchParams(
    Object.entries(asked.query ?? {}).map(
      ([name, value]) => [name, String(value)] as [string, string] as [string, string],
    ),
  );
  const body = 'body' in asked ? asked.body : one.example?.body;
  const isSent = one.body !== NoBody || 'body' in asked;
  const answer = await fetch(new URL(`${path}?${query}`, api.house.url), {
    method: one.method,
    headers: {
      ...(asked.key === null ? {} : { authorization: `Bearer ${asked.key ?? key}` }),
      ...(isSent ? { 'content-type': 'application/json' } : {}),
      ...(one.needsMatch ? { 'if-match': '*' } : {}),
      ...asked.headers,
    },
    body: isSent ? JSON.stringify(filled(body, names)) : null,
  });
  const text = await answer.text();
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', text };
}
/** Names in braces as what they stand for. */
const filled = (value: unknown, names: Record<string, string>): unknown =>
  value === undefined
    ? undefined
    : JSON.parse(JSON.stringify(value).replaceAll(/\{(\w+)\}/g, (all, name: string) => names[name] ?? all));
const home = () => ({ study: api.study.publicId });

/** Asks all, and gives the names of those that did not answer as they should. */
async function wrong(
  those: [string, Operation][],
  expected: number,
  send: (one: Operation, name: string) => ReturnType<typeof ask>,
): Promise<string[]> {
  const found: string[] = [];
  for (const [name, one] of those) {
    const answer = await send(one, name);
    if (answer.status !== expected) found.push(`${name}: ${answer.status} ${answer.text.slice(0, 300)}`);
    else if (expected >= 400 && !answer.type.startsWith('application/problem+json'))
      found.push(`${name}: refused as ${answer.type}`);
  }
  return found;
}

test('each is in the document, on the reference page and in the client', async () => {
  const document = (await (await fetch(new URL('/api/v1/openapi.json', api.house.url))).json()) as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string; security: { key: string[] }[] }>>;
  };
  const page = await (await fetch(new URL('/api/docs', api.house.url))).text();
  expect(document.openapi).toMatch(/^3\.1\./);
  const documented = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  );
  expect(documented.sort()).toEqual(every.map(([name]) => name).sort());
  expect(Object.keys(OPERATIONS).sort()).toEqual(documented);
  for (const [name, one] of every) {
    const told = document.paths[openPath(one.path)]?.[one.method.toLowerCase()];
    expect(told?.operationId).toBe(name);
    expect(told?.security).toEqual([{ key: one.scope === null ? [] : [one.scope] }]);
    expect(OPERATIONS[name as keyof typeof OPERATIONS]).toEqual([one.method, one.path]);
    expect(page).toContain(`id="${name}"`);
  }
});

test('the document holds together: every reference leads somewhere, and every name in an address is declared', async () => {
  const document = (await (await fetch(new URL('/api/v1/openapi.json', api.house.url))).json()) as {
    paths: Record<string, Record<string, { parameters?: { in: string; name: string }[]; responses: object }>>;
    components: { schemas: Record<string, unknown> };
  };
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
  expect(references.length).toBeGreaterThan(20);
  for (const [, name] of references) expect(document.components.schemas).toHaveProperty([name ?? '']);
  for (const [path, methods] of Object.entries(document.paths)) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const { parameters = [], responses } of Object.values(methods)) {
      expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(named);
      expect(Object.keys(responses).some((status) => status.startsWith('2'))).toBe(true);
      expect(responses).toHaveProperty('401');
    }
  }
});

test('each is among the addresses that the house lists', () => {
  const listed = api.house.routes.map(({ method, path, access }) => `${method} ${path} ${access}`);
  for (const [, one] of every)
    expect(listed).toContain(`${one.method} /api/v1${one.path} ${one.scope === null ? 'key' : `key ${one.scope}`}`);
});

test('names in an address, of the query and of headers are never the same in the client', () => {
  const taken = ['body', 'ifMatch', 'ifNoneMatch', 'idempotencyKey'];
  for (const [, one] of every) {
    const names = [...pathNames(one.path), ...Object.keys(one.query.shape), ...taken];
    expect(new Set(names).size).toBe(names.length);
  }
});

describe('each is refused', () => {
  test('without a key', async () => {
    expect(await wrong(every, 401, (one) => ask(one, home(), { key: null }))).toEqual([]);
    expect(await wrong(every, 401, (one) => ask(one, home(), { key: `vb_${'A'.repeat(43)}` }))).toEqual([]);
  });

  test('to a key with every scope but its own', async () => {
    const keys = new Map<ApiScope, string>();
    for (const scope of ALL_SCOPES) keys.set(scope, await api.keyFor(ALL_SCOPES.filter((one) => one !== scope)));
    const scoped = every.filter(([, { scope }]) => scope !== null);
    expect(scoped.length).toBe(every.length - 1);
    expect(await wrong(scoped, 403, (one) => ask(one, home(), { key: keys.get(one.scope as ApiScope) ?? '' }))).toEqual(
      [],
    );
  });

  test('in a study that the key does not open, as one that is not there', async () => {
    const inStudy = every.filter(([, { path }]) => path.includes(':study'));
    expect(await wrong(inStudy, 404, (one) => ask(one, { study: api.other.publicId }))).toEqual([]);
    expect(await wrong(inStudy, 404, (one) => ask(one, { study: UNKNOWN }))).toEqual([]);
  });

  test('of things that are not there', async () => {
    const ofThings = every.filter(([, { path }]) => pathNames(path).length > 1);
    expect(await wrong(ofThings, 404, (one) => ask(one, home()))).toEqual([]);
  });

  test('of things of another study', async () => {
    const elsewhere: ApiHouse = {
      ...api,
      study: api.other,
      isElsewhere: true,
      client: await api.clientFor(ALL_SCOPES, api.other),
    };
    const ofThings = every.filter(([, { path }]) => pathNames(path).length > 1);
    expect(
      await wrong(ofThings, 404, async (one, name) =>
        ask(one, { ...(await places[name]?.(elsewhere)), study: api.study.publicId }),
      ),
    ).toEqual([]);
  });

  test('with a field that it does not know', async () => {
    expect(await wrong(every, 400, (one) => ask(one, home(), { query: { unheardOf: '1' } }))).toEqual([]);
    const withBody = every.filter(([, { body }]) => body !== NoBody);
    expect(withBody.length).toBeGreaterThan(5);
    expect(
      await wrong(withBody, 400, (one) =>
        ask(one, home(), { body: { ...(one.example?.body as object), unheardOf: 1 } }),
      ),
    ).toEqual([]);
    const without = every.filter(([, { body }]) => body === NoBody && body !== undefined);
    expect(
      await wrong(
        without.filter(([, { method }]) => method !== 'GET'),
        400,
        (one) => ask(one, home(), { body: { unheardOf: 1 } }),
      ),
    ).toEqual([]);
  });

  test('with a value of another type', async () => {
    const withBody = every.filter(([, { body }]) => body !== NoBody);
    for (const body of [[], 'text', 7, null])
      expect(await wrong(withBody, 400, (one) => ask(one, home(), { body }))).toEqual([]);
    for (const [name, one] of withBody) {
      const example = one.example?.body as Record<string, unknown>;
      for (const field of Object.keys(example)) {
        const body = { ...example, [field]: { unheardOf: [[]] } };
        expect(await wrong([[name, one]], 400, () => ask(one, home(), { body }))).toEqual([]);
      }
    }
  });

  test('where it writes over something without saying what it saw', async () => {
    const careful = every.filter(([, { needsMatch }]) => needsMatch);
    expect(careful.length).toBeGreaterThan(0);
    for (const [, one] of careful) {
      const path = openPath(one.path).replaceAll(
        /\{(\w+)\}/g,
        (_all, name: string) => (home() as Record<string, string>)[name] ?? UNKNOWN,
      );
      const answer = await fetch(new URL(path, api.house.url), {
        method: one.method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(one.example?.body),
      });
      expect(answer.status).toBe(428);
    }
  });

  test('by a method that its address does not have', async () => {
    for (const [, one] of every) {
      const path = openPath(one.path).replaceAll(/\{\w+\}/g, UNKNOWN);
      const answer = await fetch(new URL(path, api.house.url), { method: 'OPTIONS' });
      expect([answer.status, answer.headers.get('allow')?.includes(one.method)]).toEqual([405, true]);
    }
  });
});

test('each does what its example says, called through the client, and answers as the document says', async () => {
  const called: string[] = [];
  for (const [name, one] of every) {
    const names = (await places[name]?.(api)) ?? {};
    const inPath = pathNames(one.path).filter((part) => part !== 'study');
    expect(
      inPath.filter((part) => !(part in names)),
      `${name} has no place in places.ts`,
    ).toEqual([]);
    const sent = {
      ...Object.fromEntries(inPath.map((part) => [part, names[part] ?? ''])),
      ...(filled(one.example?.query, names) as object | undefined),
      ...(one.example?.body === undefined ? {} : { body: filled(one.example.body, names) }),
      ...(one.needsMatch ? { ifMatch: '*' } : {}),
    };
    const method = api.client[name as keyof Client] as (sent: unknown) => Promise<{ status: number; data: unknown }>;
    const { status, data } = await method(sent).catch((error: unknown) => {
      throw new Error(
        `${name} refused its example: ${String(error)} ${JSON.stringify((error as { errors?: unknown }).errors)}`,
      );
    });
    expect([name, status]).toEqual([name, one.status]);
    if (one.media) {
      const response = data as Response;
      expect(one.media.some((type) => response.headers.get('content-type')?.startsWith(type))).toBe(true);
      expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0);
    } else expect([name, one.answer.safeParse(data).error?.issues ?? []]).toEqual([name, []]);
    called.push(name);
  }
  expect(called).toEqual(every.map(([name]) => name));
});

test('what needs a body has an example of one', () => {
  for (const [name, one] of every)
    expect([name, one.body === NoBody || one.example?.body !== undefined]).toEqual([name, true]);
  expect(Object.keys(API_SCOPES).length).toBeGreaterThan(5);
});

/** A request as the reference page has it for a terminal: what a shell would send. */
function readCurl(text: string) {
  const [, method = 'GET', address = ''] = /^curl (?:-X (\w+) )?"([^"]+)"/.exec(text) ?? [];
  const headers = [...text.matchAll(/-H (["'])(.*?)\1/g)].map(
    ([, , header = '']) => header.split(': ') as [string, string],
  );
  const [, body] = / -d '([\s\S]*)'$/.exec(text) ?? [];
  return { method, address, headers, body: body?.replaceAll("'\\''", "'") };
}
const unescaped = (html: string) =>
  html
    .replaceAll(/&#x([0-9a-f]+);/gi, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

test('each request on the reference page does what it says once its braces are filled in', async () => {
  const page = await (await fetch(new URL('/api/docs', api.house.url))).text();
  for (const [name, one] of every) {
    const [, shown = ''] =
      new RegExp(`id="${name}"[\\s\\S]*?<pre[^>]*><code>([\\s\\S]*?)</code></pre>`).exec(page) ?? [];
    const names: Record<string, string> = {
      ...(await places[name]?.(api)),
      ...home(),
      ...{ server: api.house.url, key, etag: '*' },
    };
    const { method, address, headers, body } = readCurl(
      unescaped(shown).replaceAll(/\{(\w+)\}/g, (all, brace: string) => names[brace] ?? all),
    );
    const answer = await fetch(address, { method, headers, body: body ?? null });
    expect([name, method, answer.status, answer.status === one.status ? '' : await answer.text()]).toEqual([
      name,
      one.method,
      one.status,
      '',
    ]);
    await answer.arrayBuffer().catch(() => null);
  }
});
