import { mulberry32 } from '../stats/random.ts';

const BANDS = 16;
const ROWS = 8;
const HASHES = BANDS * ROWS;
const SHINGLE = 3;
/** How many earlier texts of one bucket a text is compared with: keeps a crowded bucket from costing its square. */
const NEIGHBOURS_MAX = 20;

// Fixed, so that the same texts give the same groups everywhere; nothing here is secret.
const drawn = mulberry32(20_417);
const salts = Int32Array.from({ length: HASHES }, () => drawn() * 2 ** 32);
const factors = Int32Array.from({ length: HASHES }, () => (drawn() * 2 ** 32) | 1);

/**
 * A text's MinHash signature: for each of 128 hash functions, the smallest value over all runs of three words. Two
 * signatures agree at a place as often as the sets of their texts overlap (Jaccard's index).
 *
 * @param words of one text, at least three, or the signature says nothing
 * @returns 128 values; takes time in proportion to the words
 * @see Broder (1997), Proceedings of Compression and Complexity of Sequences, 21–29
 */
export function minHash(words: readonly string[]): Uint32Array {
  const signature = new Uint32Array(HASHES).fill(0xffffffff);
  const hashes = words.map(hashWord);
  for (let i = 0; i + SHINGLE <= hashes.length; i++) {
    let shingle = 0;
    for (let j = i; j < i + SHINGLE; j++) shingle = mix(Math.imul(shingle, 31) + hashes[j]!);
    for (let k = 0; k < HASHES; k++) {
      const salted = Math.imul(shingle ^ salts[k]!, factors[k]!);
      const value = (salted ^ (salted >>> 15)) >>> 0;
      if (value < signature[k]!) signature[k] = value;
    }
  }
  return signature;
}

/**
 * How far two texts overlap, estimated from their signatures: the share of places that agree. Its standard error is at
 * most 0.044, and 0.027 for texts that overlap by 0.9.
 *
 * @returns 0 to 1
 *
 * @example
 * const words = 'we moved here because of the old garden'.split(' ')
 * overlapEstimate(minHash(words), minHash(words)) // => 1
 */
export function overlapEstimate(a: Uint32Array, b: Uint32Array): number {
  let agreeing = 0;
  for (let k = 0; k < HASHES; k++) if (a[k] === b[k]) agreeing++;
  return agreeing / HASHES;
}

/**
 * Which of many distinct texts are nearly the same.
 *
 * Signatures are cut into 16 bands of 8 values; only texts that share a whole band are compared, which nearly all pairs
 * with an overlap of 0.9 do (1 − (1 − 0.9⁸)¹⁶ > 0.999) and few below 0.5 (6 %). In a bucket each text is compared with
 * the first and with the 20 before it, so the time grows with the number of texts and not with its square. Groups are
 * chains: two members may be less alike than the bound when one between them links both.
 *
 * @param texts the words of each; of equal texts only one, or crowds of them fill the buckets
 * @param overlapMin the least estimated overlap (Jaccard's index of runs of three words); 0.9 unless told
 * @returns groups of two or more, as places in `texts`, ascending, by their first member
 * @see Leskovec, Rajaraman and Ullman (2020), Mining of Massive Datasets, chapter 3
 *
 * @example
 * const said = 'the staff were kind and the room was clean but breakfast came late on both of our mornings'.split(' ')
 * nearTextGroups([said, ['nothing', 'to', 'say', 'here'], [...said, 'sadly']], 0.8) // => [[0, 2]]
 */
export function nearTextGroups(texts: readonly (readonly string[])[], overlapMin = 0.9): number[][] {
  const signatures = texts.map(minHash);
  const parents = texts.map((_, i) => i);

  for (let band = 0; band < BANDS; band++) {
    const buckets = new Map<number, number[]>();
    signatures.forEach((signature, i) => {
      if (texts[i]!.length < SHINGLE) return;
      const key = bandKey(signature, band);
      const bucket = buckets.get(key);
      if (bucket === undefined) buckets.set(key, [i]);
      else {
        join(i, bucket);
        bucket.push(i);
      }
    });
  }

  const groups = new Map<number, number[]>();
  texts.forEach((_, i) => {
    const root = rootOf(i);
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [i]);
    else group.push(i);
  });
  return [...groups.values()].filter((group) => group.length > 1);

  function join(text: number, bucket: readonly number[]) {
    for (let back = 0; back <= NEIGHBOURS_MAX && back < bucket.length; back++) {
      const other = back === 0 ? bucket[0]! : bucket[bucket.length - back]!;
      const [a, b] = [rootOf(text), rootOf(other)];
      if (a !== b && overlapEstimate(signatures[text]!, signatures[other]!) >= overlapMin) {
        parents[Math.max(a, b)] = Math.min(a, b);
      }
    }
  }

  function rootOf(text: number): number {
    let root = text;
    while (parents[root] !== root) {
      parents[root] = parents[parents[root]!]!;
      root = parents[root]!;
    }
    return root;
  }
}

function bandKey(signature: Uint32Array, band: number): number {
  let key = 0;
  for (let k = band * ROWS; k < (band + 1) * ROWS; k++) key = mix(Math.imul(key, 31) + signature[k]!);
  return key;
}

/** FNV-1a over code units. */
function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash;
}

/** Spreads every bit over all others: the finaliser of MurmurHash3 (Austin Appleby, public domain). */
function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
