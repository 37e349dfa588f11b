import type { Request, RequestHandler } from 'express';
import { readMessage } from '../model/event-message.ts';
import { Problem } from '../model/problem.ts';
import type { Collecting } from './collect.ts';
import type { Doorway } from './doorway.ts';
import { queryOf } from './form.ts';

/*
 * Google Analytics 4's measurement protocol: a browser is an anonymous id, its events are events, and `api_secret` is the
 * write key. It never says that something went wrong; its twin under /debug says nothing else.
 */

const EVENTS_MAX = 25;

type Plain = Record<string, unknown>;
const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function analyticsDoor(door: Doorway, collecting: Collecting, before: readonly RequestHandler[]): void {
  const { jsonOf, sourceOf, keep } = collecting;
  const sourceNamed = (req: Request) => sourceOf(req, queryOf(req, 'api_secret'), queryOf(req, 'measurement_id'));

  door.post('/mp/collect', 'anyone', ...before, async (_visit, req, res) => {
    try {
      const source = await sourceNamed(req);
      await keep(source, { messages: messagesOf(jsonOf(req)) });
    } catch (error) {
      if (!(error instanceof Problem) || !(error.kind === 'invalid' || error.kind === 'signed-out')) throw error;
    }
    res.status(204).end();
  });

  door.post('/debug/mp/collect', 'anyone', ...before, async (_visit, req, res) => {
    const faults: string[] = [];
    try {
      await sourceNamed(req);
      for (const message of messagesOf(jsonOf(req))) {
        const { fault } = readMessage(message, { receivedAtMs: 0 });
        if (fault !== undefined) faults.push(fault);
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      faults.push(error.message);
    }
    res.json({
      validationMessages: faults.map((description) => ({ description, validationCode: 'VALUE_INVALID' })),
    });
  });
}

/** @throws Problem `invalid` for what is no payload of the protocol */
function messagesOf(value: unknown): Plain[] {
  const events = isPlain(value) ? (value['events'] ?? []) : null;
  if (!isPlain(value) || !Array.isArray(events)) throw new Problem('invalid', 'events must be a list');
  if (events.length > EVENTS_MAX) throw new Problem('invalid', `A request holds ${EVENTS_MAX} events at most`);
  const who = { userId: value['user_id'], anonymousId: value['client_id'] ?? value['app_instance_id'] };
  const timeOf = (micros: unknown) => {
    const at = Number(micros) / 1000;
    return Number.isFinite(at) && at > 0 ? { timestamp: at } : {};
  };
  const traits = isPlain(value['user_properties'])
    ? Object.fromEntries(
        Object.entries(value['user_properties']).map(([name, one]) => [name, isPlain(one) ? one['value'] : one]),
      )
    : null;
  return [
    ...(traits ? [{ type: 'identify', ...who, traits, ...timeOf(value['timestamp_micros']) }] : []),
    ...events.map((event: unknown) => {
      const { name, params, timestamp_micros: at } = isPlain(event) ? event : {};
      const properties = isPlain(params) ? params : {};
      const shared = { ...who, properties, ...timeOf(at ?? value['timestamp_micros']) };
      return name === 'page_view'
        ? {
            type: 'page',
            ...shared,
            name: properties['page_title'],
            context: {
              page: {
                url: properties['page_location'],
                title: properties['page_title'],
                referrer: properties['page_referrer'],
              },
            },
          }
        : { type: 'track', ...shared, event: name };
    }),
  ];
}
