import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { API_SCOPES } from '../../model/api-scope.ts';
import { Problem } from '../../model/problem.ts';
import type { KeptAnswer } from '../../services/api-answers.ts';
import type { OpenKey } from '../../services/api-keys.ts';
import type { House } from '../app.ts';
import { audited } from '../audited.ts';
import { contentDisposition } from '../content-disposition.ts';
import type { RouteRow } from '../doorway.ts';
import { minuteCounter, networkOf } from '../security.ts';
import { type Call, type FileAnswer, NoBody, type Operation } from './operation.ts';
import {
  hasSeen,
  insistMatch,
  insistScope,
  keyIn,
  needMatch,
  noSuchKey,
  readBody,
  readShape,
  requestName,
  tagOf,
  tellRate,
} from './requests.ts';

export const API = '/api/v1';
const BODY_BYTES = 256 * 1024;
const PART = /^[A-Za-z0-9_.~-]{1,100}$/;

/** Reading with these shows what people said, or who they are. */
const RAW_SCOPES: ReadonlySet<string> = new Set(['responses:read', 'interviews:read', 'people:read']);

type AnyCall = Call<Record<string, unknown>>;

export type Operations = Readonly<Record<string, Operation>>;

/**
 * Registers operations with who may use them. The check stands here and nowhere else, and the same list is what
 * `verbatim routes` prints and the document is made from.
 */
