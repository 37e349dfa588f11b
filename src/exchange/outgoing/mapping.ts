import type { EventType, OutgoingEvent } from '../../model/outgoing-event.ts';

/** A request as it goes out, all of it. */
export type OutgoingRequest = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers: Readonly<Record<string, string>>;
  /** Null for none. */
  body: string | null;
  /** Statuses besides 2xx that say that all is as it should be. */
  alsoFine?: readonly number[];
};

/** What the other side answered to one request; the body where it was JSON, else null. */
export type Reply = { status: number; body: unknown };

/** Everything a mapping may know of a delivery. */
export type Situation = {
  /** The delivery's id, the same at every attempt. */
  id: string;
  /** When this attempt is made. */
  at: Date;
  /** When that came about which is told of, ISO 8601. */
  happenedAt: string;
  event: OutgoingEvent;
  settings: Readonly<Record<string, string>>;
  /** Those that hold, the newest first. */
  secrets: readonly string[];
  /** How the other side knows the person; null when the event is about nobody in particular. */
  contact: { email: string | null; externalId: string | null } | null;
  /** What earlier deliveries about the same response made there. */
  made: readonly string[];
};

/** One line of a hook's form. */
export type HookField = {
  name: string;
  label: string;
  hint: string | null;
  as: 'line' | 'area' | 'tick' | 'address' | 'choice';
  isRequired: boolean;
  /** Kept sealed, and never shown again. */
  isSecret?: boolean;
  options?: readonly { value: string; label: string }[];
  initial?: string;
  /** What is wrong with it, as a request to the writer; null when nothing is. */
  check?: (value: string) => string | null;
};

/** One kind of hook: how it is set up, what it may be told, and how an event becomes requests. */
export type Mapping = {
  name: string;
  about: string;
  fields: readonly HookField[];
  events: readonly EventType[];
  /** Makes a ticket from a response, a piece of feedback or a theme, when a researcher asks for it. */
  makesTickets: boolean;
  /** A system that speaks to people: it hears of a person only with their consent to that. */
  isMarketing: boolean;
  /** Events name answers to people, so that they need words and not only codes. */
  isForPeople: boolean;
  /** Sending a request twice does no harm. */
  isRepeatable: boolean;
  /**
   * The next request of a delivery.
   *
   * @param replies to the requests before it, all of them successful
   * @returns null when all is done, `skip` with the reason when there is nothing to send
   */
  next: (situation: Situation, replies: readonly Reply[]) => OutgoingRequest | { skip: string } | null;
  /** What the other side calls what was made, so that it can be changed or taken away later. */
  made: (replies: readonly Reply[]) => string[];
  /** Where people see what was made; null where no address follows from its name. */
  linkTo?: (settings: Readonly<Record<string, string>>, made: string) => string | null;
};

export const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' } as const;

/** A text found in an answer by the names that lead to it; null when there is none. Numbers count as text. */
export function found(body: unknown, ...path: (string | number)[]): string | null {
  let here: unknown = body;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return null;
    here = (here as Record<string | number, unknown>)[step];
  }
  return typeof here === 'string' && here !== '' ? here : typeof here === 'number' ? String(here) : null;
}

/** The one thing that an answer names, or nothing. */
export const only = (name: string | null): string[] => (name === null ? [] : [name]);

/** An address without the slashes at its end. */
export const baseOf = (address: string | undefined): string => (address ?? '').replace(/\/+$/, '');

/** Asks for the answers' words, which a person must have agreed to. */
export const WORDS_FIELD: HookField = {
  name: 'words',
  label: 'Send people’s own words as well',
  hint: 'Open answers, and what the address of a survey brought. Only of people who agreed to be quoted',
  as: 'tick',
  isRequired: false,
};

export const ANSWERS_FIELD: HookField = {
  name: 'answers',
  label: 'Show the answers',
  hint: 'Everybody who reads the channel sees them. Without them the message says that somebody answered, and where to look',
  as: 'tick',
  isRequired: false,
};

/** Lines such as `question = property` as pairs; a line that is none of these is given back as a fault. */
export function readPairs(text: string): { pairs: [string, string][]; faults: string[] } {
  const pairs: [string, string][] = [];
  const faults: string[] = [];
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const pair = /^([^=\s]+)\s*=\s*([^=\s]+)$/.exec(line);
    if (pair?.[1] && pair[2]) pairs.push([pair[1], pair[2]]);
    else faults.push(line);
  }
  return { pairs, faults };
}
