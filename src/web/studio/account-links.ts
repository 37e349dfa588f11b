import type { Request, Response } from 'express';
import { Problem } from '../../model/problem.ts';
import type { SignedIn } from '../../services/sessions.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { type Cookies, networkOf } from '../security.ts';
import { buttons, fieldMaker } from './frame.ts';
import { agentOf, showPlain } from './sign-in.ts';

export const PASSWORD_HINT = 'At least 10 characters; 15 or more are better, and a few words together are easy to keep';
const PASSWORD_FIELD = {
  isRequired: true,
  type: 'password',
  autocomplete: 'new-password',
  hint: PASSWORD_HINT,
};
const tokenIn = (req: Request): string => String(req.params['token']);

/** What links in letters lead to: joining, a new password, a new address. Opening one changes nothing; its button does. */
export function accountLinkDoor(door: Doorway, house: House, jar: Cookies): void {
  const { accountLinks, sessions } = house.verbatim;
  const refusal = (title: string, errors: Problem['errors']) => new Problem('invalid', title, { errors });

  async function showInvitation(
    visit: { user: SignedIn | null },
    req: Request,
    res: Response,
    values: Record<string, string>,
    problem: Problem | null,
  ): Promise<void> {
    const { link, user } = await accountLinks.open('invitation', tokenIn(req));
    const place = await accountLinks.placeOf(link);
    const action = `/invitation/${tokenIn(req)}`;
    const title = 'You are invited';
    const text = `You are invited to ${place} as ${link.role}, with the address ${link.email}.`;
    if (visit.user && visit.user.email === link.email)
      return showPlain(house, res, { title, text, action, buttons: buttons('Join') }, problem);
    if (visit.user)
      return showPlain(house, res, {
        title,
        text: `${text} You are signed in as ${visit.user.email}: sign out, then open the link again.`,
        action: '/log-out',
        buttons: buttons('Sign out'),
      });
    if (user)
      return showPlain(house, res, {
        title,
        text: `${text} Sign in to take it up.`,
        links: [{ label: 'Sign in', href: `/sign-in?next=${encodeURIComponent(action)}` }],
      });
    const make = fieldMaker(values, problem?.errors ?? []);
    showPlain(
      house,
      res,
      {
        title,
        text,
        action,
        fields: [
          make.text('name', 'Your name', { isRequired: true, autocomplete: 'name' }),
          make.text('password', 'A password', PASSWORD_FIELD),
        ],
        buttons: buttons('Make the account and join'),
      },
      problem,
    );
  }
  door.get('/invitation/:token', 'anyone', (visit, req, res) => showInvitation(visit, req, res, {}, null));
  door.post('/invitation/:token', 'anyone', async (visit, req, res) => {
    if (visit.user) {
      await accountLinks.join(tokenIn(req), visit.user);
      return res.redirect(303, '/studio');
    }
    const form = formOf(req);
    const name = field(form, 'name');
    const joined = await accountLinks.joinAsNew(tokenIn(req), { name, password: field(form, 'password') });
    if ('errors' in joined)
      return showInvitation(visit, req, res, { name }, refusal('The account was not made', joined.errors));
    jar.openSession(res, await sessions.open(joined.user, agentOf(req)), null);
    res.redirect(303, '/studio');
  });

  const askPage = (values: Record<string, string>) => ({
    title: 'A new password',
    ...(accountLinks.hasPost
      ? {
          text: 'Say the address that you sign in with. A link comes by letter; it opens once, for an hour.',
          action: '/sign-in/forgotten',
          fields: [
            fieldMaker(values, []).text('email', 'E-mail address', {
              isRequired: true,
              type: 'email',
              autocomplete: 'username',
            }),
          ],
          buttons: buttons('Send me a link', { label: 'Sign in', href: '/sign-in' }),
        }
      : {
          text: 'No letters go out from here. Ask an owner of your study for a link, or whoever runs this server.',
          links: [{ label: 'Sign in', href: '/sign-in' }],
        }),
  });
  door.get('/sign-in/forgotten', 'anyone', (_visit, _req, res) => showPlain(house, res, askPage({})));
  door.post('/sign-in/forgotten', 'anyone', async (_visit, req, res) => {
    await accountLinks.askForPassword(field(formOf(req), 'email'), networkOf(req));
    if (!accountLinks.hasPost) return showPlain(house, res, askPage({}));
    showPlain(house, res, {
      title: 'Look into your mailbox',
      text: 'If there is an account with this address, a letter with a link is on its way. The link opens once, for an hour.',
      links: [{ label: 'Sign in', href: '/sign-in' }],
    });
  });

  async function showNewPassword(req: Request, res: Response, problem: Problem | null): Promise<void> {
    const { link } = await accountLinks.open('password', tokenIn(req));
    showPlain(
      house,
      res,
      {
        title: 'A new password',
        text: `For ${link.email}. It ends every session of the account. A second factor stays as it is.`,
        action: `/new-password/${tokenIn(req)}`,
        fields: [fieldMaker({}, problem?.errors ?? []).text('password', 'The new password', PASSWORD_FIELD)],
        buttons: buttons('Set the password'),
      },
      problem,
    );
  }
  door.get('/new-password/:token', 'anyone', (_visit, req, res) => showNewPassword(req, res, null));
  door.post('/new-password/:token', 'anyone', async (_visit, req, res) => {
    const { errors } = await accountLinks.setPassword(tokenIn(req), field(formOf(req), 'password'));
    if (errors.length > 0) return showNewPassword(req, res, refusal('The password was not set', errors));
    jar.endSession(res);
    res.redirect(303, '/sign-in');
  });

  door.get('/new-address/:token', 'anyone', async (_visit, req, res) => {
    const { link, user } = await accountLinks.open('address', tokenIn(req));
    showPlain(house, res, {
      title: 'Your new address',
      text: `From now on ${user?.name ?? 'you'} will sign in with ${link.email}. Every session ends, and the old address is told.`,
      action: `/new-address/${tokenIn(req)}`,
      buttons: buttons('Change the address'),
    });
  });
  door.post('/new-address/:token', 'anyone', async (_visit, req, res) => {
    await accountLinks.changeAddress(tokenIn(req));
    jar.endSession(res);
    res.redirect(303, '/sign-in');
  });
}
