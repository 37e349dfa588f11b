import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { createRenderer } from '../../src/render/renderer.ts';
import { templatesFolder, type Verbatim, viewsFolder } from '../../src/verbatim.ts';
import { createApp } from '../../src/web/app.ts';

/** Lets a Verbatim listen on loopback: `await using door = await serveHouse(verbatim)`. */
export async function serveHouse(verbatim: Verbatim) {
  const { app } = createApp({
    verbatim,
    renderer: createRenderer({ viewsFolder, templatesFolder }),
    log: pino({ level: 'silent' }),
    publicUrl: null,
    trustProxy: 0,
    isOpen: () => true,
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
