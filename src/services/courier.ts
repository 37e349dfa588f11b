import { cutBytes } from '../exchange/cut-bytes.ts';
import { MAPPINGS } from '../exchange/outgoing/hook-kinds.ts';
import type { Reply, Situation } from '../exchange/outgoing/mapping.ts';
import { type DeliveryFailure, judgeDelivery, pauseAfter, readRetryAfter } from '../model/delivery-failure.ts';
import type { OutgoingEvent } from '../model/outgoing-event.ts';
import { type Attempt, type Delivery, WITHDRAWN } from '../store/deliveries.ts';
import type { Hook } from '../store/hooks.ts';
import type { Context } from './context.ts';
import type { HookSecrets } from './hook-secrets.ts';
import { insist } from './insist.ts';
import type { OutgoingClient } from './outgoing-client.ts';
import { NOT_PERSONAL, type OutgoingEvents } from './outgoing-events.ts';

/** So many hooks are served at the same time, each with one delivery. */
const LANES = 4;
/** How often what came about is looked for while there is somebody to tell. */
const POLL_MS = 1_000;
const IDLE_MS = 60_000;
const TROUBLE_MS = 5_000;
const STOP_MS = 8_000;
/** No delivery takes more requests than this, whatever is set. */
const REQUESTS_MAX = 100;
const ANSWER_BYTES_MAX = 2048;
/**
 * So long a delivery may wait; and so long what was settled is kept whole, so that it can be sent again. After that its
 * line in the log is left.
 */
const KEPT_MS = 30 * 24 * 3_600_000;
const TIDY_MS = 3_600_000;

export type Outcome = Attempt &
  ({ outcome: 'delivered' | 'skipped' } | { outcome: 'broken'; failure: DeliveryFailure; retryAfter: string | null });

/** What is sent: an event that happened at some time, under an id that stays the same. */
export type Parcel = { publicId: string; event: OutgoingEvent; happenedAt: string; personId: number | null };

/**
 * Carries deliveries to where they go, a few hooks at a time and each hook's one after the other, and writes down what
 * became of each. What fails is tried again after growing pauses. A delivery is claimed before it is sent: a process that
 * is killed in between has it sent once more by the next, under the same id, unless doing it twice would do harm.
 */
