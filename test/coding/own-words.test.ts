import { expect, test } from 'vitest';
import { ownWords } from '../../src/coding/own-words.ts';

const isOwn = ownWords([
  'Well, the basilisk under the staircase woke me!',
  'Ich wohne über einer Bäckerei, seit Jahren schon.',
]);

test('a run of what somebody said is found in other letters, accents and signs', () => {
  for (const text of [
    'She fears THE BASILISK; under the staircase',
    'uber einer Backerei, seit Jahren',
    'They said “staircase woke me”',
    'They said "the basilisk under"',
  ])
    expect(isOwn(text), text).toBe(true);
});

test('what anybody could say is not somebody’s', () => {
  for (const text of [
    '',
    'under the staircase',
    'the staircase under the basilisk',
    'It “woke me”',
    'seit Jahren schon',
  ])
    expect(isOwn(text), text).toBe(false);
});

test('words of two turns make no run', () => {
  expect(isOwn('the staircase woke me ich wohne')).toBe(false);
  expect(ownWords([])('anything that is long enough to be somebody’s')).toBe(false);
});
