import { crc32 } from 'node:zlib';

/** Where the first piece of a PNG ends, which says how large it is. */
const AFTER_HEADER = 8 + 25;

/**
 * A PNG with words inside that programs read and people do not see: a text alternative, and where what it says comes from.
 *
 * @param png begins with its header, as all do
 * @param words by PNG's own keywords: `Title`, `Description`, `Source`
 */
export function withWords(png: Uint8Array, words: Readonly<Record<string, string>>): Uint8Array {
  const pieces = Object.entries(words).map(([keyword, text]) => piece(keyword, text));
  return Buffer.concat([png.subarray(0, AFTER_HEADER), ...pieces, png.subarray(AFTER_HEADER)]);
}

/** International text, not packed. */
function piece(keyword: string, text: string): Buffer {
  const content = Buffer.concat([
    Buffer.from('iTXt', 'latin1'),
    Buffer.from(keyword, 'latin1'),
    Buffer.from([0, 0, 0, 0, 0]),
    Buffer.from(text.toWellFormed().replaceAll('\0', ''), 'utf8'),
  ]);
  const framed = Buffer.alloc(content.length + 8);
  framed.writeUInt32BE(content.length - 4, 0);
  content.copy(framed, 4);
  framed.writeUInt32BE(crc32(content), content.length + 4);
  return framed;
}
