import { expect, test } from 'vitest';
import { instantOf, isTimeZone, wallTime } from '../../src/model/zoned-time.ts';

test('what is written in a zone is shown in it as it was written', () => {
  for (const zone of ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Apia'])
    for (const written of ['2026-01-15T09:00', '2026-07-15T23:59', '2028-02-29T00:00']) {
      const instant = instantOf(written, zone);
      expect(wallTime(instant ?? '', zone)).toBe(written);
    }
});

test('an hour that is left out is the hour after it, and one that comes twice is the first', () => {
  expect(instantOf('2026-03-29T02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
  expect(instantOf('2026-10-25T02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
});

test('what is no time is none', () => {
  for (const written of ['', '2026-02-31T10:00', '2026-03-09', '2026-03-09T25:00', 'soon'])
    expect(instantOf(written, 'UTC')).toBeNull();
  for (const written of ['0000-01-01T00:00', '9999-12-31T23:59', '+275760-09-13T00:00'])
    expect(instantOf(written, 'Europe/Berlin')).toBeNull();
});

test('zones are those the machine knows', () => {
  expect(isTimeZone('Europe/Berlin')).toBe(true);
  expect(isTimeZone('Europe/Nowhere')).toBe(false);
  expect(isTimeZone('')).toBe(false);
});
