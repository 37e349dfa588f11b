import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerFully, type OutgoingHouse, openOutgoingHouse, settledLog } from '../support/outgoing-house.ts';
import { serveHouse } from '../support/serve-house.ts';
import { startAsana, type TicketStub } from '../support/service-stubs.ts';
import { type Stub, startStub } from '../support/stub-server.ts';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';

const OWNER = { email: 'ada@lab.example', name: 'Ada', password: 'three words together' };

describe.skipIf(!hasBrowser)('outgoing in a browser', () => {
  let house: OutgoingHouse;
  let door: Awaited<ReturnType<typeof serveHouse>>;
  let browser: Browser;
  let stub: Stub;
  let asana: TicketStub;
  let at: string;
  beforeAll(async () => {
    stub = await startStub(() => ({ status: 200, body: 'a'.repeat(2000) }));
    asana = await startAsana();
    house = await openOutgoingHouse();
    await house.verbatim.accounts.add(OWNER, { isAdmin: true, role: 'owner', studyId: null });
    door = await serveHouse(house.verbatim);
    at = `${door.url}/studio/${house.study.publicId}/outgoing`;
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    for (const one of [door, house, stub, asana]) await one[Symbol.asyncDispose]();
  });

  async function enter(scripts: boolean, colorScheme: 'light' | 'dark', width: number) {
    const context = await browser.newContext({
      javaScriptEnabled: scripts,
      colorScheme,
      viewport: { width, height: 800 },
    });
    const page = await context.newPage();
    await page.goto(`${door.url}/sign-in`);
    await page.getByLabel('E-mail').fill(OWNER.email);
    await page.getByLabel('Password').fill(OWNER.password);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/studio/);
    return { context, page };
  }

  test('a webhook is set up, tested and paused with the keyboard alone, without scripts', {
    timeout: 300_000,
  }, async () => {
    const { context, page } = await enter(false, 'light', 320);
    await page.goto(at);
    await page.getByRole('link', { name: /^Webhook/ }).press('Enter');
    await page.getByLabel('Address').fill('https://127.0.0.9.example:99999/');
    await page.keyboard.press('Enter');
    await page.getByText('This cannot be kept yet').waitFor();
    expect(await page.title()).toContain('Error: ');
    await page.getByLabel('Address').fill(`${stub.url}/in`);
    await page.getByRole('button', { name: 'Set it up' }).press('Enter');
    await page.getByRole('button', { name: 'Send a test' }).press('Enter');
    await page.getByRole('heading', { name: /^Delivery / }).waitFor();
    expect(await page.getByText('delivered').count()).toBe(1);
    expect(stub.taken).toHaveLength(1);
    await page.getByRole('link', { name: 'Webhook', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Pause' }).press('Enter');
    await page.getByText('Paused since').waitFor();
    await page.getByRole('button', { name: 'Resume' }).press('Enter');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await context.close();
  });

  test('axe finds nothing on any of its pages, light or dark, and all fit the smallest screen', {
    timeout: 300_000,
  }, async () => {
    const { verbatim, study } = house;
    const hook = await house.hook(`${stub.url}/${'long-address/'.repeat(20)}`, { name: 'A'.repeat(120) });
    const tickets = await house.hook(asana.url, {
      kind: 'asana',
      name: 'Board',
      events: [],
      values: { secret: 'asana-token', project: '1200' },
    });
    const { responseId } = await answerFully(house);
    const [delivery] = await settledLog(house, hook, 1);
    const ticket = await verbatim.outgoing.ticket(study, tickets, responseId);
    await settledLog(house, tickets, 1);
    await verbatim.outgoing.pause(hook);
    for (const [colorScheme, width] of [
      ['light', 1280],
      ['dark', 320],
    ] as const) {
      const { context, page } = await enter(true, colorScheme, width);
      for (const place of [
        '',
        ...['webhook', 'hubspot', 'slack', 'jira', 'trello'].map((kind) => `/new/${kind}`),
        `/${hook.publicId}`,
        `/${hook.publicId}/deliveries/${delivery?.publicId}`,
        `/${tickets.publicId}`,
        `/${tickets.publicId}/tickets/${ticket.publicId}`,
      ]) {
        await page.goto(`${at}${place}`);
        expect([place, await axeFindings(page), await sidewaysScroll(page)]).toEqual([place, [], 0]);
      }
      await page.goto(`${at}/${hook.publicId}`);
      await page.getByRole('button', { name: 'Show the secret' }).click();
      await page.getByText('whsec_').waitFor();
      expect(['the secret', await axeFindings(page), await sidewaysScroll(page)]).toEqual(['the secret', [], 0]);
      await page.getByLabel('Name').fill('');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('This cannot be kept yet').waitFor();
      expect(['mistakes', await axeFindings(page), await sidewaysScroll(page)]).toEqual(['mistakes', [], 0]);
      await context.close();
    }
  });
});
