import type { Request, Response } from 'express';
import { Problem } from '../../model/problem.ts';
import { passkeySite } from '../../services/passkeys.ts';
import { SSO_RETURN } from '../../services/single-sign-on.ts';
import type { House } from '../app.ts';
import type { Doorway, Visit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { type Cookies, networkOf } from '../security.ts';
import { answerRefused, buttons, type FieldView, fieldMaker, summaryOf } from './frame.ts';

/** Only a path of our own: never another host, however it is spelt. */
export const safeNext = (next: string): string =>
  /^\/(studio|invitation)(\/[A-Za-z0-9_\-/?=&%.+:,]*)?$/.test(next) && !next.includes('//') ? next : '/studio';

/** The address that people reach Verbatim at, as far as it is known. */
export const originOf = (house: Pick<House, 'publicUrl'>, req: Request): string =>
  house.publicUrl ?? `${req.protocol}://${req.headers.host ?? ''}`;

export const agentOf = (req: Request): string | null => req.headers['user-agent'] ?? null;

export type PlainForm = {
  title: string;
  text?: string | null;
  action?: string | null;
  fields?: FieldView[];
  passkey?: Record<string, unknown> | null;
  buttons?: ReturnType<typeof buttons> | null;
  links?: { label: string; href: string }[];
};
/** A page outside any study. */
export function showPlain(house: House, res: Response, page: PlainForm, problem: Problem | null = null): void {
  const fields = page.fields ?? [];
  if (problem) answerRefused(res, problem);
  const data = {
    lang: 'en',
    isError: problem !== null,
    text: null,
    action: null,
    passkey: null,
    buttons: null,
    links: [],
    ...page,
    fields,
    summary: problem
      ? summaryOf(
          problem,
          fields.map(({ name }) => name),
        )
      : null,
  };
  res.type('html').send(house.renderer.render('plain/form', data, { layout: 'plain' }));
}

/** Signing in, by password with a second step where one is set up, or at an identity provider; and signing out. */
export function signInDoor(door: Doorway, house: House, jar: Cookies): void {
  const { verbatim, renderer } = house;
  const { accounts, passkeys, secondFactors, sessions, singleSignOn } = verbatim;

  function showSignIn(res: Response, values: Record<string, string>, problem: Problem | null): void {
    const make = fieldMaker(values, []);
    const next = safeNext(values['next'] ?? '');
    const data = {
      title: 'Sign in',
      lang: 'en',
      isError: problem !== null,
      summary: problem ? summaryOf(problem, ['email', 'password']) : null,
      next,
      invented: '',
      fields: [
        make.text('email', 'E-mail address', { isRequired: true, type: 'email', autocomplete: 'username' }),
        make.text('password', 'Password', { isRequired: true, type: 'password', autocomplete: 'current-password' }),
      ],
      buttons: buttons('Sign in'),
      links: [
        ...(singleSignOn.label === null
          ? []
          : [
              {
                label: `Sign in at ${singleSignOn.label}`,
                href: `/sign-in/sso?next=${encodeURIComponent(next)}`,
              },
            ]),
        { label: 'I do not know my password any more', href: '/sign-in/forgotten' },
      ],
    };
    res.type('html').send(renderer.render('plain/sign-in', data, { layout: 'plain' }));
  }

  door.get('/sign-in', 'anyone', (_visit, req, res) => showSignIn(res, { next: queryOf(req, 'next') }, null));

  door.post('/sign-in', 'anyone', async (visit, req, res) => {
    const form = formOf(req);
    const email = field(form, 'email');
    const next = safeNext(field(form, 'next'));
    const outcome = await accounts.signIn({
      email,
      password: field(form, 'password'),
      network: networkOf(req),
      deviceMark: jar.read(req).device,
      agent: agentOf(req),
    });
    if (!outcome) {
      const problem = new Problem('invalid', 'That did not work', {
        errors: [{ pointer: '#/email', detail: 'The address or the password is wrong. Check both and try again' }],
      });
      answerRefused(res, problem);
      return showSignIn(res, { email, next }, problem);
    }
    await goOn(visit, res, outcome, next);
  });

  type Outcome = Awaited<ReturnType<typeof accounts.admit>>;
  /** Into the studio, or to the second step. A session that the browser brought along ends with a new one. */
  async function goOn(visit: Visit, res: Response, outcome: Outcome, next: string): Promise<void> {
    if ('step' in outcome) {
      jar.openStep(res, outcome.step);
      res.redirect(303, `/sign-in/second?next=${encodeURIComponent(next)}`);
      return;
    }
    if (visit.user) await sessions.end(visit.user, visit.user.sessionHash);
    jar.openSession(res, outcome.token, outcome.deviceMark);
    res.redirect(303, next);
  }

  async function showSecond(req: Request, res: Response, next: string, problem: Problem | null): Promise<void> {
    const waiting = await accounts.waiting(jar.read(req).step ?? '');
    if (!waiting) return res.redirect(303, `/sign-in?next=${encodeURIComponent(next)}`);
    const { hasApp } = await secondFactors.state(waiting.user);
    const site = passkeySite(originOf(house, req));
    const options = site === null ? null : await passkeys.assertion(waiting.user, site, waiting.what);
    const make = fieldMaker({ next }, problem?.errors ?? []);
    showPlain(
      house,
      res,
      {
        title: 'One more step',
        text: hasApp
          ? 'Type the code that your app shows, or one of your recovery codes.'
          : 'Use your passkey, or type one of your recovery codes.',
        action: '/sign-in/second',
        fields: [
          make.hidden('next'),
          make.text('code', 'Code', { isRequired: true, isShort: true, autocomplete: 'one-time-code' }),
        ],
        passkey: options === null ? null : { kind: 'use', label: 'Use a passkey', options },
        buttons: buttons('Go on', { label: 'Begin again', href: '/sign-in' }),
      },
      problem,
    );
  }
  door.get('/sign-in/second', 'anyone', (_visit, req, res) =>
    showSecond(req, res, safeNext(queryOf(req, 'next')), null),
  );
  door.post('/sign-in/second', 'anyone', async (visit, req, res) => {
    const form = formOf(req);
    const next = safeNext(field(form, 'next'));
    const site = passkeySite(originOf(house, req));
    const answer = field(form, 'answer');
    const outcome = await accounts.finishSignIn(
      jar.read(req).step ?? '',
      answer !== '' && site ? { answer, site } : { code: field(form, 'code') },
      agentOf(req),
    );
    if (!outcome) {
      const detail = 'This is not right, or was used already. Wait for the next code, and type that';
      return showSecond(
        req,
        res,
        next,
        new Problem('invalid', 'That did not work', { errors: [{ pointer: '#/code', detail }] }),
      );
    }
    jar.endStep(res);
    await goOn(visit, res, outcome, next);
  });

  // A link and no form: the pages' own policy lets no form lead to another host.
  door.get('/sign-in/sso', 'anyone', async (visit, req, res) => {
    const isConfirming = queryOf(req, 'confirm') === '1' && visit.user !== null;
    const { address, flow } = await singleSignOn.begin(
      isConfirming && visit.user ? { kind: 'confirm', userId: visit.user.id } : { kind: 'sign-in' },
      safeNext(queryOf(req, 'next')),
    );
    jar.openFlow(res, flow);
    res.redirect(303, address);
  });
  door.get(SSO_RETURN, 'anyone', async (visit, req, res) => {
    const flow = jar.read(req).flow ?? '';
    jar.endFlow(res);
    const { user, purpose, next } = await singleSignOn.finish(flow, req.originalUrl.split('?')[1] ?? '');
    if (purpose.kind === 'confirm') {
      if (visit.user?.id !== purpose.userId) throw new Problem('signed-out', 'Please sign in first');
      jar.openSession(res, await sessions.renew(visit.user), null);
      return res.redirect(303, next);
    }
    await goOn(visit, res, await accounts.admit(user, agentOf(req)), next);
  });

  door.post('/log-out', 'signed-in', async (visit, _req, res) => {
    await accounts.signOut(visit.user.sessionHash);
    jar.endSession(res);
    res.redirect(303, '/sign-in');
  });
}
