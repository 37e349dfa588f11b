import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { visitor } from '../journeys/visitor.ts';
import { openEventHouse } from '../support/event-house.ts';
import { fixedClock } from '../support/house.ts';

const PASSWORD = 'three words together';
const clock = fixedClock('2026-03-09T09:00:00.000Z');
let house: Awaited<ReturnType<typeof openEventHouse>>;
let researcher: ReturnType<typeof visitor>;
let at: string;
let form: string;

beforeAll(async () => {
  house = await openEventHouse({ now: clock.now });
  const { verbatim, study, source } = house;
  at = `/studio/${study.publicId}/feedback`;
  form = `/feedback/${source.writeKey}`;
  await verbatim.offers.saveOrigins(study, ['https://shop.example']);
  await verbatim.accounts.add(
    { email: 'r@example.org', name: 'Rae', password: PASSWORD },
    { isAdmin: false, role: 'researcher', studyId: study.id },
  );
  researcher = visitor(house.url);
  expect((await researcher.post('/sign-in', { email: 'r@example.org', password: PASSWORD })).status).toBe(303);
});
afterAll(() => house[Symbol.asyncDispose]());

const switchOn = (more: Record<string, string | string[]> = {}) =>
  researcher.post(`${at}/button/${house.source.publicId}`, {
    isOn: 'yes',
    side: 'right',
    offers: ['marks', 'email'],
    ...more,
  });
const mark = (more: object = {}) =>
  JSON.stringify({
    selector: '#buy',
    tag: 'button',
    text: 'Buy now',
    x: 40,
    y: 900,
    width: 120,
    height: 44,
    left: 40,
    top: 300,
    page: { width: 1280, height: 2400 },
    ...more,
  });
/** Sends the form as a browser does, from a network of its own unless told. */
const send = async (fields: Record<string, string>, agent = 'Mozilla/5.0 (Windows NT 10.0) Chrome/120.0.0.0') => {
  const answer = await fetch(new URL(form, house.url), {
    method: 'POST',
    redirect: 'manual',
    headers: { 'user-agent': agent, accept: 'text/html' },
    body: new URLSearchParams(fields),
  });
  return { status: answer.status, location: answer.headers.get('location') ?? '', text: await answer.text() };
};
const all = () => house.verbatim.store.feedback.list(house.study.id, { withDuplicates: true }, null, 1000);
const newest = async () => {
  const [first] = await all();
  if (!first) throw new Error('Nothing was kept');
  return first;
};
let said = 0;
/** Keeps one piece that differs from all others, and gives it. */
const give = async (fields: Record<string, string> = {}) => {
  said += 1;
  clock.forward(3_000);
  expect(await send({ words: `Thing number ${said}`, ...fields })).toMatchObject({ status: 303 });
  return newest();
};

test('no feedback is taken before a source has its button switched on, nor after it is switched off', async () => {
  const none = await fetch(new URL(form, house.url), { headers: { accept: 'text/html', 'accept-language': 'de' } });
  expect(none.status).toBe(404);
  expect(await none.text()).toContain('Hier werden keine Rückmeldungen angenommen');
  expect((await send({ words: 'Hello' })).status).toBe(404);
  expect(
    (await house.post('/v1/decide', { page: { url: 'https://shop.example/' } }).then((one) => one.json())) as object,
  ).toEqual({ armed: [] });
  expect((await switchOn()).status).toBe(303);
  expect((await fetch(new URL(form, house.url))).status).toBe(200);
});

test('a page learns of the button in the visitor’s language, and only on a site that may hold it', async () => {
  const ask = async (url: string, language: string) =>
    (await (await house.post('/v1/decide', { page: { url }, language })).json()) as {
      feedback?: Record<string, string>;
    };
  expect((await ask('https://shop.example/a', 'de-AT')).feedback).toEqual({
    label: 'Rückmeldung geben',
    close: 'Schließen',
    side: 'right',
    url: `${house.url}${form}?language=de-AT`,
  });
  expect((await ask('https://evil.example/a', 'de')).feedback).toBeUndefined();
});

