/** What a mail server, or the way to it, answered. */
export type PostFailure = {
  /** The server's three digits; null when it gave none. */
  responseCode: number | null;
  /** What it was answering: `MAIL FROM`, `RCPT TO`, `DATA`, `AUTH PLAIN`, `CONN`… */
  command: string;
  /** Its words. */
  response: string;
  /** True once the letter itself may have been on its way to the server. */
  wasDataSent: boolean;
};

/**
 * - `refused`: for good; `isAddressFault` when the server says that there is no such mailbox
 * - `later`: not now; nothing was taken, so that trying again cannot send twice
 * - `unsure`: the line broke before the server's word on the letter; it may have been taken
 * - `office`: the way to the server, our name or our password is at fault, and no letter of ours will pass
 */
export type Verdict = { verdict: 'refused'; isAddressFault: boolean } | { verdict: 'later' | 'unsure' | 'office' };

/**
 * What follows from a letter that was not accepted (RFC 5321, 4.2.1: a 4yz reply is transient, a 5yz reply permanent;
 * RFC 3463: x.1.z and x.2.z speak of the mailbox, x.7.z of policy).
 *
 * @example
 * judgeFailure({ responseCode: 550, command: 'RCPT TO', response: '550 5.1.1 No such user', wasDataSent: false })
 * // => { verdict: 'refused', isAddressFault: true }
 * @example
 * judgeFailure({ responseCode: null, command: 'CONN', response: '', wasDataSent: true }) // => { verdict: 'unsure' }
 */
export function judgeFailure({ responseCode, command, response, wasDataSent }: PostFailure): Verdict {
  if (responseCode === null) return { verdict: wasDataSent ? 'unsure' : 'office' };
  const isAboutLetter = command === 'RCPT TO' || command === 'DATA';
  if (!isAboutLetter) return { verdict: 'office' };
  if (responseCode < 500) return { verdict: 'later' };
  const status = /\b5\.(\d{1,3})\.(\d{1,3})\b/.exec(response);
  const isAddressFault =
    command === 'RCPT TO' &&
    (status ? /^5\.(1\.[1236]|1\.10|2\.1)$/.test(status[0]) : [550, 551, 553].includes(responseCode));
  return { verdict: 'refused', isAddressFault };
}

/** Waits before the second, third… attempt, in minutes; after the last the letter has failed. */
const WAITS_MIN = [1, 5, 15, 60, 240, 720];

/**
 * How long to wait before the next attempt.
 *
 * @param attempts how many there were, at least 1
 * @returns milliseconds; null when there were enough
 *
 * @example
 * waitAfter(1) // => 60000
 * @example
 * waitAfter(7) // => null
 */
export function waitAfter(attempts: number): number | null {
  const minutes = WAITS_MIN[attempts - 1];
  return minutes === undefined ? null : minutes * 60_000;
}
