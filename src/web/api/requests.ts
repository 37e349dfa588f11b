import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { API_SCOPES, type ApiScope } from '../../model/api-scope.ts';
import { readJson } from '../../model/event-message.ts';
import { Problem, type ProblemError } from '../../model/problem.ts';
import type { OpenKey } from '../../services/api-keys.ts';
import { depthOf, JSON_DEPTH_MAX } from '../../services/surveys.ts';

/** A tag of what an answer holds: the same content, the same tag. */
export const tagOf = (content: string): string =>
  `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;

/** The tag of a row that counts its revisions. */
export const revisionTag = (revision: number): string => `"r${revision}"`;

const tagsIn = (header: string): string[] => header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));

/** True when a program has seen this state already. */
export const hasSeen = (req: Request, tag: string): boolean => {
  const header = req.headers['if-none-match'];
  return header !== undefined && (header.trim() === '*' || tagsIn(header).includes(tag));
};

/** @throws Problem `version-needed` where the request does not say what it writes over */
export function needMatch(req: Request): void {
  if (req.headers['if-match'] === undefined)
    throw new Problem('version-needed', 'This operation writes over what is there, so it needs If-Match', {
      detail: 'Read it first, and send the ETag of that answer as If-Match',
    });
}

/** @throws Problem `changed` where the program has seen another state than this one */
export function insistMatch(req: Request, tag: string): void {
  const header = req.headers['if-match'];
  if (header === undefined || header.trim() === '*' || tagsIn(header).includes(tag)) return;
  throw new Problem('changed', 'This was changed since you read it', {
    detail: 'Nothing was written. Read it again, carry your change over, and send the new ETag as If-Match',
  });
}

const keyNeeded = (title: string) =>
  new Problem('signed-out', title, {
    detail: 'Send "Authorization: Bearer" and a key that an owner of the study made on the page API keys',
  });

/** @throws Problem `signed-out` for a request without a key */
export function keyIn(req: Request): string {
  const [, key] = /^Bearer +(\S+)$/i.exec(req.headers.authorization ?? '') ?? [];
  if (key === undefined) throw keyNeeded('A key is needed');
  return key;
}
export const noSuchKey = () => keyNeeded('This key opens nothing: it is none, has run out, or was ended');

/** @throws Problem `forbidden` where the key may not do what the operation does */
export function insistScope(key: OpenKey, scope: ApiScope | null): void {
  if (scope !== null && !key.scopes.includes(scope))
    throw new Problem('forbidden', `This key does not have the scope ${scope}`, {
      detail: `It is needed to: ${API_SCOPES[scope].label}. Ask an owner of the study for a key that has it`,
    });
}

const pointerTo = (part: string, path: readonly PropertyKey[]): string =>
  [`#/${part}`, ...path.map((step) => String(step).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');

/** What does not fit, place by place; an unknown name is said with its place. */
const errorsOf = (part: string, error: z.ZodError): ProblemError[] =>
  error.issues
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({
            pointer: pointerTo(part, [...issue.path, key]),
            detail: 'There is no such field here',
          }))
        : [{ pointer: pointerTo(part, issue.path), detail: issue.message }],
    )
    .slice(0, 50);

/** @throws Problem `malformed` naming every place that does not have the shape of the operation */
export function readShape<Shape extends z.ZodType>(
  part: 'query' | 'body',
  shape: Shape,
  value: unknown,
): z.output<Shape> {
  const read = shape.safeParse(value);
  if (read.success) return read.data;
  throw new Problem(
    'malformed',
    part === 'body' ? 'The body does not have the shape of this operation' : 'The query does not fit this operation',
    { detail: 'Nothing was done. Compare it with the reference at /api/docs', errors: errorsOf(part, read.error) },
  );
}

/**
 * A body as it was sent.
 *
 * @param bytes what came, or nothing
 * @throws Problem `unsupported` for anything but JSON, `malformed` for what is no JSON or is nested too deeply
 */
export function readBody(req: Request, bytes: unknown, isWanted: boolean): unknown {
  const text = Buffer.isBuffer(bytes) ? bytes.toString('utf8') : '';
  if (text === '') {
    if (!isWanted) return undefined;
    throw new Problem('malformed', 'This operation needs a body', { detail: 'Send JSON as the reference shows it' });
  }
  if (!/^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(req.headers['content-type'] ?? ''))
    throw new Problem('unsupported', 'Only JSON is read here', { detail: 'Send Content-Type: application/json' });
  if (depthOf(text) > JSON_DEPTH_MAX)
    throw new Problem('malformed', 'This is nested too deeply', {
      detail: `At most ${JSON_DEPTH_MAX} levels are read`,
    });
  try {
    return readJson(text);
  } catch (error) {
    throw new Problem('malformed', 'This is no JSON', {
      detail: `The reader says: ${(error as Error).message}`,
    });
  }
}

const NAME = /^[\u0021-\u007E]{1,255}$/;

/** The name that a request gives itself; null for none. @throws Problem `malformed` for what cannot be one */
export function requestName(req: Request): string | null {
  const header = req.headers['idempotency-key'];
  if (header === undefined) return null;
  const name = String(header).replace(/^"(.*)"$/, '$1');
  if (!NAME.test(name))
    throw new Problem('malformed', 'The Idempotency-Key cannot be read', {
      detail: 'Send 1 to 255 letters, digits and signs without spaces, such as a UUID',
    });
  return name;
}

/** Says how much of a key's minute is left. */
export function tellRate(res: Response, { most, seen, now }: { most: number; seen: number; now: Date }): void {
  const left = 60 - (Math.floor(now.getTime() / 1000) % 60);
  res.setHeader('RateLimit-Policy', `"key";q=${most};w=60`);
  res.setHeader('RateLimit', `"key";r=${Math.max(0, most - seen)};t=${left}`);
  if (seen > most)
    throw new Problem('too-many', 'This key makes more requests in a minute than it may', {
      detail: `Nothing was done: send this again in ${left} seconds`,
      retryAfterSeconds: left,
    });
}
