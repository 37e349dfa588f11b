import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertInstrument } from '../../src/model/insert-instrument.ts';
import { type InstrumentFile, readInstrument } from '../../src/model/instrument.ts';
import { SurveyDefinition } from '../../src/model/survey.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import { FIELD_OWNER, openFieldHouse } from '../support/field-house.ts';
import { plantResponses, said } from '../support/plant-responses.ts';
import { smallSurvey } from '../support/small-survey.ts';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';
import { finishRun } from './visitor.ts';

const DRESSES = [
  [320, 'light'],
  [390, 'dark'],
  [1280, 'light'],
  [1280, 'dark'],
] as const;

/** Folds open are looked at where there is least room, and reports of few words in two dresses. */
const dressesOf = (name: string, isOpen: boolean) =>
  isOpen ? DRESSES.slice(0, 1) : ['long', 'wordy'].includes(name) ? DRESSES : [DRESSES[1], DRESSES[2]];

/** 120 statements in 30 facets: so few people that no intervals of omega are drawn, which take long for 24 items. */
const LONG = { code: 'ipip-neo-120', people: 29 };
const LONG_WORD = 'Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenversicherungsanstalt';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let at: string;
const scored = new Map<string, { home: string; scales: string[]; report: string }>();

beforeAll(async () => {
  house = await openFieldHouse();
  at = `/studio/${house.study.publicId}`;
  const { instruments, store } = house.verbatim;
  const workspace = house.study.workspaceId;
  const { file: long } = await instruments.find(workspace, LONG.code);
  const { file: short } = await instruments.find(workspace, 'mini-ipip');
  const wordy: InstrumentFile = {
    ...short,
    code: 'wordy',
    name: { en: `${LONG_WORD} ${LONG_WORD}` },
    items: short.items.map((item) => ({ ...item, text: { en: `${LONG_WORD}: ${item.text['en']} ${LONG_WORD}` } })),
    scales: short.scales.map((scale) => ({ ...scale, name: { en: LONG_WORD } })),
  };
  expect(readInstrument(wordy)).toEqual({ instrument: wordy });
  const random = mulberry32(5);
  const step = (leaning: number) => Math.min(5, Math.max(1, Math.round(3 + leaning + 2 * (random() - 0.5))));
  const various = (file: InstrumentFile) => {
    const leanings = new Map(file.scales.map(({ code }) => [code, 3 * (random() - 0.5)]));
    return (item: string): number => {
      const scale = file.scales.find(({ items }) => items.some((key) => key.replace(/^-/, '') === item));
      const isReversed = scale?.items.includes(`-${item}`) ?? false;
      return step((isReversed ? -1 : 1) * (leanings.get(scale?.code ?? '') ?? 0));
    };
  };
  for (const [name, file, people, answer] of [
    ['long', long, LONG.people, various],
    ['wordy', wordy, 200, various],
    ['unsaid', short, 3, () => () => null],
    ['one', short, 1, various],
    ['identical', short, 60, () => () => 3],
  ] as const) {
    const draft = insertInstrument(
      SurveyDefinition.parse({ ...smallSurvey, code: name, instruments: [], title: { en: `Survey ${name}` } }),
      file,
    )!;
    const row = await house.verbatim.surveys.importJson(house.study.id, JSON.stringify(draft));
    await house.verbatim.surveys.publish(row, 1, null);
    const survey = (await store.surveys.find(house.study.id, row.publicId))!;
    const addresses = draft.instruments![0]!.scales.flatMap(({ items }) => items.map((key) => key.replace(/^-/, '')));
    await plantResponses(
      house.verbatim,
      { study: house.study, survey },
      Array.from({ length: people }, (_, person) => {
        const give: (item: string) => number | null = person % 40 === 39 ? () => 3 : answer(file);
        return {
          answers: Object.fromEntries(
            [...new Set(addresses)].flatMap((address) => {
              const step = give(address.slice(address.indexOf('.') + 1));
              return step === null ? [] : [[address, said(step)]];
            }),
          ),
        };
      }),
    );
    await finishRun(
      house.researcher,
      (await house.researcher.post(`${at}/scales/score`, { survey: survey.publicId })).location,
    );
    const run = (await store.analyses.latestDone(house.study.id, 'scores'))!;
    const codes = draft.instruments![0]!.scales.map(({ code }) => `${file.code}.${code}`);
    const query = `?run=${run.publicId}`;
    scored.set(name, {
      home: `${at}/scales${query}`,
      scales: codes.map((code) => `${at}/scales/${code}${query}`),
      report: `${at}/scales/instrument/${file.code}${query}`,
    });
  }
}, 240_000);
afterAll(() => house[Symbol.asyncDispose]());

