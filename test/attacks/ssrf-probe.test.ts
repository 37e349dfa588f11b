import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outgoingClient } from '../../src/services/outgoing-client.ts';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, type Visitor } from '../journeys/visitor.ts';
import { formsIn } from './crawl.ts';

/* Addresses that lead to this machine or its network, through every door that takes an address. A canary listens there. */

let house: OpenHouse;
let researcher: Visitor;
let study: string;
let hits = 0;
const canary = createServer((_req, res) => {
  hits += 1;
  res.end('seen');
});
let port = 0;

beforeAll(async () => {
  house = await openHouse();
  ({ researcher, study } = await enterStudio(house));
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
  port = (canary.address() as AddressInfo).port;
});
afterAll(async () => {
  await new Promise((resolve) => canary.close(resolve));
  await house.close();
});

const spellings = (at: number): string[] =>
  [
    `https://127.0.0.1:${at}/`,
    `http://127.0.0.1:${at}/`,
    `https://localhost:${at}/`,
    `https://LOCALHOST:${at}/`,
    `https://localhost.:${at}/`,
    `https://127.0.0.1.:${at}/`,
    `https://127.1:${at}/`,
    `https://127.0.1:${at}/`,
    `https://2130706433:${at}/`,
    `https://0x7f000001:${at}/`,
    `https://017700000001:${at}/`,
    `https://0177.0.0.1:${at}/`,
    `https://0x7f.1:${at}/`,
    `https://127.0.0.0x1:${at}/`,
    `https://127.255.255.254:${at}/`,
    `https://0:${at}/`,
    `https://0.0.0.0:${at}/`,
    `https://１２７.0.0.1:${at}/`,
    `https://127。0。0。1:${at}/`,
    `https://①②⑦.0.0.1:${at}/`,
    `https://%31%32%37.0.0.1:${at}/`,
    `https://[::1]:${at}/`,
    `https://[::]:${at}/`,
    `https://[0:0:0:0:0:0:0:1]:${at}/`,
    `https://[::ffff:127.0.0.1]:${at}/`,
    `https://[::ffff:7f00:1]:${at}/`,
    `https://[::127.0.0.1]:${at}/`,
    `https://[64:ff9b::7f00:1]:${at}/`,
    `https://[2002:7f00:1::]:${at}/`,
    `https://[fe80::1%25lo]:${at}/`,
    `https://user:word@127.0.0.1:${at}/`,
    `https://hooks.example.org@127.0.0.1:${at}/`,
    `https://hooks.example.org:443@127.0.0.1:${at}/`,
    `https://hooks.example.org\\@127.0.0.1:${at}/`,
    `https://127.0.0.1:${at}#@hooks.example.org/`,
    `https://127.0.0.1:${at}\t/`,
    ` https://127.0.0.1:${at}/`,
    `https:127.0.0.1:${at}/`,
    `https:/127.0.0.1:${at}/`,
    `//127.0.0.1:${at}/`,
    `ftp://127.0.0.1:${at}/`,
    `gopher://127.0.0.1:${at}/_GET`,
    'file:///etc/passwd',
    'https://169.254.169.254/latest/meta-data/',
    'https://[fd00:ec2::254]/latest/',
    'https://10.0.0.1/',
    'https://192.168.0.1/',
    'https://100.64.0.1/',
  ] as const as string[];

test('no spelling of an address inside is taken by any kind of hook, and nothing knocks there', async () => {
  const places = spellings(port);
  expect(places.length).toBeGreaterThanOrEqual(40);
  const list = await researcher.get(`${study}/outgoing`);
  const kinds = [...new Set([...list.text.matchAll(/\/outgoing\/new\/([\w-]+)/g)].map(([, kind = '']) => kind))];
  expect(kinds.length).toBeGreaterThan(2);
  const taken: string[] = [];
  let asked = 0;
  let turn = 0;
  for (const kind of kinds) {
    const at = `${study}/outgoing/new/${kind}`;
    const form = formsIn((await researcher.get(at)).text).find(({ action }) =>
      action.startsWith(at.split('?')[0] ?? ''),
    );
    const fields = form?.fields ?? [];
    turn += 1;
    for (const [n, place] of places.entries()) {
      // Each kind reads an address by the same guard; at full length each is asked with every one.
      if (process.env['PROVE'] === undefined && (n + turn) % 4 !== 0) continue;
      const filled: Record<string, string | string[]> = {
        events: ['response.completed', 'persona.changed', 'feedback.arrived'],
      };
      for (const { name, type, value } of fields)
        if (!(name in filled))
          filled[name] = ['hidden', 'select', 'button'].includes(type) ? value : name === 'name' ? 'A hook' : place;
      const answer = await researcher.post(form?.action ?? at, filled);
      asked += 1;
      if (answer.status === 303 && !/sign-in|confirm/.test(answer.location)) taken.push(`${kind}: ${place}`);
      if (answer.status >= 500) taken.push(`${kind}: ${answer.status} at ${place}`);
    }
  }
  expect(taken).toEqual([]);
  expect(asked).toBeGreaterThanOrEqual(places.length);
  expect(hits).toBe(0);
});

test('the one client that goes out knocks at none of them, nor where a name or a redirect turns to them', async () => {
  const places = spellings(port);
  const answers = [['93.184.216.34', '127.0.0.1'], ['127.0.0.1'], ['::ffff:127.0.0.1'], ['::1'], ['0.0.0.0']];
  const outcomes: string[] = [];
  for (const url of places) {
    const sent = await outgoingClient({ allowed: [], timeoutMs: 2_000 }).send({
      method: 'POST',
      url,
      headers: {},
      body: '{}',
    });
    if (sent.outcome !== 'forbidden') outcomes.push(`${url}: ${sent.outcome}`);
  }
  for (const resolved of answers) {
    const client = outgoingClient({ allowed: [], resolve: async () => resolved, timeoutMs: 2_000 });
    const sent = await client.send({
      method: 'POST',
      url: `https://turning.example:${port}/`,
      headers: {},
      body: '{}',
    });
    if (sent.outcome !== 'forbidden') outcomes.push(`${resolved.join()}: ${sent.outcome}`);
  }
  expect(outcomes).toEqual([]);
  expect(hits).toBe(0);
});
