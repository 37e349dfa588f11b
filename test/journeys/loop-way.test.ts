import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Moment } from '../../src/model/moment.ts';
import type { Study } from '../../src/store/studies.ts';
import type { KeptTypingTool } from '../../src/store/typing-tools.ts';
import { plantWishes, publishSurvey, wishesOf } from '../support/plant-typing.ts';
import { WISHES, wishSurvey } from '../support/wish-survey.ts';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';
import { type OpenHouse, openHouse } from './open-house.ts';
import { enterStudio } from './visitor.ts';

/** A busy machine takes its time. */
const PATIENT = { timeout: 30_000 };

/** The page of a shop, on another site, that tells of what visitors do. */
async function openShop(home: string, writeKey: string) {
  const server = createServer((_, res) => {
    res.setHeader('Content-Type', 'text/html; charset=utf-8');
    res.end(`<!doctype html><html lang="en"><head><title>The shop</title>
      <script async src="${home}/widget.js" data-key="${writeKey}" data-consent="given"></script></head>
      <body><main><h1>The shop</h1></main></body></html>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

describe.skipIf(!hasBrowser)('from answers to segments to a visitor who is asked because of hers', () => {
  let house: OpenHouse;
  let browser: Browser;
  let page: Page;
  let shop: Awaited<ReturnType<typeof openShop>>;
  let study: Study;
  let kept: KeptTypingTool;
  /** The segment of those who want the first third of the wishes. */
  let wanted: { id: string; name: string };
  const findings: string[] = [];
  const go = (label: string) => page.getByRole('link', { name: label, exact: true }).first().click();
  const press = (label: string | RegExp) => page.getByRole('button', { name: label }).first().click();
  const note = async (name: string) => {
    for (const [width, colorScheme] of [
      [1280, 'light'],
      [390, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      findings.push(...(await axeFindings(page)).map((finding) => `${name} at ${width} ${colorScheme}: ${finding}`));
      const folder = process.env['SCREENSHOTS'];
      if (folder) await page.screenshot({ path: path.join(folder, `loop-${name}-${width}.png`), fullPage: true });
    }
    await page.setViewportSize({ width: 320, height: 800 });
    const sideways = await sidewaysScroll(page);
    if (sideways > 0) findings.push(`${name} scrolls ${sideways} px sideways at 320`);
    await page.setViewportSize({ width: 1280, height: 900 });
  };

  beforeAll(async () => {
    house = await openHouse();
    const { verbatim } = house;
    const entered = await enterStudio(house);
    study = (await verbatim.store.studies.all())[0]!;
    const source = await verbatim.sources.add(study.workspaceId, 'Shop', null);
    shop = await openShop(house.url, source.writeKey);
    await verbatim.offers.saveOrigins(study, [shop.url]);
    await verbatim.offers.saveLimits(study.workspaceId, { coolDownDays: 0, most: 10, withinDays: 30 });
    const scale = (code: string, from: number) => ({
      code,
      name: { en: `Wishes of kind ${code}` },
      items: Array.from({ length: WISHES / 3 }, (_, j) => `wants.q0${from + j}`),
    });
    const survey = await publishSurvey(verbatim, study, {
      ...wishSurvey('wishes'),
      instruments: [
        {
          code: 'wish',
          version: '1',
          name: { en: 'Wishes' },
          centring: 'none',
          scales: [scale('a', 0), scale('b', 3), scale('c', 6)],
        },
      ],
    });
    await plantWishes(verbatim, { study, survey }, { n: 300, separation: 3 });
    browser = await openBrowser();
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    await page.goto(`${house.url}/sign-in`);
    await page.getByLabel('E-mail').fill('ada@example.org');
    await page.getByLabel('Password').fill('three words together');
    await press('Sign in');
    await page.goto(`${house.url}${entered.study}`);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
    await house?.close();
  });

  test('answers become scores, and scores segments that are accepted', async () => {
    await go('Scales');
    await press(/^Score wishes/);
    await page.waitForURL(/\/scales\?run=/, PATIENT);
    expect(await page.getByRole('rowheader', { name: 'Wishes of kind a' }).count()).toBe(1);
    await go('Segments');
    await page.getByRole('link', { name: 'Look for segments' }).first().click();
    await page.getByLabel('Name', { exact: true }).fill('What people wish for');
    await press('Choose what to group by');
    await press('Keep');
    await page.getByLabel('How many segments').fill('3');
    await press('Make segments');
    await page.waitForURL(/\/solutions\//, { timeout: 300_000 });
    await press('Accept as version 1');
    expect(await page.getByRole('link', { name: /Typing tools/ }).count()).toBe(1);
  }, 180_000);

  test('golden questions are found, published, and become a survey by a press', async () => {
    await page.getByRole('link', { name: /Typing tools/ }).click();
    await page.getByRole('link', { name: 'Build a tool' }).click();
    for (const box of await page.getByLabel(/^Wishes of kind/).all()) await box.uncheck();
    for (const box of await page.getByLabel(/^Wish \d/).all()) await box.check();
    await press('Build the tool');
    await page.waitForURL(/\/typing\/[\w-]{22}$/, { timeout: 300_000 });
    await press('Publish this tool');
    await note('tool');
    await press('Type people');
    await page.waitForURL(/\/build$/);
    const { verbatim } = house;
    const [segmentation] = await verbatim.store.segmentations.list(study.id);
    [kept] = (await verbatim.store.typingTools.list(segmentation!.id)) as [KeptTypingTool];
    const golden = (await verbatim.store.surveys.list(study.id)).at(-1)!;
    // As few as the floor needs, and fewer than were asked to find the segments.
    expect(kept.tool.measured!.kappa).toBeGreaterThanOrEqual(0.7);
    expect(kept.tool.items.length).toBeLessThan(WISHES);
    await page.goto(`${house.url}/studio/${study.publicId}/surveys/${golden.publicId}`);
    await press('Publish');
    const published = (await verbatim.store.surveys.findById(study.id, golden.id))!;
    expect(published.publishedVersionId).not.toBeNull();
    await verbatim.offers.saveMoment(
      published,
      Moment.parse({ isOn: true, trigger: { on: 'event', name: 'Signed Up' }, shape: 'popup' }),
    );
    const answers = wishesOf(kept, 0);
    const { typePerson } = await import('../../src/segments/typing/type-person.ts');
    const typed = typePerson(
      kept.tool,
      Object.fromEntries(Object.entries(answers).map(([item, { value }]) => [item, value])),
    );
    wanted = kept.tool.segments.find(({ id }) => id === typed.segment)!;
  }, 180_000);

  test('a rule asks who was put into the segment of late, and a follow-up is meant for them alone', async () => {
    await page.goto(`${house.url}/studio/${study.publicId}/segments/define`);
    await page.getByLabel('What is the segment called?').fill('Just typed');
    await press('Add a condition');
    await page.getByLabel('Another segment they are in').check();
    await press('Continue');
    await page.getByLabel('Segment', { exact: true }).selectOption(wanted.id);
    await page.getByLabel('At least this likely').fill('0.7');
    await page.getByLabel('In the last').fill('30 days');
    await note('condition');
    await press('Add the condition');
    await press('Save the segment');
    await go('Ask these people');
    await page.getByLabel('A new one').check();
    await page.getByLabel('Title of the new survey').fill('The follow-up');
    await press('Go on');
    await page.waitForURL(/\/build$/);
    const { verbatim } = house;
    const draft = (await verbatim.store.surveys.list(study.id)).at(-1)!;
    await verbatim.surveys.saveDraft(
      draft,
      draft.draftRevision,
      JSON.stringify({
        ...draft.draft,
        pages: [{ code: 'p', questions: [{ kind: 'yes-no', code: 'more', text: { en: 'May we ask more?' } }] }],
      }),
    );
    await page.goto(`${house.url}/studio/${study.publicId}/surveys/${draft.publicId}`);
    await press('Publish');
    const survey = (await verbatim.store.surveys.findById(study.id, draft.id))!;
    expect(survey.publishedVersionId).not.toBeNull();
    await verbatim.offers.saveMoment(
      survey,
      Moment.parse({ isOn: true, trigger: { on: 'event', name: 'Order Completed' }, shape: 'popup' }),
    );
  }, 300_000);

  /** A visitor who is known by an id. */
  async function visit(userId: string): Promise<Page> {
    const visitor = await (await browser.newContext()).newPage();
    await visitor.goto(`${shop.url}/`);
    await visitor.waitForFunction(() => 'verbatim' in window, null, PATIENT);
    await call(visitor, 'identify', userId);
    return visitor;
  }
  const call = (at: Page, ...words: unknown[]): Promise<void> =>
    at.evaluate((said) => (window as unknown as { verbatim: (...call: unknown[]) => void }).verbatim(...said), words);
  /** The survey that opens after an event; null when none does. */
  async function asked(at: Page, event: string, tries = 20): Promise<Frame | null> {
    for (let turn = 0; turn < tries; turn += 1) {
      await call(at, 'track', event);
      await at.waitForTimeout(700);
      const found = at.frames().find((frame) => frame !== at.mainFrame());
      if (!found) continue;
      await found.waitForLoadState();
      return found;
    }
    return null;
  }
  async function answer(frame: Frame, answers: Record<string, { value: number }>): Promise<void> {
    for (const box of await frame.locator('[name=consent]').all()) await box.check();
    await frame.locator('main form button:not([name])').first().click();
    for (const [item, { value }] of Object.entries(answers))
      await frame.locator(`[name="${item}"][value="${value}"]`).check();
    while (!frame.url().includes('/done')) {
      const before = frame.url();
      await frame.locator('main form button:not([name])').first().click();
      await expect.poll(() => frame.url(), PATIENT).not.toBe(before);
      await frame.waitForLoadState();
    }
  }

  test('a visitor who is like the segment is asked the follow-up; one between segments and one of another are not', async () => {
    const { verbatim } = house;
    const others = { bob: 'between', cai: 2 } as const;
    const standing = async (name: string) => {
      await verbatim.logs.settle();
      const id = (await verbatim.store.people.byExternalIds(study.workspaceId, [name])).get(name) ?? 0;
      const [found] = await verbatim.store.placements.ofPeople([id]);
      return found === undefined ? undefined : found.segment;
    };
    for (const [name, third] of [['ada', 0], ...Object.entries(others)] as [string, 0 | 2 | 'between'][]) {
      const visitor = await visit(name);
      const frame = await asked(visitor, 'Signed Up');
      expect(await frame?.locator('h1').first().textContent()).toBe('What people wish for');
      await answer(frame!, wishesOf(kept, third));
      await expect.poll(() => standing(name), PATIENT).not.toBeUndefined();
      expect([name, await standing(name)]).toEqual([
        name,
        third === 0 ? wanted.id : third === 'between' ? null : expect.not.stringMatching(wanted.id),
      ]);
      // On the next page that they open.
      await visitor.reload();
      await visitor.waitForFunction(() => 'verbatim' in window, null, PATIENT);
      const next = await asked(visitor, 'Order Completed', third === 0 ? 20 : 12);
      expect([name, next === null ? null : await next.locator('h1').first().textContent()]).toEqual([
        name,
        third === 0 ? 'The follow-up' : null,
      ]);
      await visitor.context().close();
    }
    // Somebody who never answered is not asked either.
    const stranger = await visit('dan');
    expect(await asked(stranger, 'Order Completed', 8)).toBeNull();
  }, 180_000);

  test('the desk sees who was typed, as what, and why somebody was asked', async () => {
    const { verbatim } = house;
    const [segmentation] = await verbatim.store.segmentations.list(study.id);
    const at = `${house.url}/studio/${study.publicId}`;
    await page.goto(`${at}/segmentations/${segmentation!.publicId}/typing/${kept.publicId}/typed`);
    expect(await page.getByText('People placed').count()).toBe(1);
    await note('typed');
    const id = (await verbatim.store.people.byExternalIds(study.workspaceId, ['ada'])).get('ada')!;
    const { publicId } = (await verbatim.store.contacts.personById(id))!;
    await page.goto(`${at}/people/${publicId}`);
    expect(await page.getByRole('heading', { name: 'Segments they were placed in' }).count()).toBe(1);
    expect(await page.getByText(/By the rule “Just typed”: ?offered/).count()).toBe(1);
    await note('person');
    expect(findings).toEqual([]);
    expect(house.faults).toEqual([]);
  }, 300_000);
});
