import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SurveyDefinition } from '../../src/model/survey.ts';
import { visitor } from '../journeys/visitor.ts';
import { everyKind } from '../support/every-kind.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { plantEveryKind } from '../support/plant-every-kind.ts';
import { plantResponses, said } from '../support/plant-responses.ts';
import { smallSurvey } from '../support/small-survey.ts';

let desk: Awaited<ReturnType<typeof openFieldHouse>>;
beforeAll(async () => {
  desk = await openFieldHouse();
});
afterAll(() => desk[Symbol.asyncDispose]());

async function openResults(definition: SurveyDefinition, isOther: boolean) {
  const { survey, at } = await plantEveryKind(desk, definition, isOther);
  const page = await desk.researcher.get(`${at}/results`);
  expect(page.status).toBe(200);
  return { at, survey, of: (code: string) => sectionOf(page.text, code) };
}

/** The cells of all tables, row by row. */
const rowsOf = (html: string) =>
  [...html.matchAll(/<tr>\s*<th scope="row"[\s\S]*?<\/tr>/g)].map(([row]) =>
    [...row.matchAll(/<t[hd][^>]*>\s*([\s\S]*?)\s*<\/t[hd]>/g)].map(([, text]) => text ?? ''),
  );

/** One question of the page. */
function sectionOf(page: string, code: string) {
  const from = page.indexOf(`aria-labelledby="q-${code}"`);
  expect(from, `${code} is on the page`).toBeGreaterThan(0);
  const html = page.slice(from, page.indexOf('</section>', from));
  return { html, rows: rowsOf(html), figures: html.split('<figure').length - 1 };
}

test('every kind of question is told in its own way', async () => {
  const { of, at, survey } = await openResults(everyKind, true);

  // 40 promoters and 10 detractors of 80: 37.5 points, give or take 1.959964 × √((0.625 − 0.140625) / 80) = 15.25.
  const nps = of('nps');
  expect(nps.html).toContain('+37.5');
  expect(nps.html).toContain('+22.2 to +52.8, n 80');
  expect(nps.rows.slice(0, 4)).toEqual([
    ['Promoters (9–10)', '50.0%', '39.3% to 60.7%', '40'],
    ['Passives (7–8)', '37.5%', '27.7% to 48.5%', '30'],
    ['Detractors (0–6)', '12.5%', '6.9% to 21.5%', '10'],
    ['NPS', '+37.5', '+22.2 to +52.8', '80'],
  ]);

  const order = of('order');
  expect(order.rows.map(([label, mean, , n, first]) => [label, mean, n, first]).slice(0, 3)).toEqual([
    ['Paper', '1.25', '80', '75.0%'],
    ['Spreadsheets', '1.75', '80', '25.0%'],
    ['Whiteboards', '3.00', '60', '0.0%'],
  ]);
  expect(order.html).toContain('80 answered');

  const since = of('since');
  for (const text of ['15 Jan 2025', '30 Jun 2025', 'Jan 2025', 'Jun 2025']) expect(since.html).toContain(text);
  expect(since.rows.map(([label, n]) => [label, n])).toEqual([
    ['Jan 2025', '50'],
    ['Feb 2025', '0'],
    ['Mar 2025', '0'],
    ['Apr 2025', '0'],
    ['May 2025', '0'],
    ['Jun 2025', '30'],
  ]);
  const hours = of('at').rows;
  expect(hours).toHaveLength(24);
  expect([hours[7]?.slice(0, 3), hours[19]?.slice(0, 3)]).toEqual([
    ['07:00', '20', '25.0%'],
    ['19:00', '60', '75.0%'],
  ]);

  const best = of('matters');
  expect(best.html).toContain('80 made a choice');
  expect(best.html).toContain(`href="${at}/results/best-worst/matters"`);
  // Who was shown what is drawn; that the first is always best and the last always worst does not depend on it.
  expect([best.rows[0]?.slice(0, 2), best.rows[4]?.slice(0, 2)]).toEqual([
    ['price', '+1.00'],
    ['trust', '−1.00'],
  ]);
  expect(best.html).not.toContain('matters.t1');
  expect(best.figures).toBe(1);
  const linked = await desk.researcher.get(`${at}/results/best-worst/matters`);
  const scores = new Map(rowsOf(linked.text).map((row) => [row[0], Number(row[4]?.replace('−', '-'))]));
  for (const [label, score] of best.rows)
    expect(Number(score?.replace('−', '-')), `${label} scores alike on both pages`).toBe(scores.get(label));

  const values = of('values');
  expect(values.figures).toBe(1);
  expect(values.html).toContain('mean 4.50 (4.39 to 4.61) · n 80');
  expect(values.html).toContain('mean 1.00 (1.00 to 1.00) · n 72');
  expect(values.html).toContain('72 to 80 answered each row');
  const calm = values.rows[0];
  expect(calm?.[5]).toBe('50.0% (39.3 to 60.7)');
  expect(values.rows[1]?.at(-1), 'who would rather not say stands in the table').toBe('8');

  const when = of('when');
  expect(when.figures).toBe(1);
  expect(when.rows).toEqual([
    ['Phone', '100.0% (95.4 to 100.0)', '100.0% (95.4 to 100.0)', '80'],
    ['Desk', '100.0% (95.4 to 100.0)', '0.0% (0.0 to 4.6)', '80'],
  ]);
  expect(of('feel').figures).toBe(1);
  expect(of('split').rows.map(([label, mean, interval, , n]) => [label, mean, interval, n])).toEqual([
    ['Work', '70.00', '70.00 to 70.00', '80'],
    ['Rest', '30.00', '30.00 to 30.00', '80'],
  ]);

  const why = of('why').html;
  expect(why).toContain('20 wrote something, 25.0% of the 80 who saw it (16.8% to 35.5%)');
  expect(why).toContain(`/themes?survey&#x3D;${survey.publicId}`);
  expect(of('mail').html, 'what names somebody is no matter for themes').not.toContain('href=');
});

