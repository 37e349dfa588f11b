import { describe, expect, test } from 'vitest';
import { mulberry32, shuffled } from '../../src/stats/random.ts';
import { findThemes } from '../../src/text/find-themes.ts';
import { alignToHeld } from '../../src/text/held.ts';
import { plantedAnswers } from './planted-answers.ts';

const { documents, topics } = plantedAnswers(240, mulberry32(7));
const of = (topic: string) => documents.filter((_, i) => topics[i] === topic).map(({ id }) => id);
const [parking, canteen, manager] = ['parking', 'canteen', 'manager'].map(of) as [string[], string[], string[]];

describe('answers a researcher kept in a theme', () => {
  // Among the canteen's answers stand some about parking: chance and words alike would move them.
  const kept = [...canteen.slice(0, 10), ...parking.slice(0, 6)].map((documentId) => ({ documentId, theme: 'food' }));

  test.each([1, 2, 3, 4, 5, 6])('never move, seed %i', (seed) => {
    for (const themes of [3, 'auto'] as const) {
      const result = findThemes(documents, { themes, seed, kept });
      const themesOf = new Map(result.documents.map((document) => [document.id, document]));
      for (const { documentId } of kept) {
        expect(themesOf.get(documentId)).toEqual({
          id: documentId,
          theme: 'food',
          confidence: 1,
          themes: [{ theme: 'food', confidence: 1 }],
        });
      }
      expect(
        result.pieces
          .filter(({ documentId }) => kept.some((one) => one.documentId === documentId))
          .every(({ theme }) => theme === 'food'),
      ).toBe(true);
      expect(result.themes.map(({ id }) => id).filter((id) => id === 'food')).toHaveLength(1);
    }
  });

  test('their theme gathers answers like them and gets the id named; others are new', () => {
    const result = findThemes(documents, { themes: 3, seed: 1, kept });
    const inFood = result.documents.filter(({ theme }) => theme === 'food').map(({ id }) => id);
    expect(inFood.filter((id) => canteen.includes(id)).length).toBeGreaterThan(60);
    expect(inFood.filter((id) => manager.includes(id)).length).toBeLessThan(15);
    expect(result.themes.map(({ id }) => id).sort()).toEqual(['food', 't1', 't2']);
    expect(result.themes.find(({ id }) => id === 'food')!.size).toBe(inFood.length);
  });

  test('several themes can be held at once, and more than were asked for', () => {
    const names = ['a', 'b', 'c', 'd'];
    const many = names.flatMap((theme, q) =>
      [parking, canteen, manager, parking.slice(30)][q]!.slice(0, 8).map((documentId) => ({ documentId, theme })),
    );
    const result = findThemes(documents, { themes: 2, seed: 1, kept: many });
    const themeOf = new Map(result.documents.map(({ id, theme }) => [id, theme]));
    for (const { documentId, theme } of many) expect(themeOf.get(documentId)).toBe(theme);
    expect(result.themes.map(({ id }) => id).sort()).toEqual(names);
  });

  test('a new theme never takes a name that was used', () => {
    const result = findThemes(documents, {
      themes: 3,
      seed: 1,
      kept: parking.slice(0, 5).map((documentId) => ({ documentId, theme: 't2' })),
      barred: [{ documentId: canteen[0]!, theme: 't1' }],
    });
    expect(result.themes.map(({ id }) => id).sort()).toEqual(['t2', 't3', 't4']);
  });

  test('a document kept in two themes is in both, the first named first', () => {
    const two = ['x', 'y'].flatMap((theme) => [{ documentId: parking[0]!, theme }]);
    const more = [
      ...parking.slice(1, 9).map((documentId) => ({ documentId, theme: 'x' })),
      ...canteen.slice(0, 9).map((documentId) => ({ documentId, theme: 'y' })),
    ];
    const result = findThemes(documents, { themes: 3, seed: 1, kept: [...two, ...more] });
    const placed = result.documents.find(({ id }) => id === parking[0]);
    expect(placed?.themes.map(({ theme }) => theme)).toEqual(['x', 'y']);
  });

  test('what shares no word, is too little to group or is in another language stays where it was put', () => {
    const odd = { id: 'odd', text: 'qxz vbn' };
    const foreign = { id: 'foreign', text: 'Το φαγητό είναι ακριβό' };
    const held = [odd, foreign].map(({ id }) => ({ documentId: id, theme: 'own' }));
    const among = findThemes([...documents, odd, foreign], { themes: 3, seed: 1, kept: held });
    expect(among.documents.filter(({ theme }) => theme === 'own').map(({ id }) => id)).toEqual(['foreign', 'odd']);
    expect(among.themes.find(({ id }) => id === 'own')).toMatchObject({ size: 2, band: 'review' });
    const alone = findThemes([odd, foreign], { themes: 'auto', seed: 1, kept: held });
    expect(alone.themes).toMatchObject([{ id: 'own', size: 2 }]);
  });

  test('decisions about answers that are gone change nothing', () => {
    const gone = [{ documentId: 'gone', theme: 'old' }];
    const { themes } = findThemes(documents, { themes: 3, seed: 1, kept: gone });
    expect(themes.map(({ label, size }) => [label, size])).toEqual(
      findThemes(documents, { themes: 3, seed: 1 }).themes.map(({ label, size }) => [label, size]),
    );
  });

  test('the order of answers and decisions changes nothing', () => {
    const options = { themes: 3, seed: 1 } as const;
    expect(findThemes(shuffled(documents, mulberry32(2)), { ...options, kept: shuffled(kept, mulberry32(3)) })).toEqual(
      findThemes(documents, { ...options, kept }),
    );
  });
});

