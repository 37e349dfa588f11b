import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import pino from 'pino';
import { ConfigError } from '../config.ts';
import { loggedError } from '../privacy/logged-error.ts';
import { createRenderer } from '../render/renderer.ts';
import type { Geography } from '../services/geography.ts';
import type { Metrics } from '../services/metrics.ts';
import { openVerbatim, templatesFolder, type Verbatim, viewsFolder } from '../verbatim.ts';
import { createApp } from '../web/app.ts';
import { httpServer, patienceFor } from '../web/http-server.ts';
import { type Config, urlHost } from './desk.ts';
import { EXIT } from './exit.ts';

export type ServeOptions = {
  folder: string;
  config: Config;
  /** Further lines for people, once the folder is open and the address is known. */
  greet?: (verbatim: Verbatim, url: string) => Promise<string[]>;
};

/** Requests that are under way get so long to finish after a signal. */
const FINISH_MS = 10_000;
const IDLE_CHECK_MS = 100;
/** One Ctrl-C reaches us twice under npm: from the terminal, and handed on. */
const ECHO_MS = 250;
/** So many bytes of log are gathered before they are written, but never for longer than this. */
const LOG_BYTES = 8192;
const LOG_MS = 250;
/** Pages that nobody has asked for yet are made ready after so long, and not before whoever is first there. */
const WARM_AFTER_MS = 1_000;

/**
 * Opens the folder as its owner and answers requests until SIGTERM or SIGINT, then ends the process.
 *
 * @throws {FolderError} when the folder cannot be opened
 * @throws {ConfigError} when the port cannot be listened on
 */
export async function serveFolder({ folder, config, greet = async () => [] }: ServeOptions): Promise<void> {
  const signal = firstSignal();
  // No answer waits for a line, and under load many are written at once.
  const out = pino.destination({ dest: 1, sync: false, minLength: LOG_BYTES, periodicFlush: LOG_MS });
  const log = pino(
    {
      level: config.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (error: unknown) => loggedError(error) },
    },
    out,
  );
  const geography = await geographyIn(config);
  const verbatim = await openVerbatim({
    folder,
    databaseUrl: config.databaseUrl,
    limits: config.limits,
    publicUrl: config.publicUrl,
    post: config.post,
    outgoing: config.outgoing,
    embeddings: config.embeddings,
    transcription: config.transcription,
    reportChromium: config.reportChromium,
    upkeep: { copiesDaily: config.backups.daily, keep: config.backups.keep, copyKey: config.backups.key },
    rewording: config.rewording,
    singleSignOn: config.singleSignOn,
    needsSecondFactor: config.needsSecondFactor,
    report: (error, about) => log.error({ ...about, err: error }, 'failed'),
  });
  let isOpen = true;
  try {
    await verbatim.audit.configured(config);
    const renderer = createRenderer({ viewsFolder, templatesFolder });
    const metrics =
      config.metricsToken === null ? null : { ...(await metricsOf(verbatim)), token: config.metricsToken };
    const { app, routes } = createApp({
      verbatim,
      renderer,
      log,
      publicUrl: config.publicUrl,
      trustProxy: config.trustProxy,
      geography,
      metrics,
      isOpen: () => isOpen,
    });
    const uploadBytes = Math.max(config.limits.uploadBytes, config.limits.mediaBytes);
    const server = httpServer(app, patienceFor(uploadBytes));
    await listen(server, config);
    wait(WARM_AFTER_MS, null, { ref: false })
      .then(renderer.warm)
      .then(() => verbatim.texts.in('en'))
      .then(routes)
      .catch((error: unknown) => log.error({ err: error }, 'a page cannot be made ready'));
    const { port } = server.address() as AddressInfo;
    const url = config.publicUrl ?? `http://${urlHost(config.host)}:${port}`;
    const lines = [`Verbatim is ready at ${url} with ${folder}`, ...(await greet(verbatim, url))];
    const code = await verbatim.accounts.newSetUpCode();
    if (code !== null) lines.push(`Nobody has an account yet. Enter the set-up code ${code} at ${url}/set-up`);
    process.stdout.write(`${lines.join('\n')}\n`);

    const name = await signal;
    isOpen = false;
    log.info({ signal: name }, 'stopping');
    await finish(server);
  } finally {
    isOpen = false;
    await verbatim.close();
  }
  log.info('stopped');
  out.flushSync();
  process.exit(EXIT.done);
}

async function metricsOf({ logs, jobsWaiting, upkeep, now }: Verbatim): Promise<Metrics> {
  const { openMetrics } = await import('../services/metrics.ts');
  return openMetrics({ counts: logs.counts, writesWaiting: logs.waiting, jobsWaiting, figures: upkeep.figures, now });
}

/** @throws {ConfigError} for a file that cannot be used */
async function geographyIn({ geoFile }: Config): Promise<Geography | null> {
  if (geoFile === null) return null;
  const { GeographyError, openGeography } = await import('../services/geography.ts');
  try {
    return openGeography(geoFile);
  } catch (error) {
    throw error instanceof GeographyError ? new ConfigError([error.message]) : error;
  }
}

/** Resolves at the first signal to stop; a second one ends the process at once. */
function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    let askedAt: number | null = null;
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.on(name, () => {
        const at = performance.now();
        if (askedAt === null) {
          askedAt = at;
          resolve(name);
        } else if (at - askedAt > ECHO_MS) process.exit(name === 'SIGINT' ? 130 : 143);
      });
    }
  });
}

function listen(server: Server, { host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reasons: Record<string, string> = {
        EADDRINUSE: `PORT ${port} is taken by another program; choose another, or 0 for any that is free`,
        EACCES: `PORT ${port} may not be used by this account; choose one above 1023`,
        EADDRNOTAVAIL: `HOST ${host} is no address of this machine`,
        ENOTFOUND: `HOST ${host} is not known here`,
      };
      const reason = reasons[error.code ?? ''];
      reject(reason ? new ConfigError([reason]) : error);
    });
    server.listen(port, host, resolve);
  });
}

/** Takes no new connections, lets requests under way finish, and lets go of connections as they fall idle. */
async function finish(server: Server): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const late = setTimeout(() => server.closeAllConnections(), FINISH_MS);
  await new Promise((resolve) => server.close(resolve));
  clearInterval(idle);
  clearTimeout(late);
}
