import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FIELD_OWNER, openFieldHouse } from '../support/field-house.ts';
import { findSegments } from '../support/find-segments.ts';
import { plantHomes, wishInputs } from '../support/plant-homes.ts';
import { said } from '../support/plant-responses.ts';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';

const LONG_WORD = 'Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenversicherungsanstalt';
const DRESSES = [
  [320, 'light'],
  [1280, 'dark'],
] as const;

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let browser: Browser;
/** By how many segments, where their segmentation stands. */
const addresses = new Map<number, string>();
beforeAll(async () => {
  house = await openFieldHouse();
  const { study, verbatim } = house;
  const options = [LONG_WORD, 'Short', 'Another one'].map((label, i) => ({ code: `o${i}`, text: { en: label } }));
  const more = Array.from({ length: 30 }, (_, j) => ({
    code: `x${j}`,
    kind: 'single',
    text: { en: `${LONG_WORD} ${j}` },
    options,
  }));
  for (const k of [2, 12]) {
    const { survey } = await plantHomes(verbatim, study, `homes${k}`, {
      n: 40 * k,
      more,
      answers: (i) => Object.fromEntries(more.map(({ code }, j) => [code, said(`o${(i * (j + 2)) % 3}`)])),
    });
    const { segmentation } = await findSegments(verbatim, study, survey, { inputs: wishInputs(), k, seed: 1 });
    const solution = await verbatim.segmentProfiles.solutionOf(study, segmentation, null);
    const form = { survey, outcomes: ['answer:spend'], weighting: null };
    await verbatim.segmentProfiles.profile(study, segmentation, solution, form, null);
    await verbatim.segmentProfiles.continuous(study, segmentation, survey, null);
    await verbatim.analysis.idle();
    addresses.set(k, `${house.url}/studio/${study.publicId}/segmentations/${segmentation.publicId}`);
  }
  if (hasBrowser) browser = await openBrowser();
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await house[Symbol.asyncDispose]();
});

test.runIf(hasBrowser)(
  'profiles of two and of twelve segments can be used by everybody, on any screen, folds open or not',
  async () => {
    const findings: string[] = [];
    for (const [width, colorScheme] of DRESSES) {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme,
        javaScriptEnabled: true,
      });
      const page = await context.newPage();
      await page.goto(`${house.url}/sign-in`);
      await page.fill('[name=email]', FIELD_OWNER.email);
      await page.fill('[name=password]', FIELD_OWNER.password);
      await page.click('main button');
      await page.waitForLoadState();
      for (const [k, at] of addresses)
        for (const path of ['profile', 'profile?family=question&page=2', 'continuous']) {
          const response = await page.goto(`${at}/${path}`);
          expect(response?.status()).toBe(200);
          for (const fold of await page.locator('main details:not([open]) > summary').all()) {
            if (!(await fold.isVisible())) continue;
            await fold.click();
            break;
          }
          const wide = await sidewaysScroll(page);
          if (wide > 0) findings.push(`${k} ${path} ${width}: ${wide} px wide`);
          for (const found of await axeFindings(page)) findings.push(`${k} ${path} ${width}: ${found}`);
        }
      await context.close();
    }
    expect(findings).toEqual([]);
  },
  120_000,
);
