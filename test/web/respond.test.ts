import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SurveyDefinition } from '../../src/model/survey.ts';
import { testMark } from '../../src/services/admission.ts';
import { keysFrom } from '../../src/services/context.ts';
import { publicHalf } from '../../src/store/identifiers.ts';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { everyKind } from '../support/every-kind.ts';
import { smallSurvey } from '../support/small-survey.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

/** A survey of its own, published. */
async function publish(definition: SurveyDefinition) {
  const { studies, surveys, store } = house.verbatim;
  const study = await studies.addTo('Fieldwork', null, null, null);
  const draft = await surveys.importJson(study.id, JSON.stringify(definition));
  await surveys.publish(draft, draft.draftRevision, null);
  const survey = await store.surveys.find(study.id, draft.publicId);
  if (!survey) throw new Error('It is gone');
  return { study, survey };
}
async function begin(person: Visitor, slug: string, query = ''): Promise<string> {
  const started = await person.post(`/s/${slug}${query}`, { consent: 'analysis' });
  expect(started.status).toBe(303);
  return started.location;
}
const tokenOf = (address: string) => address.split('/')[2] ?? '';
const responseAt = async (address: string) => (await house.verbatim.fieldwork.open(tokenOf(address))).response;
const isChosen = (page: string, name: string, value: string) =>
  new RegExp(`name="${name}" value="${value}"[^>]* checked`).test(page);

/** Fields of a best-worst question as they stand on a page: the first item is best, the last worst. */
function bestAndWorst(page: string, code: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [, field, value] of page.matchAll(
    new RegExp(`name="(${code}\\.t\\d+-(?:best|worst))" value="([^"]+)"`, 'g'),
  )) {
    if (field === undefined || value === undefined) continue;
    if (field.endsWith('-best')) fields[field] ??= value;
    else fields[field] = value;
  }
  return fields;
}

