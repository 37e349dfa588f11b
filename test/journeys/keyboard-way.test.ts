import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openBrowser } from './browser.ts';
import { type OpenHouse, openHouse } from './open-house.ts';
import { enterStudio } from './visitor.ts';

/** As Zoom writes captions: numbered, times with milliseconds, a name before each. */
const ZOOM = `WEBVTT

1
00:00:02.100 --> 00:00:07.000
Ms A: What happened on the day you first decided?

2
00:00:07.900 --> 00:00:12.400
P07: I was stuck in the lift 🛗 again.

3
00:00:12.500 --> 00:00:15.000
P07: It was the third time in a month.

4
00:00:16.200 --> 00:00:18.000
Ms A: And then?

5
00:00:18.900 --> 00:00:24.000
P07: I rang my sister. She said: come and live near us.
`;
const TABS_MOST = 150;

/*
 * Nothing but keys: from a pasted transcript over two coders who do not see each other to a project for other programs.
 */
describe.skipIf(!hasBrowser)('an interview by keyboard alone', () => {
  let house: OpenHouse;
  let browser: Browser;

  beforeAll(async () => {
    house = await openHouse();
    await enterStudio(house);
    await house.verbatim.accounts.add(
      { email: 'bo@example.org', password: 'three other words', name: 'Bo' },
      { isAdmin: false, role: 'researcher', studyId: null },
    );
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await house.close();
  });

  /** What has the focus, as it is called. */
  const focused = (page: Page): Promise<string> =>
    page.evaluate(() => {
      const element = document.activeElement;
      if (!element) return '';
      const field = element as HTMLInputElement;
      const text = field.labels?.[0]?.textContent ?? element.getAttribute('aria-label') ?? element.textContent ?? '';
      return text.replaceAll(/\s+/g, ' ').trim();
    });
  /** Tab by Tab to what begins with these words. */
  async function tabTo(page: Page, name: string): Promise<void> {
    const seen: string[] = [];
    for (let tabs = 0; tabs < TABS_MOST; tabs += 1) {
      await page.keyboard.press('Tab');
      const here = await focused(page);
      if (here.startsWith(name)) return;
      seen.push(here.slice(0, 40));
    }
    throw new Error(
      `Nothing called “${name}” takes the focus on ${page.url()}, only: ${[...new Set(seen)].join(' | ')}`,
    );
  }
  async function follow(page: Page, name: string): Promise<void> {
    await tabTo(page, name);
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  }
  const press = async (page: Page, ...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const write = async (page: Page, field: string, text: string) => {
    await tabTo(page, field);
    await page.keyboard.insertText(text);
  };
  const saved = (page: Page) => page.locator('[data-saving]', { hasText: /^Saved$/ }).waitFor();

  async function enter(email: string, password: string): Promise<Page> {
    const page = await (await browser.newContext({ acceptDownloads: true, locale: 'en-US' })).newPage();
    await page.goto(`${house.url}/sign-in`);
    await write(page, 'E-mail', email);
    await write(page, 'Password', password);
    await follow(page, 'Sign in');
    await follow(page, 'A study');
    return page;
  }
  /** From the page of an interview to the words of the participant's first turn. */
  async function toWords(page: Page): Promise<void> {
    await follow(page, 'Code the transcript');
    await page.locator('[data-ready]').waitFor();
    await tabTo(page, '1 00:02');
    await press(page, 'Control+ArrowDown');
  }

  test('goes from a pasted Zoom transcript to coded, agreed and exported', { timeout: 300_000 }, async () => {
    const ada = await enter('ada@example.org', 'three words together');
    await follow(ada, 'Interviews');
    await follow(ada, 'Log an interview');
    await follow(ada, 'Bring in a transcript');
    await write(ada, 'Or paste it', ZOOM);
    await follow(ada, 'Look at it');
    expect(await ada.locator('main').innerText()).toMatch(/Zoom/);
    await write(ada, 'Whom did you speak with?', 'P07');
    await tabTo(ada, 'On which day?');
    await ada.keyboard.type('03092026');
    await tabTo(ada, 'They agreed that their words may be quoted');
    await press(ada, 'Space');
    await follow(ada, 'Bring it in');

    await toWords(ada);
    await press(ada, 's', 'n');
    await ada.keyboard.type('Stuck');
    await press(ada, 'Enter');
    await saved(ada);
    await press(ada, 'Control+ArrowDown', 'Control+ArrowDown', 'p', 'n');
    await ada.keyboard.type('Family');
    await press(ada, 'Enter');
    await saved(ada);

    // A blind round of both.
    await follow(ada, 'Codebook');
    await follow(ada, 'Agreement');
    await follow(ada, 'Have interviews coded twice');
    for (const box of [
      'Interview with P07',
      'Turns',
      'Stuck',
      'Family',
      'Ada',
      'Bo',
      'Coders see their own codes only',
    ]) {
      await tabTo(ada, box);
      if (!(await ada.evaluate(() => (document.activeElement as HTMLInputElement).checked))) await press(ada, 'Space');
    }
    await follow(ada, 'Begin the round');

    const bo = await enter('bo@example.org', 'three other words');
    await follow(bo, 'Codebook');
    await follow(bo, 'Agreement');
    await follow(bo, 'Round 1');
    await follow(bo, 'Interview with P07');
    if (!/\/code$/.test(new URL(bo.url()).pathname)) await follow(bo, 'Code the transcript');
    await bo.locator('[data-ready]').waitFor();
    expect(await bo.locator('.turn .pill').count()).toBe(0);
    await tabTo(bo, '1 00:02');
    await press(bo, 'Control+ArrowDown', 's', 'f');
    await bo.keyboard.type('stu');
    await press(bo, 'Enter');
    await saved(bo);
    await follow(bo, 'Codebook');
    await follow(bo, 'Agreement');
    await follow(bo, 'Round 1');
    await follow(bo, 'I am done');
    await follow(ada, 'I am done');

    // They differ on one turn; Ada decides as she coded it, and takes the rest over.
    await ada.getByRole('heading', { name: 'Where they differ' }).waitFor();
    expect(await ada.locator('article').count()).toBe(1);
    await tabTo(ada, 'As Ada');
    await press(ada, 'Space');
    await follow(ada, 'Decide on Family');
    const standing = async () =>
      (await house.verbatim.store.notes.codings(1, {})).map(({ codeName, layer }) => `${codeName} ${layer}`).sort();
    await follow(ada, 'Take over');
    expect(await standing()).toEqual(['Family consensus', 'Stuck consensus']);

    await follow(ada, 'Codebook');
    await follow(ada, 'Files in and out');
    await follow(ada, 'REFI-QDA codebook or project');
    await follow(ada, 'See what goes out');
    await tabTo(ada, 'Download');
    const [file] = await Promise.all([ada.waitForEvent('download'), press(ada, 'Enter')]);
    const entries = unzipSync(readFileSync(await file.path()));
    expect(Object.keys(entries).some((name) => name.startsWith('sources/'))).toBe(true);
    const project = new TextDecoder().decode(entries['project.qde']);
    expect(project).toContain('name="Stuck"');
    expect(project.match(/<Coding /g)).toHaveLength(2);
    await Promise.all([ada.context().close(), bo.context().close()]);
  });
});
