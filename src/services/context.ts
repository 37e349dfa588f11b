import type { Limits } from '../model/limits.ts';
import type { Database } from '../store/database.ts';
import { derivedKey } from '../store/derived-key.ts';
import type { Store } from '../store/store.ts';
import type { CountedLogs } from '../workers/counted-logs.ts';
import type { Thread } from '../workers/thread.ts';
import type { Audit } from './audit.ts';
import type { Hold } from './work-queue.ts';

/** What every service works with. Time comes from `now`, so that tests and replays can set it. */
export type Context = {
  folder: string;
  database: Database;
  store: Store;
  logs: CountedLogs;
  /** A standing thread for quick questions; runs get a thread of their own. */
  thread: Thread;
  /** Does something that is settled by another process should this one end in the middle of it. */
  hold: Hold;
  now: () => Date;
  limits: Limits;
  keys: Keys;
  /** The log of who did what. */
  audit: Audit;
  templatesFolder: string;
};

export type Keys = {
  text: Uint8Array;
  invitation: Uint8Array;
  device: Uint8Array;
  accounts: Uint8Array;
  optOut: Uint8Array;
  outgoing: Uint8Array;
  sources: Uint8Array;
  pseudonyms: Uint8Array;
  cursors: Uint8Array;
  apiAnswers: Uint8Array;
  audit: Uint8Array;
};

/** The keys of an installation, from its secret. */
export function keysFrom(secret: Uint8Array): Keys {
  const derive = (purpose: string) => derivedKey(secret, purpose);
  return {
    text: derive('text'),
    invitation: derive('invitation'),
    device: derive('device'),
    accounts: derive('accounts'),
    optOut: derive('opt-out'),
    outgoing: derive('outgoing'),
    sources: derive('sources'),
    pseudonyms: derive('pseudonyms'),
    cursors: derive('cursors'),
    apiAnswers: derive('api-answers'),
    audit: derive('audit'),
  };
}

/** Who acts: a member of the workspace, or null for the command line, which owns the folder. */
export type Actor = { userId: number } | null;
