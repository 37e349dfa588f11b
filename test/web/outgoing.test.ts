import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { answerFully, type OutgoingHouse, openOutgoingHouse, settledLog, until } from '../support/outgoing-house.ts';
import { serveHouse } from '../support/serve-house.ts';
import { startJira } from '../support/service-stubs.ts';
import { startStub } from '../support/stub-server.ts';

const PASSWORD = 'three words together';
let house: OutgoingHouse;
let door: Awaited<ReturnType<typeof serveHouse>>;
let owner: Visitor;
let researcher: Visitor;
let at: string;

beforeAll(async () => {
  house = await openOutgoingHouse();
  const { verbatim, study } = house;
  door = await serveHouse(verbatim);
  const signIn = async (role: 'owner' | 'researcher') => {
    const email = `${role}@lab.example`;
    await verbatim.accounts.add(
      { email, name: role, password: PASSWORD },
      { isAdmin: role === 'owner', role, studyId: role === 'owner' ? null : study.id },
    );
    const person = visitor(door.url);
    expect((await person.post('/sign-in', { email, password: PASSWORD })).status).toBe(303);
    return person;
  };
  owner = await signIn('owner');
  researcher = await signIn('researcher');
  at = `/studio/${study.publicId}/outgoing`;
});
afterAll(async () => {
  await door[Symbol.asyncDispose]();
  await house[Symbol.asyncDispose]();
});

const hookAt = async (address: string) => {
  const hook = await house.verbatim.store.hooks.find(house.study.id, address.split('/').at(-1) ?? '');
  if (!hook) throw new Error(`There is no hook at ${address}`);
  return hook;
};

test('the page says what can be told', async () => {
  const { status, text } = await owner.get(at);
  expect(status).toBe(200);
  expect(text).toContain('Nobody is told of anything.');
  for (const kind of ['Webhook', 'HubSpot', 'Slack', 'Teams', 'Jira', 'Asana', 'Trello']) expect(text).toContain(kind);
  expect(text).toContain('feedback.received');
  expect(text).toContain('aria-current="page"');
  const form = await owner.get(`${at}/new/webhook`);
  expect(form.text).toContain('value="persona.changed"');
  expect(form.text).toContain('value="feedback.received"');
  expect(form.text).toContain('value="segment.entered"');
  expect((await owner.get(`${at}/new/hubspot`)).text).toContain('Lists for segments');
});

test('only owners see and change it', async () => {
  for (const path of ['', '/new/webhook']) expect((await researcher.get(`${at}${path}`)).status).toBe(403);
  expect((await researcher.post(`${at}/new/webhook`, {})).status).toBe(403);
  expect((await researcher.get(`/studio/${house.study.publicId}`)).text).not.toContain('>Outgoing<');
  expect((await owner.get(`/studio/${house.study.publicId}`)).text).toContain('>Outgoing<');
  expect((await owner.get(`${at}/new/telegram`)).status).toBe(404);
});

test('a form with mistakes comes back with what was typed and each mistake beside its field', async () => {
  const answer = await owner.post(`${at}/new/webhook`, { name: '', address: 'ftp://intranet/in', survey: 'x' });
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('<title>Error: ');
  for (const id of ['name', 'address', 'events', 'survey']) {
    expect(answer.text).toContain(`href="#${id}"`);
    expect(answer.text).toContain(`id="${id}-error"`);
  }
  expect(answer.text).toContain('value="ftp://intranet/in"');
  const secret = await owner.post(`${at}/new/jira`, { name: 'J', address: 'https://x.example', secret: 'TYPED-TOKEN' });
  expect(secret.status).toBe(422);
  expect(secret.text).not.toContain('TYPED-TOKEN');
});

