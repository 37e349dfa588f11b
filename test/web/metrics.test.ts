import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRenderer } from '../../src/render/renderer.ts';
import { openMetrics } from '../../src/services/metrics.ts';
import { templatesFolder, viewsFolder } from '../../src/verbatim.ts';
import { createApp } from '../../src/web/app.ts';
import { type House, openHouse, plantStudy } from '../support/house.ts';

const TOKEN = 'a-token-for-watching-over-it';
let house: House;
let url: string;
let close: () => Promise<unknown>;

beforeAll(async () => {
  house = await openHouse();
  const { verbatim } = house;
  const metrics = await openMetrics({
    counts: verbatim.logs.counts,
    writesWaiting: verbatim.logs.waiting,
    jobsWaiting: verbatim.jobsWaiting,
    figures: verbatim.upkeep.figures,
    now: verbatim.now,
  });
  const { app } = createApp({
    verbatim,
    renderer: createRenderer({ viewsFolder, templatesFolder }),
    log: pino({ level: 'silent' }),
    publicUrl: null,
    trustProxy: 0,
    metrics: { ...metrics, token: TOKEN },
    isOpen: () => true,
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = async () => {
    metrics.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await house[Symbol.asyncDispose]();
  };
});
afterAll(() => close());

const read = (token: string | null) =>
  fetch(`${url}/metrics`, { headers: token === null ? {} : { authorization: `Bearer ${token}` } });
/** The value of one line; null when there is no such line. */
function valueIn(text: string, line: string): number | null {
  const found = text.split('\n').find((one) => one.startsWith(`${line} `));
  return found === undefined ? null : Number(found.slice(line.length + 1));
}

test('nobody reads the figures without their token', async () => {
  for (const token of [null, '', 'another-token-for-watching', `${TOKEN}x`]) {
    const answer = await read(token);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(await answer.text()).not.toContain('verbatim_');
  }
});

test('what is acknowledged, repeated and refused is counted, and requests by the pattern of their address', async () => {
  const { survey } = await plantStudy(house.verbatim, 'Zebrafinch study');
  const before = await (await read(TOKEN)).text();
  const send = (address: string, body: string) =>
    fetch(new URL(address, url), {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });
  const page = (await send(`/s/${survey.slug}`, 'consent=analysis')).headers.get('location') ?? '';
  expect(page).toMatch(/^\/r\//);
  await fetch(new URL('/no/such-secret-page', url), { headers: { accept: 'text/html' } });
  // Sent, sent once more, and sent once more with another answer.
  expect((await send(page, 'city=city&topics=news')).status).toBe(303);
  expect((await send(page, 'city=city&topics=news')).status).toBe(303);
  expect((await send(page, 'city=village&topics=sport')).status).not.toBe(500);
  const text = await (await read(TOKEN)).text();
  const grown = (line: string) => (valueIn(text, line) ?? 0) - (valueIn(before, line) ?? 0);
  expect(grown('verbatim_response_records_total{outcome="acknowledged"}')).toBe(2);
  expect(grown('verbatim_response_records_total{outcome="repeated"}')).toBe(1);
  expect(grown('verbatim_response_records_total{outcome="refused"}')).toBe(1);
  expect(grown('verbatim_response_records_total{outcome="failed"}')).toBe(0);
  expect(grown('verbatim_requests_total{method="POST",route="/s/:slug",status="303"}')).toBe(1);
  expect(text).toMatch(/verbatim_requests_total\{method="POST",route="\/r\/:token\/:page\/:revision",status="303"\} 2/);
  expect(text).toMatch(/verbatim_requests_total\{method="GET",route="none",status="404"\} \d/);
  expect(valueIn(text, 'verbatim_request_seconds_count{door="respondents"}')).toBeGreaterThanOrEqual(3);
  // Neither studies, nor surveys, nor addresses that hold a token stand in it.
  expect(text).not.toContain('Zebrafinch');
  expect(text).not.toContain(survey.slug);
  expect(text).not.toContain('such-secret-page');
  expect(text).not.toContain(page.split('/')[2]);
});

test('sizes, queues, the disk and the process are told', async () => {
  const text = await (await read(TOKEN)).text();
  expect(valueIn(text, 'verbatim_database_bytes')).toBeGreaterThan(100_000);
  expect(valueIn(text, 'verbatim_wal_bytes')).toBeGreaterThanOrEqual(0);
  expect(valueIn(text, 'verbatim_writes_waiting')).toBe(0);
  expect(valueIn(text, 'verbatim_jobs_waiting')).toBe(0);
  const free = valueIn(text, 'verbatim_disk_free_ratio') ?? -1;
  expect(free).toBeGreaterThan(0);
  expect(free).toBeLessThanOrEqual(1);
  expect(valueIn(text, 'process_resident_memory_bytes')).toBeGreaterThan(1e7);
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  // Nothing was copied yet, so that no age is told rather than one of nought.
  expect(valueIn(text, 'verbatim_backup_age_seconds')).toBe(null);
  await house.verbatim.upkeep.copy();
  const later = await (await read(TOKEN)).text();
  expect(valueIn(later, 'verbatim_backup_age_seconds')).toBeGreaterThanOrEqual(0);
  expect(valueIn(later, 'verbatim_backup_ok')).toBe(1);
});

test('without a token in the configuration there is no such page', async () => {
  const { app } = createApp({
    verbatim: house.verbatim,
    renderer: createRenderer({ viewsFolder, templatesFolder }),
    log: pino({ level: 'silent' }),
    publicUrl: null,
    trustProxy: 0,
    isOpen: () => true,
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  expect(answer.status).toBe(404);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
