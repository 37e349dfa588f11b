import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createRenderer } from '../../src/render/renderer.ts';
import { readSpecimens, renderer } from './open-renderer.ts';
import { findMarkupMistakes } from './well-formed.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A renderer over a few views of a test's own. */
function openViews(views: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), 'verbatim-views-'));
  folders.push(root);
  for (const folder of ['views/styles', 'templates']) mkdirSync(join(root, folder), { recursive: true });
  for (const [name, source] of Object.entries(views)) {
    const file = join(root, name.startsWith('templates/') ? '' : 'views', `${name}.hbs`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, source);
  }
  return createRenderer({ viewsFolder: join(root, 'views'), templatesFolder: join(root, 'templates') });
}

const studio = {
  title: 'Themes',
  lang: 'en',
  user: { name: 'Ada' },
  study: { name: 'Moving house', address: '/studio/moving', isInvented: true, inventedNotice: 'Invented people.' },
  ...readSpecimens('nav')['ordinary']!,
};

test('a view is laid out inside its layout, once, without being escaped again', () => {
  const { render } = openViews({ 'layouts/plain': '<main>{{body}}</main>', hello: '<p>{{name}}</p>' });
  expect(render('hello', { name: '<Ada>' }, { layout: 'plain' })).toBe('<main><p>&lt;Ada&gt;</p></main>');
});

test('templates are called by their path under their own folder', () => {
  const { render } = openViews({ 'templates/reports/note': 'Dear {{name}}' });
  expect(render('templates/reports/note', { name: 'Ada' })).toBe('Dear Ada');
});

test('a name missing from the data fails instead of leaving a hole', () => {
  const { render } = openViews({ hello: '{{name}}' });
  expect(() => render('hello', {})).toThrow('"name" not defined');
});

test('a view that does not parse is found without anybody asking for it', async () => {
  await expect(openViews({ broken: '{{#if name}}' }).warm()).rejects.toThrow('The view broken does not parse');
});

test('a view or an asset nobody wrote is named', () => {
  expect(() => renderer.render('studio/nowhere', {})).toThrow('No view is called studio/nowhere');
  expect(() => renderer.assetAddress('nothing.css')).toThrow('No asset is called nothing.css');
});

test('an object where a text was meant renders nothing, whatever it holds', () => {
  const { render } = openViews({ hello: '[{{name}}]' });
  const stored = [{ toString: 'x', valueOf: 1 }, { toHTML: '<b>' }, JSON.parse('{"__proto__": {"a": 1}}'), ['<a>'], {}];
  for (const name of stored) expect(render('hello', { name })).toBe('[]');
});

test('data cannot bring ready-made HTML or reach a prototype', () => {
  const { render } = openViews({ hello: '{{#if name.constructor}}reached{{/if}}{{lookup name "constructor"}}.' });
  expect(render('hello', { name: {} })).toBe('.');
  expect(() => render('hello', { name: { toHTML: () => '<b>' }, x: () => 1 })).toThrow('a function at x');
});

test('anything but plain data is refused by its path', () => {
  const { render } = openViews({ hello: '' });
  expect(() => render('hello', { rows: [{ at: new Date(0) }] })).toThrow('View data holds a Date at rows.0.at');
  expect(() => render('hello', { rows: new Map() })).toThrow('View data holds a Map at rows');
  expect(() => render('hello', { name: undefined })).toThrow('View data holds undefined at name');
});

test('data that contains itself is refused rather than followed for ever', () => {
  const loop: Record<string, unknown> = {};
  loop['loop'] = loop;
  expect(() => openViews({ hello: '' }).render('hello', loop)).toThrow('deeper than');
});

test('the data handed in is left as it was', () => {
  const { render } = openViews({ 'layouts/plain': '{{body}}', hello: '{{name}}' });
  const data = Object.freeze({ name: 'Ada' });
  expect(render('hello', data, { layout: 'plain' })).toBe('Ada');
});

test('the lines of a text area are not set in by the partial that holds it', () => {
  const { render } = openViews({
    'partials/area': '<textarea>\n{{value}}</textarea>',
    hello: '<div>\n    {{> area}}\n</div>',
  });
  expect(render('hello', { value: 'one\ntwo' })).toContain('<textarea>\none\ntwo</textarea>');
});

test.each([
  ['studio', studio],
  ['studio', { ...studio, study: null, user: null, nav: [] }],
  ['plain', { title: 'Log in', lang: 'en' }],
  ['respond', { title: 'Umfrage', lang: 'de', dir: 'ltr' }],
  ['report', { title: 'Rooted carer', lang: 'en', segmentClass: 'seg-3' }],
])('the %s layout is a well-formed page', (layout, data) => {
  const page = renderer.render('partials/pill', { text: 'x', segmentClass: null, tone: null, ...data }, { layout });
  expect(page).toMatch(/^<!doctype html>\n<html lang="(en|de)"/);
  expect(findMarkupMistakes(page)).toEqual([]);
});

test('after a mistake the title says so first, in the language of the page', () => {
  const pill = { text: 'x', segmentClass: null, tone: null, title: 'Seite 3', lang: 'de', dir: 'ltr', isError: true };
  expect(renderer.render('partials/pill', pill, { layout: 'plain' })).toContain('<title>Error: Seite 3');
  const german = { ...pill, errorPrefix: 'Fehler: ' };
  expect(renderer.render('partials/pill', german, { layout: 'respond' })).toContain('<title>Fehler: Seite 3');
});

test('the first control of a question answers to the name in the error summary', () => {
  for (const partial of ['single', 'multiple', 'rating', 'number', 'text'].map((kind) => `question-${kind}`)) {
    const question = readSpecimens(partial)['mistaken']!;
    const html = renderer.render(`partials/${partial}`, question);
    const first = /<(?:input|textarea)[^>]*>/.exec(html)?.[0];
    expect(first).toContain(`id="${question['name']}"`);
    expect(html).toMatch(new RegExp(`aria-describedby="[^"]*\\b${question['name']}-error"`));
  }
});
