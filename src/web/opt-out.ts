import type { Request } from 'express';
import { Problem } from '../model/problem.ts';
import { EXAMPLE_TOKEN } from '../services/distribution.ts';
import type { House } from './app.ts';
import type { Doorway } from './doorway.ts';
import { languageAsked } from './language-asked.ts';
import { respondFrame, wordsOf } from './respond-view.ts';

/**
 * The way out of letters. Looking changes nothing, since mail scanners look; one post does it, without signing in, from
 * the page's button or from a mailbox by itself (RFC 8058). Another post, from the page alone, takes it back. It stands before the same-origin check: mailboxes send no
 * origin, and whoever holds the token is the one whom it concerns.
 */
export function optOutDoor(door: Doorway, { verbatim, renderer }: House): void {
  const { distribution } = verbatim;

  function page(req: Request, token: string, standing: 'asked' | 'out' | 'undone'): string {
    const texts = verbatim.texts.in(languageAsked(req, verbatim.texts));
    const title = texts.text(
      standing === 'out' ? 'optOutDoneTitle' : standing === 'undone' ? 'optOutUndoneTitle' : 'optOutTitle',
    );
    return renderer.render(
      'respond/opt-out',
      {
        ...respondFrame(title, texts),
        isDone: standing === 'out',
        isUndone: standing === 'undone',
        isExample: token === EXAMPLE_TOKEN,
        action: `/opt-out/${token}`,
        undo: `/opt-out/${token}/undo`,
        words: wordsOf(texts, ['optOutText', 'optOutConfirm', 'optOutDoneText', 'optOutUndo', 'optOutUndoneText']),
      },
      { layout: 'respond' },
    );
  }
  const unknown = () =>
    new Problem('not-found', 'This link is not known', {
      detail: 'A letter may be missing at its end. Answer the letter you received, and say that you want no more',
    });

  door.get('/opt-out/:token', 'respondent', async (_visit, req, res) => {
    const token = String(req.params['token']);
    const found = token === EXAMPLE_TOKEN ? { isOptedOut: false } : await distribution.findOptOut(token);
    if (!found) throw unknown();
    res.setHeader('Referrer-Policy', 'no-referrer');
    res.type('html').send(page(req, token, found.isOptedOut ? 'out' : 'asked'));
  });

  door.post('/opt-out/:token', 'respondent', async (_visit, req, res) => {
    const token = String(req.params['token']);
    // A page's button says where it was pressed; a mailbox says nothing.
    const origin = req.headers['sec-fetch-site'] === 'same-origin' ? 'page' : 'one-click';
    if (token !== EXAMPLE_TOKEN && !(await distribution.optOut({ token }, origin))) throw unknown();
    res.setHeader('Referrer-Policy', 'no-referrer');
    // No redirect: RFC 8058 forbids one, and a page that says it is done is all there is to see.
    res.type('html').send(page(req, token, 'out'));
  });

  door.post('/opt-out/:token/undo', 'respondent', async (_visit, req, res) => {
    const token = String(req.params['token']);
    if (token !== EXAMPLE_TOKEN && !(await distribution.undoOptOut(token))) throw unknown();
    res.setHeader('Referrer-Policy', 'no-referrer');
    res.type('html').send(page(req, token, 'undone'));
  });
}
