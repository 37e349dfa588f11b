import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readAllowed } from '../../src/services/address-guard.ts';

export type TakenRequest = { method: string; path: string; headers: IncomingHttpHeaders; body: string };

/** What a stub says: a status with a body, or whatever it does with the answer itself. */
export type StubAnswer =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | ((response: ServerResponse) => void);

/** Lets requests reach stubs, which listen on loopback without TLS. */
export const LOOPBACK = readAllowed('http://127.0.0.0/8').allowed;

/**
 * A server on loopback in the place of a service: it keeps every request and answers as told.
 *
 * @param answer what it says to each request; 200 and an empty object unless told otherwise
 */
export async function startStub(
  answer: (request: TakenRequest, count: number) => StubAnswer | undefined = () => undefined,
) {
  const taken: TakenRequest[] = [];
  const server = createServer((req, res) => {
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part));
    req.on('end', () => {
      const request = {
        method: req.method ?? '',
        path: req.url ?? '',
        headers: req.headers,
        body: Buffer.concat(parts).toString('utf8'),
      };
      taken.push(request);
      const said = answer(request, taken.length) ?? { status: 200, body: {} };
      if (typeof said === 'function') return said(res);
      const { status, body = '', headers = {} } = said;
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      res.writeHead(status, {
        'content-type': typeof body === 'string' ? 'text/plain' : 'application/json',
        ...headers,
      });
      res.end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    taken,
    /** Requests once there are so many of them. */
    until: async (count: number, waitMs = 10_000): Promise<TakenRequest[]> => {
      const end = performance.now() + waitMs;
      while (taken.length < count) {
        if (performance.now() > end) throw new Error(`Only ${taken.length} of ${count} requests came`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return taken;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type Stub = Awaited<ReturnType<typeof startStub>>;
