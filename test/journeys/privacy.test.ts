import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIELD_OWNER, openFieldHouse } from '../support/field-house.ts';
import { plantResponses, said } from '../support/plant-responses.ts';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';

const ID = 'AAAAAAAAAAAAAAAAAAAAA';

describe.skipIf(!hasBrowser)('personal data in a browser', () => {
  let house: Awaited<ReturnType<typeof openFieldHouse>>;
  let browser: Browser;
  beforeAll(async () => {
    house = await openFieldHouse();
    browser = await openBrowser();
    const stories = [
      'Write to anna.meier@example.org, or call +49 170 1234567 and ask for Mrs Smith',
      `${'averyveryverylongname'.repeat(3)}@${'andaverylongdomain'.repeat(3)}.example`,
      'Too slow',
    ];
    await plantResponses(
      house.verbatim,
      house,
      stories.map((story, index) => ({
        id: `${ID}${index}`,
        page: 3,
        answers: { city: said('city'), story: said(story), word: said('love it') },
      })),
    );
    await house.verbatim.answerReadings.read(house.survey);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.[Symbol.asyncDispose]();
  });

  test.each([320, 1280])(
    'words are opened, hidden and opened again without a script at %i px',
    async (width) => {
      const context = await browser.newContext({ viewport: { width, height: 900 }, javaScriptEnabled: width > 320 });
      const page = await context.newPage();
      await page.goto(`${house.url}/sign-in`);
      await page.fill('[name=email]', FIELD_OWNER.email);
      await page.fill('[name=password]', FIELD_OWNER.password);
      await page.click('main button');
      const one = `${house.url}/studio/${house.study.publicId}/responses/${ID}0`;
      const main = () => page.textContent('main');
      await page.goto(one);
      expect(await main()).toContain('Write to [e-mail], or call [phone] and ask for Mrs Smith');
      await page.click('text=Show the words as they were written');
      expect(await main()).toContain('anna.meier@example.org');
      await page.selectOption('select[name=source]', { label: 'story' });
      await page.fill('[name=words]', 'Mrs Smith');
      await page.click('text=Hide these words');
      expect(await main()).toContain('What you decided is kept');
      await page.click('text=Mask them again');
      expect(await main()).toContain('ask for [masked]');
      await page.goto(`${one}?words=open`);
      await page.click('text=Take it back');
      expect(await main()).toContain('The decision is taken back');
      await context.close();
    },
    60_000,
  );

  test('its pages fit from 320 px and pass axe in light and dark', async () => {
    const study = `${house.url}/studio/${house.study.publicId}`;
    const at = `${house.url}${house.at}`;
    const addresses = [
      `${study}/responses/${ID}0`,
      `${study}/responses/${ID}0?words=open`,
      `${study}/responses/${ID}1?words=open`,
      `${at}/personal-data`,
      `${at}/results`,
      `${at}/responses/export`,
    ];
    const wrong: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ viewport: { width: 320, height: 800 }, colorScheme });
      const page = await context.newPage();
      await page.goto(`${house.url}/sign-in`);
      await page.fill('[name=email]', FIELD_OWNER.email);
      await page.fill('[name=password]', FIELD_OWNER.password);
      await page.click('main button');
      for (const address of addresses) {
        await page.goto(address);
        for (const finding of await axeFindings(page)) wrong.push(`${address} in ${colorScheme}: ${finding}`);
        if ((await sidewaysScroll(page)) > 0) wrong.push(`${address} scrolls sideways`);
      }
      await context.close();
    }
    expect(wrong).toEqual([]);
  }, 300_000);
});
