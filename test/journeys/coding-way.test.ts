import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';
import { type OpenHouse, openHouse } from './open-house.ts';
import { enterStudio } from './visitor.ts';

const TRANSCRIPT = [
  'Interviewer: What happened on that day?',
  'P07: I was stuck in the lift 🛗 again. It was the third time in a month.',
  'Interviewer: Again?',
  'P07: Yes. The landlord said that they would mend it.',
].join('\n');

describe.skipIf(!hasBrowser)('coding an interview in a browser', () => {
  let house: OpenHouse;
  let browser: Browser;
  let address: string;
  let study: { id: number };
  beforeAll(async () => {
    house = await openHouse();
    const entered = await enterStudio(house);
    study = await house.verbatim.studies.named('A study');
    await house.verbatim.accounts.add(
      { email: 'bo@example.org', password: 'three other words', name: 'Bo' },
      { isAdmin: false, role: 'researcher', studyId: null },
    );
    const { location } = await entered.researcher.post(`${entered.study}/interviews/new`, {
      participant: 'P07',
      heldOn: '2026-03-02',
      mode: 'by phone',
      transcript: TRANSCRIPT,
    });
    address = `${location}/code`;
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await house.close();
  });

  async function openDesk(email: string, password: string): Promise<{ page: Page; broken: string[] }> {
    const page = await (await browser.newContext()).newPage();
    const broken: string[] = [];
    page.on('pageerror', (error) => broken.push(String(error)));
    await page.goto(`${house.url}/sign-in`);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/studio/);
    await page.goto(`${house.url}${address}`);
    await page.locator('[data-ready]').waitFor();
    return { page, broken };
  }
  const press = async (page: Page, ...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const saved = (page: Page) => page.locator('[data-saving]', { hasText: /^Saved$/ }).waitFor();
  const standing = async () =>
    (await house.verbatim.store.notes.codings(study.id, {}))
      .map(({ codeName, spanStart, spanEnd }) => `${codeName} ${spanStart}-${spanEnd}`)
      .sort();

  test('by keys alone words are coded, a boundary is moved and undone, and a memo is written', {
    timeout: 300_000,
  }, async () => {
    const { page, broken } = await openDesk('ada@example.org', 'three words together');
    await page.locator('[data-transcript]').focus();
    await press(page, 'Control+ArrowDown', 's', 'n');
    await page.keyboard.type('Lift');
    await press(page, 'Enter');
    await saved(page);
    expect(await standing()).toEqual(['Lift 0-32']);

    // The first code made has the first number key; a word on its own gets it, too.
    await press(page, 'Control+ArrowDown', 'w', '1');
    await saved(page);
    expect(await standing()).toEqual(['Lift 0-32', 'Lift 0-5']);

    await press(page, 'Escape', 'k', ']', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'Enter');
    await saved(page);
    expect(await standing()).toEqual(['Lift 0-29', 'Lift 0-5']);
    await press(page, 'Control+z');
    await expect.poll(standing).toEqual(['Lift 0-32', 'Lift 0-5']);
    await press(page, 'Control+y');
    await expect.poll(standing).toEqual(['Lift 0-29', 'Lift 0-5']);

    await press(page, 'm');
    await page.keyboard.type('What set it off?');
    await press(page, 'Control+Enter');
    await page.locator('.turn__memo', { hasText: 'What set it off?' }).waitFor();
    await saved(page);
    await press(page, '?');
    expect(await page.locator('dialog[open]').isVisible()).toBe(true);
    expect(await axeFindings(page)).toEqual([]);
    await press(page, 'Escape');

    await press(page, 'f');
    await page.keyboard.type('lif');
    expect(await axeFindings(page)).toEqual([]);
    await press(page, 'Escape');
    for (const width of [1280, 390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await sidewaysScroll(page)).toBe(0);
    }
    expect(await axeFindings(page)).toEqual([]);
    expect(broken).toEqual([]);
    await page.context().close();
  });

  test('two code the same turns at once, what one does appears to the other, and nothing is lost while the line is down', {
    timeout: 300_000,
  }, async () => {
    const [ada, bo] = await Promise.all([
      openDesk('ada@example.org', 'three words together'),
      openDesk('bo@example.org', 'three other words'),
    ]);
    const before = (await standing()).length;
    const code = async ({ page }: { page: Page }, turn: number, name: string) => {
      await page.locator('[data-transcript]').focus();
      await press(page, 'Control+Home', ...Array<string>(turn).fill('Control+ArrowDown'), 'p', 'n');
      await page.keyboard.type(name);
      await press(page, 'Enter', 'Escape');
    };
    await bo.page.context().setOffline(true);
    await Promise.all([code(ada, 3, 'Ada’s'), code(bo, 3, 'Bo’s')]);
    await bo.page.getByText('One change is not saved yet, trying again').waitFor();
    expect(await bo.page.locator('#turn-4 .pill', { hasText: 'Bo’s' }).count()).toBe(1);
    await bo.page.context().setOffline(false);
    await Promise.all([saved(ada.page), saved(bo.page)]);
    for (const { page } of [ada, bo])
      for (const name of ['Ada’s', 'Bo’s']) await page.locator('#turn-4 .pill', { hasText: name }).waitFor();
    expect((await standing()).length).toBe(before + 2);

    // Ada moves the end of Bo's coding; Bo, who has not heard of it, is told and sees it as it stands.
    const news = /code\.json|code\/read/;
    await bo.page.route(news, (route) => route.abort());
    await bo.page.locator('#turn-4 .pill', { hasText: 'Bo’s' }).click();
    await ada.page.locator('#turn-4 .pill', { hasText: 'Bo’s' }).click();
    await ada.page.locator('[data-transcript]').focus();
    await press(ada.page, ']', 'Control+ArrowLeft', 'Enter');
    await saved(ada.page);
    await bo.page.locator('[data-transcript]').focus();
    await press(bo.page, ']', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'Enter');
    await bo.page.getByText('Somebody else moved this boundary meanwhile', { exact: true }).waitFor();
    await bo.page.unroute(news);
    expect((await standing()).filter((one) => one.startsWith('Bo’s'))).toEqual(['Bo’s 0-46']);
    expect([...ada.broken, ...bo.broken]).toEqual([]);
  });
});
