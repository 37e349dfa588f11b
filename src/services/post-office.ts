import { shorten } from '../model/bounces.ts';
import { readAddress } from '../model/contact.ts';
import { judgeFailure, type Verdict, waitAfter } from '../model/post-failure.ts';
import type { Letter, LetterQueue } from '../store/letter-queue.ts';
import { insist } from './insist.ts';

/** The operator's mail server and the name on the letters; what is not set in the environment is not here. */
export type PostSettings = {
  /** `smtp://` or `smtps://` with user and password: a secret, which nothing prints. */
  smtpUrl: string;
  from: string;
  replyTo: string | null;
  perMinute: number;
};

/** A letter ready to go. */
export type ReadyLetter = {
  to: string;
  subject: string;
  text: string;
  /** The same each time a letter is sent, so that most mailboxes show a letter that came twice once. */
  messageId: string;
  /** Where one click ends the letters; null for a letter to oneself. */
  optOut: string | null;
};

export type Composed = { ready: ReadyLetter; addressSeal: string } | { skip: string };

/** How long until the next thing, and whether new work ends the waiting: it does not end the pause between two letters. */
type Wait = { ms: number; mayWake: boolean };

type Delivered = { verdict: 'sent' } | (Verdict & { reason: string });

const IDLE_MS = 60_000;
const TROUBLE_MS = 5_000;
const STOP_MS = 8_000;
const TIMEOUT_MS = 30_000;
/** The office stays closed for longer each time it finds the way barred, a quarter of an hour at most. */
const CLOSED_MS = [15_000, 60_000, 300_000, 900_000];

/**
 * Sends what stands in the queue of letters, one after the other, at the operator's rate, over the operator's server.
 *
 * A letter is claimed (a committed row says `sending`), sent, and settled. A process that is killed before the claim
 * has sent nothing, and after the settling is not sent again. Killed in between, nobody can know: SMTP has no way to
 * ask. Such a letter, one at most, is never sent again by itself (at most once) but shown as in doubt, for a person to
 * decide. What the server refused for now is tried again (at least once is safe there, since it took nothing).
 */
