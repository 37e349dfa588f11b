import { describe, expect, test } from 'vitest';
import { mulberry32 } from '../../src/stats/random.ts';
import { findThemes } from '../../src/text/find-themes.ts';
import { mapPlaces } from '../../src/text/theme-map.ts';
import { plantedAnswers } from './planted-answers.ts';

const places = (points: readonly [number, number][]) =>
  mapPlaces(
    Float64Array.from(points.flatMap(([x, y]) => points.map(([u, v]) => Math.hypot(x - u, y - v)))),
    points.length,
  );

describe('the map', () => {
  test('points of a plane come back as they lay, scaled and turned', () => {
    const points: [number, number][] = [
      [0, 0],
      [6, 0],
      [6, 2],
      [1, 3],
      [3, 1],
    ];
    const found = places(points);
    const scale = Math.hypot(found[1]![0] - found[0]![0], found[1]![1] - found[0]![1]) / 6;
    points.forEach(([x, y], a) => {
      points.forEach(([u, v], b) => {
        const apart = Math.hypot(found[a]![0] - found[b]![0], found[a]![1] - found[b]![1]);
        expect(apart).toBeCloseTo(scale * Math.hypot(x - u, y - v), 4);
      });
    });
    expect(Math.max(...found.flat().map(Math.abs))).toBeCloseTo(1, 9);
  });

  test('none, one, two and equal things have places too', () => {
    expect(mapPlaces(new Float64Array(0), 0)).toEqual([]);
    expect(mapPlaces(new Float64Array(1), 1)).toEqual([[0, 0]]);
    expect(
      places([
        [0, 0],
        [1, 0],
      ]).map(([x]) => Number(Math.abs(x).toFixed(6))),
    ).toEqual([1, 1]);

    expect(
      places([
        [2, 2],
        [2, 2],
        [2, 2],
      ]),
    ).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    const apart = mapPlaces(
      Float64Array.from({ length: 900 }, (_, cell) => (cell % 31 === 0 ? 0 : 1)),
      30,
    );
    expect(apart.flat().every((at) => Math.abs(at) <= 1)).toBe(true);
  });
});

/** Many small topics in families: words of a family are shared, words of a topic are its own. */
function families(count: number, each: number, answers: number) {
  const random = mulberry32(11);
  const pick = (items: readonly string[]) => items[Math.floor(random() * items.length)]!;
  const letters = (n: number) => String.fromCharCode(97 + Math.floor(n / 20), 98 + (n % 20));
  return Array.from({ length: count * each * answers }, (_, i) => {
    const topic = i % (count * each);
    const family = topic % count;
    const own = Array.from({ length: 6 }, (_, q) => `w${letters(topic)}${'aeioux'[q]}z`);
    const shared = Array.from({ length: 4 }, (_, q) => `f${letters(family)}${'aeio'[q]}k`);
    return {
      id: `x${String(i).padStart(6, '0')}`,
      text: [pick(own), pick(own), pick(own), pick(shared), pick(shared)].join(' '),
      family,
      topic,
    };
  });
}

describe('more than twenty themes', () => {
  const documents = families(10, 3, 25);
  const result = findThemes(documents, { themes: 30, seed: 1 });

  test('come in eight to twelve groups, every theme in one', () => {
    expect(result.themesFound).toBeGreaterThan(20);
    expect(result.groups.length).toBeGreaterThanOrEqual(8);
    expect(result.groups.length).toBeLessThanOrEqual(12);
    expect(result.groups.flatMap(({ themes }) => themes).sort()).toEqual(result.themes.map(({ id }) => id).sort());
    for (const { id, group } of result.themes) expect(result.groups[group!]!.themes).toContain(id);
    for (const { label } of result.groups) expect(label).toMatch(/^\S+(, \S+)*$/);
  });

  test('whose members are kin, and stand nearer each other on the map', () => {
    const familyOf = new Map(documents.map(({ id, family }) => [id, family]));
    const kin = new Map(
      result.themes.map(({ id }) => {
        const families = result.documents
          .filter(({ theme }) => theme === id)
          .map((document) => familyOf.get(document.id)!);
        const counts = Map.groupBy(families, (family) => family);
        return [id, [...counts].sort((a, b) => b[1].length - a[1].length)[0]![0]];
      }),
    );
    let together = 0;
    let pairs = 0;
    const apart = { kin: [] as number[], strangers: [] as number[] };
    for (const one of result.themes) {
      for (const other of result.themes) {
        if (one.id >= other.id) continue;
        const isKin = kin.get(one.id) === kin.get(other.id);
        apart[isKin ? 'kin' : 'strangers'].push(
          Math.hypot(one.place[0] - other.place[0], one.place[1] - other.place[1]),
        );
        if (!isKin) continue;
        pairs++;
        if (one.group === other.group) together++;
      }
    }
    expect(together / pairs).toBeGreaterThan(0.8);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(apart.kin)).toBeLessThan(mean(apart.strangers) / 2);
  });

  test('the pairs offered for joining are kin, ten at most', () => {
    expect(result.merges.length).toBe(10);
    const groupOf = new Map(result.themes.map(({ id, group }) => [id, group]));
    const isKin = result.merges.filter(({ themes: [one, other] }) => groupOf.get(one) === groupOf.get(other));
    expect(isKin.length).toBeGreaterThanOrEqual(8);
  });
});

describe('parts of a theme', () => {
  const documents = families(3, 3, 60);
  const result = findThemes(documents, { themes: 3, seed: 1 });

  test('are found where there is more to tell, six at most, each with a label and the answers in it', () => {
    for (const theme of result.themes) {
      expect(theme.subThemes.length).toBeGreaterThanOrEqual(2);
      expect(theme.subThemes.length).toBeLessThanOrEqual(6);
      for (const { id, label, words, size } of theme.subThemes) {
        expect(label).toBe(words.slice(0, 3).join(', '));
        expect(label).not.toBe('');
        expect(size).toBe(
          new Set(result.pieces.filter(({ subTheme }) => subTheme === id).map(({ documentId }) => documentId)).size,
        );
        expect(size).toBeGreaterThanOrEqual(5);
      }
    }
    const topicOf = new Map(documents.map(({ id, topic }) => [id, topic]));
    for (const { id } of result.themes.flatMap(({ subThemes }) => subThemes)) {
      const topics = result.pieces
        .filter(({ subTheme }) => subTheme === id)
        .map((piece) => topicOf.get(piece.documentId));
      const counts = [...Map.groupBy(topics, (topic) => topic).values()].map((group) => group.length);
      expect(Math.max(...counts) / topics.length).toBeGreaterThan(0.7);
    }
  });

  test('are not looked for below forty answers', () => {
    const { documents: few } = plantedAnswers(100, mulberry32(1));
    for (const theme of findThemes(few, { themes: 3, seed: 1 }).themes) {
      if (theme.size < 40) expect(theme.subThemes).toEqual([]);
    }
  });

  test('twenty themes or fewer have no groups', () => {
    expect(result.groups).toEqual([]);
    expect(result.themes.every(({ group }) => group === null)).toBe(true);
  });
});
