import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';

/** How patient a server is with those who send. */
export type Patience = {
  /** How long the head of a request may take. */
  headMs: number;
  /** How long its body may take, and how many bytes of it win another second. */
  bodyMs: number;
  bytesPerSecond: number;
  /** How long any request may take at the most. */
  mostMs: number;
  checkEveryMs: number;
};

const USUAL: Omit<Patience, 'mostMs'> = {
  headMs: 15_000,
  bodyMs: 30_000,
  // 128 kbit a second: a recording from a slow line goes on, a drop now and then does not.
  bytesPerSecond: 16 * 1024,
  checkEveryMs: 5_000,
};
const HEADERS_MOST = 100;
const TOO_SLOW = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/**
 * How patient a server is that takes uploads of a size: each request may take as long as the largest does at 2 Mbit a
 * second.
 *
 * @example
 * patienceFor(50 * 1024 * 1024).mostMs // => 230_000
 */
export const patienceFor = (uploadBytes: number): Patience => ({
  ...USUAL,
  mostMs: USUAL.bodyMs + Math.ceil(uploadBytes / (256 * 1024)) * 1000,
});

/** A server that holds no place for those who send nothing, or drop by drop. */
export function httpServer(app: RequestListener, patience: Patience): Server {
  const server = createServer(
    {
      headersTimeout: patience.headMs,
      requestTimeout: patience.mostMs,
      connectionsCheckingInterval: patience.checkEveryMs,
    },
    app,
  );
  server.maxHeadersCount = HEADERS_MOST;
  const sending = new Map<IncomingMessage, { socket: Socket; since: number; bytesBefore: number }>();
  server.prependListener('request', (req: IncomingMessage) => {
    const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
    if (!hasBody) return;
    sending.set(req, { socket: req.socket, since: performance.now(), bytesBefore: req.socket.bytesRead });
    const forget = () => sending.delete(req);
    req.once('end', forget).once('close', forget);
  });
  const check = setInterval(() => {
    const now = performance.now();
    for (const [req, { socket, since, bytesBefore }] of sending) {
      // Of what has come and is not read the sender is not to blame.
      if (req.complete || req.isPaused()) continue;
      const won = ((socket.bytesRead - bytesBefore) / patience.bytesPerSecond) * 1000;
      if (now - since <= patience.bodyMs + won) continue;
      sending.delete(req);
      if (socket.writable) socket.write(TOO_SLOW);
      socket.destroy();
    }
  }, patience.checkEveryMs);
  check.unref();
  server.once('close', () => clearInterval(check));
  return server;
}
