import { crc32, deflateRawSync } from 'node:zlib';

export type PackedFile = {
  name: string;
  content?: Uint8Array | string;
  /** What the list says instead of what is so. */
  saysBytes?: number;
  /** The Unix mode in the list, such as 0o120777 of a link. */
  mode?: number;
  flags?: number;
  /** Stored rather than deflated. */
  isStored?: boolean;
};

/** A ZIP archive whose list may say what is not so. */
export function packZip(files: readonly PackedFile[]): Uint8Array {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  for (const { name, content = '', saysBytes, mode = 0, flags = 0, isStored = false } of files) {
    const plain = Buffer.from(content as string);
    const packed = isStored ? plain : deflateRawSync(plain);
    const named = Buffer.from(name);
    const fixed = Buffer.alloc(26);
    fixed.writeUInt16LE(20, 0);
    fixed.writeUInt16LE(flags | 0x800, 2);
    fixed.writeUInt16LE(isStored ? 0 : 8, 4);
    fixed.writeUInt32LE(crc32(plain), 10);
    fixed.writeUInt32LE(packed.length, 14);
    fixed.writeUInt32LE(saysBytes ?? plain.length, 18);
    fixed.writeUInt16LE(named.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), fixed, named, packed]);
    const listed = Buffer.alloc(14);
    listed.writeUInt32LE((mode << 16) >>> 0, 6);
    listed.writeUInt32LE(at, 10);
    list.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0003'), fixed, listed, named]));
    parts.push(local);
    at += local.length;
  }
  const listing = Buffer.concat(list);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(listing.length, 8);
  end.writeUInt32LE(at, 12);
  return new Uint8Array(Buffer.concat([...parts, listing, Buffer.from('PK\u0005\u0006'), end]));
}
