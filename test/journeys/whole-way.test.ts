import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';
import { type OpenHouse, openHouse } from './open-house.ts';

const PASSWORD = 'three words together';
const TOPICS = [
  'The landlord raised the rent again and we could not pay it',
  'Our rent went up for the third time this year',
  'My daughter starts school in autumn and the school is far away',
  'The school place decided it, the children walk there now',
  'I got a new job and the commute was two hours each day',
  'New job in another city, the commute would have killed me',
];

const DRESSES = [
  [1280, 'light'],
  [1280, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const;

describe.skipIf(!hasBrowser)('the whole way once through', () => {
  let house: OpenHouse;
  let browser: Browser;
  let page: Page;
  let segmentation: string;
  const findings: string[] = [];
  /** Looks at the page as it stands just now. */
  const note = async (name: string, at: Page = page) => {
    findings.push(...(await lookHere(name, at)));
  };
  const go = (label: string) => page.getByRole('link', { name: label, exact: true }).first().click();
  const press = (label: string | RegExp) => page.getByRole('button', { name: label }).first().click();
  const finishRun = () => page.waitForURL(/\/(themes|scales)\?run=/, { timeout: 300_000 });

  beforeAll(async () => {
    house = await openHouse();
    browser = await openBrowser();
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  test('the first start leads from the set-up code to a study of one’s own', async () => {
    const code = await house.setUpCode();
    await page.goto(house.url);
    await note('set-up');
    await page.getByLabel('Set-up code').fill(code);
    await page.getByLabel('Your name').fill('Ada');
    await page.getByLabel('Your e-mail address').fill('ada@example.org');
    await page.getByLabel('A password').fill(PASSWORD);
    await page.getByLabel('Name of the workspace').fill('Furnishing research');
    await press('Set up');
    await note('no studies');
    expect((await page.goto(`${house.url}/set-up`))?.status()).toBe(404);
    await page.goto(`${house.url}/studio`);
    await page.getByRole('link', { name: 'New study' }).first().click();
    await note('new study');
    await page.getByLabel('What is it called?').fill('Moving house');
    await press('Create the study');
    await note('empty overview');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Moving house');
  });

  test('a survey is imported and published, and has an address', async () => {
    const file = path.join(house.folder, 'journey.json');
    writeFileSync(file, JSON.stringify(journeySurvey()));
    await page.getByRole('link', { name: 'New survey' }).first().click();
    await note('new survey');
    await page.getByLabel('Or import a survey').setInputFiles(file);
    await press('Create the survey');
    await note('survey draft');
    await press('Publish');
    await note('survey published');
    expect(await page.getByText(`${house.url}/s/moving`).count()).toBeGreaterThan(0);
  });

  test('people answer with scripts switched off, and mistakes keep what was typed', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 800 } });
    const respondent = await context.newPage();
    // The same pages with scripts on, so that they can be looked at by axe.
    const witness = await (await browser.newContext()).newPage();
    await respondent.goto(`${house.url}/s/moving`);
    await witness.goto(respondent.url());
    await note('welcome', witness);
    await respondent.getByRole('button', { name: 'Start' }).click();
    expect(await respondent.title()).toContain('Error: ');
    await respondent.getByLabel('My answers may be used').check();
    await respondent.getByLabel('My words may be quoted').check();
    await respondent.getByRole('button', { name: 'Start' }).click();
    await witness.goto(respondent.url());
    await note('questions', witness);
    await respondent
      .getByLabel('What happened on the day you decided?')
      .fill('The rent 😀 went up & my landlord laughed <b>loudly</b>.');
    await respondent.getByRole('button', { name: 'Continue' }).click();
    expect(await respondent.title()).toContain('Error: ');
    expect(await respondent.getByLabel('What happened on the day you decided?').inputValue()).toContain(
      '<b>loudly</b>',
    );
    await respondent.getByLabel('Rented').check();
    await respondent.getByRole('button', { name: 'Continue' }).click();
    await witness.goto(respondent.url());
    await note('battery', witness);
    for (const row of ['a', 'b', 'c', 'd']) await respondent.locator(`input[name="home.${row}"][value="4"]`).check();
    await respondent.getByRole('button', { name: 'Continue' }).click();
    await witness.goto(respondent.url());
    await note('check answers', witness);
    expect(await respondent.getByText('<b>loudly</b>').count()).toBe(1);
    await respondent.getByRole('button', { name: 'Send my answers' }).click();
    await witness.goto(respondent.url());
    await note('thank you', witness);
    expect(await respondent.getByRole('heading', { name: 'Thank you' }).count()).toBe(1);
    await context.close();
    await witness.context().close();
  });

  test('a table of answers is looked at, imported, and counted', async () => {
    const rows = ['trigger\ttenure\thome.a\thome.b\thome.c\thome.d'];
    for (let i = 0; i < 120; i += 1) {
      const group = i % 3;
      const near = (middle: number) => Math.max(1, Math.min(6, middle + (i % 2)));
      rows.push(
        [
          `${TOPICS[group * 2 + (i % 2)]}, number ${i}`,
          group === 0 ? 'rented' : 'owned',
          near(group === 0 ? 5 : 2),
          near(group === 1 ? 5 : 2),
          near(group === 0 ? 5 : 1),
          near(group === 2 ? 5 : 2),
        ].join('\t'),
      );
    }
    rows.push(['a row that does not fit', 'borrowed', '9', '1', '1', '1'].join('\t'));
    const file = path.join(house.folder, 'journey.tsv');
    writeFileSync(file, rows.join('\n'));
    await go('Surveys');
    await note('surveys');
    await go('Moving');
    await go('Import answers');
    await note('import a file');
    await page.getByLabel('A table').setInputFiles(file);
    await press('Look at it');
    await note('import preview');
    expect(await page.getByText('1 row does not').count()).toBe(1);
    await page.getByLabel('Those in this file agreed that their words may be quoted').check();
    await press(/^Import 120/);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Import journey.tsv');
    await note('import refused');
    await page.getByLabel('Leave these rows out').check();
    await press(/^Import 120/);
    await note('import done');
    await go('See the answers counted');
    await note('results');
    expect(await page.getByText('121 completed responses').count()).toBe(1);
  });

  test('an interview is logged, and a marked passage gets a code', async () => {
    await go('Interviews');
    await note('no interviews');
    await page.getByRole('link', { name: 'Log an interview' }).first().click();
    await note('log an interview');
    await page.getByLabel('Whom did you speak with?').fill('P07');
    await page.getByLabel('On which day?').fill('2026-03-09');
    await page.getByLabel('The moment it began').fill('The day Mum fell on the stairs.');
    await page
      .getByLabel('Transcript or notes')
      .fill(
        "0:14:02 Ms A: How did you know it was time?\n0:14:32 P07: If Mum can't walk here 😀, it's not on the list. That was the whole rule.",
      );
    await press('Log the interview');
    await note('interview');
    await go('Code the transcript');
    await page.locator('[data-ready]').waitFor();
    await note('code the transcript');
    await page
      .locator('.turn__words')
      .nth(2)
      .evaluate((element) => {
        const text = element.firstChild as Text;
        const range = document.createRange();
        range.setStart(text, text.data.indexOf('If Mum'));
        range.setEnd(text, text.data.indexOf(' That was'));
        getSelection()?.removeAllRanges();
        getSelection()?.addRange(range);
        document.dispatchEvent(new Event('selectionchange'));
      });
    await page.locator('[data-at-hand-buttons]').getByRole('button', { name: 'New code' }).click();
    await page.getByLabel('Name of the new code').fill('Near family');
    await page.getByRole('button', { name: 'Give the code' }).first().click();
    await page.locator('.pill', { hasText: 'Near family' }).waitFor();
    await page.locator('[data-saving]', { hasText: /^Saved$/ }).waitFor();
    await note('coded interview');
    expect(await page.locator('.pill').textContent()).toContain(
      "on “If Mum can't walk here 😀, it's not on the list.”",
    );
    await go('Codebook');
    await note('codebook');
    await go('Near family');
    await note('code');
    expect(await page.locator('.quote mark').textContent()).toBe("If Mum can't walk here 😀, it's not on the list.");
  });

  test('scales are scored and themes found, with progress shown', async () => {
    await go('Scales');
    await note('no scales');
    await press(/^Score Moving/);
    await finishRun();
    await note('scales');
    expect(await page.getByRole('rowheader', { name: 'Nearness' }).count()).toBe(1);
    await go('Themes');
    await note('no themes');
    await page.getByRole('link', { name: 'Find themes' }).first().click();
    await note('find themes');
    await press('Find themes');
    await finishRun();
    await note('themes');
    expect(await page.locator('.quote').count()).toBeGreaterThan(0);
  });

  test('segments are found, and a rule counts whom it admits', async () => {
    await go('Segments');
    await note('no segments');
    await page.getByRole('link', { name: 'Look for segments' }).first().click();
    await note('new segmentation');
    await page.getByLabel('Name').fill('What people want from a home');
    await press('Choose what to group by');
    await note('segmentation inputs');
    await press('Keep');
    await note('segmentation begun');
    segmentation = page.url();
    await press('Test whether there are segments');
    await page
      .getByText(/^(There are segments|More than one cloud|No segments found)/)
      .first()
      .waitFor({ timeout: 300_000 });
    await note('segmentation tested');
    await page.getByLabel('How many segments').fill('3');
    await press('Make segments');
    await page.waitForURL(/\/solutions\//, { timeout: 300_000 });
    await note('segmentation solution');
    await press('Accept as version 1');
    await note('segmentation accepted');
    await go('Segments');
    await note('segments');
    await go('Define by a rule');
    await note('define a rule');
    await page.getByLabel('What is the segment called?').fill('Renters');
    await press('Add a condition');
    await note('rule kinds');
    await page.getByLabel('What they answered').check();
    await press('Continue');
    await note('rule subject');
    await page.getByLabel('The answer to which question?').selectOption('tenure');
    await press('Continue');
    await page.getByLabel('Rented').check();
    await note('rule condition');
    await press('Add the condition');
    await note('rule counted');
    expect(await page.getByText('Of 121 responses, 41 are in.').count()).toBe(1);
    await press('Save the segment');
    await note('rule segment');
  });

  test('a persona is drawn whose quotes are real, and its report leaves as files', async () => {
    await go('Segments');
    await page
      .getByRole('table', { name: 'Segments of What people want from a home' })
      .getByRole('link')
      .first()
      .click();
    await note('found segment');
    await press('Draw a persona');
    await page.waitForURL(/\/personas\/[\w-]+$/, { timeout: 300_000 });
    await note('persona');
    const quotes = await page.locator('.quote mark').allTextContents();
    expect(quotes.length).toBeGreaterThan(0);
    for (const quote of quotes)
      expect(
        [...TOPICS, 'The rent 😀 went up'].some(
          (topic) => quote.includes(topic.slice(0, 20)) || topic.includes(quote.slice(0, 20)),
        ),
      ).toBe(true);
    const [download] = await Promise.all([page.waitForEvent('download'), go('Export as JSON')]);
    expect(download.suggestedFilename()).toBe('persona.json');
    await go('Name and describe');
    await note('describe a persona');
    await page.getByLabel('Name', { exact: true }).fill('Rooted carer');
    await press('Save as a new version');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Rooted carer');
    await page.goto(`${page.url().split('/personas')[0]}/personas`);
    await note('personas');
    await go('Overview');
    await note('overview');
    await go('People');
    await note('people');
    await page.goto(`${house.url}/studio/account`);
    await note('account');
    await page.goto(`${house.url}/studio`);
    await note('studies');
    await page.goto(`${house.url}/studio/nothing-here`);
    await note('no such page');
  });

  /** axe on the page as it stands, in all four dresses, and whether it scrolls sideways at 320. */
  async function lookHere(name: string, at: Page = page): Promise<string[]> {
    const findings: string[] = [];
    for (const [width, scheme] of DRESSES) {
      await at.setViewportSize({ width, height: 900 });
      await at.emulateMedia({ colorScheme: scheme });
      const found = await axeFindings(at, scheme === 'dark');
      for (const finding of found) findings.push(`${name} at ${width} ${scheme}: ${finding}`);
    }
    await at.setViewportSize({ width: 320, height: 800 });
    const sideways = await sidewaysScroll(at);
    if (sideways > 0) findings.push(`${name} scrolls ${sideways} px sideways at 320`);
    const folder = process.env['SCREENSHOTS'];
    if (folder) {
      for (const [width, scheme] of [
        [1280, 'light'],
        [390, 'dark'],
      ] as const) {
        await at.setViewportSize({ width, height: 900 });
        await at.emulateMedia({ colorScheme: scheme });
        await at.screenshot({ path: path.join(folder, `${name.replaceAll(' ', '-')}-${width}.png`), fullPage: true });
      }
    }
    await at.setViewportSize({ width: 1280, height: 900 });
    return findings;
  }

  test('pages that say no are as clear and as accessible as the others', async () => {
    const refused = async (name: string) => {
      expect([name, await page.title()]).toEqual([name, expect.stringContaining('Error: ')]);
      await note(name);
    };
    const study = `${house.url}/studio/${(await house.verbatim.store.studies.entered(1))[0]?.publicId}`;
    const tries: [string, string, string][] = [
      ['new study refused', `${house.url}/studio/new-study`, 'Create the study'],
      ['new survey refused', `${study}/surveys/new`, 'Create the survey'],
      ['interview refused', `${study}/interviews/new`, 'Log the interview'],
      ['rule refused', `${study}/segments/define`, 'Save the segment'],
      ['password refused', `${house.url}/studio/account`, 'Change the password'],
    ];
    for (const [name, address, button] of tries) {
      await page.goto(address);
      await press(button);
      await refused(name);
    }
    await page.goto(`${study}/themes/find`);
    await page.getByLabel('How many themes').fill('a thousand');
    await press('Find themes');
    await refused('themes refused');
    await page.goto(segmentation);
    await page.getByLabel('How many segments').fill('99');
    await press('Make segments');
    await refused('segments refused');

    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(`${house.url}/sign-in`);
    await stranger.getByLabel('E-mail address').fill('ada@example.org');
    await stranger.getByLabel('Password').fill('not the password');
    await stranger.getByRole('button', { name: 'Sign in' }).click();
    await note('sign-in refused', stranger);
    await stranger.goto(`${house.url}/s/moving`);
    await stranger.getByRole('button', { name: 'Start' }).click();
    await note('no consent', stranger);
    await stranger.getByLabel('My answers may be used').check();
    await stranger.getByRole('button', { name: 'Start' }).click();
    await stranger.getByRole('button', { name: 'Continue' }).click();
    await note('answer missing', stranger);

    const twin = await stranger.context().newPage();
    await twin.goto(stranger.url());
    await stranger.goto(twin.url());
    for (const [tab, answer] of [
      [stranger, 'Rented'],
      [twin, 'Owned'],
    ] as const) {
      await tab.getByLabel(answer).check();
      await tab.getByRole('button', { name: 'Continue' }).click();
    }
    expect(await twin.getByRole('heading', { level: 1 }).textContent()).toBe(
      'You sent this page before with other answers',
    );
    await note('sent twice', twin);
    await twin.getByRole('button', { name: 'Use what I sent just now' }).click();
    await twin.getByRole('link', { name: 'Back' }).click();
    expect(await twin.getByLabel('Owned').isChecked()).toBe(true);
    await stranger.goto(`${house.url}/s/no-such-survey`);
    await note('no such survey', stranger);
    await stranger.goto(`${house.url}/s/moving/for/AAAAAAAAAAAAAAAAAAAAAA`);
    await note('unknown personal link', stranger);
    await stranger.context().close();
  });

  test('axe found nothing on any page, wide or narrow, light or dark, and none scrolls sideways at 320', () => {
    expect(findings).toEqual([]);
    expect(house.faults).toEqual([]);
    expect(house.lines.filter((line) => line.includes('"level":50'))).toEqual([]);
  });

  test('axe does see a fault where there is one', async () => {
    await page.evaluate(() => document.body.append(document.createElement('img')));
    expect((await axeFindings(page)).join()).toContain('image-alt');
    await page.locator('h1').evaluate((heading) => {
      heading.style.color = '#777';
      heading.style.backgroundColor = '#888';
    });
    expect((await axeFindings(page, true)).join()).toMatch(/^color-contrast: <h1/);
  });
});

function journeySurvey() {
  const steps = { min: 1, max: 6, labels: { 1: { en: 'Not at all' }, 6: { en: 'Entirely' } } };
  const row = (code: string, text: string) => ({ code, text: { en: text } });
  return {
    format: 1,
    code: 'moving',
    title: { en: 'Moving' },
    introduction: { en: 'How people came to move.' },
    languages: ['en'],
    minutes: 3,
    consent: {
      version: '1',
      text: { en: 'We ask how people came to move. Taking part is up to you.' },
      purposes: [
        { code: 'analysis', text: { en: 'My answers may be used' } },
        { code: 'quotes', text: { en: 'My words may be quoted' } },
      ],
    },
    pages: [
      {
        code: 'p1',
        questions: [
          { kind: 'text', code: 'trigger', long: true, text: { en: 'What happened on the day you decided?' } },
          {
            kind: 'single',
            code: 'tenure',
            required: true,
            refusable: true,
            text: { en: 'How do you live?' },
            options: [row('rented', 'Rented'), row('owned', 'Owned')],
          },
        ],
      },
      {
        code: 'p2',
        questions: [
          {
            kind: 'battery',
            code: 'home',
            text: { en: 'A home is …' },
            steps,
            rows: [
              row('a', 'who lives close by'),
              row('b', 'a fresh start'),
              row('c', 'where family is'),
              row('d', 'quiet'),
            ],
          },
        ],
      },
    ],
    instruments: [
      {
        code: 'home',
        version: '1',
        name: { en: 'Home' },
        centring: 'none',
        scales: [
          { code: 'near', name: { en: 'Nearness' }, items: ['home.a', 'home.c'] },
          { code: 'new', name: { en: 'Beginning' }, items: ['home.b', '-home.d'] },
        ],
      },
    ],
  };
}
