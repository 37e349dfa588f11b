import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerField, openFieldHouse } from '../support/field-house.ts';
import { fixedClock } from '../support/house.ts';

const DAY_MS = 86_400_000;
const RETURN = {
  completeLink: 'https://panel.example/back?s=1&id={id}',
  screenedOutLink: 'https://panel.example/back?s=2&id={id}',
  quotaFullLink: 'https://panel.example/back?s=3&id={id}',
  duplicateLink: 'https://panel.example/back?s=4&id={id}',
};

const clock = fixedClock('2026-03-02T09:00:00.000Z');
let house: Awaited<ReturnType<typeof openFieldHouse>>;
beforeAll(async () => {
  house = await openFieldHouse({ now: clock.now });
});
afterAll(() => house[Symbol.asyncDispose]());

const readable = (html: string): string => html.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
/** What stands on a page, without its tags. */
const wordsOf = (html: string): string => readable(html.replaceAll(/<[^>]+>/g, ' ')).replaceAll(/\s+/g, ' ');
const fact = (html: string, label: string): string =>
  new RegExp(`<dt>${label}</dt><dd class="num">([^<]*?)\\s*<`).exec(html)?.[1]?.trim() ?? '';
const settingsNow = async () =>
  (await house.verbatim.store.surveys.standing(house.survey.id)).settings as Record<string, unknown>;

test('settings are saved in the time zone they are written in, and come back as they were', async () => {
  const { researcher, at, verbatim, survey } = house;
  const form = {
    opensAt: '2026-03-02T09:00',
    closesAt: '2026-12-24T18:30',
    timeZone: 'Europe/Berlin',
    mostCompleted: '200',
    resumeDays: '14',
    ways: ['isKiosk', 'mayCorrect'],
    'draw-en': 'Win a book.',
    'draw-de': '',
  };
  const saved = await researcher.post(`${at}/settings`, form);
  expect([saved.status, saved.location]).toEqual([303, `${at}/settings?saved=yes`]);
  expect(await settingsNow()).toEqual({
    timeZone: 'Europe/Berlin',
    opensAt: '2026-03-02T08:00:00.000Z',
    closesAt: '2026-12-24T17:30:00.000Z',
    mostCompleted: 200,
    resumeDays: 14,
    isKiosk: true,
    prizeDraw: { text: { en: 'Win a book.' } },
  });
  const page = await researcher.get(`${at}/settings?saved=yes`);
  expect(page.text).toContain('value="2026-12-24T18:30"');
  expect(page.text).toContain('In Europe/Berlin it is now 2026-03-02, 10:00');
  expect((await verbatim.store.fieldwork.quotas(survey.id)).map(({ code, most }) => [code, most])).toEqual([
    ['city', 4],
    ['village', 50],
    ['~all', 200],
  ]);
});

test('settings that do not fit stay as they were typed, each with what is wrong', async () => {
  const { researcher, at } = house;
  const before = await settingsNow();
  const page = await researcher.post(`${at}/settings`, {
    opensAt: '2026-05-01T09:00',
    closesAt: '2026-04-01T09:00',
    timeZone: 'Europe/Nowhere',
    mostCompleted: '0.5',
    resumeDays: 'x',
    'draw-de': 'Nur deutsch',
  });
  expect(page.status).toBe(422);
  for (const name of ['timeZone', 'closesAt', 'mostCompleted', 'resumeDays', 'draw-en'])
    expect(page.text).toContain(`href="#${name}"`);
  expect(page.text).toContain('value="2026-04-01T09:00"');
  expect(await settingsNow()).toEqual(before);
});

test('the test address marks responses as tests, before the survey opens too', async () => {
  const { researcher, at, verbatim, url, survey } = house;
  const page = await researcher.get(`${at}/settings`);
  const address = /href="([^"]+\?test=[\w-]+)"/.exec(readable(page.text))?.[1] ?? '';
  expect(address.startsWith(`${url}/s/${survey.slug}?test=`)).toBe(true);
  const mark = new URL(address).searchParams.get('test') ?? '';
  await answerField(verbatim, survey.slug, { city: 'city', query: { test: mark } });
  await verbatim.logs.settle();
  expect(fact((await researcher.get(`${at}/fieldwork`)).text, 'Test')).toBe('1');
  expect(fact((await researcher.get(`${at}/fieldwork`)).text, 'Completed')).toBe('0');
});

