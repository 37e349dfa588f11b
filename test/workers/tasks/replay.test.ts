import { expect, test } from 'vitest';
import { Moment } from '../../../src/model/moment.ts';
import { fixedClock, openHouse } from '../../support/house.ts';
import { smallSurvey } from '../../support/small-survey.ts';

const DAY = 86_400_000;

test('the last days are lived through again, with the events as far as they had happened and limits over all surveys', async () => {
  const clock = fixedClock('2026-03-31T12:00:00.000Z');
  await using house = await openHouse({ now: clock.now });
  const { verbatim } = house;
  const study = await verbatim.studies.addTo('A study', null, null, null);
  const source = await verbatim.sources.add(study.workspaceId, 'Shop', null);
  const survey = async (code: string, moment: object, rule: object | null) => {
    const draft = await verbatim.surveys.importJson(study.id, JSON.stringify({ ...smallSurvey, code }));
    await verbatim.surveys.publish(draft, 1, null);
    const row = await verbatim.store.surveys.find(study.id, draft.publicId);
    if (!row) throw new Error('The survey is not there');
    if (rule) {
      const segment = await verbatim.segments.define(study, { name: code, rule, surveyId: null }, null);
      await verbatim.store.surveys.setAudience(row.id, segment.id);
    }
    await verbatim.offers.saveMoment(row, Moment.parse({ isOn: true, trigger: { on: 'page' }, ...moment }));
    return row.publicId;
  };
  const often = await survey(
    'often',
    { priority: 90, pages: [{ match: 'contains', value: '/thanks' }] },
    { event: 'Order Completed', op: 'gte', value: 2 },
  );
  const all = await survey('everybody', { frequency: 'every', everyDays: 1, priority: 10 }, null);
  const off = await survey('off', { isOn: false }, null);

  let told = 0;
  const tell = (userId: string, daysAgo: number, message: object) => {
    told += 1;
    return {
      userId,
      messageId: `m${told}`,
      timestamp: new Date(clock.now().getTime() - daysAgo * DAY).toISOString(),
      ...message,
    };
  };
  const opens = (who: string, daysAgo: number, path: string) =>
    tell(who, daysAgo, { type: 'page', properties: { url: `https://shop.example${path}` } });
  const buys = (who: string, daysAgo: number) =>
    tell(who, daysAgo, { type: 'track', event: 'Order Completed', properties: {} });
  const { faults } = await verbatim.intake.collect(source, {
    messages: [
      opens('ada', 40, '/'),
      buys('ada', 21),
      opens('ada', 20.9, '/thanks'),
      buys('ada', 10),
      opens('ada', 9.9, '/thanks'),
      opens('ada', 1, '/'),
      opens('bea', 5, '/'),
      opens('bea', 4, '/'),
    ],
    sentAt: undefined,
  });
  expect(faults).toEqual([]);
  const seen = await verbatim.offers.replay(study, 30);
  // Ada had bought once when she first came, so only the survey for everybody was free; after the second purchase the
  // other one comes first, eleven days later. Both count for her pause of seven days, so that her last page is free again.
  expect(seen).toMatchObject({ moments: 5, people: 2, isCut: false });
  expect(seen.surveys).toEqual([
    {
      survey: often,
      offers: 1,
      people: 1,
      gates: expect.arrayContaining([
        ['audience', 1],
        ['page', 3],
      ]),
    },
    {
      survey: all,
      offers: 3,
      people: 2,
      gates: expect.arrayContaining([
        ['priority', 1],
        ['cool-down', 1],
      ]),
    },
  ]);
  expect(seen.surveys.some((one) => one.survey === off)).toBe(false);
  expect(seen.collisions).toEqual([{ first: often, second: all, count: 1 }]);
  expect(seen.days).toHaveLength(30);
  expect(seen.days.reduce((sum, { offers }) => sum + offers, 0)).toBe(4);
});
