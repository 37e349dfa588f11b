import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdirSync, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { readColumnNames } from '../model/file-row.ts';
import { Problem } from '../model/problem.ts';
import { newPublicId } from '../store/identifiers.ts';
import type { FileCounts, LineFault, SourceFile } from '../store/source-files.ts';
import type { OpenSource, Source } from '../store/sources.ts';
import type { Context } from './context.ts';
import type { IntakeService } from './intake.ts';
import { FileFault, type FileIdentity, identifyFile, shapeOf, sourceFileReader } from './source-file-reader.ts';
import { sourceSecrets } from './source-secrets.ts';

/** Whether a source takes files from its folder, and how the columns of its files are called. */
export type InboxSettings = { isWatched: boolean; names: Record<string, string> };

/** How often folders are looked into. A file is read when two looks in a row find it the same. */
const LOOK_MS = 5_000;
/** The page of a file shows so many of the lines that were refused; its result file has all of them. */
const FAULTS_KEPT = 100;
const PROGRESS_MS = 2_000;
/** A signature is good for so long before and after its time. */
const SIGNED_MS = 5 * 60_000;
const UPLOADS_AT_ONCE = 4;
/** So many times as much as may come is read before whoever sends it is cut off. */
const PASSED_OVER = 3;
const NAME_MAX = 120;
const NOTHING: FileCounts = { lines: 0, kept: 0, known: 0, refused: 0 };
/** Our own files beside those that others drop: an upload that was taken, and what is still being written. */
const UPLOADED = /^upload-([\w-]{22})$/;
const HALF_DONE = /^\.(upload-[\da-f-]{36}|result-[\w-]{22})\.part$/;

export const inboxOf = ({ inbox }: Pick<Source, 'inbox'>): InboxSettings =>
  inbox === null ? { isWatched: false, names: {} } : (JSON.parse(inbox) as InboxSettings);

/** The signature of an upload: HMAC-SHA256 in hexadecimal over `seconds.name.` and the bytes of the file. */
const uploadHmac = (serverKey: string, seconds: string, name: string) =>
  createHmac('sha256', serverKey).update(`${seconds}.${name}.`, 'utf8');

/** What becomes another when somebody writes to a file. */
const markOf = ({ ino, size, mtimeMs }: Stats): string => `${ino} ${size} ${mtimeMs}`;

/** A file that is being read, and what it was before. */
type Taken = { source: Source; file: string; record: SourceFile; identity: FileIdentity; mark: string };

