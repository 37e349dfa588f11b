import { expect, test } from 'vitest';
import type { Hook } from '../../src/store/hooks.ts';
import { answerFully, logOf, openOutgoingHouse, settledLog, triedOnce, until } from '../support/outgoing-house.ts';
import { startAsana, startHubSpot, startJira, startSlack, startTeams, startTrello } from '../support/service-stubs.ts';
import { startStub } from '../support/stub-server.ts';

const HUBSPOT = {
  secret: 'pat-token',
  match: 'email',
  properties: 'mood = verbatim_mood\ntopics = verbatim_topics\nstory = verbatim_story',
  note: 'yes',
};

test('HubSpot learns mapped answers and gets a note, of people who agreed to it; the others are held back and counted', async () => {
  await using hubspot = await startHubSpot();
  await using house = await openOutgoingHouse();
  const hook = await house.hook(hubspot.url, { kind: 'hubspot', values: HUBSPOT });
  await answerFully(house, { externalId: 'ada' });
  await answerFully(house, { externalId: 'bea', consents: ['analysis', 'quotes'] });
  await answerFully(house, { consents: ['analysis', 'personalisation'] });
  const log = await settledLog(house, hook, 3);
  expect(log.map(({ state }) => state)).toEqual(['delivered', 'held-back', 'skipped']);
  expect([...hubspot.contacts]).toEqual([
    [
      'email ada@people.example',
      {
        id: '501',
        properties: { email: 'ada@people.example', verbatim_mood: '7', verbatim_topics: 'news;sport' },
      },
    ],
  ]);
  expect([...hubspot.notes.values()]).toEqual([{ contact: '501', body: 'Answered “A small survey”' }]);
  // Nothing of what was held back is kept for later either.
  expect(log[1]?.payload).toBe('');
  expect(hubspot.taken.map(({ body, path }) => body + path).join()).not.toContain('bea');
  expect((await house.verbatim.store.deliveries.counts(house.study.id)).get(hook.id)).toEqual({
    delivered: 1,
    'held-back': 1,
    skipped: 1,
  });
});

test('a withdrawal empties what HubSpot was told, takes the note away and leaves other people alone', async () => {
  await using hubspot = await startHubSpot();
  await using house = await openOutgoingHouse();
  const hook = await house.hook(hubspot.url, { kind: 'hubspot', values: { ...HUBSPOT, words: 'yes' } });
  const { token } = await answerFully(house, { externalId: 'ada' });
  await answerFully(house, { externalId: 'bea' });
  const held = await answerFully(house, { externalId: 'cai', consents: ['analysis'] });
  await settledLog(house, hook, 3);
  expect(hubspot.contacts.get('email ada@people.example')?.properties['verbatim_story']).toContain('rained');
  await house.verbatim.fieldwork.withdraw(token);
  await house.verbatim.fieldwork.withdraw(held.token);
  await house.verbatim.logs.settle();
  await until(house, async () => (await logOf(house, hook)).some(({ event }) => event === 'response.withdrawn'));
  const log = await settledLog(house, hook, 3);
  expect(log.map(({ event, state }) => [event, state])).toEqual([
    ['response.completed', 'delivered'],
    ['response.completed', 'delivered'],
    ['response.withdrawn', 'delivered'],
  ]);
  expect(hubspot.contacts.get('email ada@people.example')?.properties).toEqual({
    email: 'ada@people.example',
    verbatim_mood: '',
    verbatim_topics: '',
    verbatim_story: '',
  });
  expect([...hubspot.notes.values()].map(({ contact }) => contact)).toEqual([
    hubspot.contacts.get('email bea@people.example')?.id,
  ]);
  expect(hubspot.contacts.get('email bea@people.example')?.properties['verbatim_mood']).toBe('7');
  expect(hubspot.contacts.size).toBe(2);
});

