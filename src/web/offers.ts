import type { Request } from 'express';
import { z } from 'zod';
import { Problem } from '../model/problem.ts';
import { recordingLink } from '../model/recording-link.ts';
import { SCRIPTS_FOR_SITES } from '../render/assets.ts';
import { placeFacts } from '../rules/last-seen.ts';
import type { Visitor } from '../services/offers.ts';
import { browserVersionOf, technologyOf } from '../services/technology.ts';
import type { OpenSource } from '../store/sources.ts';
import type { House } from './app.ts';
import { collectRequests } from './collect-request.ts';
import type { Doorway } from './doorway.ts';
import { pageCache } from './page-cache.ts';
import type { MinuteCounter } from './security.ts';
import { whereaboutsOf } from './whereabouts.ts';

/** Read as the id of a message is, or whoever is told of with spaces could not be asked for. */
const Id = z
  .union([z.string().max(255), z.number(), z.null()])
  .transform((id) => (id === null ? undefined : String(id).trim() || undefined));
const Text = z.string().max(2000);

const Sight = z.object({
  writeKey: z.string().max(100).optional(),
  userId: Id.optional(),
  anonymousId: Id.optional(),
  userHash: z.string().max(200).optional(),
  page: z.object({
    url: Text,
    path: Text.optional(),
    title: Text.optional(),
    query: Text.optional(),
    referrer: Text.optional(),
  }),
  session: z.int().min(1).max(1_000_000).default(1),
  pageOfSession: z.int().min(1).max(1_000_000).default(1),
  viewport: z.int().min(0).max(100_000).optional(),
  language: z.string().max(50).default('en'),
  timeZone: z.string().max(100).optional(),
  isAsking: z.boolean().default(false),
  why: z.boolean().default(false),
  /** A recording of the visit that another tool makes; what is none keeps nobody from being asked. */
  replayUrl: z.unknown().optional(),
});
type Sight = z.infer<typeof Sight>;
const Choice = Sight.extend({
  survey: z.string().max(50),
  event: z.object({ name: z.string().max(200), properties: z.record(z.string(), z.unknown()).default({}) }).optional(),
});

const CAMPAIGN = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content'] as const;
/** The widget stands in pages that are fetched anew again and again; a new version reaches them within this time. */
const WIDGET_SECONDS = 600;

/** What the widget asks: which surveys wait on a page, whether one may open now. And the widget itself. */
export function offerDoor(
  door: Doorway,
  house: House,
): { decide: (req: Request) => Promise<object>; requests: MinuteCounter } {
  const { verbatim, renderer, publicUrl, trustProxy } = house;
  const { offers, sources, store } = verbatim;
  const { beforeOne, jsonOf, requests, sourceOf } = collectRequests(verbatim);
  const cache = pageCache();

  const read = <T>(shape: z.ZodType<T>, value: unknown): T => {
    const parsed = shape.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new Problem('invalid', `${issue?.path.join('.') || 'The request'} does not fit`, {
        detail: issue?.message ?? '',
      });
    }
    return parsed.data;
  };

  /** Where ids must be signed, somebody who only says who they are is a browser like any other. */
  function visitorFrom(req: Request, source: OpenSource, told: Sight): Visitor {
    const isProven = told.userId !== undefined && sources.isProven(source, told.userId, told.userHash);
    const { url, path, title, query, referrer } = told.page;
    const campaign = new URLSearchParams(query ?? '');
    const present = <T extends object>(values: T) =>
      Object.fromEntries(
        Object.entries(values).filter(([, value]) => value !== undefined && value !== '' && value !== null),
      );
    // A server that asks is not where the visitor is.
    const place = source.isServer ? undefined : whereaboutsOf(house, req, { mayProxySay: trustProxy > 0 });
    return {
      workspaceId: source.workspaceId,
      userId: isProven || source.signing === 'off' ? told.userId : undefined,
      anonymousId: told.anonymousId,
      isProven,
      url,
      session: told.session,
      page: told.pageOfSession,
      isAsking: told.isAsking,
      isUnframed: source.isServer,
      language: told.language,
      sight: {
        page: present({
          url,
          path: path ?? (URL.canParse(url) ? new URL(url).pathname : undefined),
          title,
          query,
          referrer,
          ...Object.fromEntries(CAMPAIGN.map((name) => [name, campaign.get(name)])),
        }),
        technology: present({
          ...technologyOf({ userAgent: req.headers['user-agent'] }),
          browserVersion: browserVersionOf(req.headers['user-agent']),
          viewport: told.viewport,
          language: told.language,
          timeZone: told.timeZone,
        }),
        place: place ? placeFacts(place) : {},
      },
    };
  }

  const originOf = (req: Request): string => publicUrl ?? `${req.protocol}://${req.headers.host ?? ''}`;

  /** The button for a page, where the source has one and the page's site may hold what it opens. */
  async function feedbackFor(req: Request, source: OpenSource, { page, language }: Sight) {
    const placed = await store.feedback.button(source.id);
    if (!placed?.button.isOn || source.isServer || !URL.canParse(page.url)) return null;
    if (!(await store.offers.origins(placed.studyId)).includes(new URL(page.url).origin)) return null;
    const texts = verbatim.texts.in(language);
    return {
      label: texts.text('feedbackButton'),
      close: texts.text('close'),
      side: placed.button.side,
      url: `${originOf(req)}/feedback/${encodeURIComponent(source.writeKey)}?language=${encodeURIComponent(texts.language)}`,
    };
  }

  async function decide(req: Request): Promise<object> {
    const told = read(Sight, jsonOf(req));
    const source = await sourceOf(req, told.writeKey);
    const visitor = visitorFrom(req, source, told);
    const { armed, why } = await offers.decide(visitor, { isWhyAsked: told.why });
    const person = visitor.isProven ? 'signed' : visitor.userId === undefined ? 'browser only' : 'not signed';
    const feedback = await feedbackFor(req, source, told);
    return { armed, ...(feedback ? { feedback } : {}), ...(told.why ? { why, person } : {}) };
  }

  door.post('/v1/decide', 'anyone', ...beforeOne, async (_visit, req, res) => void res.json(await decide(req)));

  door.post('/v1/offer', 'anyone', ...beforeOne, async (_visit, req, res) => {
    const told = read(Choice, jsonOf(req));
    const source = await sourceOf(req, told.writeKey);
    const visitor = visitorFrom(req, source, told);
    const offered = await offers.offer(visitor, told.survey, told.event ?? null);
    if (offered.url === null) return void res.json(offered);
    const replay = recordingLink(told.replayUrl);
    const query = replay ? `&replay_url=${encodeURIComponent(replay.href)}` : '';
    const close = verbatim.texts.in(told.language).text('close');
    res.json({ url: `${originOf(req)}${offered.url}${query}`, close });
  });

  door.post('/v1/dismissed', 'anyone', ...beforeOne, async (_visit, req, res) => {
    const told = read(Choice, jsonOf(req));
    const source = await sourceOf(req, told.writeKey);
    await offers.dismissed(visitorFrom(req, source, told), told.survey);
    res.status(204).end();
  });

  for (const name of SCRIPTS_FOR_SITES)
    door.get(`/${name}`, 'anyone', (_visit, req, res) => {
      const script = renderer.assets.find((one) => one.name === name);
      if (!script) throw new Problem('not-found', 'This script is not there');
      res.setHeader('Cache-Control', `public, max-age=${WIDGET_SECONDS}`);
      res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
      res.setHeader('Access-Control-Allow-Origin', '*');
      cache.send(req, res, script.address, () => script.content, script.contentType);
    });
  return { decide, requests };
}
