import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from 'pino';
import { Problem, type ProblemKind } from '../model/problem.ts';
import type { Renderer } from '../render/renderer.ts';
import type { RespondentTexts, TextKey } from '../render/respondent-texts.ts';
import { isBusy, isStorageFull } from '../store/dialect.ts';
import { languageAsked } from './language-asked.ts';
import { API_CALLS, READERS, RESPONDENTS } from './security.ts';

const STATUS: Record<ProblemKind, number> = {
  malformed: 400,
  invalid: 422,
  'not-found': 404,
  forbidden: 403,
  'signed-out': 401,
  unconfirmed: 403,
  unguarded: 403,
  conflict: 409,
  changed: 412,
  'version-needed': 428,
  gone: 410,
  'too-large': 413,
  'too-many': 429,
  unsupported: 415,
  'other-method': 405,
  busy: 503,
  'storage-full': 503,
};

export const statusOf = (problem: Problem): number => STATUS[problem.kind];

/** Whether a page answers a request; a program that asks for data gets problem+json. */
export const wantsPage = (req: Request): boolean =>
  !API_CALLS.test(req.path) && req.accepts(['html', 'json', 'application/problem+json']) === 'html';

/** What the libraries around us throw, in our own words; null for a bug. */
export function translate(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  const { status, type, code, name } = (error ?? {}) as {
    status?: unknown;
    type?: unknown;
    code?: unknown;
    name?: unknown;
  };
  if (isStorageFull(error))
    return new Problem('storage-full', 'The disk is full, so nothing more can be kept', {
      detail: 'What was saved before is safe. Free some space, then send this again',
      retryAfterSeconds: 60,
      cause: error,
    });
  if (isBusy(error))
    return new Problem('busy', 'The database is busy', {
      detail: 'Send this again in a moment',
      retryAfterSeconds: 2,
      cause: error,
    });
  if (
    type === 'entity.too.large' ||
    type === 'parameters.too.many' ||
    code === 'LIMIT_FILE_SIZE' ||
    code === 'LIMIT_FIELD_VALUE'
  ) {
    return new Problem('too-large', 'This is more than can be sent at once', {
      detail: 'Shorten it, or send it in parts',
      cause: error,
    });
  }
  if (status === 415 || type === 'charset.unsupported' || type === 'encoding.unsupported')
    return new Problem('unsupported', 'This kind of content cannot be read', { cause: error });
  const isBrokenForm =
    error instanceof Error &&
    /^(Multipart: |Unexpected end of form|Malformed (part header|content type))/.test(error.message);
  if (
    isBrokenForm ||
    name === 'MulterError' ||
    name === 'ZodError' ||
    (typeof status === 'number' && status >= 400 && status < 500)
  ) {
    return new Problem('invalid', 'This request cannot be read', {
      detail: 'Go back, reload the page and send it again',
      cause: error,
    });
  }
  return null;
}

const KIND_WORDS: Partial<Record<ProblemKind, string>> = {
  'not-found': 'pageNotFound',
  busy: 'busy',
  'too-many': 'tooMany',
  'storage-full': 'storageFull',
  'too-large': 'tooLarge',
};

/** The same for a respondent: in the language their browser asks for, and in words for people who only wanted to answer. */
function inTheirWords(problem: Problem | null, req: Request, all: RespondentTexts, request: string) {
  const texts = all.in(languageAsked(req, all));
  const stem = problem?.words ?? (problem ? (KIND_WORDS[problem.kind] ?? 'unreadable') : 'broken');
  const values = { ...problem?.values, request };
  // A page that was too large to read is still in the browser, at the address it was sent to.
  const isKept = problem?.kind === 'too-large' && req.method === 'POST';
  const say = (key: string, fallback: string): string => (all.has(key) ? texts.text(key as TextKey, values) : fallback);
  return {
    title: say(`${stem}Title`, texts.text('unreadableTitle')),
    text: say(`${stem}Text`, texts.text('reloadAndSend')),
    lang: texts.language,
    dir: texts.direction,
    isError: true,
    request: problem ? request : '',
    errorPrefix: texts.text('errorTitlePrefix'),
    kept: isKept ? { text: texts.text('tooLargeKept'), href: req.originalUrl, label: texts.text('openAgain') } : null,
  };
}

/** The address that was asked for, as one of ours: a request may name a host in it, which is nothing to lead back to. */
const addressIn = (req: Request): string => (/^\/(?!\/)/.test(req.originalUrl) ? req.originalUrl : '/studio');

/** The page of ours that a form was sent from. */
function pageBefore(req: Request): string {
  const from = req.headers.referer ?? '';
  return URL.canParse(from) ? new URL(from).pathname : '/studio';
}

/** The one translator: people get a plain page, programs get problem+json, and a bug is logged whole and shown as an apology. */
export function errorPages(renderer: Renderer, log: Logger, texts: RespondentTexts): ErrorRequestHandler {
  return (error, req: Request, res: Response, _next) => {
    const problem = translate(error);
    if (!problem) log.error({ err: error, request: res.locals['requestId'] }, 'a request failed');
    if (res.headersSent) {
      res.destroy();
      return;
    }
    const status =
      problem === null
        ? 500
        : problem.cause !== undefined && problem.message === 'This request cannot be read'
          ? 400
          : statusOf(problem);
    if (problem?.retryAfterSeconds) res.setHeader('Retry-After', String(problem.retryAfterSeconds));
    if (problem?.kind === 'signed-out' && req.method === 'GET' && wantsPage(req)) {
      res.redirect(303, `/sign-in?next=${encodeURIComponent(addressIn(req))}`);
      return;
    }
    if (problem?.kind === 'unguarded' && wantsPage(req)) {
      res.redirect(303, '/studio/account/second-factor');
      return;
    }
    if (problem?.kind === 'unconfirmed' && wantsPage(req)) {
      // What was posted is posted again from its page, once it is clear who is there.
      const page = req.method === 'GET' ? addressIn(req) : pageBefore(req);
      res.redirect(303, `/studio/account/confirm?next=${encodeURIComponent(page)}`);
      return;
    }
    const title = problem?.message ?? 'Something went wrong that should not have';
    const detail =
      problem?.detail ||
      (problem
        ? problem.errors.length > 0
          ? 'Mend what is named, then send it again'
          : ''
        : 'Nothing you did is to blame. Try again; if it stays so, tell whoever runs this server the number of this request');
    const errors = problem?.errors ?? [];
    const request = String(res.locals['requestId']);
    if (wantsPage(req)) {
      if (RESPONDENTS.test(req.path)) {
        const told = inTheirWords(problem, req, texts, request);
        res.setHeader('Referrer-Policy', 'no-referrer');
        res
          .status(status)
          .type('html')
          .send(renderer.render('respond/error', told, { layout: 'respond' }));
        return;
      }
      // Whoever reads by a link has no way into the studio.
      const layout = READERS.test(req.path) ? 'shared' : 'plain';
      const home = req.path.startsWith('/studio') ? '/studio' : '';
      res
        .status(status)
        .type('html')
        .send(
          renderer.render(
            'plain/error',
            { title, lang: 'en', isError: true, detail, errors, home, request },
            { layout },
          ),
        );
      return;
    }
    res
      .status(status)
      .type('application/problem+json')
      .send(
        JSON.stringify({
          type: `/problems/${problem?.kind ?? 'internal'}`,
          title,
          status,
          detail,
          ...(errors.length > 0 ? { errors } : {}),
          request,
        }),
      );
  };
}
