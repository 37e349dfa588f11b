import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { withoutGuard } from './guards/guard.ts';
import { guards, WITHOUT_A_GUARD } from './guards/rows.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const text = readFileSync(path.join(ROOT, 'docs/asvs.md'), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => /^\| (A?\d)/.test(line))
  .map((line) => line.slice(2, -2).split(' | '));
const items = rows.filter(([number]) => /^\d/.test(number ?? ''));

describe('the list of what the standard asks', () => {
  test('has every item of levels 1 and 2 in its chapters once', () => {
    // How many items of levels 1 and 2 the published list of 5.0.0 has in each of these chapters.
    const published = {
      1: 27,
      2: 11,
      3: 19,
      4: 10,
      5: 9,
      6: 35,
      7: 18,
      8: 7,
      11: 14,
      12: 9,
      13: 13,
      14: 9,
      15: 13,
      16: 16,
    };
    const counted: Record<string, number> = {};
    for (const [number = ''] of items)
      counted[number.split('.')[0] ?? ''] = (counted[number.split('.')[0] ?? ''] ?? 0) + 1;
    expect(counted).toEqual(published);
    expect(new Set(items.map(([number]) => number)).size).toBe(items.length);
  });

  test('says of each how it is, with the tests that hold it or the reason why there is none', () => {
    const bare = items.filter(
      ([, asked = '', how = '', tests = '']) =>
        asked === '' || (tests === '–' && how.replace(/^(held|not applicable|\*\*open\*\*)[ ,;.:]*/, '').length < 12),
    );
    expect(bare).toEqual([]);
  });

  test('counts itself rightly', () => {
    const is = (start: string) => items.filter(([, , how = '']) => how.startsWith(start)).map(([number]) => number);
    const [open, part, away] = [is('**open**'), is('in part'), is('not applicable')];
    expect(text).toContain(
      `Of ${items.length} items ${items.length - open.length - part.length - away.length} are held, ${part.length} in part (${part.join(', ')}), ${open.length} open (${open.join(', ')}), and ${away.length} concern nothing that is here.`,
    );
  });

  test('names files that there are', () => {
    const named = new Set([...text.matchAll(/`((?:test|docs|src)\/[\w./-]+)`/g)].map(([, file]) => file ?? ''));
    expect(named.size).toBeGreaterThan(60);
    expect([...named].filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });
});

test('each of the 35 attacks has its tests', () => {
  const attacks = rows.filter(([number]) => number?.startsWith('A'));
  expect(attacks.map(([number]) => number)).toEqual(Array.from({ length: 35 }, (_, at) => `A${at + 1}`));
  for (const [number, , tests] of attacks) expect([number, tests]).toEqual([number, expect.stringContaining('`test/')]);
});

test('each of the 35 attacks has a guard that is to be missed, or a reason why none could be', () => {
  const served = new Set([...guards.map(({ serves }) => serves), ...Object.keys(WITHOUT_A_GUARD)]);
  const attacks = Array.from({ length: 35 }, (_, at) => `A${at + 1}`);
  expect(attacks.filter((attack) => !served.has(attack))).toEqual([]);
});

test('guards that are to be missed stand where their rows say', () => {
  const stale: string[] = [];
  for (const guard of guards) {
    try {
      withoutGuard(readFileSync(path.join(ROOT, guard.file), 'utf8'), guard);
    } catch (error) {
      stale.push(`${guard.serves}, ${guard.file}: ${(error as Error).message}`);
    }
    if (!existsSync(path.join(ROOT, guard.test[0]))) stale.push(`${guard.serves}: no ${guard.test[0]}`);
  }
  expect(stale).toEqual([]);
  expect(new Set(guards.map(({ keepsFrom }) => keepsFrom)).size).toBe(guards.length);
});