describe('a survey with everything in it, filled in with forms alone', () => {
  let survey: Awaited<ReturnType<typeof publish>>['survey'];
  beforeAll(async () => {
    ({ survey } = await publish(everyKind));
  });

  test('asks every kind, follows its logic, and keeps codes', async () => {
    const person = visitor(house.url);
    let at = await begin(person, survey.slug, '?c=spring&country=c7&source=letter');
    expect((await person.get(at)).text).toContain('Which plan do you use?');

    const wrong = await person.post(at, { plan: 'other' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('<title>Error: ');
    expect(wrong.text).toContain('Please say what');

    at = (await person.post(at, { plan: 'other', 'plan.other': 'A barter' })).location;
    const pays = await person.get(at);
    expect(pays.text).toContain('Do you pay for it yourself?');
    at = (await person.post(at, { pays: 'yes' })).location;

    const choices = await person.get(at);
    expect(choices.text).toContain('besides A barter?');
    expect(choices.text).not.toContain('A pen');
    expect(choices.text).toContain('<option value="c7" selected>');
    expect((await person.post(at, { tools: ['none', 'paper'] })).status).toBe(422);
    at = (await person.post(at, { tools: ['paper', 'board'], country: 'c7' })).location;

    const ranking = await person.get(at);
    expect(ranking.text).toContain('name="order.paper"');
    expect(ranking.text).not.toContain('name="order.sheet"');
    expect((await person.post(at, { 'order.paper': '1', 'order.board': '1' })).text).toContain(
      'Place 1 was given twice',
    );
    at = (await person.post(at, { 'order.paper': '2', 'order.board': '1' })).location;

    at = (await person.post(at, { nps: '9', stars: '4', mood: '5' })).location;
    at = (
      await person.post(at, {
        'values.calm': '5',
        'values.new': '2',
        'when.phone': ['morning', 'evening'],
        'feel.warm': '6',
      })
    ).location;

    const amounts = await person.get(at);
    const choice = bestAndWorst(amounts.text, 'matters');
    expect(Object.keys(choice)).toHaveLength(6);
    const sum = await person.post(at, { ...choice, 'split.work': '50', 'split.rest': '40', age: '41', share: '35' });
    expect(sum.text).toContain('Together these must be 100; now they are 90');
    at = (await person.post(at, { ...choice, 'split.work': '60', 'split.rest': '40', age: '41', share: '35' }))
      .location;

    const words = {
      why: 'It is quiet.\nReally 😀',
      mail: 'a@b.example',
      badge: 'AB123',
      since: '2020-02-29',
      at: '09:30',
    };
    expect((await person.post(at, { ...words, badge: 'ab' })).text).toContain('Two letters and three digits');
    const late = await person.post(at, { ...words, until: '2019-01-01' });
    expect(late.status).toBe(422);
    expect(late.text).toContain('The end comes before the beginning');
    at = (await person.post(at, { ...words, until: '2024-01-01' })).location;

    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    const html = await person.upload(at, 'proof', {
      name: 'photo.png',
      bytes: Buffer.from('<script>alert(1)</script>'),
    });
    expect(html.status).toBe(422);
    at = (
      await person.upload(
        at,
        'proof',
        { name: '../../photo<b>.png', bytes: png },
        { 'reach.fullName': 'Zoë <i>', 'reach.email': 'zoe@b.example', agree: 'yes' },
      )
    ).location;
    expect(at).toMatch(/\/check\/\d+$/);
    const check = await person.get(at);
    expect(check.text).toContain('Zoë &lt;i&gt;');
    expect(check.text).toContain('photo&lt;b&gt;.png');

    const sent = await person.post(at);
    const done = await person.get(sent.location);
    expect(done.text).toContain('Thank you, Zoë &lt;i&gt;');
    expect(done.text).toContain('https://example.org/back?plan&#x3D;other');
    expect(done.text).toContain('Like me'.slice(0, 0));

    await house.verbatim.logs.settle();
    const row = await house.verbatim.store.responses.find(survey.studyId, publicHalf(tokenOf(at)));
    const answers = Object.fromEntries(
      (await house.verbatim.store.responses.answersIn(row?.id ?? 0)).map(({ item, state, value }) => [
        item,
        state === 'answered' ? value : state,
      ]),
    );
    expect(answers).toMatchObject({
      campaign: 'spring',
      plan: 'other',
      pays: 'yes',
      tools: ['paper', 'board'],
      country: 'c7',
      order: ['board', 'paper'],
      nps: 9,
      'values.calm': 5,
      'when.phone': ['morning', 'evening'],
      'when.desk': 'skipped',
      'feel.warm': 6,
      'split.work': 60,
      age: 41,
      half: 20.5,
      since: '2020-02-29',
      at: '09:30',
      'reach.email': 'zoe@b.example',
      agree: 'yes',
    });
    expect(row).toMatchObject({ state: 'completed', source: 'letter', endCode: 'thanks' });
  });

  test('shows the same in Arabic, right to left, and goes on in it', async () => {
    const person = visitor(house.url);
    const first = await begin(person, survey.slug);
    const page = await person.get(`${first}?language=ar`);
    expect(page.text).toContain('<html lang="ar" dir="rtl">');
    expect(page.text).toContain('ما الخطة التي تستخدمها؟');
    expect(page.text).toContain('متابعة');
    const at = (await person.post(`${first}?language=ar`, { plan: 'free' })).location;
    expect((await responseAt(at)).language).toBe('ar');
    expect((await person.get(at)).text).toContain('dir="rtl"');
  });

  test('forgets an answer to what is no longer asked, and keeps what was said before', async () => {
    const person = visitor(house.url);
    const first = await begin(person, survey.slug);
    const pays = (await person.post(first, { plan: 'pro' })).location;
    const tools = (await person.post(pays, { pays: 'yes' })).location;
    const back = /href="\.\.\/(\d+\/\d+)"/.exec((await person.get(tools)).text)?.[1] ?? '';
    expect(isChosen((await person.get(`/r/${tokenOf(first)}/${back}`)).text, 'pays', 'yes')).toBe(true);
    const again = `/r/${tokenOf(first)}/1/3`;
    expect(isChosen((await person.get(again)).text, 'plan', 'pro')).toBe(true);
    const next = (await person.post(again, { plan: 'free' })).location;
    expect((await person.get(next)).text).toContain('Which tools');
    await house.verbatim.logs.settle();
    const row = await house.verbatim.store.responses.find(survey.studyId, publicHalf(tokenOf(first)));
    const answers = await house.verbatim.store.responses.answersIn(row?.id ?? 0);
    expect(answers.find(({ item }) => item === 'pays')?.state).toBe('not_shown');
  });

  test('draws an order for each person, the same each time, with pinned options in their places', async () => {
    const orders = new Set<string>();
    for (let i = 0; i < 12; i += 1) {
      const person = visitor(house.url);
      const at = await begin(person, survey.slug);
      const read = async () =>
        [...(await person.get(at)).text.matchAll(/name="plan" value="(\w+)"/g)].map((match) => match[1]);
      const order = await read();
      expect(await read()).toEqual(order);
      expect(order.at(-1)).toBe('other');
      orders.add(order.join());
    }
    expect(orders.size).toBeGreaterThan(1);
  });

  test('ends a full quota with kind words, and the database holds to the limit however many come at once', async () => {
    const { survey: own } = await publish({
      ...smallSurvey,
      code: 'small-quota',
      quotas: [{ code: 'villages', name: 'Villages', if: "{city} = 'village'", limit: 2, whenFull: 'end' }],
    });
    const people = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const person = visitor(house.url);
        const at = await begin(person, own.slug);
        let next = (await person.post(at, { city: 'village' })).location;
        next = (await person.post(next, { mood: '3' })).location;
        next = (await person.post(next, { age: '30' })).location;
        return { person, next };
      }),
    );
    const ends = await Promise.all(
      people.map(async ({ person, next }) => (await person.get((await person.post(next)).location)).text),
    );
    expect(ends.filter((text) => text.includes('We have heard from enough people like you'))).toHaveLength(3);
    const late = visitor(house.url);
    const refused = await late.post(await begin(late, own.slug), { city: 'village' });
    expect(refused.location).toMatch(/\/done$/);
    expect((await house.verbatim.store.fieldwork.quotas(own.id))[0]).toMatchObject({ filled: 2, most: 2 });
    const welcome = visitor(house.url);
    expect((await welcome.post(await begin(welcome, own.slug), { city: 'city' })).location).not.toMatch(/\/done$/);
  });
});