test('single-use links come once as a file, of which the database keeps hashes only', async () => {
  const { researcher, at, verbatim, survey } = house;
  for (const count of ['0', '10001', '1.5', ''])
    expect((await researcher.post(`${at}/settings/links.csv`, { count })).status).toBe(422);
  const file = await researcher.post(`${at}/settings/links.csv`, { count: '600' });
  expect(file.headers.get('content-type')).toContain('text/csv');
  const links = file.text.trim().split(/\r?\n/).slice(1);
  expect(links).toHaveLength(600);
  expect(await verbatim.store.fieldwork.countSingleLinks(survey.id)).toBe(600);
  const token = /\/once\/([\w-]{22})/.exec(links[0] ?? '')?.[1] ?? '';
  const kept = verbatim.connection.prepare('select token_hash from single_links').pluck().all() as string[];
  expect(kept).not.toContain(token);
  const welcome = await researcher.get(`/s/${survey.slug}/once/${token}`);
  expect(welcome.status).toBe(200);
  expect((await researcher.get(`/s/${survey.slug}/once/AAAAAAAAAAAAAAAAAAAAAA`)).status).toBe(403);
});

test('images are laid in with an id to use, and nothing else is', async () => {
  const { researcher, at } = house;
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  expect((await researcher.upload(`${at}/settings/images`, 'file', { name: 'dot.png', bytes: png })).status).toBe(303);
  const page = await researcher.get(`${at}/settings/images`);
  const id = /<code class="breakable">([\w-]{22})<\/code>/.exec(page.text)?.[1] ?? '';
  expect((await researcher.get(`/media/${id}`)).headers.get('content-type')).toBe('image/png');
  const text = { name: 'dot.png', bytes: Buffer.from('no image') };
  expect((await researcher.upload(`${at}/settings/images`, 'file', text)).status).toBe(422);
  expect((await researcher.post(`${at}/settings/images`)).status).toBe(422);
});

test('winners are drawn from a seed that is kept, and can be drawn again until entries change', async () => {
  const { researcher, at, verbatim, survey } = house;
  const none = await researcher.post(`${at}/settings/draw`, { winners: '1' });
  expect(none.status).toBe(409);
  const enter = (name: string) =>
    verbatim.store.fieldwork.enterDraw(
      survey.id,
      `${name}@people.example`,
      `draw ${name}`,
      name,
      '2026-03-02T10:00:00Z',
    );
  for (const name of ['a', 'b', 'c', 'd']) await enter(name);
  expect((await researcher.post(`${at}/settings/draw`, { winners: '5' })).status).toBe(422);
  expect((await researcher.post(`${at}/settings/draw`, { winners: '2' })).status).toBe(303);
  const page = await researcher.get(`${at}/settings/draw`);
  const winners = [...page.text.matchAll(/<li class="breakable">([^<]+)<\/li>/g)].map((match) => match[1]);
  expect(winners).toHaveLength(2);
  expect((await researcher.get(`${at}/settings/draw`)).text).toContain(winners[0]);
  const file = await researcher.get(`${at}/settings/draw.csv`);
  expect(file.text.trim().split(/\r?\n/)).toHaveLength(5);
  await enter('e');
  expect((await researcher.get(`${at}/settings/draw`)).text).toContain('can no longer be made again');
  const settings = verbatim.connection.prepare("select value from settings where name like 'draws-%'").pluck().get();
  expect(String(settings)).not.toContain('people.example');
});

test('a supplier gets an address, people come back by how it ended, and a file settles who did what', async () => {
  const { researcher, at, verbatim, survey } = house;
  const wrong = await researcher.post(`${at}/fieldwork/suppliers`, {
    ...RETURN,
    name: 'Panel',
    idParameter: 'source',
    quotaFullLink: 'http://panel.example/{id}',
    duplicateLink: 'https://panel.example/',
  });
  expect(wrong.status).toBe(422);
  for (const name of ['idParameter', 'quotaFullLink', 'duplicateLink']) expect(wrong.text).toContain(`href="#${name}"`);
  // Each line of the summary says which field it is about.
  const summary = wordsOf(/error-summary[\s\S]*?<\/ul>/.exec(wrong.text)?.[0] ?? '');
  expect(summary).toContain('Where those go whose quota was full: enter an address');
  expect(summary).toContain('Where those go who have answered before: enter an address');

  const added = await researcher.post(`${at}/fieldwork/suppliers`, { ...RETURN, name: 'Panel', idParameter: 'pid' });
  expect(added.status).toBe(303);
  const page = await researcher.get(`${at}/fieldwork/suppliers`);
  const supplier = /supplier=([\w-]{22})/.exec(readable(page.text))?.[1] ?? '';
  const come = (pid: string, about: { city: 'city' | 'village' | 'na'; stop?: boolean }) =>
    answerField(verbatim, survey.slug, { ...about, query: { supplier, pid } });
  await come('=p1', { city: 'village' });
  await come('p2', { city: 'na' });
  await come('p3', { city: 'village', stop: true });
  await expect(come('p2', { city: 'village' })).rejects.toMatchObject({ kind: 'forbidden' });
  await verbatim.logs.settle();

  const file = await researcher.get(`${at}/fieldwork/suppliers/${supplier}/people.csv`);
  const lines = file.text
    .trim()
    .split(/\r?\n/)
    .map((one) => one.split(','));
  expect(lines[0]).toEqual(['pid', 'outcome', 'started', 'completed', 'seconds', 'response_state', 'quota']);
  expect(lines.slice(1).map((line) => [line[0], line[1], line[5], line[6]])).toEqual([
    ["'=p1", 'complete', 'completed', 'village'],
    ['p2', 'screened-out', 'screened-out', ''],
    ['p3', 'not-finished', 'started', ''],
  ]);
  expect((await researcher.post(`${at}/fieldwork/suppliers/${supplier}/end`)).status).toBe(303);
  await expect(come('p4', { city: 'village' })).rejects.toMatchObject({ kind: 'forbidden' });
});

