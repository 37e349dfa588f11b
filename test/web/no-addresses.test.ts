import { expect, test } from 'vitest';
import { openEventHouse } from '../support/event-house.ts';
import { fieldSurvey } from '../support/field-house.ts';
import { marksIn } from '../support/marked-person.ts';

const ADDRESS = '203.0.113.77';
const NETWORK = '203.0.113.';
const headers = { 'x-forwarded-for': ADDRESS, 'sec-fetch-site': 'same-origin' };

test('the network address of whoever answers, sends events or signs in stands in no file and no line of the log', async () => {
  await using house = await openEventHouse({ trustProxy: 1 });
  const { verbatim, study, folder, url } = house;
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(fieldSurvey));
  await verbatim.surveys.publish(draft, 1, null);
  await verbatim.accounts.add(
    { email: 'ada@lab.example', name: 'Ada', password: 'three words together' },
    { isAdmin: false, role: 'owner', studyId: study.id },
  );
  const form = (path: string, body: Record<string, string>) =>
    fetch(new URL(path, url), { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(body) });

  const sent = await house.post(
    '/v1/batch',
    {
      batch: [{ type: 'track', userId: 'ann', event: 'Looked', messageId: 'm1' }],
    },
    headers,
  );
  expect(sent.status).toBe(200);
  expect((await house.post('/v1/track', { nothing: 'fits' }, headers)).status).toBeGreaterThanOrEqual(200);
  const started = await form('/s/field', { consent: 'analysis' });
  expect(started.status).toBe(303);
  const page = started.headers.get('location') ?? '';
  expect((await form(page, { city: 'city' })).status).toBe(303);
  expect((await form('/sign-in', { email: 'ada@lab.example', password: 'wrong' })).status).toBeGreaterThanOrEqual(400);
  expect((await form('/sign-in', { email: 'ada@lab.example', password: 'three words together' })).status).toBe(303);
  expect((await fetch(new URL('/no-such-page', url), { headers })).status).toBe(404);
  await verbatim.logs.settle();

  expect(await house.events()).toHaveLength(1);
  expect(marksIn(folder, [ADDRESS, NETWORK])).toEqual([]);
  expect(house.lines.length).toBeGreaterThan(0);
  expect(house.lines.filter((line) => line.includes(NETWORK))).toEqual([]);
});
