import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rule } from '../../src/model/rule.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { fixedClock } from '../support/house.ts';

const clock = fixedClock('2026-03-30T10:00:00.000Z');
const rule: Rule = { attribute: 'plan', op: 'is', value: 'pro' };
let house: Awaited<ReturnType<typeof openFieldHouse>>;
let segments: string;
beforeAll(async () => {
  house = await openFieldHouse({ now: clock.now });
  segments = `/studio/${house.study.publicId}/segments`;
  await house.verbatim.intake.people(
    house.study.workspaceId,
    [
      ['ada', 'pro'],
      ['bea', 'free'],
    ].map(([externalId = '', value = '']) => ({
      externalId,
      attributes: [
        { name: 'plan', value, source: 'test' },
        { name: 'email', value: `${externalId}@example.org`, source: 'test' },
      ],
    })),
  );
  await house.verbatim.logs.settle();
});
afterAll(() => house[Symbol.asyncDispose]());

const plain = ({ text }: { text: string }): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const define = (name: string) => house.verbatim.segments.define(house.study, { name, rule, surveyId: null }, null);

test('the list has the size of each segment when it was last counted, and says what was not counted yet', async () => {
  const segment = await define('On pro');
  expect(plain(await house.researcher.get(segments))).toMatch(/On pro people – – not counted yet/);
  await house.researcher.get(`${segments}/${segment.publicId}`);
  expect(plain(await house.researcher.get(segments))).toMatch(/On pro people 1 of 2 \(50\.0%\) 0 30 March 2026/);
});

describe('asking the people of a segment', () => {
  test('begins a new survey that is offered to them', async () => {
    const segment = await define('New survey');
    const at = `${segments}/${segment.publicId}`;
    const page = await house.researcher.get(at);
    expect(page.text).toContain(`href="${at}/ask"`);
    const form = await house.researcher.get(`${at}/ask`);
    expect(plain(form)).toContain('A small survey (offered to everybody so far)');
    // What is refused when it is empty is not called optional.
    expect(plain(form)).toContain('Title of the new survey');
    expect(plain(form)).not.toContain('(optional)');
    const asked = await house.researcher.post(`${at}/ask`, {
      ...Object.fromEntries(fieldsOf(form.text, `${at}/ask`)),
      title: 'Why pro?',
    });
    expect([asked.status, asked.location]).toEqual([303, expect.stringMatching(/\/surveys\/[\w-]+\/build$/)]);
    const made = (await house.verbatim.store.surveys.list(house.study.id)).find(
      ({ draft }) => draft.title['en'] === 'Why pro?',
    );
    expect(made?.audienceSegmentId).toBe(segment.id);
  });

  test('or takes a survey there is', async () => {
    const { survey, study, verbatim } = house;
    const segment = await define('Old survey');
    const at = `${segments}/${segment.publicId}/ask`;
    const asked = await house.researcher.post(at, { how: 'existing', survey: survey.publicId });
    expect([asked.status, asked.location]).toEqual([
      303,
      `/studio/${study.publicId}/surveys/${survey.publicId}?done=aimed`,
    ]);
    expect((await verbatim.store.surveys.find(study.id, survey.publicId))?.audienceSegmentId).toBe(segment.id);
    expect(plain(await house.researcher.get(at))).toContain('A small survey (offered to “Old survey” so far)');
    await verbatim.surveys.setAudience(survey, null);
  });

  test('says of each survey that there is whether it takes answers', async () => {
    const { survey, study, verbatim } = house;
    const at = `${segments}/${(await define('Which are open')).publicId}`;
    await verbatim.surveys.addEmpty(study.id, 'en', 'Still written');
    await verbatim.surveys.setState(survey, 'closed');
    const page = plain(await house.researcher.get(`${at}/ask`));
    expect(page).toContain('A small survey (closed, offered to everybody so far)');
    expect(page).toContain('Still written (a draft, offered to everybody so far)');
    expect(plain(await house.researcher.get(`${at}/invite`))).toContain(
      'A small survey (closed, offered to everybody so far)',
    );
    await verbatim.surveys.setState(survey, 'open');
    await verbatim.surveys.saveSettings(survey, { closesAt: '2026-03-01T00:00:00Z' });
    expect(plain(await house.researcher.get(`${at}/invite`))).toContain('A small survey (closed, offered');
    await verbatim.surveys.saveSettings(survey, { closesAt: '2026-05-01T00:00:00Z' });
    expect(plain(await house.researcher.get(`${at}/invite`))).toContain('A small survey (offered to everybody so far)');
    await verbatim.surveys.saveSettings(survey, {});
  });

  test('says at its field what is missing, and keeps what is filled in', async () => {
    const at = `${segments}/${(await define('Nothing chosen')).publicId}/ask`;
    const untitled = await house.researcher.post(at, { how: 'new', title: ' ', language: 'de' });
    expect([untitled.status, untitled.text.includes('href="#title"')]).toEqual([422, true]);
    expect(fieldsOf(untitled.text, at).get('language')).toEqual(['de']);
    const none = await house.researcher.post(at, { how: 'existing', survey: '' });
    expect([none.status, none.text.includes('href="#survey"')]).toEqual([422, true]);
    expect((await house.researcher.post(at)).status).toBe(422);
  });

  test('by mail leads to the invitation of a published survey, to this segment only', async () => {
    const { survey, study } = house;
    const segment = await define('Written to');
    const at = `${segments}/${segment.publicId}/invite`;
    expect(plain(await house.researcher.get(at))).toContain('To which survey?');
    expect((await house.researcher.post(at, { survey: '' })).status).toBe(422);
    const { location } = await house.researcher.post(at, { survey: survey.publicId });
    const letter = await house.researcher.get(location);
    expect(letter.status).toBe(200);
    const action = `/studio/${study.publicId}/surveys/${survey.publicId}/distribution/invite`;
    expect(fieldsOf(letter.text, action).get('segment')).toEqual([segment.publicId]);
    expect(plain(letter)).toMatch(/\b1 (person|letter|people)/);
  });

  test('of one that was found begins with a rule that asks for it', async () => {
    const { connection } = house.verbatim;
    const id = newPublicId();
    connection
      .prepare(
        `insert into segments (study_id, public_id, origin, name, version, position, profile, created_at)
         values (?, ?, 'found', 'Found', 1, 0, ?, '2026-03-01T00:00:00.000Z')`,
      )
      .run(
        house.study.id,
        id,
        '{"size":1,"share":{"share":1,"low":0,"high":1},"centre":{},"standardisedCentre":{},"scales":[]}',
      );
    const page = await house.researcher.get(`${segments}/${id}`);
    const href = /href="([^"]*segments\/define\?[^"]*)"/
      .exec(page.text)?.[1]
      ?.replaceAll('&amp;', '&')
      .replaceAll('&#x3D;', '=');
    const builder = await house.researcher.get(href ?? '');
    expect(JSON.parse(fieldsOf(builder.text, `${segments}/define`).get('rule')?.[0] ?? '')).toEqual({
      all: [{ segment: id }],
    });
    for (const path of ['ask', 'invite', 'rule.json'])
      expect((await house.researcher.get(`${segments}/${id}/${path}`)).status).toBe(409);
  });
});
