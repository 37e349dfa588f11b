import { afterEach, describe, expect, test } from 'vitest';
import { visitor } from '../journeys/visitor.ts';
import { type AccountHouse, copied, openAccountHouse, PASSWORD } from '../support/account-house.ts';
import { PUBLIC_URL } from '../support/post-house.ts';
import { startSmtpServer } from '../support/smtp-server.ts';

/* Owners invite colleagues, change what they may do, and let them go; links open once, for an hour. */

const open: AsyncDisposable[] = [];
const opened = <T extends AsyncDisposable>(one: T): T => {
  open.push(one);
  return one;
};
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});
const house = async (options: Parameters<typeof openAccountHouse>[0] = {}) => opened(await openAccountHouse(options));
const idOf = async ({ verbatim, study }: AccountHouse, email: string) =>
  (await verbatim.members.list(study)).find((member) => member.email === email)?.publicId ?? 'nobody';
const pathOf = (link: string) => new URL(link).pathname;

describe('an invitation', () => {
  test('is shown once where no letters go out, and makes an account with its role, once', async () => {
    const here = await house();
    const ada = await here.enter('ada@example.org');
    const made = await ada.post(`${here.at}/invite`, { email: 'Bea@Example.org', role: 'researcher', place: 'study' });
    const link = copied(made.text);
    expect(link).toMatch(/^http:.*\/invitation\/[\w-]{43}$/);
    const list = await ada.get(here.at);
    expect(list.text).toContain('bea@example.org');
    expect(list.text).not.toContain(pathOf(link));
    expect(JSON.stringify(await here.verbatim.store.accountLinks.find(1))).not.toContain(link.slice(-43));

    const bea = visitor(here.url);
    expect((await bea.get(pathOf(link))).text).toContain('as researcher');
    const short = await bea.post(pathOf(link), { name: 'Bea', password: 'short' });
    expect([short.status, short.text.includes('10 to 200')]).toEqual([422, true]);
    expect((await bea.post(pathOf(link), { name: 'Bea', password: PASSWORD })).location).toBe('/studio');
    expect((await bea.get(`/studio/${here.study.publicId}/surveys`)).status).toBe(200);
    expect((await bea.get(here.at)).status).toBe(403);
    const late = visitor(here.url);
    expect((await late.get(pathOf(link))).status).toBe(410);
    expect((await late.post(pathOf(link), { name: 'Eve', password: PASSWORD })).status).toBe(410);
  });

  test('makes one account however many take it up at once', async () => {
    const here = await house();
    const ada = await here.enter('ada@example.org');
    const link = pathOf(
      copied((await ada.post(`${here.at}/invite`, { email: 'b@example.org', role: 'viewer', place: 'study' })).text),
    );
    const tries = await Promise.all(
      ['x', 'y', 'z'].map((name) => visitor(here.url).post(link, { name, password: PASSWORD })),
    );
    expect(tries.map(({ status }) => status).sort()).toEqual([303, 410, 410]);
  });

  test('opens for an hour, and not after it was ended', async () => {
    const here = await house();
    const ada = await here.enter('ada@example.org');
    const invite = async (email: string) =>
      pathOf(copied((await ada.post(`${here.at}/invite`, { email, role: 'viewer', place: 'study' })).text));
    const [old, ended] = [await invite('old@example.org'), await invite('ended@example.org')];
    const end = /action="([^"]+\/invitations\/[^"]+\/end)"/.exec((await ada.get(here.at)).text)?.[1] ?? '';
    expect((await ada.post(end)).status).toBe(303);
    expect((await ada.post(end)).status).toBe(404);
    expect((await visitor(here.url).get(ended)).status).toBe(410);
    expect((await visitor(here.url).get(old)).status).toBe(200);
    here.clock.forward(3_600_000);
    expect((await visitor(here.url).get(old)).status).toBe(410);
  });

  test('goes by letter where letters go out, and is not shown to whoever asked for it', async () => {
    const smtp = opened(await startSmtpServer());
    const here = await house({ smtpUrl: smtp.url, publicUrl: PUBLIC_URL });
    const ada = await here.enter('ada@example.org');
    const made = await ada.post(`${here.at}/invite`, { email: 'bea@example.org', role: 'viewer', place: 'study' });
    expect([copied(made.text), made.text.includes('A letter is on its way')]).toEqual(['', true]);
    const [letter] = await smtp.taken(1);
    expect(letter?.to).toBe('bea@example.org');
    const link = /https:\/\/\S+\/invitation\/\S+/.exec(letter?.text ?? '')?.[0] ?? '';
    expect((await visitor(here.url).get(pathOf(link))).text).toContain('You are invited');
  });

  test('for somebody who has an account waits until they are signed in with its address', async () => {
    const here = await house();
    const other = await here.verbatim.studies.addTo('Another', null, null, null);
    await here.add('Bea', 'viewer');
    await here.add('Eve', 'viewer');
    const ada = await here.enter('ada@example.org');
    const made = await ada.post(`/studio/${other.publicId}/members/invite`, {
      email: 'bea@example.org',
      role: 'viewer',
      place: 'study',
    });
    const link = pathOf(copied(made.text));
    const stranger = await visitor(here.url).get(link);
    expect(stranger.text).toContain(encodeURIComponent(link));
    const eve = await here.enter('eve@example.org');
    expect((await eve.post(link)).status).toBe(403);
    const bea = await here.enter('bea@example.org');
    expect((await bea.get(`/studio/${other.publicId}`)).status).toBe(404);
    expect((await bea.post(link)).status).toBe(303);
    expect((await bea.get(`/studio/${other.publicId}`)).status).toBe(200);
  });
});

