import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEventHouse } from '../support/event-house.ts';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';

/** A busy machine takes its time. */
const PATIENT = { timeout: 20_000 };

/** A shop's page under a strict policy of its own, on another site than Verbatim. */
async function openShop(home: string, writeKey: string) {
  const body = `<main><h1 id="top">The shop</h1>
    <section><p>First words</p><p class="price">Costs <span data-private>4711 Ada</span> a month</p></section>
    <form><label>Name <input name="name" value="Ada Lovelace"></label><label>Secret <input type="password" value="hunter2"></label>
    <textarea aria-label="Letter">Dear Ada</textarea></form>
    <div data-private><h2>Your account</h2><p>Ada’s address</p><div id="ada-account" data-private><h3>Within</h3></div></div>
    <a id="away" href="/away">Away</a><button id="buy">Buy</button></main>`;
  const server = createServer((req, res) => {
    if (req.url === '/shop.js') {
      res.setHeader('Content-Type', 'text/javascript');
      return res.end(
        `window.verbatim=function(...call){(window.verbatim.q??=[]).push(call)};verbatim.release='1.4.2';verbatim.replay_url='https://replays.example/s/1';
         window.clicks=0;addEventListener('DOMContentLoaded',()=>document.querySelector('#buy').addEventListener('click',()=>{window.clicks+=1}));`,
      );
    }
    res.setHeader('Content-Type', 'text/html; charset=utf-8');
    res.setHeader(
      'Content-Security-Policy',
      `default-src 'none'; script-src 'self' ${home}; connect-src ${home}; frame-src ${home}; style-src 'self'`,
    );
    res.end(`<!doctype html><html lang="en"><head><title>The shop</title><meta name="viewport" content="width=device-width">
      <script src="/shop.js"></script><script async src="${home}/widget.js" data-key="${writeKey}"></script></head><body>${body}</body></html>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

describe.skipIf(!hasBrowser)('the feedback button on the page of another site', () => {
  let house: Awaited<ReturnType<typeof openEventHouse>>;
  let shop: Awaited<ReturnType<typeof openShop>>;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let context: BrowserContext;

  beforeAll(async () => {
    house = await openEventHouse();
    const { verbatim, study, source } = house;
    shop = await openShop(house.url, source.writeKey);
    browser = await openBrowser();
    await verbatim.offers.saveOrigins(study, [shop.url]);
    await verbatim.feedback.saveButton(study, source, { isOn: true });
    context = await openContext();
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
    await house?.[Symbol.asyncDispose]();
  });

  /** The widget hides what it draws from the page; here it stands open, so that it can be looked at. */
  async function openContext(more: Parameters<typeof browser.newContext>[0] = {}): Promise<BrowserContext> {
    const made = await browser.newContext({ locale: 'en-GB', ...more });
    await made.addInitScript(() => {
      const attach = Element.prototype.attachShadow;
      Element.prototype.attachShadow = function (options) {
        return attach.call(this, { ...options, mode: 'open' });
      };
    });
    return made;
  }
  async function openPage(path = '/', where = context): Promise<{ page: Page; faults: string[] }> {
    const page = await where.newPage();
    const faults: string[] = [];
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`${shop.url}${path}`);
    await page.getByRole('button', { name: 'Give feedback' }).waitFor(PATIENT);
    return { page, faults };
  }
  async function formIn(page: Page): Promise<Frame> {
    await expect.poll(() => page.frames().length, PATIENT).toBe(2);
    const found = page.frames().find((frame) => frame !== page.mainFrame());
    if (!found) throw new Error('No frame has opened');
    // Ready once the page outside has said where it stands.
    await found.locator('.feedback-mark').waitFor({ state: 'visible', ...PATIENT });
    return found;
  }
  /** The frame goes with the key, so the press is not waited for in it; its scripts may come late, so it is pressed again. */
  const leaveByEscape = (page: Page, frame: Frame) =>
    expect
      .poll(async () => {
        await frame
          .evaluate(() => void setTimeout(() => dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' })), 0))
          .catch(() => {});
        return page.frames().length;
      }, PATIENT)
      .toBe(1);
  const newest = async () => {
    const [first] = await house.verbatim.store.feedback.list(house.study.id, { withDuplicates: true }, null, 1);
    if (!first) throw new Error('Nothing was kept');
    return first;
  };
  const count = () => house.verbatim.store.feedback.count(house.study.id, { withDuplicates: true });

  test('by keyboard alone a visitor opens it, marks a part, says something and is led back, under a strict policy', async () => {
    const { page, faults } = await openPage('/?q=Ada&utm_source=mail#me');
    expect(await axeFindings(page)).toEqual([]);
    const button = page.getByRole('button', { name: 'Give feedback' });
    await button.focus();
    await page.keyboard.press('Enter');
    const frame = await formIn(page);
    expect(await axeFindings(page)).toEqual([]);
    expect(await axeFindings(frame as unknown as Page)).toEqual([]);
    // The page under it is out of reach while it is open.
    for (let presses = 0; presses < 12; presses += 1) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.id ?? '')).not.toMatch(/^(away|buy)$/);
    }
    await frame.locator('[data-mark]').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'Choose the part you mean' }).waitFor(PATIENT);
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await frame.locator('.feedback-mark__now', { hasText: 'p · First words' }).waitFor(PATIENT);
    await frame.locator('#rating-4').focus();
    await page.keyboard.press('Space');
    await frame.locator('#words').focus();
    await page.keyboard.type('Two words');
    await frame.locator('form .row .btn:not([type])').focus();
    await page.keyboard.press('Enter');
    await frame.locator('[data-done]').waitFor(PATIENT);
    expect(await axeFindings(frame as unknown as Page)).toEqual([]);
    await leaveByEscape(page, frame);
    expect(await button.evaluate((one) => (one.getRootNode() as ShadowRoot).activeElement === one)).toBe(true);
    expect(faults).toEqual([]);
    expect(await newest()).toMatchObject({
      words: 'Two words',
      rating: 4,
      pageUrl: `${shop.url}/?q=&utm_source=mail`,
      pageTitle: 'The shop',
      pageLanguage: 'en',
      locale: 'en-GB',
      release: '1.4.2',
      replayUrl: 'https://replays.example/s/1',
      selector: 'section > p:nth-of-type(1)',
      personId: null,
    });
    // Nothing stays on the device of somebody who has not agreed to that.
    expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([
      0,
      0,
      '',
    ]);
    await page.close();
  }, 300_000);

  test('what is private and what is typed never leaves with a mark, by pointer or by keyboard', async () => {
    const { page } = await openPage();
    const markAt = async (selector: string) => {
      await page.getByRole('button', { name: 'Give feedback' }).click();
      const frame = await formIn(page);
      await frame.locator('[data-mark]').click();
      await page.getByRole('status').filter({ hasText: 'Choose the part' }).waitFor(PATIENT);
      await page.locator(selector).click({ force: true });
      await frame.locator('.feedback-mark__now', { hasText: 'Marked' }).waitFor(PATIENT);
      const json = await frame.locator('[name=mark]').inputValue();
      await leaveByEscape(page, frame);
      return JSON.parse(json) as { selector: string; text: string; tag: string; x: number; width: number };
    };
    expect(await markAt('.price')).toMatchObject({ text: 'Costs a month' });
    for (const selector of ['[data-private] h2', '[data-private] h3'])
      expect(await markAt(selector)).toMatchObject({ tag: 'main', selector: 'main' });
    for (const selector of ['input[name=name]', 'input[type=password]', 'textarea'])
      expect(await markAt(selector)).toMatchObject({ text: '' });
    const whole = JSON.stringify(await markAt('form'));
    expect(whole).not.toMatch(/Lovelace|hunter2|Dear Ada|4711|Ada’s/);
    expect(await markAt('#top')).toMatchObject({ selector: '#top', text: 'The shop' });
    // A click that marks does nothing on the page, and Escape gives the page back as it was.
    await markAt('#buy');
    expect(await page.evaluate(() => (window as unknown as { clicks: number }).clicks)).toBe(0);
    await markAt('#away');
    expect(new URL(page.url()).pathname).toBe('/');
    await page.locator('#buy').click();
    expect(await page.evaluate(() => (window as unknown as { clicks: number }).clicks)).toBe(1);
    await page.close();
  }, 300_000);

  test('words of strangers are heard on neither side: other windows, other origins, other shapes', async () => {
    const { page } = await openPage();
    await page.getByRole('button', { name: 'Give feedback' }).click();
    const frame = await formIn(page);
    await page.evaluate((home) => {
      for (const kind of ['close', 'mark', 'ready']) {
        postMessage({ verbatim: 1, kind, help: 'x' }, '*');
        dispatchEvent(
          new MessageEvent('message', { data: { verbatim: 1, kind, help: 'x' }, origin: 'https://evil.example' }),
        );
        dispatchEvent(
          new MessageEvent('message', { data: { verbatim: 1, kind, help: 'x' }, origin: home, source: window }),
        );
      }
    }, house.url);
    await frame.evaluate(() => {
      const told = { verbatim: 1, kind: 'context', context: { userId: 'victim', page: 'https://evil.example/' } };
      postMessage(told, '*');
      dispatchEvent(new MessageEvent('message', { data: told, origin: 'https://evil.example' }));
      dispatchEvent(new MessageEvent('message', { data: told, origin: 'https://evil.example', source: window.parent }));
      dispatchEvent(
        new MessageEvent('message', {
          data: { verbatim: 1, kind: 'marked', mark: { tag: 'evil' } },
          origin: 'https://evil.example',
          source: window.parent,
        }),
      );
    });
    await page.waitForTimeout(300);
    expect(page.frames()).toHaveLength(2);
    expect(await frame.locator('[name=userId]').inputValue()).toBe('');
    expect(await frame.locator('[name=page]').inputValue()).toBe(`${shop.url}/`);
    expect(await frame.locator('[name=mark]').inputValue()).toBe('');
    expect(await page.getByRole('status').count()).toBe(0);
    // The page's own visitor closes it by key from outside the frame as well.
    await page.getByRole('button', { name: 'Close' }).focus();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.frames().length, PATIENT).toBe(1);
    await page.close();
  }, 300_000);

  test('on a site that is not registered there is no button, and its page cannot be framed there', async () => {
    await house.verbatim.offers.saveOrigins(house.study, ['https://other.example']);
    const page = await context.newPage();
    const decided = page.waitForResponse((one) => one.url().endsWith('/v1/decide'), PATIENT);
    await page.goto(`${shop.url}/`);
    expect(await (await decided).json()).toEqual({ armed: [] });
    await page.evaluate((address) => {
      const frame = document.createElement('iframe');
      frame.src = address;
      document.body.append(frame);
    }, `${house.url}/feedback/${house.source.writeKey}`);
    await expect.poll(() => page.frames()[1]?.url() ?? '', PATIENT).toMatch(/^chrome-error:/);
    await house.verbatim.offers.saveOrigins(house.study, [shop.url]);
    await page.close();
  }, 300_000);

  test('with Global Privacy Control on, what is said arrives without an id and nothing is kept', async () => {
    const guarded = await openContext({ reducedMotion: 'reduce' });
    await guarded.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
    const { page } = await openPage('/', guarded);
    await page.evaluate(() =>
      (window as unknown as { verbatim: (...call: unknown[]) => void }).verbatim('consent', true),
    );
    await page.getByRole('button', { name: 'Give feedback' }).click();
    const frame = await formIn(page);
    expect(await frame.locator('[name=anonymousId]').inputValue()).toBe('');
    await frame.locator('#words').fill('No id, please');
    await frame.locator('form .row .btn:not([type])').click();
    await frame.locator('[data-done]').waitFor(PATIENT);
    expect(await newest()).toMatchObject({ words: 'No id, please', personId: null });
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    await guarded.close();
  }, 300_000);

  test('after consent it is hers, and the page can open the form by a call of its own', async () => {
    const agreed = await openContext();
    const { page } = await openPage('/', agreed);
    const told = page.waitForResponse((one) => one.url().endsWith('/v1/batch'), PATIENT);
    const call = (...words: unknown[]) =>
      page.evaluate(
        (said) => (window as unknown as { verbatim: (...call: unknown[]) => void }).verbatim(...said),
        words,
      );
    await call('consent', true);
    await call('identify', 'ada');
    await told;
    await call('feedback');
    const frame = await formIn(page);
    await frame.locator('#words').fill('It is me');
    await frame.locator('form .row .btn:not([type])').click();
    await frame.locator('[data-done]').waitFor(PATIENT);
    await house.verbatim.logs.settle();
    const ids = await house.verbatim.store.people.byExternalIds(house.study.workspaceId, ['ada']);
    const { personId } = await newest();
    expect(await house.verbatim.store.people.sameAs(personId ?? 0)).toContain(ids.get('ada'));
    await agreed.close();
  }, 300_000);

  test('without a script the form works by its address, on a narrow screen too', async () => {
    const plain = await browser.newContext({
      javaScriptEnabled: false,
      viewport: { width: 320, height: 600 },
      locale: 'de-DE',
    });
    const page = await plain.newPage();
    const before = await count();
    await page.goto(
      `${house.url}/feedback/${house.source.writeKey}?page=${encodeURIComponent('https://shop.example/a?id=7')}`,
    );
    expect(await page.locator('h1').textContent()).toBe('Was möchten Sie uns sagen?');
    await page.locator('form .row .btn:not([type])').click();
    expect(await page.locator('.error-summary').textContent()).toContain('Schreiben Sie etwas');
    await page.locator('#words').fill('Ohne Skript');
    await page.locator('[name=category][value=idea]').check();
    await page.locator('form .row .btn:not([type])').click();
    expect(await page.locator('h1').textContent()).toBe('Danke für Ihre Rückmeldung');
    expect(await count()).toBe(before + 1);
    expect(await newest()).toMatchObject({
      words: 'Ohne Skript',
      category: 'idea',
      pageUrl: 'https://shop.example/a?id=',
      language: 'de',
    });
    await plain.close();
    const scripted = await (await browser.newContext({ viewport: { width: 320, height: 600 } })).newPage();
    await scripted.goto(`${house.url}/feedback/${house.source.writeKey}?language=ar`);
    expect(await sidewaysScroll(scripted)).toBe(0);
    expect(await axeFindings(scripted)).toEqual([]);
    await scripted.close();
  }, 300_000);
});
