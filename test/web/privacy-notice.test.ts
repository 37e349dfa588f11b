import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrivacyNotice } from '../../src/model/privacy-notice.ts';
import { INSTALLATION, ofStudy } from '../../src/services/privacy-notices.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { openAccountHouse } from '../support/account-house.ts';
import { plantStudy } from '../support/house.ts';
import { wholeNotice } from '../support/plant-notice.ts';

let house: Awaited<ReturnType<typeof openAccountHouse>>;
let ada: Visitor;
beforeAll(async () => {
  house = await openAccountHouse();
  ada = await house.enter('ada@example.org');
});
afterAll(() => house[Symbol.asyncDispose]());

/** Says what the notice of a study is from now on, and publishes its survey with it. */
async function publishWith(study: Study, survey: SurveyRow, notice: PrivacyNotice): Promise<void> {
  const { privacyNotices, surveys } = house.verbatim;
  const { revision } = await privacyNotices.read(ofStudy(study));
  await privacyNotices.save(ofStudy(study), revision, notice, null);
  await surveys.publish(survey, survey.draftRevision, null);
}
const consentOf = async (at: string) => (await house.verbatim.fieldwork.open(at.split('/')[2] ?? '')).response.consent;
const sealIn = (page: string) => /name="notice" value="([^"]+)"/.exec(page)?.[1] ?? '';

describe('what respondents are told', () => {
  let study: Study;
  let survey: SurveyRow;
  beforeAll(async () => {
    ({ study, survey } = await plantStudy(house.verbatim, 'Told'));
  });

  test('the first page says who asks, why, for how long and whom to ask, and leads to the whole of it', async () => {
    await publishWith(study, survey, {
      controllerName: 'Told & Sons',
      purposes: { en: 'To learn.', de: 'Um zu lernen.' },
    });
    const person = visitor(house.url);
    const { text } = await person.get('/s/told-none-such');
    expect(text).not.toContain('Told &amp; Sons');
    const first = (await person.get(`/s/${survey.slug}`)).text;
    for (const said of ['Told &amp; Sons', 'To learn.', '2 years after the last answer', 'privacy@example.org'])
      expect(first).toContain(said);
    const whole = /href="([^"]+)">Read the whole privacy notice/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const page = (await person.get(whole)).text;
    for (const said of ['1 Test Street, Testing', 'I take part', 'Nobody else gets them.', 'supervisory authority'])
      expect(page).toContain(said);
    const german = (await person.get(`/s/${survey.slug}/notice?language=de`)).text;
    expect(german).toContain('Um zu lernen.');
    expect(german).toContain('Aufsichtsbehörde');
  });

  test('what was shown is kept with the consent, and can be read again word for word', async () => {
    const person = visitor(house.url);
    const first = (await person.get(`/s/${survey.slug}`)).text;
    const started = await person.post(`/s/${survey.slug}`, { consent: 'analysis', notice: sealIn(first) });
    expect(await consentOf(started.location)).toMatchObject({ notice: { hash: sealIn(first), country: null } });
    await publishWith(study, survey, { controllerName: 'Another House' });
    expect((await person.get(`/s/${survey.slug}`)).text).toContain('Another House');
    const token = started.location.split('/')[2];
    const again = (await person.get(`/r/${token}/notice`)).text;
    expect(again).toContain('Told &amp; Sons');
    expect(again).not.toContain('Another House');
    // Whoever opened the page before the change is kept with what they saw.
    const late = await person.post(`/s/${survey.slug}`, { consent: 'analysis', notice: sealIn(first) });
    expect((await consentOf(late.location))?.notice?.hash).toBe(sealIn(first));
    await house.verbatim.logs.settle();
    const row = await house.verbatim.database.kysely
      .selectFrom('consents')
      .select(['noticeHash', 'noticeCountry', 'statedAge'])
      .where('studyId', '=', study.id)
      .execute();
    expect(row).toContainEqual({ noticeHash: sealIn(first), noticeCountry: null, statedAge: null });
  });

  test('below a minimum age nothing begins: it is a box of its own, and never ticked beforehand', async () => {
    await publishWith(study, survey, { minimumAge: 16 });
    const person = visitor(house.url);
    const first = (await person.get(`/s/${survey.slug}`)).text;
    expect(first).toContain('I am at least 16 years old');
    expect(first).not.toMatch(/name="ofAge"[^>]*checked/);
    const before = await house.verbatim.logs.responses.count();
    const refused = await person.post(`/s/${survey.slug}`, { consent: 'analysis' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('href="#of-age"');
    expect(refused.text).toMatch(/value="analysis"[^>]* checked/);
    expect((await person.post(`/s/${survey.slug}`, { ofAge: 'yes' })).status).toBe(422);
    expect(await house.verbatim.logs.responses.count()).toBe(before);
    const started = await person.post(`/s/${survey.slug}`, { consent: 'analysis', ofAge: 'yes' });
    expect((await consentOf(started.location))?.notice).toMatchObject({ statedAge: 16 });
  });

  test('where the law differs people say where they live, and are told what holds there', async () => {
    await publishWith(study, survey, {
      minimumAge: 16,
      variants: { GB: { minimumAge: 13, representative: 'A Friend, London' } },
    });
    const person = visitor(house.url);
    const choice = (await person.get(`/s/${survey.slug}`)).text;
    expect(choice).toContain('Where do you live?');
    expect(choice).not.toContain('name="consent"');
    expect((await person.post(`/s/${survey.slug}`, { consent: 'analysis', ofAge: 'yes' })).status).toBe(422);
    const british = (await person.get(`/s/${survey.slug}?notice=GB`)).text;
    expect(british).toContain('I am at least 13 years old');
    expect((await person.get(`/s/${survey.slug}/notice?notice=GB`)).text).toContain('A Friend, London');
    expect((await person.get(`/s/${survey.slug}?notice=other`)).text).toContain('I am at least 16 years old');
    const started = await person.post(`/s/${survey.slug}?notice=GB`, { consent: 'analysis', ofAge: 'yes' });
    expect((await consentOf(started.location))?.notice).toMatchObject({ country: 'GB', statedAge: 13 });
  });
});

