import { expect, test } from 'vitest';
import { FIELD_OWNER, openFieldHouse } from '../support/field-house.ts';
import { plantAnswers } from '../support/plant-answers.ts';
import { plantResponses, said } from '../support/plant-responses.ts';
import { answerAs, plantGroups, publishTool } from '../support/plant-typing.ts';
import { WISHES } from '../support/wish-survey.ts';
import { axeFindings, hasBrowser, openBrowser, sidewaysScroll } from './browser.ts';

const DRESSES = [
  [320, 'light'],
  [390, 'dark'],
  [1280, 'light'],
  [1280, 'dark'],
] as const;

const LONG_NAME = 'Wünscht sich Donaudampfschifffahrtsgesellschaftskapitänswitwenrenten und vieles andere mehr';

test.skipIf(!hasBrowser)(
  'drift, what changed and people by segment are without fault for axe and fit the screen, folds closed and open',
  async () => {
    await using house = await openFieldHouse();
    const { verbatim, study } = house;
    const { segmentation, survey } = await plantGroups(verbatim, study, { code: 'wishes' });
    await publishTool(verbatim, study, segmentation);
    const [first] = await verbatim.store.segmentations.current(segmentation.id);
    await verbatim.segments.rename(first!, LONG_NAME);
    const { columns } = plantAnswers('planted', { n: 480, p: WISHES, seed: 9, separation: 3 });
    const answersOf = (i: number) => ({
      ...Object.fromEntries(columns.map(({ id, values }) => [`wants.${id}`, said(values[i]!)])),
      town: said('yes'),
    });
    const month = (i: number) => String(1 + (i % 8)).padStart(2, '0');
    await plantResponses(
      verbatim,
      { study, survey },
      Array.from({ length: 200 }, (_, i) => ({
        startedAt: `2027-${month(i)}-04T08:00:00.000Z`,
        answers: answersOf(i),
        about: { asked: { how: i % 10 === 0 ? 'rule' : 'open' } } as never,
      })),
    );
    const people = await verbatim.intake.people(
      study.workspaceId,
      Array.from({ length: 12 }, (_, i) => ({
        externalId: i === 3 ? `${'long-'.repeat(20)}id` : `person-${i}`,
        attributes: [],
      })),
    );
    await verbatim.logs.settle();
    for (const [i, id] of people.entries())
      await answerAs(verbatim, { study, survey }, id, {
        startedAt: '2027-08-10T08:00:00.000Z',
        answers: answersOf(440 + i),
      });
    const at = `/studio/${study.publicId}/segmentations/${segmentation.publicId}`;
    await house.researcher.post(`${at}/drift/look`, {});
    await verbatim.analysis.idle();
    const look = (await verbatim.segmentDrift.latest(segmentation))!;
    await verbatim.segmentDrift.note(
      segmentation,
      look.run.publicId,
      { decision: 'watch', note: 'Once more in May' },
      null,
    );
    const before = `${at}/changes`;
    const run = await verbatim.segmentations.fit(study, segmentation, { k: 4, seed: 2 } as never, null);
    await verbatim.analysis.idle();
    const done = (await verbatim.store.analyses.findRunById(run.id))!;
    await verbatim.segmentations.accept(segmentation, done, { note: 'Four' }, null);

    await using browser = await openBrowser();
    const page = await browser.newPage();
    await page.goto(`${house.url}/sign-in`);
    await page.locator('[name=email]').fill(FIELD_OWNER.email);
    await page.locator('[name=password]').fill(FIELD_OWNER.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/studio/);
    const findings: string[] = [];
    for (const address of [before, `${at}/drift`, `${at}/people`, at]) {
      await page.goto(`${house.url}${address}`);
      for (const isOpen of [false, true]) {
        await page.evaluate((open) => {
          for (const details of document.querySelectorAll<HTMLDetailsElement>('main details')) details.open = open;
        }, isOpen);
        for (const [width, scheme] of isOpen ? DRESSES.slice(0, 1) : DRESSES) {
          await page.setViewportSize({ width, height: 900 });
          await page.emulateMedia({ colorScheme: scheme });
          for (const finding of await axeFindings(page, width === 1280 && scheme === 'dark'))
            findings.push(`${address} ${width} ${scheme}: ${finding}`);
          if ((await sidewaysScroll(page)) > 0) findings.push(`${address} ${width}: scrolls sideways`);
        }
      }
    }
    expect(findings).toEqual([]);
  },
  120_000,
);