test('the form is a page of its own in ten languages that registered sites alone may frame', async () => {
  for (const language of house.verbatim.texts.languages) {
    const page = await fetch(new URL(`${form}?language=${language}`, house.url));
    const text = await page.text();
    expect([language, page.status]).toEqual([language, 200]);
    expect(text).toContain(`lang="${language}"`);
    expect(text).toContain(house.verbatim.texts.in(language).text('feedbackSend'));
    expect(page.headers.get('content-security-policy')).toContain('frame-ancestors https://shop.example');
    expect(page.headers.get('set-cookie')).toBe(null);
  }
});

test('no site is named that would be many, or would say something else to browsers', async () => {
  const { offers, store } = house.verbatim;
  for (const line of [
    'https://*',
    'https://*.shop.example',
    'https://shop.example;sandbox',
    'https://shop.example,https://evil.example',
    "https://'none'",
    'javascript:alert(1)',
  ])
    await expect(offers.saveOrigins(house.study, ['https://shop.example', line])).rejects.toMatchObject({
      kind: 'invalid',
    });
  expect(await store.offers.origins(house.study.id)).toEqual(['https://shop.example']);
  const fit = ['https://münchen.example', 'http://localhost:3000', 'https://[::1]:8443', 'https://a_b.example'];
  await offers.saveOrigins(house.study, fit);
  expect((await store.offers.origins(house.study.id)).toSorted()).toEqual(
    ['https://xn--mnchen-3ya.example', ...fit.slice(1)].toSorted(),
  );
  await offers.saveOrigins(house.study, ['https://shop.example']);
});

test('what is said is kept to the letter and sealed, with the page without what may name a person', async () => {
  const words = '  The «search»\nfinds <b>nothing</b> 🙂 ';
  await send({
    words,
    rating: '2',
    category: 'problem',
    email: 'me@people.example',
    quote: 'yes',
    page: 'https://shop.example/search?q=my+name&utm_source=mail&token#private',
    title: 'Search',
    locale: 'de-DE',
    lang: 'en',
    viewport: '1280x720',
    release: '1.4.2',
    replay_url: 'https://replays.example/s/1',
    mark: mark(),
  });
  const kept = await newest();
  expect(kept).toMatchObject({
    words,
    rating: 2,
    category: 'problem',
    email: 'me@people.example',
    purposes: '["quotes"]',
    pageUrl: 'https://shop.example/search?q=&utm_source=mail',
    pageKey: 'https://shop.example/search',
    pageLanguage: 'en',
    device: 'desktop',
    browser: 'Chrome',
    release: '1.4.2',
    replayUrl: 'https://replays.example/s/1',
    selector: '#buy',
    personId: null,
  });
  const page = await researcher.get(`${at}/${kept.publicId}`);
  expect(page.status).toBe(200);
  expect(page.text).toContain('The «search»\nfinds &lt;b&gt;nothing&lt;/b&gt; 🙂');
  expect(page.text).toContain('rel="noopener noreferrer nofollow">Recording at replays.example</a>');
  expect(page.text).toContain('begins 40 from the left and 900 from the top');
  expect(page.text).toContain('May be quoted without a name.');
  house.verbatim.connection.prepare('update feedback set words = ? where id = ?').run('The search finds all', kept.id);
  expect((await researcher.get(`${at}/${kept.publicId}`)).text).toContain('These are not the words that were kept.');
});

