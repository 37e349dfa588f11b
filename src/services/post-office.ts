import { shorten } from '../model/bounces.ts';
import { readAddress } from '../model/contact.ts';
import { judgeFailure, type Verdict, waitAfter } from '../model/post-failure.ts';
import type { LetterOutcome } from '../store/queued-rows.ts';
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
  /** A calendar file that goes with it. */
  calendar?: { content: string; method: 'PUBLISH' | 'CANCEL' };
};

export type Composed = { ready: ReadyLetter; addressSeal: string } | { skip: string };

/** Where letters of one kind wait: claimed in one transaction, settled or put back in another. */
export type LetterTray<Letter extends { id: number; attempts: number }> = {
  queue: {
    claim(at: string): Promise<Letter | null>;
    nextDueAt(at: string): Promise<string | null>;
    settle(letterId: number, outcome: LetterOutcome, at: string): Promise<void>;
    putBack(letterId: number, dueAt: string, reason: string, isAttempt: boolean): Promise<void>;
    setAside(at: string): Promise<number>;
  };
  /** The letter as it is right now, or why it is not to go. */
  compose(letter: Letter): Promise<Composed>;
  /** Hears of addresses that the server says do not exist. */
  onAddressFault(letter: Letter, reason: string, addressSeal: string): Promise<void>;
};

/** A letter in hand, with what belongs to its tray. */
type InHand = {
  attempts: number;
  compose(): Promise<Composed>;
  settle(outcome: LetterOutcome): Promise<void>;
  putBack(dueAt: string, reason: string, isAttempt: boolean): Promise<void>;
  onAddressFault(reason: string, addressSeal: string): Promise<void>;
};
/** A tray of whichever kind of letters. */
export type AnyTray = {
  take(at: string, now: () => string): Promise<InHand | null>;
  nextDueAt(at: string): Promise<string | null>;
  setAside(at: string): Promise<number>;
};

/** A tray as the office takes it, whatever its letters are. */
export const trayOf = <Letter extends { id: number; attempts: number }>({
  queue,
  compose,
  onAddressFault,
}: LetterTray<Letter>): AnyTray => ({
  take: async (at, now) => {
    const letter = await queue.claim(at);
    return letter
      ? {
          attempts: letter.attempts,
          compose: () => compose(letter),
          settle: (outcome) => queue.settle(letter.id, outcome, now()),
          putBack: (dueAt, reason, isAttempt) => queue.putBack(letter.id, dueAt, reason, isAttempt),
          onAddressFault: (reason, addressSeal) => onAddressFault(letter, reason, addressSeal),
        }
      : null;
  },
  nextDueAt: (at) => queue.nextDueAt(at),
  setAside: (at) => queue.setAside(at),
});

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
 * Sends what waits in its trays, one letter after the other, at the operator's rate, over the operator's server.
 *
 * A letter is claimed (a committed row says `sending`), sent, and settled. A process that is killed before the claim
 * has sent nothing, and after the settling is not sent again. Killed in between, nobody can know: SMTP has no way to
 * ask. Such a letter, one at most, is never sent again by itself (at most once) but shown as in doubt, for a person to
 * decide. What the server refused for now is tried again (at least once is safe there, since it took nothing).
 */
export function postOffice({
  settings,
  trays,
  now,
  report,
}: {
  settings: PostSettings;
  /** What waits in an earlier one goes first. */
  trays: readonly AnyTray[];
  now: () => Date;
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
        ...(letter.calendar && {
          attachments: [
            {
              filename: 'interview.ics',
              content: letter.calendar.content,
              contentType: `text/calendar; charset=utf-8; method=${letter.calendar.method}`,
            },
          ],
        }),
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
    const letter = await nextLetter();
    if (!letter) {
      const due = await nextDueAt();
      const ms = due === null ? IDLE_MS : Math.min(IDLE_MS, Math.max(50, Date.parse(due) - time));
      return { ms, mayWake: true };
    }
    let composed: Composed;
    try {
      composed = await letter.compose();
    } catch (error) {
      await letter.putBack(later(TROUBLE_MS), 'Verbatim could not write this letter', false);
      throw error;
    }
    if ('skip' in composed) {
      await letter.settle({ state: 'skipped', reason: composed.skip });
      return { ms: 0, mayWake: false };
    }
    const { ready, addressSeal } = composed;
    const began = performance.now();
    const delivered = await deliver(ready);
    // The word on a letter that was sent must not get lost.
    await insist(() => note(letter, delivered, addressSeal));
    return { ms: Math.max(0, 60_000 / settings.perMinute - (performance.now() - began)), mayWake: false };
  }

  async function nextLetter(): Promise<InHand | null> {
    for (const tray of trays) {
      const letter = await tray.take(at(), at);
      if (letter) return letter;
    }
    return null;
  }

  async function nextDueAt(): Promise<string | null> {
    const due: string[] = [];
    for (const tray of trays) {
      const next = await tray.nextDueAt(at());
      if (next !== null) due.push(next);
    }
    return due.sort()[0] ?? null;
  }

  async function note(letter: InHand, delivered: Delivered, addressSeal: string): Promise<void> {
    if (delivered.verdict === 'office') {
      const times = (trouble?.times ?? 0) + 1;
      const closedMs = CLOSED_MS[Math.min(times, CLOSED_MS.length) - 1] ?? 900_000;
      trouble = { reason: delivered.reason, until: now().getTime() + closedMs, times };
      return letter.putBack(at(), delivered.reason, false);
    }
    trouble = null;
    switch (delivered.verdict) {
      case 'sent':
        return letter.settle({ state: 'sent', reason: null, addressSeal });
      case 'unsure':
        return letter.settle({ state: 'unsure', reason: delivered.reason, addressSeal });
      case 'refused':
        await letter.settle({ state: 'refused', reason: delivered.reason, addressSeal });
        if (delivered.isAddressFault) await letter.onAddressFault(delivered.reason, addressSeal);
        return;
      case 'later': {
        const waitMs = waitAfter(letter.attempts);
        return waitMs === null
          ? letter.settle({ state: 'failed', reason: delivered.reason, addressSeal })
          : letter.putBack(later(waitMs), delivered.reason, true);
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
      for (const tray of trays) await tray.setAside(at());
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
