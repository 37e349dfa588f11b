import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIELD_OWNER, openFieldHouse } from '../support/field-house.ts';
import { plantVisits, plantWords } from '../support/plant-quote-form.ts';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';

describe.skipIf(!hasBrowser)('from a loss to those who can say why', () => {
  let house: Awaited<ReturnType<typeof openFieldHouse>>;
  let browser: Browser;
  beforeAll(async () => {
    house = await openFieldHouse();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await house[Symbol.asyncDispose]();
  });

  test('a researcher asks what changed, sees it come, reads why, and aims a survey; nothing on the way is out of reach', async () => {
    await plantVisits(house.verbatim, house.study);
    await plantWords(house.verbatim, house.study);
    const at = `${house.url}/studio/${house.study.publicId}`;
    const context = await browser.newContext();
    const page = await context.newPage();
    const isFine = async () => {
      for (const [width, colorScheme] of [
        [320, 'light'],
        [1280, 'dark'],
      ] as const) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        expect([page.url(), width, await sidewaysScroll(page)]).toEqual([page.url(), width, 0]);
        expect([page.url(), colorScheme, await axeFindings(page)]).toEqual([page.url(), colorScheme, []]);
      }
    };
    await page.goto(`${house.url}/sign-in`);
    await page.fill('[name=email]', FIELD_OWNER.email);
    await page.fill('[name=password]', FIELD_OWNER.password);
    await page.click('main button');

    await page.goto(`${at}/changes`);
    await isFine();
    await page.click('text=Look at a change');
    await isFine();
    await page.click('main button:has-text("Look")');
    expect(await page.textContent('main')).toContain('Choose an event');
    await isFine();
    await page.selectOption('[name=from]', 'Quote Form Opened');
    await page.selectOption('[name=to]', 'Quote Form Sent');
    for (const [name, day] of Object.entries({
      firstFrom: '2026-03-02',
      firstTo: '2026-03-29',
      secondFrom: '2026-03-30',
      secondTo: '2026-04-26',
    }))
      await page.fill(`[name=${name}]`, day);
    await page.click('main button:has-text("Look")');
    // The page follows the look by itself.
    await page.waitForSelector('h2:has-text("operating system of the visit: Android")');
    expect(await page.textContent('.quotes')).toMatch(/hidden|covered|button/i);
    await isFine();
    await page.click('text=Draft a survey for them');
    expect(await page.textContent('h1')).toBe('What stopped you?');
    expect(await page.textContent('main')).toContain('Android, “Quote Form Opened” but not “Quote Form Sent”');

    await page.goto(`${at}/plays`);
    await isFine();
    await page.goto(`${at}/plays/start/loyal`);
    await isFine();
    await page.click('main button:has-text("Start")');
    await isFine();
  });
});
