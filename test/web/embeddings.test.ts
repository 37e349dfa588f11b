import { afterAll, beforeAll, expect, test } from 'vitest';
import { finishRun, type Visitor, visitor } from '../journeys/visitor.ts';
import { startEmbeddings } from '../support/embeddings-stub.ts';
import { type House, openHouse, plantStudy } from '../support/house.ts';
import { plantResponses, said } from '../support/plant-responses.ts';
import { serveHouse } from '../support/serve-house.ts';

const PASSWORD = 'three words together';
let stub: Awaited<ReturnType<typeof startEmbeddings>>;
let house: House;
let door: Awaited<ReturnType<typeof serveHouse>>;
let planted: Awaited<ReturnType<typeof plantStudy>>;
const people: Record<'owner' | 'researcher' | 'viewer', Visitor> = {} as never;
let at: string;

async function signIn(to: House, url: string, study: { id: number }, role: keyof typeof people): Promise<Visitor> {
  const email = `${role}@lab.example`;
  await to.verbatim.accounts.add(
    { email, name: role, password: PASSWORD },
    { isAdmin: false, role, studyId: study.id },
  );
  const person = visitor(url);
  expect((await person.post('/sign-in', { email, password: PASSWORD })).status).toBe(303);
  return person;
}
const plain = (text: string) => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

beforeAll(async () => {
  stub = await startEmbeddings();
  house = await openHouse({ embeddings: { url: stub.url, model: 'letters-64', key: 'KEY-TO-KEEP' } });
  planted = await plantStudy(house.verbatim);
  await plantResponses(
    house.verbatim,
    planted,
    Array.from({ length: 60 }, (_, n) => ({
      answers: { story: said(n % 2 ? `the garden has trees and flowers ${n}` : `a late train at the station ${n}`) },
      ...(n < 10 && {
        about: {
          consent: {
            textVersion: 'v1',
            language: 'en',
            purposes: ['analysis' as const],
            givenAt: '2026-03-02T08:00:00.000Z',
          },
        },
      }),
    })),
  );
  door = await serveHouse(house.verbatim);
  for (const role of ['owner', 'researcher', 'viewer'] as const)
    people[role] = await signIn(house, door.url, planted.study, role);
  at = `/studio/${planted.study.publicId}/themes`;
});
afterAll(async () => {
  await door[Symbol.asyncDispose]();
  await house[Symbol.asyncDispose]();
  await stub[Symbol.asyncDispose]();
});

const find = async (who: Visitor) =>
  who.get(
    await finishRun(
      who,
      (await who.post(`${at}/find`, { item: `${planted.survey.publicId} story`, themes: '2', seed: '1' })).location,
    ),
  );

test('off by default: nothing is sent, and only owners are told that there is a server', async () => {
  const host = new URL(stub.url).host;
  expect((await people.owner.get(`${at}/find`)).text).toContain(`The embeddings server at ${host} is not asked`);
  expect((await people.researcher.get(`${at}/find`)).text).not.toContain('embeddings');
  expect((await find(people.researcher)).text).not.toContain('Embeddings server');
  expect(stub.taken).toEqual([]);
  const { text } = await people.owner.get(`${at}/embeddings`);
  expect(plain(text)).toContain(
    `Also use the embeddings server at ${host}: words of 50 answers leave this machine, masked`,
  );
  expect(plain(text)).toContain('Model letters-64. 50 of 60 answers in words are from people who agreed to be quoted');
  expect(text).not.toMatch(/checked|KEY-TO-KEEP/);
});

test('neither a researcher nor a viewer can switch it on', async () => {
  for (const who of [people.researcher, people.viewer]) {
    expect((await who.get(`${at}/embeddings`)).status).toBe(403);
    expect((await who.post(`${at}/embeddings`, { isOn: 'yes' })).status).toBe(403);
  }
  expect(await house.verbatim.embeddings.isOn(planted.study)).toBe(false);
});

test('switched on by an owner, everybody who finds themes is told, and the run says what was sent', async () => {
  const { status, location } = await people.owner.post(`${at}/embeddings`, { isOn: 'yes' });
  expect([status, location]).toEqual([303, `${at}/find`]);
  expect((await people.owner.get(`${at}/embeddings`)).text).toContain('checked');
  const page = plain((await people.researcher.get(`${at}/find`)).text);
  expect(page).toContain(
    'Words of people who agreed to be quoted leave this machine, masked, for the model letters-64.',
  );
  expect(page).not.toContain('Change this');
  const first = plain((await find(people.researcher)).text);
  expect(first).toContain('Embeddings server answered');
  expect(first).toContain('Answers sent to it 50 0 kept from before, of 50 that may leave');
  expect(stub.batches.flat()).toHaveLength(50);
  const second = plain((await find(people.researcher)).text);
  expect(second).toContain('Answers sent to it 0 50 kept from before, of 50 that may leave');
  expect(stub.taken).toHaveLength(1);
});

test('switched off, nothing is sent and nothing of it is kept', async () => {
  expect((await people.owner.post(`${at}/embeddings`, {})).status).toBe(303);
  expect((await find(people.owner)).text).not.toContain('Embeddings server');
  expect(house.verbatim.connection.prepare('select count(*) as n from text_vectors').get()).toEqual({ n: 0 });
  expect(stub.taken).toHaveLength(1);
});

test('where the operator named no server, no page speaks of one', async () => {
  await using other = await openHouse();
  const { study } = await plantStudy(other.verbatim);
  await using open = await serveHouse(other.verbatim);
  const owner = await signIn(other, open.url, study, 'owner');
  const there = `/studio/${study.publicId}/themes`;
  expect((await owner.get(`${there}/find`)).text).not.toContain('embeddings');
  expect((await owner.get(`${there}/embeddings`)).status).toBe(404);
  expect((await owner.post(`${there}/embeddings`, { isOn: 'yes' })).status).toBe(404);
});
