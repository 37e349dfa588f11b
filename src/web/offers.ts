import type { Request } from 'express';
import { z } from 'zod';
import { Problem } from '../model/problem.ts';
import type { Visitor } from '../services/offers.ts';
import { technologyOf } from '../services/technology.ts';
import type { House } from './app.ts';
import { collectRequests } from './collect-request.ts';
import type { Doorway } from './doorway.ts';
import { pageCache } from './page-cache.ts';
import { countryIn } from './welcome.ts';

const Id = z.string().min(1).max(255);
const Text = z.string().max(2000);

const Sight = z.object({
  writeKey: z.string().max(100).optional(),
  userId: Id.optional(),
  anonymousId: Id.optional(),
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
export function offerDoor(door: Doorway, house: House): void {
  const { verbatim, renderer, publicUrl, trustProxy } = house;
  const { offers } = verbatim;
  const { beforeOne, jsonOf, sourceOf } = collectRequests(verbatim);
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

  function visitorFrom(req: Request, workspaceId: number, told: Sight): Visitor {
    const { url, path, title, query, referrer } = told.page;
    const campaign = new URLSearchParams(query ?? '');
    const present = <T extends object>(values: T) =>
      Object.fromEntries(
        Object.entries(values).filter(([, value]) => value !== undefined && value !== '' && value !== null),
      );
    const country = trustProxy > 0 ? countryIn(req) : undefined;
    return {
      workspaceId,
      userId: told.userId,
      anonymousId: told.anonymousId,
      url,
      session: told.session,
      page: told.pageOfSession,
      isAsking: told.isAsking,
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
          viewport: told.viewport,
          language: told.language,
          timeZone: told.timeZone,
        }),
        place: present({ country }),
      },
    };
  }

  door.post('/v1/decide', 'anyone', ...beforeOne, async (_visit, req, res) => {
    const told = read(Sight, jsonOf(req));
    const source = await sourceOf(req, told.writeKey);
    const { armed, why } = await offers.decide(visitorFrom(req, source.workspaceId, told));
    res.json({ armed, ...(told.why ? { why } : {}) });
  });

  door.post('/v1/offer', 'anyone', ...beforeOne, async (_visit, req, res) => {
    const told = read(Choice, jsonOf(req));
    const source = await sourceOf(req, told.writeKey);
    const visitor = visitorFrom(req, source.workspaceId, told);
    const offered = await offers.offer(visitor, told.survey, told.event ?? null);
    if (offered.url === null) return void res.json(offered);
    const origin = publicUrl ?? `${req.protocol}://${req.headers.host ?? ''}`;
    const close = verbatim.texts.in(told.language).text('close');
    res.json({ url: `${origin}${offered.url}`, close });
  });

  door.post('/v1/dismissed', 'anyone', ...beforeOne, async (_visit, req, res) => {
    const told = read(Choice, jsonOf(req));
    const source = await sourceOf(req, told.writeKey);
    await offers.dismissed(visitorFrom(req, source.workspaceId, told), told.survey);
    res.status(204).end();
  });

  door.get('/widget.js', 'anyone', (_visit, req, res) => {
    const widget = renderer.assets.find(({ name }) => name === 'widget.js');
    if (!widget) throw new Problem('not-found', 'The widget is not there');
    res.setHeader('Cache-Control', `public, max-age=${WIDGET_SECONDS}`);
    res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    res.setHeader('Access-Control-Allow-Origin', '*');
    cache.send(req, res, widget.address, () => widget.content, widget.contentType);
  });
}
