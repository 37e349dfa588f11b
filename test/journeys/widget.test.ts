import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Response as Answer, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Moment } from '../../src/model/moment.ts';
import { signId } from '../../src/services/signed-ids.ts';
import { openEventHouse } from '../support/event-house.ts';
import { smallSurvey } from '../support/small-survey.ts';
import { axeFindings, hasBrowser, openBrowser } from './browser.ts';

/** A busy machine takes its time. */
const PATIENT = { timeout: 20_000 };

type Browser = Awaited<ReturnType<typeof openBrowser>>;

/** A shop's page under a strict policy of its own, on another site than Verbatim. */
async function openShop(home: string, writeKey: string) {
  const asked: string[] = [];
  const page = (title: string, attributes: string) => `<!doctype html><html lang="en"><head><title>${title}</title>
    <script src="/shop.js"></script>
    <script async src="${home}/widget.js" data-key="${writeKey}" ${attributes}></script></head>
    <body><main><h1>${title}</h1><p><a href="#top">A link</a></p><button id="buy">Buy</button></main></body></html>`;
  const script = `window.verbatim=function(...call){(window.verbatim.q??=[]).push(call)};
    addEventListener('DOMContentLoaded',()=>document.querySelector('#buy')
      .addEventListener('click',()=>verbatim('track','Order Completed',{revenue:20})));`;
  const server = createServer((req, res) => {
    asked.push(req.url ?? '');
    if (req.url === '/shop.js') {
      res.setHeader('Content-Type', 'text/javascript');
      return res.end(script);
    }
    res.setHeader('Content-Type', 'text/html; charset=utf-8');
    res.setHeader(
      'Content-Security-Policy',
      `default-src 'none'; script-src 'self' ${home}; connect-src ${home}; frame-src ${home}; style-src 'self'`,
    );
    res.end(page('The shop', req.url === '/before-consent' ? '' : 'data-consent="given"'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

describe.skipIf(!hasBrowser)('the widget on the page of another site', () => {
  let house: Awaited<ReturnType<typeof openEventHouse>>;
  let shop: Awaited<ReturnType<typeof openShop>>;
  let browser: Browser;
  let surveyId = 0;

  beforeAll(async () => {
    house = await openEventHouse();
    const { verbatim, study, source } = house;
    shop = await openShop(house.url, source.writeKey);
    browser = await openBrowser();
    const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(smallSurvey));
    await verbatim.surveys.publish(draft, 1, null);
    const survey = await verbatim.store.surveys.find(study.id, draft.publicId);
    if (!survey) throw new Error('The survey is not there');
    surveyId = survey.id;
    const rule = { event: 'Order Completed', op: 'gte', value: 3, within: { last: 30, unit: 'day' } };
    const segment = await verbatim.segments.define(study, { name: 'Regulars', rule, surveyId: null }, null);
    await verbatim.store.surveys.setAudience(survey.id, segment.id);
    await verbatim.offers.saveMoment(
      survey,
      Moment.parse({ isOn: true, trigger: { on: 'event', name: 'Order Completed' }, shape: 'popup' }),
    );
    await verbatim.offers.saveOrigins(study, [shop.url]);
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
    await house?.[Symbol.asyncDispose]();
  });

  /** Does something that makes the widget ask what waits, and gives the answer. */
  const decided = async (page: Page, act: () => Promise<unknown>): Promise<Answer> => {
    // Listened for before it can come.
    const answer = page.waitForResponse((one) => one.url().endsWith('/v1/decide'), PATIENT);
    await act();
    return answer;
  };
  const call = (page: Page, ...words: unknown[]): Promise<void> =>
    page.evaluate((said) => (window as unknown as { verbatim: (...call: unknown[]) => void }).verbatim(...said), words);
  const surveyFrame = async (page: Page): Promise<Frame> => {
    // It stands in a shadow tree, where the page's own list of frames does not look.
    await expect.poll(() => page.frames().length, PATIENT).toBe(2);
    const found = page.frames().find((frame) => frame !== page.mainFrame());
    if (!found) throw new Error('No frame has opened');
    await found.waitForLoadState();
    return found;
  };
  const buy = async (page: Page) => {
    const told = page.waitForResponse((answer) => answer.url().endsWith('/v1/batch'));
    await page.locator('#buy').click();
    await told;
  };
  const offered = async () => (await house.verbatim.store.offers.counts(house.study.id)).get(surveyId)?.offered ?? 0;

  test('a visitor is asked after her third purchase, once, by keyboard too, and never again when she signs in elsewhere', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(error.message));
    await decided(page, () => page.goto(`${shop.url}/`));
    await buy(page);
    await buy(page);
    expect(page.frames()).toHaveLength(1);
    await buy(page);
    const frame = await surveyFrame(page);
    expect(await frame.locator('h1').textContent()).toBe('A small survey');
    // Nothing of the page under it and nothing of ours is at fault, and the focus is held by the dialog.
    expect(await axeFindings(page)).toEqual([]);
    expect(await axeFindings(page.frames()[1] as unknown as Page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.frames().length, PATIENT).toBe(1);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('buy');
    expect(await offered()).toBe(1);

    // She waved it away, and that was once.
    await buy(page);
    await decided(page, () => page.reload());
    await buy(page);
    expect(page.frames()).toHaveLength(1);

    await decided(page, () => call(page, 'identify', 'ada'));
    const phone = await (await browser.newContext()).newPage();
    await decided(phone, () => phone.goto(`${shop.url}/`));
    const answer = await decided(phone, () => call(phone, 'identify', 'ada'));
    expect(((await answer.json()) as { armed: unknown[] }).armed).toEqual([]);
    await buy(phone);
    expect(phone.frames()).toHaveLength(1);
    expect(await offered()).toBe(1);
    expect(faults).toEqual([]);
    await context.close();
  }, 300_000);

  test('what she answers in the frame is hers, and the page outside hears that it is done', async () => {
    const page = await (await browser.newContext()).newPage();
    await decided(page, () => page.goto(`${shop.url}/`));
    for (let times = 0; times < 3; times += 1) await buy(page);
    const frame = await surveyFrame(page);
    await frame.locator('[name=consent]').first().check();
    await frame.locator('button[type=submit], button:not([type])').first().click();
    await frame.locator('[name=city][value=village]').check();
    // Each page is another address, down to the thanks.
    while (!frame.url().includes('/done')) {
      const before = frame.url();
      await frame.locator('main form button:not([name])').first().click();
      await expect.poll(() => frame.url(), PATIENT).not.toBe(before);
      await frame.waitForLoadState();
    }
    expect(await frame.locator('[data-done]').count()).toBe(1);
    const dismissals: string[] = [];
    page.on('request', (request) => request.url().endsWith('/v1/dismissed') && dismissals.push(request.url()));
    // The frame goes with the key, so the press is not waited for in it.
    await frame.evaluate(
      () => void setTimeout(() => dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' })), 0),
    );
    await expect.poll(() => page.frames().length, PATIENT).toBe(1);
    expect(dismissals).toEqual([]);
    await house.verbatim.logs.settle();
    expect(await house.verbatim.store.responses.countBySurvey(house.study.id)).toMatchObject(
      new Map([[surveyId, { completed: 1, started: 0 }]]),
    );
  }, 300_000);

  test('before consent nothing is kept and no id is sent; with Global Privacy Control never', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const bodies: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && bodies.push(request.postData() ?? ''));
    await decided(page, () => page.goto(`${shop.url}/before-consent`));
    await page.locator('#buy').click();
    expect(await page.evaluate(() => [localStorage.length, document.cookie])).toEqual([0, '']);
    // Somebody else at the browser has agreed to nothing either.
    await call(page, 'reset');
    await call(page, 'track', 'Order Completed');
    await page.waitForTimeout(500);
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    expect(bodies.filter((body) => body.includes('anonymousId') || body.includes('Order Completed'))).toEqual([]);
    const told = page.waitForResponse((answer) => answer.url().endsWith('/v1/batch'));
    await call(page, 'consent', true);
    await told;
    expect(await page.evaluate(() => localStorage.length)).toBe(1);
    const kept = () => page.evaluate(() => Object.values(localStorage).join());
    const before = await kept();
    await call(page, 'reset');
    expect([await page.evaluate(() => localStorage.length), (await kept()) === before]).toEqual([1, false]);
    await call(page, 'consent', false);
    expect(await page.evaluate(() => [localStorage.length, document.cookie])).toEqual([0, '']);

    const guarded = await browser.newContext();
    await guarded.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
    const quiet = await guarded.newPage();
    await decided(quiet, () => quiet.goto(`${shop.url}/`));
    await call(quiet, 'consent', true);
    expect(await quiet.evaluate(() => localStorage.length)).toBe(0);
    await guarded.close();
    await context.close();
  }, 300_000);

  test('a page of a site that is not named opens nothing, and words of strangers are not heard', async () => {
    const page = await (await browser.newContext()).newPage();
    await house.verbatim.offers.saveOrigins(house.study, ['https://other.example']);
    await decided(page, () => page.goto(`${shop.url}/`));
    for (let times = 0; times < 3; times += 1) await buy(page);
    await page.waitForTimeout(500);
    expect(page.frames()).toHaveLength(1);
    await house.verbatim.offers.saveOrigins(house.study, [shop.url]);
    await decided(page, () => page.goto(`${shop.url}/`));
    await buy(page);
    await expect.poll(() => page.frames().length, PATIENT).toBe(2);
    // Another window, another origin, another shape: the frame stays.
    await page.evaluate(() => {
      postMessage({ verbatim: 1, kind: 'close' }, '*');
      window.dispatchEvent(
        new MessageEvent('message', { data: { verbatim: 1, kind: 'close' }, origin: 'https://evil.example' }),
      );
    });
    await page.waitForTimeout(200);
    expect(page.frames()).toHaveLength(2);
  }, 300_000);

  test('where ids must be signed, it says who the visitor is with the hash it was given, and nothing of somebody it only names', async () => {
    const { sources } = house.verbatim;
    await sources.setSigning(house.source, 'required');
    const page = await (await browser.newContext()).newPage();
    const hash = signId(sources.secretsOf(house.source).signing ?? '', 'signed-eve');
    const lines: string[] = [];
    page.on('console', (message) => lines.push(message.text()));
    await decided(page, () => page.goto(`${shop.url}/?verbatim-why`));
    await decided(page, () => call(page, 'identify', 'signed-eve', {}, { hash }));
    await expect.poll(() => lines.join('\n'), PATIENT).toContain('The visitor is known as: signed');
    // The browser keeps it for the pages that follow.
    const next = await decided(page, () => page.goto(`${shop.url}/?verbatim-why`));
    expect(await next.json()).toMatchObject({ person: 'signed' });
    const named = await decided(page, () => call(page, 'identify', 'signed-adam'));
    expect(await named.json()).toMatchObject({ person: 'browser only' });
    await sources.setSigning(house.source, 'off');
    await house.verbatim.logs.settle();
    const known = await house.verbatim.store.people.byExternalIds(house.study.workspaceId, [
      'signed-eve',
      'signed-adam',
    ]);
    expect([...known.keys()]).toEqual(['signed-eve']);
    await page.close();
  }, 300_000);

  test('asked to, it says in the console why nothing is shown', async () => {
    const page = await (await browser.newContext()).newPage();
    const lines: string[] = [];
    page.on('console', (message) => lines.push(message.text()));
    await decided(page, () => page.goto(`${shop.url}/?verbatim-why`));
    await expect.poll(() => lines.join('\n'), PATIENT).toMatch(/gate: audience/);
  }, 30_000);
});
