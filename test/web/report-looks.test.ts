import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openPersonaHouse } from '../support/persona-house.ts';

let house: Awaited<ReturnType<typeof openPersonaHouse>>;
let at: string;
const folderOf = (name: string) => path.join(house.verbatim.folder, name);
const put = (folder: string, name: string, words: string | Uint8Array) => {
  mkdirSync(folderOf(folder), { recursive: true });
  writeFileSync(path.join(folderOf(folder), name), words);
};
const template = (name: string, words: string) => put('report-templates', name, words);
const preview = () => house.researcher.get(`${at}/looks/preview`);
const build = (format: string) =>
  house.verbatim.reports.make(
    house.study,
    {
      kind: 'code-book',
      format,
      audience: 'internal',
      persona: '',
      version: '',
      segmentation: '',
      reason: '',
      print: '',
    },
    null,
  );

beforeAll(async () => {
  house = await openPersonaHouse();
  at = `${house.studio}/reports`;
});
afterEach(() => {
  for (const name of ['report-templates', 'report-brand']) rmSync(folderOf(name), { recursive: true, force: true });
});
afterAll(() => house[Symbol.asyncDispose]());

test.each([
  ['quote.hbs', 64 * 1024],
  ['report.css', 256 * 1024],
])('a template is read up to a size, and a larger %s is named with what to do', async (name, most) => {
  template(name, ' '.repeat(most));
  expect((await preview()).status).toBe(200);
  template(name, ' '.repeat(most + 1));
  const refused = await preview();
  expect(refused.status).toBe(422);
  expect(refused.text).toContain(`${name} does not lay a report out`);
  expect(refused.text).toMatch(/at most \d+ KB are read: make it smaller/);
  expect((await house.researcher.get(`${at}/looks`)).text).toMatch(/at most \d+ KB are read: make it smaller/);
  await expect(build('html')).rejects.toThrow('This report cannot be made');
});

test('many templates together are read up to a size', async () => {
  for (let number = 0; number < 9; number += 1) template(`part${number}.hbs`, ' '.repeat(63 * 1024));
  const refused = await preview();
  expect([refused.status, refused.text.includes('make them smaller')]).toEqual([422, true]);
});

test.each([
  ['logo.png', 4 * 1024 * 1024],
  ['master.pptx', 20 * 1024 * 1024],
  ['brand.json', 16 * 1024],
])('a %s that is too large is named with what to do', async (name, most) => {
  put('report-brand', name, new Uint8Array(most + 1).fill(32));
  const looks = await house.researcher.get(`${at}/looks`);
  expect(looks.text).toContain(`report-brand/${name} cannot be used`);
  expect(looks.text).toMatch(/at most [\d,]+ KB are read: make it smaller/);
  expect((await preview()).status).toBe(422);
  await expect(build('md')).rejects.toThrow(`report-brand/${name} cannot be used`);
});

test('templates that take too long are ended, and the server answers all the while', { timeout: 60_000 }, async () => {
  // Each takes in the next twice, so that the last would be taken in a million million times.
  for (let number = 0; number < 40; number += 1) template(`c${number}.hbs`, `{{> c${number + 1}}}{{> c${number + 1}}}`);
  template(
    'c40.hbs',
    '{{#each @root.blocks}}{{#each @root.blocks}}{{#each @root.blocks}}{{@index}}{{/each}}{{/each}}{{/each}}',
  );
  template('report.hbs', '{{> c0}}');
  const begun = performance.now();
  let isDone = false;
  const looked = preview().then((answer) => {
    isDone = true;
    return answer;
  });
  let slowest = 0;
  while (!isDone) {
    const asked = performance.now();
    expect((await house.researcher.get('/health')).status).toBe(200);
    slowest = Math.max(slowest, performance.now() - asked);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const refused = await looked;
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('takes longer than');
  expect(performance.now() - begun).toBeLessThan(30_000);
  expect(slowest).toBeLessThan(3_000);
});

test.each([
  ['a file of itself', { 'quote.hbs': '<p>{{words}}</p>{{> quote}}' }, 'quote.hbs'],
  ['a part within the file', { 'quote.hbs': '{{#*inline "me"}}{{> me}}{{/inline}}{{> me}}' }, 'quote.hbs'],
  ['a file by way of another', { 'quote.hbs': '{{> other}}', 'other.hbs': '{{> quote}}' }, /(quote|other)\.hbs/],
])('a template that takes in %s is told so in words', async (_, files, name) => {
  for (const [file, words] of Object.entries(files)) template(file, words);
  const endless = await preview();
  expect(endless.status).toBe(422);
  expect(endless.text).toMatch(name);
  expect(endless.text).toContain('it takes itself in again without end');
});

test('what is no file of the folder itself is not read: links that lead out, folders and pipes', async () => {
  const outside = path.join(house.verbatim.folder, 'outside.css');
  writeFileSync(outside, '/* the secret of elsewhere */');
  template('quote.hbs', '<p>{{words}}</p>');
  symlinkSync(outside, path.join(folderOf('report-templates'), 'report.css'));
  const refused = await preview();
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('report.css does not lay a report out');
  expect(refused.text).toContain('leads out of its folder: put the file itself there');
  expect(refused.text).not.toContain('the secret of elsewhere');
  rmSync(path.join(folderOf('report-templates'), 'report.css'));

  mkdirSync(path.join(folderOf('report-templates'), 'claim.hbs'));
  expect((await preview()).text).toContain('it is no regular file');
  rmSync(folderOf('report-templates'), { recursive: true });

  mkdirSync(folderOf('report-brand'));
  for (const name of ['brand.json', 'logo.svg', 'master.pptx']) {
    symlinkSync(outside, path.join(folderOf('report-brand'), name));
    expect((await house.researcher.get(`${at}/looks`)).text).toContain(`report-brand/${name} cannot be used`);
    await expect(build('md')).rejects.toThrow(`report-brand/${name} cannot be used`);
    rmSync(path.join(folderOf('report-brand'), name));
  }
  rmSync(outside);
});

test('a link to a file of the same folder is one more name for it', async () => {
  template('ours.css', '.ours{color:teal}');
  symlinkSync('ours.css', path.join(folderOf('report-templates'), 'report.css'));
  expect((await preview()).text).toContain('.ours{color:teal}');
});
