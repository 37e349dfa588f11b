import { lookup } from 'node:dns/promises';
import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import type { OutgoingRequest } from '../exchange/outgoing/mapping.ts';
import { type AllowedTarget, judgeAddress, readUrl } from './address-guard.ts';

/**
 * - `answered`: whatever the status; `text` is the beginning of the answer, 64 KB unless the client takes more
 * - `silent`: no whole answer came; `wasSent` once the request may have arrived
 * - `forbidden`: it was not sent, since it would have gone where nothing of ours may go
 */
export type Sent =
  | { outcome: 'answered'; status: number; retryAfter: string | null; text: string }
  | { outcome: 'silent'; wasSent: boolean; reason: string }
  | { outcome: 'forbidden'; reason: string };

/** Bytes too many to hold: their length is said first, and they are read anew at each attempt. */
export type Upload = { bytes: number; open: () => Readable };

export type Resolve = (host: string) => Promise<readonly string[]>;

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 64 * 1024;
const ADDRESSES_MAX = 4;
const USER_AGENT = 'Verbatim';

const resolveOnce: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * The one way out. Every request of Verbatim to another machine, letters aside, goes through here.
 *
 * A host is looked up once, every address it has is judged, and the connection is made to the address that was judged:
 * a second look-up could be told something else. Redirects are answers like any other and never followed, since where
 * they lead was judged by nobody. There are no cookies, no proxy and no connection kept for later.
 *
 * @param resolve gives the addresses of a name
 * @param timeoutMs for all of it: look-up, connection, request and answer
 * @param answerBytesMax how much of an answer is read
 */
export function outgoingClient({
  allowed,
  resolve = resolveOnce,
  timeoutMs = TIMEOUT_MS,
  answerBytesMax = ANSWER_BYTES_MAX,
}: {
  allowed: readonly AllowedTarget[];
  resolve?: Resolve;
  timeoutMs?: number;
  answerBytesMax?: number;
}) {
  /**
   * @param stopped ends it early, as if its time were over
   * @param upload goes in the place of a body
   */
  async function send(request: OutgoingRequest, stopped?: AbortSignal, upload?: Upload): Promise<Sent> {
    const target = readUrl(request.url, allowed);
    if ('refused' in target) return { outcome: 'forbidden', reason: `The address is refused: ${target.refused}` };
    const overtime = AbortSignal.timeout(timeoutMs);
    const limit = stopped ? AbortSignal.any([overtime, stopped]) : overtime;
    const overdue = new Promise<'overdue'>((done) => {
      limit.addEventListener('abort', () => done('overdue'), { once: true });
    });
    let addresses: readonly string[] | 'overdue';
    try {
      addresses = isIP(target.host) === 0 ? await Promise.race([resolve(target.host), overdue]) : [target.host];
    } catch {
      return { outcome: 'silent', wasSent: false, reason: `The name ${target.host} could not be looked up` };
    }
    if (addresses === 'overdue') return { outcome: 'silent', wasSent: false, reason: tooLong(timeoutMs) };
    const [address] = addresses;
    if (address === undefined)
      return { outcome: 'silent', wasSent: false, reason: `The name ${target.host} has no address` };
    for (const one of addresses) {
      const reason = judgeAddress(one, target, allowed);
      if (reason !== null) return { outcome: 'forbidden', reason: `The address is refused: ${reason}` };
    }
    let sent = await exchange(request, target.url, address, limit, upload);
    // A host with several addresses may be reached by another, as long as the request cannot have arrived.
    for (const other of addresses.slice(1, ADDRESSES_MAX)) {
      if (sent.outcome !== 'silent' || sent.wasSent || limit.aborted) break;
      sent = await exchange(request, target.url, other, limit, upload);
    }
    return sent;
  }

  function exchange(
    request: OutgoingRequest,
    url: URL,
    address: string,
    limit: AbortSignal,
    upload: Upload | undefined,
  ): Promise<Sent> {
    const isSecure = url.protocol === 'https:';
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const body = request.body === null ? null : Buffer.from(request.body, 'utf8');
    // An agent of its own keeps nothing: no connection, and no proxy that the environment names.
    const agent = isSecure ? new SecureAgent({ keepAlive: false }) : new PlainAgent({ keepAlive: false });
    return new Promise((done) => {
      let isDone = false;
      let wasSent = false;
      const sending = upload?.open();
      const end = (sent: Sent) => {
        if (isDone) return;
        isDone = true;
        done(sent);
        outgoing.destroy();
        sending?.destroy();
        agent.destroy();
      };
      const silent = (reason: string) => end({ outcome: 'silent', wasSent, reason });
      const outgoing = (isSecure ? secureRequest : plainRequest)({
        agent,
        host: address,
        port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
        method: request.method,
        path: `${url.pathname}${url.search}`,
        setHost: false,
        // The certificate is checked against the name, though the connection goes to the address. A bare address is no
        // name to ask for.
        ...(isSecure && isIP(host) === 0 ? { servername: host } : {}),
        headers: {
          ...request.headers,
          host: url.host,
          'user-agent': USER_AGENT,
          'accept-encoding': 'identity',
          connection: 'close',
          ...(body === null && !upload ? {} : { 'content-length': String(upload?.bytes ?? body?.length ?? 0) }),
        },
      });
      limit.addEventListener('abort', () => silent(tooLong(timeoutMs)), { once: true });
      if (limit.aborted) silent(tooLong(timeoutMs));
      outgoing.on('socket', (socket) => {
        socket.once(isSecure ? 'secureConnect' : 'connect', () => {
          wasSent = true;
        });
      });
      outgoing.on('error', (error: NodeJS.ErrnoException) => silent(reasonOf(error)));
      outgoing.on('response', (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        const answered = () => {
          const { status, retryAfter } = {
            status: response.statusCode ?? 0,
            retryAfter: response.headers['retry-after'] ?? null,
          };
          const text = Buffer.concat(parts).subarray(0, answerBytesMax).toString('utf8');
          end({ outcome: 'answered', status, retryAfter, text });
        };
        response.on('data', (part: Buffer) => {
          parts.push(part);
          size += part.length;
          if (size >= answerBytesMax) answered();
        });
        response.on('end', answered);
        response.on('error', (error: NodeJS.ErrnoException) => silent(reasonOf(error)));
        response.on('aborted', () => silent('The connection was closed in the middle of the answer'));
      });
      if (!sending) outgoing.end(body ?? undefined);
      else {
        sending.on('error', () => silent('What was to be sent could not be read'));
        sending.pipe(outgoing);
      }
    });
  }

  return { send };
}
export type OutgoingClient = ReturnType<typeof outgoingClient>;

const tooLong = (timeoutMs: number) => `No whole answer came within ${timeoutMs / 1000} seconds`;

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens at the address',
  ECONNRESET: 'The other side closed the connection',
  EHOSTUNREACH: 'The host cannot be reached from here',
  ENETUNREACH: 'The network cannot be reached from here',
  ETIMEDOUT: 'The host did not answer',
  EPIPE: 'The other side closed the connection',
};

/** What went wrong with a connection, in words that hold no address and no secret. */
function reasonOf(error: NodeJS.ErrnoException): string {
  const code = error.code ?? '';
  if (REASONS[code]) return REASONS[code];
  if (/CERT|SIGNATURE|ALTNAME|SELF_SIGNED|ISSUER/.test(code)) return `The certificate is not valid here (${code})`;
  return `The connection failed${code === '' ? '' : ` (${code})`}`;
}
