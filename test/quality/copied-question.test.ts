import { expect, test } from 'vitest';
import { judgeCopiedQuestion } from '../../src/quality/copied-question.ts';

const question = 'What would make you come back to our museum within a year?';
const outcome = (text: string, asked = question) => judgeCopiedQuestion(asked, text).outcome;

test('the question said back is flagged, whole or half, with or without its signs', () => {
  expect(outcome('what would make you come back to our museum within a year')).toBe('flagged');
  expect(outcome('WHAT WOULD MAKE YOU COME BACK TO OUR MUSEUM')).toBe('flagged');
  expect(outcome(`${question} ok`)).toBe('flagged');
  expect(outcome('¿Qué le haría volver a nuestro museo?', '¿Qué le haría volver a nuestro museo?')).toBe('flagged');
  expect(outcome('您为什么还会再来我们的博物馆参观呢', '您为什么还会再来我们的博物馆参观呢？')).toBe('flagged');
});

test('taking the question up and choosing from it are ordinary', () => {
  expect(outcome('What would make me come back to the museum is a cheaper ticket for families')).toBe('clear');
  expect(outcome('coffee in the morning', 'Do you prefer tea or coffee in the morning before work?')).toBe('clear');
});

test('very short answers and questions, and none at all, are clear', () => {
  expect([
    outcome('our museum'),
    outcome(''),
    outcome('because it was so good', 'Why?'),
    outcome('a b c d', ''),
  ]).toEqual(Array(4).fill('clear'));
});

test('a hundred thousand characters are read in no time', () => {
  const start = performance.now();
  outcome('come back to '.repeat(8_000), 'come back to '.repeat(8_000));
  expect(performance.now() - start).toBeLessThan(20_000);
});
