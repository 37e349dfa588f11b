import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SurveySettings } from '../../src/model/survey-settings.ts';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { smallSurvey } from '../support/small-survey.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

/** The small survey under a name of its own, answered by somebody to the end. */
async function sent(code: string, settings: SurveySettings = {}) {
  const { studies, surveys, store } = house.verbatim;
  const study = await studies.addTo('Receipts', null, null, null);
  const draft = await surveys.importJson(study.id, JSON.stringify({ ...smallSurvey, code }));
  await surveys.publish(draft, draft.draftRevision, null);
  const survey = await store.surveys.find(study.id, draft.publicId);
  if (!survey) throw new Error('It is gone');
  await store.surveys.saveSettings(survey.id, settings);
  const person: Visitor = visitor(house.url);
  let at = (await person.post(`/s/${survey.slug}`, { consent: 'analysis' })).location;
  at = (await person.post(at, { city: 'village', topics: ['news', 'sport'] })).location;
  at = (await person.post(at, { 'holds.outdoors': '4', mood: '3' })).location;
  at = (await person.post(at, { age: '30', story: 'My own words.' })).location;
  const done = (await person.post(at)).location;
  return { survey, person, done, token: done.split('/')[2] ?? '' };
}
type Own = { state: string; answers: { item: string; value?: unknown; answer?: string; row?: string }[] };
const ownFile = async (person: Visitor, token: string) =>
  JSON.parse((await person.get(`/r/${token}/mine.json`)).text) as Own;

test('the last page says where the code is entered', async () => {
  const { person, done } = await sent('where');
  const { text } = await person.get(done);
  expect(text).toContain('When you come back, enter it at this address:');
  expect(text).toContain(`<a href="/receipt">${house.url}/receipt</a>`);
});

test('the file of one’s own answers says them in words beside their codes', async () => {
  const { person, token } = await sent('words');
  const { answers } = await ownFile(person, token);
  const of = (item: string) => answers.find((one) => one.item === item);
  expect(of('city')).toMatchObject({ value: 'village', answer: 'In a village' });
  expect(of('topics')).toMatchObject({ value: ['news', 'sport'], answer: 'News, Sport' });
  expect(of('holds.outdoors')).toMatchObject({ row: 'Being outdoors', value: 4, answer: '4' });
  expect(of('word')).not.toHaveProperty('answer');
});

test('of a withdrawn response the file says that it was withdrawn, once, and nothing of any question', async () => {
  const { person, token } = await sent('gone');
  await person.post(`/r/${token}/withdraw`);
  expect(await ownFile(person, token)).toMatchObject({ state: 'withdrawn', answers: [] });
});

test('answers may be corrected as long as the settings say so, open or closed, and every page says what holds', async () => {
  const { person, token, survey, done } = await sent('correct');
  const { store } = house.verbatim;
  await store.surveys.setState(survey.id, 'closed');
  const mine = await person.get(`/r/${token}/mine`);
  expect(mine.text).toContain('You can still change your answers here.');
  const change = new RegExp(`href="(/r/${token}/1/\\d+)"`).exec(mine.text)?.[1] ?? '';
  expect(mine.text).not.toContain('role="status"');
  const corrected = await person.get((await person.post(change, { city: 'city' })).location);
  expect(corrected.text).toMatch(/role="status"><p>Your answers have been saved\./);
  expect(corrected.text, 'with what they are now').toContain('In a city');
  const later = await person.get(`/r/${token}/mine?saved=1`);
  expect(later.text, 'not for whoever writes an address').not.toContain('role="status"');
  expect((await person.get(done)).text).toContain('you can see, correct or withdraw your answers');

  await store.surveys.saveSettings(survey.id, { mayCorrect: false });
  const fixed = await person.get(`/r/${token}/mine`);
  expect(fixed.text).toContain('Your answers can no longer be changed.');
  expect(fixed.text).not.toContain(`href="/r/${token}/1/`);
  expect((await person.get(done)).text).toContain('you can see or withdraw your answers');
  const { nextRevision } = await house.verbatim.fieldwork.open(token);
  expect((await person.post(`/r/${token}/1/${nextRevision}`, { city: 'na' })).status).toBe(410);
  expect((await ownFile(person, token)).answers.find(({ item }) => item === 'city')?.value).toBe('city');
});

test('a second entry in the draw is told that the first one counts, and later visits see that one is in', async () => {
  const { person, token, done } = await sent('draw', { prizeDraw: { text: { en: 'Win a book' } } });
  const first = await person.post(`/r/${token}/draw`, { contact: 'a@b.example' });
  const entered = await person.get(first.location);
  expect(entered.text).toContain('You are in the draw. Good luck!');
  expect(entered.text).not.toContain('first entry');
  const second = await person.post(`/r/${token}/draw`, { contact: 'other@b.example' });
  const again = await person.get(second.location);
  expect(again.text).toContain('You were in the draw already. Your first entry counts');
  const later = await person.get(done);
  expect(later.text).toContain('You are in the draw. Good luck!');
  expect(later.text).not.toContain('name="contact"');
});

test('nobody is told that they are in a draw by an address that says so', async () => {
  const { person, done } = await sent('draw-said', { prizeDraw: { text: { en: 'Win a book' } } });
  const { text } = await person.get(`${done}?draw=entered`);
  expect(text).not.toContain('You are in the draw');
  expect(text).toContain('name="contact"');
});

test('a test response has no chance in the draw, and its last page says that it is a test', async () => {
  const { survey, person } = await sent('draw-test', { prizeDraw: { text: { en: 'Win a book' } } });
  const { fieldwork, store, surveys } = house.verbatim;
  const started = await fieldwork.start(survey.slug, {
    consents: ['analysis'],
    language: null,
    invitation: null,
    query: { test: surveys.testMark(survey) },
  });
  if (!started.started) throw new Error('It did not start');
  const { token } = started.next;
  await fieldwork.answer({ token, page: 1, revision: 1 }, { city: 'na' });
  await fieldwork.complete(token, 2);
  const { text } = await person.get(`/r/${token}/done`);
  expect(text).toContain('This is a test: these answers are not counted.');
  expect(text).toContain('Win a book');
  expect(text).not.toContain('name="contact"');
  expect((await person.post(`/r/${token}/draw`, { contact: 'ada@lab.example' })).status).toBe(404);
  expect(await store.fieldwork.drawEntries(survey.id)).toEqual([]);
});