describe('a role', () => {
  test('changes at once, and ends the sessions of whoever it is about', async () => {
    const here = await house();
    await here.add('Bea', 'viewer');
    const [ada, bea] = [await here.enter('ada@example.org'), await here.enter('bea@example.org')];
    const at = `${here.at}/${await idOf(here, 'bea@example.org')}`;
    expect((await ada.post(`${at}/role`, { place: 'study', role: 'researcher' })).status).toBe(303);
    expect((await bea.get('/studio')).location).toContain('/sign-in');
    const again = await here.enter('bea@example.org');
    expect((await again.get(`/studio/${here.study.publicId}/interviews`)).status).toBe(200);
    expect((await ada.post(`${at}/remove`, { place: 'study' })).status).toBe(303);
    expect((await again.get('/studio')).location).toContain('/sign-in');
    expect((await (await here.enter('bea@example.org')).get(`/studio/${here.study.publicId}`)).status).toBe(404);
  });

  test('of the last owner stays, also when two remove each other at once', async () => {
    const here = await house();
    const ada = await here.enter('ada@example.org');
    const own = `${here.at}/${await idOf(here, 'ada@example.org')}`;
    for (const act of ['role', 'remove']) {
      const refused = await ada.post(`${own}/${act}`, { place: 'workspace', role: 'viewer' });
      expect([refused.status, refused.text.includes('Somebody must own it')]).toEqual([409, true]);
    }
    await here.verbatim.accounts.add(
      { email: 'bea@example.org', name: 'Bea', password: PASSWORD },
      { isAdmin: false, role: 'owner', studyId: null },
    );
    const bea = await here.enter('bea@example.org');
    const hers = `${here.at}/${await idOf(here, 'bea@example.org')}`;
    const both = await Promise.all([
      ada.post(`${hers}/remove`, { place: 'workspace' }),
      bea.post(`${own}/remove`, { place: 'workspace' }),
    ]);
    expect(both.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(await here.verbatim.members.list(here.study)).toHaveLength(1);
  });

  test('in the workspace is for its owners to give, and not for those of one study', async () => {
    const here = await house();
    await here.add('Bea', 'owner');
    const bea = await here.enter('bea@example.org');
    const ada = `${here.at}/${await idOf(here, 'ada@example.org')}`;
    expect((await bea.post(`${ada}/remove`, { place: 'workspace' })).status).toBe(403);
    const invite = { email: 'c@example.org', role: 'owner', place: 'workspace' };
    expect((await bea.post(`${here.at}/invite`, invite)).status).toBe(403);
    expect((await bea.post(`${here.at}/invite`, { ...invite, place: 'study' })).status).toBe(200);
  });
});

describe('a new password', () => {
  test('by letter says the same whether there is an account or not, and ends every session', async () => {
    const smtp = opened(await startSmtpServer());
    const here = await house({ smtpUrl: smtp.url, publicUrl: PUBLIC_URL });
    const ada = await here.enter('ada@example.org');
    const ask = async (email: string) => {
      const { status, text } = await visitor(here.url).post('/sign-in/forgotten', { email });
      return [status, text];
    };
    expect(await ask('nobody@example.org')).toEqual(await ask('ADA@example.org'));
    const [letter] = await smtp.taken(1);
    const link = pathOf(/https:\/\/\S+\/new-password\/\S+/.exec(letter?.text ?? '')?.[0] ?? '');
    const person = visitor(here.url);
    expect((await person.post(link, { password: 'password123' })).status).toBe(422);
    expect((await person.post(link, { password: 'other words together' })).location).toBe('/sign-in');
    expect((await person.post(link, { password: 'yet other words here' })).status).toBe(410);
    expect((await ada.get('/studio')).location).toContain('/sign-in');
    await here.enter('ada@example.org', 'other words together');
    expect((await smtp.taken(2)).map(({ to }) => to)).toEqual(['ada@example.org', 'ada@example.org']);
  });

  test('cannot be asked for without end', async () => {
    const here = await house();
    const answers = [];
    for (let turn = 0; turn < 6; turn += 1)
      answers.push((await visitor(here.url).post('/sign-in/forgotten', { email: 'nobody@example.org' })).status);
    expect(answers).toEqual([200, 200, 200, 200, 200, 429]);
  });

  test('without letters is shown only to whoever owns everything that the account reaches', async () => {
    const here = await house();
    await here.add('Bea', 'owner');
    await here.add('Cai', 'viewer');
    const bea = await here.enter('bea@example.org');
    const at = (id: string) => `${here.at}/${id}/password`;
    expect((await bea.post(at(await idOf(here, 'ada@example.org')))).status).toBe(403);
    expect((await bea.post(at(await idOf(here, 'cai@example.org')))).status).toBe(403);
    const ada = await here.enter('ada@example.org');
    const link = pathOf(copied((await ada.post(at(await idOf(here, 'cai@example.org')))).text));
    expect((await visitor(here.url).post(link, { password: 'other words together' })).status).toBe(303);
    await here.enter('cai@example.org', 'other words together');
  });
});
