import { expect, test } from 'vitest';
import {
  CODING_ACTIONS,
  type CodingAction,
  DEFAULT_KEYS,
  readKeyMap,
  readWrittenKeys,
  showKey,
} from '../../src/model/coding-keys.ts';

const asShown = (action: CodingAction): string => DEFAULT_KEYS.keys[action].map(showKey).join(' ');

test('the keys to begin with are told apart, and are read as they are shown', () => {
  const all = CODING_ACTIONS.flatMap(({ keys }) => [...keys]);
  expect(new Set(all).size).toBe(all.length);
  expect(readWrittenKeys(asShown, true)).toEqual({ map: DEFAULT_KEYS, errors: [] });
});

test('a key given twice, one that always means something else, and one that is none are refused by name', () => {
  const written = (given: Partial<Record<CodingAction, string>>) =>
    readWrittenKeys((action) => given[action] ?? asShown(action), true).errors;
  expect(written({ memo: 'Q' })).toEqual([
    { pointer: '#/memo', detail: 'Q is given to “The last code again” already: choose another key for one of them' },
  ]);
  for (const taken of ['1', 'Ctrl+C', 'Enter', 'ArrowUp', 'Shift+Tab', 'escape'])
    expect(written({ memo: taken }), taken).toHaveLength(1);
  expect(written({ memo: 'word' })[0]?.detail).toContain('“word” is no key');
  expect(written({ memo: '' })).toEqual([]);
  expect(written({ memo: 'shift + m' })).toEqual([]);
});

test('a map that was kept before an action was there gives it the keys to begin with', () => {
  const kept = readKeyMap('{"isOn":false,"keys":{"pick":["g"]}}');
  expect(kept.isOn).toBe(false);
  expect(kept.keys.pick).toEqual(['g']);
  expect(kept.keys.memo).toEqual(['m']);
});