test('hostile marks and places are left out or shown as text, and the words beside them are kept', async () => {
  const evil = '<script>alert(1)</script>';
  const one = await give({
    mark: mark({ selector: `div[title="${evil}"]`, text: `${evil} ${'x'.repeat(300)}` }),
    title: evil,
    release: evil,
  });
  const page = (await researcher.get(`${at}/${one.publicId}`)).text;
  expect(page).not.toContain(evil);
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect([...(JSON.parse(one.mark ?? '') as { text: string }).text]).toHaveLength(120);
  expect((await researcher.get(at)).text).not.toContain(evil);
  expect((await researcher.get(`${at}/marks`)).text).not.toContain(evil);
  for (const bad of [
    'no JSON',
    '[]',
    '{"__proto__":{"selector":"x"}}',
    mark({ selector: 'x'.repeat(501) }),
    mark({ tag: 'IMG onerror=' }),
    mark({ width: -5 }),
    mark({ x: 1e300 }),
    mark({ page: { width: 0, height: 0 } }),
  ]) {
    expect(await give({ mark: bad })).toMatchObject({ mark: null, selector: null });
  }
  expect(
    await give({ page: 'javascript:alert(1)', replay_url: 'http://replays.example/', viewport: 'x', lang: evil }),
  ).toMatchObject({
    pageUrl: null,
    replayUrl: null,
    viewport: null,
    pageLanguage: '',
  });
  // An address that a letter goes to names nobody else, and brings no words along.
  const letter = await give({ email: 'ada@people.example?bcc=spy%40evil.example&body=Hello' });
  const [, href = ''] = /href="mailto:([^"]*)"/.exec((await researcher.get(`${at}/${letter.publicId}`)).text) ?? [];
  expect(href).toMatch(/^ada@people\.example%3F/);
  expect(href).not.toMatch(/[?&]/);
  // A part as wide as the earth is drawn within its page.
  const wide = await give({ mark: mark({ width: 9_000_000, height: 9_000_000, x: -900_000 }) });
  expect((await researcher.get(`${at}/${wide.publicId}`)).status).toBe(200);
});

test('nothing said is no feedback, a mistake comes back with what was typed, and a program’s field catches programs', async () => {
  const before = (await all()).length;
  const empty = await send({ category: 'idea', language: 'fr', release: '9.9' });
  expect(empty.status).toBe(422);
  expect(empty.text).toContain('Écrivez quelque chose');
  expect(empty.text).toContain('href="#words"');
  expect(empty.text).toMatch(/value="idea" checked|checked[^>]*value="idea"/);
  expect(empty.text).toContain('name="release" value="9.9"');
  const mail = await send({ words: 'Answer me', email: 'nonsense' });
  expect(mail.status).toBe(422);
  expect(mail.text).toContain('id="email-error"');
  expect((await send({ words: 'x'.repeat(10_001) })).status).toBe(422);
  const trapped = await send({ words: 'Buy pills', 'website:url': 'https://pills.example' });
  expect([trapped.status, trapped.location]).toEqual([303, `${form}/done?language=en`]);
  expect((await all()).length).toBe(before);
  const done = await fetch(new URL(`${form}/done?language=de`, house.url));
  expect(await done.text()).toContain('Danke für Ihre Rückmeldung');
});

test('the same from the same visitor within ten minutes is one, and from another visitor another', async () => {
  const before = (await all()).length;
  const fields = { words: 'The basket is empty', page: 'https://shop.example/basket?id=1' };
  for (let times = 0; times < 3; times += 1) expect((await send(fields)).status).toBe(303);
  // What the address of the page asks for does not make it another page.
  await send({ ...fields, page: 'https://shop.example/basket?id=2' });
  expect((await all()).length).toBe(before + 1);
  await send(fields, 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1');
  expect((await all()).length).toBe(before + 2);
  clock.forward(11 * 60_000);
  await send(fields);
  expect((await all()).length).toBe(before + 3);
});

test('a flood from one network is turned away before it is read', async () => {
  clock.forward(120_000);
  const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => send({ words: `Flood ${index}` })));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(10);
  expect(statuses.filter((status) => status === 303).length).toBe(30);
  clock.forward(120_000);
  // Reading is no writing: there is nothing behind the address but the form.
  for (const method of ['PUT', 'DELETE', 'PATCH']) {
    const answer = await fetch(new URL(form, house.url), { method });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  }
});

