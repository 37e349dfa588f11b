import type { Page } from 'playwright-core';
import type { SurveyDefinition } from '../../src/model/survey.ts';
import type { OpenHouse } from './open-house.ts';

/** Publishes a survey in a study of its own and gives the address of its first page. */
export async function publishSurvey(
  { verbatim, url }: OpenHouse,
  definition: SurveyDefinition,
): Promise<{ slug: string; address: string; surveyId: number }> {
  const { studies, surveys, store } = verbatim;
  const study = await studies.addTo('Fieldwork', null, null, null);
  const draft = await surveys.importJson(study.id, JSON.stringify(definition));
  await surveys.publish(draft, draft.draftRevision, null);
  const survey = await store.surveys.find(study.id, draft.publicId);
  if (!survey) throw new Error('The survey that was just published is not there');
  return { slug: survey.slug, address: `${url}/s/${survey.slug}`, surveyId: survey.id };
}

/** What to put into a page's fields, by their names; for boxes and lists, the values chosen. */
export type Filled = Readonly<Record<string, string | readonly string[]>>;

/** A way through the survey that asks everything: what is wrong first, where something can be, and what then fits. */
export const EVERY_PAGE: readonly { name: string; wrong?: Filled; right: Filled }[] = [
  { name: 'start', wrong: { plan: 'other' }, right: { plan: 'other', 'plan.other': 'A barter' } },
  { name: 'pays', right: { pays: 'yes' } },
  { name: 'choices', right: { tools: ['paper', 'board'], country: 'c7' } },
  {
    name: 'order',
    wrong: { 'order.paper': '1', 'order.board': '1' },
    right: { 'order.paper': '2', 'order.board': '1' },
  },
  { name: 'scales', right: { nps: '9', stars: '4', mood: '5' } },
  {
    name: 'grids',
    wrong: { 'values.calm': '5' },
    right: { 'values.calm': '5', 'values.new': '2', 'when.phone': ['morning', 'evening'], 'feel.warm': '6' },
  },
  {
    name: 'amounts',
    wrong: { share: '120', 'split.work': '50', 'split.rest': '40', age: 'forty' },
    right: { share: '35', 'split.work': '60', 'split.rest': '40', age: '41' },
  },
  {
    name: 'words',
    wrong: { mail: 'nobody', badge: 'ab' },
    right: { why: 'It is quiet 😀', mail: 'a@b.example', badge: 'AB123', since: '2020-02-29', at: '09:30' },
  },
  {
    name: 'last',
    wrong: { 'reach.email': 'nobody' },
    right: { 'reach.fullName': 'Ada', 'reach.email': 'a@b.example', agree: 'yes' },
  },
];

/** Puts answers into the page as a hand with a pointer would. */
export async function fillPage(page: Page, filled: Filled): Promise<void> {
  for (const [name, wanted] of Object.entries(filled)) {
    const values = [wanted].flat();
    const fields = page.locator(`[name="${name}"]`);
    const kind = await fields.first().evaluate((field) => `${field.tagName} ${field.getAttribute('type') ?? ''}`);
    if (/radio|checkbox/.test(kind)) {
      for (const box of await fields.all())
        if ((await box.isChecked()) && kind.includes('checkbox')) await box.setChecked(false, { force: true });
      for (const value of values) await page.locator(`[name="${name}"][value="${value}"]`).check({ force: true });
    } else if (kind.startsWith('SELECT')) {
      if (await fields.first().isVisible()) await fields.first().selectOption(values[0] ?? '');
      else {
        const text = await fields.first().locator(`option[value="${values[0]}"]`).textContent();
        await page.getByRole('combobox').fill(text ?? '');
        await page.getByRole('combobox').press('Enter');
      }
    } else await fields.first().fill(values[0] ?? '');
  }
}

/** Chooses the first item of every best-worst task as the best and the last as the worst. */
export async function fillBestWorst(page: Page): Promise<void> {
  for (const task of await page.locator('table.best-worst').all()) {
    await task.locator('input[name$="-best"]').first().check({ force: true });
    await task.locator('input[name$="-worst"]').last().check({ force: true });
  }
}

/** What has the focus: its name and value, or its role. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const field = document.activeElement as HTMLInputElement | null;
    return { tag: field?.tagName ?? '', name: field?.name ?? '', value: field?.value ?? '', type: field?.type ?? '' };
  });

/** How often Tab is pressed at most before something counts as out of reach. */
const TABS_MAX = 120;

async function tabTo(page: Page, isThere: (at: Awaited<ReturnType<typeof focused>>) => boolean): Promise<void> {
  for (let tabs = 0; tabs < TABS_MAX; tabs += 1) {
    await page.keyboard.press('Tab');
    if (isThere(await focused(page))) return;
  }
  throw new Error('The keyboard does not get there');
}

/** Goes to a field by Tab and answers it with the keys alone. */
export async function answerByKeys(page: Page, name: string, wanted: string | readonly string[]): Promise<void> {
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const values = [wanted].flat();
  for (const value of values) {
    await tabTo(page, (at) => at.name === name && (at.type !== 'checkbox' || at.value === value));
    const { type, tag } = await focused(page);
    if (type === 'checkbox') await page.keyboard.press('Space');
    else if (type === 'radio') {
      if ((await focused(page)).value === value) await page.keyboard.press('Space');
      for (let steps = 0; steps < 12 && (await focused(page)).value !== value; steps += 1)
        await page.keyboard.press('ArrowDown');
    } else if (tag === 'SELECT') {
      for (let steps = 0; steps < 40 && (await focused(page)).value !== value; steps += 1)
        await page.keyboard.press('ArrowDown');
    } else if (type === 'date') await page.keyboard.type(value.replace(/(\d+)-(\d+)-(\d+)/, '$2$3$1'));
    else if (type === 'time') await page.keyboard.type(`${value.replace(':', '')}AM`);
    else await page.keyboard.type(value);
  }
}

/** Presses the page's button with the keyboard and waits for the page that follows. */
export async function pressByKeys(page: Page): Promise<void> {
  await tabTo(page, (at) => at.tag === 'BUTTON');
  await Promise.all([page.waitForEvent('domcontentloaded'), page.keyboard.press('Enter')]);
}