describe('answers barred from a theme', () => {
  const kept = canteen.slice(0, 20).map((documentId) => ({ documentId, theme: 'food' }));
  const barred = canteen.slice(20, 40).map((documentId) => ({ documentId, theme: 'food' }));

  test.each([1, 2, 3, 4])('are never put there, seed %i', (seed) => {
    for (const themes of [1, 3, 'auto', 60] as const) {
      const result = findThemes(documents, { themes, seed, kept, barred });
      const themesOf = new Map(
        result.documents.map((document) => [document.id, document.themes.map(({ theme }) => theme)]),
      );
      for (const { documentId } of barred) expect(themesOf.get(documentId), `${themes}`).not.toContain('food');
      for (const { documentId } of kept) expect(themesOf.get(documentId)).toEqual(['food']);
    }
  });

  test('others of their kind may still go there', () => {
    const result = findThemes(documents, { themes: 3, seed: 1, kept, barred });
    const food = result.documents.filter(({ theme }) => theme === 'food').map(({ id }) => id);
    expect(food.filter((id) => canteen.slice(40).includes(id)).length).toBeGreaterThan(10);
  });
});

test('groups take the number of the theme most of their documents are held in', () => {
  const held = { themes: 2, fixed: Int32Array.of(1, 1, 0, -1, -1), barred: new Map([[4, [0]]]) };
  expect([...alignToHeld(Int32Array.of(2, 2, 0, 1, 0), held, 3)]).toEqual([1, 1, 0, 2, 1]);
});

test('decisions hold among more answers than themes are found from', () => {
  const { documents: many, topics: truth } = plantedAnswers(10_500, mulberry32(3));
  const some = (topic: string, from: number) =>
    many
      .filter((_, i) => truth[i] === topic)
      .slice(from, from + 25)
      .map(({ id }) => id);
  const decide = (ids: string[], theme: string) => ids.map((documentId) => ({ documentId, theme }));
  const kept = [...decide(some('canteen', 3000), 'food'), ...decide(some('parking', 3000), 'food')];
  const barred = decide(some('canteen', 100), 'food');
  const result = findThemes(many, { themes: 3, seed: 1, kept, barred });
  const themesOf = new Map(result.documents.map(({ id, themes }) => [id, themes.map(({ theme }) => theme)]));
  for (const { documentId } of kept) expect(themesOf.get(documentId)).toEqual(['food']);
  for (const { documentId } of barred) expect(themesOf.get(documentId)).not.toContain('food');
  expect(result.themes.find(({ id }) => id === 'food')!.size).toBeGreaterThan(2500);
});
