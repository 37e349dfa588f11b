import { expect, test } from 'vitest';
import { heardLadders, type RungKind } from '../../src/coding/heard-ladders.ts';
import { portraitLadders } from '../../src/personas/portrait-ladders.ts';

const KINDS: RungKind[] = ['attribute', 'consequence', 'value'];
const ladder = (subjectId: string, number: number, ...rungs: string[]) =>
  rungs.map((text, at) => ({
    subjectId,
    ladder: number,
    mode: 'soft' as const,
    kind: KINDS[at] ?? ('value' as const),
    codeId: text === 'peace' ? 7 : null,
    codeName: text === 'peace' ? 'Peace of mind' : null,
    text,
  }));
const draw = (rungs: ReturnType<typeof ladder>) =>
  portraitLadders(
    heardLadders(rungs),
    (subjectId) => subjectId.slice(0, 3),
    ({ key, codeId }) => (codeId === null ? key : `code of ${codeId}`),
  );

test('a map keeps the links that most ladders have, counts people once, and names codes so that a file can keep them', () => {
  const all = [
    ...ladder('ada-1', 1, 'one bill', 'no surprises', 'peace'),
    ...ladder('ada-2', 1, 'One bill', 'no surprises', 'peace'),
    ...ladder('bea', 1, 'one bill', 'no surprises', 'peace'),
    ...ladder('bea', 2, 'an app', 'time'),
  ];
  const drawn = draw(all);
  const turned = Map.groupBy(all, ({ subjectId, ladder: number }) => `${subjectId} ${number}`);
  expect(draw([...turned.values()].toReversed().flat())).toEqual(drawn);
  expect(drawn).toMatchObject({ ladders: 4, people: 2, cutoff: 3 });
  expect(drawn?.nodes).toEqual([
    { key: 'words one bill', label: 'one bill', kind: 'attribute', abstractness: 0 },
    { key: 'words no surprises', label: 'no surprises', kind: 'consequence', abstractness: 0.5 },
    { key: 'code of 7', label: 'Peace of mind', kind: 'value', abstractness: 1 },
  ]);
  expect(drawn?.links).toEqual([
    { from: 'words one bill', to: 'words no surprises', count: 3 },
    { from: 'words no surprises', to: 'code of 7', count: 3 },
  ]);
});

test('without two rungs that lead to each other there is no map', () => {
  expect(draw([])).toBeNull();
  expect(draw(ladder('ada', 1, 'one bill'))).toBeNull();
});
