import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import express from 'express';
import type { Logger } from 'pino';
import { readJson } from '../model/event-message.ts';
import { Problem } from '../model/problem.ts';
import type { OpenSource, Source } from '../store/sources.ts';
import type { Verbatim } from '../verbatim.ts';
import { statusOf, translate } from './errors.ts';
import { queryOf } from './form.ts';
import { minuteCounter, networkOf } from './security.ts';

/*
 * What all requests of programs share: any site may send them, no cookie comes along, the write key says where they
 * belong, and refusals are JSON with the status that clients understand.
 */

/** Every address that a client knows, with or without a slash at its end. */
const ADDRESSES = [
  '(v1/)?(identify|track|page|screen|group|alias|batch|[tipsgabm])',
  'v1/(validate|import|decide|offer|dismissed)',
  'v1/upload(/[^/]+)?',
  'beacon/v1/batch',
  'pixel/v1/(track|page)',
  '(.+/)?v1/projects/[^/]+/settings',
  'sourceConfig',
  'rsaMetrics',
  'health',
  'version',
  '(debug/)?mp/collect',
  '(import|engage|groups)',
];
export const PROGRAMS = new RegExp(`^/(${ADDRESSES.join('|')})/?$`);

const HEADERS_ALLOWED =
  'Authorization, Content-Type, Content-Encoding, X-Retry-Count, X-Write-Key, AnonymousId, SentAt, Rsa-Retry-Attempt, Rsa-Retry-Reason, Rsa-Time-Since-Last-Attempt, Rsa-Time-Since-First-Attempt, Rsa-Retried-Batch-Timestamp, Rsa-Is-Retried';
const PREFLIGHT_SECONDS = 7200;

/** What lets pages of any site read an answer. */
export const CROSS_ORIGIN = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Retry-After, X-RateLimit-Reset',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** Lets pages of any site send, and answers the question that their browser asks first. */
export const crossOrigin: RequestHandler = (req, res, next) => {
  if (!PROGRAMS.test(req.path)) return next();
  for (const [name, value] of Object.entries(CROSS_ORIGIN)) res.setHeader(name, value);
  if (req.method !== 'OPTIONS') return next();
  res.setHeader('Access-Control-Allow-Methods', 'GET, POST, OPTIONS');
  res.setHeader('Access-Control-Allow-Headers', HEADERS_ALLOWED);
  res.setHeader('Access-Control-Max-Age', String(PREFLIGHT_SECONDS));
  res.status(204).end();
};

/** A client's address asked in another way than clients do is still no address that is not there. */
export const otherMethod: RequestHandler = (req, res, next) => {
  if (!PROGRAMS.test(req.path)) return next();
  res.setHeader('Allow', 'GET, POST, OPTIONS');
  res.status(405).json({ success: false, message: `Nothing is taken here by ${req.method}` });
};

/** Refusals as clients read them: 4xx for what will never be taken, 429 and 503 with a time for what may be sent again. */
export const collectErrors =
  (log: Logger, now: () => Date): ErrorRequestHandler =>
  (error, req: Request, res: Response, next) => {
    if (!PROGRAMS.test(req.path)) return next(error);
    const problem = translate(error);
    if (!problem) log.error({ err: error, request: res.locals['requestId'] }, 'a request failed');
    if (res.headersSent) {
      res.destroy();
      return;
    }
    if (problem?.retryAfterSeconds) {
      res.setHeader('Retry-After', String(problem.retryAfterSeconds));
      const reset = Math.ceil(now().getTime() / 1000) + problem.retryAfterSeconds;
      if (problem.kind === 'too-many') res.setHeader('X-RateLimit-Reset', String(reset));
    }
    const status = !problem ? 500 : problem.kind === 'invalid' ? 400 : statusOf(problem);
    const errors = problem?.errors ?? [];
    res.status(status).json({
      success: false,
      message: problem ? [problem.message, problem.detail].filter(Boolean).join('. ') : 'Something went wrong here',
      ...(errors.length > 0 && { errors }),
    });
  };

