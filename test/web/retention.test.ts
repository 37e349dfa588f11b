import { expect, test } from 'vitest';
import { answerField, openFieldHouse } from '../support/field-house.ts';
import { fixedClock } from '../support/house.ts';

const DAY_MS = 86_400_000;
const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

test('an owner sets the times, sees what goes, holds it, and means it when somebody is to be erased nevertheless', async () => {
  const clock = fixedClock();
  await using house = await openFieldHouse({ now: clock.now });
  const { researcher, study, survey, verbatim } = house;
  const at = `/studio/${study.publicId}`;
  const page = async () => plain((await researcher.get(`${at}/retention`)).text);
  const id = await answerField(verbatim, survey.slug, { city: 'village' });
  expect((await researcher.post(`${at}/retention`, { identifiersDays: 'soon', wordsDays: '' })).status).toBe(422);
  expect((await researcher.post(`${at}/retention`, { identifiersDays: '3', wordsDays: '' })).status).toBe(303);
  expect(await page()).toContain('A small survey 0 0 1 0');

  await researcher.post(`${at}/retention/hold`, { reason: 'A case at court' });
  clock.forward(4 * DAY_MS);
  await house.signIn();
  expect(await page()).toContain('A case at court');
  expect(await verbatim.retention.perform()).toBe(0);
  expect(plain((await researcher.get('/studio/admin')).text)).toContain('Legal holds');
  const erase = `${at}/responses/${id}/erase`;
  expect(plain((await researcher.get(erase)).text)).toContain('A case at court');
  expect((await researcher.post(erase, { sure: 'yes' })).status).toBe(409);
  expect((await verbatim.store.responses.find(study.id, id))?.state).toBe('completed');
  expect((await researcher.post(erase, { sure: 'yes', despiteHold: 'yes' })).status).toBe(200);
  expect((await verbatim.store.responses.find(study.id, id))?.state).toBe('withdrawn');

  const other = await answerField(verbatim, survey.slug, { city: 'village' });
  clock.forward(4 * DAY_MS);
  await house.signIn();
  expect((await researcher.post(`${at}/retention/lift`)).status).toBe(303);
  expect(await verbatim.retention.perform()).toBe(1);
  expect(await page()).toMatch(/field 2 0 \d+/);
  expect((await verbatim.store.responses.find(study.id, other))?.state).toBe('completed');
});

test('time that is kept longer than the notice says is told where it is set, and before a survey is published', async () => {
  await using house = await openFieldHouse();
  const { researcher, study, survey } = house;
  const at = `/studio/${study.publicId}`;
  const telling = async (address: string) => plain((await researcher.get(`${at}${address}`)).text);
  const places = ['/retention', `/surveys/${survey.publicId}`, `/surveys/${survey.publicId}/build/check`];
  const warning = 'Kept longer than people are told';
  for (const place of places) {
    const page = await telling(place);
    expect(page, place).toContain(warning);
    expect(page, place).toContain('To keep that, let both parts go after 730 days or fewer.');
  }
  expect((await researcher.post(`${at}/retention`, { identifiersDays: '30', wordsDays: '731' })).status).toBe(303);
  expect(await telling('/retention')).toContain(warning);
  expect(await telling('/impact-assessment')).toContain('what was said in words for 731 days');
  expect((await researcher.post(`${at}/retention`, { identifiersDays: '30', wordsDays: '730' })).status).toBe(303);
  for (const place of places) expect(await telling(place), place).not.toContain(warning);
});
