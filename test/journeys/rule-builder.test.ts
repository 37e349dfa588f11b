import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';
import { type OpenHouse, openHouse } from './open-house.ts';
import { enterStudio } from './visitor.ts';

describe.skipIf(!hasBrowser)('building a rule in a browser', () => {
  let house: OpenHouse;
  let browser: Browser;
  let study: string;
  beforeAll(async () => {
    house = await openHouse();
    ({ study } = await enterStudio(house));
    browser = await openBrowser();
    const { workspaceId } = await house.verbatim.studies.named('A study');
    const { intake, logs } = house.verbatim;
    await intake.people(
      workspaceId,
      ['ada', 'bea', 'cai'].map((externalId) => ({
        externalId,
        attributes: [{ name: 'plan', value: externalId === 'cai' ? 'free' : 'pro', source: 'test' }],
      })),
    );
    await intake.events(
      workspaceId,
      ['ada', 'bea'].flatMap((externalId) =>
        ['Trial Started', 'Order Completed'].map((name, index) => ({
          externalId,
          messageId: `${externalId} ${name}`,
          name,
          occurredAt: new Date(Date.now() - (10 - index) * 86_400_000).toISOString(),
          properties: { plan: 'pro', 'a property with a name as long as names may come from somebody’s program': 1 },
        })),
      ),
    );
    await logs.settle();
  });
  afterAll(async () => {
    await browser.close();
    await house.close();
  });

  async function look(page: Page): Promise<void> {
    for (const width of [1280, 390, 320]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await sidewaysScroll(page)).toBe(0);
    }
    expect(await axeFindings(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 900 });
  }

  test('rows come without a new page, a value is asked for only where one is needed, and every step fits and passes axe', {
    timeout: 300_000,
  }, async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const broken: string[] = [];
    page.on('pageerror', (error) => broken.push(String(error)));
    await page.goto(`${house.url}/sign-in`);
    await page.getByLabel('E-mail').fill('ada@example.org');
    await page.getByLabel('Password').fill('three words together');
    await page.getByRole('button', { name: 'Sign in' }).click();

    await page.goto(`${house.url}${study}/segments/define`);
    await look(page);
    await page.getByRole('button', { name: 'Add a condition' }).click();
    await look(page);
    await page.getByLabel('What they did one after the other').check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.locator('#step0Event').selectOption('Trial Started');
    await page.locator('#step1Event').selectOption('Order Completed');
    const address = page.url();
    await page.getByRole('button', { name: 'One more step' }).click();
    await page.locator('#step2Event').waitFor();
    expect(page.url()).toBe(address);
    expect(await page.locator('#step0Event').inputValue()).toBe('Trial Started');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('step2Event');
    await page.locator('main form summary').first().click();
    await page.getByLabel('Property').first().fill('plan');
    await page.getByRole('button', { name: 'One more property' }).first().click();
    await page.locator('#step0Where1Property').waitFor();
    await page.locator('#step0Where1Property').fill('source');
    await page.locator('#step0Where1Op').selectOption('notSet');
    expect(await page.locator('#step0Where1Value').isVisible()).toBe(false);
    await page.locator('#step0Where0Value').fill('pro');
    await page.getByLabel('All of it within').fill('14 days');
    await look(page);
    await page.getByRole('button', { name: 'Add the condition' }).click();
    await page
      .getByText(
        'first “Trial Started” where plan is pro and source is not known, then “Order Completed”, all within 14 days, at any time',
      )
      .first()
      .waitFor();
    await look(page);

    await page.getByRole('button', { name: 'The rule as JSON' }).click();
    await look(page);
    await page.getByLabel('The rule', { exact: true }).fill('{"all": [{"attribute": "plan", "op": "like"}]}');
    await page.getByRole('button', { name: 'Use this rule' }).click();
    expect(await page.title()).toContain('Error: ');
    await look(page);
    await page.getByRole('button', { name: 'Back to the rule' }).click();
    await page.getByLabel('What is the segment called?').fill('From trial to order');
    await page.getByRole('button', { name: 'Save the segment' }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('From trial to order');
    await look(page);
    await page.getByRole('link', { name: 'Ask these people' }).click();
    await look(page);
    await page.goto(`${house.url}${study}/segments`);
    await look(page);
    expect(broken).toEqual([]);
  });
});
