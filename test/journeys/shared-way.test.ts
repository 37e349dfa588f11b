import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claim, drawAgain, plantSharedPersona, type SharedPersona } from '../support/shared-persona.ts';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';
import { type OpenHouse, openHouse } from './open-house.ts';

const PASSWORD = 'three words together';

describe.skipIf(!hasBrowser)('from a link alone, on a small screen, to who they are and what speaks against it', () => {
  let house: OpenHouse;
  let browser: Browser;
  let planted: SharedPersona;
  let desk: Page;
  let phone: Page;
  let link = '';
  const findings: string[] = [];

  const note = async (page: Page, name: string) => {
    for (const [width, colorScheme] of [
      [1280, 'light'],
      [320, 'light'],
      [390, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme });
      findings.push(...(await axeFindings(page)).map((finding) => `${name} at ${width} ${colorScheme}: ${finding}`));
      const sideways = await sidewaysScroll(page);
      if (sideways > 0) findings.push(`${name} scrolls ${sideways} px sideways at ${width}`);
      const folder = process.env['SCREENSHOTS'];
      if (folder) await page.screenshot({ path: path.join(folder, `shared-${name}-${width}.png`), fullPage: true });
    }
  };
  /** What somebody reads below a question, up to the next. */
  const answerTo = async (question: string): Promise<string> => {
    const text = await phone.getByRole('region', { name: question }).innerText();
    return text.replaceAll(/\s+/g, ' ');
  };

  beforeAll(async () => {
    house = await openHouse();
    planted = await plantSharedPersona(house.verbatim);
    await house.verbatim.accounts.add(
      { email: 'ada@example.org', name: 'Ada', password: PASSWORD },
      { isAdmin: false, role: 'researcher', studyId: planted.study.id },
    );
    browser = await openBrowser();
    desk = await (await browser.newContext()).newPage();
    phone = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await house.close();
  });

  test('a researcher makes the link', async () => {
    await desk.goto(`${house.url}/sign-in`);
    await desk.getByLabel('E-mail').fill('ada@example.org');
    await desk.getByLabel('Password').fill(PASSWORD);
    await desk.getByRole('button', { name: 'Sign in' }).click();
    await desk.goto(`${house.url}/studio/${planted.study.publicId}/shares`);
    await note(desk, 'no-links');
    await desk.getByRole('link', { name: 'New link' }).first().click();
    await desk.getByLabel('For whom it is').fill('Sales, autumn review');
    await desk.getByLabel('Careful reader').check();
    await desk.getByLabel('Readers may hear the moment behind a quote').check();
    await note(desk, 'new-link');
    await desk.getByRole('button', { name: 'Make the link' }).click();
    link = (await desk.locator('[data-copy-text]').first().innerText()).trim();
    expect(link).toMatch(/\/shared\/[A-Za-z0-9_-]{22}$/);
    await note(desk, 'links');
  }, 300_000);

  test('visible text alone answers what a newcomer asks', async () => {
    await phone.goto(link);
    expect(await phone.getByRole('heading', { level: 1 }).innerText()).toBe('Careful reader');
    expect(await answerTo('Who is this?')).toContain(
      'They read bills more often than others. 50% here, 20% of the rest',
    );
    expect(await answerTo('How many are they?')).toContain(
      '34% of those who answered are like this: 408 of 1,200 people. It may be as few as 30% or as many as 38%',
    );
    const known = await answerTo('How do we know?');
    expect(known).toContain('The bill of P07 came in full.');
    expect(known).toContain('1,200 responses were looked at');
    expect(await answerTo('What should we do?')).toContain(
      'Take away what holds them back They are afraid of hidden costs.',
    );
    const against = await answerTo('What speaks against it?');
    expect(against).toContain('Yet the shop of P07 was kind to me.');
    expect(against).toContain('Not covered: People over 80 were not asked');
    expect(await phone.locator('main').innerText()).not.toContain('ada@example.org');
  }, 300_000);

  test('each question is one tap away, and the moment behind a quote plays', async () => {
    for (const [way, id] of [
      ['What should we do?', 'doing'],
      ['What speaks against it?', 'against'],
    ] as const) {
      await phone.getByRole('navigation', { name: 'On this page' }).getByRole('link', { name: way }).click();
      expect(
        await phone.locator(`#${id}`).evaluate((heading) => Math.abs(heading.getBoundingClientRect().top)),
      ).toBeLessThan(200);
    }
    const seconds = await phone
      .locator('audio')
      .first()
      .evaluate(async (element) => {
        const audio = element as HTMLAudioElement;
        audio.preload = 'metadata';
        audio.load();
        await new Promise((resolve) => {
          audio.addEventListener('loadedmetadata', resolve, { once: true });
          audio.addEventListener('error', resolve, { once: true });
        });
        return audio.duration;
      });
    expect(seconds).toBeCloseTo(4, 1);
    await note(phone, 'persona');
  }, 300_000);

  test('a question asked here is answered there and stands below', async () => {
    await phone.setViewportSize({ width: 390, height: 844 });
    await phone.getByLabel('Your question').fill('Do they rent?');
    await phone.getByRole('button', { name: 'Send the question' }).click();
    await phone.getByText('Your question was sent').waitFor();
    await desk.goto(`${house.url}/studio/${planted.study.publicId}/reader-questions`);
    await note(desk, 'questions');
    await desk.getByLabel('Your answer').fill('Most of them do.');
    await desk.getByRole('button', { name: /^Answer/ }).click();
    await desk.goto(`${house.url}/studio/${planted.study.publicId}/personas/${planted.persona.publicId}/readers`);
    await note(desk, 'readers');
    const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
    await drawAgain(house.verbatim, planted, {
      ...planted.portrait,
      claims: [
        ...planted.portrait.claims.slice(1),
        ...Array.from({ length: 12 }, (_, n) => claim(`${long} ${n}`, `They know the ${long}.`, { status: 'open' })),
        claim('wish', `They wish for a ${long}.`, { section: 'ring', ring: 'success' }),
      ],
    });
    await phone.goto(link);
    expect(await phone.getByRole('region', { name: 'Ask the people who made it' }).innerText()).toContain(
      'Most of them do.',
    );
    expect(await phone.getByRole('region', { name: 'What is new since you were last here' }).innerText()).toContain(
      'No longer said: reads',
    );
    await note(phone, 'again');
  }, 300_000);

  test('a closed link says so', async () => {
    await desk.goto(`${house.url}/studio/${planted.study.publicId}/shares`);
    await desk.getByRole('button', { name: 'Close it now' }).click();
    const answer = await phone.goto(link);
    expect(answer?.status()).toBe(410);
    expect(await phone.locator('main').innerText()).toContain('This link was closed');
    await note(phone, 'closed');
  }, 300_000);

  test('no page of the way has a fault that axe finds, or scrolls sideways', () => {
    expect(findings).toEqual([]);
  });
});