describe('a survey without its notice', () => {
  let study: Study;
  let survey: SurveyRow;
  beforeAll(async () => {
    ({ study, survey } = await plantStudy(house.verbatim, 'Untold'));
    await house.verbatim.privacyNotices.save(INSTALLATION, 1, {}, null);
  });
  afterAll(() => house.verbatim.privacyNotices.save(INSTALLATION, 2, wholeNotice, null));

  test('is not published, each missing part is named, and the way leads there and back', async () => {
    const at = `/studio/${study.publicId}/surveys/${survey.publicId}`;
    const refused = await ada.post(`${at}/publish`, { revision: String(survey.draftRevision) });
    expect(refused.status).toBe(422);
    for (const part of ['controller', 'Postal address', 'Contact', 'Legal basis', 'How long', 'Minimum age'])
      expect(refused.text).toContain(part);
    // What was published before stays as it is.
    expect((await visitor(house.url).get(`/s/${survey.slug}`)).status).toBe(200);
    const page = (await ada.get(at)).text;
    expect(page).toContain('its privacy notice');
    const form = `/studio/${study.publicId}/notice?survey=${survey.publicId}`;
    expect(page).toContain(form.replaceAll('=', '&#x3D;'));
    const filled = {
      revision: '0',
      survey: survey.publicId,
      controllerName: 'Untold Ltd',
      controllerAddress: '2 Quiet Street',
      contact: 'untold@example.org',
      'purposes-en': 'To learn.',
      legalBasis: 'consent',
      keptMonths: '12',
      nobody: 'yes',
      minimumAge: '0',
    };
    expect((await ada.get(form)).text).toContain('What the answers are for, in German');
    const half = await ada.post(`/studio/${study.publicId}/notice`, filled);
    expect(half.location).toBe(`/studio/${study.publicId}/notice?done=saved&survey=${survey.publicId}`);
    expect((await ada.get(half.location)).text).toContain('What the answers are for: write it in German');
    const odd = await ada.post(`/studio/${study.publicId}/notice`, { ...filled, revision: '1', minimumAge: '160' });
    expect(odd.status).toBe(422);
    expect(odd.text).toContain('href="#minimumAge"');
    const whole = await ada.post(`/studio/${study.publicId}/notice`, {
      ...filled,
      revision: '1',
      'purposes-de': 'Um zu lernen.',
    });
    expect(whole.location).toBe(`${at}?done=notice`);
    expect((await ada.get(at)).text).toContain('Publish the changed privacy notice');
    expect((await ada.post(`${at}/publish`, { revision: String(survey.draftRevision) })).status).toBe(303);
    expect((await visitor(house.url).get(`/s/${survey.slug}`)).text).toContain('Untold Ltd');
  });

  test('is published by the notice of its workspace, which its owner fills in once; a country has a page of its own', async () => {
    const { surveys, privacyNotices, store } = house.verbatim;
    const at = `/studio/${study.publicId}/workspace-notice`;
    await ada.post(at, {
      revision: '0',
      controllerName: 'The Workspace',
      controllerAddress: '3 Street',
      contact: 'ws@example.org',
      'purposes-en': 'To learn.',
      'purposes-de': 'Um zu lernen.',
      legalBasis: 'public-task',
      keptUntil: '2030-12-31',
      nobody: 'yes',
      minimumAge: '0',
    });
    const other = await plantStudy(house.verbatim, 'Heir');
    expect(await store.surveys.findPublished(other.survey.slug)).not.toBeNull();
    expect((await ada.get(`${at}/country?code=gb`)).location).toBe('in/GB');
    for (const no of ['country', 'country?code=', 'country?code=Germany', 'in/Germany', 'in/zz9'])
      expect([303, 404]).toContain((await ada.get(`${at}/${no}`)).status);
    await ada.post(`${at}/in/GB`, { revision: '1', minimumAge: '13' });
    const layers = await privacyNotices.layers(other.study);
    expect(layers.at(-1)).toMatchObject({ minimumAge: 0, variants: { GB: { minimumAge: 13 } } });
    await surveys.publish(other.survey, 1, null);
    expect((await visitor(house.url).get(`/s/${other.survey.slug}`)).text).toContain('United Kingdom');
  });
});