test('a webhook is set up, tested, told of a response, and what failed is sent again by hand', async () => {
  let isDown = true;
  await using stub = await startStub(({ body }) =>
    isDown && body.includes('response.completed') ? { status: 410, body: '<script>alert(1)</script>' } : undefined,
  );
  const made = await owner.post(`${at}/new/webhook`, {
    name: 'Our <warehouse>',
    address: `${stub.url}/in`,
    events: ['response.completed'],
    survey: house.survey.publicId,
  });
  expect(made.status).toBe(303);
  const page = made.location;
  const hook = await hookAt(page);
  expect([hook.surveyId, hook.events, hook.madeBy === null]).toEqual([house.survey.id, ['response.completed'], false]);

  const first = await owner.get(page);
  expect(first.text).toContain('Our &lt;warehouse&gt;');
  expect(first.text).not.toContain('whsec_');
  const shown = await owner.post(`${page}/secret`);
  expect(shown.headers.get('cache-control')).toBe('no-store');
  const secret = /whsec_[A-Za-z0-9+/=]+/.exec(shown.text.replaceAll('&#x3D;', '='))?.[0];
  expect(secret).toBe(house.verbatim.outgoing.signingSecret(hook)?.secret);

  const tested = await owner.post(`${page}/test`);
  expect(tested.status).toBe(303);
  expect((await owner.get(tested.location)).text).toContain('pill--good');
  expect(stub.taken).toHaveLength(1);

  await answerFully(house);
  await settledLog(house, hook, 2);
  const paused = await owner.get(page);
  expect(paused.text).toContain('Paused since');
  expect(paused.text).toContain('given up');
  const line = (await house.verbatim.store.deliveries.log(hook.id, null, 1))[0];
  const detail = await owner.get(`${page}/deliveries/${line?.publicId}`);
  expect(detail.text).toContain('&lt;script&gt;');
  expect(detail.text).toContain('response.completed');
  expect(detail.text).not.toContain('rained');

  isDown = false;
  expect((await owner.post(`${page}/resume`)).location).toBe(page);
  expect((await owner.post(`${page}/deliveries/${line?.publicId}/replay`)).status).toBe(303);
  const log = await settledLog(house, hook, 2);
  expect(log.map(({ state }) => state)).toEqual(['delivered', 'delivered']);
  expect(stub.taken[1]?.headers['webhook-id']).toBe(stub.taken[2]?.headers['webhook-id']);

  const changed = await owner.post(page, {
    name: 'Renamed',
    address: `${stub.url}/in`,
    events: ['persona.changed'],
    survey: '',
  });
  expect(changed.status).toBe(303);
  expect(await hookAt(page)).toMatchObject({ name: 'Renamed', events: ['persona.changed'], surveyId: null });
  const wrong = await owner.post(page, {
    name: 'Renamed',
    address: 'https://169.254.169.254/',
    events: ['persona.changed'],
  });
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('link-local');

  expect((await owner.post(`${page}/rotate`)).status).toBe(303);
  expect((await owner.post(`${page}/secret`)).text).toContain('signs as well');
  expect((await owner.post(`${page}/remove`)).location).toBe(at);
  expect((await owner.get(page)).status).toBe(404);
});

test('a log longer than a page leads on to its older lines', async () => {
  const hook = await house.hook('https://hooks.example/in');
  await house.verbatim.outgoing.pause(hook);
  await house.verbatim.store.deliveries.add(
    Array.from({ length: 60 }, (_, index) => ({
      hookId: hook.id,
      origin: `t ${index}`,
      event: 'test',
      subject: null,
      surveyId: null,
      personId: null,
      payload: '{"type":"test"}',
      happenedAt: '2026-03-02T09:00:00.000Z',
      heldBack: null,
    })),
    '2026-03-02T09:00:00.000Z',
  );
  const first = await owner.get(`${at}/${hook.publicId}`);
  const rows = (text: string) => text.match(/<th scope="row"/g)?.length;
  expect(rows(first.text)).toBe(50);
  const older = /href="([^"]+before[^"]+)"/.exec(first.text)?.[1]?.replace('&#x3D;', '=') ?? '';
  expect(rows((await owner.get(older)).text)).toBe(10);
});

test('a researcher makes a ticket from a response, and sees what became of it', async () => {
  await using jira = await startJira();
  const made = await owner.post(`${at}/new/jira`, {
    name: 'Our board',
    address: jira.url,
    email: 'ada@lab.example',
    secret: 'jira-token',
    project: 'UX',
    issueType: 'Task',
  });
  expect(made.status).toBe(303);
  const { responseId } = await answerFully(house);
  expect((await house.verbatim.outgoing.ticketHooks(house.study)).map(({ name }) => name)).toEqual(['Our board']);
  const shown = await researcher.get(`/studio/${house.study.publicId}/responses/${responseId}`);
  expect(shown.text).toContain(`action="${made.location}/ticket"`);
  const asked = await researcher.post(`${made.location}/ticket`, { response: responseId });
  expect(asked.status).toBe(303);
  await until(house, () => jira.tickets.size === 1);
  await settledLog(house, await hookAt(made.location), 1);
  const page = await researcher.get(asked.location);
  expect(page.status).toBe(200);
  expect(page.text).toContain('UX-1');
  expect(page.text).toContain(`/studio/${house.study.publicId}/responses/${responseId}`);
  expect((await researcher.post(`${made.location}/ticket`, { response: 'AAAAAAAAAAAAAAAAAAAAAA' })).status).toBe(404);
  expect((await researcher.get(made.location)).status).toBe(403);
});

test('hooks, deliveries and tickets of another study are not there', async () => {
  const hook = await house.hook('https://hooks.example/in');
  const other = await house.verbatim.studies.addTo('Another', null, null, null);
  const away = `/studio/${other.publicId}/outgoing/${hook.publicId}`;
  for (const path of ['', '/deliveries/AAAAAAAAAAAAAAAAAAAAAA'])
    expect((await owner.get(`${away}${path}`)).status).toBe(404);
  for (const path of ['', '/pause', '/secret', '/rotate', '/test', '/remove', '/ticket'])
    expect((await owner.post(`${away}${path}`, { response: 'x' })).status).toBe(404);
  expect(await house.verbatim.store.hooks.findById(hook.id)).not.toBeNull();
});
