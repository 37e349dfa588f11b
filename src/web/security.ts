import type { IncomingMessage } from 'node:http';
import { parseCookie } from 'cookie';
import type { Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import { Problem } from '../model/problem.ts';
import type { Verbatim } from '../verbatim.ts';

/*
 * Three doors, three keys: respondents hold the token in their address, programs a write key, researchers a session
 * cookie with a same-origin check.
 */

/** The addresses that respondents use. */
export const RESPONDENTS = /^\/(r|s|feedback|book)\/|^\/receipt$/;

/** The addresses of links that are handed to readers without an account. */
export const READERS = /^\/shared(\/|$)/;

/** The addresses of programs with a key of the API, which are told of problems in JSON whatever they ask for. */
export const API_CALLS = /^\/api\/v1(\/|$)/;

export const isSecure = (publicUrl: string | null): boolean => publicUrl?.startsWith('https:') ?? false;

/** Headers for every answer: no script or style but our own files, no frames, no guessing of types. */
function headersOf(publicUrl: string | null): Map<string, string> {
  const headers = new Map<string, string>();
  const guard = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'font-src': ["'self'"],
        'media-src': ["'self'"],
        'connect-src': ["'self'"],
        'form-action': ["'self'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    strictTransportSecurity: isSecure(publicUrl) ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
  });
  const collector = {
    setHeader: (name: string, value: string) => headers.set(name, value),
    removeHeader: () => {},
  };
  guard({ headers: {} } as Request, collector as unknown as Response, () => {});
  headers.set('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), interest-cohort=()');
  headers.set('Cache-Control', 'no-store');
  return headers;
}

/** They are the same each time, so they are worked out once. */
export function securityHeaders(publicUrl: string | null): RequestHandler {
  const headers = headersOf(publicUrl);
  return (_req, res, next) => {
    res.setHeaders(headers);
    next();
  };
}

/** The same, names and values in turn, with others in the place of some. */
export const securityHeaderList = (publicUrl: string | null, others: Record<string, string> = {}): string[] =>
  [...headersOf(publicUrl), ...Object.entries(others)]
    .filter(([name], at, all) => all.findLastIndex(([later]) => later === name) === at)
    .flat();

/** The addresses that open something for whoever holds them. */
const PRIVATE_LINKS = /^\/(shared|r|book|opt-out|invitation|new-password|new-address)(\/|$)|^\/s\/[^/]+\/(for|once)\//;

/** What is read by a link stands in no search engine, and leaves no trace of the link where it leads on to. */
export const unlisted: RequestHandler = (req, res, next) => {
  const isRead = req.method === 'GET' || req.method === 'HEAD';
  if (isRead && PRIVATE_LINKS.test(req.path)) res.setHeader('X-Robots-Tag', 'noindex, nofollow, noarchive');
  if (READERS.test(req.path)) res.setHeader('Referrer-Policy', 'no-referrer');
  next();
};

/** What people sent as a file is shown by no page of ours, and may do nothing where a browser shows it by itself. */
export function confineFile(res: Response): void {
  res.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
  res.setHeader('X-Content-Type-Options', 'nosniff');
}

/** The names of the cookies; over https the browser itself then holds them to this host. */
const cookieNames = (publicUrl: string | null) =>
  isSecure(publicUrl)
    ? { session: '__Host-sid', device: '__Host-device', step: '__Host-step', flow: '__Host-flow' }
    : { session: 'sid', device: 'device', step: 'step', flow: 'flow' };
/** So long a sign-in may be on its way. */
const STEP_MS = 10 * 60_000;

export function cookies(publicUrl: string | null, sessionHours: number) {
  const names = cookieNames(publicUrl);
  const shared = { httpOnly: true, secure: isSecure(publicUrl), sameSite: 'lax' as const, path: '/' };
  return {
    read: (req: Request) => {
      const found = parseCookie(req.headers.cookie ?? '');
      return {
        session: found[names.session] ?? null,
        device: found[names.device] ?? null,
        step: found[names.step] ?? null,
        flow: found[names.flow] ?? null,
      };
    },
    openSession: (res: Response, token: string, deviceMark: string | null) => {
      res.cookie(names.session, token, { ...shared, maxAge: sessionHours * 3_600_000 });
      if (deviceMark !== null) res.cookie(names.device, deviceMark, { ...shared, maxAge: 365 * 86_400_000 });
    },
    endSession: (res: Response) => {
      res.clearCookie(names.session, shared);
    },
    /** A right password that waits for the second step. */
    openStep: (res: Response, token: string) => {
      res.cookie(names.step, token, { ...shared, maxAge: STEP_MS });
    },
    endStep: (res: Response) => {
      res.clearCookie(names.step, shared);
    },
    /** The way to an identity provider and back, closed. */
    openFlow: (res: Response, flow: string) => {
      res.cookie(names.flow, flow, { ...shared, maxAge: STEP_MS });
    },
    endFlow: (res: Response) => {
      res.clearCookie(names.flow, shared);
    },
  };
}
export type Cookies = ReturnType<typeof cookies>;

