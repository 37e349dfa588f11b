import type { Request, Response } from 'express';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import { passkeySite } from '../../services/passkeys.ts';
import type { House } from '../app.ts';
import type { Doorway, StudioVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { insistFresh } from '../fresh.ts';
import type { Cookies } from '../security.ts';
import { answerRefused, buttons, fieldMaker, head, isForForm, showForm, showPage, summaryOf } from './frame.ts';
import { originOf, safeNext } from './sign-in.ts';

const ACCOUNT = '/studio/account';
const SECOND = `${ACCOUNT}/second-factor`;
const crumbs = [
  { label: 'Studies', href: '/studio' },
  { label: 'Your account', href: ACCOUNT },
];
const refusal = (title: string, pointer: string, detail: string) =>
  new Problem('invalid', title, { errors: [{ pointer, detail }] });

/** What guards an account: showing once more who one is, second factors, sessions, another address. */
export function accountSecurityDoor(door: Doorway, house: House, jar: Cookies): void {
  const { accounts, accountLinks, passkeys, secondFactors, sessions, singleSignOn } = house.verbatim;
  const siteOf = (req: Request) => passkeySite(originOf(house, req));

  async function showConfirm(visit: StudioVisit, req: Request, res: Response, next: string, problem: Problem | null) {
    const isNeeded = await secondFactors.isNeeded(visit.user);
    const make = fieldMaker({ next }, problem?.errors ?? []);
    const site = siteOf(req);
    const options = site && (await passkeys.assertion(visit.user, site, accounts.confirmation(visit.user)));
    const isOutside = await singleSignOn.knows(visit.user);
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'none', 'studio/confirm', {
      head: head(
        crumbs,
        'Show that it is you',
        'What comes next asks for it, so that nobody else does it in your name.',
      ),
      isError: problem !== null,
      summary: problem ? summaryOf(problem, ['password', 'code']) : null,
      action: `${ACCOUNT}/confirm`,
      fields: [
        make.hidden('next'),
        make.text('password', 'Your password', {
          isRequired: true,
          type: 'password',
          autocomplete: 'current-password',
        }),
        ...(isNeeded
          ? [
              make.text('code', 'Code', {
                isRequired: true,
                isShort: true,
                autocomplete: 'one-time-code',
                hint: 'From your app, or a recovery code',
              }),
            ]
          : []),
      ],
      passkey: options ? { kind: 'use', label: 'Use a passkey in place of a code', options } : null,
      buttons: buttons('Go on', { label: 'Cancel', href: ACCOUNT }),
      provider: isOutside
        ? {
            label: `Show it at ${singleSignOn.label}`,
            href: `/sign-in/sso?confirm=1&next=${encodeURIComponent(next)}`,
          }
        : null,
    });
  }
  door.get(`${ACCOUNT}/confirm`, 'signed-in', (visit, req, res) =>
    showConfirm(visit, req, res, safeNext(queryOf(req, 'next')), null),
  );
  door.post(`${ACCOUNT}/confirm`, 'signed-in', async (visit, req, res) => {
    const form = formOf(req);
    const next = safeNext(field(form, 'next'));
    const [answer, code, site] = [field(form, 'answer'), field(form, 'code'), siteOf(req)];
    const proof = answer !== '' && site ? { answer, site } : code === '' ? null : { code };
    const outcome = await accounts.confirm(visit.user, { password: field(form, 'password'), proof });
    if ('errors' in outcome)
      return showConfirm(visit, req, res, next, new Problem('invalid', 'That did not work', outcome));
    jar.openSession(res, outcome.token, null);
    res.redirect(303, next);
  });

  async function showSecond(visit: StudioVisit, req: Request, res: Response) {
    const { hasApp, codesLeft } = await secondFactors.state(visit.user);
    const known = await passkeys.list(visit.user);
    await showPage(house, visit, res, 'none', 'studio/second-factor', {
      head: head(
        crumbs,
        'Second factor',
        'Something besides your password that is asked for when you sign in, so that a password alone opens nothing.',
      ),
      notice: null,
      hasApp,
      codesLeft,
      hasAny: hasApp || known.length > 0,
      mayPasskey: siteOf(req) !== null,
      whyNoPasskey: 'Browsers make passkeys only for an address with a name and https.',
      passkeys: known.map((one) => ({
        name: one.name,
        madeAt: showDate(one.createdAt),
        usedAt: one.usedAt === null ? '' : showDate(one.usedAt),
        remove: `${SECOND}/passkeys/${one.publicId}/remove`,
      })),
    });
  }
  door.get(SECOND, 'signed-in', showSecond);

  /** Codes stand in the answer to a form and in no address, so that no history and no cache holds them. */
  async function showCodes(visit: StudioVisit, res: Response, codes: readonly string[]) {
    if (codes.length === 0) return res.redirect(303, SECOND);
    await showPage(house, visit, res, 'none', 'studio/recovery-codes', {
      head: head(
        [...crumbs, { label: 'Second factor', href: SECOND }],
        'Your recovery codes',
        'Keep them where you will find them when your device is lost. They are shown this once; each opens once.',
      ),
      codes: [...codes],
      back: SECOND,
    });
  }
  async function showApp(
    visit: StudioVisit,
    res: Response,
    { secret, address }: { secret: string; address: string },
    problem: Problem | null,
  ) {
    const { qrSvg } = await import('../../exchange/qr.ts');
    const make = fieldMaker({}, problem?.errors ?? []);
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'none', 'studio/second-factor-app', {
      head: head(
        [...crumbs, { label: 'Second factor', href: SECOND }],
        'Set up an app',
        'Let the app read the picture, then type the code that it shows.',
      ),
      isError: problem !== null,
      summary: problem ? summaryOf(problem, ['code']) : null,
      picture: `data:image/svg+xml;base64,${Buffer.from(qrSvg(address, 'The key for the app')).toString('base64')}`,
      secret: secret.match(/.{1,4}/g)?.join(' ') ?? secret,
      fields: [
        make.text('code', 'Code of the app', { isRequired: true, isShort: true, autocomplete: 'one-time-code' }),
      ],
      buttons: buttons('Put it into use', { label: 'Cancel', href: SECOND }),
    });
  }
  door.post(`${SECOND}/app`, 'signed-in', async (visit, _req, res) => {
    insistFresh(house, visit);
    await showApp(visit, res, await secondFactors.beginApp(visit.user), null);
  });
  door.post(`${SECOND}/app/confirm`, 'signed-in', async (visit, req, res) => {
    insistFresh(house, visit);
    const made = await secondFactors.confirmApp(visit.user, field(formOf(req), 'code'));
    if (made) return showCodes(visit, res, made.codes);
    const waiting = await secondFactors.waitingApp(visit.user);
    if (!waiting) return res.redirect(303, SECOND);
    await showApp(
      visit,
      res,
      waiting,
      refusal(
        'The app is not in use yet',
        '#/code',
        'This is not the code for just now. See that the clock of your device is right',
      ),
    );
  });
  door.post(`${SECOND}/app/remove`, 'signed-in', async (visit, _req, res) => {
    insistFresh(house, visit);
    await secondFactors.removeApp(visit.user);
    res.redirect(303, SECOND);
  });
  door.post(`${SECOND}/codes`, 'signed-in', async (visit, _req, res) => {
    insistFresh(house, visit);
    await showCodes(visit, res, await secondFactors.renewCodes(visit.user));
  });

  async function showPasskey(visit: StudioVisit, req: Request, res: Response, problem: Problem | null) {
    const site = siteOf(req);
    if (!site) return res.redirect(303, SECOND);
    const make = fieldMaker({}, problem?.errors ?? []);
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'none', 'studio/passkey', {
      head: head([...crumbs, { label: 'Second factor', href: SECOND }], 'Add a passkey'),
      isError: problem !== null,
      summary: problem ? summaryOf(problem, ['name']) : null,
      action: `${SECOND}/passkey`,
      fields: [make.text('name', 'What it is called', { hint: 'Such as the device that keeps it' })],
      passkey: { kind: 'make', label: 'Make the passkey', options: await passkeys.registration(visit.user, site) },
    });
  }
  door.get(`${SECOND}/passkey`, 'signed-in', async (visit, req, res) => {
    insistFresh(house, visit);
    await showPasskey(visit, req, res, null);
  });
  door.post(`${SECOND}/passkey`, 'signed-in', async (visit, req, res) => {
    insistFresh(house, visit);
    const form = formOf(req);
    const site = siteOf(req);
    if (!site) return res.redirect(303, SECOND);
    try {
      const made = { name: field(form, 'name'), answer: field(form, 'answer') };
      await showCodes(visit, res, (await passkeys.add(visit.user, site, made)).codes);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showPasskey(visit, req, res, error);
    }
  });
  door.post(`${SECOND}/passkeys/:passkey/remove`, 'signed-in', async (visit, req, res) => {
    insistFresh(house, visit);
    await passkeys.remove(visit.user, String(req.params['passkey']));
    res.redirect(303, SECOND);
  });

  door.get(`${ACCOUNT}/sessions`, 'signed-in', async (visit, _req, res) => {
    const list = await sessions.list(visit.user);
    await showPage(house, visit, res, 'none', 'studio/sessions', {
      head: head(crumbs, 'Where you are signed in', 'End what you do not know, and choose a new password then.'),
      sessions: list.map((one) => ({
        device: one.device ?? 'A browser that does not say what it is',
        since: showDate(one.createdAt, true),
        seen: showDate(one.seenAt, true),
        isThis: one.isThis,
        id: one.idHash,
      })),
      hasOthers: list.length > 1,
    });
  });
  door.post(`${ACCOUNT}/sessions/end`, 'signed-in', async (visit, req, res) => {
    insistFresh(house, visit);
    await sessions.end(visit.user, field(formOf(req), 'session'));
    res.redirect(303, `${ACCOUNT}/sessions`);
  });
  door.post(`${ACCOUNT}/sessions/end-others`, 'signed-in', async (visit, _req, res) => {
    insistFresh(house, visit);
    await sessions.endOthers(visit.user);
    res.redirect(303, `${ACCOUNT}/sessions`);
  });

  const addressPage = (email: string, notice: Record<string, unknown> | null) => ({
    head: head(crumbs, 'Your e-mail address', `You sign in with ${email}.`),
    action: `${ACCOUNT}/address`,
    notice,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.text('email', 'Your new address', {
        isRequired: true,
        type: 'email',
        autocomplete: 'email',
        hint: 'It gets a link that opens once, for an hour. Your old address is told',
      }),
    ],
    buttons: buttons('Change the address', { label: 'Cancel', href: ACCOUNT }),
  });
  door.get(`${ACCOUNT}/address`, 'signed-in', async (visit, _req, res) => {
    insistFresh(house, visit);
    await showForm(house, visit, res, 'none', addressPage(visit.user.email, null));
  });
  door.post(`${ACCOUNT}/address`, 'signed-in', async (visit, req, res) => {
    insistFresh(house, visit);
    const form = formOf(req);
    try {
      const { errors } = await accountLinks.askForAddress(visit.user, field(form, 'email'));
      if (errors.length > 0) throw new Problem('invalid', 'The address was not changed', { errors });
      await showForm(
        house,
        visit,
        res,
        'none',
        addressPage(visit.user.email, {
          kind: 'good',
          title: 'Look into the mailbox of the new address',
          text: 'A letter is on its way, if nobody has the address already. Nothing changes until its link is opened.',
          links: [],
        }),
      );
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'none', addressPage(visit.user.email, null), form, error);
    }
  });
}
