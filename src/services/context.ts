import { createHmac } from 'node:crypto';
import type { Limits } from '../model/limits.ts';
import type { Database } from '../store/database.ts';
import type { Store } from '../store/store.ts';
import type { Thread } from '../workers/thread.ts';
import type { Logs } from '../workers/writer.ts';

/** What every service works with. Time comes from `now`, so that tests and replays can set it. */
export type Context = {
  folder: string;
  database: Database;
  store: Store;
  logs: Logs;
  /** A standing thread for quick questions; runs get a thread of their own. */
  thread: Thread;
  now: () => Date;
  limits: Limits;
  keys: Keys;
  templatesFolder: string;
};

export type Keys = {
  text: Uint8Array;
  invitation: Uint8Array;
  device: Uint8Array;
  optOut: Uint8Array;
  outgoing: Uint8Array;
  sources: Uint8Array;
  pseudonyms: Uint8Array;
};

/** One key per purpose from the installation's secret, so that a hash made for one is worthless for another. */
export function keysFrom(secret: Uint8Array): Keys {
  const derive = (purpose: string) => createHmac('sha256', secret).update(`verbatim ${purpose}`).digest();
  return {
    text: derive('text'),
    invitation: derive('invitation'),
    device: derive('device'),
    optOut: derive('opt-out'),
    outgoing: derive('outgoing'),
    sources: derive('sources'),
    pseudonyms: derive('pseudonyms'),
  };
}

/** Who acts: a member of the workspace, or null for the command line, which owns the folder. */
export type Actor = { userId: number } | null;