/** Says who is there, if anybody; what they may do is asked at the doorway. */
export function recognise(verbatim: Verbatim, jar: Cookies): RequestHandler {
  return async (req, _res, next) => {
    const { session } = jar.read(req);
    Object.assign(req, {
      user: session === null || session.length > 100 ? null : await verbatim.accounts.whoIs(session),
    });
    next();
  };
}

/**
 * Refuses writes that another site made a browser send. The browser says where a request comes from in Sec-Fetch-Site,
 * else in Origin. Posts of respondents and readers rest on the token in their address: their pages send no referrer, and
 * then a browser on plain http says nothing. Of readers, who are never in a frame, is refused what says it comes from
 * elsewhere.
 */
export function sameOrigin(publicUrl: string | null): RequestHandler {
  return (req, _res, next) => {
    const isRead = req.method === 'GET' || req.method === 'HEAD' || req.method === 'OPTIONS';
    if (isRead || RESPONDENTS.test(req.path)) return next();
    const site = req.headers['sec-fetch-site'];
    const origin = req.headers.origin === 'null' ? undefined : req.headers.origin;
    const isOurs =
      site !== undefined
        ? site === 'same-origin'
        : origin === undefined
          ? READERS.test(req.path)
          : origin === publicUrl || hostOf(origin) === req.headers.host;
    if (!isOurs) {
      throw new Problem('forbidden', 'This form was not sent from a page of Verbatim', {
        detail:
          'Open the page again and send it from there. If you reach Verbatim through a proxy, set PUBLIC_URL to the address you use',
      });
    }
    next();
  };
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

/** A network, not a person: the /24 or /48 of an address, kept in memory only. */
export const networkOf = (req: Request): string => networkIn(req.ip ?? '');

/**
 * Where a request comes from: the address of its connection, or what the last of the proxies that the operator trusts
 * says of it; the same as `req.ip` of the application.
 */
export function clientAddress(req: IncomingMessage, trustProxy: number): string {
  const connection = req.socket.remoteAddress ?? '';
  if (trustProxy === 0) return connection;
  const forwarded = String(req.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '')
    .reverse();
  const addresses = [connection, ...forwarded];
  return addresses[Math.min(trustProxy, addresses.length - 1)] ?? connection;
}

/**
 * The network of an address.
 *
 * @example
 * networkIn('::ffff:192.0.2.7') // => '192.0.2'
 * @example
 * networkIn('2001:db8:1:2::7') // => '2001:db8:1'
 * networkIn('2001:db8::7') // => '2001:db8:0'
 * networkIn('2001::7:0:0:0:1') // => '2001:0:0'
 */
export function networkIn(address: string): string {
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  if (plain.includes(':')) {
    // What two colons stand for is written out, or one network had several names.
    const [head, tail] = plain.split('::', 2).map((part) => part.split(':').filter((group) => group !== ''));
    const zeros = tail === undefined ? 0 : Math.max(0, 8 - (head?.length ?? 0) - tail.length);
    return [...(head ?? []), ...Array<string>(zeros).fill('0'), ...(tail ?? [])].slice(0, 3).join(':');
  }
  const end = plain.lastIndexOf('.');
  return end < 0 ? plain : plain.slice(0, end);
}

/** Counts by name within each minute of the clock, and forgets them with it. */
export type MinuteCounter = ReturnType<typeof minuteCounter>;
export function minuteCounter(now: () => Date) {
  let minute = 0;
  const counts = new Map<string | number, number>();
  return {
    /** @returns how many there were under the name in this minute, these included */
    add: (name: string | number, by = 1): number => {
      const current = Math.floor(now().getTime() / 60_000);
      if (current !== minute) {
        minute = current;
        counts.clear();
      }
      const seen = (counts.get(name) ?? 0) + by;
      counts.set(name, seen);
      return seen;
    },
  };
}

/** So many posts a minute from one network, then a pause: enough for a lecture hall, too few for a flood. */
export function respondentRate(perMinute: number, counter: MinuteCounter): RequestHandler {
  return (req, _res, next) => {
    if (req.method !== 'POST') return next();
    if (counter.add(networkOf(req)) > perMinute) {
      throw new Problem('too-many', 'Too many answers are coming from your network', {
        detail: 'Nothing was lost: wait a minute, then send this page again',
        retryAfterSeconds: 60,
      });
    }
    next();
  };
}
