import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import type { Limits } from '../../src/model/limits.ts';
import type { Geography } from '../../src/services/geography.ts';
import { createApp } from '../../src/web/app.ts';
import { openHouse } from './house.ts';
import { sharedRenderer } from './shared-renderer.ts';

/** A Verbatim that listens on loopback with a study and one source: `await using house = await openEventHouse()`. */
export async function openEventHouse({
  now = () => new Date(),
  limits = {},
  publicUrl = null,
  trustProxy = 0,
  geography = null,
}: {
  now?: () => Date;
  limits?: Partial<Limits>;
  publicUrl?: string | null;
  trustProxy?: number;
  geography?: Geography | null;
} = {}) {
  const house = await openHouse({ now, limits });
  const { verbatim } = house;
  const lines: string[] = [];
  const { app } = createApp({
    verbatim,
    renderer: sharedRenderer(),
    log: pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }),
    publicUrl,
    trustProxy,
    geography,
    isOpen: () => true,
  });
  const server = createServer({ keepAliveTimeout: 0 }, app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const study = await verbatim.studies.addTo('A study', null, null, null);
  const source = await verbatim.sources.add(study.workspaceId, 'Shop', null);
  const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
  return {
    ...house,
    url,
    study,
    source,
    lines,
    basic,
    /** Posts JSON with the source's key, unless told otherwise. */
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      fetch(new URL(path, url), {
        method: 'POST',
        headers: { authorization: basic(source.writeKey), 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
      }),
    /** Everything in the log once the projections have caught up. */
    records: async () => {
      await verbatim.logs.settle();
      return verbatim.logs.intake.scan(0, 10_000);
    },
    /** Events as they were projected, with the id their person came with. */
    events: async () => {
      await verbatim.logs.settle();
      return verbatim.connection
        .prepare(
          `select events.kind, events.name, events.properties, events.context, events.occurred_at as occurredAt,
                  events.person_id as personId
           from events order by events.seq`,
        )
        .all() as {
        kind: string;
        name: string;
        properties: string;
        context: string;
        occurredAt: string;
        personId: number;
      }[];
    },
    /** What is known of the person with an id of their own: values by name. */
    known: async (externalId: string) => {
      await verbatim.logs.settle();
      const id = (await verbatim.store.people.byExternalIds(study.workspaceId, [externalId])).get(externalId);
      if (id === undefined) throw new Error(`Nobody is called ${externalId}`);
      return verbatim.store.people.attributesOf(id);
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await house[Symbol.asyncDispose]();
    },
  };
}
export type EventHouse = Awaited<ReturnType<typeof openEventHouse>>;
