import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type CopiedFile, isWithin } from './folder-files.ts';

/*
 * A copy in one file, which only its key opens: AES-256-GCM in pieces of a mebibyte, so that no size is too large for
 * memory. Each file has a key of its own, made from the operator's key and a salt; a piece's nonce is its number and
 * whether it is the last, so that pieces can be neither changed, swapped nor cut off. Inside stand the manifest, the
 * database, and the files, each behind its name and length.
 */

/** A sealed copy that cannot be used, in words for whoever runs the server. */
export class SealedCopyError extends Error {}

const MAGIC = Buffer.from('VBK1\n');
const KEY_ID_BYTES = 8;
const SALT_BYTES = 16;
const HEAD_BYTES = MAGIC.length + KEY_ID_BYTES + SALT_BYTES;
const TAG_BYTES = 16;
const PIECE_BYTES = 1024 * 1024;
/** In a piece's length: no other follows. */
const LAST = 0x8000_0000;
const NAME_BYTES_MAX = 4096;
const MANIFEST = 'manifest.json';
const DATABASE = 'database';

export const SEALED_END = '.vbk';
/** How many bytes a key has. */
export const COPY_KEY_BYTES = 32;

/** Tells which key a copy was made with, and nothing about it. */
const keyId = (key: Uint8Array): Buffer =>
  createHmac('sha256', key).update('which key a copy was made with').digest().subarray(0, KEY_ID_BYTES);
const ownKey = (key: Uint8Array, salt: Uint8Array): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, 'verbatim copy', COPY_KEY_BYTES));
function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(number, 7);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

/** Whether a file is a sealed copy, by how it begins. */
export async function isSealedCopy(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return bytesRead === MAGIC.length && buffer.equals(MAGIC);
  } finally {
    await handle.close();
  }
}

