import { statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { databaseFile, readIdentity } from '../store/data-folder.ts';
import type { DatabasePlace } from '../store/database-place.ts';
import { dropOldCopies, dropUnfinishedCopies, type KeptCopy, keptCopies } from '../store/kept-copies.ts';
import { startUpkeep } from '../workers/upkeep.ts';
import type { UpkeepTask } from '../workers/upkeep-thread.ts';
import type { Context } from './context.ts';

export type UpkeepOptions = {
  /** Whether the server copies its data every day. */
  copiesDaily: boolean;
  /** How many daily copies stay. */
  keep: number;
  /** Seals copies; null leaves them open. */
  copyKey: Uint8Array | null;
};

/** What came of the last copy or check, and when. */
export type UpkeepDone = { at: string; isWell: boolean; detail: string; ms: number };

/** How an installation fares, in figures; null where there is none to be had. */
export type UpkeepFigures = {
  databaseBytes: number | null;
  journalBytes: number | null;
  disk: { freeBytes: number; freeShare: number };
  copies: KeptCopy[];
  lastCopy: UpkeepDone | null;
  lastCheck: UpkeepDone | null;
  copiesDaily: boolean;
  sealsCopies: boolean;
};

const DAY_MS = 86_400_000;
const CHECK_EVERY_MS = 7 * DAY_MS;
const LOOK_EVERY_MS = 3_600_000;
/** The first look is not at the start, when others have the disk. */
const FIRST_LOOK_MS = 60_000;
const SETTINGS = { copy: 'upkeep-copy', check: 'upkeep-check' } as const;

/**
 * Looks after the data by itself: a copy every day, of which the newest stay, and once a week a look through the whole
 * database for damage. On PostgreSQL those who run it do both.
 *
 * @param report hears loudly of each copy that could not be made, and of damage
 */
export function upkeepService(
  { folder, store, now }: Context,
  place: DatabasePlace,
  { copiesDaily, keep, copyKey }: UpkeepOptions,
  report: (error: unknown) => void,
) {
  const isOurs = place.engine === 'sqlite';
  let timer: NodeJS.Timeout | undefined;
  let going: { result: Promise<unknown>; stop: () => Promise<void> } | null = null;
  let looking: Promise<void> = Promise.resolve();
  let isClosed = false;

  const last = async (what: keyof typeof SETTINGS): Promise<UpkeepDone | null> => {
    const kept = await store.accounts.setting(SETTINGS[what]);
    return kept === null ? null : (JSON.parse(kept) as UpkeepDone);
  };

  async function perform(what: keyof typeof SETTINGS, task: UpkeepTask): Promise<UpkeepDone | null> {
    const began = performance.now();
    going = startUpkeep(task);
    const outcome = await (going.result as ReturnType<typeof startUpkeep>['result'])
      .catch((error: unknown) => ({ isWell: false, detail: (error as Error).message }))
      .finally(() => {
        going = null;
      });
    if (isClosed) return null;
    const done = { at: now().toISOString(), ...outcome, ms: Math.round(performance.now() - began) };
    await store.accounts.putSetting(SETTINGS[what], JSON.stringify(done));
    if (!done.isWell)
      report(
        new Error(
          what === 'copy' ? `No copy could be made: ${done.detail}` : `The database is damaged: ${done.detail}`,
        ),
      );
    return done;
  }

  async function copy(): Promise<UpkeepDone | null> {
    dropUnfinishedCopies(folder);
    const done = await perform('copy', { task: 'copy', folder, key: copyKey, at: now().toISOString() });
    if (done?.isWell) dropOldCopies(folder, keep, now());
    return done;
  }
  const check = () => perform('check', { task: 'check', folder });

  const isOlder = (at: string | Date, ms: number): boolean => now().getTime() - new Date(at).getTime() >= ms;

  /** Does what is due. */
  async function look(): Promise<void> {
    const { createdAt } = readIdentity(folder);
    const newest = keptCopies(folder)[0]?.at ?? new Date(createdAt);
    if (copiesDaily && isOlder(newest, DAY_MS)) await copy();
    if (!isClosed && isOlder((await last('check'))?.at ?? createdAt, CHECK_EVERY_MS)) await check();
  }
  const lookNext = (): Promise<void> => {
    looking = looking
      .then(() => (isClosed ? undefined : look()))
      .catch((error) => (isClosed ? undefined : report(error)));
    return looking;
  };

  return {
    open: (): void => {
      if (!isOurs) return;
      isClosed = false;
      timer = setTimeout(() => {
        timer = setInterval(lookNext, LOOK_EVERY_MS);
        timer.unref();
        void lookNext();
      }, FIRST_LOOK_MS);
      timer.unref();
    },
    close: async (): Promise<void> => {
      isClosed = true;
      clearInterval(timer);
      await going?.stop();
      await looking;
    },
    look: lookNext,
    copy,
    check,
    figures: async (): Promise<UpkeepFigures> => {
      const { bavail, blocks, bsize } = await statfs(folder);
      const size = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      return {
        databaseBytes: isOurs ? size(databaseFile(folder)) : null,
        journalBytes: isOurs ? size(`${databaseFile(folder)}-wal`) : null,
        disk: { freeBytes: bavail * bsize, freeShare: blocks === 0 ? 1 : bavail / blocks },
        copies: isOurs ? keptCopies(folder) : [],
        lastCopy: await last('copy'),
        lastCheck: await last('check'),
        copiesDaily: isOurs && copiesDaily,
        sealsCopies: copyKey !== null,
      };
    },
  };
}
export type Upkeep = ReturnType<typeof upkeepService>;
