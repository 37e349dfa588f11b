import { expect, test } from 'vitest';
import { everyKind } from '../support/every-kind.ts';
import { FIELD_OWNER, openFieldHouse } from '../support/field-house.ts';
import { plantEveryKind } from '../support/plant-every-kind.ts';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';

const DRESSES = [
  [320, 'light'],
  [390, 'dark'],
  [1280, 'light'],
  [1280, 'dark'],
] as const;

test.skipIf(!hasBrowser)(
  'results of every kind of question are without fault for axe and fit the screen, tables closed and open',
  async () => {
    await using desk = await openFieldHouse();
    const { at } = await plantEveryKind(desk, everyKind, true);
    await using browser = await openBrowser();
    const page = await browser.newPage();
    await page.goto(`${desk.url}/sign-in`);
    await page.locator('[name=email]').fill(FIELD_OWNER.email);
    await page.locator('[name=password]').fill(FIELD_OWNER.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/studio/);
    await page.goto(`${desk.url}${at}/results`);
    expect(await page.locator('figure.chart').count()).toBeGreaterThan(12);

    const findings: string[] = [];
    for (const isOpen of [false, true]) {
      await page.evaluate((open) => {
        for (const details of document.querySelectorAll('details')) details.open = open;
      }, isOpen);
      for (const [width, scheme] of DRESSES) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme: scheme });
        for (const finding of await axeFindings(page, width === 1280 && scheme === 'dark'))
          findings.push(`${width} ${scheme}: ${finding}`);
        expect(await sidewaysScroll(page), `${width} px`).toBe(0);
      }
    }
    expect(findings).toEqual([]);
  },
  60_000,
);
