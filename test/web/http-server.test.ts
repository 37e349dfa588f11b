import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { httpServer, type Patience, patienceFor } from '../../src/web/http-server.ts';

const HASTY: Patience = { headMs: 400, bodyMs: 600, bytesPerSecond: 10_000, mostMs: 20_000, checkEveryMs: 100 };

const echo: RequestListener = (req, res) => {
  let bytes = 0;
  req.on('data', (part: Buffer) => {
    bytes += part.length;
  });
  req.on('error', () => {});
  req.on('end', () => res.end(`${req.method} ${bytes} ${Object.keys(req.headers).length}`));
};

async function serve(patience: Patience = HASTY) {
  const server = httpServer(echo, patience);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A connection, what came back on it, and how long it was held. */
async function sender(port: number) {
  const socket: Socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const began = performance.now();
  const heard = { text: '', heldMs: Number.POSITIVE_INFINITY };
  socket.on('error', () => {});
  socket.setEncoding('latin1').on('data', (text: string) => {
    heard.text += text;
  });
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => {
      heard.heldMs = performance.now() - began;
      resolve();
    });
  });
  return { socket, heard, ended };
}

/** Sends bytes one by one until the connection ends. */
async function drip({ socket, ended }: Awaited<ReturnType<typeof sender>>, text: string, everyMs: number) {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  for (const letter of text) {
    if (isOver) return;
    socket.write(letter);
    await wait(everyMs);
  }
}

/** Whoever is still sending may miss the answer, since the connection ends under them. */
const expectCut = (heard: string) => expect(heard).toMatch(/^(HTTP\/1\.1 408|$)/);

test('a head that comes letter by letter is cut off', async () => {
  await using server = await serve();
  const slow = await sender(server.port);
  void drip(slow, `GET / HTTP/1.1\r\nHost: here\r\nX-Long: ${'a'.repeat(500)}`, 50);
  await slow.ended;
  expectCut(slow.heard.text);
  expect(slow.heard.heldMs).toBeLessThan(4000);
});

test('a body that comes letter by letter is cut off long before the time that a large upload has', async () => {
  await using server = await serve();
  const slow = await sender(server.port);
  slow.socket.write('POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5000\r\n\r\n');
  void drip(slow, 'a'.repeat(400), 50);
  await slow.ended;
  expectCut(slow.heard.text);
  expect(slow.heard.heldMs).toBeGreaterThan(HASTY.bodyMs);
  expect(slow.heard.heldMs).toBeLessThan(5000);
});

test('a body without a length told is no way round it', async () => {
  await using server = await serve();
  const slow = await sender(server.port);
  slow.socket.write('POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n');
  void drip(slow, '1\r\na\r\n'.repeat(80), 30);
  await slow.ended;
  expectCut(slow.heard.text);
  expect(slow.heard.heldMs).toBeLessThan(5000);
});

test('an upload that keeps coming goes on past the time of a short request', async () => {
  await using server = await serve();
  const upload = await sender(server.port);
  const parts = 20;
  upload.socket.write(`POST / HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: ${parts * 4000}\r\n\r\n`);
  for (let part = 0; part < parts; part += 1) {
    upload.socket.write('a'.repeat(4000));
    await wait(80);
  }
  await upload.ended;
  expect(upload.heard.text).toContain(`POST ${parts * 4000}`);
  expect(upload.heard.heldMs).toBeGreaterThan(2 * HASTY.bodyMs);
});

test('a message that gives two ends of itself, or one that cannot be read, is refused and nothing behind it is answered', async () => {
  await using server = await serve();
  const behind = 'GET /behind HTTP/1.1\r\nHost: here\r\n\r\n';
  for (const ends of [
    'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde',
    'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
    'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
    'Content-Length: +5\r\n\r\nabcde',
  ]) {
    const { socket, heard, ended } = await sender(server.port);
    socket.write(`POST / HTTP/1.1\r\nHost: here\r\n${ends}${behind}`);
    await ended;
    expect([ends, heard.text.slice(0, 12)]).toEqual([ends, 'HTTP/1.1 400']);
    expect(heard.text).not.toContain('GET 0');
  }
});

test('a request with more than a hundred headers is refused', async () => {
  await using server = await serve();
  const many = await sender(server.port);
  const headers = Array.from({ length: 500 }, (_, at) => `X-${at}: 1`).join('\r\n');
  many.socket.write(`GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n${headers}\r\n\r\n`);
  await many.ended;
  expect(many.heard.text).toMatch(/^HTTP\/1\.1 431/);
});

test('what holds in earnest: 15 seconds for a head, 30 for a body and more only for bytes that come', () => {
  expect(patienceFor(250 * 1024 * 1024)).toMatchObject({ headMs: 15_000, bodyMs: 30_000, checkEveryMs: 5000 });
});
