/** Bytes that are read in parts, since a recording may be larger than the memory. */
export type ByteSource = {
  size: number;
  /** @returns fewer bytes than asked for only at the end */
  read(offset: number, length: number): Promise<Uint8Array>;
};
export type SoundCut = { bytes: Uint8Array; mediaType: 'audio/wav' | 'audio/mpeg' };

/** More than a moment's sound of any quality has. */
const BYTES_MOST = 48 * 1024 * 1024;

/** The types of sound that a stretch can be cut from by itself, without what comes before and after. */
export const CUTTABLE: ReadonlySet<string> = new Set(['audio/wav', 'audio/mpeg']);

/**
 * A stretch of a recording as a recording of its own: nothing of what comes before or after is in it, nor any note that
 * the file carries about itself.
 *
 * WAV is cut between samples. MP3 is cut between frames, of about 26 ms, so that it begins and ends up to one frame early
 * or late.
 *
 * @param fromMs from the beginning of the recording, as `toMs`
 * @returns null for a recording of another kind or that cannot be read, and where nothing of it lies in the stretch
 */
export async function cutSound(source: ByteSource, fromMs: number, toMs: number): Promise<SoundCut | null> {
  if (!(fromMs >= 0 && toMs > fromMs)) return null;
  const head = await source.read(0, 12);
  const bytes = isWave(head) ? await cutWave(source, fromMs, toMs) : await cutFrames(source, fromMs, toMs);
  return bytes === null ? null : { bytes, mediaType: isWave(head) ? 'audio/wav' : 'audio/mpeg' };
}

const letters = (bytes: Uint8Array, from: number): string => String.fromCharCode(...bytes.subarray(from, from + 4));
const isWave = (head: Uint8Array): boolean => letters(head, 0) === 'RIFF' && letters(head, 8) === 'WAVE';
const numbers = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** PCM, floating point, A-law and µ-law, and what says in its extension which of them it is. */
const PLAIN_FORMATS: ReadonlySet<number> = new Set([1, 3, 6, 7, 0xfffe]);

async function cutWave(source: ByteSource, fromMs: number, toMs: number): Promise<Uint8Array | null> {
  let format: Uint8Array | null = null;
  for (let at = 12, chunks = 0; at + 8 <= source.size && chunks < 1000; chunks += 1) {
    const head = await source.read(at, 8);
    const name = letters(head, 0);
    const told = numbers(head).getUint32(4, true);
    if (name === 'fmt ') format = await source.read(at + 8, Math.min(told, 64));
    if (name === 'data') {
      if (format === null || format.length < 16) return null;
      // A file that was still being written says nothing of how long it is.
      const length = told === 0 || told === 0xffffffff ? source.size - at - 8 : Math.min(told, source.size - at - 8);
      return waveOf(source, format, { at: at + 8, length }, fromMs, toMs);
    }
    at += 8 + told + (told % 2);
  }
  return null;
}

async function waveOf(
  source: ByteSource,
  format: Uint8Array,
  data: { at: number; length: number },
  fromMs: number,
  toMs: number,
): Promise<Uint8Array | null> {
  const about = numbers(format);
  const rate = about.getUint32(4, true);
  const block = about.getUint16(12, true);
  if (!PLAIN_FORMATS.has(about.getUint16(0, true)) || rate === 0 || block === 0) return null;
  const blocks = Math.floor(data.length / block);
  const first = Math.floor((fromMs / 1000) * rate);
  const last = Math.min(blocks, Math.ceil((toMs / 1000) * rate));
  const length = (last - first) * block;
  if (length <= 0 || length > BYTES_MOST) return null;
  const head = new Uint8Array(20 + format.length + 8);
  const write = numbers(head);
  const put = (at: number, text: string) => head.set(new TextEncoder().encode(text), at);
  put(0, 'RIFF');
  write.setUint32(4, head.length - 8 + length, true);
  put(8, 'WAVEfmt ');
  write.setUint32(16, format.length, true);
  head.set(format, 20);
  put(20 + format.length, 'data');
  write.setUint32(24 + format.length, length, true);
  return joined([head, await source.read(data.at + first * block, length)]);
}

