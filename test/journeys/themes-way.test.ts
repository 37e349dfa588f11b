import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mulberry32 } from '../../src/stats/random.ts';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';
import { type OpenHouse, openHouse } from './open-house.ts';
import { enterStudio } from './visitor.ts';

/** The most clicks, choices and filled fields that the way from a table to accepted themes by group may take. */
const ACTIONS_MAX = 25;
const ROWS = 480;
/** How many in a hundred live in a village, by what they speak of. */
const IN_VILLAGES = { garden: 80, train: 30, rent: 30 } as const;
type Topic = keyof typeof IN_VILLAGES;
type Language = 'en' | 'de';
/** Three things people speak of, in two languages. */
const MIDDLES: Record<Topic, Record<Language, readonly string[]>> = {
  garden: {
    en: [
      'a garden with flowers and old trees',
      'trees and flowers in a big garden',
      'a garden of trees full of flowers',
    ],
    de: ['ein Garten mit Blumen und Bäumen', 'Bäume und Blumen im großen Garten', 'ein Garten voller Blumen und Bäume'],
  },
  train: {
    en: ['the late train on the long commute', 'a commute by crowded train', 'the train, always late on my commute'],
    de: ['die Bahn war auf dem Weg verspätet', 'der Weg mit der vollen Bahn', 'die Bahn, verspätet auf jedem Weg'],
  },
  rent: {
    en: ['the rent our landlord raised', 'a landlord who raised the rent', 'the rent, raised by the landlord again'],
    de: ['die Miete, die der Vermieter erhöhte', 'der Vermieter erhöhte die Miete', 'eine vom Vermieter erhöhte Miete'],
  },
};
/** What stands before and after, whatever people speak of. */
const FRAMES: Record<Language, [readonly string[], readonly string[]]> = {
  en: [
    ['It was', 'Above all', 'For us it was', 'I would say', 'To be honest,'],
    ['as we all said', 'in the end', 'more than anything', 'and not much else', 'after so many years'],
  ],
  de: [
    ['Es war', 'Vor allem', 'Für uns', 'Ich würde sagen,', 'Ehrlich gesagt'],
    ['wie wir alle meinten', 'am Ende', 'mehr als alles andere', 'und sonst nicht viel', 'nach so vielen Jahren'],
  ],
};
const SURVEY = {
  format: 1,
  code: 'moving',
  title: { en: 'Moving', de: 'Umzug' },
  languages: ['en', 'de'],
  consent: {
    version: '1',
    text: { en: 'Yours to decide.', de: 'Sie entscheiden.' },
    purposes: [{ code: 'analysis', text: { en: 'Yes', de: 'Ja' } }],
  },
  pages: [
    {
      code: 'p',
      questions: [
        { kind: 'text', code: 'why', text: { en: 'Why did you move?', de: 'Warum sind Sie umgezogen?' } },
        {
          kind: 'single',
          code: 'place',
          text: { en: 'Where do you live now?', de: 'Wo wohnen Sie jetzt?' },
          options: [
            { code: 'city', text: { en: 'In a city', de: 'In einer Stadt' } },
            { code: 'village', text: { en: 'In a village', de: 'In einem Dorf' } },
          ],
        },
      ],
    },
  ],
};

/** The table, as a program would write it: the same seed, the same answers. */
function answers(): string {
  const random = mulberry32(11);
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const rows = Array.from({ length: ROWS }, (_, n) => {
    const topic = (['garden', 'train', 'rent'] as const)[n % 3]!;
    const language = n % 5 < 3 ? 'en' : 'de';
    const [before, after] = FRAMES[language];
    const words = `${one(before)} ${one(MIDDLES[topic][language])} ${one(after)}`;
    const place = random() * 100 < IN_VILLAGES[topic] ? 'In a village' : 'In a city';
    return [`p${n}`, `"${words}"`, place].join(',');
  });
  return ['Respondent,why,place', ...rows].join('\n');
}

