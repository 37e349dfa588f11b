import { setTimeout as wait } from 'node:timers/promises';
import type { Client, Reply } from './client.ts';

/** What one slice of time saw. */
export type Slice = {
  count: number;
  seconds: number;
  latenciesMs: number[];
  /** Replies with another status than the one hoped for; one is enough to make a run invalid. */
  wrong: number;
};

export type Load = {
  clients: readonly Client[];
  /** The next request; null when there is nothing left to send, which ends the slice. */
  next: () => Buffer | null;
  status: number;
  onReply?: (reply: Reply) => void;
};

/** Every connection sends its next request as soon as it has its reply: capacity. */
export async function closedSlice({ clients, next, status, onReply }: Load, ms: number): Promise<Slice> {
  const latenciesMs: number[] = [];
  let wrong = 0;
  const began = performance.now();
  const until = began + ms;
  await Promise.all(
    clients.map(async (client) => {
      for (let at = performance.now(); at < until; ) {
        const request = next();
        if (!request) return;
        const reply = await client.send(request);
        const now = performance.now();
        latenciesMs.push(now - at);
        if (reply.status !== status) wrong += 1;
        onReply?.(reply);
        at = now;
      }
    }),
  );
  return { count: latenciesMs.length, seconds: (performance.now() - began) / 1000, latenciesMs, wrong };
}

/**
 * Requests fall due at a fixed rate whatever the server does, and latency counts from when they were due: an honest
 * latency, in which a stall is felt by everybody who came during it.
 */
export async function openSlice({ clients, next, status, onReply }: Load, rate: number, ms: number): Promise<Slice> {
  const latenciesMs: number[] = [];
  let wrong = 0;
  const free = [...clients];
  const due: number[] = [];
  const going: Promise<void>[] = [];
  const send = async (client: Client, dueAt: number): Promise<void> => {
    const request = next();
    if (!request) throw new Error('An open slice ran out of requests');
    const reply = await client.send(request);
    latenciesMs.push(performance.now() - dueAt);
    if (reply.status !== status) wrong += 1;
    onReply?.(reply);
    const waited = due.shift();
    if (waited === undefined) free.push(client);
    else await send(client, waited);
  };
  const began = performance.now();
  for (let sent = 0; sent < (rate * ms) / 1000; ) {
    const now = performance.now();
    for (; began + (sent * 1000) / rate <= now && sent < (rate * ms) / 1000; sent += 1) {
      const dueAt = began + (sent * 1000) / rate;
      const client = free.pop();
      if (client) going.push(send(client, dueAt));
      else due.push(dueAt);
    }
    await wait(1);
  }
  await Promise.all(going);
  return { count: latenciesMs.length, seconds: (performance.now() - began) / 1000, latenciesMs, wrong };
}
