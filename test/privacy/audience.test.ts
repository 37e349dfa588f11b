import { describe, expect, test } from 'vitest';
import { AUDIENCES, hiddenFrom } from '../../src/privacy/audience.ts';
import type { PersonalKind, PersonalSpan } from '../../src/privacy/mask-text.ts';

const span = (kind: PersonalKind, start: number): PersonalSpan => ({ start, end: start + 2, kind });
const found = [
  span('name', 0),
  span('place', 3),
  span('email', 6),
  span('organisation', 9),
  span('masked', 12),
  span('ip', 15),
];
const turn = (uses: string[]) => ({ kind: 'turn', found, uses });
const kinds = (spans: PersonalSpan[] | null) => spans?.map(({ kind }) => kind) ?? null;

describe('what an audience sees', () => {
  test('the study’s own researchers see the words as they are, whatever was agreed to', () => {
    expect(hiddenFrom('internal', turn([]))).toEqual([]);
  });

  test('clients see no name and nothing that reaches somebody, of those alone who agreed to be quoted', () => {
    expect(kinds(hiddenFrom('client', turn(['analysis', 'quotes'])))).toEqual(['name', 'email', 'masked']);
    expect(hiddenFrom('client', turn(['analysis', 'share']))).toBeNull();
    expect(hiddenFrom('client', turn([]))).toBeNull();
  });

  test('the public sees nothing personal, of those interviewed who agreed to sharing outside', () => {
    expect(kinds(hiddenFrom('public', turn(['share'])))).toEqual(found.map(({ kind }) => kind));
    expect(hiddenFrom('public', turn(['analysis', 'quotes', 'recording']))).toBeNull();
  });

  test('an answer may be quoted to anybody once its author agreed to be quoted', () => {
    expect(kinds(hiddenFrom('public', { kind: 'answer', found, uses: ['quotes'] }))).toHaveLength(found.length);
    expect(hiddenFrom('public', { kind: 'answer', found, uses: ['analysis'] })).toBeNull();
  });

  test('whatever a wider audience reads, a narrower one may read as well, with no more hidden', () => {
    for (const uses of [[], ['quotes'], ['share'], ['quotes', 'share']])
      for (const [narrow, wide] of [AUDIENCES.slice(0, 2), AUDIENCES.slice(1)]) {
        const [less, more] = [hiddenFrom(narrow!, turn(uses)), hiddenFrom(wide!, turn(uses))];
        if (less && more) expect(more).toEqual(expect.arrayContaining(less));
      }
  });
});