test('a correction changes and empties what HubSpot was told, and adds no second note', async () => {
  await using hubspot = await startHubSpot();
  await using house = await openOutgoingHouse();
  const hook = await house.hook(hubspot.url, { kind: 'hubspot', values: { ...HUBSPOT, words: 'yes' } });
  const { token } = await answerFully(house, { externalId: 'ada' });
  await settledLog(house, hook, 1);
  const { response } = await house.verbatim.fieldwork.open(token);
  const address = { token, page: 2, revision: response.revision + 1 };
  await house.verbatim.fieldwork.answer(address, { mood: '2', story: '', mail: '' });
  await house.verbatim.logs.settle();
  expect((await settledLog(house, hook, 2)).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
  expect(hubspot.contacts.get('email ada@people.example')?.properties).toEqual({
    email: 'ada@people.example',
    verbatim_mood: '2',
    verbatim_topics: 'news;sport',
    verbatim_story: '',
  });
  expect(hubspot.notes.size).toBe(1);
});

test('a second attempt after a fault in the middle leaves one contact and one note', async () => {
  await using hubspot = await startHubSpot();
  await using house = await openOutgoingHouse();
  const hook = await house.hook(hubspot.url, { kind: 'hubspot', values: HUBSPOT });
  hubspot.faults.push({ path: /notes/, answer: { status: 502 } });
  await answerFully(house, { externalId: 'ada' });
  await triedOnce(house, hook);
  const [waiting] = await logOf(house, hook);
  // What came so far is known, so that a withdrawal before the next attempt finds it.
  expect(waiting).toMatchObject({ state: 'waiting', lastStatus: 502, made: ['contact 501'] });
  const [delivery] = await settledLog(house, hook, 1);
  expect(delivery).toMatchObject({ state: 'delivered', attempts: 2, made: ['contact 501', 'note 502'] });
  expect([hubspot.contacts.size, hubspot.notes.size]).toEqual([1, 1]);
}, 20_000);

test('who comes into a segment comes into its list, with consent as it was last given, and goes out of it', async () => {
  await using hubspot = await startHubSpot();
  await using house = await openOutgoingHouse();
  const hook = await house.hook(hubspot.url, { kind: 'hubspot', values: { ...HUBSPOT, note: '' } });
  const { store, outgoing } = house.verbatim;
  // Forms do not offer segments yet, since nothing brings these events about by itself.
  await store.hooks.change(hook.id, {
    ...hook,
    events: ['segment.entered', 'segment.left'],
    settings: { ...hook.settings, lists: 'S = 77' },
  });
  const ada = await answerFully(house, { externalId: 'ada' });
  await answerFully(house, { externalId: 'bea', consents: ['analysis'] });
  const personOf = async (id: string) =>
    (await house.verbatim.intake.people(house.study.workspaceId, [{ externalId: id, attributes: [] }]))[0] ?? 0;
  const say = async (type: 'segment.entered' | 'segment.left', who: string, turn: number) =>
    outgoing.announce(
      house.study,
      { type, study: house.study.publicId, segment: { id: 'S', name: 'Walkers' }, pseudonym: null },
      { origin: `${type} ${who} ${turn}`, happenedAt: new Date().toISOString(), personId: await personOf(who) },
    );
  for (const who of ['ada', 'bea', 'cai']) await say('segment.entered', who, 1);
  await settledLog(house, hook, 3);
  expect([...(hubspot.lists.get('77') ?? [])]).toEqual(['501']);
  await say('segment.left', 'ada', 1);
  await say('segment.left', 'bea', 1);
  const log = await settledLog(house, hook, 5);
  expect(log.map(({ state }) => state)).toEqual(['delivered', 'held-back', 'held-back', 'delivered', 'held-back']);
  expect(hubspot.lists.get('77')?.size).toBe(0);
  expect(hubspot.taken.map(({ path }) => decodeURIComponent(path)).join()).not.toContain('bea');
  // Coming in once more and then taking the answers back takes the membership away as well.
  await say('segment.entered', 'ada', 2);
  await settledLog(house, hook, 6);
  expect(hubspot.lists.get('77')?.size).toBe(1);
  await house.verbatim.fieldwork.withdraw(ada.token);
  await house.verbatim.logs.settle();
  await settledLog(house, hook, 7);
  expect(hubspot.lists.get('77')?.size).toBe(0);
});

test('Slack and Teams get a message that people can read, with answers only where that is set', async () => {
  await using slack = await startSlack();
  await using teams = await startTeams();
  await using house = await openOutgoingHouse();
  const quiet = await house.hook('', { kind: 'slack', values: { secret: `${slack.url}/quiet` } });
  const open = await house.hook('', {
    kind: 'slack',
    values: { secret: `${slack.url}/open`, answers: 'yes', words: 'yes' },
  });
  const card = await house.hook('', {
    kind: 'teams',
    values: { secret: `${teams.url}/card`, answers: 'yes', words: 'yes' },
  });
  const { responseId } = await answerFully(house, {
    story: '<!channel> see <https://evil.example|here> & *now* [x](y)',
  });
  for (const hook of [quiet, open, card])
    expect((await settledLog(house, hook, 1))[0]).toMatchObject({ state: 'delivered' });
  const said = (path: string) => slack.taken.find((request) => request.path === path)?.body ?? '';
  const link = `https://research.example/studio/${house.study.publicId}/responses/${responseId}`;
  expect(said('/quiet')).toContain('Somebody answered “A small survey”');
  expect(said('/quiet')).toContain(link);
  expect(said('/quiet')).not.toMatch(/village|rained|channel/);
  expect(said('/open')).toContain('*Where do you live?*\\nIn a village');
  expect(said('/open')).toContain('News, Sport');
  // Nothing that a respondent types calls people or makes a link.
  expect(said('/open')).not.toMatch(/<!|<https:\/\/evil/);
  const content = JSON.parse(teams.taken[0]?.body ?? '').attachments[0].content;
  expect(content.body[1].facts).toContainEqual({ title: 'How are you?', value: '7' });
  expect(JSON.stringify(content.body)).toContain('\\\\[x\\\\](y)');
  expect(content.actions).toEqual([{ type: 'Action.OpenUrl', title: 'Look at it in Verbatim', url: link }]);
});

const TICKETS: readonly [kind: Hook['kind'], start: typeof startJira, values: Record<string, string>][] = [
  ['jira', startJira, { email: 'ada@lab.example', secret: 'jira-token', project: 'UX', issueType: 'Task' }],
  ['asana', startAsana, { secret: 'asana-token', project: '1200' }],
  ['trello', startTrello, { secret: 'trello-token', key: 'trellokey', list: 'a'.repeat(24) }],
];
test.each(TICKETS)('%s: one response makes one ticket, which a withdrawal empties', async (kind, start, values) => {
  await using service = await start();
  await using house = await openOutgoingHouse();
  const { outgoing, fieldwork, logs } = house.verbatim;
  const hook = await house.hook(service.url, { kind, events: [], values: { ...values, words: 'yes' } });
  expect((await outgoing.test(house.study, hook)).state).toBe('delivered');
  expect(service.tickets.size).toBe(0);
  const { token, responseId } = await answerFully(house, { story: 'The lift was broken' });
  await Promise.all([1, 2].map(() => outgoing.ticket(house.study, hook, responseId)));
  await settledLog(house, hook, 2);
  await outgoing.ticket(house.study, hook, responseId);
  const log = await settledLog(house, hook, 2);
  expect(log.map(({ event, state }) => [event, state])).toEqual([
    ['test', 'delivered'],
    ['response.ticket', 'delivered'],
  ]);
  const [ticket] = service.tickets.values();
  expect([service.tickets.size, log[1]?.made]).toEqual([1, [ticket?.key]]);
  expect(ticket?.title).toBe('A response to “A small survey”');
  expect(ticket?.text).toContain('The lift was broken');
  expect(ticket?.text).toContain('In a village');
  expect(ticket?.text).not.toContain('me@people.example');
  await fieldwork.withdraw(token);
  await logs.settle();
  await settledLog(house, hook, 3);
  const [after] = service.tickets.values();
  expect(after?.title).toBe('A response to “A small survey” was withdrawn');
  expect(after?.text).not.toContain('lift');
  await expect(outgoing.ticket(house.study, hook, responseId)).rejects.toThrow('was withdrawn');
});

test('a ticket is not made twice by itself: where the answer did not come, a person looks first', async () => {
  await using service = await startStub(() => (response) => response.destroy());
  await using house = await openOutgoingHouse();
  const { outgoing, store } = house.verbatim;
  const hook = await house.hook(service.url, {
    kind: 'asana',
    events: [],
    values: { secret: 'asana-token', project: '1' },
  });
  const { responseId } = await answerFully(house);
  await outgoing.ticket(house.study, hook, responseId);
  const [delivery] = await settledLog(house, hook, 1);
  expect(delivery).toMatchObject({ state: 'failed', attempts: 1 });
  expect(delivery?.reason).toContain('look there before you send it again');
  expect(service.taken).toHaveLength(1);
  // The same for what a process had in hand when it was killed.
  await outgoing.close();
  await store.deliveries.replay(hook.id, delivery?.publicId ?? '', '2026-01-01T00:00:00.000Z');
  await store.deliveries.claim('2026-01-02T00:00:00.000Z');
  await house.reopen();
  expect((await logOf(house, hook))[0]).toMatchObject({ state: 'failed' });
  expect(service.taken).toHaveLength(1);
});

test('a refusal that another attempt would not change is shown with the service’s own words', async () => {
  await using service = await startJira();
  await using house = await openOutgoingHouse();
  const values = { email: 'ada@lab.example', secret: 'wrong', project: 'UX', issueType: 'Task' };
  const hook = await house.hook(service.url, { kind: 'jira', events: [], values });
  const { responseId } = await answerFully(house);
  await house.verbatim.outgoing.ticket(house.study, hook, responseId);
  const [delivery] = await settledLog(house, hook, 1);
  expect(delivery).toMatchObject({ state: 'failed', attempts: 1, lastStatus: 401, reason: 'It answered 401' });
  expect(delivery?.lastAnswer).toContain('unauthorised');
});
