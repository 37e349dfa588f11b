import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publicHalf } from '../../src/store/identifiers.ts';
import { createApp } from '../../src/web/app.ts';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { answerAs, openPostHouse, PUBLIC_URL, plantInvitees, plantPeople, settled } from '../support/post-house.ts';
import { sharedRenderer } from '../support/shared-renderer.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';

let smtp: SmtpServer;
let house: Awaited<ReturnType<typeof openPostHouse>>;
let server: Server;
let url: string;
let researcher: Visitor;
let planted: Awaited<ReturnType<typeof plantInvitees>>;
let at: string;

/** Serves a house without its listening for posts of other names: the address in links is the public one. */
async function serve(which: typeof house, publicUrl: string | null): Promise<{ server: Server; url: string }> {
  const { app } = createApp({
    verbatim: which.verbatim,
    renderer: sharedRenderer(),
    log: pino({ level: 'silent' }),
    publicUrl,
    trustProxy: 0,
    isOpen: () => true,
  });
  const own = createServer(app);
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  return { server: own, url: `http://127.0.0.1:${(own.address() as AddressInfo).port}` };
}

async function signIn(which: typeof house, address: string): Promise<Visitor> {
  const account = { email: 'ada@lab.example', name: 'Ada', password: 'three words together' };
  await which.verbatim.accounts.add(account, { isAdmin: true, role: 'owner', studyId: null });
  const person = visitor(address);
  const answer = await person.post('/sign-in', { email: account.email, password: account.password });
  expect(answer.status).toBe(303);
  return person;
}

beforeAll(async () => {
  smtp = await startSmtpServer();
  house = await openPostHouse({ smtpUrl: smtp.url });
  planted = await plantInvitees(house.verbatim);
  ({ server, url } = await serve(house, PUBLIC_URL));
  researcher = await signIn(house, url);
  at = `/studio/${planted.study.publicId}/surveys/${planted.survey.publicId}/distribution`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await house[Symbol.asyncDispose]();
  await smtp[Symbol.asyncDispose]();
});

const LETTER = {
  segment: '',
  wave: '1',
  'subject-en': 'Hello {{name}}',
  'text-en': 'Dear {{name}},\r\n{{link}}\r\n{{optOut}}',
  'subject-de': '',
  'text-de': '',
};

test('a letter is written, previewed, tried on oneself, and sent', async () => {
  const form = await researcher.get(`${at}/invite`);
  expect(form.text).toContain('2 people would be invited now.');
  expect(form.text).toContain('Those who have no e-mail address: 1');
  expect(form.text).not.toContain('value="send"');

  const preview = await researcher.post(`${at}/invite`, { ...LETTER, do: 'preview' });
  expect(preview.text).toContain('Hello Ada Lovelace');
  expect(preview.text).toContain('Send to 2 people');
  expect(smtp.letters).toHaveLength(0);

  const tried = await researcher.post(`${at}/invite`, { ...LETTER, do: 'test' });
  expect(tried.text).toContain('Sent to ada@lab.example');
  const [test] = await smtp.taken(1);
  expect(test?.to).toBe('ada@lab.example');
  expect(test?.text).not.toContain('/for/');
  const example = await researcher.get('/opt-out/example');
  expect(example.text).toContain('nothing happens here');

  const sent = await researcher.post(`${at}/invite`, { ...LETTER, do: 'send' });
  expect(sent.status).toBe(303);
  await smtp.taken(3);
  await settled(house.verbatim, planted.survey.id);
  const mailing = await researcher.get(sent.location);
  expect(mailing.text).toContain('Taken by the mail server');
  const progress = await researcher.get(`${sent.location}/progress`);
  expect(JSON.parse(progress.text)).toEqual({ state: 'done', percent: 100, step: '2 of 2 letters are through' });

  const again = await researcher.post(`${at}/invite`, { ...LETTER, do: 'send' });
  expect(again.status).toBe(409);
  expect(again.text).toContain('There is nobody to write to');
});

test('a letter that cannot be sent comes back as it was typed, with what is missing', async () => {
  const answer = await researcher.post(`${at}/invite`, { ...LETTER, 'text-en': 'Come <all>!', wave: '2', do: 'send' });
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('Come &lt;all&gt;!');
  expect(answer.text).toContain('Put {{link}} where the personal link should stand');
  expect(answer.text).toContain('href="#text-en"');
});

test('looking at the way out changes nothing, and one post without signing in does it', async () => {
  const letter = smtp.letters.find(({ to }) => to.startsWith('bea'))?.text ?? '';
  const path = /\/opt-out\/[\w-]+/.exec(letter)?.[0] ?? '';
  const { verbatim } = house;
  const optedOut = async () => (await verbatim.store.contacts.optedOut(planted.study.workspaceId)).people;

  const page = await fetch(new URL(path, url));
  expect(await page.text()).toContain('Don’t ask me again');
  expect((await optedOut()).has(planted.bea)).toBe(false);
  expect((await fetch(new URL(`${path}x`, url))).status).toBe(404);
  expect((await fetch(new URL(`${path}x`, url), { method: 'POST' })).status).toBe(404);

  // As a mailbox does it (RFC 8058): no cookie, no origin, and no redirect for an answer.
  const done = await fetch(new URL(path, url), {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  });
  expect(done.status).toBe(200);
  expect(await done.text()).toContain('We will not ask you again');
  expect((await optedOut()).has(planted.bea)).toBe(true);
  expect(await (await fetch(new URL(path, url))).text()).toContain('We will not ask you again');
});

