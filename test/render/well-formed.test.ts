import { expect, test } from 'vitest';
import { findMarkupMistakes } from './well-formed.ts';

test('good markup has nothing to be said against it', () => {
  expect(findMarkupMistakes('<!doctype html><p id="a" hidden>1 &lt; 2<br><svg><rect x="0"/></svg></p>')).toEqual([]);
});

test.each([
  ['<p><b>x</p></b>', '</p> closes something else'],
  ['<div><p>x</p>', 'left open: div'],
  ['<p id="a"></p><p id="a"></p>', 'id twice: a'],
  ['<p class=a>x</p>', 'not a tag: '],
  ['1 < 2', 'not a tag: 1 < 2'],
])('%s is found out', (html, mistake) => {
  expect(findMarkupMistakes(html).join('; ')).toContain(mistake);
});
