const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** 1 January 1980, the first day that the format can tell. */
const FIRST_DAY = 0x0021;

/**
 * An archive without the times at which it was made, so that the same content always gives the same bytes. The times of its
 * files become the first one that the format knows.
 *
 * @param bytes a zip without a comment and not larger than 4 GB, as workbooks are written
 * @throws {RangeError} for what is no such archive
 */
export function stillZip(bytes: Uint8Array): Uint8Array {
  const still = Uint8Array.from(bytes);
  const view = new DataView(still.buffer);
  const end = still.length - 22;
  if (end < 0 || view.getUint32(end, true) !== END) throw new RangeError('This is no archive whose end is known');
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (view.getUint32(at, true) !== CENTRAL) throw new RangeError('The list of files in this archive is broken');
    const local = view.getUint32(at + 42, true);
    if (view.getUint32(local, true) !== LOCAL) throw new RangeError('A file of this archive is not where it should be');
    view.setUint16(at + 12, 0, true);
    view.setUint16(at + 14, FIRST_DAY, true);
    view.setUint16(local + 10, 0, true);
    view.setUint16(local + 12, FIRST_DAY, true);
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return still;
}
