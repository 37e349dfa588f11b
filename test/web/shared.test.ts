import { expect, test } from 'vitest';
import { visitor } from '../journeys/visitor.ts';
import { fixedClock, openHouse } from '../support/house.ts';
import { serveHouse } from '../support/serve-house.ts';
import { claim, drawAgain, plantSharedPersona } from '../support/shared-persona.ts';

const DAY_MS = 86_400_000;
const plain = (text: string): string =>
  text
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll(/\s+/g, ' ');

/** A persona that is shared by a link, and a reader who holds it. */
async function openShared({
  audience = 'client',
  plays = true,
}: {
  audience?: 'client' | 'public';
  plays?: boolean;
} = {}) {
  const clock = fixedClock();
  const house = await openHouse({ now: clock.now });
  const { verbatim } = house;
  const door = await serveHouse(verbatim);
  const planted = await plantSharedPersona(verbatim);
  clock.forward(1000);
  const { study, persona } = planted;
  const share = await verbatim.shares.add(
    study,
    { name: 'Sales', audience, days: '30', personas: [persona.publicId], plays },
    null,
  );
  const token = verbatim.shares.tokenOf(share);
  return {
    ...planted,
    verbatim,
    clock,
    share,
    token,
    link: `/shared/${token}`,
    page: `/shared/${token}/${persona.publicId}`,
    url: door.url,
    reader: visitor(door.url),
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]();
      await house[Symbol.asyncDispose]();
    },
  };
}

