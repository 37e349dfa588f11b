import type { Request, Response } from 'express';
import { type MessageKind, readJson } from '../model/event-message.ts';
import { Problem } from '../model/problem.ts';
import type { Post } from '../services/intake.ts';
import type { OpenSource, Source } from '../store/sources.ts';
import type { House } from './app.ts';
import { analyticsDoor } from './collect-google.ts';
import { isMixpanel, mixpanelDoor, takeMixpanelTrack } from './collect-mixpanel.ts';
import { type CollectRequests, collectRequests } from './collect-request.ts';
import type { Doorway } from './doorway.ts';
import { queryOf } from './form.ts';
import { whereaboutsOf } from './whereabouts.ts';

/** The long and the short name of each kind of message. */
const SHORT: Readonly<Record<MessageKind, string>> = {
  identify: 'i',
  track: 't',
  page: 'p',
  screen: 's',
  group: 'g',
  alias: 'a',
};
const MESSAGES_MAX = 2500;
/** One transparent dot. */
const DOT = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

type Plain = Record<string, unknown>;
const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the doors of the several clients share. */
export type Collecting = CollectRequests & {
  /** Keeps messages, and gives what could not be kept. */
  keep(source: OpenSource, post: Post): Promise<{ index: number; reason: string }[]>;
};

/** The programs’ door: what the clients of Segment, RudderStack, Google Analytics and Mixpanel send. */
export function collectDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const requests = collectRequests(verbatim);
  const { beforeOne, beforeBatch, beforeNone, jsonOf, sourceOf } = requests;
  const collecting: Collecting = {
    ...requests,
    keep: async (source, post) => {
      requests.count(source, post.messages.length);
      return (await verbatim.intake.collect(source, post)).faults;
    },
  };

  /** Only of a browser does the place of a request say where a person is. */
  const placeOf = (req: Request) =>
    req.headers.origin === undefined ? undefined : whereaboutsOf(house, req, { mayProxySay: true });
  const sentAtOf = (req: Request, value: unknown): unknown =>
    (isPlain(value) ? value['sentAt'] : undefined) ?? req.headers['sentat'];
  const postOf = (req: Request, value: unknown, kind?: MessageKind): Post => ({
    messages: [value],
    sentAt: sentAtOf(req, value),
    place: placeOf(req),
    ...(kind && { kind }),
  });

  async function takeOne(req: Request, res: Response, kind: MessageKind, value: unknown): Promise<void> {
    const source = await sourceOf(req, isPlain(value) ? value['writeKey'] : null);
    const [fault] = await collecting.keep(source, postOf(req, value, kind));
    if (fault) throw new Problem('invalid', fault.reason, { detail: 'It stands among what could not be kept' });
    res.json({ success: true });
  }

  /** @throws Problem `invalid` for a body without messages, `too-large` for more than a batch holds */
  function batchOf(req: Request, value: unknown): Post {
    const batch = isPlain(value) ? value['batch'] : undefined;
    if (!isPlain(value) || !Array.isArray(batch) || batch.length === 0)
      throw new Problem('invalid', 'batch must be a list of messages');
    if (batch.length > MESSAGES_MAX)
      throw new Problem('too-large', `A batch holds ${MESSAGES_MAX} messages at most`, { detail: 'Send it in parts' });
    return {
      messages: batch,
      sentAt: sentAtOf(req, value),
      context: value['context'],
      place: placeOf(req),
    };
  }

  async function takeBatch(req: Request, res: Response): Promise<void> {
    const value = jsonOf(req);
    const first = isPlain(value) && Array.isArray(value['batch']) ? (value['batch'] as unknown[])[0] : null;
    const source = await sourceOf(req, isPlain(value) && value['writeKey'], isPlain(first) && first['writeKey']);
    const post = batchOf(req, value);
    const rejected = await collecting.keep(source, post);
    if (rejected.length === post.messages.length)
      throw new Problem('invalid', 'None of these messages can be kept', {
        errors: rejected.map(({ index, reason }) => ({ pointer: `#/batch/${index}`, detail: reason })),
      });
    res.json({ success: true, ...(rejected.length > 0 && { rejected }) });
  }

  // Mixpanel sends lists to an address of this name.
  for (const [kind, short] of Object.entries(SHORT) as [MessageKind, string][])
    for (const name of [kind, short])
      for (const path of [`/v1/${name}`, `/${name}`])
        door.post(path, 'anyone', ...(path === '/track' ? beforeBatch : beforeOne), async (_visit, req, res) => {
          if (path === '/track' && isMixpanel(req, requests)) return takeMixpanelTrack(collecting, req, res);
          await takeOne(req, res, kind, jsonOf(req));
        });
  for (const path of ['/v1/batch', '/v1/b', '/batch', '/b', '/v1/import', '/beacon/v1/batch'])
    door.post(path, 'anyone', ...beforeBatch, (_visit, req, res) => takeBatch(req, res));

  /** What clients count of themselves is of no use to anybody here. */
  for (const path of ['/v1/m', '/m', '/rsaMetrics'])
    door.post(path, 'anyone', ...beforeNone, (_visit, _req, res) => {
      res.status(204).end();
    });

  for (const kind of ['track', 'page'] as const)
    door.get(`/pixel/v1/${kind}`, 'anyone', ...beforeNone, async (_visit, req, res) => {
      const source = await sourceOf(req);
      await collecting.keep(source, postOf(req, pixelMessage(req), kind));
      res.type('gif').send(DOT);
    });

  door.post('/v1/validate', 'anyone', ...beforeBatch, async (_visit, req, res) => {
    const value = jsonOf(req);
    const source = await sourceOf(req, isPlain(value) && value['writeKey']);
    const post = isPlain(value) && value['batch'] !== undefined ? batchOf(req, value) : postOf(req, value);
    res.json({ messages: await verbatim.intake.preview(source, post) });
  });

  door.get('{/*prefix}/v1/projects/:key/settings', 'anyone', ...beforeNone, async (_visit, req, res) => {
    const source = await sourceOf(req, req.params['key']);
    res.setHeader('Cache-Control', 'public, max-age=60');
    res.json(segmentSettings(source, hostOf(house, req)));
  });
  door.get('/sourceConfig', 'anyone', ...beforeNone, async (_visit, req, res) => {
    res.json(rudderConfig(await sourceOf(req)));
  });
  door.get('/health', 'anyone', (_visit, _req, res) => {
    const isUp = verbatim.logs.isAlive() && house.isOpen();
    res.status(isUp ? 200 : 503).json({ server: isUp ? 'UP' : 'DOWN', db: isUp ? 'UP' : 'DOWN' });
  });
  door.get('/version', 'anyone', (_visit, _req, res) => {
    res.json({ name: 'Verbatim' });
  });

  analyticsDoor(door, collecting, beforeOne);
  mixpanelDoor(door, collecting);
}