test('who opted out can take it back on the same page, by their own link alone and by a post', async () => {
  const letter = smtp.letters.find(({ to }) => to.startsWith('bea'))?.text ?? '';
  const path = /\/opt-out\/[\w-]+/.exec(letter)?.[0] ?? '';
  const optedOut = async () => (await house.verbatim.store.contacts.optedOut(planted.study.workspaceId)).people;
  const text = async (to: string, init: RequestInit = {}) => (await fetch(new URL(to, url), init)).text();

  const done = await text(path);
  expect(done).toContain(`action="${path}/undo"`);
  expect((await fetch(new URL(`${path}x/undo`, url), { method: 'POST' })).status).toBe(404);
  expect((await fetch(new URL(`${path}/undo`, url))).status).toBe(404);
  expect((await optedOut()).has(planted.bea)).toBe(true);

  const undone = await text(`${path}/undo`, { method: 'POST' });
  expect(undone).toContain('We may ask you again');
  expect((await optedOut()).has(planted.bea)).toBe(false);
  expect((await house.verbatim.store.contacts.optedOut(planted.study.workspaceId)).seals.size).toBe(0);
  // The same page leads out once more, and saying it twice does no harm.
  expect(undone).toContain(`action="${path}"`);
  expect(await text(`${path}/undo`, { method: 'POST' })).toContain('We may ask you again');
  await text(path, { method: 'POST' });
  expect((await optedOut()).has(planted.bea)).toBe(true);
  expect(await text('/opt-out/example/undo', { method: 'POST' })).toContain('We may ask you again');
});

test('the page says how many were invited, opted out and answered, and how sure the rate is', async () => {
  const token = /\/for\/([\w-]{22})/.exec(
    smtp.letters.find(({ text }) => text.includes('Ada Lovelace'))?.text ?? '',
  )?.[1];
  await answerAs(house.verbatim, planted.survey.slug, token ?? '');
  const page = await researcher.get(at);
  expect(page.text).toContain('50.0% (95% interval 9.5% to 90.5%)');
  expect(page.text).toMatch(/Asked not to be asked<\/dt><dd class="num">1</);
  expect(page.text).toContain('no tracking picture');
  expect(page.text).not.toContain(smtp.url);
  const people = await researcher.get(`${at}/people`);
  expect(people.text).toContain('completed');
  expect(people.text).toContain('asked for no more');
});

test('a survey with several waves has a way to each of them', async () => {
  const page = await researcher.get(`${at}?wave=2`);
  expect(page.status).toBe(200);
  expect(page.text).toContain('<strong>Wave 2</strong>');
  expect(page.text).toContain(`<a href="${at}?wave=1">Wave 1</a>`.replaceAll('=1"', '&#x3D;1"'));
});

test('what a researcher noted by mistake is taken back, and what the person said themselves is not', async () => {
  const people = await house.verbatim.store.people.canonical(planted.study.workspaceId);
  const publicIdOf = (id: number) => people.find((person) => person.id === id)?.publicId ?? '';
  const optedOut = async () => [...(await house.verbatim.store.contacts.optedOut(planted.study.workspaceId)).people];
  expect(await optedOut()).toEqual([planted.bea]);
  await researcher.post(`${at}/people/${publicIdOf(planted.ada)}/opt-out`);
  await researcher.post(`${at}/people/${publicIdOf(planted.bea)}/opt-out`);
  expect((await optedOut()).sort()).toEqual([planted.ada, planted.bea].sort());
  expect((await researcher.post(`${at}/people/${publicIdOf(planted.bea)}/opt-out?wave=1`)).location).toBe(
    `${at}/people?wave=1`,
  );
  expect((await researcher.get(`${at}/people`)).text).toContain('Take back');
  await researcher.post(`${at}/people/${publicIdOf(planted.ada)}/opt-in`);
  const refused = await researcher.post(`${at}/people/${publicIdOf(planted.bea)}/opt-in`);
  expect(refused.status).toBe(409);
  expect(await optedOut()).toEqual([planted.bea]);
});

test('what the person says themselves outweighs what a researcher had noted before', async () => {
  const people = await house.verbatim.store.people.canonical(planted.study.workspaceId);
  const ada = people.find(({ id }) => id === planted.ada)?.publicId ?? '';
  const own = `/opt-out/${house.verbatim.distribution.optOutToken(ada)}`;
  await researcher.post(`${at}/people/${ada}/opt-out`);
  expect((await fetch(new URL(own, url), { method: 'POST' })).status).toBe(200);
  expect((await researcher.get(`${at}/people`)).text).not.toContain('Take back');
  expect((await researcher.post(`${at}/people/${ada}/opt-in`)).status).toBe(409);
  expect((await house.verbatim.store.contacts.optedOut(planted.study.workspaceId)).people.has(planted.ada)).toBe(true);
  // And only they take it back.
  await fetch(new URL(`${own}/undo`, url), { method: 'POST' });
  expect((await house.verbatim.store.contacts.optedOut(planted.study.workspaceId)).people.has(planted.ada)).toBe(false);
});

