import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/house.ts';
import { startServer } from './run-cli.ts';

const SOCKETS = 600;
const RUN_MS = 75_000;
const HELD_MS_MOST = 70_000;
const PAGE_MS_MOST = 250;

test('600 connections that send drop by drop hold no place for long, and pages stay quick meanwhile', async () => {
  using place = temporaryFolder();
  await using server = await startServer(['start', '--data', place.folder], { env: { VERBATIM_LOG_LEVEL: 'warn' } });
  const { hostname, port } = new URL(server.url);
  const held: number[] = [];
  const sockets: Socket[] = [];
  let isOver = false;
  const one = async (at: number): Promise<void> => {
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    socket.on('error', () => {});
    socket.resume();
    await new Promise((resolve) => socket.once('connect', resolve));
    const began = performance.now();
    socket.once('close', () => {
      if (!isOver) held.push(performance.now() - began);
    });
    // A third each: heads that never end, bodies with a length, bodies without.
    const heads = [
      `GET / HTTP/1.1\r\nHost: ${hostname}\r\n`,
      `POST /sign-in HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\n`,
      `POST /s/none HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n`,
    ];
    const drops = ['X-A: b\r\n', 'a', '1\r\na\r\n'];
    socket.write(heads[at % 3] as string);
    while (!isOver && !socket.destroyed) {
      await wait(4000);
      if (!socket.destroyed) socket.write(drops[at % 3] as string);
    }
  };
  for (let at = 0; at < SOCKETS; at += 1) {
    void one(at);
    await wait(1);
  }
  const pages: number[] = [];
  for (const until = performance.now() + RUN_MS; performance.now() < until; await wait(200)) {
    const began = performance.now();
    expect((await fetch(`${server.url}/sign-in`)).status).toBe(200);
    pages.push(performance.now() - began);
  }
  isOver = true;
  const open = sockets.filter((socket) => !socket.destroyed).length;
  for (const socket of sockets) socket.destroy();
  const p95 = pages.sort((a, b) => a - b)[Math.floor(pages.length * 0.95)] ?? Number.NaN;
  process.stdout.write(
    `slow senders: ${SOCKETS} connections, longest held ${(Math.max(...held) / 1000).toFixed(1)} s, page p95 ${p95.toFixed(0)} ms over ${pages.length}\n`,
  );
  expect(open).toBe(0);
  expect(held.length).toBe(SOCKETS);
  expect(Math.max(...held)).toBeLessThanOrEqual(HELD_MS_MOST);
  expect(p95).toBeLessThanOrEqual(PAGE_MS_MOST);
});
