import { type AttributeFamily, instantOf } from './attribute.ts';

/** What a program tells of a person, as the clients of Segment and RudderStack write it. */

export type MessageKind = 'identify' | 'track' | 'page' | 'screen' | 'group' | 'alias';
export const MESSAGE_KINDS: readonly MessageKind[] = ['identify', 'track', 'page', 'screen', 'group', 'alias'];
const isKind = (kind: unknown): kind is MessageKind => MESSAGE_KINDS.includes(kind as MessageKind);

type Plain = Record<string, unknown>;

/** What a message says, as it is kept. */
export type MessageBody = {
  /** Of a track, page or screen. */
  properties?: Plain;
  /** Of an identify or a group. */
  traits?: Plain;
  /** Where it happened: page, campaign, device, library and the like. Never an address of the network. */
  context?: Plain;
  previousId?: string;
  /** Of an alias whose sender may speak of browsers only: then `previousId` is one, whoever else is called so. */
  previousIs?: 'anonymous';
  groupId?: string;
  /** Who told it, when no source did. */
  from?: string;
  /** Families that whoever told it is sure of, by attribute. */
  families?: Record<string, AttributeFamily>;
};

export type EventMessage = {
  kind: MessageKind;
  /** Null when the sender gave none, so that the same sent again is another message. */
  messageId: string | null;
  /** The event of a track, the name of a page or screen; else empty. */
  name: string;
  userId: string | null;
  anonymousId: string | null;
  body: MessageBody;
  /** ISO 8601 in UTC, on the server's clock. */
  occurredAt: string;
};

/** What holds for every message of a request. */
export type Arrival = {
  /** Milliseconds since 1970, on the server's clock. */
  receivedAtMs: number;
  /** When the sender says that it sent the request, on its own clock. */
  sentAt?: unknown;
  /** What a batch says of all its messages. */
  context?: unknown;
  /** What the address says the message is; else its own `type` does. */
  kind?: MessageKind;
  /** True when a group may be told of without anybody who belongs to it. */
  mayNameNobody?: boolean;
};

const ID_MAX = 255;
const NAME_MAX = 200;
/** What a program writes that had no id at hand. One person of that name would be everybody. */
const NO_IDS = new Set([
  'undefined',
  'null',
  'NaN',
  'None',
  'nil',
  '[object Object]',
  '00000000-0000-0000-0000-000000000000',
]);

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws Fault */
function readId(value: unknown, what: string): string | null {
  if (value === undefined || value === null || value === '') return null;
  const id = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  if (typeof id !== 'string') throw new Fault(`${what} must be text or a number`);
  const text = mendText(id.trim());
  if (text === '') return null;
  if (text.length > ID_MAX) throw new Fault(`${what} is longer than ${ID_MAX} letters`);
  if (NO_IDS.has(text)) throw new Fault(`${what} is “${text}”, which a program writes when it has no id`);
  return text;
}

/** Why a message can never be kept. */
class Fault extends Error {}

/**
 * Reads one message.
 *
 * @returns the message with what was left out of it, or why it can never be kept
 *
 * @example
 * readMessage({ type: 'track', userId: 7, event: 'Signed Up' }, { receivedAtMs: 0 }).message?.userId // => '7'
 * @example
 * readMessage({ type: 'track', event: 'Signed Up' }, { receivedAtMs: 0 }).fault // => 'userId or anonymousId is needed'
 */
export function readMessage(
  raw: unknown,
  arrival: Arrival,
): { message: EventMessage; warnings: string[]; fault?: never } | { fault: string; message?: never } {
  if (!isPlain(raw)) return { fault: 'A message must be an object' };
  try {
    const warnings: string[] = [];
    const message = read(raw, arrival, warnings);
    return { message, warnings };
  } catch (error) {
    if (error instanceof Fault) return { fault: error.message };
    throw error;
  }
}

function read(raw: Plain, arrival: Arrival, warnings: string[]): EventMessage {
  const type = typeof raw['type'] === 'string' ? raw['type'].toLowerCase() : raw['type'];
  const kind = arrival.kind ?? type;
  if (!isKind(kind)) throw new Fault(`type must be one of ${MESSAGE_KINDS.join(', ')}`);
  const userId = readId(raw['userId'], 'userId');
  const anonymousId = readId(raw['anonymousId'], 'anonymousId');
  const body: MessageBody = {};
  let name = '';
  const object = (key: string): Plain | undefined => {
    const value = raw[key];
    if (isPlain(value)) return value;
    if (value !== undefined && value !== null) warnings.push(`${key} is no object, so nothing of it is kept`);
    return undefined;
  };
  const ownContext = object('context');
  const traits = object('traits');
  if (kind === 'track' || kind === 'page' || kind === 'screen') {
    const given = kind === 'track' ? raw['event'] : raw['name'];
    name = typeof given === 'string' ? mendText(given.trim()) : '';
    if (kind === 'track' && name === '') throw new Fault('event, the name of what happened, is needed');
    if (name.length > NAME_MAX) throw new Fault(`The event’s name is longer than ${NAME_MAX} letters`);
    const { ip: _ip, $ip: _, ...properties } = object('properties') ?? {};
    if (kind !== 'track' && typeof raw['category'] === 'string') properties['category'] ??= raw['category'];
    body.properties = properties;
  }
  if (kind === 'identify') {
    // Some clients tell of the person in the context.
    const told = isPlain(ownContext?.['traits']) ? ownContext['traits'] : {};
    const { ip: _ip, $ip: _, ...all } = { ...told, ...traits };
    body.traits = all;
  }
  if (kind === 'group') {
    const groupId = readId(raw['groupId'], 'groupId');
    if (groupId === null) throw new Fault('groupId is needed');
    body.groupId = groupId;
    body.traits = traits ?? {};
  } else if (kind === 'alias') {
    const previousId = readId(raw['previousId'], 'previousId');
    if (previousId === null || userId === null) throw new Fault('previousId and userId are needed');
    body.previousId = previousId;
  }
  if (userId === null && anonymousId === null && !(kind === 'group' && arrival.mayNameNobody))
    throw new Fault('userId or anonymousId is needed');

  const context = usefulContext(ownContext, isPlain(arrival.context) ? arrival.context : undefined);
  if (context) body.context = context;
  const messageId = readId(raw['messageId'], 'messageId');
  if (messageId === null) warnings.push('Without messageId, the same sent again counts again');
  return { kind, messageId, name, userId, anonymousId, body, occurredAt: readTime(raw, arrival, warnings) };
}

