import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shippedFolder } from '../../src/verbatim.ts';
import { crawl, type FoundForm, formsIn, kindOf } from '../attacks/crawl.ts';
import { type OpenHouse, openHouse } from './open-house.ts';
import { enterStudio, finishRun, type Visitor, visitor } from './visitor.ts';

/*
 * A stranger fills every field of every form with what should not be there. The answer is a clear 4xx or plain text,
 * never a 5xx, and afterwards every page still opens and shows the words as words.
 */

const MARK = 'zzq7';
const PAYLOADS: Record<string, string> = {
  markup: `"><script>alert('${MARK}')</script><img src=x onerror=alert(1)>`,
  template: `{{${MARK}}}{{{lookup this "constructor"}}}\${7*7}<%= 7*7 %>`,
  formula: `=cmd|' /C calc'!A0 ${MARK}`,
  'null byte': `a\u0000b ${MARK}`,
  'far too long': `${MARK} ${'x'.repeat(300_000)}`,
  prototype: '__proto__',
  'not a number': '-1e999',
  'a path': `../../../../etc/passwd%00${MARK}`,
};

let house: OpenHouse;
let researcher: Visitor;
let study: string;

beforeAll(async () => {
  house = await openHouse();
  ({ researcher, study } = await enterStudio(house));
  await fillHouse();
});
afterAll(() => house.close());

/** A study with something on every page. */
async function fillHouse(): Promise<void> {
  const definition = readFileSync(path.join(shippedFolder, 'demo', 'survey.json'));
  const made = await researcher.upload(`${study}/surveys/new`, 'file', { name: 's.json', bytes: definition });
  await researcher.post(`${made.location}/publish`, { revision: '1' });
  const survey = (await house.verbatim.store.surveys.list(1))[0];
  if (!survey) throw new Error('There is no survey');
  const batteries = survey.draft.pages
    .flatMap((page) => page.questions)
    .flatMap((question) =>
      question.kind === 'battery' ? question.rows.map((row) => `${question.code}.${row.code}`) : [],
    );
  const header = ['person', 'trigger', 'age', ...batteries].join('\t');
  const rows = Array.from({ length: 60 }, (_, i) =>
    [
      `p${i}`,
      `the rent went up again and school ${i % 2 ? 'started' : 'moved away'} ${i}`,
      20 + i,
      ...batteries.map((_, b) => 1 + ((i * (b + 3)) % 6)),
    ].join('\t'),
  );
  const staged = await researcher.upload(
    `${made.location}/import`,
    'file',
    { name: 'rows.tsv', bytes: Buffer.from([header, ...rows].join('\n')) },
    { header: '1' },
  );
  await researcher.post(`${staged.location}/commit`);
  await researcher.upload(
    `${made.location}/import`,
    'file',
    { name: 'staged.tsv', bytes: Buffer.from([header, ...rows].join('\n')) },
    { header: '1' },
  );
  await researcher.post(`${study}/interviews/new`, {
    participant: 'P1',
    heldOn: '2026-03-09',
    mode: 'by phone',
    transcript: 'Ms A: Why?\nP1: Because of the rent.',
    mayQuote: '1',
  });
  await finishRun(researcher, (await researcher.post(`${study}/scales/score`, { survey: survey.publicId })).location);
  await finishRun(
    researcher,
    (await researcher.post(`${study}/themes/find`, { item: `${survey.publicId} trigger`, themes: '', seed: '1' }))
      .location,
  );
  const begun = await researcher.post(`${study}/segmentations/new`, { name: 'Groups', survey: survey.publicId });
  const segmentation = begun.location.replace(/\/inputs$/, '');
  await finishRun(researcher, (await researcher.post(`${segmentation}/test`, { seed: '1' })).location);
  const solution = (await researcher.post(`${segmentation}/fit`, { k: '2', seed: '1' })).location;
  await finishRun(researcher, solution);
  await researcher.post(`${(await researcher.get(solution)).location}/accept`, { note: 'As it is' });
  const [segment] = await house.verbatim.store.segments.list(1);
  await finishRun(researcher, (await researcher.post(`${study}/segments/${segment?.publicId}/persona`)).location);
  await researcher.post(`${study}/segments/define`, {
    name: 'Elders',
    rule: JSON.stringify({ all: [{ answer: 'age', op: 'gte', value: 50 }] }),
    base: survey.publicId,
    do: 'save',
  });
}

/** What would end the walk or only repeat it. */
const PASSED_OVER = /\/(log-out|undo|progress|cancel)$/;