test('feedback belongs to the person behind the ids, stays with them when people merge, and leads back from their timeline', async () => {
  await house.post('/v1/identify', { userId: 'ada', anonymousId: 'browser-1', messageId: 'i1' });
  await house.post('/v1/identify', { userId: 'ada-old', messageId: 'i2' });
  await house.verbatim.logs.settle();
  const first = await give({
    anonymousId: 'browser-1',
    page: 'https://shop.example/a',
    rating: '4',
    category: 'praise',
  });
  const second = await give({ userId: 'ada-old', page: 'https://shop.example/b' });
  const ids = await house.verbatim.store.people.byExternalIds(house.study.workspaceId, ['ada', 'ada-old']);
  expect([first.personId, second.personId]).toEqual([ids.get('ada'), ids.get('ada-old')]);
  await house.post('/v1/alias', { previousId: 'ada-old', userId: 'ada', messageId: 'i3' });
  await house.verbatim.logs.settle();
  // Nothing is rewritten, and both are hers.
  expect((await house.verbatim.store.feedback.findById(house.study.id, second.id))?.personId).toBe(second.personId);
  const [canonical = 0] = await house.verbatim.store.people.sameAs(ids.get('ada') ?? 0);
  const person = await house.verbatim.store.contacts.personById(canonical);
  const timeline = (await researcher.get(`/studio/${house.study.publicId}/people/${person?.publicId}`)).text;
  for (const { publicId } of [first, second]) expect(timeline).toContain(`${at}/${publicId}`);
  expect((await researcher.get(`${at}/${second.publicId}`)).text).toContain(`/people/${person?.publicId}#timeline`);
});

test('filters find, a wrong one is passed over with a word, and what is settled is not in the way', async () => {
  const item = await give({
    words: 'A French word on the German page',
    category: 'translation',
    page: 'https://shop.example/de/kasse',
    lang: 'de',
    release: '2.0',
  });
  const shown = async (query: string) => (await researcher.get(`${at}?${query}`)).text.includes(item.publicId);
  for (const query of [
    'category=translation',
    'page=https%3A%2F%2Fshop.example%2Fde%2Fkasse',
    'locale=de',
    'release=2.0',
    'assignee=nobody',
    'from=2026-03-09',
    'until=2026-03-09',
  ])
    expect([query, await shown(query)]).toEqual([query, true]);
  for (const query of ['category=idea', 'state=done', 'rating=1', 'until=2026-03-08', 'selector=%23other'])
    expect([query, await shown(query)]).toEqual([query, false]);
  const odd = (await researcher.get(`${at}?category=%3Cb%3E&from=soon`)).text;
  expect(odd).toContain('There is no category “&lt;b&gt;” here, so it is passed over');
  expect(odd).toContain('“soon” is no day such as 2026-03-09');
  const translations = (await researcher.get(`${at}/translations`)).text;
  expect(translations).toContain('shop.example/de/kasse');
  expect((await researcher.post(`${at}/${item.publicId}/state`, { state: 'done' })).status).toBe(303);
  expect(await shown('')).toBe(false);
  expect(await shown('state=done')).toBe(true);
  const wrong = await researcher.post(`${at}/${item.publicId}/state`, { state: 'gone' });
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('id="state-error"');
});

test('it is taken by a member, noted on, and nobody else can be given it', async () => {
  const item = await give();
  const rae = (await house.verbatim.store.feedback.members(house.study)).find(({ name }) => name === 'Rae');
  expect((await researcher.post(`${at}/${item.publicId}/assign`, { assignee: rae?.publicId ?? '' })).status).toBe(303);
  expect((await researcher.get(`${at}?assignee=${rae?.publicId}`)).text).toContain(item.publicId);
  expect((await researcher.post(`${at}/${item.publicId}/assign`, { assignee: 'somebody' })).status).toBe(422);
  await researcher.post(`${at}/${item.publicId}/notes`, { note: 'Ask <the> shop' });
  const noted = (await researcher.get(`${at}/${item.publicId}`)).text;
  expect(noted).toContain('Ask &lt;the&gt; shop');
  const remove = /action="([^"]+\/notes\/[^"]+\/remove)"/.exec(noted)?.[1] ?? '';
  await researcher.post(remove);
  expect((await researcher.get(`${at}/${item.publicId}`)).text).not.toContain('Ask &lt;the&gt; shop');
  expect((await researcher.post(`${at}/${item.publicId}/notes`, { note: ' ' })).status).toBe(422);
});

