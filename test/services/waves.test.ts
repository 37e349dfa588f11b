import { expect, test } from 'vitest';
import { publicHalf } from '../../src/store/identifiers.ts';
import type { Verbatim } from '../../src/verbatim.ts';
import { fixedClock, plantStudy } from '../support/house.ts';
import { answerAs, openPostHouse, plantPeople } from '../support/post-house.ts';

const DAY_MS = 86_400_000;
const wave = (surveyId: number, name: string, startsAt: string, endsAt: string | null) => ({
  surveyId,
  name,
  startsAt,
  endsAt,
  target: null,
  cost: null,
  invited: null,
});

/** A survey with two waves of a week, three weeks apart, and one person with a personal link. */
async function plant(verbatim: Verbatim) {
  const { study, survey } = await plantStudy(verbatim, 'Waves');
  await plantPeople(verbatim, study.workspaceId, { 'ada@people.example': {} });
  const { store, targeting } = verbatim;
  const first = await store.fieldwork.addWave(
    wave(survey.id, 'Spring', '2026-03-01T00:00:00.000Z', '2026-03-09T00:00:00.000Z'),
  );
  const second = await store.fieldwork.addWave(wave(survey.id, 'Autumn', '2026-03-22T00:00:00.000Z', null));
  const people = await store.people.canonical(study.workspaceId);
  const published = await store.surveys.findPublished(survey.slug);
  if (!published) throw new Error('It is not published');
  await targeting.invite(published, people);
  const link = targeting.invitationToken(survey.publicId, people[0]?.publicId ?? '');
  return { study, survey, published, first, second, link };
}

test('somebody who answered one wave is asked again in the next, and twice in none', async () => {
  const clock = fixedClock();
  await using house = await openPostHouse({ smtpUrl: null, now: clock.now });
  const { study, survey, published, first, second, link } = await plant(house.verbatim);
  const { distribution, fieldwork, store, targeting } = house.verbatim;
  const invited = async (number: number) => (await distribution.recipients(study, survey, null, number)).to.length;

  expect([await invited(1), await invited(2)]).toEqual([1, 1]);
  await answerAs(house.verbatim, survey.slug, link);
  expect([await invited(1), await invited(2)]).toEqual([0, 1]);
  expect((await targeting.admit(published, link)).words).toBe('answered');

  clock.forward(14 * DAY_MS);
  expect((await targeting.admit(published, link)).words).toBe('answered');

  clock.forward(7 * DAY_MS);
  expect((await targeting.admit(published, link)).isAdmitted).toBe(true);
  await answerAs(house.verbatim, survey.slug, link);
  expect((await targeting.admit(published, link)).words).toBe('answered');
  expect(await invited(2)).toBe(0);
  await expect(
    fieldwork.start(survey.slug, { consents: ['analysis'], language: null, invitation: link }),
  ).rejects.toMatchObject({ kind: 'forbidden' });

  const responses = await store.responses.list(survey.id);
  expect(responses.map((response) => response.wave)).toEqual([first.publicId, second.publicId]);
  expect(new Set(responses.map((response) => response.participationId)).size).toBe(1);
});

test('the link comes back to the same response within a wave, and begins another in the next', async () => {
  const clock = fixedClock();
  await using house = await openPostHouse({ smtpUrl: null, now: clock.now });
  const { survey, link } = await plant(house.verbatim);
  const begin = async () => {
    const started = await house.verbatim.fieldwork.start(survey.slug, {
      consents: ['analysis'],
      language: null,
      invitation: link,
    });
    if (!started.started) throw new Error('It did not start');
    return publicHalf(started.next.token);
  };
  const early = await begin();
  expect(await begin()).toBe(early);
  clock.forward(21 * DAY_MS);
  const late = await begin();
  expect(late).not.toBe(early);
  expect(await begin()).toBe(late);
});

test('a single-use link is good for one response in all waves', async () => {
  const clock = fixedClock();
  await using house = await openPostHouse({ smtpUrl: null, now: clock.now });
  const { survey } = await plant(house.verbatim);
  const { fieldwork, store } = house.verbatim;
  const single = 'AbCdEfGhIjKlMnOpQrStUv';
  await store.fieldwork.addSingleLinks(survey.id, [publicHalf(single)], clock.now().toISOString());
  const begin = async () => {
    const started = await fieldwork.start(survey.slug, {
      consents: ['analysis'],
      language: null,
      invitation: null,
      single,
    });
    if (!started.started) throw new Error('It did not start');
    return started.next.token;
  };
  const token = await begin();
  clock.forward(21 * DAY_MS);
  expect(await begin()).toBe(token);
});