/** What of a context says something of the person or the place; nothing that singles out a device or a line. */
const CONTEXT_KEPT: Readonly<Record<string, readonly string[] | 'whole'>> = {
  app: ['name', 'version', 'build', 'namespace'],
  campaign: ['name', 'source', 'medium', 'term', 'content'],
  channel: 'whole',
  device: ['type', 'manufacturer', 'model', 'name'],
  groupId: 'whole',
  library: ['name', 'version'],
  locale: 'whole',
  location: ['city', 'country', 'region'],
  os: ['name', 'version'],
  page: ['path', 'referrer', 'search', 'title', 'url'],
  referrer: ['id', 'type', 'url', 'name', 'link'],
  replay_url: 'whole',
  screen: ['width', 'height', 'density'],
  sessionId: 'whole',
  timezone: 'whole',
  userAgent: 'whole',
};
const CONTEXT_NAMES = Object.keys(CONTEXT_KEPT);

function usefulContext(own: Plain | undefined, shared: Plain | undefined): Plain | undefined {
  if (!own && !shared) return undefined;
  const kept: Plain = {};
  let isEmpty = true;
  for (const name of CONTEXT_NAMES) {
    const value = own?.[name] ?? shared?.[name];
    if (value === undefined || value === null) continue;
    const parts = CONTEXT_KEPT[name];
    if (isPlain(value)) {
      if (parts === 'whole' || parts === undefined) continue;
      const some: Plain = {};
      for (const part of parts) if (isWord(value[part])) some[part] = value[part];
      kept[name] = some;
    } else if (isWord(value)) kept[name] = value;
    else continue;
    isEmpty = false;
  }
  return isEmpty ? undefined : kept;
}

const isWord = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/**
 * When it happened. A sender's clock may be wrong, and by how much shows in when it says it sent: the time is turned to
 * our clock by that. A `timestamp` given beside the sender's own `originalTimestamp`, or without a time of sending, is
 * history and stands. Nothing happens after it was received.
 */
function readTime(raw: Plain, { receivedAtMs, sentAt: sentWith }: Arrival, warnings: string[]): string {
  const timestamp = readInstant(raw['timestamp']);
  const original = readInstant(raw['originalTimestamp']);
  const sent = readInstant(raw['sentAt']) ?? readInstant(sentWith);
  if (timestamp === null && raw['timestamp'] !== undefined && raw['timestamp'] !== null)
    warnings.push('timestamp is no time, so the time of arrival stands for it');
  const told = timestamp ?? original;
  let at = receivedAtMs;
  if (told !== null)
    at = sent === null || (timestamp !== null && original !== null) ? told : receivedAtMs - (sent - told);
  if (at > receivedAtMs) warnings.push('It lies in the future, so the time of arrival stands for it');
  return new Date(Math.max(0, Math.min(at, receivedAtMs))).toISOString();
}

/** Milliseconds since 1970 of ISO 8601 text or a number of milliseconds; null for anything else. */
function readInstant(value: unknown): number | null {
  const ms = typeof value === 'string' ? instantOf(value) : typeof value === 'number' ? value : Number.NaN;
  return Math.abs(ms) <= 8.64e15 ? ms : null;
}

/** Text that every engine keeps as it is: NUL and halves of letters become U+FFFD. */
const mendText = (text: string): string => text.replaceAll('\u0000', '\uFFFD').toWellFormed();

/** True for JSON text that holds what a database cannot keep as text: NUL, and halves of letters. */
const hasBrokenText = (json: string): boolean => /\\u(0000|d[89a-f])/i.test(json);

/**
 * Reads the JSON of a request. NUL and halves of letters become U+FFFD, as in all text that comes in.
 *
 * @throws {SyntaxError} for what is no JSON
 *
 * @example
 * readJson('{"a":"x\\u0000"}') // => { a: 'x\uFFFD' }
 */
export function readJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return hasBrokenText(text) ? mended(value, 0) : value;
}

const DEPTH_MAX = 200;
function mended(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return mendText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH_MAX) return null;
  if (Array.isArray(value)) return value.map((one) => mended(one, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [mended(key, depth) as string, mended(one, depth + 1)]),
  );
}
