import { setTimeout as wait } from 'node:timers/promises';

/*
 * The official clients of Segment and RudderStack in a program whose clock is wrong, as they come and as their makers
 * say to use them. Arguments: where to send, the write key, by how many milliseconds the clock is off, and how many
 * events each sends. Says how far it is, and in the end what a client could not deliver.
 */

const [host = '', writeKey = '', skew, count] = process.argv.slice(2);

// Before the clients are read, since they take the clock as they find it.
const RightDate = Date;
globalThis.Date = class extends RightDate {
  constructor(...args: unknown[]) {
    if (args.length === 0) super(RightDate.now() + Number(skew));
    else super(...(args as [number]));
  }
  static override now(): number {
    return RightDate.now() + Number(skew);
  }
} as DateConstructor;

const { Analytics } = await import('@segment/analytics-node');
const { default: RudderAnalytics } = await import('@rudderstack/rudder-sdk-node');

const failures: string[] = [];
const segment = new Analytics({ writeKey, host, flushAt: 15, flushInterval: 100, maxRetries: 50 });
segment.on('error', (error) => failures.push(`segment: ${JSON.stringify(error.code)}`));
const rudder = new RudderAnalytics(writeKey, {
  dataPlaneUrl: host,
  flushAt: 15,
  flushInterval: 100,
  retryCount: 10,
  errorHandler: (error: unknown) => failures.push(`rudder: ${String(error)}`),
});

const history = new RightDate('2020-02-03T04:05:06.000Z');
segment.identify({
  userId: 'segment-0',
  anonymousId: 'segment-device',
  traits: { plan: 'Pro', address: { city: 'Ulm' } },
});
segment.group({ userId: 'segment-0', groupId: 'segment-company', traits: { name: 'Acme', employees: 12 } });
segment.track({ userId: 'segment-0', event: 'History', timestamp: history, properties: { n: -1 } });
segment.page({ anonymousId: 'segment-device', name: 'Home', properties: { path: '/' } });
rudder.identify({ userId: 'rudder-0', traits: { plan: 'Free' } });
rudder.track({ userId: 'rudder-0', event: 'History', timestamp: history, properties: { n: -2 } });
rudder.alias({ previousId: 'rudder-old', userId: 'rudder-0' });
for (let n = 0; n < Number(count); n += 1) {
  segment.track({ userId: `segment-${n % 7}`, event: 'Segment Event', properties: { n } });
  rudder.track({ userId: `rudder-${n % 7}`, event: 'Rudder Event', properties: { n } });
  if (n % 10 === 0) process.stdout.write(`at ${n}\n`);
  await wait(10);
}
await segment.closeAndFlush({ timeout: 60_000 });
await rudder.flush();
await wait(500);
process.stdout.write(`done ${JSON.stringify(failures)}\n`);
process.exit(0);
