import { afterAll, beforeAll, expect, test } from 'vitest';
import { visitor } from '../journeys/visitor.ts';
import { openPersonaHouse } from '../support/persona-house.ts';

let house: Awaited<ReturnType<typeof openPersonaHouse>>;
let persona: string;
let shared: string;

type Told = { title: string; status: number; detail: string; errors?: { pointer: string }[] };
/** What a program is told: status and type, the pointers, and what to do next. */
async function ask(address: string, body: string, headers: Record<string, string> = {}) {
  const answer = await house.researcher.send(address, {
    method: 'POST',
    body: new URLSearchParams(body),
    headers: { accept: 'application/json', ...headers },
  });
  const type = answer.headers.get('content-type') ?? '';
  if (answer.status >= 400)
    expect([address, type]).toEqual([address, expect.stringContaining('application/problem+json')]);
  const told = type.startsWith('application/problem+json') ? ((await answer.json()) as Told) : null;
  return { status: answer.status, pointers: told?.errors?.map(({ pointer }) => pointer), detail: told?.detail ?? '' };
}

beforeAll(async () => {
  house = await openPersonaHouse();
  const id = await house.add('Renter', house.full());
  persona = `${house.studio}/personas/${id}`;
  const form = { name: 'Sales', audience: 'client', days: '30', personas: [id], plays: false };
  const share = await house.verbatim.shares.add(house.study, form, null);
  shared = `/shared/${house.verbatim.shares.tokenOf(share)}/${id}`;
});
afterAll(() => house[Symbol.asyncDispose]());

test('a program is told in problem+json what does not fit, where, and what to do next', async () => {
  const { studio } = house;
  const report = 'kind=persona-sheet&format=md&audience=client';
  const id = persona.split('/').at(-1);
  const cases: [string, string, string[]][] = [
    [`${persona}/add-claim`, 'text=They+hurry&part=bogus', ['#/part']],
    [`${persona}/add-claim`, 'text=They+hurry&part=success&part=barrier', ['#/part']],
    [`${persona}/add-claim`, 'text=', ['#/text']],
    [`${persona}/edit`, 'name=A&name=B&lede=&seen=x', ['#/name']],
    [`${persona}/comments`, 'words=', ['#/words']],
    [`${persona}/comments/nobody`, 'do=bogus', ['#/do']],
    [`${studio}/personas/new`, 'kind=assumption&name=%E2%80%AE%E2%80%8B', ['#/name']],
    [`${studio}/personas/new`, 'kind=assumption&kind=qualitative&name=A', ['#/kind']],
    [`${studio}/shares`, 'name=A&audience=client&audience=public&days=30&personas=x', ['#/audience']],
    [`${studio}/shares`, 'name=%E2%80%8B&audience=client&days=30&personas=nobody', ['#/name', '#/personas']],
    [`${studio}/reports`, `${report}&persona=nobody`, ['#/persona']],
    [`${studio}/reports`, `${report}&persona=${id}&version=99999999999999999999`, ['#/version']],
    [`${studio}/reports`, `${report}&persona=${id}&version=9`, ['#/version']],
    [`${studio}/insights/new`, 'statement=&status=draft', ['#/statement']],
    [`${shared}/questions`, 'question=', ['#/question']],
    [`${shared}/questions`, 'question=A&question=B', ['#/question']],
  ];
  for (const [address, body, pointers] of cases) {
    const told = await ask(address, body);
    expect([address, body, told.status, told.pointers]).toEqual([address, body, 422, pointers]);
    expect(told.detail).not.toBe('');
  }
});

test('what pages show beside what else they hold is problem+json for a program as well', async () => {
  for (const [address, body] of [
    ['/sign-in', 'email=ada%40lab.example&password=wrong'],
    [`${house.studio}/sources/new`, 'name='],
    [`${persona}/comments`, 'words=&words=So'],
  ] as const) {
    const { status, detail } = await ask(address, body);
    expect([address, status]).toEqual([address, 422]);
    expect(detail).not.toBe('');
  }
});

test('what is not there says where to look instead', async () => {
  for (const [address, body] of [
    [`${persona}/comments`, 'words=So&claim=nobody'],
    [`${persona}/comments/nobody`, 'do=resolve'],
    [`${persona}/claims/answer%3Atenure%3Drent/remove`, ''],
    [`${persona}/claims/answer%3Atenure%3Drent/suggest`, ''],
    [`${house.studio}/shares/nobody/revoke`, ''],
    [`${house.studio}/reader-questions/nobody/answer`, 'answer=So'],
  ] as const) {
    const { status, detail } = await ask(address, body);
    expect([address, status]).toEqual([address, 404]);
    expect(detail).not.toBe('');
  }
});

test('a question is taken from the page of the link, and from nowhere else where the browser says so', async () => {
  const post = (headers: Record<string, string>) =>
    fetch(new URL(`${shared}/questions`, house.url), {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ question: 'How many?' }),
      headers,
    }).then(({ status }) => status);
  expect(await post({ 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await post({ 'sec-fetch-site': 'same-site' })).toBe(403);
  expect(await post({ origin: 'https://elsewhere.example' })).toBe(403);
  expect(await post({ 'sec-fetch-site': 'same-origin' })).toBe(303);
  expect(await post({ origin: new URL(house.url).origin })).toBe(303);
  // On plain http a page that sends no referrer says nothing of itself.
  expect(await post({ origin: 'null' })).toBe(303);
  expect((await visitor(house.url).get(shared)).text).toContain('Your question');
});