test('every form of the studio takes hostile values without falling over, and every page shows them as words', async () => {
  const before = await crawl(researcher, '/studio');
  const forms = new Map<string, FoundForm>();
  for (const { text } of before.values())
    for (const form of formsIn(text))
      if (!PASSED_OVER.test(form.action))
        forms.set(
          `${kindOf(form.action)} ${form.fields.map((field) => field.name.replaceAll(/[\w-]{22}|\d+/g, '')).join()}`,
          form,
        );
  expect(forms.size).toBeGreaterThan(18);
  const broken: string[] = [];
  for (const [at, form] of [...forms.values()].entries()) {
    for (const [n, [kind, payload]] of Object.entries(PAYLOADS).entries()) {
      // At full length every form is filled with each; in a short run with the next few.
      if (process.env['PROVE'] === undefined && (at + n) % 3 !== 0) continue;
      const filled = Object.fromEntries(
        form.fields.map((field) => [
          field.name,
          ['hidden', 'checkbox', 'radio', 'select', 'button'].includes(field.type) ? field.value : payload,
        ]),
      );
      const answer = form.isUpload
        ? await researcher.upload(form.action, 'file', { name: `${kind}.json`, bytes: Buffer.from(payload) }, filled)
        : await researcher.post(form.action, filled);
      if (answer.status >= 500) broken.push(`${kind} in ${form.action}: ${answer.status}`);
    }
    const every = Object.fromEntries(form.fields.map((field) => [field.name, PAYLOADS['markup'] ?? '']));
    const lists = Object.fromEntries(form.fields.map((field) => [field.name, ['a', 'b', 'c']]));
    const objects = Object.fromEntries(form.fields.map((field) => [`${field.name}[x]`, 'y']));
    if (!form.isUpload) {
      for (const [kind, body] of Object.entries({ 'markup everywhere': every, lists, objects, nothing: {} })) {
        const answer = await researcher.post(form.action, body as Record<string, string>);
        if (answer.status >= 500) broken.push(`${kind} in ${form.action}: ${answer.status}`);
      }
      for (const [type, body] of [
        ['application/json', '{"name":{"toString":"x"}}'],
        ['application/x-www-form-urlencoded', 'name=%ED%A0%80&x=%'],
        ['text/plain', 'x'],
        ['application/x-www-form-urlencoded; charset=klingon', 'a=b'],
      ]) {
        const answer = await researcher.send(form.action, {
          method: 'POST',
          headers: { 'content-type': type ?? '' },
          body: body ?? '',
        });
        if (answer.status >= 500) broken.push(`${type} to ${form.action}: ${answer.status}`);
      }
    }
  }
  expect(broken).toEqual([]);

  await house.verbatim.analysis.idle();
  const after = await crawl(researcher, '/studio');
  const bad = [...after]
    .filter(([, page]) => page.status >= 500)
    .map(([address, page]) => `${address}: ${page.status}`);
  const unescaped = [...after]
    .filter(
      ([address, page]) =>
        !/\.(json|csv|jsonl)$/.test(address) &&
        (page.text.includes(`<script>alert('${MARK}`) || page.text.includes('<img src=x')),
    )
    .map(([address]) => address);
  expect(bad).toEqual([]);
  expect(unescaped).toEqual([]);
  expect([...after.values()].some((page) => page.text.includes(`{{${MARK}}}`))).toBe(true);
  expect(house.lines.filter((line) => line.includes(MARK))).toEqual([]);
  expect(house.lines.filter((line) => line.includes('"level":50'))).toEqual([]);
}, 600_000);

test('a respondent who sends what no page asks for is told so, and the study’s pages still open', async () => {
  const survey = (await house.verbatim.store.surveys.list(1))[0];
  const person = visitor(house.url);
  const statuses: number[] = [];
  const started = await person.post(`/s/${survey?.slug}`, { consent: ['analysis', 'quotes'] });
  expect(started.status).toBe(303);
  for (const payload of Object.values(PAYLOADS)) {
    const page = await person.get(started.location);
    const form = formsIn(page.text)[0];
    const filled = Object.fromEntries(
      (form?.fields ?? []).filter((field) => !field.name.includes('~')).map((field) => [field.name, payload]),
    );
    statuses.push(
      (await person.post(started.location, filled)).status,
      (await person.post(started.location, { __proto__: payload, constructor: payload })).status,
      (await person.post(started.location, { 'trigger[x]': payload })).status,
    );
    statuses.push(
      (await person.post(`/s/${survey?.slug}`, { consent: [payload] })).status,
      (await person.get(`/r/${encodeURIComponent(payload.slice(0, 200))}/1/1`)).status,
      (await person.get(`/s/${encodeURIComponent(payload.slice(0, 200))}`)).status,
    );
  }
  const words = `${PAYLOADS['markup']} ${PAYLOADS['template']}`;
  const saved = await person.post(started.location, { trigger: words });
  expect(saved.status === 303 || saved.status === 422).toBe(true);
  expect(statuses.filter((status) => status >= 500)).toEqual([]);
  // All pages were looked at before.
  const bad = [...(await crawl(researcher, '/studio', { most: 150 }))].filter(([, page]) => page.status >= 500);
  expect(bad).toEqual([]);
}, 300_000);

test('a write that does not come from our own pages is refused', async () => {
  const refused = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'null', 'sec-fetch-site': 'cross-site' },
    { origin: 'https://elsewhere.example' },
    { origin: 'null' },
  ];
  for (const headers of refused) {
    const { 'sec-fetch-site': site, ...rest } = headers as Record<string, string>;
    const answer = await fetch(new URL('/studio/new-study', house.url), {
      method: 'POST',
      redirect: 'manual',
      headers: { accept: 'application/json', ...rest, ...(site ? { 'sec-fetch-site': site } : {}) },
      body: new URLSearchParams({ name: 'x' }),
    });
    expect([answer.status, headers]).toEqual([403, headers]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  }
});
