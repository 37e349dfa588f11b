import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type Request } from 'express';
import { logAnswer } from './answer-log.ts';
import type { House } from './app.ts';
import { parseForm } from './form.ts';
import { encodingFor, type PageCache, welcomeKey } from './page-cache.ts';
import { pageAddress } from './respond-view.ts';
import { clientAddress, type MinuteCounter, networkIn, securityHeaderList } from './security.ts';

const FIRST_PAGE = /^\/s\/([A-Za-z0-9_-]{1,200})$/;
const ANSWERS = /^\/r\/([A-Za-z0-9_-]{22})\/([1-9]\d{0,4})\/(\d{1,6})$/;
const FORM = /^application\/x-www-form-urlencoded(;\s*charset=utf-8)?$/i;

/**
 * Stands before the application and answers the two requests that many send at once, a survey's first page and a page
 * of answers, without the application's layers, which cost more than the work itself.
 *
 * It answers only what is plain and goes well. Everything else goes on to the application as if nobody had looked: a
 * page of answers that could not be saved is read there once more, and whoever sent it is told why.
 *
 * @param posts counts respondents' posts by network, together with the application
 * @param cache the pages that the application has laid out
 */
export function fastLane(
  { verbatim, publicUrl, trustProxy, log }: House,
  { posts, cache }: { posts: MinuteCounter; cache: PageCache },
  application: RequestListener,
): RequestListener {
  const { fieldwork, store, limits } = verbatim;
  const headers = securityHeaderList(publicUrl);
  const pageHeaders = securityHeaderList(publicUrl, { 'Referrer-Policy': 'no-referrer' });
  const postsMost = limits?.respondentPostsPerMinute ?? 0;
  const bytesMost = limits?.formBytes ?? 0;

  const isPlainForm = ({ headers: sent }: IncomingMessage): boolean =>
    FORM.test(sent['content-type'] ?? '') &&
    sent['content-encoding'] === undefined &&
    Number(sent['content-length']) <= bytesMost;

  function takeAnswers(req: IncomingMessage, res: ServerResponse, [, token = '', page, revision]: string[]): void {
    const began = performance.now();
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part));
    req.on('end', async () => {
      const body = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
      const next = await savedPage(req, body, { token, page: Number(page), revision: Number(revision) });
      if (next === null) {
        Object.assign(req, { body });
        return application(req, res);
      }
      res.writeHead(303, [...headers, 'Location', next, 'Content-Length', '0']).end();
      logAnswer(log, {
        request: randomUUID(),
        method: 'POST',
        route: '/r/:token/:page/:revision',
        status: 303,
        began,
      });
    });
  }

  /** The address where a saved page leads; null when it was not saved, for whatever reason. */
  async function savedPage(
    req: IncomingMessage,
    body: Buffer,
    address: { token: string; page: number; revision: number },
  ): Promise<string | null> {
    const network = networkIn(clientAddress(req, trustProxy));
    if (posts.add(network) <= postsMost) {
      try {
        const outcome = await fieldwork.answer(address, parseForm(body));
        if (outcome.outcome === 'saved') return pageAddress(outcome.next);
      } catch {
        // The application meets it again, and knows how to say it.
      }
    }
    // It is counted there.
    posts.add(network, -1);
    return null;
  }

  async function showFirstPage(req: IncomingMessage, res: ServerResponse, slug: string): Promise<void> {
    const began = performance.now();
    const page = await laidOutPage(req, slug).catch(() => null);
    if (page === null) return application(req, res);
    res.writeHead(200, [...pageHeaders, ...page.headers]).end(page.body, 'latin1');
    logAnswer(log, { request: randomUUID(), method: 'GET', route: '/s/:slug', status: 200, began });
  }

  /** Null for a page that is not the same for everybody, or was not asked for before. */
  async function laidOutPage(req: IncomingMessage, slug: string) {
    const { survey, opening, admission } = await fieldwork.welcome(slug, { invitation: null });
    if (opening !== 'open' || !admission.isAdmitted) return null;
    if ((await store.offers.origins(survey.studyId)).length > 0) return null;
    const { languages } = survey.definition;
    const asked = languages.length > 1 ? express.request.acceptsLanguages.apply(req as Request, [...languages]) : null;
    const key = welcomeKey(survey.versionId, fieldwork.languageOf(survey.definition, asked || null));
    return cache.find(key, encodingFor(req));
  }

  return (req, res) => {
    const url = req.url ?? '';
    if (req.method === 'POST') {
      const address = ANSWERS.exec(url);
      if (address && isPlainForm(req)) return takeAnswers(req, res, address);
    } else if (req.method === 'GET') {
      const slug = FIRST_PAGE.exec(url)?.[1];
      if (slug !== undefined) return void showFirstPage(req, res, slug);
    }
    application(req, res);
  };
}
