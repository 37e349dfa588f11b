import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SurveyDefinition } from '../../src/model/survey.ts';
import { axeFindings, hasBrowser, openBrowser } from './browser.ts';
import { type OpenHouse, openHouse } from './open-house.ts';
import { publishSurvey } from './respondent-walk.ts';

const en = (text: string) => ({ en: text });
const scripted: SurveyDefinition = SurveyDefinition.parse({
  format: 1,
  code: 'scripted',
  title: en('What scripts add'),
  languages: ['en'],
  consent: { version: '1', text: en('We keep it.'), purposes: [{ code: 'analysis', text: en('You may use it') }] },
  pages: [
    {
      code: 'one',
      questions: [
        { kind: 'text', code: 'why', text: en('Why?'), long: true, required: true },
        {
          kind: 'single',
          code: 'country',
          text: en('Where do you live?'),
          display: 'dropdown',
          options: [
            'Austria',
            'Belgium',
            'Côte d’Ivoire',
            ...Array.from({ length: 12 }, (_, at) => `Land ${at + 1}`),
          ].map((text, at) => ({ code: `c${at + 1}`, text: en(text) })),
        },
        {
          kind: 'ranking',
          code: 'order',
          text: en('Put these in order'),
          places: 2,
          options: ['light', 'quiet', 'garden'].map((code) => ({ code, text: en(code) })),
        },
        { kind: 'slider', code: 'share', text: en('What share?'), min: 0, max: 100, step: 5 },
        {
          kind: 'sum',
          code: 'split',
          text: en('Share out'),
          total: 10,
          options: ['work', 'rest'].map((code) => ({ code, text: en(code) })),
        },
      ],
    },
    { code: 'two', questions: [{ kind: 'text', code: 'more', text: en('Anything else?') }] },
  ],
});