export function operationDoor(router: Router, { verbatim, log }: House, operations: Operations): RouteRow[] {
  const requests = minuteCounter(() => verbatim.now());
  const wrongKeys = minuteCounter(() => verbatim.now());
  const most = verbatim.limits?.apiRequestsPerMinute ?? 0;
  const wrongKeysMost = verbatim.limits?.apiWrongKeysPerMinute ?? 0;

  async function keyOf(req: Request, res: Response): Promise<OpenKey> {
    const network = networkOf(req);
    if (wrongKeys.add(network, 0) >= wrongKeysMost)
      throw new Problem('too-many', 'Too many wrong keys come from your network', {
        detail: 'Wait a minute, then send a key that opens',
        retryAfterSeconds: 60,
      });
    res.setHeader('WWW-Authenticate', 'Bearer realm="Verbatim"');
    const key = await verbatim.apiKeys.open(keyIn(req));
    if (!key) {
      wrongKeys.add(network);
      throw noSuchKey();
    }
    res.removeHeader('WWW-Authenticate');
    tellRate(res, { most, seen: requests.add(key.id), now: verbatim.now() });
    return key;
  }

  /** Who asks, and whether they may: before anything of the body is read. */
  const enter =
    (one: Operation): RequestHandler =>
    async (req, res, next) => {
      const key = await keyOf(req, res);
      // Whoever keeps account of requests sees the key of those that are refused as well.
      res.locals['key'] = key;
      const study = String(req.params['study'] ?? key.study.publicId);
      if (study !== key.study.publicId)
        throw new Problem('not-found', 'This key opens no such study', {
          detail: 'A key opens one study; GET /api/v1/key says which',
        });
      insistScope(key, one.scope);
      if (!Object.values(req.params).every((part) => PART.test(String(part))))
        throw new Problem('not-found', 'There is nothing of this address in this study');
      if (one.needsMatch) needMatch(req);
      next();
    };

  function callOf(one: Operation, req: Request, res: Response): AnyCall {
    const key = res.locals['key'] as OpenKey;
    const query = readShape('query', one.query, req.query) as Record<string, unknown>;
    const body = readShape('body', one.body, readBody(req, req.body, one.body !== NoBody));
    const { cursor, limit, ...asked } = query;
    // Another query is another list, but a part of another size is not.
    const list = JSON.stringify([one.method, req.path, asked]);
    const position = () => (typeof cursor === 'string' ? verbatim.cursors.open(list, cursor) : null);
    const next = (at: string | number) => verbatim.cursors.seal(list, at);
    return {
      study: { ...key.study, role: one.scope === null ? 'viewer' : API_SCOPES[one.scope].role },
      key,
      actor: { userId: key.madeBy },
      params: req.params as Record<string, string>,
      query,
      body,
      position,
      next,
      part: (rows, idOf) => {
        const after = Number(position() ?? 0);
        const sorted = rows.filter((row) => idOf(row) > after).sort((a, b) => idOf(a) - idOf(b));
        const shown = sorted.slice(0, Number(limit));
        const last = shown.at(-1);
        return { rows: shown, next: last !== undefined && sorted.length > shown.length ? next(idOf(last)) : null };
      },
      tag: (tag) => res.setHeader('ETag', tag),
      insistMatch: (tag) => insistMatch(req, tag),
      created: (path) => res.setHeader('Location', `${API}/studies/${key.study.publicId}${path}`),
    };
  }

  /** Does what was asked, and checks that the answer is what the document says. */
  async function work(one: Operation, call: AnyCall, res: Response): Promise<KeptAnswer> {
    const outcome = await one.handle(call);
    const body = one.status === 204 ? '' : JSON.stringify(one.answer.parse(outcome));
    const location = res.getHeader('Location');
    const tag = res.getHeader('ETag') ?? (body === '' ? undefined : tagOf(body));
    return {
      status: one.status,
      headers: {
        ...(location === undefined ? {} : { Location: String(location) }),
        ...(tag === undefined ? {} : { ETag: String(tag) }),
      },
      body,
    };
  }

  const sendFile = async (call: AnyCall, one: Operation, res: Response): Promise<void> => {
    const file = (await one.handle(call)) as FileAnswer;
    res.setHeader('Content-Disposition', contentDisposition(file.name));
    res.setHeader('X-Content-Type-Options', 'nosniff');
    res.type(file.mediaType);
    await pipeline(Readable.from(file.chunks), res);
  };

  const answer =
    (one: Operation): RequestHandler =>
    async (req, res) => {
      const call = callOf(one, req, res);
      if (one.media) return sendFile(call, one, res);
      const name = one.method === 'GET' ? null : requestName(req);
      const once = [one.method, req.originalUrl, Buffer.isBuffer(req.body) ? req.body.toString('base64') : ''];
      const outcome =
        name === null
          ? { ...(await work(one, call, res)), isReplayed: false }
          : await verbatim.apiAnswers.once(call.key.id, name, once, () => work(one, call, res));
      for (const [header, value] of Object.entries(outcome.headers)) res.setHeader(header, value);
      if (outcome.isReplayed) res.setHeader('Idempotency-Replayed', 'true');
      if (one.method === 'GET' && hasSeen(req, outcome.headers['ETag'] ?? '')) return void res.status(304).end();
      res.status(outcome.status);
      if (outcome.body === '') return void res.end();
      res.type('application/json').send(outcome.body);
    };

  const onFault = (error: unknown) => log.error({ err: error }, 'the audit log cannot be written');
  const methods = new Map<string, string[]>();
  for (const one of Object.values(operations)) {
    const path = `${API}${one.path}`;
    const verb = one.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
    if (one.method !== 'GET' || RAW_SCOPES.has(one.scope ?? '')) {
      const holding = { action: one.method === 'GET' ? (one.media ? 'export' : 'view') : null, onFault } as const;
      router[verb](path, audited(verbatim, `${one.method} ${path}`, holding));
    }
    router[verb](path, enter(one), express.raw({ type: () => true, limit: one.bytesMax ?? BODY_BYTES }), answer(one));
    methods.set(path, [...(methods.get(path) ?? []), one.method]);
  }
  for (const [path, allowed] of methods) {
    router.all(path, (_req, res) => {
      res.setHeader('Allow', allowed.join(', '));
      throw new Problem('other-method', 'Nothing can be done here by this method', {
        detail: `Use ${allowed.join(' or ')}`,
      });
    });
  }
  return Object.values(operations).map(({ method, path, scope }) => ({
    method,
    path: `${API}${path}`,
    access: scope === null ? 'key' : `key ${scope}`,
  }));
}