/** By version (MPEG 1; 2 and 2.5), the bit rates of layer III in kbit/s. */
const BIT_RATES = {
  1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;
const SAMPLE_RATES = [44_100, 48_000, 32_000];
const PART_BYTES = 256 * 1024;
/** So much that is no sound is passed over before a file counts as unreadable. */
const LOST_BYTES_MOST = 1024 * 1024;

/** What a frame of MPEG layer III says of itself at its beginning; null for anything else. */
function frameAt(
  bytes: Uint8Array,
  at: number,
): { length: number; ms: number; isMono: boolean; isFirst: boolean } | null {
  const [sync = 0, kind = 0, rates = 0, mode = 0] = bytes.subarray(at, at + 4);
  if (sync !== 0xff || (kind & 0xe6) !== 0xe2) return null;
  const version = (kind >> 3) & 3;
  if (version === 1) return null;
  const isFirst = version === 3;
  const bitRate = BIT_RATES[isFirst ? 1 : 2][rates >> 4];
  const sampleRate = SAMPLE_RATES[(rates >> 2) & 3];
  if (!bitRate || sampleRate === undefined) return null;
  const rate = sampleRate / (isFirst ? 1 : version === 2 ? 2 : 4);
  const samples = isFirst ? 1152 : 576;
  const length = Math.floor(((samples / 8) * bitRate * 1000) / rate) + ((rates >> 1) & 1);
  return { length, ms: (samples / rate) * 1000, isMono: mode >> 6 === 3, isFirst };
}

/** Whether a frame holds no sound, but tells how many follow. */
function isIndex(bytes: Uint8Array, at: number, frame: { isMono: boolean; isFirst: boolean }): boolean {
  const side = frame.isFirst ? (frame.isMono ? 17 : 32) : frame.isMono ? 9 : 17;
  return ['Xing', 'Info'].includes(letters(bytes, at + 4 + side)) || letters(bytes, at + 36) === 'VBRI';
}

async function cutFrames(source: ByteSource, fromMs: number, toMs: number): Promise<Uint8Array | null> {
  const kept: Uint8Array[] = [];
  let size = 0;
  let ms = 0;
  let lost = 0;
  let frames = 0;
  let part: Uint8Array = new Uint8Array(0);
  let partAt = 0;
  for (let at = await afterTags(source); at + 4 <= source.size && ms < toMs; ) {
    if (at + 4096 > partAt + part.length && partAt + part.length < source.size) {
      partAt = at;
      part = await source.read(at, PART_BYTES);
    }
    const frame = frameAt(part, at - partAt);
    if (frame === null || at + frame.length > source.size) {
      at += 1;
      lost += 1;
      if (lost > LOST_BYTES_MOST) return null;
      continue;
    }
    const own = part.subarray(at - partAt, at - partAt + frame.length);
    if (frames === 0 && isIndex(own, 0, frame)) {
      frames += 1;
      at += frame.length;
      continue;
    }
    frames += 1;
    if (ms + frame.ms > fromMs) {
      kept.push(own.slice());
      size += own.length;
      if (size > BYTES_MOST) return null;
    }
    ms += frame.ms;
    at += frame.length;
  }
  return kept.length === 0 ? null : joined(kept);
}

/** Where the sound begins after notes about the file: performers, pictures, places. */
async function afterTags(source: ByteSource): Promise<number> {
  const head = await source.read(0, 10);
  if (letters(head, 0).slice(0, 3) !== 'ID3') return 0;
  const [a = 0, b = 0, c = 0, d = 0] = head.subarray(6, 10);
  const footer = ((head[5] ?? 0) & 0x10) === 0 ? 0 : 10;
  return 10 + ((a << 21) | (b << 14) | (c << 7) | d) + footer;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