test('links go into a table that no spreadsheet runs, and never to those who opted out', async () => {
  await plantPeople(house.verbatim, planted.study.workspaceId, {
    'crm-5': { name: '=HYPERLINK("https://evil.example")', phone: '+49 170 555' },
  });
  const answer = await researcher.post(`${at}/links.csv`, { segment: '' });
  expect(answer.headers.get('content-type')).toContain('text/csv');
  const lines = answer.text.trim().split('\r\n');
  expect(lines[0]).toContain('person,name,email,phone,link,opt_out');
  expect(lines).toHaveLength(4);
  expect(answer.text).toContain(`"'=HYPERLINK(""https://evil.example"")"`);
  expect(answer.text).toContain(',+49170555,');
  expect(answer.text).not.toContain('bea@people.example');
  const links = answer.text.match(/https:\/\/research\.example\/s\/[\w-]+\/for\/[\w-]{22}/g) ?? [];
  expect(new Set(links).size).toBe(3);
  for (const link of links) {
    const hash = publicHalf(link.split('/').at(-1) ?? '');
    expect(await house.verbatim.store.people.findInvited(planted.survey.id, hash)).not.toBeNull();
  }
});

test('the address and a personal link come as pictures', async () => {
  const picture = await researcher.get(`${at}/qr.svg?download=1`);
  expect(picture.headers.get('content-type')).toContain('image/svg+xml');
  expect(picture.headers.get('content-disposition')).toContain('.svg');
  expect((await researcher.get(`${at}/qr`)).text).toContain(`${PUBLIC_URL}/s/${planted.survey.slug}`);
  const people = await house.verbatim.store.people.canonical(planted.study.workspaceId);
  const ada = people.find(({ id }) => id === planted.ada)?.publicId ?? '';
  expect((await researcher.get(`${at}/people/${ada}/qr.svg`)).text).not.toBe(picture.text);
  expect((await researcher.get(`${at}/people/${ada}/qr`)).text).toContain('/for/');
});

test('bounces are pasted or uploaded, shown, and taken off the list', async () => {
  const pasted = await researcher.post(`${at}/bounces`, {
    list: 'ada@people.example;550 5.1.1 unknown\nzoe@else.example;x\n',
  });
  expect(pasted.text).toContain('1 added; 1 belong to nobody here and were not kept.');
  expect(pasted.text).toContain('550 5.1.1 unknown');
  const known = await house.verbatim.store.contacts.bounces(planted.study.workspaceId);
  const upload = await researcher.upload(`${at}/bounces`, 'file', {
    name: 'b.csv',
    bytes: Buffer.from('ada@people.example'),
  });
  expect(upload.text).toContain('1 known already');
  await researcher.post(`${at}/bounces/forget`, { bounce: String(known[0]?.id) });
  expect(await house.verbatim.store.contacts.bounces(planted.study.workspaceId)).toEqual([]);
  expect((await researcher.post(`${at}/bounces`, { list: ' ' })).status).toBe(422);
});

test('settings that do not fit are refused, and others hold', async () => {
  const wrong = await researcher.post(`${at}/settings`, { reminders: '9', days: '3' });
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('href="#reminders"');
  expect(wrong.text).toContain('Reminders at most: enter a number from 0 to 5');
  expect(wrong.text).toContain('value="9"');
  expect((await researcher.post(`${at}/settings`, { reminders: '', days: '3' })).status).toBe(422);
  expect((await researcher.post(`${at}/settings`, { reminders: '1', days: '7' })).status).toBe(303);
  expect(await house.verbatim.store.mailings.settings(planted.survey.id)).toEqual({ remindersMax: 1, daysBetween: 7 });
});

test('without a mail server and a public address the page says what to set, whatever host a visitor names', async () => {
  await using plain = await openPostHouse({ smtpUrl: null, publicUrl: null });
  const there = await plantInvitees(plain.verbatim);
  const own = await serve(plain, null);
  try {
    const person = await signIn(plain, own.url);
    const page = `/studio/${there.study.publicId}/surveys/${there.survey.publicId}/distribution`;
    const { text } = await person.get(page);
    expect(text).toContain('VERBATIM_SMTP_URL');
    expect(text).toContain('PUBLIC_URL is not set');
    const refused = await person.post(`${page}/invite`, { ...LETTER, do: 'send' });
    expect(refused.status).toBe(409);
    expect((await person.post(`${page}/links.csv`, { segment: '' })).status).toBe(409);
    expect((await person.get(`${page}/qr.svg`)).status).toBe(409);
  } finally {
    own.server.closeAllConnections();
    await new Promise((resolve) => own.server.close(resolve));
  }
});
