import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Handlebars from 'handlebars';
import { expect, test } from 'vitest';
import { helpers, showDate } from '../../src/render/helpers.ts';

const handlebars = Handlebars.create();
handlebars.registerHelper(helpers);
const say = (source: string, data: object = {}) => handlebars.compile(source)(data);

test('numbers set their thousands apart and keep the digits asked for', () => {
  expect(say('{{number n}}', { n: 1204 })).toBe('1,204');
  expect(say('{{number n digits=2}}', { n: -0.5 })).toBe('−0.50');
});

test('shares become percentages', () => {
  expect(say('{{percent s}}', { s: 0.214 })).toBe('21.4%');
  expect(say('{{percent s digits=0}}', { s: 0.214 })).toBe('21%');
});

test('what is not a number leaves a gap', () => {
  expect(say('[{{number n}}{{percent n}}{{plural n "a" "b"}}]', { n: null })).toBe('[]');
});

test('days are written out, and moments with their time in UTC', () => {
  expect(say('{{date at}}', { at: '2026-03-09' })).toBe('9 March 2026');
  expect(say('{{date at time=true}}', { at: '2026-03-09T14:32:07.000Z' })).toBe('9 March 2026, 14:32');
  expect(showDate('soon')).toBe('');
  expect(showDate(null)).toBe('');
});

test('one is one and all other counts are many', () => {
  expect(say('{{plural n "answer" "answers"}}', { n: 1 })).toBe('1 answer');
  expect(say('{{plural n "answer" "answers"}}', { n: 0 })).toBe('0 answers');
});

test('a stored number and the same number from a form are equal, but nothing equals a missing answer', () => {
  expect(say('{{eq a b}}', { a: 3, b: '3' })).toBe('true');
  expect(say('{{eq a b}}', { a: 'null', b: null })).toBe('false');
  expect(say('{{eq a b}}', { a: 0, b: null })).toBe('false');
});

test('lists are joined, and only of what can be printed', () => {
  expect(say('{{join list " · "}}', { list: ['a', 2, null, {}] })).toBe('a · 2');
  expect(say('{{join list}}', { list: 'a' })).toBe('');
});

test('or and and look at every argument', () => {
  expect(say('{{or a b}} {{and a b}}', { a: '', b: 'x' })).toBe('true false');
});

test('to or and and an empty list is nothing, as it is to if', () => {
  expect(say('{{or a b}} {{and a c}}', { a: [], b: null, c: 'x' })).toBe('false false');
  expect(say('{{or a b}} {{and a b}}', { a: [0], b: 'x' })).toBe('true true');
});

test('a field named like a helper is told how to be written', () => {
  expect(() => say('{{date}}', { date: '2026-03-09' })).toThrow('write this.date');
});

test('no view writes a field bare that a helper’s name hides', () => {
  const root = path.join(import.meta.dirname, '../..');
  const bare = new RegExp(String.raw`\{\{[{~]?(?:${Object.keys(helpers).join('|')})[}~]?\}\}`);
  const files = ['views', 'templates'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.hbs'))
      .map((name) => path.join(folder, name)),
  );
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => bare.test(readFileSync(path.join(root, file), 'utf8')))).toEqual([]);
});