export function courierService(
  context: Context,
  {
    client,
    secrets,
    events,
    gather,
    random,
    report,
  }: {
    client: OutgoingClient;
    secrets: HookSecrets;
    events: OutgoingEvents;
    /** Puts into the outbox what has come about. */
    gather: () => Promise<void>;
    random: () => number;
    report: (error: unknown) => void;
  },
) {
  const { store, now } = context;
  let isOpen = false;
  let isInvited = false;
  let ring: (() => void) | null = null;
  let running: Promise<void> = Promise.resolve();
  let tidiedAt = 0;
  const underWay = new Set<Promise<void>>();

  const at = () => now().toISOString();
  const later = (ms: number) => new Date(now().getTime() + ms).toISOString();

  async function contactOf(hook: Hook, personId: number | null): Promise<Situation['contact']> {
    const study = personId === null ? null : await store.studies.find(hook.studyId);
    if (personId === null || !study) return null;
    const same = await store.people.sameAs(personId);
    const contacts = await store.contacts.contacts(study.workspaceId, same);
    const identities = await store.people.identities(same);
    const known = same.flatMap((id) => identities.get(id) ?? []);
    return { email: contacts.get(same[0] ?? personId)?.address ?? null, externalId: known[0] ?? null };
  }

  /** Makes all requests of one delivery, as far as they succeed. */
  async function attempt(hook: Hook, { publicId, event, happenedAt, personId }: Parcel): Promise<Outcome> {
    const mapping = MAPPINGS[hook.kind];
    const opened = secrets.open(hook.secret);
    const nothing = { status: null, answer: null, made: [] };
    if (!opened) {
      const reason = 'The secret was closed under another key: enter it again';
      return { ...nothing, outcome: 'broken', failure: { kind: 'forbidden' }, retryAfter: null, reason };
    }
    const situation = {
      id: `msg_${publicId}`,
      happenedAt,
      event,
      settings: hook.settings,
      secrets: opened,
      contact: mapping.isMarketing ? await contactOf(hook, personId) : null,
      made:
        event.type === 'response.withdrawn'
          ? await store.deliveries.madeFrom(hook.id, event.response.id, mapping.isMarketing ? personId : null)
          : [],
    };
    const replies: Reply[] = [];
    let last: { status: number | null; answer: string | null } = { status: null, answer: null };
    const makes = event.type !== 'test' && event.type !== 'response.withdrawn';
    const soFar = () => ({ ...last, made: makes ? mapping.made(replies) : [] });
    for (let count = 0; count < REQUESTS_MAX; count += 1) {
      const next = mapping.next({ ...situation, at: now() }, replies);
      if (next === null) break;
      if ('skip' in next) return { ...soFar(), outcome: 'skipped', reason: `Not sent: ${next.skip}` };
      const sent = await client.send(next);
      if (sent.outcome !== 'answered') {
        const failure: DeliveryFailure =
          sent.outcome === 'silent' ? { kind: 'silent', wasSent: sent.wasSent } : { kind: 'forbidden' };
        return { ...soFar(), outcome: 'broken', failure, retryAfter: null, reason: sent.reason };
      }
      const { status, text, retryAfter } = sent;
      last = { status, answer: readable(text, opened) };
      const isFine = (status >= 200 && status < 300) || next.alsoFine?.includes(status);
      if (!isFine) {
        const reason =
          status >= 300 && status < 400
            ? `It answered ${status}: redirects are not followed, so enter the address they lead to`
            : `It answered ${status}`;
        return { ...soFar(), outcome: 'broken', failure: { kind: 'status', status }, retryAfter, reason };
      }
      replies.push({ status, body: parsed(text) });
    }
    return { ...soFar(), outcome: 'delivered', reason: null };
  }

  async function note(hook: Hook, delivery: Delivery, outcome: Outcome): Promise<void> {
    if (outcome.outcome !== 'broken') return store.deliveries.settle(delivery.id, outcome.outcome, outcome, at());
    const { failure, retryAfter } = outcome;
    const { isRepeatable } = MAPPINGS[hook.kind];
    const verdict = judgeDelivery(failure, { isOwn: hook.kind === 'webhook', isRepeatable });
    if (verdict === 'gone') {
      const reason = 'The other side answered 410: it wants nothing more';
      await store.hooks.pause(hook.id, reason, at());
      return store.deliveries.settle(delivery.id, 'given-up', { ...outcome, reason }, at());
    }
    if (verdict === 'failed') {
      const isInDoubt = !isRepeatable && (failure.kind === 'silent' || (outcome.status ?? 0) >= 500);
      const doubt = '. It may have been made all the same: look there before you send it again';
      const reason = `${outcome.reason ?? ''}${isInDoubt ? doubt : ''}`;
      return store.deliveries.settle(delivery.id, 'failed', { ...outcome, reason }, at());
    }
    const askedMs = readRetryAfter(retryAfter, now().getTime());
    const pauseMs = pauseAfter(delivery.attempts, random(), askedMs);
    if (pauseMs === null) return store.deliveries.settle(delivery.id, 'given-up', outcome, at());
    await store.deliveries.putBack(delivery.id, later(pauseMs), outcome);
    if (askedMs !== null) await store.deliveries.postpone(hook.id, later(Math.min(pauseMs, askedMs)));
  }

  async function carry(delivery: Delivery): Promise<void> {
    const nothing: Attempt = { status: null, answer: null, reason: null, made: [] };
    try {
      const hook = await store.hooks.findById(delivery.hookId);
      if (!hook) return;
      if (delivery.payload === '')
        return await store.deliveries.settle(delivery.id, 'given-up', { ...nothing, reason: WITHDRAWN }, at());
      const event = JSON.parse(delivery.payload) as OutgoingEvent;
      const isOfPerson = event.type === 'segment.entered' && MAPPINGS[hook.kind].isMarketing;
      if (isOfPerson && !(await events.mayAddress(hook.studyId, delivery.personId)))
        return await store.deliveries.settle(delivery.id, 'held-back', { ...nothing, reason: NOT_PERSONAL }, at());
      const outcome = await attempt(hook, { ...delivery, event });
      await insist(() => note(hook, delivery, outcome));
    } catch (error) {
      report(error);
      const reason = 'Verbatim could not send this';
      await store.deliveries.putBack(delivery.id, later(TROUBLE_MS), { ...nothing, reason }, false).catch(report);
    }
  }

  /** Begins as many deliveries as may be under way. */
  async function fill(): Promise<void> {
    while (isOpen && underWay.size < LANES) {
      const delivery = await store.deliveries.claim(at());
      if (!delivery) return;
      const one: Promise<void> = carry(delivery).finally(() => {
        underWay.delete(one);
        wake();
      });
      underWay.add(one);
    }
  }

  async function tidy(): Promise<void> {
    const time = now().getTime();
    if (time - tidiedAt < TIDY_MS) return;
    tidiedAt = time;
    const longAgo = new Date(time - KEPT_MS).toISOString();
    await store.deliveries.expire(longAgo, at());
    await store.deliveries.emptySettled(longAgo);
  }

  async function work(): Promise<void> {
    while (isOpen) {
      isInvited = false;
      let ms = IDLE_MS;
      // Each by itself: what cannot be gathered does not keep back what waits already.
      const isWell = [await succeeds(gather), await succeeds(fill), await succeeds(tidy)].every(Boolean);
      const knows = await succeeds(async () => {
        if (await store.hooks.isAny()) ms = POLL_MS;
      });
      await pause(isWell && knows ? ms : TROUBLE_MS);
    }
  }

  async function succeeds(does: () => Promise<void>): Promise<boolean> {
    try {
      await does();
      return true;
    } catch (error) {
      report(error);
      return false;
    }
  }

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      if (!isOpen || isInvited) return resolve();
      const end = () => {
        clearTimeout(timer);
        ring = null;
        resolve();
      };
      const timer = setTimeout(end, ms);
      timer.unref();
      ring = end;
    });

  function wake(): void {
    isInvited = true;
    ring?.();
  }

  /** What an earlier process had under way goes once more, unless doing it twice would do harm. */
  async function takeUp(): Promise<void> {
    const nothing = { status: null, answer: null, made: [] };
    for (const { id, kind } of await store.deliveries.claimed()) {
      const stopped = 'Verbatim was stopped while this was being sent';
      if (MAPPINGS[kind as Hook['kind']].isRepeatable)
        await store.deliveries.putBack(id, at(), { ...nothing, reason: stopped });
      else {
        const reason = `${stopped}. Look whether it is there before you send it again`;
        await store.deliveries.settle(id, 'failed', { ...nothing, reason }, at());
      }
    }
  }

  return {
    attempt,
    wake,
    open: async (): Promise<void> => {
      await takeUp();
      isOpen = true;
      running = work();
    },
    /** Finishes what is under way, waiting no longer than a few seconds. */
    close: async (): Promise<void> => {
      isOpen = false;
      ring?.();
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        running.then(() => Promise.all(underWay)),
        new Promise((resolve) => {
          timer = setTimeout(resolve, STOP_MS);
        }),
      ]);
      clearTimeout(timer);
    },
  };
}
export type Courier = ReturnType<typeof courierService>;

/** The beginning of an answer, as it can be kept and shown; a secret that it repeats is struck out. */
function readable(text: string, secrets: readonly string[]): string {
  const plain = text.replaceAll('\u0000', '\uFFFD').toWellFormed();
  return cutBytes(
    secrets.reduce((rest, secret) => (secret.length < 6 ? rest : rest.replaceAll(secret, '…')), plain),
    ANSWER_BYTES_MAX,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
