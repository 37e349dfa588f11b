import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everyKind } from '../support/every-kind.ts';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';
import { type OpenHouse, openHouse } from './open-house.ts';
import { answerByKeys, EVERY_PAGE, fillBestWorst, fillPage, pressByKeys, publishSurvey } from './respondent-walk.ts';

/** The ways a respondent may meet the pages. */
const DRESSES = [
  { width: 320, scheme: 'light', scripts: true, language: 'ar' },
  { width: 1280, scheme: 'dark', scripts: true, language: 'en' },
  { width: 1280, scheme: 'light', scripts: false, language: 'ar' },
  { width: 320, scheme: 'dark', scripts: false, language: 'en' },
] as const;
type Dress = (typeof DRESSES)[number];

describe.skipIf(!hasBrowser)('every kind of question in a browser', () => {
  let house: OpenHouse;
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    house = await openHouse();
    browser = await openBrowser();
    ({ address } = await publishSurvey(house, everyKind));
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  const openContext = ({ width, scheme, scripts }: Omit<Dress, 'language'>): Promise<BrowserContext> =>
    browser.newContext({
      viewport: { width, height: 800 },
      colorScheme: scheme,
      javaScriptEnabled: scripts,
      reducedMotion: 'reduce',
    });

  test.each(DRESSES)(
    'asks everything at $width px, $scheme, in $language, scripts $scripts',
    async (dress) => {
      // Axe is a script itself, so the pages' own are kept from arriving rather than switched off.
      const context = await openContext({ ...dress, scripts: true });
      if (!dress.scripts) await context.route('**/*.js', (route) => route.abort());
      const page = await context.newPage();
      const findings: string[] = [];
      const look = async (name: string) => findings.push(...(await lookAt(page, name, dress)));
      const next = () => page.locator('form.questions .row button').click();

      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(`${address}?language=${dress.language}`);
      expect(requests.length).toBeLessThanOrEqual(3);
      expect(requests.filter((url) => !url.startsWith(`${house.url}/`))).toEqual([]);
      expect(await page.locator('html').getAttribute('dir')).toBe(dress.language === 'ar' ? 'rtl' : 'ltr');
      await look('welcome');
      await next();
      expect(await page.locator('.error-summary').count()).toBe(1);
      await look('welcome mistaken');
      await page.locator('#consent-analysis').check();
      await next();

      for (const { name, wrong, right } of EVERY_PAGE) {
        await look(`${name} blank`);
        if (wrong) {
          await fillPage(page, wrong);
          await next();
          await page.locator('.error-summary').waitFor();
          await look(`${name} mistaken`);
          const target = await page.locator('.error-summary a').first().getAttribute('href');
          await page.locator('.error-summary a').first().click();
          expect(await page.evaluate(() => `#${document.activeElement?.id}`)).toBe(target);
        }
        await fillPage(page, right);
        if (name === 'amounts') await fillBestWorst(page);
        if (dress.scripts) await look(`${name} filled`);
        const before = new URL(page.url()).pathname;
        await next();
        await page.waitForURL(({ pathname }) => pathname !== before);
      }
      expect(page.url()).toContain('/check/');
      await look('check');
      await next();
      await page.waitForURL(({ pathname }) => pathname.endsWith('/done'));
      await look('done');
      for (const place of ['mine', 'withdraw']) {
        await page.goto(new URL(place, page.url()).href);
        await look(place);
      }
      await context.close();
      expect(findings).toEqual([]);
    },
    400_000,
  );

  test('the keyboard alone, without scripts and in Arabic, gets to the end on a small phone', async () => {
    const context = await openContext({ width: 320, scheme: 'light', scripts: false });
    const page = await context.newPage();
    await page.goto(`${address}?language=ar`);
    await answerByKeys(page, 'consent', 'analysis');
    await pressByKeys(page);
    for (const { name, right } of EVERY_PAGE) {
      for (const [field, values] of Object.entries(right)) await answerByKeys(page, field, values);
      if (name === 'amounts')
        for (const task of [1, 2, 3])
          for (const [end, at] of [
            ['best', 0],
            ['worst', 2],
          ] as const) {
            const field = `matters.t${task}-${end}`;
            const value = await page.locator(`[name="${field}"]`).nth(at).getAttribute('value');
            await answerByKeys(page, field, value ?? '');
          }
      expect(await sidewaysScroll(page)).toBe(0);
      const before = page.url();
      await pressByKeys(page);
      expect([name, await page.locator('.error-summary').allInnerTexts()]).toEqual([name, []]);
      expect(page.url()).not.toBe(before);
    }
    expect(page.url()).toContain('/check/');
    await pressByKeys(page);
    expect(page.url()).toMatch(/\/done$/);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('شكراً لك Ada');
    const { response } = await house.verbatim.fieldwork.open(new URL(page.url()).pathname.split('/')[2] ?? '');
    expect(response.state).toBe('completed');
    expect(response.answers).toMatchObject({
      plan: { state: 'answered', value: 'other' },
      country: { state: 'answered', value: 'c7' },
      order: { state: 'answered', value: ['board', 'paper'] },
      nps: { state: 'answered', value: 9 },
      'when.phone': { state: 'answered', value: ['morning', 'evening'] },
      'split.work': { state: 'answered', value: 60 },
      since: { state: 'answered', value: '2020-02-29' },
      agree: { state: 'answered', value: 'yes' },
    });
    await context.close();
  });
});

/** What axe finds, whether the page can be scrolled sideways, and a picture where one is wanted. */
async function lookAt(page: Page, name: string, { width, scheme, language, scripts }: Dress): Promise<string[]> {
  const label = `${name} ${width} ${scheme} ${language}${scripts ? '' : ' still'}`;
  // Styles and all: half laid out, a page is not what anybody sees.
  await page.waitForFunction(() => document.readyState === 'complete');
  const findings = (await axeFindings(page)).map((finding) => `${label}: ${finding}`);
  const scroll = await sidewaysScroll(page);
  if (scroll > 0) findings.push(`${label}: scrolls ${scroll} px sideways`);
  if (width === 320) {
    const twice = await page.evaluate(() => {
      const { documentElement: root } = document;
      root.style.fontSize = '200%';
      const wider = root.scrollWidth - root.clientWidth;
      root.style.removeProperty('font-size');
      return wider;
    });
    if (twice > 0) findings.push(`${label}: scrolls ${twice} px sideways with letters twice as large`);
  }
  const folder = process.env['SCREENSHOTS'];
  if (folder) await page.screenshot({ path: path.join(folder, `${label.replaceAll(' ', '-')}.png`), fullPage: true });
  return findings;
}
