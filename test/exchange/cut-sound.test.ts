import { expect, test } from 'vitest';
import { type ByteSource, cutSound } from '../../src/exchange/cut-sound.ts';

const source = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
});
const text = (letters: string) => new TextEncoder().encode(letters);
const number = (value: number) => new Uint8Array(new Uint32Array([value]).buffer);
const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

/** Eight thousand samples a second of one byte each; every sample is the number of its second. */
function counting(seconds: number, notes = joined()): Uint8Array {
  const samples = Uint8Array.from({ length: seconds * 8000 }, (_, at) => Math.floor(at / 8000));
  const format = joined(new Uint8Array([1, 0, 1, 0]), number(8000), number(8000), new Uint8Array([1, 0, 8, 0]));
  return joined(
    text('RIFF'),
    number(0),
    text('WAVE'),
    notes,
    ...[text('fmt '), number(16), format],
    ...[text('data'), number(samples.length), samples],
  );
}
/** Frames of MPEG layer III, 128 kbit/s at 44,100 Hz; the body of each is its number, which no header can be. */
function frames(count: number): Uint8Array {
  return joined(
    ...Array.from({ length: count }, (_, at) => {
      const frame = new Uint8Array(417).fill(at % 200);
      frame.set([0xff, 0xfb, 0x90, 0xc0]);
      return frame;
    }),
  );
}
const FRAME_MS = (1152 / 44_100) * 1000;

test('of a WAV file exactly the samples of the stretch are cut, under a head of their own', async () => {
  const whole = counting(10, joined(text('LIST'), number(5), text('name!'), new Uint8Array(1)));
  const cut = await cutSound(source(whole), 3000, 5000);
  expect(cut?.mediaType).toBe('audio/wav');
  const bytes = Buffer.from(cut!.bytes);
  expect(bytes.toString('latin1')).not.toContain('name!');
  expect([bytes.toString('latin1', 0, 4), bytes.readUInt32LE(4), bytes.readUInt32LE(40)]).toEqual([
    'RIFF',
    bytes.length - 8,
    16_000,
  ]);
  expect(new Set(bytes.subarray(44))).toEqual(new Set([3, 4]));
});

test('a stretch that runs beyond the end ends with the recording, and one after it is nothing', async () => {
  const whole = source(counting(2));
  expect((await cutSound(whole, 1500, 9000))?.bytes.length).toBe(44 + 4000);
  expect(await cutSound(whole, 2000, 3000)).toBeNull();
  expect(await cutSound(whole, 1000, 1000)).toBeNull();
  expect(await cutSound(whole, -5, 1000)).toBeNull();
});

test('of an MP3 file only the frames that sound in the stretch are kept, without its notes', async () => {
  const notes = joined(text('ID3'), new Uint8Array([4, 0, 0, 0, 0, 0, 20]), text('Ada Lovelace, at hom'));
  const cut = await cutSound(source(joined(notes, frames(150))), 40 * FRAME_MS + 1, 43 * FRAME_MS - 1);
  expect(cut?.mediaType).toBe('audio/mpeg');
  const found = Array.from({ length: cut!.bytes.length / 417 }, (_, at) => cut!.bytes[at * 417 + 10]);
  expect(found).toEqual([40, 41, 42]);
  expect(Buffer.from(cut!.bytes).toString('latin1')).not.toContain('Ada');
});

test('frames across the parts that are read come whole, and what is no sound between them is passed over', async () => {
  const many = frames(2000);
  const dirty = joined(many.subarray(0, 417 * 900), text('broken'), many.subarray(417 * 900));
  const cut = await cutSound(source(dirty), 625 * FRAME_MS + 1, 905 * FRAME_MS - 1);
  expect(cut!.bytes.length).toBe(417 * 280);
  for (let at = 0; at < cut!.bytes.length; at += 417)
    expect([...cut!.bytes.subarray(at, at + 2)]).toEqual([0xff, 0xfb]);
});

test('the frame that tells how many follow is no sound', async () => {
  const index = new Uint8Array(417);
  index.set([0xff, 0xfb, 0x90, 0xc0]);
  index.set(text('Xing'), 4 + 17);
  const cut = await cutSound(source(joined(index, frames(10))), 0, FRAME_MS / 2);
  expect(cut?.bytes[10]).toBe(0);
  expect(cut?.bytes.length).toBe(417);
  expect(Buffer.from(cut!.bytes).toString('latin1')).not.toContain('Xing');
});

test('what is neither is not cut', async () => {
  expect(await cutSound(source(text('OggS and so on and so on')), 0, 1000)).toBeNull();
  expect(await cutSound(source(new Uint8Array(0)), 0, 1000)).toBeNull();
  expect(await cutSound(source(joined(text('RIFF'), number(9), text('WAVEdata'), number(4))), 0, 1000)).toBeNull();
});
