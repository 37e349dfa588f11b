import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import type { Verbatim } from '../../src/verbatim.ts';
import { createApp } from '../../src/web/app.ts';
import { sharedRenderer } from './shared-renderer.ts';

/**
 * Lets a Verbatim listen on loopback: `await using door = await serveHouse(verbatim)`. It closes no connection by itself,
 * lest a request be lost that is sent on one at that moment.
 */
export async function serveHouse(verbatim: Verbatim) {
  const { app } = createApp({
    verbatim,
    renderer: sharedRenderer(),
    log: pino({ level: 'silent' }),
    publicUrl: null,
    trustProxy: 0,
    isOpen: () => true,
  });
  const server = createServer({ keepAliveTimeout: 0 }, app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
