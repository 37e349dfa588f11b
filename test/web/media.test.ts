import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openInterviewHouse } from '../support/interview-house.ts';
import { silence } from '../support/wav.ts';

let house: Awaited<ReturnType<typeof openInterviewHouse>>;
beforeAll(async () => {
  house = await openInterviewHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const sound = silence(2);
const kept = () => {
  const room = path.join(house.house.folder, 'media');
  return existsSync(room) ? readdirSync(room).filter((name) => name !== 'arriving') : [];
};
const arriving = () => {
  const room = path.join(house.house.folder, 'media', 'arriving');
  return existsSync(room) ? readdirSync(room) : [];
};
const lay = (at: string, file: Uint8Array = sound, name = 'talk.wav') =>
  house.researcher.upload(`${at}/media`, 'recording', { name, bytes: new Uint8Array(file) });
const withRecording = async () => {
  const { interview, at } = await house.plan();
  await house.agree(interview, ['analysis', 'recording']);
  expect((await lay(at)).location).toBe(`${at}/transcript#recordings`);
  const [file] = await house.verbatim.media.listOf(interview);
  return { interview, at, address: `${at}/media/${file?.publicId}` };
};

test('a recording is kept only once it is noted that they agreed to it', async () => {
  const { at } = await house.plan();
  const refused = await lay(at);
  expect(refused.status).toBe(422);
  expect(plain(refused.text)).toContain('Note first that they agreed to the recording');
  expect(refused.text).toContain(`href="${at}/consent"`);
  expect(arriving()).toEqual([]);
});

test('it plays on the pages of the interview, without scripts as well, and whoever may be anywhere else does not hear it', async () => {
  const { at, address } = await withRecording();
  for (const page of [at, `${at}/transcript`]) {
    const { text, headers } = await house.researcher.get(page);
    expect(text).toContain(`<audio class="player__sound" controls preload="metadata" src="${address}"`);
    expect(headers.get('content-security-policy')).toContain("media-src 'self'");
  }
  expect((await house.outsider.get(address)).status).toBe(404);
  const other = await house.plan();
  expect((await house.researcher.get(address.replace(at, other.at))).status).toBe(404);
});

test('parts of it are sent as a player asks for them', async () => {
  const { address } = await withRecording();
  const whole = await house.researcher.send(address);
  expect([whole.status, whole.headers.get('content-type'), whole.headers.get('accept-ranges')]).toEqual([
    200,
    'audio/wav',
    'bytes',
  ]);
  expect(whole.headers.get('cache-control')).toBe('private, no-store');
  expect(Buffer.from(await whole.arrayBuffer()).equals(sound)).toBe(true);
  const part = await house.researcher.send(address, { headers: { range: 'bytes=8-15' } });
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
    206,
    `bytes 8-15/${sound.length}`,
    'WAVEfmt ',
  ]);
  const beyond = await house.researcher.send(address, { headers: { range: `bytes=${sound.length}-` } });
  expect(beyond.status).toBe(416);
});

test('what is neither sound nor video, empty or too large is refused, and leaves nothing behind', async () => {
  const { interview, at } = await house.plan();
  await house.agree(interview, ['analysis', 'recording']);
  const before = kept();
  const page = await lay(at, new TextEncoder().encode('<script>alert(1)</script>'), 'talk.mp3');
  expect([page.status, plain(page.text).includes('neither sound nor video')]).toEqual([422, true]);
  expect((await lay(at, new Uint8Array(0))).status).toBe(422);
  const large = await lay(at, Buffer.concat([sound, Buffer.alloc(5 * 1024 * 1024)]));
  expect([large.status, plain(large.text).includes('larger than 5 MB')]).toEqual([413, true]);
  expect(kept()).toEqual(before);
  expect(arriving()).toEqual([]);
});

test('it is deleted by a button, and no name of it stays', async () => {
  const { interview, at, address } = await withRecording();
  const id = address.split('/').at(-1) ?? '';
  expect(kept()).toContain(id);
  expect((await house.researcher.post(`${address}/remove`)).location).toBe(`${at}/transcript#recordings`);
  expect(kept()).not.toContain(id);
  expect((await house.researcher.get(address)).status).toBe(404);
  expect(await house.verbatim.media.listOf(interview)).toEqual([]);
});

test('a withdrawal takes recordings and drafts with it', async () => {
  const { interview, at, address } = await withRecording();
  const draft = (
    await house.researcher.upload(`${at}/transcript`, 'file', {
      name: 'talk.txt',
      bytes: new TextEncoder().encode('A: One\nB: two'),
    })
  ).location;
  expect((await house.researcher.post(`${at}/withdraw`, { withdraw: '1' })).status).toBe(303);
  expect(kept()).not.toContain(address.split('/').at(-1));
  expect((await house.researcher.get(address)).status).toBe(404);
  expect((await house.researcher.get(draft)).status).toBe(404);
  expect(await house.verbatim.media.forget(interview.publicId)).toBe(0);
  const again = await house.researcher.upload(`${at}/transcript`, 'file', {
    name: 'talk.txt',
    bytes: new TextEncoder().encode('A: One\nB: two'),
  });
  expect(again.status).toBe(409);
});
