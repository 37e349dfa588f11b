import type { z } from 'zod';
import type { FileAnswer, Names, Operation } from '../web/api/operation.ts';
import type { ApiOperations } from '../web/api/resources.ts';
import { OPERATIONS } from './operations.ts';

/*
 * A client of the API for any runtime with fetch. It brings nothing along: what it knows of shapes are types, taken from
 * the schemas that the server checks with.
 */

type Query<One> =
  One extends Operation<infer _M, infer _P, infer Query, infer _B, infer _A>
    ? keyof Query['shape'] extends never
      ? Empty
      : z.input<Query>
    : never;
type Body<One> = One extends Operation<infer _M, infer _P, infer _Q, infer Body, infer _A> ? z.input<Body> : never;
type Data<One> =
  One extends Operation<infer _M, infer _P, infer _Q, infer _B, infer Answer>
    ? z.output<Answer> extends FileAnswer
      ? Response
      : z.output<Answer>
    : never;
type PathOf<One> = One extends Operation<infer _M, infer Path, infer _Q, infer _B, infer _A> ? Path : never;
type Empty = Record<never, never>;

/** What is sent: names in the address and of the query beside each other, and the body. */
export type Sent<One> = { [Name in Names<PathOf<One> & string>]: string } & Query<One> &
  (Body<One> extends undefined ? Empty : { body: Body<One> }) & {
    /** The ETag of what is written over, or * for whatever is there. */
    ifMatch?: string;
    /** An ETag: the data is null while it still holds. */
    ifNoneMatch?: string;
    /** A name of the request, under which it is done once. */
    idempotencyKey?: string;
  };
export type Received<Content> = { status: number; etag: string | null; data: Content; headers: Headers };

export type Client = {
  [Name in keyof ApiOperations]: (sent: Sent<ApiOperations[Name]>) => Promise<Received<Data<ApiOperations[Name]>>>;
};

/** A refusal, as the server says it (RFC 9457). */
export class Refusal extends Error {
  readonly status: number;
  readonly type: string;
  readonly detail: string;
  readonly errors: readonly { pointer: string; detail: string }[];
  readonly retryAfterSeconds: number | null;
  constructor(
    told: { type?: string; title?: string; detail?: string; errors?: { pointer: string; detail: string }[] },
    status: number,
    retryAfterSeconds: number | null,
  ) {
    super([told.title ?? `The server answered ${status}`, told.detail].filter(Boolean).join('. '));
    this.name = 'Refusal';
    this.status = status;
    this.type = told.type ?? '';
    this.detail = told.detail ?? '';
    this.errors = told.errors ?? [];
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const HEADERS = { ifMatch: 'If-Match', ifNoneMatch: 'If-None-Match', idempotencyKey: 'Idempotency-Key' } as const;

/**
 * A client for one study.
 *
 * @param url where Verbatim is, such as `https://research.example`
 * @param key a key of the study, `vb_…`
 * @param study the study's id; what the key opens is asked where it is left out
 * @param send another fetch than the runtime's
 */
export function verbatimClient({
  url,
  key,
  study,
  send = fetch,
}: {
  url: string;
  key: string;
  study?: string;
  send?: typeof fetch;
}): Client {
  let opened = study;

  async function call(method: string, path: string, sent: Record<string, unknown>): Promise<Received<unknown>> {
    const headers = new Headers({ Authorization: `Bearer ${key}`, Accept: 'application/json' });
    const query = new URLSearchParams();
    let address = path;
    if (path.includes(':study')) {
      opened ??= ((await call('GET', '/key', {})).data as { study: string }).study;
      address = address.replace(':study', encodeURIComponent(opened));
    }
    for (const [name, value] of Object.entries(sent)) {
      if (name === 'body' || value === undefined) continue;
      if (name in HEADERS) headers.set(HEADERS[name as keyof typeof HEADERS], String(value));
      else if (new RegExp(`:${name}(/|$)`).test(address))
        address = address.replace(new RegExp(`:${name}(?=/|$)`), encodeURIComponent(String(value)));
      else query.set(name, String(value));
    }
    const body = sent['body'] === undefined ? null : JSON.stringify(sent['body']);
    if (body !== null) headers.set('Content-Type', 'application/json');
    const asked = query.size > 0 ? `?${query}` : '';
    const response = await send(new URL(`/api/v1${address}${asked}`, url), { method, headers, body });
    if (response.status >= 400) throw await refusalOf(response);
    return {
      status: response.status,
      etag: response.headers.get('etag'),
      data: await dataOf(response),
      headers: response.headers,
    };
  }

  return Object.fromEntries(
    Object.entries(OPERATIONS).map(([name, [method, path]]) => [
      name,
      (sent: Record<string, unknown> = {}) => call(method, path, sent),
    ]),
  ) as unknown as Client;
}

/** JSON as data, anything else as the response itself, for whoever saves it. */
async function dataOf(response: Response): Promise<unknown> {
  if (response.status === 204 || response.status === 304) return null;
  return /^application\/json\s*(;|$)/.test(response.headers.get('content-type') ?? '') ? response.json() : response;
}

async function refusalOf(response: Response): Promise<Refusal> {
  const told = (await response.json().catch(() => ({}))) as ConstructorParameters<typeof Refusal>[0];
  const seconds = Number(response.headers.get('retry-after'));
  return new Refusal(told, response.status, seconds > 0 ? seconds : null);
}

/**
 * Every item of a list, part after part.
 *
 * @param part one of the client's lists, such as `(page) => client.listSurveys(page)`
 */
export async function* everyItem<Item>(
  part: (page: { cursor?: string }) => Promise<Received<{ items: Item[]; next: string | null }>>,
): AsyncGenerator<Item> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { data }: Received<{ items: Item[]; next: string | null }> = await part(
      cursor === undefined ? {} : { cursor },
    );
    yield* data.items;
    cursor = data.next;
  }
}