test('duplicates count with what they repeat, bring along what repeats them, go back whole, and never run in a circle', async () => {
  const [a, b, c] = [await give(), await give(), await give()];
  const repeats = (item: { publicId: string }, of: string) =>
    researcher.post(`${at}/${item.publicId}/duplicate`, { of });
  expect((await repeats(c, `${house.url}${at}/${b.publicId}`)).status).toBe(303);
  expect((await repeats(b, a.publicId)).status).toBe(303);
  expect((await researcher.get(`${at}/${a.publicId}`)).text).toContain('2 others say the same');
  const list = (await researcher.get(at)).text;
  expect(list).toContain('and 2 the same');
  expect(list).not.toContain(`value="${b.publicId}"`);
  expect((await repeats(a, c.publicId)).status).toBe(422);
  expect((await repeats(a, a.publicId)).status).toBe(422);
  expect((await repeats(a, 'nothing')).text).toContain('id="of-error"');
  expect((await researcher.post(`${at}/${b.publicId}/not-duplicate`)).status).toBe(303);
  expect((await researcher.get(`${at}/${a.publicId}`)).text).not.toContain('say the same');
  expect((await researcher.get(`${at}/${b.publicId}`)).text).toContain('1 other says the same');
});

test('nearly the same words are proposed as duplicates, and taken by one press', async () => {
  const first = await give({ words: 'The voucher code from the letter is not accepted in the basket at all' });
  const second = await give({ words: 'the voucher code from the letter is not accepted in the basket, sadly' });
  expect((await researcher.get(at)).text).toContain('like 1 other');
  const page = (await researcher.get(`${at}/${second.publicId}`)).text;
  expect(page).toContain('Perhaps the same');
  expect(page).toContain(`name="of" value="${first.publicId}"`);
  await researcher.post(`${at}/${second.publicId}/duplicate`, { of: first.publicId });
  expect((await researcher.get(`${at}/${first.publicId}`)).text).not.toContain('Perhaps the same');
});

test('many are settled, given or joined at once, and none ticked says so', async () => {
  const [one, two, three] = [await give(), await give(), await give()];
  const bulk = (fields: Record<string, string | string[]>) =>
    researcher.post(`${at}/bulk`, { query: 'category=other', ...fields });
  const chosen = [three.publicId, two.publicId, one.publicId];
  const joined = await bulk({ does: 'duplicate', chosen });
  expect(joined.location).toBe(`${at}?category=other&changed=2`);
  expect((await researcher.get(`${at}/${one.publicId}`)).text).toContain('2 others say the same');
  expect((await bulk({ does: 'state', state: 'declined', chosen })).location).toContain('changed=3');
  expect((await house.verbatim.store.feedback.find(house.study.id, two.publicId))?.state).toBe('declined');
  for (const fields of [
    { does: 'state', state: 'done' },
    { does: 'state', chosen },
    { does: 'assign', assignee: 'x', chosen },
  ])
    expect((await bulk(fields as Record<string, string | string[]>)).status).toBe(422);
  expect((await bulk({ does: 'state', state: 'done', chosen: ['A'.repeat(22)] })).status).toBe(404);
});

test('marks are added up by page and part with shares and intervals, and a small group within a segment stays hidden', async () => {
  for (let index = 0; index < 6; index += 1)
    await give({
      page: 'https://shop.example/marks',
      rating: String(1 + (index % 5)),
      mark: mark({ selector: 'main > h1', tag: 'h1', text: 'Heading' }),
      anonymousId: `m${index}`,
    });
  await give({ page: 'https://shop.example/marks' });
  for (let index = 0; index < 6; index += 1)
    await house.post('/v1/identify', {
      userId: `known-${index}`,
      anonymousId: `k${index}`,
      traits: { plan: 'pro' },
      messageId: `k${index}`,
    });
  await house.verbatim.logs.settle();
  for (let index = 0; index < 2; index += 1)
    await give({
      page: 'https://shop.example/marks',
      mark: mark({ selector: 'main > h1', tag: 'h1', text: 'Heading' }),
      anonymousId: `k${index}`,
    });
  const text = (await researcher.get(`${at}/marks`)).text;
  expect(text).toContain('h1 “Heading”');
  // Eight of nine, with Wilson's interval; six rated it.
  expect(text).toMatch(/88\.9% \(56\.\d% to 98\.\d%\)/);
  expect(text).toMatch(/2\.67 \(1\.00 to 4\.38\), 6 ratings/);
  const segment = await house.verbatim.segments.define(
    house.study,
    { name: 'Pro', rule: { attribute: 'plan', op: 'is', value: 'pro' }, surveyId: null },
    null,
  );
  expect((await researcher.get(`${at}/marks?segment=${segment.publicId}`)).text).toContain(
    'This segment was not counted yet',
  );
  await house.verbatim.segmentSizes.count(house.study, segment, { attribute: 'plan', op: 'is', value: 'pro' });
  const beside = (await researcher.get(`${at}/marks?segment=${segment.publicId}`)).text;
  expect(beside).toContain('Fewer than 5 pieces come from people of “Pro”');
  expect(beside).toContain('fewer than 5 people');
  expect((await researcher.get(`${at}?segment=${segment.publicId}&state=any`)).text).toMatch(/>2 pieces of feedback</);
  expect((await researcher.get(`${at}?state=declined`)).text).toMatch(/\d pieces? of feedback, declined</);
});

