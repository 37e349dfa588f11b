import { z } from 'zod';
import type { ApiScope } from '../../model/api-scope.ts';
import type { OpenKey } from '../../services/api-keys.ts';
import type { Position } from '../../services/cursors.ts';
import type { EnteredStudy } from '../doorway.ts';

/*
 * An operation of the API says everything about itself in one place: where it is, who may use it, what it takes and what
 * it answers. The schemas check requests and answers, and the document and the reference page are made from the same.
 */

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The names in an address, but for that of the study. */
export type Names<Path extends string> = string extends Path ? string : Exclude<AllNames<Path>, 'study'>;
type AllNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | AllNames<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

/** Bytes with a name, as a file that is saved. */
export type FileAnswer = { name: string; mediaType: string; chunks: AsyncIterable<string | Uint8Array> };
export const File = z.custom<FileAnswer>().meta({ override: { type: 'string', format: 'binary' } });
/** A file that is there as a whole. */
export async function* inOne(whole: string | Uint8Array): AsyncGenerator<string | Uint8Array> {
  yield whole;
}
/** An answer that says nothing more than that it was done. */
export const Nothing = z.null();
export const NoQuery = z.strictObject({});
export const NoBody = z.undefined();

/** What a program sent, read and found to fit. */
export type Call<Query = unknown, Body = unknown, Name extends string = string> = {
  /** The study with the role that the operation's scope acts by. */
  study: EnteredStudy;
  key: OpenKey;
  /** Whoever made the key answers for what is done with it. */
  actor: { userId: number };
  params: Readonly<Record<Name, string>>;
  query: Query;
  body: Body;
  /** Where the list goes on; null at its beginning. */
  position: () => Position | null;
  /** What leads on from a position, for `next`. */
  next: (position: Position) => string;
  /** A part of a list that is read whole, in the order of ids. */
  part: <Row>(rows: readonly Row[], idOf: (row: Row) => number) => { rows: Row[]; next: string | null };
  /** Goes out as the answer's ETag, in the place of one made from its content. */
  tag: (tag: string) => void;
  /** @throws Problem `changed` where the program has seen another state than this one */
  insistMatch: (tag: string) => void;
  /** Where what was made now is, behind the address of the study. */
  created: (path: string) => void;
};

export type Operation<
  M extends Method = Method,
  Path extends string = string,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> = {
  method: M;
  path: Path;
  scope: ApiScope | null;
  /** The chapter of the reference that it stands in. */
  chapter: string;
  title: string;
  text?: string;
  query: Query;
  body: Body;
  answer: Answer;
  status: number;
  /** The media types that a file may come as. */
  media?: readonly string[];
  /** Writes over what is there, so it needs If-Match. */
  needsMatch?: boolean;
  bytesMax?: number;
  /** A request that can be sent as it stands once names in braces are filled in. */
  example?: { query?: Record<string, unknown>; body?: unknown };
  handle(call: Call<z.output<Query>, z.output<Body>, Names<Path>>): Promise<z.input<Answer>> | z.input<Answer>;
};

/** Declares an operation, and keeps its types for the client. */
export function operation<
  const M extends Method,
  const Path extends string,
  Query extends z.ZodObject = typeof NoQuery,
  Body extends z.ZodType = typeof NoBody,
  Answer extends z.ZodType = typeof Nothing,
>(
  told: Omit<Operation<M, Path, Query, Body, Answer>, 'query' | 'body' | 'answer' | 'status'> & {
    query?: Query;
    body?: Body;
    answer?: Answer;
    status?: number;
  },
): Operation<M, Path, Query, Body, Answer> {
  return {
    ...told,
    query: told.query ?? (NoQuery as unknown as Query),
    body: told.body ?? (NoBody as unknown as Body),
    answer: told.answer ?? (Nothing as unknown as Answer),
    status: told.status ?? (told.answer === undefined ? 204 : 200),
  };
}

export const PAGE_MAX = 200;
const PAGE_USUAL = 50;

/** What every list may be asked. */
export const pageQuery = {
  limit: z.coerce
    .number<number>()
    .int()
    .min(1)
    .max(PAGE_MAX)
    .default(PAGE_USUAL)
    .meta({ description: `How many at most, 1 to ${PAGE_MAX}` }),
  cursor: z.string().max(600).optional().meta({ description: 'What "next" of the part before said' }),
};
export const PageQuery = z.strictObject(pageQuery);

/** A part of a list, and what leads to the next part; null at its end. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    items: z.array(item),
    next: z.string().nullable().meta({ description: 'Send it as cursor to go on; null at the end' }),
  });

export const Id = z
  .string()
  .regex(/^[A-Za-z0-9_-]{22}$/, 'must be an id of 22 letters')
  .meta({ description: 'An id, 22 letters of base64url' });
export const Time = z.string().meta({ description: 'A time, ISO 8601 in UTC', format: 'date-time' });
