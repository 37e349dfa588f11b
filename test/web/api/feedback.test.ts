import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiHouse, openApiHouse } from './open-api.ts';
import { someFeedback } from './places/feedback.ts';

let api: ApiHouse;
beforeAll(async () => {
  api = await openApiHouse();
});
afterAll(() => api.close());

test('feedback is read with what is personal masked, and without the address that was left with it', async () => {
  const { feedback } = await someFeedback(api, 'Call me at +49 170 1234567, the cart is broken.');
  const { data } = await api.client.readFeedback({ feedback });
  expect(data.words).toContain('the cart is broken');
  expect(JSON.stringify(data)).not.toMatch(/1234567|someone@example/);
  await api.client.setFeedbackState({ feedback, body: { state: 'done' } });
  const open = (await api.client.listFeedback({ state: 'open' })).data.items;
  const done = (await api.client.listFeedback({ state: 'done' })).data.items;
  expect([open.length, done.map(({ id }) => id)]).toEqual([0, [feedback]]);
});
