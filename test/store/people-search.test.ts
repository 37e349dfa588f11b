import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foldText } from '../../src/model/fold-text.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';

const NAMES: Record<string, string> = {
  u1: 'Jörg Müller',
  u2: 'MÜLLER-LÜDENSCHEIDT',
  u3: 'Heinrich Großmann',
  u4: 'HEINRICH GROSSMANN',
  u5: 'Łukasz Żółć',
  u6: 'Søren Ångström',
  u7: 'Ελένη Παπαδάκης',
  u8: 'Наталья Щёголева',
  u9: 'İnci Işık',
  u10: 'Ana "La Niña" Muñoz',
  u11: '김민준',
  // Written with a letter and an accent of its own.
  u12: 'Rene\u0301e',
};

describe.each(engines)('finding people by name on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
    await knowPeople(
      engine.database,
      planted.workspaceId,
      Object.entries(NAMES).map(([externalId, name]) => ({ externalId, attributes: { name } })),
      planted.at,
    );
    await knowPeople(engine.database, planted.workspaceId, [{ externalId: 'ÖZGÜR@Example.org' }], planted.at);
  });
  afterAll(() => engine.close());

  test.each([
    ['MÜLLER', ['u1', 'u2']],
    ['müller', ['u1', 'u2']],
    ['muller', ['u1', 'u2']],
    ['jörg', ['u1']],
    ['großmann', ['u3', 'u4']],
    ['GROSSMANN', ['u3', 'u4']],
    ['GROẞMANN', ['u3', 'u4']],
    ['lukasz zolc', ['u5']],
    ['ANGSTRÖM', ['u6']],
    ['soren', ['u6']],
    ['παπαδακησ', ['u7']],
    ['ЩЁГОЛЕВА', ['u8']],
    ['inci isik', ['u9']],
    ['"la nina"', ['u10']],
    ['민준', ['u11']],
    ['renée', ['u12']],
    ['özgür@EXAMPLE', ['ÖZGÜR@Example.org']],
    ['m_ller', []],
    ['100%', []],
  ])('“%s”', async (words, found) => {
    const { store, workspaceId } = planted;
    const people = await store.peopleSearch.find(workspaceId, words, 0, 50);
    expect(people.map(({ identity }) => identity)).toEqual(found);
    expect(await store.peopleSearch.count(workspaceId, words)).toBe(found.length);
  });

  test('the database folds every letter as we do', async () => {
    const letters: string[] = [];
    // Without halves of pairs, and without the mark of byte order, which decoders swallow.
    for (let point = 0x20; point <= 0xffff; point += 1)
      if ((point < 0xd800 || point > 0xdfff) && point !== 0xfeff) letters.push(String.fromCodePoint(point));
    const json = JSON.stringify(letters);
    const list =
      engine.database.engine === 'sqlite'
        ? sql`select key as place, verbatim_fold(value) as folded from json_each(${json})`
        : sql`select ordinality - 1 as place, verbatim_fold(value) as folded
              from jsonb_array_elements_text(${json}::jsonb) with ordinality as list(value, ordinality)`;
    const { rows } = await sql<{ place: number; folded: string }>`${list}`.execute(engine.database.kysely);
    expect(rows).toHaveLength(letters.length);
    const wrong = rows.filter(({ place, folded }) => folded !== foldText(letters[Number(place)]!));
    expect(wrong.slice(0, 5)).toEqual([]);
  });
});
