import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldPlacements, type Placing } from '../../../src/segments/typing/fold-placements.ts';

const SEGMENTS = ['a', 'b', 'c'];
const typed = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }))
  .map((weights): Pick<Placing, 'segment' | 'probability' | 'probabilities' | 'reason'> => {
    const sum = weights.reduce((all, one) => all + one, 0);
    const shares = weights.map((weight) => weight / sum);
    const most = Math.max(...shares);
    const isSure = most >= 0.5;
    return {
      segment: isSure ? SEGMENTS[shares.indexOf(most)]! : null,
      probability: most,
      probabilities: Object.fromEntries(SEGMENTS.map((id, at) => [id, shares[at]!])),
      reason: isSure ? null : 'unsure',
    };
  });
const told = fc.constantFrom(...SEGMENTS, null).map((segment) => ({
  segment,
  probability: null,
  probabilities: null,
  reason: null,
}));
const tooLittle = fc.constant({ segment: null, probability: 0.4, probabilities: null, reason: 'missing' as const });
const journals = fc
  .array(fc.tuple(fc.oneof(typed, told, tooLittle), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 8 })
  .map((list) => list.map(([one, day], id): Placing => ({ ...one, id, placedAt: `2026-03-0${day}T00:00:00.000Z` })));

describe('where a person stands', () => {
  test('does not depend on the order in which the journal is read', () => {
    fc.assert(
      fc.property(
        journals.chain((journal) =>
          fc.tuple(fc.constant(journal), fc.shuffledSubarray(journal, { minLength: journal.length })),
        ),
        ([journal, shuffled]) => {
          expect(foldPlacements(shuffled)).toEqual(foldPlacements(journal));
        },
      ),
    );
  });

  test('without what was taken back is as if that had never been told', () => {
    fc.assert(
      fc.property(journals, fc.nat(), (journal, at) => {
        const rest = journal.filter((_, index) => index !== at % journal.length);
        fc.pre(rest.length > 0);
        const alone = foldPlacements(rest.map((one, id) => ({ ...one, id }))).at(-1)!;
        const { segment, probability } = foldPlacements(rest).at(-1)!;
        expect([segment, probability]).toEqual([alone.segment, alone.probability]);
      }),
    );
  });

  test('changes for what was told outright, and for a tool only by a clear lead', () => {
    const at = (day: number, a: number, b: number, segment: string | null): Placing => ({
      id: day,
      segment,
      probability: Math.max(a, b),
      probabilities: { a, b },
      reason: segment === null ? 'unsure' : null,
      placedAt: `2026-03-0${day}T00:00:00.000Z`,
    });
    const first = at(1, 0.8, 0.2, 'a');
    const close = foldPlacements([first, at(2, 0.45, 0.55, 'b')]).at(-1)!;
    expect(close).toMatchObject({ segment: 'a', probability: 0.45, isKept: true, by: { id: 2 } });
    expect(foldPlacements([first, at(2, 0.3, 0.7, 'b')]).at(-1)).toMatchObject({ segment: 'b', isKept: false });
    // Nearly as likely as any other: still where they were.
    expect(foldPlacements([first, at(2, 0.48, 0.52, null)]).at(-1)).toMatchObject({ segment: 'a', isKept: true });
    // A segment that the tool does not know gives way.
    const imported: Placing = { ...first, segment: 'gone', probability: null, probabilities: null };
    expect(foldPlacements([imported, at(2, 0.45, 0.55, 'b')]).at(-1)).toMatchObject({ segment: 'b' });
    expect(foldPlacements([first, { ...imported, id: 2, placedAt: '2026-03-02' }]).at(-1)).toMatchObject({
      segment: 'gone',
      probability: null,
    });
  });

  test('too few answers move nobody, and of somebody new say nothing but that', () => {
    const none: Placing = {
      id: 2,
      segment: null,
      probability: 0.4,
      probabilities: { a: 0.4, b: 0.6 },
      reason: 'missing',
      placedAt: '2026-03-02T00:00:00.000Z',
    };
    const first: Placing = { ...none, id: 1, segment: 'a', reason: null, placedAt: '2026-03-01T00:00:00.000Z' };
    expect(foldPlacements([none]).at(-1)).toMatchObject({ segment: null, by: { reason: 'missing' } });
    expect(foldPlacements([first, none]).at(-1)).toMatchObject({ segment: 'a', by: { id: 1 } });
  });
});
