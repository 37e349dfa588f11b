import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SurveyDefinition } from '../../src/model/survey.ts';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';
import { type OpenHouse, openHouse } from './open-house.ts';
import { enterStudio, type Visitor } from './visitor.ts';

/* The builder as somebody who writes meets it: with a keyboard, with a mouse, and while another person writes too. */

describe.skipIf(!hasBrowser)('the survey builder in a browser', () => {
  let house: OpenHouse;
  let browser: Browser;
  let page: Page;
  let researcher: Visitor;
  let study: string;
  let survey = '';

  beforeAll(async () => {
    house = await openHouse();
    ({ researcher, study } = await enterStudio(house));
    browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, bypassCSP: true });
    page = await context.newPage();
    await page.goto(`${house.url}/sign-in`);
    await page.fill('[name=email]', 'ada@example.org');
    await page.fill('[name=password]', 'three words together');
    await page.click('button');
    survey = (await researcher.post(`${study}/surveys/new`, { template: 'satisfaction' })).location;
  });
  afterAll(async () => {
    await browser.close();
    await house.close();
  });

  const definition = async () =>
    JSON.parse((await researcher.get(`${survey}/definition.json`)).text) as SurveyDefinition;
  const codes = async () => (await definition()).pages.map((one) => one.questions.map(({ code }) => code).join(' '));
  const open = async (query = '') => {
    // A window of its own, since the one before may still be on its way to where its last change leads.
    const last = page;
    page = await last.context().newPage();
    await last.close();
    await page.goto(`${house.url}${survey}/build${query}`);
    await page.locator('[data-keys]:not([hidden])').waitFor();
  };
  /** Waits until the page says which draft was saved. */
  const saved = (draft: number) => page.getByText(`Saved · draft ${draft} `, { exact: false }).waitFor();

  test('a question is added, written and seen with the keyboard alone, and saved by itself', async () => {
    await open();
    await page.keyboard.press('a');
    await page.keyboard.press('Enter');
    await page.waitForURL(/question=question-5/);
    await page.locator('#text').waitFor();
    await page.waitForFunction(() => document.activeElement?.id === 'text');
    await page.keyboard.type('How did you come to us?');
    await saved(3);
    await page.fill('#options', 'On foot\nBy train');
    await saved(4);
    expect(await page.locator('.preview').getByText('By train').count()).toBe(1);
    // The question is called by its words now, wherever the page names it.
    const item = page.locator('[data-question="how-did-you-come-to-us"]');
    expect(await item.textContent()).toContain('How did you come to us?');
    expect(page.url()).toContain('question=how-did-you-come-to-us');
    await page.locator('[data-tools] [value="up"]').click();
    await page.getByText('Moved · draft 5').waitFor();
    await page.locator('[data-tools] [value="down"]').click();
    await page.getByText('Moved · draft 6').waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  test('a wrong name in a condition is told while it is written, and no more once it is right', async () => {
    await open('?question=how-did-you-come-to-us');
    await page.fill('#visibleIf', '{recommend} > 6 and {nobody} = 1');
    await page.locator('#visibleIf-error').waitFor();
    expect(await page.locator('#visibleIf-error').textContent()).toContain('“nobody”');
    await page.fill('#visibleIf', '{recommend} > 6');
    await page.locator('#visibleIf-error').waitFor({ state: 'detached' });
  });

  test('a button that adds an option waits for what is just being saved', async () => {
    await open('?question=how-did-you-come-to-us');
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    // What was saved has arrived, and the answer to it is still on its way.
    let hasArrived = false;
    await page.route('**/build/save', async (route) => {
      if (route.request().headers()['accept'] !== 'application/json') return route.continue();
      const response = await route.fetch();
      hasArrived = true;
      await held;
      await route.fulfill({ response }).catch(() => {});
    });
    await page.fill('#options', 'On foot\nBy train\nBy boat');
    await expect.poll(() => hasArrived, { timeout: 30_000 }).toBe(true);
    await page.getByRole('button', { name: 'Add “Other” with room for words' }).click();
    release();
    await page.getByText('Added · draft').waitFor();
    expect(await page.inputValue('#options')).toBe('On foot\nBy train\nBy boat\nOther');
    expect(await axeFindings(page)).toEqual([]);
  });

  test('a question removed while its new code is on its way is the one that goes', async () => {
    const before = await codes();
    await open('?question=better');
    await page.keyboard.press('a');
    await page.keyboard.press('Enter');
    await page.waitForURL(/question=question-\d/);
    await page.waitForFunction(() => document.activeElement?.id === 'text');
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let hasArrived = false;
    await page.route('**/build/save', async (route) => {
      const response = await route.fetch();
      hasArrived = true;
      await held;
      await route.fulfill({ response }).catch(() => {});
    });
    await page.keyboard.type('What else?');
    await expect.poll(() => hasArrived, { timeout: 30_000 }).toBe(true);
    await page.locator('[data-tools] [value="remove"]').click();
    release();
    await page.getByText('Removed.').waitFor();
    expect(await codes()).toEqual(before);
  });

  test('j and k walk, Alt and arrows move, a mouse drags', async () => {
    await open('?question=how-did-you-come-to-us');
    expect(await codes()).toEqual(['recommend how-did-you-come-to-us why', 'satisfied better']);
    await page.keyboard.press('j');
    await page.waitForURL(/question=why/);
    await page.waitForFunction(() => document.activeElement?.closest('[data-question="why"]'));
    await page.keyboard.press('Alt+ArrowDown');
    await page.waitForFunction(() => document.querySelector('[data-page="page-2"], [data-page] + [data-page]'));
    await expect.poll(codes).toEqual(['recommend how-did-you-come-to-us', 'why satisfied better']);
    await page.locator('[data-keys]:not([hidden])').waitFor();
    const from = await page.locator('[data-question="better"]').boundingBox();
    const to = await page.locator('[data-question="how-did-you-come-to-us"]').boundingBox();
    if (!from || !to) throw new Error('The outline is not there');
    await page.mouse.move(from.x + 60, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(to.x + 60, to.y + 10, { steps: 5 });
    await page.mouse.up();
    await expect.poll(codes).toEqual(['recommend better how-did-you-come-to-us', 'why satisfied']);
  });

  test('what was typed a moment before leaving is saved', async () => {
    await open('?question=recommend');
    await page.fill('#hint', 'Typed at the last moment');
    await page.locator('.outline__link').first().click();
    await page.waitForURL(/part=start/);
    // It is sent along while the page is left, so it may arrive a moment after the next one is there.
    await expect
      .poll(async () => (await definition()).pages[0]?.questions[0]?.hint, { timeout: 30_000 })
      .toEqual({ en: 'Typed at the last moment' });
  });

  test('two at the same question: both versions are shown, and mine may be kept', async () => {
    await open('?question=recommend');
    const draft = await definition();
    const [first] = draft.pages[0]?.questions ?? [];
    if (first) first.text = { ...first.text, en: 'Written by another' };
    const revision = await page.inputValue('form[data-settings] [data-revision]');
    await researcher.post(`${survey}/edit`, { revision, json: JSON.stringify(draft) });
    await page.fill('#text', 'Written by me');
    await page.getByRole('heading', { name: 'Somebody else has changed this too' }).waitFor();
    const text = await page.locator('main').textContent();
    expect(text).toContain('Written by another');
    expect(text).toContain('Written by me');
    await page.getByRole('button', { name: 'Keep mine' }).click();
    await page.waitForURL(/question=recommend/);
    await expect
      .poll(async () => (await definition()).pages[0]?.questions[0]?.text['en'], { timeout: 30_000 })
      .toBe('Written by me');
  });

  test('nothing is wider than a small phone', async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    const wide: string[] = [];
    for (const path of ['', '?part=scales', '?part=languages', '/check', '/translate?to=de', '/preview']) {
      await page.goto(`${house.url}${survey}/build${path}`);
      if ((await sidewaysScroll(page)) > 0) wide.push(path);
    }
    expect(wide).toEqual([]);
  });
});
