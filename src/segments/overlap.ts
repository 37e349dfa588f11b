/*
 * Which people two segments have in common. A segment is two sets of bits over the rows of all people, so that fifty
 * segments of a hundred thousand people are a megabyte, and all their pairs some millions of steps.
 */

/** A bit for each row: who is in, and of whom that is known. */
export type SegmentBits = { isIn: Uint32Array; isKnown: Uint32Array };

/** How two segments meet, among those of whom both are known. */
export type Overlap = {
  both: number;
  first: number;
  second: number;
  /** Of so many people both segments are known. */
  base: number;
};

/**
 * The bits of what a rule came to.
 *
 * @param verdicts for each row 0 false, 1 true, 2 unknown, as a population decides it
 *
 * @example
 * segmentBits(Uint8Array.of(1, 0, 2, 1)) // => { isIn: [9], isKnown: [11] }
 */
export function segmentBits(verdicts: Uint8Array): SegmentBits {
  const words = Math.ceil(verdicts.length / 32);
  const isIn = new Uint32Array(words);
  const isKnown = new Uint32Array(words);
  for (let row = 0; row < verdicts.length; row += 1) {
    const verdict = verdicts[row]!;
    const bit = 1 << (row & 31);
    if (verdict === 1) isIn[row >>> 5]! |= bit;
    if (verdict !== 2) isKnown[row >>> 5]! |= bit;
  }
  return { isIn, isKnown };
}

/**
 * Counts what two segments of the same people share.
 *
 * @throws {RangeError} when they are not of the same people
 *
 * @example
 * overlapOf(segmentBits(Uint8Array.of(1, 1, 0, 2)), segmentBits(Uint8Array.of(1, 0, 1, 1)))
 * // => { both: 1, first: 2, second: 2, base: 3 }
 */
export function overlapOf(a: SegmentBits, b: SegmentBits): Overlap {
  if (a.isIn.length !== b.isIn.length) throw new RangeError('overlapOf requires two segments of the same people');
  let [both, first, second, base] = [0, 0, 0, 0];
  for (let word = 0; word < a.isIn.length; word += 1) {
    const known = a.isKnown[word]! & b.isKnown[word]!;
    const inFirst = a.isIn[word]! & known;
    const inSecond = b.isIn[word]! & known;
    base += bitsSet(known);
    first += bitsSet(inFirst);
    second += bitsSet(inSecond);
    both += bitsSet(inFirst & inSecond);
  }
  return { both, first, second, base };
}

/** How many of 32 bits are set. */
export function bitsSet(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
