/** Who did something: a person, a program with a key, somebody nobody knows, whoever works at the command line, or Verbatim by itself. */
export type AuditActorKind = 'user' | 'key' | 'nobody' | 'operator' | 'system';
export type AuditOutcome = 'done' | 'refused' | 'failed' | 'broken-off';

/** What may be told beside: numbers, words out of our own code, and the reason that whoever took a file gave for it. */
export type AuditDetail = {
  /** Rows of a file, or how many entries one stands for. */
  rows?: number;
  /** How much of people a file holds, or the role that somebody has from now on. */
  level?: string;
  format?: string;
  /** The address's pattern, where the action has a name of its own. */
  route?: string;
  /** The names of settings that changed, never what they say. */
  names?: readonly string[];
  reason?: string;
  /** What else the same request did. */
  also?: readonly { action: string; object: string }[];
};

/** One row of the log, without its place in the chain. Numbers of rows and public ids alone say who and what. */
export type AuditEntry = {
  at: string;
  actorKind: AuditActorKind;
  /** Of a user or a key; null otherwise. */
  actorId: number | null;
  studyId: number | null;
  /** A word of our own, or method and pattern of an address. */
  action: string;
  /** Kinds and public ids, parted by spaces; empty where there is none. */
  object: string;
  outcome: AuditOutcome;
  /** The status that was answered; null where nobody asked over HTTP. */
  status: number | null;
  detail: AuditDetail;
};

/** The end of the chain: with it, a log that was cut off is found out. */
export type AuditHead = { number: number; hash: string };

const OBJECT = /^([a-z-]+:[A-Za-z0-9_-]{1,40}( [a-z-]+:[A-Za-z0-9_-]{1,40}){0,7})?$/;
const WORD = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** A method and a pattern, in which the places of ids are named and hold nothing. */
const ROUTE = /^(GET|POST|PUT|PATCH|DELETE) \/[A-Za-z0-9_:/.*{}-]{0,200}$/;
const REASON_LETTERS_MAX = 1_000;

/**
 * What keeps an entry from the log: it may hold ids and words of our own, and nothing that somebody typed but the reason
 * for a file.
 *
 * @returns the name of the first part that does not fit; null when all do
 *
 * @example
 * auditFault({ action: 'sign-in', object: 'user:abc', detail: {} }) // => null
 * auditFault({ action: 'sign-in', object: 'ada@example.org', detail: {} }) // => 'object'
 */
export function auditFault({
  action,
  object,
  detail,
}: Pick<AuditEntry, 'action' | 'object' | 'detail'>): string | null {
  if (!WORD.test(action) && !ROUTE.test(action)) return 'action';
  if (!OBJECT.test(object)) return 'object';
  const { rows, level, format, route, names, reason, also, ...others } = detail;
  if (Object.keys(others).length > 0) return 'detail';
  if (rows !== undefined && !(Number.isSafeInteger(rows) && rows >= 0)) return 'rows';
  if (level !== undefined && !WORD.test(level)) return 'level';
  if (format !== undefined && !WORD.test(format)) return 'format';
  if (route !== undefined && !ROUTE.test(route)) return 'route';
  if (names !== undefined && !names.every((name) => /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(name))) return 'names';
  if (reason !== undefined && reason.length > REASON_LETTERS_MAX) return 'reason';
  if (also?.some((one) => auditFault({ ...one, detail: {} }) !== null)) return 'also';
  return null;
}

/** A row with its place in the chain. */
export type ChainedEntry = AuditEntry & AuditHead;

/** What an entry is sealed over: every column, in an order that stays. */
export function auditText(previousHash: string, number: number, entry: AuditEntry, detail: string): string {
  const { at, actorKind, actorId, studyId, action, object, outcome, status } = entry;
  return JSON.stringify([
    previousHash,
    number,
    at,
    actorKind,
    actorId,
    studyId,
    action,
    object,
    outcome,
    status,
    detail,
  ]);
}
