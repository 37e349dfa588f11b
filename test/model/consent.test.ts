import { expect, test } from 'vitest';
import { usesOf } from '../../src/model/consent.ts';

const consent = { purposes: ['analysis', 'quotes'], expiresOn: null, withdrawnAt: null };

test('what was agreed to holds until it is taken back', () => {
  expect(usesOf(consent, '2026-03-02')).toEqual(['analysis', 'quotes']);
  expect(usesOf({ ...consent, withdrawnAt: '2026-03-01T00:00:00.000Z' }, '2026-03-02')).toEqual([]);
  expect(usesOf(null, '2026-03-02')).toEqual([]);
});

test('its last day is the last on which it holds', () => {
  expect(usesOf({ ...consent, expiresOn: '2026-03-02' }, '2026-03-02')).toHaveLength(2);
  expect(usesOf({ ...consent, expiresOn: '2026-03-02' }, '2026-03-03')).toEqual([]);
});
