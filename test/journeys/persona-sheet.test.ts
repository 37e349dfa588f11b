import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyPortrait } from '../../src/personas/portrait.ts';
import { FIELD_OWNER } from '../support/field-house.ts';
import { openPersonaHouse } from '../support/persona-house.ts';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';

const LONG = ' Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
const RENT = encodeURIComponent('answer:tenure=rent');

describe.skipIf(!hasBrowser)('a persona in a browser', () => {
  let house: Awaited<ReturnType<typeof openPersonaHouse>>;
  let browser: Browser;
  let at: string;
  const ids: Record<string, string> = {};
  const signedIn = async (options: Parameters<Browser['newContext']>[0]): Promise<BrowserContext> => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.goto(`${house.url}/sign-in`);
    await page.fill('[name=email]', FIELD_OWNER.email);
    await page.fill('[name=password]', FIELD_OWNER.password);
    await page.click('main button');
    return context;
  };
  beforeAll(async () => {
    house = await openPersonaHouse();
    browser = await openBrowser();
    at = `${house.url}${house.studio}/personas`;
    ids['full'] = await house.add('Rooted carer', house.full());
    ids['guess'] = await house.add('Night owl', emptyPortrait('assumption'), []);
    ids['long'] = await house.add(LONG.trim(), house.full({ word: LONG, claims: 60 }));
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
      const context = await signedIn({ viewport: { width, height: 900 }, colorScheme });
      const page = await context.newPage();
      for (const path of [
        `/${ids['full']}`,
        `/${ids['guess']}`,
        `/${ids['long']}`,
        '',
        '/new',
        `/compare?a=${ids['full']}&b=${ids['long']}&c=${ids['guess']}`,
        `/${ids['full']}/claims/${RENT}`,
        `/${ids['full']}/comments`,
        `/${ids['full']}/stability`,
      ]) {
        await page.goto(at + path);
        expect([path, await axeFindings(page), await sidewaysScroll(page)]).toEqual([path, [], 0]);
      }
      await context.close();
    },
    120_000,
  );

  test('evidence opens beside the sheet with the keyboard, and is a page of its own without scripts', async () => {
    const context = await signedIn({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${at}/${ids['full']}`);
    await page.waitForSelector('.drawer', { state: 'attached' });
    const link = page.locator(`a[href$="/claims/${RENT}"][data-evidence]`).first();
    await link.focus();
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog');
    await drawer.getByText('Words that say the contrary').waitFor();
    expect(await drawer.getByRole('heading', { level: 2 }).first().textContent()).toContain('Most chose “I rent”');
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await link.evaluate((element) => element === document.activeElement)).toBe(true);
    await context.close();

    const plain = await signedIn({ javaScriptEnabled: false });
    const bare = await plain.newPage();
    await bare.goto(`${at}/${ids['full']}`);
    await bare.locator(`a[href$="/claims/${RENT}"]`).first().click();
    expect(await bare.getByRole('heading', { level: 1 }).textContent()).toContain('Most chose “I rent”');
    await plain.close();
  }, 300_000);

  test('a full sheet prints on two pages', async () => {
    const context = await signedIn({});
    const page = await context.newPage();
    await page.goto(`${at}/${ids['full']}`);
    const pdf = (await page.pdf({ format: 'A4', preferCSSPageSize: true })).toString('latin1');
    expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(2);
    await context.close();
  }, 300_000);
});