describe('what was sent', () => {
  async function sent() {
    const { survey } = await publish({ ...smallSurvey, code: 'small-receipt' });
    const person = visitor(house.url);
    let at = (await person.post(await begin(person, survey.slug), { city: 'village', topics: 'news' })).location;
    at = (await person.post(at, { mood: '3' })).location;
    at = (await person.post(at, { age: '30', story: 'My own words.' })).location;
    const done = (await person.post(at)).location;
    const code = /class="receipt"[^>]*>([^<]+)</.exec((await person.get(done)).text)?.[1] ?? '';
    return { survey, person, token: tokenOf(done), code };
  }

  test('is found again by its receipt, however it is typed, and by no other', async () => {
    const { code, token } = await sent();
    const person = visitor(house.url);
    expect((await person.get('/receipt')).status).toBe(200);
    for (const typed of [code, code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')])
      expect((await person.post('/receipt', { code: typed })).location).toBe(`/r/${token}/mine`);
    for (const typed of ['', code.slice(1), `${code}A`, 'U'.repeat(26), '00000-00000-00000-00000-00000-0'])
      expect((await person.post('/receipt', { code: typed })).status).toBe(422);
  });

  test('can be seen, corrected and downloaded', async () => {
    const { person, token } = await sent();
    const mine = await person.get(`/r/${token}/mine`);
    expect(mine.text).toContain('My own words.');
    const change = new RegExp(`href="(/r/${token}/1/\\d+)"`).exec(mine.text)?.[1] ?? '';
    expect(isChosen((await person.get(change)).text, 'city', 'village')).toBe(true);
    expect((await person.post(change, { city: 'city' })).location).toMatch(`/r/${token}/mine?saved=`);
    const own = JSON.parse((await person.get(`/r/${token}/mine.json`)).text) as {
      answers: { item: string; value?: unknown }[];
    };
    expect(own.answers.find(({ item }) => item === 'city')?.value).toBe('city');
  });

  test('can be withdrawn, and is then in nothing that is counted', async () => {
    const { person, token, survey } = await sent();
    expect((await person.get(`/r/${token}/withdraw`)).text).toContain('cannot be brought back');
    expect((await responseAt(`/r/${token}`)).state).toBe('completed');
    const { responseDesk } = house.verbatim.store;
    const responseId = publicHalf(token);
    const written = {
      studyId: survey.studyId,
      responseId,
      body: 'Sounds tired',
      madeBy: null,
      madeAt: '2026-03-09T00:00:00Z',
    };
    await responseDesk.addNote(written);
    expect((await person.post(`/r/${token}/withdraw`)).status).toBe(303);
    expect(await responseDesk.notes(survey.studyId, responseId)).toEqual([]);
    const after = await person.get(`/r/${token}/mine`);
    expect(after.text).toContain('Your answers have been withdrawn');
    expect(after.text).not.toContain('My own words.');
    await house.verbatim.logs.settle();
    expect(await house.verbatim.store.responses.countedIds(survey.id)).toEqual([]);
  });
});

describe('what others tried, and may not', () => {
  const team = { ...everyKind, code: 'every-kind-again' };
  test('an option that is no longer offered is no longer an answer', async () => {
    const { survey } = await publish(team);
    const person = visitor(house.url);
    const first = await begin(person, survey.slug);
    let at = (await person.post(first, { plan: 'team' })).location;
    at = (await person.post(at, { pays: 'no' })).location;
    await person.post(at, { tools: ['pen', 'paper'] });
    await person.post(`/r/${tokenOf(first)}/1/4`, { plan: 'free' });
    await house.verbatim.logs.settle();
    const row = await house.verbatim.store.responses.find(survey.studyId, publicHalf(tokenOf(first)));
    const answers = await house.verbatim.store.responses.answersIn(row?.id ?? 0);
    expect(answers.find(({ item }) => item === 'tools')?.value).toEqual(['paper']);
  });

  test('agreement is never ticked by an address', async () => {
    const { survey } = await publish({ ...team, code: 'every-kind-consent' });
    const person = visitor(house.url);
    const at = await begin(person, survey.slug, '?agree=yes&plan=pro');
    expect((await responseAt(at)).prefill).toEqual({ plan: { state: 'answered', value: 'pro' } });
  });

  test('a corrected answer takes its place in a quota along, and a withdrawal frees that place and no other', async () => {
    const { survey } = await publish({
      ...smallSurvey,
      code: 'small-seats',
      quotas: [
        { code: 'villages', name: 'Villages', if: "{city} = 'village'", limit: 1 },
        { code: 'cities', name: 'Cities', if: "{city} = 'city'", limit: 5 },
      ],
    });
    const send = async (city: string) => {
      const person = visitor(house.url);
      let at = (await person.post(await begin(person, survey.slug), { city })).location;
      at = (await person.post(at, { mood: '3' })).location;
      at = (await person.post(at, { age: '30' })).location;
      return { person, token: tokenOf((await person.post(at)).location) };
    };
    const filled = async () =>
      Object.fromEntries(
        (await house.verbatim.store.fieldwork.quotas(survey.id)).map((cell) => [cell.code, cell.filled]),
      );
    const villager = await send('village');
    const citizen = await send('city');
    expect(await filled()).toEqual({ villages: 1, cities: 1 });
    const refused = await citizen.person.post(`/r/${citizen.token}/1/5`, { city: 'village' });
    expect(refused.status).toBe(409);
    expect((await responseAt(`/r/${citizen.token}`)).answers['city']).toEqual({ state: 'answered', value: 'city' });
    expect((await villager.person.post(`/r/${villager.token}/1/5`, { city: 'city' })).status).toBe(303);
    expect(await filled()).toEqual({ villages: 0, cities: 2 });
    await villager.person.post(`/r/${villager.token}/withdraw`);
    expect(await filled()).toEqual({ villages: 0, cities: 1 });
  });

  test('a withdrawal that meets a correction is not lost', async () => {
    const { survey } = await publish({ ...smallSurvey, code: 'small-race' });
    for (let round = 0; round < 5; round += 1) {
      const person = visitor(house.url);
      let at = (await person.post(await begin(person, survey.slug), { city: 'city' })).location;
      at = (await person.post(at, { mood: '3' })).location;
      at = (await person.post(at, { age: '30' })).location;
      const token = tokenOf((await person.post(at)).location);
      const [, withdrawn] = await Promise.all([
        person.post(`/r/${token}/1/5`, { city: 'village' }),
        person.post(`/r/${token}/withdraw`),
      ]);
      expect(withdrawn.status).toBe(303);
      expect((await responseAt(`/r/${token}`)).state).toBe('withdrawn');
    }
  });

  test('a limit that is being laid turns nobody away, and a quota that was renamed holds nobody up', async () => {
    const quotas = [{ code: 'villages', name: 'Villages', if: "{city} = 'village'", limit: 5 }];
    const { survey } = await publish({ ...smallSurvey, code: 'small-laid', quotas });
    const person = visitor(house.url);
    let at = (await person.post(await begin(person, survey.slug), { city: 'village' })).location;
    await house.verbatim.store.fieldwork.setQuotas(survey.id, []);
    await house.verbatim.store.surveys.saveSettings(survey.id, { mostCompleted: 3 });
    at = (await person.post(at, { mood: '3' })).location;
    at = (await person.post(at, { age: '30' })).location;
    await person.post(at);
    expect((await responseAt(at)).state).toBe('completed');
  });

  test('a file is read only for a page that asks for one, and goes when no answer names it', async () => {
    const { survey } = await publish({
      ...smallSurvey,
      code: 'small-files',
      pages: [
        { code: 'p', questions: [{ kind: 'file', code: 'proof', text: { en: 'Proof' }, accepts: ['text'] }] },
        ...smallSurvey.pages,
      ],
    });
    const person = visitor(house.url);
    const first = await begin(person, survey.slug);
    const file = (text: string) => ({ name: 'a.txt', bytes: Buffer.from(text) });
    expect((await person.upload(`/r/${'A'.repeat(22)}/1/1`, 'proof', file('x'))).status).toBe(404);
    await person.upload(first, 'proof', file('first'));
    const { responseId } = await responseAt(first);
    await person.upload(`/r/${tokenOf(first)}/1/2`, 'proof', file('second'));
    const kept = await house.verbatim.store.fieldwork.filesOf(responseId);
    expect(kept).toHaveLength(1);
    await person.post(`/r/${tokenOf(first)}/withdraw`);
    expect((await person.upload(`/r/${tokenOf(first)}/1/4`, 'proof', file('third'))).status).toBe(410);
    expect(await house.verbatim.store.fieldwork.filesOf(responseId)).toEqual([]);
    const broken = await person.send(first, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data' },
      body: 'nothing',
    });
    expect([400, 410]).toContain(broken.status);
  });

  test('nothing visible is nothing said, and a thousand that may be one is asked again', async () => {
    const { survey } = await publish({
      ...smallSurvey,
      code: 'small-blank',
      instruments: [],
      pages: [
        {
          code: 'p',
          questions: [
            { kind: 'text', code: 'say', text: { en: 'Say' }, required: true },
            { kind: 'number', code: 'much', text: { en: 'How much?' } },
            { kind: 'slider', code: 'share', text: { en: 'Share' }, min: 0, max: 100, step: 5 },
          ],
        },
      ],
    });
    const person = visitor(house.url);
    const at = await begin(person, survey.slug);
    for (const wrong of [{ say: '\u200B\u202E' }, { say: 'x', much: '1,000' }, { say: 'x', share: '37' }])
      expect((await person.post(at, wrong)).status).toBe(422);
    expect((await person.post(at, { say: 'x', much: '1000.5', share: '35' })).status).toBe(303);
  });
});

describe('who may begin', () => {
  test('a survey that is not open yet says when it is, a closed one that it is closed, and nothing is written', async () => {
    const { survey } = await publish({ ...smallSurvey, code: 'small-open' });
    const person = visitor(house.url);
    const before = await house.verbatim.logs.responses.count();
    await house.verbatim.store.surveys.saveSettings(survey.id, { opensAt: '2999-03-09T00:00:00Z' });
    const early = await person.get(`/s/${survey.slug}`);
    expect([early.status, early.text.includes('9 March 2999')]).toEqual([410, true]);
    expect((await person.post(`/s/${survey.slug}`, { consent: 'analysis' })).status).toBe(410);
    await house.verbatim.store.surveys.saveSettings(survey.id, { closesAt: '2001-01-01T00:00:00Z' });
    expect((await person.get(`/s/${survey.slug}`)).text).toContain('This survey is closed');
    expect((await person.post(`/s/${survey.slug}`, { consent: 'analysis' })).status).toBe(410);
    expect(await house.verbatim.logs.responses.count()).toBe(before);
  });

  test('a single-use link comes back to the response it began, and begins no second', async () => {
    const { survey } = await publish({ ...smallSurvey, code: 'small-once' });
    const link = 'A'.repeat(22);
    await house.verbatim.store.fieldwork.addSingleLinks(survey.id, [publicHalf(link)], '2026-03-09T00:00:00Z');
    await house.verbatim.store.surveys.saveSettings(survey.id, { byLinkOnly: true });
    const person = visitor(house.url);
    expect((await person.get(`/s/${survey.slug}`)).status).toBe(403);
    expect((await person.get(`/s/${survey.slug}/once/${'B'.repeat(22)}`)).status).toBe(403);
    const first = (await person.post(`/s/${survey.slug}/once/${link}`, { consent: 'analysis' })).location;
    await person.post(first, { city: 'city' });
    const again = (await visitor(house.url).post(`/s/${survey.slug}/once/${link}`, { consent: 'analysis' })).location;
    expect(tokenOf(again)).toBe(tokenOf(first));
    expect(again).toMatch(/\/2\/2$/);
    let at = (await person.post(again, { mood: '3' })).location;
    at = (await person.post(at, { age: '30' })).location;
    await person.post(at);
    const found = await visitor(house.url).get(`/s/${survey.slug}/once/${link}`);
    expect([found.status, found.text.includes('You have answered this survey already')]).toEqual([403, true]);
    expect((await visitor(house.url).post(`/s/${survey.slug}/once/${link}`, { consent: 'analysis' })).status).toBe(403);
  });

  test('a supplier’s person is led back by how it ended, and comes in once', async () => {
    const { survey } = await publish({ ...smallSurvey, code: 'small-supplier' });
    const supplier = await house.verbatim.store.fieldwork.addSupplier({
      surveyId: survey.id,
      name: 'Panel',
      idParameter: 'pid',
      completeLink: 'https://panel.example/done?id={id}',
      screenedOutLink: 'https://panel.example/out?id={id}',
      quotaFullLink: 'https://panel.example/full?id={id}',
      duplicateLink: 'https://panel.example/again?id={id}',
      createdAt: '2026-03-09T00:00:00Z',
    });
    const query = `?supplier=${supplier.publicId}&pid=a%26b`;
    const person = visitor(house.url);
    let at = await begin(person, survey.slug, query);
    at = (await person.post(at, { city: 'city' })).location;
    at = (await person.post(at, { mood: '3' })).location;
    at = (await person.post(at, { age: '30' })).location;
    const done = await person.get((await person.post(at)).location);
    expect(done.text).toContain('href="https://panel.example/done?id&#x3D;a%26b"');
    const twice = await visitor(house.url).post(`/s/${survey.slug}${query}`, { consent: 'analysis' });
    expect(twice.status).toBe(403);
    expect(twice.text).toContain('https://panel.example/again?id&#x3D;a%26b');
    expect(
      (await visitor(house.url).post(`/s/${survey.slug}?supplier=${supplier.publicId}`, { consent: 'analysis' }))
        .status,
    ).toBe(403);
  });

  test('a test link makes a marked response that counts nowhere; a guessed one does not', async () => {
    const { survey } = await publish({ ...smallSurvey, code: 'small-test' });
    const { accounts: _, ...verbatim } = house.verbatim;
    const mark = verbatim.surveys.testMark(survey);
    const person = visitor(house.url);
    expect((await person.get(`/s/${survey.slug}?test=${mark}`)).text).toContain('This is a test');
    expect((await responseAt(await begin(person, survey.slug, `?test=${mark}`))).isTest).toBe(true);
    expect((await responseAt(await begin(person, survey.slug, '?test=1'))).isTest).toBe(false);
    expect(testMark(keysFrom(new Uint8Array(32)).invitation, survey.publicId)).not.toBe(mark);
  });

  test('a program that fills what nobody sees is marked, and told nothing', async () => {
    const { survey } = await publish({ ...smallSurvey, code: 'small-trap' });
    const person = visitor(house.url);
    const at = await begin(person, survey.slug);
    expect((await person.post(at, { city: 'city', 'website:url': 'http://spam.example' })).status).toBe(303);
    expect((await responseAt(at)).isTrapped).toBe(true);
  });

  test('an entry in the draw is kept once, and leads to no response', async () => {
    const { survey } = await publish({ ...smallSurvey, code: 'small-draw' });
    await house.verbatim.store.surveys.saveSettings(survey.id, { prizeDraw: { text: { en: 'Win a book' } } });
    const person = visitor(house.url);
    let at = await begin(person, survey.slug);
    at = (await person.post(at, { city: 'city' })).location;
    at = (await person.post(at, { mood: '3' })).location;
    at = (await person.post(at, { age: '30' })).location;
    const done = (await person.post(at)).location;
    expect((await person.get(done)).text).toContain('Win a book');
    const draw = `/r/${tokenOf(done)}/draw`;
    expect((await person.post(draw, { contact: 'nobody' })).status).toBe(422);
    expect((await person.post(draw, { contact: 'a@b.example' })).status).toBe(303);
    expect((await person.post(draw, { contact: 'other@b.example' })).status).toBe(303);
    const entries = await house.verbatim.store.fieldwork.drawEntries(survey.id);
    expect(entries).toEqual([{ contact: 'a@b.example', enteredOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) }]);
  });
});

