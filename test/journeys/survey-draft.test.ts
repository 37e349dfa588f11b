import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';
import { type OpenHouse, openHouse } from './open-house.ts';
import { enterStudio } from './visitor.ts';

describe.skipIf(!hasBrowser)('drafting a survey in a browser without scripts', () => {
  let house: OpenHouse;
  let browser: Browser;
  let study: string;
  beforeAll(async () => {
    house = await openHouse();
    ({ study } = await enterStudio(house));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await house.close();
  });

  test('goes from New survey to a survey, fits the smallest screen, and axe finds nothing', {
    timeout: 300_000,
  }, async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 320, height: 800 } });
    const page = await context.newPage();
    await page.goto(`${house.url}/sign-in`);
    await page.getByLabel('E-mail').fill('ada@example.org');
    await page.getByLabel('Password').fill('three words together');
    await page.getByRole('button', { name: 'Sign in' }).click();
    // The same pages with scripts on, so that they can be looked at by axe.
    const seeing = await browser.newContext({ storageState: await context.storageState() });
    const witness = await seeing.newPage();
    const look = async () => {
      await witness.goto(page.url());
      expect(await axeFindings(witness)).toEqual([]);
      expect(await sidewaysScroll(witness)).toBe(0);
      await witness.setViewportSize({ width: 320, height: 800 });
      expect(await sidewaysScroll(witness)).toBe(0);
    };

    await page.goto(`${house.url}${study}/surveys/new`);
    await look();
    await page.getByRole('link', { name: 'Draft a survey' }).click();
    await look();
    await page.getByRole('button', { name: 'Draft it' }).click();
    expect(await page.title()).toContain('Error: ');
    await page.getByLabel('Understand why people buy').check();
    await page.getByLabel('Customers', { exact: true }).check();
    await page.getByLabel('Barriers').check();
    await page.getByLabel('What is it about, in English').fill('our app');
    await page.getByRole('button', { name: 'Draft it' }).click();
    await look();
    expect(await page.getByText('Asked because you want to').count()).toBeGreaterThan(4);
    await page.getByRole('button', { name: 'Create this survey' }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('How you came to choose');
  });
});