/** A request of a client: what it brought and whose it is. */
export type Brought = { source: OpenSource; value: unknown };

export const SMALL_BYTES = 32 * 1024;
const BATCH_BYTES = 500 * 1024;
/** RudderStack's node client fills its batches up to what its own servers take. */
const RUDDER_BYTES = 4000 * 1024;
const RUDDER_AGENT = /^analytics-node\/|rudder/i;

export function collectRequests({ sources, limits, now }: Verbatim) {
  const requests = minuteCounter(now);
  const messages = minuteCounter(now);

  const tooMany = (title: string) => {
    const seconds = 60 - (Math.floor(now().getTime() / 1000) % 60);
    return new Problem('too-many', title, {
      detail: `Nothing of this request was kept: send it again in ${seconds} seconds`,
      retryAfterSeconds: seconds,
    });
  };

  /** Counts a request by its network before anything of it is read. */
  const rate: RequestHandler = (req, _res, next) => {
    if (requests.add(networkOf(req)) > (limits?.eventRequestsPerMinute ?? 0))
      throw tooMany('Too many requests are coming from your network');
    next();
  };
  const reader = (limit: number) => express.raw({ type: () => true, limit });
  const [small, batch, rudder] = [reader(SMALL_BYTES), reader(BATCH_BYTES), reader(RUDDER_BYTES)];
  const readBatch: RequestHandler = (req, res, next) =>
    (RUDDER_AGENT.test(req.headers['user-agent'] ?? '') ? rudder : batch)(req, res, next);

  const textOf = (req: Request): string => (Buffer.isBuffer(req.body) ? req.body.toString('utf8') : '');

  return {
    /** Counts requests by network. */
    requests,
    /** What a request passes first: its network’s limit, then the reading of its body. */
    beforeOne: [rate, small],
    beforeBatch: [rate, readBatch],
    beforeNone: [rate],
    textOf,
    /** @throws Problem `invalid` for what is no JSON */
    jsonOf: (req: Request): unknown => {
      try {
        return readJson(textOf(req));
      } catch {
        throw new Problem('invalid', 'This is no JSON', { detail: 'Nothing of this request was kept' });
      }
    },
    /**
     * The source that a request names by its write key or server key, in whichever place its client puts it.
     *
     * @param told keys that stand in the body
     * @throws Problem `signed-out` when there is none, or none with this key; `forbidden` for a server key in a page
     */
    sourceOf: async (req: Request, ...told: unknown[]): Promise<OpenSource> => {
      const keys = [basicName(req), req.headers['x-write-key'], queryOf(req, 'writeKey'), ...told];
      const key = keys.find((one) => typeof one === 'string' && one !== '');
      if (typeof key !== 'string')
        throw new Problem('signed-out', 'A write key is needed', {
          detail:
            'Send it as the name of Basic authorisation, as writeKey in the body or the address, or as X-Write-Key',
        });
      const source = await sources.findOpen(key);
      if (!source)
        throw new Problem('signed-out', 'No source has this write key', {
          detail: 'Copy the key from the page of the source in the studio',
        });
      // Browsers say where a page comes from, and programs do not.
      if (source.isServer && req.headers.origin !== undefined)
        throw new Problem('forbidden', 'The server key is a secret and has no place in a page', {
          detail: 'Use the write key there, and change the server key: whoever saw the page has it',
        });
      return source;
    },
    /** Counts messages of a source. */
    count: (source: Source, by: number): void => {
      if (messages.add(source.id, by) > (limits?.eventsPerMinute ?? 0))
        throw tooMany('This source sends more events in a minute than it may');
    },
  };
}
export type CollectRequests = ReturnType<typeof collectRequests>;

/** The name in Basic authorisation; the password is of no account. */
function basicName(req: Request): string | null {
  const [, encoded] = /^Basic\s+([A-Za-z0-9+/=_-]+)$/i.exec(req.headers.authorization ?? '') ?? [];
  if (encoded === undefined) return null;
  return Buffer.from(encoded, 'base64').toString('utf8').split(':')[0]?.trim() || null;
}
