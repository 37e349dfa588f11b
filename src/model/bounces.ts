import { readAddress } from './contact.ts';

/** An address that letters do not reach, and why as far as it is said. */
export type Bounce = { address: string; reason: string };

export type BounceList = {
  bounces: Bounce[];
  /** Addresses whose trouble will pass (a full mailbox, a status 4.x.x): nothing is kept of them. */
  passing: number;
  /** Lines in which no single address was found. */
  unread: number;
};

const ADDRESS = /[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,250}/g;
const REASON_MAX = 200;

/**
 * Reads a list of letters that came back: a table from a mail provider, or one address a line. The first cell that is
 * an address counts, the others give the reason. A row with a status 4.x.x or the words “soft”, “transient” or
 * “deferred” is trouble that passes.
 *
 * @param rows cells as written; a header is a row without an address and counts as unread unless it is the first
 *
 * @example
 * readBounceRows([['email', 'reason'], ['ada@example.org', '550 5.1.1 unknown']]).bounces
 * // => [{ address: 'ada@example.org', reason: '550 5.1.1 unknown' }]
 */
export function readBounceRows(rows: readonly (readonly string[])[]): BounceList {
  const found = new Map<string, Bounce>();
  let passing = 0;
  let unread = 0;
  for (const [index, row] of rows.entries()) {
    const cells = row.map((cell) => cell.trim()).filter((cell) => cell !== '');
    if (cells.length === 0) continue;
    const at = cells.findIndex((cell) => addressIn(cell) !== null);
    const address = addressIn(cells[at] ?? '');
    if (address === null) {
      if (index > 0) unread += 1;
      continue;
    }
    const reason = cells.filter((_, cell) => cell !== at).join(' · ');
    if (isPassing(reason)) passing += 1;
    else found.set(address, { address, reason: shorten(reason) });
  }
  return { bounces: [...found.values()], passing, unread };
}

/**
 * Reads delivery status reports as mail servers write them (RFC 3464): a block for each recipient with
 * `Final-Recipient`, `Action` and `Status`.
 *
 * @returns null when the text holds none
 *
 * @example
 * readStatusReports('Final-Recipient: rfc822; ada@example.org\nAction: failed\nStatus: 5.1.1\n')?.bounces
 * // => [{ address: 'ada@example.org', reason: '5.1.1' }]
 */
export function readStatusReports(text: string): BounceList | null {
  const blocks = text.split(/\n(?=(?:Final|Original)-Recipient:)/i).filter((block) => /Final-Recipient:/i.test(block));
  if (blocks.length === 0) return null;
  const found = new Map<string, Bounce>();
  let passing = 0;
  let unread = 0;
  for (const block of blocks) {
    const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(block)?.[1]?.trim() ?? '';
    const address = readAddress(field('Final-Recipient').replace(/^[^;]*;/, ''));
    const status = field('Status');
    if (address === null) unread += 1;
    else if (/^(delivered|relayed|expanded)/i.test(field('Action'))) continue;
    else if (status.startsWith('4') || /^delayed/i.test(field('Action'))) passing += 1;
    else
      found.set(address, { address, reason: shorten([status, field('Diagnostic-Code')].filter(Boolean).join(' · ')) });
  }
  return { bounces: [...found.values()], passing, unread };
}

/** The one address in a cell, also as `Ada <ada@example.org>`; null for none or several. */
function addressIn(cell: string): string | null {
  const found = cell.match(ADDRESS) ?? [];
  return found.length === 1 ? readAddress((found[0] ?? '').replace(/\.$/, '')) : null;
}

const isPassing = (reason: string): boolean =>
  /(^|\D)4\.\d{1,3}\.\d{1,3}(\D|$)|\b(soft|transient|deferred|delayed)\b/i.test(reason) && !/\b5\.\d\.\d/.test(reason);

/** Reasons are kept without the addresses that servers like to repeat in them. */
export const shorten = (reason: string): string => reason.replace(ADDRESS, '…').slice(0, REASON_MAX);
