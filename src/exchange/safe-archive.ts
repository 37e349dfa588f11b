import { crc32, inflateRawSync } from 'node:zlib';

export type ArchiveLimits = {
  /** Files and folders together. */
  entriesMost: number;
  /** Of one file, unpacked. */
  entryBytesMost: number;
  /** Of all files together, unpacked. */
  totalBytesMost: number;
};

export type ArchiveEntry = { name: string; bytes: number; packedBytes: number };

export type SafeArchive = {
  /** The files, in the archive's order; folders are left out. */
  entries: readonly ArchiveEntry[];
  /**
   * Unpacks one file; null when the archive has none of that name.
   *
   * @throws {ArchiveFault} when it is not what the archive's list says of it
   */
  read(name: string): Uint8Array | null;
};

export type ArchiveFaultKind = 'no-archive' | 'too-large' | 'too-many' | 'unsafe-name' | 'link' | 'locked' | 'damaged';

/** What stands against an archive, as a sentence for a person. */
export class ArchiveFault extends RangeError {
  readonly kind: ArchiveFaultKind;
  constructor(kind: ArchiveFaultKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_64_PLACE = 0x07064b50;
const LISTED = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const COMMENT_BYTES_MOST = 0xffff;
/** Text packs to a hundredth at the best; what packs better from a large file was made to fill a memory. */
const RATIO_MOST = 200;
const RATIO_FROM_BYTES = 4 * 1024 * 1024;
const NAME_MOST = 500;

const shownMb = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024).toLocaleString('en-GB')} MB`;
const damaged = (cause?: unknown): ArchiveFault =>
  new ArchiveFault('damaged', 'The archive is damaged, or was not written to its end', cause);

type Listed = ArchiveEntry & { method: number; crc: number; at: number };

/**
 * Reads the list of a ZIP archive and judges all of it before anything is unpacked. What is unpacked later is held to the
 * list: no more bytes than it says, and the same checksum.
 *
 * @throws {ArchiveFault} for what is no archive, for more files or bytes than the limits allow, for names that lead out
 *   of a folder or stand twice, for links, and for what is locked with a password
 */
export function openArchive(bytes: Uint8Array, limits: ArchiveLimits): SafeArchive {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const listed = new Map<string, Listed>();
  try {
    for (const entry of list(bytes, view, limits)) {
      if (listed.has(entry.name))
        throw new ArchiveFault('unsafe-name', `The archive holds “${shown(entry.name)}” more than once`);
      listed.set(entry.name, entry);
    }
  } catch (error) {
    // A view that is read beyond its end says so with a RangeError of its own.
    throw error instanceof ArchiveFault ? error : damaged(error);
  }
  refuseSizes([...listed.values()], bytes.byteLength, limits);
  return {
    entries: [...listed.values()].map(({ name, bytes: unpacked, packedBytes }) => ({
      name,
      bytes: unpacked,
      packedBytes,
    })),
    read: (name) => {
      const entry = listed.get(name);
      return entry ? unpack(bytes, view, entry) : null;
    },
  };
}

/** True for what begins as ZIP archives do. */
export const looksPacked = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

function* list(bytes: Uint8Array, view: DataView, { entriesMost }: ArchiveLimits): Generator<Listed> {
  const { count, at, shift } = placeOfList(view);
  if (count > entriesMost)
    throw new ArchiveFault(
      'too-many',
      `The archive holds ${count.toLocaleString('en-GB')} files; the most that is read is ${entriesMost.toLocaleString('en-GB')}`,
    );
  let place = at;
  for (let index = 0; index < count; index += 1) {
    if (view.getUint32(place, true) !== LISTED) throw damaged();
    const flags = view.getUint16(place + 8, true);
    const nameBytes = view.getUint16(place + 28, true);
    const extraBytes = view.getUint16(place + 30, true);
    const commentBytes = view.getUint16(place + 32, true);
    const nameAt = place + 46;
    const end = nameAt + nameBytes + extraBytes + commentBytes;
    if (end > bytes.byteLength) throw damaged();
    const name = readName(bytes.subarray(nameAt, nameAt + nameBytes));
    if ((flags & 1) !== 0) throw new ArchiveFault('locked', 'The archive is locked with a password');
    const fileType = (view.getUint32(place + 38, true) >>> 16) & 0xf000;
    if (fileType !== 0 && fileType !== 0x8000 && fileType !== 0x4000)
      throw new ArchiveFault('link', `The archive holds a link or device, “${shown(name)}”, and not only files`);
    const sizes = sizesOf(view, place, nameAt + nameBytes, extraBytes);
    if (!name.endsWith('/'))
      yield {
        name,
        bytes: sizes.unpacked,
        packedBytes: sizes.packed,
        method: view.getUint16(place + 10, true),
        crc: view.getUint32(place + 16, true),
        at: sizes.at + shift,
      };
    place = end;
  }
}

/** Where the list of files begins, how many it names, and by how much all places are moved by what stands before. */
function placeOfList(view: DataView): { count: number; at: number; shift: number } {
  const last = view.byteLength - END_BYTES;
  let end = last;
  while (end >= 0 && end >= last - COMMENT_BYTES_MOST && view.getUint32(end, true) !== END) end -= 1;
  if (end < 0 || view.getUint32(end, true) !== END) throw new ArchiveFault('no-archive', 'This is no ZIP archive');
  let count = view.getUint16(end + 10, true);
  let size = view.getUint32(end + 12, true);
  let offset = view.getUint32(end + 16, true);
  let listEnd = end;
  if (end >= 20 && view.getUint32(end - 20, true) === END_64_PLACE) {
    const wide = Number(view.getBigUint64(end - 12, true));
    if (view.getUint32(wide, true) !== END_64) throw damaged();
    count = Number(view.getBigUint64(wide + 32, true));
    size = Number(view.getBigUint64(wide + 40, true));
    offset = Number(view.getBigUint64(wide + 48, true));
    listEnd = wide;
  }
  const at = listEnd - size;
  if (at < 0 || at < offset) throw damaged();
  return { count, at, shift: at - offset };
}

/** Sizes and place of a file; those that do not fit 32 bits stand in an extra field. */
function sizesOf(
  view: DataView,
  place: number,
  extraAt: number,
  extraBytes: number,
): { packed: number; unpacked: number; at: number } {
  const WIDE = 0xffffffff;
  let packed = view.getUint32(place + 20, true);
  let unpacked = view.getUint32(place + 24, true);
  let at = view.getUint32(place + 42, true);
  for (let field = extraAt; field + 4 <= extraAt + extraBytes; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== 1) continue;
    let next = field + 4;
    const take = (): number => {
      next += 8;
      return Number(view.getBigUint64(next - 8, true));
    };
    if (unpacked === WIDE) unpacked = take();
    if (packed === WIDE) packed = take();
    if (at === WIDE) at = take();
  }
  return { packed, unpacked, at };
}

function readName(bytes: Uint8Array): string {
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    name = new TextDecoder('latin1').decode(bytes);
  }
  // Older packers of Windows write its own separator.
  const plain = name.replaceAll('\\', '/');
  const isUnsafe =
    plain === '' ||
    plain.length > NAME_MOST ||
    plain.startsWith('/') ||
    /^[a-z]:/i.test(plain) ||
    /[\u0000-\u001F\u007F]/.test(plain) ||
    plain.split('/').includes('..');
  if (isUnsafe)
    throw new ArchiveFault('unsafe-name', `The archive holds a file whose name leads out of it: “${shown(plain)}”`);
  return plain;
}

const shown = (name: string): string => name.replaceAll(/[\u0000-\u001F\u007F]/g, '?').slice(0, 60);

function refuseSizes(
  entries: readonly Listed[],
  archiveBytes: number,
  { entryBytesMost, totalBytesMost }: ArchiveLimits,
): void {
  let total = 0;
  let packed = 0;
  for (const { name, bytes, packedBytes } of entries) {
    total += bytes;
    packed += packedBytes;
    if (bytes > entryBytesMost)
      throw new ArchiveFault(
        'too-large',
        `“${shown(name)}” in the archive unpacks to more than ${shownMb(entryBytesMost)}`,
      );
    if (bytes > RATIO_FROM_BYTES && bytes > packedBytes * RATIO_MOST)
      throw new ArchiveFault('too-large', `“${shown(name)}” in the archive was made to fill the memory`);
  }
  if (total > totalBytesMost)
    throw new ArchiveFault('too-large', `The archive unpacks to more than ${shownMb(totalBytesMost)}`);
  // Files that share their bytes are how a small archive names a large one many times.
  if (packed > archiveBytes) throw damaged();
}

function unpack(bytes: Uint8Array, view: DataView, entry: Listed): Uint8Array {
  const { at, packedBytes, method, crc } = entry;
  try {
    if (view.getUint32(at, true) !== LOCAL) throw damaged();
    const from = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
    if (from + packedBytes > bytes.byteLength) throw damaged();
    const packed = bytes.subarray(from, from + packedBytes);
    if (method !== 0 && method !== 8)
      throw new ArchiveFault('damaged', 'The archive is packed in a way that is not read here: pack it as plain ZIP');
    const unpacked = method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(entry.bytes, 1) });
    if (unpacked.byteLength !== entry.bytes || crc32(unpacked) !== crc) throw damaged();
    return unpacked;
  } catch (error) {
    if (error instanceof ArchiveFault) throw error;
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE')
      throw new ArchiveFault('too-large', `“${shown(entry.name)}” is larger than the archive says`, error);
    throw damaged(error);
  }
}