test('a link leads to its persona without an account, in no search engine and with no referrer', async () => {
  await using shared = await openShared();
  const first = await shared.reader.get(shared.link);
  expect([first.status, first.location]).toEqual([303, shared.page]);
  const { status, text, headers } = await shared.reader.get(shared.page);
  expect(status).toBe(200);
  expect(headers.get('x-robots-tag')).toContain('noindex');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(text).toContain('<meta name="robots" content="noindex');
  expect(text).not.toMatch(/(href|action|src)="\/studio/);
  for (const answer of [
    'They read the bill before they buy.',
    '34% of those who answered are like this: 408 of 1,200 people. It may be as few as 30% or as many as 38%',
    'Take away what holds them back',
    'They are afraid of hidden costs.',
    'Only assumed: They live alone.',
    'Not covered: People over 80 were not asked',
  ])
    expect(plain(text)).toContain(answer);
});

test('the database knows no link, only what its hash is', async () => {
  await using shared = await openShared();
  expect(JSON.stringify(shared.share)).not.toContain(shared.token);
  expect(await shared.verbatim.store.shares.byToken(shared.token)).toBeNull();
});

test('each audience reads the words that were agreed to for it, and nothing that tells who it was', async () => {
  await using client = await openShared({ audience: 'client' });
  const inside = plain((await client.reader.get(client.page)).text);
  expect(inside).toContain('The bill of P07 came in full.');
  expect(inside).toContain('The bill of P08 came in full.');
  expect(inside).not.toContain('ada@example.org');
  expect(inside).toContain('I wrote to');
  await using open = await openShared({ audience: 'public' });
  const outside = plain((await open.reader.get(open.page)).text);
  expect(outside).toContain('The bill of P07 came in full.');
  expect(outside).not.toContain('The bill of P08');
  expect(outside).toContain('Some words are not shown here');
});

test('figures on fewer people than the study lets out are not on the page, whatever is asked for', async () => {
  await using shared = await openShared();
  for (const query of ['', '?audience=internal', '?version=1&role=owner', '?least=1', '?since=0']) {
    const text = plain((await shared.reader.get(`${shared.page}${query}`)).text);
    expect(text).toContain('They keep bees more often than others.');
    expect(text).toContain('too few people to tell');
    expect(text).toContain('Figures that rest on fewer than 10 people are not shown.');
    expect(text).not.toMatch(/1% here|1\.0%/);
    expect(text).not.toContain('2 of its members');
  }
});

test('the words of somebody who withdraws are gone with the next look, and their recording too', async () => {
  await using shared = await openShared();
  const before = await shared.reader.get(shared.page);
  const moment = /src="([^"]+\/moments\/[^"]+)"/.exec(before.text)?.[1] ?? '';
  expect((await shared.reader.send(moment)).status).toBe(200);
  await shared.verbatim.consents.withdraw(shared.study, shared.talks.open, null);
  const { text } = await shared.reader.get(shared.page);
  expect(text).not.toContain('P07');
  expect(text).not.toContain('<audio');
  expect(plain(text)).toContain('Some words are not shown here');
  expect((await shared.reader.send(moment)).status).toBe(404);
});

test('a link that has run out or was closed says so on a page with 410, and nothing stands there any more', async () => {
  await using shared = await openShared();
  const { verbatim, reader, page } = shared;
  shared.clock.forward(29 * DAY_MS);
  expect((await reader.get(page)).status).toBe(200);
  shared.clock.forward(2 * DAY_MS);
  for (const address of [page, shared.link, `${page}/moments/${'A'.repeat(22)}`]) {
    const gone = await reader.get(address);
    expect(gone.status).toBe(410);
    expect(gone.headers.get('x-robots-tag')).toContain('noindex');
    expect(plain(gone.text)).toContain('This link has run out');
    expect(plain(gone.text)).toContain('Ask whoever sent it to you for a new one');
    expect(gone.text).not.toContain('Careful reader');
  }
  expect((await reader.post(`${page}/questions`, { question: 'Why?' })).status).toBe(410);
  const other = await verbatim.shares.add(
    shared.study,
    { name: 'Board', audience: 'public', days: '7', personas: [shared.persona.publicId], plays: false },
    null,
  );
  const at = `/shared/${verbatim.shares.tokenOf(other)}/${shared.persona.publicId}`;
  expect((await reader.get(at)).status).toBe(200);
  await verbatim.shares.revoke(shared.study, other.publicId, null);
  const closed = await reader.send(at, { headers: { accept: 'application/json' } });
  expect([closed.status, closed.headers.get('content-type')]).toEqual([410, expect.stringContaining('problem+json')]);
  expect(await closed.json()).toMatchObject({ title: 'This link was closed', status: 410 });
});

test('a link opens its own personas alone, and a guess opens nothing', async () => {
  await using shared = await openShared();
  const { verbatim, reader } = shared;
  const neighbour = await verbatim.store.personas.addVersion(
    { studyId: shared.study.id, segmentIds: [], personaId: null },
    { name: 'Not shared', lede: '', portrait: JSON.stringify(shared.portrait), createdBy: null },
    shared.clock.now().toISOString(),
  );
  const elsewhere = await plantSharedPersona(verbatim, 'Another');
  for (const address of [
    `${shared.link}/${neighbour.publicId}`,
    `${shared.link}/${elsewhere.persona.publicId}`,
    `${shared.link}/..%2f..%2fstudio`,
    `/shared/${shared.share.publicId}`,
    `/shared/${'A'.repeat(22)}/${shared.persona.publicId}`,
    `/shared/%00`,
  ]) {
    const answer = await reader.get(address);
    expect([address, answer.status]).toEqual([address, 404]);
    expect(answer.text).not.toContain('Not shared');
  }
  await verbatim.store.personas.remove(shared.persona.id, shared.clock.now().toISOString());
  expect((await reader.get(shared.page)).status).toBe(404);
  expect(plain((await reader.get(shared.link)).text)).toContain('is no longer there');
});

test('several personas are listed first, each with its share', async () => {
  await using shared = await openShared();
  const { verbatim, study, reader } = shared;
  const second = await verbatim.store.personas.addVersion(
    { studyId: study.id, segmentIds: [], personaId: null, kind: 'assumption' },
    {
      name: 'Silent guest',
      lede: 'Nobody knows yet',
      portrait: JSON.stringify({ ...shared.portrait, kind: 'assumption', size: null }),
      createdBy: null,
    },
    shared.clock.now().toISOString(),
  );
  const share = await verbatim.shares.add(
    study,
    { name: 'All', audience: 'client', days: '7', personas: [shared.persona.publicId, second.publicId], plays: false },
    null,
  );
  const { status, text } = await reader.get(`/shared/${verbatim.shares.tokenOf(share)}`);
  expect(status).toBe(200);
  expect(plain(text)).toContain('34% of those who answered');
  expect(plain(text)).toContain('Silent guest');
  expect(plain(text)).toContain('Assumption');
});

test('who comes back sees what is new since, by a cookie that holds a version and is bound to the page', async () => {
  await using shared = await openShared();
  const { verbatim, reader, page, portrait } = shared;
  const first = await reader.get(page);
  const [cookie = ''] = first.headers.getSetCookie();
  expect(cookie).toMatch(new RegExp(`^seen=1; Path=${page}; Expires=[^;]+; HttpOnly; SameSite=Lax$`));
  expect(first.text).not.toContain('since you were last here');
  shared.clock.forward(DAY_MS);
  await drawAgain(verbatim, shared, {
    ...portrait,
    claims: [...portrait.claims.slice(1), claim('new', 'They ask for the price at once.')],
  });
  const second = plain((await reader.get(page)).text);
  expect(second).toContain('What is new since you were last here');
  expect(second).toContain('New: They ask for the price at once.');
  expect(second).toContain('No longer said: reads');
  expect(second).not.toContain('They read bills more often than others.');
  expect((await reader.get(page)).text).not.toContain('since you were last here');
});

test('a version from before the link was made is told to nobody, whatever the cookie says', async () => {
  await using shared = await openShared();
  const { verbatim, study, persona, portrait } = shared;
  await drawAgain(verbatim, shared, { ...portrait, claims: portrait.claims.slice(1) });
  shared.clock.forward(1000);
  const share = await verbatim.shares.add(
    study,
    { name: 'Later', audience: 'client', days: '7', personas: [persona.publicId], plays: false },
    null,
  );
  const page = `/shared/${verbatim.shares.tokenOf(share)}/${persona.publicId}`;
  for (const seen of ['1', '0', '-1', '1.5', 'NaN', '<b>', '9'.repeat(400)]) {
    const answer = await visitor(shared.url).send(page, { headers: { cookie: `seen=${encodeURIComponent(seen)}` } });
    expect([seen, answer.status]).toEqual([seen, 200]);
    expect(await answer.text()).not.toContain('No longer said');
  }
});

test('the moment behind a quote is heard, and nothing before or after it', async () => {
  await using shared = await openShared();
  const { reader } = shared;
  const { text } = await reader.get(shared.page);
  const moments = [...text.matchAll(/src="([^"]+\/moments\/[^"]+)"/g)].map(([, address]) => address ?? '');
  // The letter names an address, and P08 did not agree to sharing: neither is heard.
  expect(new Set(moments).size).toBe(2);
  const sound = await reader.send(moments[0] ?? '');
  expect([sound.status, sound.headers.get('content-type')]).toEqual([200, 'audio/wav']);
  // Four of forty seconds, eight thousand samples each.
  expect((await sound.arrayBuffer()).byteLength).toBe(44 + 4 * 8000);
  const part = await reader.send(moments[0] ?? '', { headers: { range: 'bytes=0-43' } });
  expect([part.status, part.headers.get('content-range'), (await part.arrayBuffer()).byteLength]).toEqual([
    206,
    'bytes 0-43/32044',
    44,
  ]);
  expect((await reader.send(moments[0] ?? '', { headers: { range: 'bytes=99999-' } })).status).toBe(416);
  expect((await reader.send(`${shared.page}/moments/${'B'.repeat(22)}`)).status).toBe(404);
});

test('a link that may not play has no sound, whoever asks for it by its address', async () => {
  await using shared = await openShared();
  const [, moment = ''] = /\/moments\/([^"]+)"/.exec((await shared.reader.get(shared.page)).text) ?? [];
  const { verbatim, persona } = shared;
  const silent = await verbatim.shares.add(
    shared.study,
    { name: 'Silent', audience: 'public', days: '7', personas: [persona.publicId], plays: false },
    null,
  );
  const at = `/shared/${verbatim.shares.tokenOf(silent)}/${persona.publicId}`;
  expect((await shared.reader.get(at)).text).not.toContain('<audio');
  expect((await shared.reader.send(`${at}/moments/${moment}`)).status).toBe(404);
});

test('a reader asks, a researcher answers, and all who hold the link read both with what is personal hidden', async () => {
  await using shared = await openShared();
  const { reader, verbatim, study, page } = shared;
  const empty = await reader.post(`${page}/questions`, { question: '  ' });
  expect(empty.status).toBe(422);
  expect(plain(empty.text)).toContain('Write your question');
  expect(empty.text).toContain('<title>Error: ');
  const long = await reader.post(`${page}/questions`, { question: 'why '.repeat(400) });
  expect([long.status, long.text.includes('why why')]).toEqual([422, true]);
  // Pages without a referrer send no origin, and their posts rest on the link.
  const sent = await reader.send(`${page}/questions`, {
    method: 'POST',
    body: new URLSearchParams({ question: 'Do they rent? Write to bob@example.org <b>' }),
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  expect([sent.status, sent.headers.get('location')]).toEqual([303, `${page}?asked=1#ask`]);
  expect((await reader.get(`${page}?asked=1`)).text).toContain('Your question was sent');
  const [question] = await verbatim.readerQuestions.list(study);
  expect((await reader.get(page)).text).not.toContain('Do they rent?');
  await verbatim.readerQuestions.answer(study, question?.publicId ?? '', 'Most of them do.', null);
  const { text } = await visitor(shared.url).get(page);
  expect(text).toContain('Do they rent? Write to [e-mail] &lt;b&gt;');
  expect(text).toContain('Most of them do.');
  await verbatim.readerQuestions.remove(study, question?.publicId ?? '', null);
  expect((await reader.get(page)).text).not.toContain('Do they rent?');
});

test('nobody is drowned in questions: five a minute from one network, forty that wait', async () => {
  await using shared = await openShared();
  const { reader, page, clock, verbatim, study } = shared;
  const ask = async () => (await reader.post(`${page}/questions`, { question: 'Why?' })).status;
  const statuses: number[] = [];
  for (let n = 0; n < 6; n += 1) statuses.push(await ask());
  expect(statuses).toEqual([303, 303, 303, 303, 303, 429]);
  for (let n = 5; n < 40; n += 1) {
    if (n % 5 === 0) clock.forward(61_000);
    expect(await ask()).toBe(303);
  }
  clock.forward(61_000);
  const full = await reader.post(`${page}/questions`, { question: 'One more?' });
  expect([full.status, plain(full.text).includes('Many questions are waiting')]).toEqual([429, true]);
  expect((await verbatim.readerQuestions.list(study)).length).toBe(40);
});

test('openings and plays are counted by day, by nobody’s name, and what went out is written down once a day', async () => {
  await using shared = await openShared();
  const { reader, page, verbatim, study, persona } = shared;
  const { text } = await reader.get(page);
  await reader.get(page);
  await reader.send(page, { method: 'HEAD' });
  await reader.send(page, { headers: { 'sec-purpose': 'prefetch' } });
  const moment = /src="([^"]+\/moments\/[^"]+)"/.exec(text)?.[1] ?? '';
  await reader.send(moment);
  await reader.send(moment, { headers: { range: 'bytes=100-' } });
  const [listed] = await verbatim.shares.list(study);
  expect(listed?.visits).toEqual({ opened: 2, played: 1 });
  const log = await verbatim.store.reports.handedOn(study.id);
  expect(log.map(({ what, subject, audience, byLink }) => [what, subject, audience, byLink])).toEqual([
    ['recording of a persona', persona.publicId, 'client', shared.share.publicId],
    ['persona', persona.publicId, 'client', shared.share.publicId],
    ['shared link', shared.share.publicId, 'client', shared.share.publicId],
  ]);
});

test('one network cannot try links without end', async () => {
  await using shared = await openShared();
  let refused = 0;
  for (let n = 0; n < 310; n += 1)
    if ((await shared.reader.send(`/shared/${'A'.repeat(22)}`)).status === 429) refused += 1;
  expect(refused).toBe(10);
});
