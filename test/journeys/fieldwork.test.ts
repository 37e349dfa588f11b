import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerField, FIELD_OWNER, openFieldHouse } from '../support/field-house.ts';
import { MESSAGE, plantPeople } from '../support/post-house.ts';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';

const DAY_MS = 86_400_000;

describe.skipIf(!hasBrowser)('fieldwork in a browser', () => {
  let house: Awaited<ReturnType<typeof openFieldHouse>>;
  let browser: Browser;
  beforeAll(async () => {
    house = await openFieldHouse();
    browser = await openBrowser();
    const { verbatim, survey } = house;
    const wave = { endsAt: null, target: 50, cost: 120, invited: null };
    const startsAt = (daysAgo: number) => new Date(Date.now() - daysAgo * DAY_MS).toISOString();
    for (const [index, name] of ['Spring', 'Autumn'].entries()) {
      await verbatim.fieldworkDesk.addWave(survey, { ...wave, name, startsAt: startsAt(30 - index) });
      for (const mood of [3, 5, 7, 9])
        await answerField(verbatim, survey.slug, {
          city: mood > 5 ? 'city' : 'village',
          mood,
          query: { source: 'news' },
        });
    }
    await verbatim.fieldworkDesk.addSupplier(survey, {
      name: 'Panel',
      idParameter: 'pid',
      completeLink: 'https://panel.example/{id}',
      screenedOutLink: 'https://panel.example/{id}',
      quotaFullLink: 'https://panel.example/{id}',
      duplicateLink: 'https://panel.example/{id}',
    });
    await verbatim.store.fieldwork.enterDraw(survey.id, 'a@people.example', 'draw a', 'a', startsAt(1));
    await verbatim.fieldworkDesk.draw(survey, 1, null);
    const address = 'somebody.with.a.long.name@people.example';
    const [person = 0] = await plantPeople(verbatim, house.study.workspaceId, { [address]: { plan: 'Pro' } });
    await verbatim.store.mailings.add(
      {
        surveyId: survey.id,
        kind: 'invitation',
        wave: 1,
        audience: { segment: null },
        message: MESSAGE,
        createdBy: null,
      },
      [{ personId: person, round: 0, addressSeal: 'seal', language: 'en' }],
      startsAt(1),
    );
    await verbatim.distribution.reportBounces(house.study, Buffer.from(`${address};550 5.1.1 no such user`));
    await verbatim.logs.settle();
  });
  afterAll(async () => {
    await browser.close();
    await house[Symbol.asyncDispose]();
  });

  test('settings are changed and a wave is added with the keyboard alone, without scripts', {
    timeout: 300_000,
  }, async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 320, height: 800 } });
    const page = await context.newPage();
    await page.goto(`${house.url}/sign-in`);
    await page.getByLabel('E-mail').fill(FIELD_OWNER.email);
    await page.getByLabel('Password').fill(FIELD_OWNER.password);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/studio/);
    await page.goto(`${house.url}${house.at}`);
    await page.getByRole('link', { name: 'Settings' }).press('Enter');
    await page.getByLabel('Most completed responses').fill('0');
    await page.keyboard.press('Enter');
    await page.getByText('These settings do not fit').waitFor();
    expect(await page.title()).toContain('Error: ');
    await page.getByLabel('Most completed responses').fill('500');
    await page.keyboard.press('Enter');
    await page.getByText('Saved').waitFor();

    await page.goto(`${house.url}${house.at}`);
    await page.getByRole('link', { name: 'Fieldwork' }).press('Enter');
    await page.getByRole('link', { name: 'Add a wave' }).press('Enter');
    await page.getByLabel('Name').fill('Winter');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: '3 Winter' }).waitFor();
    await page.getByRole('link', { name: 'Compare waves' }).press('Enter');
    expect(await page.getByRole('heading', { name: 'How are you?' }).count()).toBe(1);
    await context.close();
  });

  test('axe finds nothing on any of its pages, light or dark, and all fit the smallest screen', {
    timeout: 300_000,
  }, async () => {
    for (const [colorScheme, width] of [
      ['light', 1280],
      ['dark', 320],
    ] as const) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
      const page = await context.newPage();
      await page.goto(`${house.url}/sign-in`);
      await page.getByLabel('E-mail').fill(FIELD_OWNER.email);
      await page.getByLabel('Password').fill(FIELD_OWNER.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(/\/studio/);
      for (const place of [
        '/fieldwork',
        '/fieldwork/waves',
        '/fieldwork/waves/new',
        '/fieldwork/suppliers',
        '/fieldwork/plan?do=plan',
        '/fieldwork/plan?do=power&power=0',
        '/settings',
        '/settings/links',
        '/settings/images',
        '/settings/draw',
        '/distribution',
        '/distribution/people?wave=1',
        '/distribution/bounces',
        '/responses',
        '/responses/course',
      ]) {
        await page.goto(`${house.url}${house.at}${place}`);
        expect([place, await axeFindings(page), await sidewaysScroll(page)]).toEqual([place, [], 0]);
      }
      await page.goto(`${house.url}${house.at}/responses`);
      await page.getByRole('rowheader').getByRole('link').first().click();
      await page.getByRole('heading', { name: /^Respondent / }).waitFor();
      expect(['one response', await axeFindings(page), await sidewaysScroll(page)]).toEqual(['one response', [], 0]);
      await context.close();
    }
  });

  test('a phone shows each row of a table as a block with all its cells, and it is a table still', {
    timeout: 300_000,
  }, async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 800 } });
    const page = await context.newPage();
    await page.goto(`${house.url}/sign-in`);
    await page.getByLabel('E-mail').fill(FIELD_OWNER.email);
    await page.getByLabel('Password').fill(FIELD_OWNER.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/\/studio/);
    for (const [place, heading, cell] of [
      ['/fieldwork', 'Response rate', '4 of 50'],
      ['/responses', 'Came by', 'open address · news · en'],
      ['/distribution/people?wave=1', 'Letter', 'waiting'],
      ['/distribution/bounces', 'Why', '550 5.1.1 no such user'],
      ['/fieldwork/plan?do=plan', 'Invitations', '1,925'],
    ] as const) {
      await page.goto(`${house.url}${house.at}${place}`);
      const table = page.getByRole('table').filter({ has: page.getByRole('columnheader', { name: heading }) });
      expect([place, await table.count()]).toEqual([place, 1]);
      expect([place, await table.getByRole('cell', { name: cell }).count()]).not.toEqual([place, 0]);
      const hidden = await table.evaluate(
        (one) => (one.parentElement?.scrollWidth ?? 0) - (one.parentElement?.clientWidth ?? 0),
      );
      expect([place, hidden]).toEqual([place, 0]);
    }
    await context.close();
  });
});