async function* entry(name: string, file: string): AsyncGenerator<Buffer> {
  yield headOf(name, statSync(file).size);
  yield* createReadStream(file, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>;
}

function headOf(name: string, bytes: number): Buffer {
  const words = Buffer.from(JSON.stringify({ name, bytes }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(words.length);
  return Buffer.concat([length, words]);
}

async function* contentOf(copy: { database: string; manifest: string; files: string }, files: readonly CopiedFile[]) {
  yield* entry(MANIFEST, copy.manifest);
  yield* entry(DATABASE, copy.database);
  for (const { path: name } of files) yield* entry(name, path.join(copy.files, name));
  // A name without length ends the list.
  yield Buffer.alloc(4);
}

/**
 * Puts a copy into one sealed file, which must not be there yet.
 *
 * @param copy where its parts stand
 */
export async function sealCopy(
  copy: { database: string; manifest: string; files: string },
  files: readonly CopiedFile[],
  target: string,
  key: Uint8Array,
): Promise<void> {
  const salt = randomBytes(SALT_BYTES);
  const head = Buffer.concat([MAGIC, keyId(key), salt]);
  const own = ownKey(key, salt);
  const out = await open(target, 'wx', 0o600);
  try {
    await out.writeFile(head);
    let number = 0;
    const put = async (piece: Buffer, isLast: boolean) => {
      const cipher = createCipheriv('aes-256-gcm', own, nonceOf(number, isLast)).setAAD(head);
      const length = Buffer.alloc(4);
      length.writeUInt32BE((isLast ? LAST : 0) + piece.length);
      await out.writeFile(Buffer.concat([length, cipher.update(piece), cipher.final(), cipher.getAuthTag()]));
      number += 1;
    };
    let held = Buffer.alloc(0);
    for await (const part of contentOf(copy, files)) {
      held = Buffer.concat([held, part]);
      for (; held.length > PIECE_BYTES; held = held.subarray(PIECE_BYTES))
        await put(held.subarray(0, PIECE_BYTES), false);
    }
    await put(held, true);
    await out.sync();
  } finally {
    await out.close();
  }
}

async function readWhole(handle: FileHandle, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes);
  if (bytesRead < bytes) throw new SealedCopyError('it ends in the middle: part of it is missing');
  return buffer;
}

async function* opened(file: string, key: Uint8Array): AsyncGenerator<Buffer> {
  const handle = await open(file, 'r');
  try {
    const head = await readWhole(handle, HEAD_BYTES);
    if (!head.subarray(0, MAGIC.length).equals(MAGIC)) throw new SealedCopyError('it is no sealed copy');
    if (!head.subarray(MAGIC.length, MAGIC.length + KEY_ID_BYTES).equals(keyId(key)))
      throw new SealedCopyError('it was made with another VERBATIM_BACKUP_KEY');
    const own = ownKey(key, head.subarray(MAGIC.length + KEY_ID_BYTES));
    for (let number = 0; ; number += 1) {
      const told = (await readWhole(handle, 4)).readUInt32BE();
      const isLast = told >= LAST;
      const length = isLast ? told - LAST : told;
      if (length > PIECE_BYTES) throw new SealedCopyError('it was changed or damaged');
      const sealed = await readWhole(handle, length + TAG_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', own, nonceOf(number, isLast), { authTagLength: TAG_BYTES })
        .setAAD(head)
        .setAuthTag(sealed.subarray(length));
      const piece = decipher.update(sealed.subarray(0, length));
      try {
        decipher.final();
      } catch {
        throw new SealedCopyError('it was changed or damaged');
      }
      yield piece;
      if (isLast) break;
    }
    const { bytesRead } = await handle.read(Buffer.alloc(1), 0, 1);
    if (bytesRead > 0) throw new SealedCopyError('something was added to its end');
  } finally {
    await handle.close();
  }
}

/** Gives each entry to `take`, in their order; what it leaves unread is passed over. */
async function eachEntry(
  file: string,
  key: Uint8Array,
  take: (name: string, content: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const pieces = opened(file, key);
  let held: Buffer = Buffer.alloc(0);
  const more = async (): Promise<void> => {
    const { value, done } = await pieces.next();
    if (done) throw new SealedCopyError('it ends in the middle: part of it is missing');
    held = held.length === 0 ? value : Buffer.concat([held, value]);
  };
  const next = async (bytes: number): Promise<Buffer> => {
    while (held.length < bytes) await more();
    const taken = held.subarray(0, bytes);
    held = held.subarray(bytes);
    return taken;
  };
  for (;;) {
    const length = (await next(4)).readUInt32BE();
    if (length === 0) break;
    if (length > NAME_BYTES_MAX) throw new SealedCopyError('it was changed or damaged');
    const { name, bytes } = JSON.parse((await next(length)).toString('utf8')) as { name: string; bytes: number };
    let left = bytes;
    const content = async function* (): AsyncGenerator<Buffer> {
      while (left > 0) {
        if (held.length === 0) await more();
        const part = held.subarray(0, left);
        held = held.subarray(part.length);
        left -= part.length;
        yield part;
      }
    };
    await take(name, content());
    for await (const _passedOver of content());
  }
  // The last piece is known to be whole only once it has been asked for what follows.
  if (!(await pieces.next()).done || held.length > 0) throw new SealedCopyError('something was added to its end');
}

/**
 * Reads a sealed copy from end to end and compares what is in it with its manifest.
 *
 * @throws {SealedCopyError} when something is missing or is not what it was
 */
export async function checkSealedCopy(file: string, key: Uint8Array): Promise<void> {
  let manifest: { sha256: string; files?: CopiedFile[] } = { sha256: '' };
  const found = new Map<string, string>();
  await eachEntry(file, key, async (name, content) => {
    const parts: Buffer[] = [];
    const digest = createHash('sha256');
    for await (const part of content) {
      digest.update(part);
      if (name === MANIFEST) parts.push(part);
    }
    if (name === MANIFEST) manifest = JSON.parse(Buffer.concat(parts).toString('utf8')) as typeof manifest;
    else found.set(name, digest.digest('hex'));
  });
  const expected = [[DATABASE, manifest.sha256], ...(manifest.files ?? []).map((one) => [one.path, one.sha256])];
  for (const [name = '', sha256] of expected)
    if (found.get(name) !== sha256) throw new SealedCopyError(`“${name}” in it is not what its manifest says`);
}

/**
 * Takes a sealed copy apart into a folder, as a copy whose parts stand side by side.
 *
 * @throws {SealedCopyError} when the key does not open it, or it is not whole
 */
export async function openSealedCopy(
  file: string,
  key: Uint8Array,
  into: { database: string; manifest: string; files: string },
): Promise<void> {
  await eachEntry(file, key, async (name, content) => {
    const to = name === MANIFEST ? into.manifest : name === DATABASE ? into.database : path.join(into.files, name);
    if (name !== MANIFEST && name !== DATABASE && !isWithin(name))
      throw new SealedCopyError(`“${name}” is no file of a data folder`);
    mkdirSync(path.dirname(to), { recursive: true, mode: 0o700 });
    await pipeline(content, createWriteStream(to, { mode: 0o600, flags: 'wx' }));
  });
}