test('words beside an option are counted among those who chose it, with the way to read them', async () => {
  const { of, at } = await openResults({ ...everyKind, code: 'with-other' }, true);
  const { html } = of('plan');
  expect(html, 'a share of three says nothing').toContain('“Another”: 2 wrote something.');
  const responses = /href="([^"]+responses\?[^"]+)"/
    .exec(html)?.[1]
    ?.replaceAll('&amp;', '&')
    .replaceAll('&#x3D;', '=');
  expect(responses?.startsWith(`${at}/responses?`)).toBe(true);
  const list = await desk.researcher.get(responses ?? '');
  expect(list.text).toContain('2 responses');
});

test('words beside an option that nobody chose are left out', async () => {
  const { of } = await openResults({ ...everyKind, code: 'without-other' }, false);
  const { html } = of('plan');
  expect(html).toContain('80 answered');
  expect(html).not.toContain('“Another”');
  expect(html.match(/<p class="soft">/g), 'one note, on the choice itself').toHaveLength(1);
});

test('who may not read single responses is offered no way to them', async () => {
  const { at } = await openResults({ ...everyKind, code: 'for-viewers' }, true);
  const password = 'three words together';
  await desk.verbatim.accounts.add(
    { email: 'viewer@lab.example', name: 'Vic', password },
    { isAdmin: false, role: 'viewer', studyId: desk.study.id },
  );
  const viewer = visitor(desk.url);
  await viewer.post('/sign-in', { email: 'viewer@lab.example', password });
  const page = await viewer.get(`${at}/results`);
  expect(page.status).toBe(200);
  expect(page.text, 'whose words are too few to be told of').not.toContain('2 wrote something');
  expect(page.text).toContain('20 wrote something');
  expect(page.text).not.toContain(`${at}/responses`);
});

/** A survey of one choice, published, and published again after some answered it. */
async function openTwoVersions(code: string) {
  const { verbatim, study, researcher } = desk;
  const version = (options: [code: string, text: string][]) =>
    JSON.stringify({
      ...smallSurvey,
      code,
      pages: [
        {
          code: 'only',
          questions: [
            {
              code: 'how',
              kind: 'single',
              text: { en: 'How do you travel?' },
              options: options.map(([option, text]) => ({ code: option, text: { en: text } })),
            },
          ],
        },
      ],
      instruments: [],
    });
  const first = await verbatim.surveys.importJson(
    study.id,
    version([
      ['bus', 'Coach'],
      ['car', 'A car of my own or of somebody else'],
    ]),
  );
  await verbatim.surveys.publish(first, 1, null);
  const place = async () => {
    const survey = await verbatim.store.surveys.find(study.id, first.publicId);
    if (!survey) throw new Error('The survey is gone');
    return { study, survey };
  };
  const how = (option: string) => ({ answers: { how: said(option) } });
  const before = await place();
  await plantResponses(verbatim, before, [how('car'), how('car'), how('car'), how('bus')]);
  const at = `/studio/${study.publicId}/surveys/${first.publicId}`;
  return {
    at,
    results: async () => (await researcher.get(`${at}/results`)).text,
    publishAgain: async () => {
      await verbatim.surveys.saveDraft(
        before.survey,
        before.survey.draftRevision,
        version([
          ['bus', 'Bus'],
          ['bike', 'Bicycle'],
        ]),
      );
      const { survey } = await place();
      await verbatim.surveys.publish(survey, survey.draftRevision, null);
      const after = await place();
      await plantResponses(verbatim, after, [how('bike')]);
    },
  };
}

test('whoever chose an option that is offered no more stays in the results', async () => {
  const { at, results, publishAgain } = await openTwoVersions('travel');
  expect(await results()).not.toContain('several versions');
  await publishAgain();
  const page = await results();
  const { rows, html } = sectionOf(page, 'how');
  expect(rows.map(([label, share, , n]) => [label, share, n])).toEqual([
    ['Bus', '20.0%', '1'],
    ['Bicycle', '20.0%', '1'],
    ['A car of my own or of somebody else (no longer offered)', '60.0%', '3'],
  ]);
  expect(html, 'the picture says so too, however little room there is').toContain(
    '>A car of my o… (no longer offered)</text>',
  );
  expect(html).toContain('“Bus” was “Coach”');
  expect(page).toContain('several versions of the survey are counted together');
  const link = /href="([^"]+)">version 1 \(4\)/.exec(page)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
  expect(link?.startsWith(at)).toBe(true);
  expect((await desk.researcher.get(link ?? '')).text).toContain('4 responses');
});