export function postOffice({
  settings,
  queue,
  now,
  compose,
  onAddressFault,
  report,
}: {
  settings: PostSettings;
  queue: LetterQueue;
  now: () => Date;
  /** The letter as it is right now, or why it is not to go. */
  compose: (letter: Letter) => Promise<Composed>;
  /** Hears of addresses that the server says do not exist. */
  onAddressFault: (letter: Letter, reason: string) => Promise<void>;
  report: (error: unknown) => void;
}) {
  const host = new URL(settings.smtpUrl).hostname;
  const isNear = /^(localhost|127\.|\[?::1)/.test(host);
  let isOpen = false;
  let isInvited = false;
  let ring: { mayWake: boolean; end: () => void } | null = null;
  let running: Promise<void> = Promise.resolve();
  let trouble: { reason: string; until: number; times: number } | null = null;

  async function deliver(letter: ReadyLetter): Promise<Delivered> {
    const { createTransport } = await import('nodemailer');
    let wasDataSent = false;
    const transport = createTransport({
      url: settings.smtpUrl,
      // A password does not travel where others can read it, unless the server is this machine.
      requireTLS: !isNear && new URL(settings.smtpUrl).password !== '',
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
      // The only way to learn how far a conversation came: nothing of it is kept.
      transactionLog: true,
      logger: watchFor('DATA', () => {
        wasDataSent = true;
      }),
    });
    const isSecure = letter.optOut?.startsWith('https:') ?? false;
    try {
      await transport.sendMail({
        from: settings.from,
        to: { name: '', address: letter.to },
        ...(settings.replyTo === null ? {} : { replyTo: settings.replyTo }),
        subject: letter.subject,
        text: letter.text,
        messageId: letter.messageId,
        date: now(),
        headers: {
          ...(letter.optOut === null ? {} : { 'List-Unsubscribe': `<${letter.optOut}>` }),
          // RFC 8058 allows one click over https only.
          ...(isSecure ? { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } : {}),
        },
      });
      return { verdict: 'sent' };
    } catch (error) {
      const failure = error as { responseCode?: unknown; command?: unknown; response?: unknown; message?: unknown };
      const responseCode = typeof failure.responseCode === 'number' ? failure.responseCode : null;
      const response = typeof failure.response === 'string' ? failure.response : '';
      const command = typeof failure.command === 'string' ? failure.command : '';
      const words = response || String(failure.message ?? 'no reason was given');
      return { ...judgeFailure({ responseCode, command, response, wasDataSent }), reason: shorten(words) };
    }
  }

  const at = () => now().toISOString();
  const later = (ms: number) => new Date(now().getTime() + ms).toISOString();

  /** Does one thing and says how long it is until the next. */
  async function step(): Promise<Wait> {
    const time = now().getTime();
    if (trouble && trouble.until > time) return { ms: Math.min(IDLE_MS, trouble.until - time), mayWake: true };
    const letter = await queue.claim(at());
    if (!letter) {
      const due = await queue.nextDueAt();
      const ms = due === null ? IDLE_MS : Math.min(IDLE_MS, Math.max(50, Date.parse(due) - time));
      return { ms, mayWake: true };
    }
    let composed: Composed;
    try {
      composed = await compose(letter);
    } catch (error) {
      await queue.putBack(letter.id, later(TROUBLE_MS), 'Verbatim could not write this letter', false);
      throw error;
    }
    if ('skip' in composed) {
      await queue.settle(letter.id, { state: 'skipped', reason: composed.skip }, at());
      return { ms: 0, mayWake: false };
    }
    const { ready, addressSeal } = composed;
    const began = performance.now();
    const delivered = await deliver(ready);
    // The word on a letter that was sent must not get lost.
    await insist(() => note(letter, delivered, addressSeal));
    return { ms: Math.max(0, 60_000 / settings.perMinute - (performance.now() - began)), mayWake: false };
  }

  async function note(letter: Letter, delivered: Delivered, addressSeal: string): Promise<void> {
    if (delivered.verdict === 'office') {
      const times = (trouble?.times ?? 0) + 1;
      const closedMs = CLOSED_MS[Math.min(times, CLOSED_MS.length) - 1] ?? 900_000;
      trouble = { reason: delivered.reason, until: now().getTime() + closedMs, times };
      return queue.putBack(letter.id, at(), delivered.reason, false);
    }
    trouble = null;
    switch (delivered.verdict) {
      case 'sent':
        return queue.settle(letter.id, { state: 'sent', reason: null, addressSeal }, at());
      case 'unsure':
        return queue.settle(letter.id, { state: 'unsure', reason: delivered.reason, addressSeal }, at());
      case 'refused':
        await queue.settle(letter.id, { state: 'refused', reason: delivered.reason, addressSeal }, at());
        if (delivered.isAddressFault) await onAddressFault({ ...letter, addressSeal }, delivered.reason);
        return;
      case 'later': {
        const waitMs = waitAfter(letter.attempts);
        return waitMs === null
          ? queue.settle(letter.id, { state: 'failed', reason: delivered.reason, addressSeal }, at())
          : queue.putBack(letter.id, later(waitMs), delivered.reason, true);
      }
    }
  }

  const pause = ({ ms, mayWake }: Wait) =>
    new Promise<void>((resolve) => {
      if (ms <= 0 || !isOpen || (mayWake && isInvited)) return resolve();
      const end = () => {
        clearTimeout(timer);
        ring = null;
        resolve();
      };
      const timer = setTimeout(end, ms);
      timer.unref();
      ring = { mayWake, end };
    });

  async function work(): Promise<void> {
    while (isOpen) {
      isInvited = false;
      let wait: Wait = { ms: TROUBLE_MS, mayWake: false };
      try {
        wait = await step();
      } catch (error) {
        report(error);
      }
      await pause(wait);
    }
  }

  return {
    deliver,
    /** Begins to send; letters that an earlier process had in hand are set aside first. */
    open: async (): Promise<void> => {
      await queue.setAside(at());
      isOpen = true;
      running = work();
    },
    /** Says that there is something to do. */
    wake: (): void => {
      isInvited = true;
      trouble = null;
      if (ring?.mayWake) ring.end();
    },
    /** Why nothing goes out just now, and until when; null when nothing stands in the way. */
    trouble: (): { reason: string; until: string } | null =>
      trouble && trouble.until > now().getTime()
        ? { reason: trouble.reason, until: new Date(trouble.until).toISOString() }
        : null,
    /** Finishes the letter in hand, waiting no longer than a few seconds. */
    close: async (): Promise<void> => {
      isOpen = false;
      ring?.end();
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        running,
        new Promise((resolve) => {
          timer = setTimeout(resolve, STOP_MS);
        }),
      ]);
      clearTimeout(timer);
    },
  };
}
export type PostOffice = ReturnType<typeof postOffice>;

/** A logger for the mail library that hears one command of ours and nothing else. */
function watchFor(command: string, heard: () => void) {
  const listen = (entry: unknown, ...words: unknown[]) => {
    if ((entry as { tnx?: unknown } | null)?.tnx === 'client' && words[0] === command) heard();
  };
  const deaf = () => {};
  return { level: () => {}, trace: deaf, debug: listen, info: deaf, warn: deaf, error: deaf, fatal: deaf };
}

/** The part of an address after the @, for names of letters. */
export const domainOf = (from: string): string => {
  const address = readAddress(/<([^<>]+)>\s*$/.exec(from)?.[1] ?? from);
  return address?.split('@')[1] ?? 'localhost';
};
