import type { Request, Response } from 'express';
import { readJson } from '../model/event-message.ts';
import { Problem } from '../model/problem.ts';
import type { Collecting } from './collect.ts';
import type { CollectRequests } from './collect-request.ts';
import type { Doorway } from './doorway.ts';
import { queryOf } from './form.ts';

/* Mixpanel's events, people and groups; its token is the write key. */

const ITEMS_MAX = 2000;

type Plain = Record<string, unknown>;
const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a request holds: a list, one object, lines of objects, or a form whose `data` is JSON, mostly in base64. */
function itemsOf(req: Request, { textOf }: CollectRequests): unknown[] {
  const text = textOf(req);
  const type = req.headers['content-type'] ?? '';
  try {
    if (/x-ndjson/.test(type)) return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [readJson(line)]));
    const data = /^\s*[[{]/.test(text) ? text : (new URLSearchParams(text).get('data') ?? '');
    const value = readJson(/^\s*[[{]/.test(data) ? data : Buffer.from(data, 'base64').toString('utf8'));
    return Array.isArray(value) ? value : [value];
  } catch {
    throw new Problem('invalid', 'This is no JSON', { detail: 'Nothing of this request was kept' });
  }
}

/** True for a post to /track that only Mixpanel's clients make; Segment's long names without /v1 share the address. */
export function isMixpanel(req: Request, requests: CollectRequests): boolean {
  if (/x-www-form-urlencoded/.test(req.headers['content-type'] ?? '')) return true;
  const text = requests.textOf(req);
  if (/^\s*\[/.test(text)) return true;
  const [first] = itemsOf(req, requests);
  return isPlain(first) && isPlain(first['properties']) && typeof first['properties']['token'] === 'string';
}

const tokenIn = (item: unknown): unknown =>
  isPlain(item)
    ? (item['$token'] ?? (isPlain(item['properties']) ? item['properties']['token'] : undefined))
    : undefined;

async function take(
  collecting: Collecting,
  req: Request,
  translate: (item: Plain) => Plain,
): Promise<{ count: number; faults: { index: number; reason: string }[] }> {
  const items = itemsOf(req, collecting);
  if (items.length > ITEMS_MAX)
    throw new Problem('too-large', `A request holds ${ITEMS_MAX} items at most`, { detail: 'Send it in parts' });
  const source = await collecting.sourceOf(req, ...items.slice(0, 1).map(tokenIn), queryOf(req, 'token'));
  const messages = items.map((item) => (isPlain(item) ? translate(item) : item));
  const faults = messages.length > 0 ? await collecting.keep(source, { messages, mayNameNobody: true }) : [];
  return { count: items.length - faults.length, faults };
}

export async function takeMixpanelTrack(collecting: Collecting, req: Request, res: Response): Promise<void> {
  const { count, faults } = await take(collecting, req, eventMessage);
  const isGood = count > 0 || faults.length === 0;
  if (queryOf(req, 'verbose') === '1')
    res.status(isGood ? 200 : 400).json({ status: isGood ? 1 : 0, error: faults[0]?.reason ?? null });
  else
    res
      .status(isGood ? 200 : 400)
      .type('text')
      .send(isGood ? '1' : '0');
}

export function mixpanelDoor(door: Doorway, collecting: Collecting): void {
  door.post('/import', 'anyone', ...collecting.beforeBatch, async (_visit, req, res) => {
    const { count, faults } = await take(collecting, req, eventMessage);
    res.status(faults.length > 0 ? 400 : 200).json({
      code: faults.length > 0 ? 400 : 200,
      num_records_imported: count,
      status: faults.length > 0 ? 'some data points in the request failed validation' : 'OK',
      failed_records: faults.map(({ index, reason }) => ({ index, message: reason })),
    });
  });
  for (const [path, translate] of [
    ['/engage', personMessage],
    ['/groups', groupMessage],
  ] as const)
    door.post(path, 'anyone', ...collecting.beforeBatch, async (_visit, req, res) => {
      const { count, faults } = await take(collecting, req, translate);
      const isGood = count > 0 || faults.length === 0;
      res.status(isGood ? 200 : 400).json({ status: isGood ? 1 : 0, error: faults[0]?.reason ?? null });
    });
}

const DEVICE = /^\$device:/;

/** Somebody with a user id, or a device that nobody has signed in on yet. */
function whoIs(properties: Plain): Plain {
  const id = properties['distinct_id'] ?? properties['$distinct_id'];
  const isDevice = typeof id === 'string' && DEVICE.test(id);
  const device = properties['$device_id'] ?? (isDevice ? id.replace(DEVICE, '') : undefined);
  const user = properties['$user_id'] ?? (isDevice || id === properties['$device_id'] ? undefined : id);
  return { ...(user !== undefined && { userId: user }), ...(device !== undefined && { anonymousId: device }) };
}

/** Seconds or milliseconds since 1970. */
function timeOf(value: unknown): Plain {
  const at = Number(value);
  return Number.isFinite(at) && at > 0 ? { timestamp: at < 1e11 ? at * 1000 : at } : {};
}

function eventMessage(item: Plain): Plain {
  const properties = isPlain(item['properties']) ? item['properties'] : {};
  const messageId = properties['$insert_id'];
  const shared = { ...timeOf(properties['time']), ...(messageId !== undefined && { messageId }) };
  if (item['event'] === '$identify')
    return {
      ...shared,
      type: 'identify',
      userId: properties['$identified_id'] ?? properties['distinct_id'],
      anonymousId: String(properties['$anon_id'] ?? '').replace(DEVICE, ''),
    };
  if (item['event'] === '$create_alias')
    return { ...shared, type: 'alias', userId: properties['alias'], previousId: properties['distinct_id'] };
  const { token: _token, time: _time, distinct_id: _id, ip: _ip, ...rest } = properties;
  const own = Object.entries(rest).filter(([name]) => !name.startsWith('$') && !name.startsWith('mp_'));
  return {
    ...shared,
    ...whoIs(properties),
    type: 'track',
    event: item['event'],
    properties: Object.fromEntries(own),
    context: {
      page: { url: properties['$current_url'], referrer: properties['$referrer'] },
      os: { name: properties['$os'] },
    },
  };
}

const WORDS: Readonly<Record<string, string>> = {
  $email: 'email',
  $name: 'name',
  $first_name: 'firstName',
  $last_name: 'lastName',
  $phone: 'phone',
  $avatar: 'avatar',
  $created: 'createdAt',
  $city: 'city',
  $region: 'region',
  $country_code: 'country',
};
const renamed = (traits: unknown): Plain =>
  Object.fromEntries(
    Object.entries(isPlain(traits) ? traits : {}).flatMap(([name, value]) => {
      const word = Object.hasOwn(WORDS, name) ? WORDS[name] : name;
      return word === undefined || word.startsWith('$') ? [] : [[word, value]];
    }),
  );

const personMessage = (item: Plain): Plain => ({
  ...whoIs(item),
  ...timeOf(item['$time']),
  type: 'identify',
  traits: { ...renamed(item['$set_once']), ...renamed(item['$set']) },
});

const groupMessage = (item: Plain): Plain => ({
  type: 'group',
  groupId: item['$group_id'],
  traits: { ...renamed(item['$set_once']), ...renamed(item['$set']) },
});
