import { expect, test } from 'vitest';
import { answerFully, openOutgoingHouse, settledLog } from '../support/outgoing-house.ts';
import { startStub } from '../support/stub-server.ts';

test('words leave masked, by webhook and in messages for people, though they may be quoted', async () => {
  await using stub = await startStub();
  await using house = await openOutgoingHouse();
  const hook = await house.hook(`${stub.url}/in`, { values: { words: 'yes' } });
  await answerFully(house, { story: 'Write to anna.meier@example.org, it rained' });
  await settledLog(house, hook, 1);
  expect(JSON.parse(stub.taken[0]?.body ?? '{}').data.answers.story.value).toBe('Write to [e-mail], it rained');
  expect(stub.taken.map(({ body }) => body).join()).not.toContain('anna.meier');
});