describe.skipIf(!hasBrowser)('from a table of answers to accepted themes by group', () => {
  let house: OpenHouse;
  let browser: Browser;
  let page: Page;
  let survey: string;
  beforeAll(async () => {
    house = await openHouse();
    const { researcher, study } = await enterStudio(house);
    const made = await researcher.upload(`${study}/surveys/new`, 'file', {
      name: 's.json',
      bytes: Buffer.from(JSON.stringify(SURVEY)),
    });
    if (made.location === '') throw new Error(`The survey was not made: ${made.text}`);
    await researcher.post(`${made.location}/publish`, { revision: '1' });
    survey = made.location;
    browser = await openBrowser();
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(`${house.url}/sign-in`);
    await page.getByLabel('E-mail').fill('ada@example.org');
    await page.getByLabel('Password').fill('three words together');
    await page.getByRole('button', { name: 'Sign in' }).click();
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  const findings: string[] = [];
  /** axe on the page as it stands, and whether it fits a telephone. */
  async function look(name: string): Promise<void> {
    for (const finding of await axeFindings(page)) findings.push(`${name}: ${finding}`);
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      const sideways = await sidewaysScroll(page);
      if (sideways > 0) findings.push(`${name} scrolls ${sideways} px sideways at ${width}`);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  }

  const done: string[] = [];
  const press = async (name: string | RegExp) => {
    done.push(`press ${name}`);
    await page.getByRole('button', { name, exact: true }).first().click();
  };
  /** Follows a link of the page itself, or one of those beside it. */
  const follow = async (name: string | RegExp, within = 'main') => {
    done.push(`follow ${name}`);
    await page.locator(within).getByRole('link', { name, exact: true }).first().click();
  };
  const choose = async (label: string, option: string | RegExp) => {
    done.push(`choose ${option}`);
    const field = page.getByLabel(label, { exact: true });
    const texts = await field.locator('option').allTextContents();
    const found = texts.find((text) => (typeof option === 'string' ? text === option : option.test(text)));
    await field.selectOption({ label: found ?? String(option) });
  };
  const fill = async (label: string, text: string) => {
    done.push(`fill ${label}`);
    await page.getByLabel(label, { exact: true }).fill(text);
  };
  const said = async () => (await page.locator('main').innerText()).replaceAll(/\s+/g, ' ');
  const heading = () => page.getByRole('heading', { level: 1 }).innerText();
  const sizeOf = async () => Number(/^(\d+) answers? in/.exec(await heading())?.[1]);

  test('takes at most 25 clicks, choices and filled fields, by labels that are seen', {
    timeout: 300_000,
  }, async () => {
    const file = path.join(house.folder, 'answers.csv');
    writeFileSync(file, answers());
    await page.goto(`${house.url}${survey}`);

    await follow('Import answers');
    done.push('choose the file');
    await page.getByLabel('A table').setInputFiles(file);
    await press('Look at it');
    await look('what the columns mean');
    await press(`Import ${ROWS} responses`);
    await look('imported');
    await follow('Find themes in them');
    await look('find themes');
    await press('Find themes');
    await page.waitForURL(/\/themes\?run=/, { timeout: 300_000 });
    await look('themes');
    // The same thing in two languages is one theme only to whoever reads both.
    await follow(/garten|blumen|bäume/i);
    await choose('Merge it into', /garden|flowers|trees/);
    await press('Merge');
    expect(await said()).toContain('Merged “');
    await fill('Name', 'Green outside');
    await press('Rename');
    expect(await page.getByRole('heading', { level: 2, name: 'Green outside' }).count()).toBe(1);
    await follow('Read its answers');
    const before = await sizeOf();
    await follow('Show the least sure first');
    await look('answers of a theme');
    await press(/^Not this theme\s*, answer 1 /);
    expect(await said()).toContain('Took an answer out of “Green outside”.');
    expect(await sizeOf()).toBe(before - 1);
    await follow('Green outside');
    await press('Accept as a code');
    expect(await heading()).toBe('Green outside');
    expect(await said()).toContain(`${before - 1} passages`);
    await look('the code');
    await follow('Themes', 'nav');
    await follow('Green outside');
    await follow('Make a segment of it');
    await look('the rule');
    await press('Save the segment');
    expect(await said()).toContain(`${before - 1} of ${ROWS}`);
    await look('the segment');
    await follow('Themes', 'nav');
    await follow('By group');
    expect(await said()).toContain(`Green outside, n ${before - 1}`);
    await choose('Compare by', 'Where do you live now?');
    await press('Compare');
    await look('themes by group');

    expect(done.length, done.join('\n')).toBeLessThanOrEqual(ACTIONS_MAX);
    expect(findings).toEqual([]);

    // A third of the answers were drawn to speak of it; one was taken out.
    expect(before - 1).toBeGreaterThan((ROWS / 3) * 0.9);
    expect(before - 1).toBeLessThan((ROWS / 3) * 1.1);
    const row = page.getByRole('row').filter({ hasText: 'Green outside' });
    const [, , inCity, inVillage] = await row.getByRole('cell').or(row.getByRole('rowheader')).allInnerTexts();
    const columns = await page.getByRole('columnheader').allInnerTexts();
    const shares = new Map([
      [columns[2], inCity],
      [columns[3], inVillage],
    ]);
    const share = (of: string) => [...shares].find(([column]) => column?.startsWith(of))?.[1] ?? '';
    expect(share('In a village')).toMatch(/^▲ \d/);
    expect(share('In a city')).toMatch(/^▼ \d/);
  });
});