test('the page counts every outcome, and says of quotas what the pace allows to say', async () => {
  const { researcher, at, verbatim, survey } = house;
  const before = await researcher.get(`${at}/fieldwork`);
  const completed = Number(fact(before.text, 'Completed'));
  for (let index = 0; index < 5; index += 1)
    await answerField(verbatim, survey.slug, { city: 'city', query: { source: 'news' } });
  for (let index = 0; index < 6; index += 1) await answerField(verbatim, survey.slug, { city: 'village' });
  await answerField(verbatim, survey.slug, { city: 'na' });
  await verbatim.logs.settle();
  const { text } = await researcher.get(`${at}/fieldwork`);
  expect(Number(fact(text, 'Completed'))).toBe(completed + 10);
  expect(fact(text, 'Quota full')).toBe('1');
  expect(fact(text, 'Screened out')).toBe('2');
  const words = wordsOf(text);
  expect(words).toMatch(/City dwellers 4 4 Full/);
  // Seven in seven days of the fifty: one a day.
  expect(words).toMatch(/Villagers 7 50 About 14 April 2026, at 1\.0 a day/);
  expect(words).toMatch(/All responses 11 200 About/);
  expect(words).toMatch(/news 5 4 0 1/);
  clock.forward(8 * DAY_MS);
  await house.signIn();
  const later = wordsOf((await researcher.get(`${at}/fieldwork`)).text);
  expect(later).toMatch(/Villagers 7 50 None came in the last 7 days/);
  expect(later).toMatch(/Break-off: \d/);
});

test('waves count what began in them, and the questions they share stand beside each other', async () => {
  const { researcher, at, verbatim, survey } = house;
  const wave = {
    name: 'Spring',
    startsAt: '2026-03-10T00:00',
    endsAt: '2026-03-20T00:00',
    target: '10',
    invited: '40',
    cost: '90',
  };
  const wrong = await researcher.post(`${at}/fieldwork/waves/new`, {
    ...wave,
    name: '',
    endsAt: '2026-03-01T00:00',
    cost: 'x',
  });
  expect(wrong.status).toBe(422);
  for (const name of ['name', 'endsAt', 'cost']) expect(wrong.text).toContain(`href="#${name}"`);
  expect((await researcher.get(`${at}/fieldwork/waves`)).text).toContain('There is nothing to compare yet');

  expect((await researcher.post(`${at}/fieldwork/waves/new`, wave)).status).toBe(303);
  for (const mood of [2, 4, 6]) await answerField(verbatim, survey.slug, { city: 'village', mood });
  clock.forward(12 * DAY_MS);
  await house.signIn();
  const autumn = { name: 'Autumn', startsAt: '2026-03-21T00:00', endsAt: '', target: '', invited: '2', cost: '' };
  expect((await researcher.post(`${at}/fieldwork/waves/new`, autumn)).status).toBe(303);
  for (const mood of [6, 8, 10]) await answerField(verbatim, survey.slug, { city: 'village', mood });
  await verbatim.logs.settle();

  const words = wordsOf((await researcher.get(`${at}/fieldwork`)).text);
  expect(words).toMatch(/1 Spring 10 March 2026 to 20 March 2026 40 3 3 of 10 7\.5% \(95% interval .*?\) 0\.0% 30\.00/);
  // More completed than the two who are said to be invited: no rate is made of that.
  expect(words).toMatch(/2 Autumn 21 March 2026 to – 2 3 3 – 0\.0% –/);

  const compared = wordsOf((await researcher.get(`${at}/fieldwork/waves`)).text);
  expect(compared).toMatch(/Mean 4\.00 \(0\.00 to 8\.97\), n 3 8\.00 \(3\.03 to 10\.00\), n 3 \+4\.00/);
  const turned = wordsOf((await researcher.get(`${at}/fieldwork/waves?from=2&to=1`)).text);
  expect(turned).toContain('−4.00');

  const results = await researcher.get(`${at}/results`);
  expect(wordsOf(results.text)).toContain('2 waves are counted together: Spring, Autumn.');
  expect(results.text).toContain(`href="${at}/fieldwork/waves">beside each other`);

  const [first] = await verbatim.store.fieldwork.waves(survey.id);
  const edit = `${at}/fieldwork/waves/${first?.publicId}`;
  expect((await researcher.get(edit)).text).toContain('value="2026-03-10T00:00"');
  expect((await researcher.post(edit, { ...wave, name: 'Early spring' })).status).toBe(303);
  expect((await researcher.get(`${at}/fieldwork`)).text).toContain('1 Early spring');
});