test('what was said can be erased, and then nothing of it is left', async () => {
  const item = await give({
    words: 'My name is Ada',
    email: 'ada@people.example',
    mark: mark({ text: 'Ada’s basket' }),
    title: 'Hello Ada',
  });
  await researcher.post(`${at}/${item.publicId}/notes`, { note: 'Ada called' });
  expect((await researcher.post(`${at}/${item.publicId}/erase`)).status).toBe(303);
  const left = JSON.stringify(await house.verbatim.store.feedback.find(house.study.id, item.publicId));
  expect(left).not.toMatch(/ada/i);
  const page = await researcher.get(`${at}/${item.publicId}`);
  expect(page.status).toBe(200);
  expect(page.text).toContain('The words were erased.');
});

test('what was erased is gone from the disk as well, once nobody has written for a while', {
  timeout: 20_000,
}, async () => {
  const hidden = 'quagmirezebra';
  const onDisk = () =>
    readdirSync(house.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .filter((entry) => readFileSync(path.join(entry.parentPath, entry.name)).includes(hidden))
      .map(({ name }) => name);
  const item = await give({
    words: `The words ${hidden}`,
    title: `The title ${hidden}`,
    email: `${hidden}@people.example`,
    mark: mark({ text: `The mark ${hidden}` }),
  });
  await researcher.post(`${at}/${item.publicId}/notes`, { note: `The note ${hidden}` });
  expect(onDisk()).not.toEqual([]);
  await researcher.post(`${at}/${item.publicId}/erase`);
  await vi.waitFor(() => expect(onDisk()).toEqual([]), { timeout: 15_000, interval: 200 });
});

test('the script that opens the form comes from here for any site, small and with no word of ours to keep', async () => {
  const answer = await fetch(new URL('/feedback.js', house.url));
  expect(answer.status).toBe(200);
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  const text = await answer.text();
  expect(text).not.toMatch(/localStorage|sessionStorage|document\.cookie|toDataURL|getDisplayMedia|canvas/i);
});

test('words of feedback stand masked in the list and on its page, until a researcher opens them', async () => {
  expect((await send({ words: 'Answer under jane.roe@example.org please, the map is empty' })).status).toBe(303);
  const item = (await all()).find(({ words }) => words.startsWith('Answer under'));
  expect(item?.words).toContain('jane.roe@example.org');
  const list = (await researcher.get(`${at}?state=any`)).text;
  expect(list).toContain('Answer under [e-mail] please');
  const page = (await researcher.get(`${at}/${item?.publicId}`)).text;
  expect(page).toContain('Answer under [e-mail] please');
  expect(page).toContain('Masked: 1 e-mail address.');
  expect(list + page).not.toContain('jane.roe');
  const open = (await researcher.get(`${at}/${item?.publicId}?words=open`)).text;
  expect(open).toContain('jane.roe@example.org');
  const kept = house.verbatim.connection.prepare('select subject from disclosures').all();
  expect(kept).toEqual([{ subject: item?.publicId }]);
});