test('refusals come in the language the browser asks for', async () => {
  const person = visitor(house.url);
  const answer = await person.send('/r/AAAAAAAAAAAAAAAAAAAAAA/1/1', {
    headers: { 'accept-language': 'de-AT,de;q=0.9' },
  });
  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain('lang="de"');
});

describe('what respondents are told of a page', () => {
  const en = (text: string) => ({ en: text });
  const options = [
    { code: 'bus', text: en('Bus') },
    { code: 'other', text: en('Other – please say what'), comment: 'optional' as const },
    { code: 'none', text: en('None of these'), exclusive: true },
  ];
  const told: SurveyDefinition = {
    ...smallSurvey,
    code: 'told',
    instruments: [],
    pages: [
      {
        code: 'one',
        questions: [
          { kind: 'single', code: 'how', text: en('How do you travel?'), required: true, options },
          { kind: 'multiple', code: 'which', text: en('Which do you know?'), options },
          { kind: 'text', code: 'why', text: en('Why?'), long: true },
        ],
      },
    ],
  };
  let at: string;
  let person: Visitor;
  beforeAll(async () => {
    const { survey } = await publish(told);
    person = visitor(house.url);
    at = await begin(person, survey.slug);
  });

  test('what must be answered says so in its name, and nothing else does', async () => {
    const { text } = await person.get(at);
    expect(text).toContain('How do you travel? <span class="question__must">(must be answered)</span>');
    expect(text.match(/question__must/g)).toHaveLength(1);
  });

  test('words under an option that is not chosen are an error that names both, and stay', async () => {
    const page = await person.post(at, { how: 'bus', 'how.other': 'On foot' });
    expect(page.status).toBe(422);
    expect(page.text).toContain('“Bus” and “Other – please say what” were both filled in');
    expect(page.text).toContain('href="#how.other"');
    expect(page.text).toContain('value="On foot"');
    expect(isChosen(page.text, 'how', 'bus')).toBe(true);
  });

  test('an answer that stands alone is named', async () => {
    const page = await person.post(at, { how: 'bus', which: ['bus', 'none'] });
    expect(page.text).toContain('“None of these” stands alone');
  });

  test('fields hold no more than is kept', async () => {
    const { text } = await person.get(at);
    expect(text).toMatch(/<textarea[^>]* name="why"[^>]* maxlength="10000"/);
    expect(text).toMatch(/<input[^>]* name="how.other"[^>]* maxlength="10000"/);
  });

  test('a page that is too large leads back to itself, and says that the browser still has it', async () => {
    const page = await person.post(at, { how: 'bus', why: 'ö'.repeat(60_000) });
    expect(page.status).toBe(413);
    expect(page.text).toContain('Your browser still has what you typed');
    expect(page.text).toContain(`href="${at}"`);
    expect((await person.get(at)).text).toContain('How do you travel?');
  });

  test('words alone choose their option', async () => {
    expect((await person.post(at, { 'how.other': 'On foot', which: 'bus', 'which.other': 'Mule' })).status).toBe(303);
    expect((await responseAt(at)).answers).toMatchObject({
      how: { state: 'answered', value: 'other' },
      'how.other': { state: 'answered', value: 'On foot' },
      which: { state: 'answered', value: ['bus', 'other'] },
      'which.other': { state: 'answered', value: 'Mule' },
    });
  });
});
