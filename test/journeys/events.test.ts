import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signId } from '../../src/services/signed-ids.ts';
import { type EventHouse, openEventHouse } from '../support/event-house.ts';
import { FIELD_OWNER } from '../support/field-house.ts';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';

const client = path.resolve(import.meta.dirname, '../../node_modules/@segment/analytics-next/dist/umd');

/** A shop on another host, with Segment's own browser client as it is published. */
async function openShop(): Promise<{ url: string; server: Server }> {
  const server = createServer((req, res) => {
    const name = path.basename(new URL(req.url ?? '/', 'http://shop.example').pathname);
    const file = path.join(client, name);
    if (name.endsWith('.js') && existsSync(file))
      res.setHeader('content-type', 'text/javascript').end(readFileSync(file));
    else
      res
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><title>Shop</title><script src="/index.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** What the page's script says to the client. */
type Payload = { payload: { obj: { context?: object } }; next(payload: object): void };
type Analytics = {
  addSourceMiddleware(middleware: (payload: Payload) => void): Promise<unknown>;
  page(name?: string): Promise<unknown>;
  track(event: string, properties?: object): Promise<unknown>;
  identify(id: string, traits?: object): Promise<unknown>;
  group(id: string, traits?: object): Promise<unknown>;
  reset(): Promise<unknown>;
};
type Loaded = { AnalyticsNext: { AnalyticsBrowser: { load(settings: object, options?: object): Analytics } } };

describe.skipIf(!hasBrowser)('events from a browser', () => {
  let house: EventHouse;
  let shop: Awaited<ReturnType<typeof openShop>>;
  let browser: Browser;
  beforeAll(async () => {
    house = await openEventHouse();
    await house.verbatim.accounts.add({ ...FIELD_OWNER, name: 'Ada' }, { isAdmin: true, role: 'owner', studyId: null });
    shop = await openShop();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await new Promise((resolve) => shop.server.close(resolve));
    await house[Symbol.asyncDispose]();
  });

  /** Loads the client on a page of the shop, pointed at Verbatim as the source's page says. */
  async function visit(options: object, use: (analytics: Analytics) => Promise<unknown>, hash = ''): Promise<string[]> {
    const context = await browser.newContext();
    const page = await context.newPage();
    const strangers: string[] = [];
    page.on('request', (request) => {
      if (![shop.url, house.url].some((url) => request.url().startsWith(url))) strangers.push(request.url());
    });
    const refused: string[] = [];
    page.on('requestfailed', (request) => refused.push(`${request.method()} ${request.url()}`));
    page.on('response', (answer) => {
      if (answer.status() >= 400 && answer.url().startsWith(house.url))
        refused.push(`${answer.status()} ${answer.url()}`);
    });
    await page.goto(`${shop.url}/`);
    await page.evaluate(
      ([settings, more]) => {
        const { AnalyticsBrowser } = (globalThis as unknown as Loaded).AnalyticsNext;
        Object.assign(globalThis, { analytics: AnalyticsBrowser.load(settings as object, more as object) });
      },
      [{ writeKey: house.source.writeKey, cdnURL: house.url }, options],
    );
    await page.evaluate(
      `(${use.toString().replace('THE HASH', hash)})(globalThis.analytics).then(() => new Promise((resolve) => setTimeout(resolve, 1500)))`,
    );
    expect(strangers).toEqual([]);
    await context.close();
    return refused;
  }
  const told = async () =>
    (await house.records()).map(({ kind, name, userId, anonymousId, messageId }) => ({
      kind,
      name,
      userId,
      anonymousId,
      messageId,
    }));

  test('analytics.js asks for its settings, sends from another host, and an anonymous visitor becomes known', {
    timeout: 300_000,
  }, async () => {
    const refused = await visit({}, async (analytics) => {
      await analytics.page('Home');
      await analytics.track('Product Viewed', { sku: 'a', price: 3 });
      await analytics.identify('ada', { plan: 'Pro', address: { city: 'Ulm' } });
      await analytics.group('acme', { name: 'Acme' });
      await analytics.track('Order Completed', { revenue: 12 });
    });
    expect(refused).toEqual([]);
    const messages = await told();
    expect(messages.map(({ kind, name, userId }) => [kind, name, userId])).toEqual([
      ['page', 'Home', null],
      ['track', 'Product Viewed', null],
      ['identify', '', 'ada'],
      ['group', '', 'ada'],
      ['track', 'Order Completed', 'ada'],
    ]);
    expect(new Set(messages.map(({ anonymousId }) => anonymousId)).size).toBe(1);
    expect(messages.every(({ messageId }) => messageId.startsWith('ajs-next-'))).toBe(true);
    const known = await house.known('ada');
    expect(['plan', 'address.city', 'browser', 'device'].map((name) => known.get(name)?.value)).toEqual([
      'Pro',
      'Ulm',
      'Chrome',
      'desktop',
    ]);
    const people = await house.verbatim.store.people.list(house.study.workspaceId, 0, 100);
    expect(people.map(({ identity }) => identity)).toEqual(['ada']);
    const all = await house.verbatim.store.people.sameAs(people[0]?.id ?? 0);
    expect((await house.events()).every(({ personId }) => all.includes(personId))).toBe(true);
  });

  test('and in batches, when it is told to gather them', { timeout: 300_000 }, async () => {
    const before = (await told()).length;
    const gather = {
      integrations: { 'Segment.io': { deliveryStrategy: { strategy: 'batching', config: { size: 5, timeout: 300 } } } },
    };
    const refused = await visit(gather, async (analytics) => {
      await Promise.all(Array.from({ length: 12 }, (_, n) => analytics.track('Gathered', { n })));
    });
    expect(refused).toEqual([]);
    const gathered = (await told()).slice(before);
    expect(gathered.map(({ name }) => name)).toEqual(Array.from({ length: 12 }, () => 'Gathered'));
    expect(new Set(gathered.map(({ messageId }) => messageId)).size).toBe(12);
  });

  test('where ids must be signed, analytics.js passes the hash on with every message by a middleware, as the page says', {
    timeout: 300_000,
  }, async () => {
    const { sources, store } = house.verbatim;
    const hash = signId(sources.secretsOf(house.source).signing ?? '', 'signed-ada');
    await sources.setSigning(house.source, 'required');
    const before = (await told()).length;
    const refused = await visit(
      {},
      async (analytics) => {
        await analytics.addSourceMiddleware(({ payload, next }) => {
          payload.obj.context = { ...payload.obj.context, userHash: 'THE HASH' };
          next(payload);
        });
        await analytics.identify('signed-ada', { plan: 'Pro' });
        await analytics.track('Signed');
        await analytics.identify('somebody-else');
      },
      hash,
    );
    await sources.setSigning(house.source, 'off');
    expect((await house.records()).slice(before).map(({ name, userId, proof }) => [name, userId, proof])).toEqual([
      ['', 'signed-ada', 'signed'],
      ['Signed', 'signed-ada', 'signed'],
    ]);
    expect(refused.filter((line) => line.startsWith('400'))).toHaveLength(1);
    const [letter] = await store.sources.deadLetters(house.source.id, 1);
    expect(letter?.reason).toBe('The signature of userId is wrong');
  });

  test('a researcher makes a source with the keyboard alone and without scripts; axe finds nothing, on any screen, light or dark', {
    timeout: 300_000,
  }, async () => {
    const dead = { type: 'track', event: 'No One', properties: { note: 'a long word'.repeat(20) } };
    await house.post('/v1/batch', {
      batch: [{ type: 'track', userId: 'ada', event: 'Came', messageId: 'came-1' }, dead],
    });
    await house.verbatim.logs.settle();
    for (const [colorScheme, width] of [
      ['light', 1280],
      ['dark', 320],
    ] as const) {
      const context = await browser.newContext({
        colorScheme,
        viewport: { width, height: 800 },
        javaScriptEnabled: false,
      });
      const page = await context.newPage();
      const look = async () => {
        const scripted = await browser.newContext({
          colorScheme,
          viewport: { width, height: 800 },
          storageState: await context.storageState(),
        });
        const seen = await scripted.newPage();
        await seen.setContent('');
        await seen.goto(page.url());
        expect([page.url(), await axeFindings(seen)]).toEqual([page.url(), []]);
        expect([page.url(), await sidewaysScroll(seen)]).toEqual([page.url(), 0]);
        await scripted.close();
      };
      await page.goto(`${house.url}/sign-in`);
      await page.getByLabel('E-mail').fill(FIELD_OWNER.email);
      await page.getByLabel('Password').fill(FIELD_OWNER.password);
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/studio/);
      await page.goto(`${house.url}/studio/${house.study.publicId}/people`);
      await page.getByRole('link', { name: 'Sources of events' }).press('Enter');
      await look();
      await page.getByRole('link', { name: 'Attributes' }).press('Enter');
      await look();
      await page.getByRole('link', { name: 'plan', exact: true }).press('Enter');
      await page.getByLabel('Family').waitFor();
      await page.goBack();
      await page.goBack();
      await page.getByRole('link', { name: 'Add a source' }).press('Enter');
      await page.getByLabel('Name').fill(`App ${width}`);
      await page.keyboard.press('Enter');
      await page.getByText('Nothing has come yet.').waitFor();
      await look();
      await page
        .getByLabel('A message, or a batch, as JSON')
        .fill('{"type": "identify", "userId": "x", "traits": {"age": 4}}');
      await page.getByRole('button', { name: 'Show what would be kept' }).press('Enter');
      await page.getByRole('heading', { name: 'What would be kept' }).waitFor();
      expect(await page.getByRole('row', { name: /age 4 number demographic/ }).count()).toBe(1);
      expect(await sidewaysScroll(page)).toBe(0);
      await page.getByRole('link', { name: 'Sources of events' }).first().press('Enter');
      await page.getByRole('link', { name: 'Shop' }).press('Enter');
      await page.getByText('No One').waitFor();
      await page.getByRole('link', { name: 'Signed ids' }).first().press('Enter');
      await page.getByRole('button', { name: 'Show the secrets' }).press('Enter');
      await page.getByText('Keep these on your server').waitFor();
      await page.goBack();
      await look();
      await page.getByRole('link', { name: 'Shop' }).press('Enter');
      await page.getByRole('link', { name: 'Files' }).press('Enter');
      await page.getByLabel('Are read as soon as they have stopped growing').check();
      await page.getByRole('button', { name: 'Save' }).press('Enter');
      await page.getByText('Put files into').waitFor();
      await look();
      await page.goBack();
      await look();
      await context.close();
    }
  });
});
