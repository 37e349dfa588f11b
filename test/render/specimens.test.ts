import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { readSpecimens, renderer, viewsFolder } from './open-renderer.ts';
import { findMarkupMistakes } from './well-formed.ts';

const partials = renderer.views
  .filter((view) => /^partials\/[^/]+$/.test(view))
  .map((view) => view.slice('partials/'.length));
const samples = partials.flatMap((partial) =>
  Object.entries(readSpecimens(partial)).map(([name, data]) => ({ partial, name, data })),
);
/** These are put inside a tag, where markup checks do not apply. */
const INSIDE_TAG = new Set(['field-described', 'question-described']);

test('every specimen belongs to a partial', () => {
  const named = readdirSync(`${viewsFolder}/specimens`).map((file) => basename(file, '.json'));
  expect(named.filter((name) => !partials.includes(name))).toEqual([]);
});

test.each(partials)('%s has ordinary, long and hostile samples', (partial) => {
  expect(Object.keys(readSpecimens(partial))).toEqual(expect.arrayContaining(['ordinary', 'long', 'hostile']));
});

test.each(samples.filter(({ partial }) => !INSIDE_TAG.has(partial)))(
  '$partial is well-formed with its $name sample',
  ({ partial, data }) => {
    expect(findMarkupMistakes(renderer.render(`partials/${partial}`, data))).toEqual([]);
  },
);

test.each(samples.filter(({ name }) => name === 'hostile'))(
  '$partial shows hostile text as text',
  ({ partial, data }) => {
    const html = renderer.render(`partials/${partial}`, data);
    expect(html).not.toMatch(/<script|<img/i);
    if (html.includes('alert(1)')) expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;{{x}}');
  },
);
