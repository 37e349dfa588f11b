import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { readConfig } from '../../src/config.ts';
import type { Limits } from '../../src/model/limits.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { createApp } from '../../src/web/app.ts';
import { LIGHT_PASSWORDS, newFolder } from '../support/house.ts';
import { sharedRenderer } from '../support/shared-renderer.ts';

/** A whole Verbatim on a fresh folder, listening on loopback, as a person would meet it after the first start. */
export async function openHouse({
  publicUrl = null,
  limits = {},
}: {
  publicUrl?: string | null;
  limits?: Partial<Limits>;
} = {}) {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'verbatim-')), 'data');
  await newFolder(folder, () => new Date());
  const faults: unknown[] = [];
  const verbatim = await openVerbatim({
    folder,
    limits: { ...readConfig({}).limits, ...limits },
    passwordCost: LIGHT_PASSWORDS,
    report: (error) => faults.push(error),
  });
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const { app, routes } = createApp({
    verbatim,
    renderer: sharedRenderer(),
    log,
    publicUrl,
    trustProxy: 0,
    isOpen: () => true,
  });
  const server = createServer({ keepAliveTimeout: 0 }, app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    app,
    routes: await routes(),
    verbatim,
    folder,
    /** What went wrong where nobody waited for an answer. */
    faults,
    /** The log so far. */
    lines,
    setUpCode: async () => (await verbatim.accounts.newSetUpCode()) ?? '',
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await verbatim.close();
      rmSync(path.dirname(folder), { recursive: true, force: true });
    },
  };
}
export type OpenHouse = Awaited<ReturnType<typeof openHouse>>;