test('the planner answers with numbers and their source, and says which of them does not fit', async () => {
  const { researcher, at } = house;
  const ask = async (query: Record<string, string>) => {
    const page = await researcher.get(`${at}/fieldwork/plan?${new URLSearchParams(query)}`);
    return { ...page, words: wordsOf(page.text) };
  };
  expect((await ask({})).words).not.toContain('Cochran');
  const plan = await ask({
    do: 'plan',
    of: 'share',
    margin: '5',
    share: '50',
    level: '95',
    rate: '50',
    segments: 'All; 1000\nRest',
  });
  expect(plan.words).toMatch(/All 1,000 50% 278 556 Rest very many 50% 385 770/);
  expect(plan.words).toContain('663 answers in all, from 1,326 invitations');
  expect(plan.words).toContain('Cochran (1977)');
  expect((await ask({ do: 'margin', of: 'share', answers: '400' })).words).toContain('± 4.9 percentage points');
  expect((await ask({ do: 'power', of: 'share', first: '50', second: '60' })).words).toContain(
    '388 answers in each segment',
  );
  expect((await ask({ do: 'power', of: 'mean', difference: '0.5', spread: '1', each: '64' })).words).toContain(
    'a power of 81%',
  );
  const partly = await ask({
    do: 'plan',
    of: 'share',
    share: '50',
    margin: '5',
    level: '95',
    rate: '50',
    segments: 'All; 1000\nFew; 10; 10',
  });
  expect(partly.words).toContain('more than there are people');
  expect(partly.words, 'what cannot be reached is no part of the total').toContain(
    '278 answers in all, from 556 invitations. One segment is not among them',
  );
  const wrong = await ask({ do: 'plan', of: 'share', margin: '0', segments: 'All; some' });
  expect(wrong.status).toBe(422);
  for (const id of ['margin-plan', 'segments-plan']) {
    expect(wrong.text).toContain(`href="#${id}"`);
    expect(wrong.text.split(`id="${id}"`)).toHaveLength(2);
  }
});

test('the planner asks one question at a time, and only what it needs', async () => {
  const { researcher, at } = house;
  const page = async (query: string) => (await researcher.get(`${at}/fieldwork/plan${query}`)).text;
  const first = await page('');
  expect(first.match(/<form/g)?.length).toBe((await page('?ask=power')).match(/<form/g)?.length);
  expect(first).toContain('id="margin-plan"');
  expect(first).not.toContain('id="answers-margin"');
  expect(first).not.toContain('id="spread-plan"');
  const means = await page('?ask=power&of=mean');
  expect(means).toContain('id="difference-power"');
  expect(means).not.toContain('id="first-power"');
  expect(readable(means)).toContain('href="?ask=power&of=share"');
  expect(means).toContain('name="of" value="mean"');
});

test('the planner gives no number where there is none to give', async () => {
  const { researcher, at } = house;
  for (const query of [
    'do=plan&margin=1e-300',
    'do=plan&of=mean&margin=1e-7&spread=1e8',
    'do=margin&answers=0.5',
    'do=margin&answers=1',
    'do=power&first=50&second=50.0000001',
    'do=power&of=mean&difference=1e-300',
    'do=power&each=0.1',
    'do=power&each=1',
  ]) {
    const page = await researcher.get(`${at}/fieldwork/plan?${query}`);
    expect([query, page.status]).toEqual([query, 422]);
    expect(page.text).not.toContain('role="status"');
  }
  expect((await researcher.get(`${at}/fieldwork/plan?do=margin&answers=2`)).status).toBe(200);
});

test('a wave that begins or ends beyond all calendars is refused beside its field', async () => {
  const { researcher, at } = house;
  for (const startsAt of ['9999-12-31T23:59', '0000-01-01T00:00']) {
    const wrong = await researcher.post(`${at}/fieldwork/waves/new`, { name: 'Far', startsAt, endsAt: '' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('href="#startsAt"');
  }
});
