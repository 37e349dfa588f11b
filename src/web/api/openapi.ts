import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { API_SCOPES } from '../../model/api-scope.ts';
import { NoBody, type Operation } from './operation.ts';
import { API, type Operations } from './operations.ts';

const ProblemAnswer = z
  .object({
    type: z.string().meta({ description: 'The kind of problem, such as /problems/not-found' }),
    title: z.string().meta({ description: 'What happened' }),
    status: z.number().int(),
    detail: z.string().meta({ description: 'What to do next' }),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'Each place that does not fit, as a JSON pointer into query or body' }),
    request: z.string().meta({ description: 'The number of the request, which is also in the header X-Request-Id' }),
  })
  .meta({ id: 'Problem', description: 'What every refusal says (RFC 9457)' });

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ProblemAnswer } },
});

/** What an operation may refuse with, and why. */
export function refusals(one: Operation): Record<number, string> {
  const writes = one.method !== 'GET';
  return {
    400: 'Query or body do not have the shape of the operation',
    401: 'No key, or one that opens nothing',
    ...(one.scope === null ? {} : { 403: `The key does not have the scope ${one.scope}` }),
    404: 'There is no such thing in the study that the key opens',
    ...(writes ? { 409: 'What is there does not allow it, or another request used this Idempotency-Key' } : {}),
    ...(writes ? { 410: 'It is over: closed, sent, withdrawn or let go' } : {}),
    ...(one.needsMatch ? { 412: 'It was changed since it was read', 428: 'If-Match is missing' } : {}),
    ...(one.body === NoBody ? {} : { 413: 'The body is too large', 415: 'The body is not JSON' }),
    ...(writes ? { 422: 'The values do not fit' } : {}),
    429: 'The key makes more requests in a minute than it may',
    503: 'The server is busy, or its disk is full; Retry-After says when to try again',
  };
}

export const pathNames = (path: string): string[] => [...path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
export const openPath = (path: string): string => `${API}${path.replaceAll(/:(\w+)/g, '{$1}')}`;

function described(name: string, one: Operation): ZodOpenApiOperationObject {
  const names = pathNames(one.path);
  const headers = {
    ...(one.method === 'GET' && !one.media
      ? {
          'If-None-Match': z
            .string()
            .optional()
            .meta({ description: 'An ETag: the answer is 304 while it still holds' }),
        }
      : {}),
    ...(one.needsMatch
      ? { 'If-Match': z.string().meta({ description: 'The ETag of what is written over, or * for whatever is there' }) }
      : {}),
    ...(one.method === 'GET'
      ? {}
      : {
          'Idempotency-Key': z
            .string()
            .optional()
            .meta({ description: 'A name of the request: sent again within 24 hours, it gets its first answer again' }),
        }),
  };
  return {
    operationId: name,
    summary: one.title,
    ...(one.text === undefined ? {} : { description: one.text }),
    tags: [one.chapter],
    security: [{ key: one.scope === null ? [] : [one.scope] }],
    requestParams: {
      ...(names.length > 0
        ? {
            path: z.object(
              Object.fromEntries(
                names.map((part) => [part, z.string().meta({ description: `The id of the ${part}` })]),
              ),
            ),
          }
        : {}),
      query: one.query,
      header: z.object(headers),
    },
    ...(one.body === NoBody
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: one.body,
                ...(one.example?.body === undefined ? {} : { example: one.example.body }),
              },
            },
          },
        }),
    responses: {
      [String(one.status)]: {
        description: one.status === 204 ? 'It was done' : 'What was asked for',
        ...(one.media
          ? { content: Object.fromEntries(one.media.map((type) => [type, { schema: one.answer }])) }
          : one.status === 204
            ? {}
            : { content: { 'application/json': { schema: one.answer } } }),
      },
      ...(one.method === 'GET' && !one.media ? { 304: { description: 'Nothing has changed' } } : {}),
      ...Object.fromEntries(Object.entries(refusals(one)).map(([status, why]) => [status, problem(why)])),
    },
  } as ZodOpenApiOperationObject;
}

const made = new WeakMap<Operations, Promise<OpenApi>>();
export type OpenApi = Awaited<ReturnType<typeof makeDocument>>;

async function makeDocument(operations: Operations) {
  const { createDocument } = await import('zod-openapi');
  const paths: ZodOpenApiPathsObject = {};
  for (const [name, one] of Object.entries(operations)) {
    const at = openPath(one.path);
    paths[at] = { ...paths[at], [one.method.toLowerCase()]: described(name, one) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Verbatim',
      version: '1',
      description: 'What a researcher does in one study, for programs. The reference with examples is at /api/docs.',
    },
    servers: [{ url: '/' }],
    tags: [...new Set(Object.values(operations).map(({ chapter }) => chapter))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: `A key of one study. Scopes: ${Object.entries(API_SCOPES)
            .map(([scope, { label }]) => `${scope} (${label})`)
            .join('; ')}`,
        },
      },
    },
  });
}

/** The document of all operations in OpenAPI 3.1, made once from the schemas that check them. */
export function openApiDocument(operations: Operations): Promise<OpenApi> {
  const found = made.get(operations) ?? makeDocument(operations);
  made.set(operations, found);
  return found;
}