/** Files that tell of people and what they did: dropped into a folder, or sent and signed. */
export function inboxService(context: Context, intake: IntakeService, report: (error: unknown) => void) {
  const { store, folder, limits, now, keys } = context;
  const reader = sourceFileReader(intake);
  const secrets = sourceSecrets(keys.sources, now);
  const folderOf = ({ publicId }: Pick<Source, 'publicId'>) => path.join(folder, 'inbox', publicId);
  /** What each file in a folder was when it was last looked at. */
  let seen = new Map<string, string>();
  let turn: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let isClosing = false;
  let uploading = 0;

  function makeFolder(source: Pick<Source, 'publicId'>): string {
    const at = folderOf(source);
    for (const name of ['done', 'failed']) mkdirSync(path.join(at, name), { recursive: true, mode: 0o700 });
    return at;
  }

  /** Moves a file to where it ends, with the lines that were refused beside it. */
  async function settle(at: string, file: string, result: string, record: SourceFile, state: 'done' | 'failed') {
    const stamp = now().toISOString().replaceAll(/[:.]/g, '-');
    // With what stands before and behind it, a name must stay one that the disk takes.
    const name = Buffer.from(record.name).subarray(-NAME_MAX).toString();
    const target = path.join(at, state, `${stamp}_${record.publicId}_${name}`);
    await rename(result, `${target}.result.txt`);
    await rename(file, target);
  }

  /** Reads a file and writes what was refused; null when it was stopped. */
  async function readAll(
    { source, file, record, identity, mark }: Taken,
    output: FileHandle,
  ): Promise<{ counts: FileCounts; reason: string | null; faults: LineFault[] } | null> {
    const faults: LineFault[] = [];
    const refused: string[] = [];
    const flush = async () => {
      if (refused.length > 0) await output.write(refused.splice(0).join(''));
    };
    let toldAt = performance.now();
    const advance = async (counts: FileCounts): Promise<boolean> => {
      await flush();
      if (performance.now() - toldAt > PROGRESS_MS) {
        toldAt = performance.now();
        await store.sourceFiles.progress(record.id, counts);
      }
      return !isClosing;
    };
    try {
      const shape = shapeOf(record.name, identity.sample);
      if (!shape) throw new FileFault('Its name must end in .csv, .tsv, .txt, .jsonl, .ndjson or .json');
      const counts = await reader.read(
        source,
        { file, identity, shape, names: inboxOf(source).names },
        (fault) => {
          if (faults.length < FAULTS_KEPT) faults.push(fault);
          // What a cell holds may run over lines; here each line is one fault.
          refused.push(`line ${fault.line}: ${fault.reason.replaceAll(/\s+/g, ' ')}\n`);
        },
        advance,
      );
      if (!counts) return null;
      await flush();
      const hasChanged = markOf(await lstat(file)) !== mark;
      const isEmpty = counts.kept + counts.known === 0;
      return {
        counts,
        reason: hasChanged ? 'It changed while it was being read' : isEmpty ? 'No line of it could be kept' : null,
        faults,
      };
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      return { counts: NOTHING, reason: error.message, faults: [] };
    }
  }

  /** Reads one file to its end and says what came of it; what stops in between is read again as if it were new. */
  async function take(taken: Taken, at: string): Promise<void> {
    const { record, file } = taken;
    await store.sourceFiles.progress(record.id);
    const result = path.join(at, `.result-${record.publicId}.part`);
    const output = await open(result, 'w', 0o600);
    let outcome: Awaited<ReturnType<typeof readAll>>;
    try {
      outcome = await readAll(taken, output);
      if (outcome) {
        const { counts, reason } = outcome;
        const { lines, kept, known, refused } = counts;
        await output.write(
          `${record.name}: ${lines} lines, ${kept} new, ${known} known already, ${refused} refused\n${reason === null ? '' : `${reason}\n`}`,
        );
      }
    } finally {
      await output.close();
    }
    if (!outcome) return;
    const { counts, reason, faults } = outcome;
    const state = reason === null ? ('done' as const) : ('failed' as const);
    await store.sourceFiles.end(record.id, { ...counts, state, reason, faults }, now().toISOString());
    await settle(at, file, result, record, state);
  }

  async function takeFromFolder(source: Source, at: string, name: string): Promise<void> {
    const file = path.join(at, name);
    const mark = markOf(await lstat(file));
    const identity = await identifyFile(file);
    const about = { sourceId: source.id, sha256: identity.sha256, origin: 'folder' as const };
    // A process that ended while it read this has left its line.
    const begun = await store.sourceFiles.findSame(about, ['reading']);
    const record =
      begun?.name === name
        ? begun
        : await store.sourceFiles.add(
            { ...about, name, bytes: identity.bytes, state: 'reading' },
            null,
            now().toISOString(),
          );
    await take({ source, file, record, identity, mark }, at);
  }

  /** Files that lie in a folder and are the same as when it was looked into before. */
  async function stableFiles(at: string, found: Map<string, string>): Promise<string[]> {
    const stable: string[] = [];
    for (const entry of await readdir(at, { withFileTypes: true })) {
      // A link could lead anywhere, and what is still being written is often called so.
      if (!entry.isFile() || UPLOADED.test(entry.name) || /^\.|\.(part|tmp)$/i.test(entry.name)) continue;
      const file = path.join(at, entry.name);
      const stats = await lstat(file).catch(() => null);
      if (!stats || stats.size === 0) continue;
      const mark = markOf(stats);
      if (seen.get(file) === mark) stable.push(entry.name);
      found.set(file, mark);
    }
    return stable.sort();
  }

  const uploadFile = (at: string, { publicId }: Pick<SourceFile, 'publicId'>) => path.join(at, `upload-${publicId}`);

  async function readFolders(): Promise<void> {
    const found = new Map<string, string>();
    for (const source of await store.sources.withInbox()) {
      if (!inboxOf(source).isWatched) continue;
      try {
        const at = makeFolder(source);
        for (const name of await stableFiles(at, found)) {
          if (isClosing) return;
          await takeFromFolder(source, at, name).catch(report);
        }
      } catch (error) {
        report(error);
      }
    }
    seen = found;
  }

  async function readUploads(): Promise<void> {
    for (const record of await store.sourceFiles.uploadsToRead()) {
      if (isClosing) return;
      const source = await store.sources.findById(record.sourceId);
      if (!source) continue;
      const at = makeFolder(source);
      const file = uploadFile(at, record);
      try {
        if (existsSync(file)) {
          const mark = markOf(await lstat(file));
          await take({ source, file, record, identity: await identifyFile(file), mark }, at);
        } else {
          const lost = { ...NOTHING, state: 'failed' as const, reason: 'The file is no longer there', faults: [] };
          await store.sourceFiles.end(record.id, lost, now().toISOString());
        }
      } catch (error) {
        report(error);
      }
    }
  }

  /** Removes what a process that ended left half done. Uploads that nobody was told of are sent again. */
  async function tidy(): Promise<void> {
    const inbox = path.join(folder, 'inbox');
    if (!existsSync(inbox)) return;
    const waiting = new Set((await store.sourceFiles.uploadsToRead()).map(({ publicId }) => publicId));
    for (const source of await readdir(inbox, { withFileTypes: true })) {
      if (!source.isDirectory()) continue;
      for (const name of await readdir(path.join(inbox, source.name))) {
        const [, upload] = UPLOADED.exec(name) ?? [];
        if (HALF_DONE.test(name) || (upload !== undefined && !waiting.has(upload)))
          await rm(path.join(inbox, source.name, name), { force: true });
      }
    }
  }

  /** One after the other, so that no file is read twice at once. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    turn = turn.then(work).catch(report);
    return turn;
  }

  /** Looks into all folders, and reads what it finds there for the second time as it was, and what was uploaded. */
  async function look(): Promise<void> {
    await inTurn(readFolders);
    await inTurn(readUploads);
  }

  function plan(): void {
    if (isClosing) return;
    timer = setTimeout(() => void look().then(plan), LOOK_MS);
    timer.unref();
  }

  /**
   * Takes what is being sent to disk and makes sure that it is there. Of what is too large the rest is passed over, so
   * that the sender hears of it, unless it never ends.
   */
  async function spool(body: Readable, file: string, hmac: ReturnType<typeof uploadHmac>): Promise<number> {
    const handle = await open(file, 'wx', 0o600);
    const most = limits.uploadBytes;
    let bytes = 0;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > PASSED_OVER * most) break;
        if (bytes > most) continue;
        hmac.update(chunk);
        await handle.write(chunk);
      }
      if (bytes > most) throw tooLarge(most);
      await handle.sync();
      return bytes;
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code === 'ECONNRESET')
        throw new Problem('invalid', 'The upload broke off', { detail: 'Nothing of it was kept: send it again' });
      if (code !== 'ENOSPC') throw error;
      throw new Problem('storage-full', 'The disk is full, so nothing more can be kept', {
        detail: 'Nothing of this file was kept. Free some space, then send it again',
        retryAfterSeconds: 60,
      });
    } finally {
      await handle.close();
    }
  }

  return {
    look,

    /**
     * Takes an upload: it is read once all of it is safe on disk and its signature is right.
     *
     * @param signature `t=seconds,v1=hexadecimal`
     * @throws Problem `forbidden` without the server key, for a wrong signature or one of another time, `invalid` for a
     *   name that says nothing, `too-large`, `busy`
     */
    upload: async (
      source: OpenSource,
      { name, signature, length }: { name: string; signature: string; length: number },
      body: Readable,
    ): Promise<SourceFile> => {
      const serverKey = secrets.serverKey(source);
      if (!source.isServer || serverKey === null)
        throw new Problem('forbidden', 'An upload needs the server key', {
          detail: 'The write key is known to everybody. The server key stands on the page of the source in the studio',
        });
      if (name === '' || name.length > NAME_MAX || !/^[^/\\\p{C}]+$/u.test(name) || shapeOf(name, '') === null)
        throw new Problem('invalid', 'The file needs a name', {
          detail: 'Send ?name= with one that ends in .csv, .tsv, .txt, .jsonl, .ndjson or .json',
        });
      const [, seconds = '', hex = ''] = /^t=(\d{10}),v1=([0-9a-f]{64})$/i.exec(signature) ?? [];
      const wrong = (detail: string) =>
        new Problem('forbidden', 'The signature of this upload does not hold', { detail });
      if (hex === '') throw wrong('Send X-Signature as t=SECONDS,v1=HEXADECIMAL');
      if (Math.abs(now().getTime() - Number(seconds) * 1000) > SIGNED_MS)
        throw wrong('It was made more than five minutes ago, or by a clock that is wrong: sign it anew');
      if (length > limits.uploadBytes) throw tooLarge(limits.uploadBytes);
      if (uploading >= UPLOADS_AT_ONCE)
        throw new Problem('busy', 'Several uploads are coming in already', {
          detail: 'Send it again in a few seconds',
          retryAfterSeconds: 5,
        });
      uploading += 1;
      const at = makeFolder(source);
      const part = path.join(at, `.upload-${randomUUID()}.part`);
      try {
        const hmac = uploadHmac(serverKey, seconds, name);
        const bytes = await spool(body, part, hmac);
        if (!timingSafeEqual(hmac.digest(), Buffer.from(hex, 'hex')))
          throw wrong('Sign SECONDS.NAME. and the bytes of the file with the server key');
        if (bytes === 0) throw new Problem('invalid', 'The file is empty', { detail: 'Nothing was kept' });
        const { sha256 } = await identifyFile(part);
        const about = { sourceId: source.id, sha256, origin: 'upload' as const };
        const same = await store.sourceFiles.findSame(about, ['waiting', 'reading', 'done']);
        if (same) return same;
        const publicId = newPublicId();
        await rename(part, uploadFile(at, { publicId }));
        const record = await store.sourceFiles.add(
          { ...about, name, bytes, state: 'waiting' },
          publicId,
          now().toISOString(),
        );
        // Folders wait for their own time, so that a file is the same for long enough.
        void inTurn(readUploads);
        return record;
      } finally {
        uploading -= 1;
        await rm(part, { force: true });
      }
    },

    /**
     * Says whether a source takes files from its folder, and what their columns are called there.
     *
     * @param lines `their name = ours`, one each
     * @throws Problem `invalid` naming the lines that are none
     */
    save: async (source: Source, isWatched: boolean, lines: string): Promise<void> => {
      const { names, faults } = readColumnNames(lines);
      if (faults.length > 0)
        throw new Problem('invalid', 'Some of these lines cannot be read', {
          errors: [
            {
              pointer: '#/names',
              detail: `Write each as “their name = ours”: ${faults.slice(0, 3).join('; ')}`,
            },
          ],
        });
      if (isWatched) makeFolder(source);
      const settings: InboxSettings = { isWatched, names };
      await store.sources.set(source.id, { inbox: JSON.stringify(settings) });
    },

    open: async (): Promise<void> => {
      isClosing = false;
      await inTurn(tidy);
      plan();
    },
    /** Stops after the batch that is being kept; the file is read again at the next start. */
    close: async (): Promise<void> => {
      isClosing = true;
      clearTimeout(timer);
      await turn;
    },
  };
}
export type Inbox = ReturnType<typeof inboxService>;

const tooLarge = (most: number) =>
  new Problem('too-large', `An upload may have ${Math.floor(most / 1024 / 1024)} MB`, {
    detail: 'Cut the file into parts, or raise VERBATIM_UPLOAD_MB',
  });