describe.skipIf(!hasBrowser)('what scripts add to a respondent’s page', () => {
  let house: OpenHouse;
  let browser: Browser;
  let survey: Awaited<ReturnType<typeof publishSurvey>>;
  let context: BrowserContext;
  let page: Page;
  /** Each post that reached the server, by its path. */
  let posts: string[];

  beforeAll(async () => {
    house = await openHouse();
    browser = await openBrowser();
    survey = await publishSurvey(house, scripted);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });
  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 390, height: 800 }, permissions: [] });
    page = await context.newPage();
    posts = [];
    page.on('requestfinished', (request) => {
      if (request.method() === 'POST') posts.push(new URL(request.url()).pathname);
    });
  });
  afterEach(async () => {
    await context.close();
  });

  async function begin(): Promise<void> {
    await page.goto(survey.address);
    await page.locator('#consent-analysis').check();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.locator('.ranking__move').first().waitFor();
    posts = [];
  }
  const send = () => page.getByRole('button', { name: 'Continue' }).click();
  const kept = () => page.evaluate(() => sessionStorage.getItem('verbatim-kept'));
  const answersNow = async () => {
    const token = new URL(page.url()).pathname.split('/')[2] ?? '';
    return (await house.verbatim.fieldwork.open(token)).response.answers;
  };

  test('a long list is searched with the keyboard, accents or not, and only what is listed counts', async () => {
    await begin();
    const field = page.getByRole('combobox', { name: 'Where do you live?' });
    await field.focus();
    await page.keyboard.type('cote');
    const found = page.locator('.search').getByRole('option');
    expect(await found.allTextContents()).toEqual(['Côte d’Ivoire']);
    await page.keyboard.press('ArrowDown');
    expect(await field.getAttribute('aria-activedescendant')).toBe(await found.getAttribute('id'));
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Enter');
    expect(await field.inputValue()).toBe('Côte d’Ivoire');
    expect(await page.locator('select[name="country"]').inputValue()).toBe('c3');
    await field.fill('Atlantis');
    expect(await page.locator('.search [role="status"]').textContent()).toBe('Nothing found');
    await page.keyboard.press('Tab');
    expect(await field.inputValue()).toBe('Côte d’Ivoire');
    await field.fill('');
    await page.keyboard.press('Tab');
    expect(await page.locator('select[name="country"]').inputValue()).toBe('');
  });

  test('a finger or a mouse chooses from the long list, too', async () => {
    await context.close();
    context = await browser.newContext({ viewport: { width: 390, height: 800 }, hasTouch: true });
    page = await context.newPage();
    await begin();
    const field = page.getByRole('combobox', { name: 'Where do you live?' });
    await field.tap();
    await page.locator('.search').getByText('Belgium').tap();
    expect([await field.inputValue(), await page.locator('select[name="country"]').inputValue()]).toEqual([
      'Belgium',
      'c2',
    ]);
    expect(await page.getByRole('listbox').count()).toBe(0);
    await field.fill('aus');
    await page.locator('.search').getByText('Austria').click();
    expect(await page.locator('select[name="country"]').inputValue()).toBe('c1');
  });

  test('options are ranked by two buttons each; nothing has a place before it was touched', async () => {
    await begin();
    const places = () =>
      page
        .locator('.ranking__option')
        .evaluateAll((items) =>
          items.map(
            (item) => `${item.querySelector('.ranking__text')?.textContent} ${item.querySelector('select')?.value}`,
          ),
        );
    expect(await places()).toEqual(['light ', 'quiet ', 'garden ']);
    await page.getByRole('button', { name: 'Move “garden” up' }).press('Enter');
    expect(await places()).toEqual(['garden 1', 'light ', 'quiet ']);
    await page.getByRole('button', { name: 'Move “quiet” up' }).press('Enter');
    await page.keyboard.press('Enter');
    expect(await places()).toEqual(['quiet 1', 'garden 2', 'light ']);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Move “quiet” up');
    expect(await page.locator('.ranking + [aria-live]').textContent()).toBe('quiet: Place 1');
    await page.getByRole('button', { name: 'Move “light” up' }).press('Enter');
    expect(await places()).toEqual(['quiet 1', 'garden 2', 'light ']);
    await page.getByRole('button', { name: 'Move “garden” down' }).press('Enter');
    expect(await places()).toEqual(['quiet 1', 'garden ', 'light ']);
    expect(await axeFindings(page)).toEqual([]);
  });

  test('an untouched slider answers nothing, and one that was moved or pressed where it stands does', async () => {
    await begin();
    const slider = page.getByRole('slider', { name: 'What share?' });
    const field = page.getByRole('textbox', { name: 'What share?' });
    expect(await field.inputValue()).toBe('');
    expect(await slider.getAttribute('aria-valuetext')).toBe('No answer');
    await slider.focus();
    expect(await field.inputValue()).toBe('');
    await page.keyboard.press('Space');
    expect(await field.inputValue()).toBe('50');
    await page.keyboard.press('ArrowRight');
    expect([await field.inputValue(), await slider.getAttribute('aria-valuetext')]).toEqual(['55', null]);
    await field.fill('20');
    expect(await slider.inputValue()).toBe('20');
  });

  test('a total is counted along while it is shared out', async () => {
    await begin();
    await page.getByLabel('work').fill('6,5');
    expect(await page.locator('.sum__total').textContent()).toBe('Together 10; so far 6.5');
    await page.getByLabel('rest').fill('3.5');
    expect(await page.locator('.sum__total--whole').textContent()).toBe('Together 10; so far 10');
    await expect.poll(() => page.locator('.sum [aria-live]').textContent()).toBe('Together 10; so far 10');
  });

  test('without a connection nothing is lost and nobody is thanked; trying again sends the very same post', async () => {
    await begin();
    const address = new URL(page.url()).pathname;
    await page.getByLabel('Why?').fill('Because it is quiet.');
    await page.getByRole('button', { name: 'Move “garden” up' }).click();
    await context.setOffline(true);
    await send();
    const message = page.getByRole('alert');
    expect(await message.textContent()).toContain('The connection is lost');
    expect(await message.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(new URL(page.url()).pathname).toBe(address);
    expect(await page.getByLabel('Why?').inputValue()).toBe('Because it is quiet.');
    expect(await kept()).toContain('Because it is quiet.');
    await page.getByRole('button', { name: 'Try again' }).click();
    await message.waitFor();
    expect([posts, await page.getByLabel('Why?').inputValue()]).toEqual([[], 'Because it is quiet.']);
    expect(await axeFindings(page)).toEqual([]);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download my answers' }).click(),
    ]);
    const text = readFileSync(await download.path(), 'utf8');
    expect(text).toMatch(/Why\? \(must be answered\)\n {2}Because it is quiet\./);
    expect(text).toMatch(/Put these in order\n {2}Place of “garden”: 1/);
    expect(text).not.toContain('Leave this empty');

    await context.setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.waitForURL(({ pathname }) => pathname !== address);
    expect(posts).toEqual([address]);
    expect(await answersNow()).toMatchObject({
      why: { state: 'answered', value: 'Because it is quiet.' },
      order: { state: 'answered', value: ['garden'] },
    });
    expect(await kept()).toBeNull();
  });

  test('a post that got lost on its way is offered again when one comes back, and is saved once', async () => {
    await begin();
    const url = page.url();
    await page.getByLabel('Why?').fill('Words that must not be lost');
    await page.getByLabel('work').fill('10');
    await page.route('**/r/**', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
    await send().catch(() => undefined);
    await page.waitForTimeout(300);
    await page.unroute('**/r/**');
    await page.goto(url);
    await page.getByRole('alert').waitFor();
    expect(await page.getByLabel('Why?').inputValue()).toBe('Words that must not be lost');
    expect(await page.getByLabel('work').inputValue()).toBe('10');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.waitForURL(({ href }) => href !== url);
    expect(posts).toEqual([new URL(url).pathname]);
    expect(await answersNow()).toMatchObject({ why: { value: 'Words that must not be lost' } });
    expect(await kept()).toBeNull();
  });

  test('trying again with something to put right shows what, and a second press sends nothing twice', async () => {
    await begin();
    await context.setOffline(true);
    await send();
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.error-summary').waitFor();
    await page.getByLabel('Why?').fill('Now it is here');
    posts = [];
    const before = new URL(page.url()).pathname;
    await page.locator('form.questions').evaluate((form) => {
      const button = form.querySelector<HTMLButtonElement>('.row button');
      button?.click();
      button?.click();
    });
    await page.waitForURL(({ pathname }) => pathname !== before);
    expect(posts).toEqual([before]);
  });

  test('the receipt’s code and the address for coming back are copied by a button', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await begin();
    await page.getByRole('link', { name: 'Finish later' }).click();
    await page.getByRole('button', { name: 'Copy the address' }).click();
    await page.getByText('The address has been copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      await page.getByLabel('Your address for coming back').inputValue(),
    );
  });

  test('a shared device goes back to the start by itself, and one can stop it', async () => {
    await house.verbatim.store.surveys.saveSettings(survey.surveyId, { isKiosk: true });
    await page.clock.install();
    await begin();
    await page.clock.fastForward(91_000);
    const dialog = page.getByRole('dialog', { name: 'Are you still there?' });
    await dialog.waitFor();
    expect(await dialog.textContent()).toContain('This starts again in 30 seconds');
    expect(await axeFindings(page)).toEqual([]);
    await page.clock.runFor(2_000);
    expect(await dialog.textContent()).toMatch(/This starts again in 2\d seconds/);
    await page.getByRole('button', { name: 'Stay here' }).click();
    await page.clock.runFor(60_000);
    expect(new URL(page.url()).pathname).toMatch(/^\/r\//);

    await page.getByLabel('Why?').fill('Because');
    await send();
    await page.getByLabel('Anything else?').waitFor();
    await send();
    await page.getByRole('button', { name: 'Send my answers' }).click();
    await page.getByText(/This starts again in \d+ seconds/).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.clock.runFor(31_000);
    await page.waitForURL(survey.address);
    await house.verbatim.store.surveys.saveSettings(survey.surveyId, {});
  });

  test('nobody but a program that fills in everything meets the field that is a trap', async () => {
    await begin();
    expect(await page.getByRole('textbox', { name: 'Leave this empty' }).count()).toBe(0);
    for (let tabs = 0; tabs < 60; tabs += 1) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => (document.activeElement as HTMLInputElement | null)?.name)).not.toBe(
        'website:url',
      );
    }
    const box = await page.locator('.trap').boundingBox();
    expect((box?.width ?? 0) * (box?.height ?? 0)).toBeLessThanOrEqual(1);
  });

  describe('options that hang together', () => {
    const options = (required: boolean) => [
      { code: 'bus', text: en('Bus') },
      { code: 'car', text: en('Car') },
      { code: 'other', text: en('Other'), comment: required ? 'required' : 'optional' },
      { code: 'none', text: en('None of these'), exclusive: true },
    ];
    const linked: SurveyDefinition = SurveyDefinition.parse({
      ...scripted,
      code: 'linked',
      pages: [
        {
          code: 'one',
          questions: [
            { kind: 'single', code: 'how', text: en('How?'), options: options(false).slice(0, 3) },
            { kind: 'multiple', code: 'which', text: en('Which?'), options: options(true) },
            { kind: 'single', code: 'one', text: en('One?'), display: 'dropdown', options: options(false).slice(0, 3) },
            {
              kind: 'rating',
              code: 'nps',
              text: en('Would you recommend it?'),
              measure: 'nps',
              steps: { min: 0, max: 10 },
              required: true,
            },
          ],
        },
      ],
    });
    const box = (name: string, value: string) => page.locator(`input[name="${name}"][value="${value}"]`);
    const spoken = (name: string) => page.locator(`fieldset:has([name="${name}"]) [role="status"]`).textContent();
    beforeEach(async () => {
      survey = await publishSurvey(house, { ...linked, code: `linked-${Math.random().toString(36).slice(2, 8)}` });
      await page.goto(survey.address);
      await page.locator('#consent-analysis').check();
      await page.getByRole('button', { name: 'Start' }).click();
      await page.locator('fieldset:has([name="which"]) [role="status"]').waitFor({ state: 'attached' });
    });

    test('typing beside an option ticks it, and words of what is given up come back with it', async () => {
      await page.locator('[name="how.other"]').fill('On foot');
      expect(await box('how', 'other').isChecked()).toBe(true);
      expect(await spoken('how')).toBe('Chosen: Other');
      await box('how', 'bus').check();
      expect(await page.locator('[name="how.other"]').inputValue()).toBe('');
      await box('how', 'other').check();
      expect(await page.locator('[name="how.other"]').inputValue()).toBe('On foot');
      await page.locator('[name="one.other"]').fill('A sledge');
      expect(await page.locator('select[name="one"]').inputValue()).toBe('other');
      expect(await axeFindings(page)).toEqual([]);
      await box('nps', '10').check();
      await send();
      await page.waitForURL(/check/);
      expect(await answersNow()).toMatchObject({ how: { value: 'other' }, 'how.other': { value: 'On foot' } });
    });

    test('what stands alone and the others take each other’s place, said aloud', async () => {
      await box('which', 'bus').check();
      await page.locator('[name="which.other"]').fill('Mule');
      await box('which', 'none').check();
      expect([await box('which', 'bus').isChecked(), await box('which', 'other').isChecked()]).toEqual([false, false]);
      expect(await spoken('which')).toBe('No longer chosen: Bus, Other');
      expect(await page.locator('[name="which.other"]').inputValue()).toBe('');
      await box('which', 'other').check();
      expect(await box('which', 'none').isChecked()).toBe(false);
      expect(await spoken('which')).toBe('No longer chosen: None of these');
      expect(await page.locator('[name="which.other"]').inputValue()).toBe('Mule');
    });

    test('eleven steps stand in one row from 320 pixels up, their ends named at their ends', async () => {
      for (const width of [320, 390, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        const placed = await page.evaluate(() => {
          const at = (element: Element) => {
            const { left, right, top, bottom, width: wide } = element.getBoundingClientRect();
            return { left, right, top, bottom, width: wide };
          };
          const steps = [...document.querySelectorAll('.rating .step')].map(at);
          const ends = [...document.querySelectorAll('.rating .ends > *')].map(at);
          return { steps, ends, scroll: document.documentElement.scrollWidth - document.documentElement.clientWidth };
        });
        expect(new Set(placed.steps.map(({ top }) => Math.round(top))).size, `one row at ${width}`).toBe(1);
        expect(Math.min(...placed.steps.map((step) => step.width))).toBeGreaterThanOrEqual(24);
        expect(Math.abs((placed.ends[1]?.right ?? 0) - (placed.steps.at(-1)?.right ?? 0))).toBeLessThan(1);
        expect(placed.scroll).toBe(0);
      }
    });

    test('where letters are so large that steps wrap, the last one’s name stands below it', async () => {
      await page.setViewportSize({ width: 300, height: 800 });
      const [first, last, low, high] = await page.evaluate(() => {
        const steps = [...document.querySelectorAll('.rating .step')];
        const ends = document.querySelectorAll('.rating .ends > *');
        return [steps[0], steps.at(-1), ends[0], ends[1]].map((element) => {
          const { top, bottom } = element?.getBoundingClientRect() ?? { top: Number.NaN, bottom: Number.NaN };
          return { top, bottom };
        });
      });
      expect(low!.bottom).toBeLessThanOrEqual(first!.top);
      expect(high!.top).toBeGreaterThanOrEqual(last!.bottom);
    });

    test('a page that was too large comes back as it was', async () => {
      await page.locator('[name="how.other"]').fill('On foot');
      await page.evaluate(() => {
        const field = document.querySelector<HTMLInputElement>('[name="which.other"]');
        field?.removeAttribute('maxlength');
        if (field) field.value = 'ö'.repeat(60_000);
      });
      await send();
      await page.getByRole('link', { name: 'Open the page again' }).click();
      await page.locator('.questions').waitFor();
      await expect.poll(() => page.locator('[name="how.other"]').inputValue()).toBe('On foot');
      expect(await page.locator('.lost').count(), 'no connection was lost').toBe(0);
    });
  });
});
