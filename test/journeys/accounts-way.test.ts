import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AccountHouse, openAccountHouse, PASSWORD } from '../support/account-house.ts';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';

const LONG = 'donaudampfschifffahrtselektrizitaetenhauptbetrieb';

describe.skipIf(!hasBrowser)('accounts in a browser', () => {
  let house: AccountHouse;
  let browser: Browser;
  beforeAll(async () => {
    house = await openAccountHouse({ start: new Date().toISOString() });
    await house.add(`${LONG}n`, 'viewer');
    await house.add('Bea', 'owner');
    browser = await openBrowser();
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await house?.[Symbol.asyncDispose]();
  });

  test.each([
    [320, 'light'],
    [1280, 'dark'],
  ] as const)(
    'nothing sticks out and axe finds nothing at %i px, %s',
    async (width, colorScheme) => {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme,
      });
      const page = await context.newPage();
      const look = async (what: string) =>
        expect([what, await axeFindings(page), await sidewaysScroll(page)]).toEqual([what, [], 0]);
      await page.goto(`${house.url}/sign-in/forgotten`);
      await look('forgotten');
      await page.goto(`${house.url}/sign-in`);
      await look('sign in');
      await page.fill('[name=email]', 'ada@example.org');
      await page.fill('[name=password]', PASSWORD);
      await page.click('main form button');
      for (const path of ['', '/second-factor', '/sessions', '/confirm', '/address']) {
        await page.goto(`${house.url}/studio/account${path}`);
        await look(`account ${path}`);
      }
      await page.goto(`${house.url}/studio/account/second-factor`);
      await page.click('text=Set up an app');
      await look('an app');
      await page.fill('[name=code]', '1');
      await page.click('text=Put it into use');
      await look('a wrong code');
      await page.goto(`${house.url}${house.at}/invite`);
      await look('invite');
      await page.fill('[name=email]', `${LONG}.${width}@example.org`);
      await page.check('[name=role][value=viewer]');
      await page.click('main form .buttons button');
      await look('members with a link');
      await context.close();
    },
    120_000,
  );
});
