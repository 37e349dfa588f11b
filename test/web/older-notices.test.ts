import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PrivacyNotice } from '../../src/model/privacy-notice.ts';
import { ofStudy } from '../../src/services/privacy-notices.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { visitor } from '../journeys/visitor.ts';
import { openAccountHouse } from '../support/account-house.ts';
import { plantStudy } from '../support/house.ts';

let house: Awaited<ReturnType<typeof openAccountHouse>>;
beforeAll(async () => {
  house = await openAccountHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

/** Says what the notice of a study is from now on, and publishes its survey with it. */
async function publishWith(study: Study, survey: SurveyRow, notice: PrivacyNotice): Promise<void> {
  const { privacyNotices, surveys } = house.verbatim;
  const { revision } = await privacyNotices.read(ofStudy(study));
  await privacyNotices.save(ofStudy(study), revision, notice, null);
  await surveys.publish(survey, survey.draftRevision, null);
}
const sealIn = (page: string) => /name="notice" value="([^"]+)"/.exec(page)?.[1] ?? '';

test('whoever comes with the seal of an older notice is asked for the age that the newest asks for', async () => {
  const { study, survey } = await plantStudy(house.verbatim, 'Seals');
  await publishWith(study, survey, { minimumAge: 0 });
  const person = visitor(house.url);
  const old = sealIn((await person.get(`/s/${survey.slug}`)).text);
  const fresh = (await house.verbatim.store.surveys.find(study.id, survey.publicId))!;
  await publishWith(study, fresh, { minimumAge: 16 });
  const plain = await visitor(house.url).post(`/s/${survey.slug}`, { consent: 'analysis' });
  const sneaky = await visitor(house.url).post(`/s/${survey.slug}`, { consent: 'analysis', notice: old });
  expect([plain.status, sneaky.status]).toEqual([422, 422]);
  const told = await visitor(house.url).post(`/s/${survey.slug}`, { consent: 'analysis', notice: old, ofAge: 'yes' });
  expect(told.status).toBe(303);
});
