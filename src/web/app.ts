import type { RequestListener } from 'node:http';
import compression from 'compression';
import express, { type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { Problem } from '../model/problem.ts';
import type { Renderer } from '../render/renderer.ts';
import type { Geography } from '../services/geography.ts';
import type { Metrics } from '../services/metrics.ts';
import type { Verbatim } from '../verbatim.ts';
import { answerLines, answerLog } from './answer-log.ts';
import { collectDoor } from './collect.ts';
import { collectErrors, crossOrigin, otherMethod } from './collect-request.ts';
import { doorway, type RouteRow } from './doorway.ts';
import { errorPages } from './errors.ts';
import { fastLane } from './fast-lane.ts';
import { feedbackDoor } from './feedback.ts';
import { readForm } from './form.ts';
import { healthDoor } from './health.ts';
import { metricsDoor } from './metrics.ts';
import { offerDoor } from './offers.ts';
import { optOutDoor } from './opt-out.ts';
import { pageCache } from './page-cache.ts';
import { respondDoor } from './respond.ts';
import { cookies, minuteCounter, recognise, sameOrigin, securityHeaders, unlisted } from './security.ts';
import { sharedDoor } from './shared.ts';
import { accountDoor } from './studio/account.ts';
import { accountLinkDoor } from './studio/account-links.ts';
import { signInDoor } from './studio/sign-in.ts';
import { uploadDoor } from './upload.ts';

export type House = {
  verbatim: Verbatim;
  renderer: Renderer;
  log: Logger;
  publicUrl: string | null;
  trustProxy: number;
  /** Where addresses of the network are; null and left out when the operator has no file that tells. */
  geography?: Geography | null;
  /** Counts what is answered, and gives the figures to whoever has the token; null and left out without one. */
  metrics?: (Metrics & { token: string }) | null;
  /** False once the server has been told to stop. */
  isOpen: () => boolean;
};

/** Everything pages link to, at addresses that change with the content and may therefore be kept for ever. */
function serveAssets({ assets }: Renderer): RequestHandler {
  const byAddress = new Map(assets.map((asset) => [asset.address, asset]));
  const cache = pageCache();
  return (req, res, next) => {
    const asset = byAddress.get(req.path);
    if (!asset || (req.method !== 'GET' && req.method !== 'HEAD')) return next();
    res.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    cache.send(req, res, asset.address, () => asset.content, asset.contentType);
  };
}

/** The API and its reference, read in when the first program asks. */
const API_PAGES = /^\/api\//;

/** Every door in one Express application behind the fast lane, and the list of its addresses. */
export function createApp(house: House): { app: RequestListener; routes: () => Promise<RouteRow[]> } {
  const { verbatim, renderer, log, publicUrl, trustProxy } = house;
  const app = express();
  app.disable('x-powered-by');
  // What guards an address is told by its letters, so that its letters must be exact.
  app.enable('case sensitive routing');
  app.disable('etag');
  app.set('trust proxy', trustProxy);
  app.set('query parser', 'simple');

  app.use(securityHeaders(publicUrl));
  app.use(unlisted);
  app.use(answerLog(answerLines(log, house.metrics?.observe)));
  const onAuditFault = (error: unknown) => log.error({ err: error }, 'the audit log cannot be written');
  // Respondents and programs that send events leave records, which are their journal.
  const outside = doorway(app, verbatim, null);
  const door = doorway(app, verbatim, onAuditFault);
  // Respondents come first: theirs are the pages that many open at once, and they need nothing of what follows.
  const shared = { posts: minuteCounter(() => verbatim.now()), cache: pageCache() };
  respondDoor(outside, house, shared);
  app.use(serveAssets(renderer));
  healthDoor(outside, house);
  metricsDoor(outside, house);
  app.use(crossOrigin);
  collectDoor(outside, house);
  const offers = offerDoor(outside, house);
  uploadDoor(outside, house);
  app.use(otherMethod);
  app.use(collectErrors(log, () => verbatim.now()));

  app.use(compression());
  const api = express.Router({ caseSensitive: true });
  let apiRows: Promise<RouteRow[]> | null = null;
  const openApi = (): Promise<RouteRow[]> => {
    apiRows ??= import('./api/doors.ts').then(({ apiDoors }) => apiDoors(api, house));
    return apiRows;
  };
  app.use(async (req, res, next) => {
    if (!API_PAGES.test(req.path)) return next();
    await openApi();
    api(req, res, next);
  });
  optOutDoor(outside, house);
  feedbackDoor(outside, house);
  app.use(sameOrigin(publicUrl));
  app.use(readForm(verbatim.limits?.formBytes));

  sharedDoor(outside, house, shared);

  const jar = cookies(publicUrl, verbatim.limits?.sessionHours ?? 0);
  app.use(recognise(verbatim, jar));
  accountDoor(door, house, jar);
  signInDoor(door, house, jar);
  accountLinkDoor(door, house, jar);
  const studio = express.Router({ caseSensitive: true });
  const studioDoor = doorway(studio, verbatim, onAuditFault);
  let opened: Promise<void> | null = null;
  // Researchers' pages are many, and none is read in before the first is asked for or the server is idle.
  const openStudio = (): Promise<void> => {
    opened ??= import('./studio/doors.ts').then(({ studioDoors }) => studioDoors(studioDoor, house, jar));
    return opened;
  };
  app.use(async (req, res, next) => {
    await openStudio();
    studio(req, res, next);
  });

  app.use(() => {
    throw new Problem('not-found', 'There is no such page', { detail: 'Check the address' });
  });
  app.use(errorPages(renderer, log, verbatim.texts));
  return {
    app: fastLane(house, { ...shared, ...offers }, app),
    routes: async () => {
      await openStudio();
      return [...outside.rows, ...door.rows, ...studioDoor.rows, ...(await openApi())];
    },
  };
}
