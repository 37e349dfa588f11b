import { afterAll, beforeAll, expect, test } from 'vitest';
import { mulberry32 } from '../../../src/stats/random.ts';
import { openPath } from '../../../src/web/api/openapi.ts';
import { NoBody } from '../../../src/web/api/operation.ts';
import { ALL_SCOPES, type ApiHouse, openApiHouse } from './open-api.ts';
import { places } from './places.ts';

/* Requests that nobody means well by: whatever comes, the server answers with a refusal that says so, or with sense. */

let api: ApiHouse;
beforeAll(async () => {
  api = await openApiHouse({ isPatient: true });
});
afterAll(() => api.close());

const HOSTILE: unknown[] = [
  null,
  true,
  -1,
  1e308,
  0.1,
  '',
  ' ',
  '\u0000',
  '\uD800',
  '<script>alert(1)</script>',
  '{{constructor.constructor("return 1")()}}',
  "' or 1=1 --",
  '=1+1',
  '../../etc/passwd',
  'x'.repeat(20_000),
  [],
  [[[[]]]],
  {},
  { toString: 'x' },
  { length: 1e9 },
  ['', null],
];
const PER_KEY = 500;

/** The same value with one place in it replaced, or one field more. */
function spoiled(value: unknown, random: () => number): unknown {
  const hostile = HOSTILE[Math.floor(random() * HOSTILE.length)];
  if (typeof value !== 'object' || value === null || random() < 0.2) return hostile;
  if (Array.isArray(value)) {
    const at = Math.floor(random() * value.length);
    return value.length === 0 ? [hostile] : value.map((one, index) => (index === at ? spoiled(one, random) : one));
  }
  const names = Object.keys(value);
  const name = names[Math.floor(random() * names.length)];
  if (name === undefined || random() < 0.15) return { ...value, ['constructor']: hostile };
  return { ...value, [name]: spoiled((value as Record<string, unknown>)[name], random) };
}

test('no body, query or address brings the server down or out of its manners, and everything still answers', async () => {
  const random = mulberry32(20261130);
  const wrong: string[] = [];
  let asked = 0;
  let key = '';
  for (const [name, one] of Object.entries(api.operations)) {
    const names: Record<string, string> = { ...(await places[name]?.(api)), study: api.study.publicId };
    for (let turn = 0; turn < 12; turn += 1) {
      if (asked % PER_KEY === 0) key = await api.keyFor(ALL_SCOPES);
      asked += 1;
      const path = openPath(one.path).replaceAll(/\{(\w+)\}/g, (_all, part: string) =>
        turn < 9 || part === 'study'
          ? (names[part] ?? 'x')
          : encodeURIComponent(String(HOSTILE[Math.floor(random() * 14)]).toWellFormed()),
      );
      const query = new URLSearchParams();
      for (const field of Object.keys(one.query.shape))
        if (random() < 0.5) query.set(field, String(HOSTILE[Math.floor(random() * 14)]));
      const body = one.body === NoBody ? null : JSON.stringify(spoiled(one.example?.body, random));
      const answer = await fetch(new URL(`${path}?${query}`, api.house.url), {
        method: one.method,
        headers: {
          authorization: `Bearer ${key}`,
          'if-match': '*',
          ...(body === null ? {} : { 'content-type': 'application/json' }),
        },
        body,
      });
      const text = await answer.text();
      const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
      if (answer.status >= 500 || (answer.status >= 400 && !isProblem))
        wrong.push(`${name} ${query} ${body?.slice(0, 200)}: ${answer.status} ${text.slice(0, 200)}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThan(400);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  for (const page of ['', '/surveys', '/people', '/feedback', '/api-keys', '/outgoing'])
    expect((await api.owner.get(`/studio/${api.study.publicId}${page}`)).status).toBe(200);
});
