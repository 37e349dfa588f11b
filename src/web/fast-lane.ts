import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type Request } from 'express';
import { answerLines, newRequestId, REQUEST_ID } from './answer-log.ts';
import type { House } from './app.ts';
import { CROSS_ORIGIN, SMALL_BYTES } from './collect-request.ts';
import { parseForm } from './form.ts';
import { encodingFor, type PageCache, welcomeKey } from './page-cache.ts';
import { pageAddress } from './respond-view.ts';
import { clientAddress, type MinuteCounter, networkIn, securityHeaderList } from './security.ts';

const FIRST_PAGE = /^\/s\/([A-Za-z0-9_-]{1,200})$/;
const ANSWERS = /^\/r\/([A-Za-z0-9_-]{22})\/([1-9]\d{0,4})\/(\d{1,6})$/;
const DECIDE = '/v1/decide';
const FORM = /^application\/x-www-form-urlencoded(;\s*charset=utf-8)?$/i;

/** What was answered here; `body` in letters from 0 to 255, so that it goes out in one piece with its head. */
type Reply = { status: number; headers: string[]; body: string };

/**
 * Stands before the application and answers the requests that many send at once, a survey's first page, a page of answers
 * and what waits on a page of a site, without the application's layers, which cost more than the work itself.
 *
 * It answers only what is plain and goes well. Everything else goes on to the application as if nobody had looked: a
 * page of answers that could not be saved is read there once more, and whoever sent it is told why.
 *
 * @param shared `posts` and `requests` count by network, together with the application; `cache` holds the pages that it
 *   has laid out; `decide` says what waits
 */
export function fastLane(
  { verbatim, publicUrl, trustProxy, log, metrics }: House,
  shared: {
    posts: MinuteCounter;
    requests: MinuteCounter;
    cache: PageCache;
    decide: (req: Request) => Promise<object>;
  },
  application: RequestListener,
): RequestListener {
  const { fieldwork, store, limits } = verbatim;
  const logAnswer = answerLines(log, metrics?.observe);
  const headers = securityHeaderList(publicUrl);
  const pageHeaders = securityHeaderList(publicUrl, { 'Referrer-Policy': 'no-referrer' });
  const programHeaders = securityHeaderList(publicUrl, CROSS_ORIGIN);

  /** @param work what is answered; null, or a fault, sends the request on */
  async function answer(
    req: IncomingMessage,
    res: ServerResponse,
    route: string,
    began: number,
    work: () => Promise<Reply | null>,
  ): Promise<void> {
    // The application meets a fault again, and knows how to say it.
    const reply = await work().catch(() => null);
    if (reply === null) return application(req, res);
    const request = newRequestId();
    res.writeHead(reply.status, [...reply.headers, REQUEST_ID, request]).end(reply.body, 'latin1');
    logAnswer({ request, method: req.method ?? '', route, status: reply.status, began });
  }

  /** Reads a body whose length was told, and counts the request; one that goes on to the application is counted there. */
  function answerBody(
    req: IncomingMessage,
    res: ServerResponse,
    route: string,
    [counter, most]: [MinuteCounter, number],
    work: (body: Buffer, address: string) => Promise<Reply | null>,
  ): void {
    const began = performance.now();
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part));
    req.on('end', () => {
      const body = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
      const address = clientAddress(req, trustProxy);
      const network = networkIn(address);
      // Where the application takes over, it finds the body read already.
      Object.assign(req, { body });
      void answer(req, res, route, began, async () => {
        const isFew = counter.add(network) <= most;
        const reply = isFew ? await work(body, address).catch(() => null) : null;
        if (reply === null) counter.add(network, -1);
        return reply;
      });
    });
  }

  const isShort = ({ headers: sent }: IncomingMessage, bytesMost: number): boolean =>
    sent['content-encoding'] === undefined && Number(sent['content-length']) <= bytesMost;

  async function savePage(body: Buffer, [, token = '', page, revision]: string[]): Promise<Reply | null> {
    const address = { token, page: Number(page), revision: Number(revision) };
    const outcome = await fieldwork.answer(address, parseForm(body));
    if (outcome.outcome !== 'saved') return null;
    const location = pageAddress(outcome.next);
    return { status: 303, headers: [...headers, 'Location', location, 'Content-Length', '0'], body: '' };
  }

  /** Null for a page that is not the same for everybody, or was not asked for before. */
  async function firstPage(req: IncomingMessage, slug: string): Promise<Reply | null> {
    const { survey, opening, admission } = await fieldwork.welcome(slug, { invitation: null });
    if (opening !== 'open' || !admission.isAdmitted) return null;
    if ((await store.offers.origins(survey.studyId)).length > 0) return null;
    const { languages } = survey.definition;
    const asked = languages.length > 1 ? express.request.acceptsLanguages.apply(req as Request, [...languages]) : null;
    const key = welcomeKey(survey, fieldwork.languageOf(survey.definition, asked || null));
    const page = shared.cache.find(key, encodingFor(req));
    return page && { status: 200, headers: [...pageHeaders, ...page.headers], body: page.body };
  }

  async function whatWaits(req: IncomingMessage, address: string): Promise<Reply> {
    // What the application would find out of the request by itself.
    Object.assign(req, { ip: address, protocol: 'http', query: {} });
    const body = Buffer.from(JSON.stringify(await shared.decide(req as Request))).toString('latin1');
    const type = ['Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(body.length)];
    return { status: 200, headers: [...programHeaders, ...type], body };
  }

  return (req, res) => {
    const url = req.url ?? '';
    if (req.method === 'GET') {
      const slug = FIRST_PAGE.exec(url)?.[1];
      if (slug !== undefined) {
        void answer(req, res, '/s/:slug', performance.now(), () => firstPage(req, slug));
        return;
      }
    } else if (req.method === 'POST') {
      const page = ANSWERS.exec(url);
      if (page && FORM.test(req.headers['content-type'] ?? '') && isShort(req, limits?.formBytes ?? 0))
        return answerBody(
          req,
          res,
          '/r/:token/:page/:revision',
          [shared.posts, limits?.respondentPostsPerMinute ?? 0],
          (body) => savePage(body, page),
        );
      // Behind a proxy only the application knows by which protocol it was asked.
      if (url === DECIDE && isShort(req, SMALL_BYTES) && (trustProxy === 0 || publicUrl !== null))
        return answerBody(req, res, DECIDE, [shared.requests, limits?.eventRequestsPerMinute ?? 0], (_body, address) =>
          whatWaits(req, address),
        );
    }
    application(req, res);
  };
}