const pagesOf = (name: string) => {
  const { home, scales, report } = scored.get(name)!;
  return [home, report, scales[0]!, scales.at(-1)!];
};

test('no page of scales says NaN, whoever answered', async () => {
  for (const name of scored.keys())
    for (const address of pagesOf(name)) {
      const { status, text } = await house.researcher.get(address);
      expect(status, `${name} ${address}`).toBe(200);
      expect(text, `${name} ${address}`).not.toMatch(/NaN|Infinity|undefined/);
    }
});

test('five domains stand in one table, their facets in folds, and a page of 24 items begins with what is on it', async () => {
  const [home, , scale] = pagesOf('long');
  const { text } = await house.researcher.get(home!);
  expect(text.match(/<summary>[A-Z][a-z]+: 6 facets<\/summary>/g)).toHaveLength(5);
  expect(text.slice(0, text.indexOf('<summary>'))).not.toContain('Anxiety');
  const page = (await house.researcher.get(scale!)).text;
  for (const [, id] of page.slice(page.indexOf('aria-label="On this page"')).matchAll(/<li><a href="#([a-z-]+)"/g))
    expect(page).toContain(`id="${id}"`);
  expect(page).toContain('How each of 24 items was answered');
});

test('means, straight-lining, acquiescence and answers beyond the steps stand with n and an interval', async () => {
  const plain = (text: string) => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  const [, report, scale] = pagesOf('identical');
  const { text } = await house.researcher.get(report!);
  expect(plain(text)).toContain('100.0% (94.0% to 100.0%) 60 of 60 gave one answer to everything');
  expect(plain(text)).toContain('0.00 (0.00 to 0.00) steps from the middle');
  expect(plain(text)).toContain('0.0% (0.0% to 0.3%) 0 of 1,200 answers');
  const one = plain((await house.researcher.get(scale!)).text);
  expect(one).toContain('95% interval 3.00 to 3.00');
  expect(one).toContain('n 60; nothing varies that it could be made of');
});

test.skipIf(!hasBrowser)(
  'reports of 30 facets, of long words, of nobody, of one and of people alike are without fault for axe and fit the screen',
  async () => {
    await using browser = await openBrowser();
    const page = await browser.newPage();
    await page.goto(`${house.url}/sign-in`);
    await page.locator('[name=email]').fill(FIELD_OWNER.email);
    await page.locator('[name=password]').fill(FIELD_OWNER.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/studio/);
    const findings: string[] = [];
    for (const name of scored.keys())
      for (const address of pagesOf(name)) {
        await page.goto(`${house.url}${address}`);
        for (const isOpen of [false, true]) {
          await page.evaluate((open) => {
            for (const details of document.querySelectorAll<HTMLDetailsElement>('main details')) details.open = open;
          }, isOpen);
          for (const [width, scheme] of dressesOf(name, isOpen)) {
            await page.setViewportSize({ width, height: 900 });
            await page.emulateMedia({ colorScheme: scheme });
            for (const finding of await axeFindings(page, width === 1280 && scheme === 'dark'))
              findings.push(`${name} ${address} ${width} ${scheme}: ${finding}`);
            if ((await sidewaysScroll(page)) > 0) findings.push(`${name} ${address} ${width}: scrolls sideways`);
          }
        }
      }
    expect(findings).toEqual([]);
  },
  240_000,
);