/** A message that stands in an address: in `data` as JSON in base64, else field by field, objects as JSON. */
function pixelMessage(req: Request): Plain {
  const data = queryOf(req, 'data');
  const read = (text: string): unknown => {
    try {
      return readJson(text);
    } catch {
      throw new Problem('invalid', 'This is no JSON', { detail: 'Nothing of this request was kept' });
    }
  };
  if (data !== '') {
    const value = read(Buffer.from(data, 'base64').toString('utf8'));
    return isPlain(value) ? value : {};
  }
  return Object.fromEntries(
    Object.keys(req.query).map((name) => {
      const text = queryOf(req, name);
      return [name, text.startsWith('{') ? read(text) : text];
    }),
  );
}

/** Where clients reach us: the address people use, else the one this request was sent to. */
export function hostOf({ publicUrl }: House, req: Request): { protocol: string; host: string } {
  const url = publicUrl === null ? null : new URL(publicUrl);
  return url
    ? { protocol: url.protocol.replace(':', ''), host: url.host }
    : { protocol: req.protocol, host: req.get('host') ?? 'localhost' };
}

/** What analytics.js asks for before it sends. It names no destination but us, since it would load each from elsewhere. */
const segmentSettings = ({ writeKey }: Source, { protocol, host }: { protocol: string; host: string }) => ({
  integrations: {
    'Segment.io': { apiKey: writeKey, apiHost: `${host}/v1`, protocol, retryQueue: true, addBundledMetadata: false },
  },
  plan: { track: { __default: { enabled: true, integrations: {} } }, identify: {}, group: {} },
  metrics: { sampleRate: 0 },
  enabledMiddleware: {},
  remotePlugins: [],
});

/** What RudderStack's browser client asks for before it sends. */
const rudderConfig = ({ publicId, name, writeKey, createdAt }: Source) => ({
  source: {
    id: publicId,
    name,
    writeKey,
    enabled: true,
    workspaceId: 'verbatim',
    updatedAt: createdAt,
    config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
    destinations: [],
    dataplanes: {},
    connections: [],
  },
  updatedAt: createdAt,
});
