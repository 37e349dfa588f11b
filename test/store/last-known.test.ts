import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lastSeen } from '../../src/rules/last-seen.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import { addCoding, removeCoding } from '../support/bare-coding.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';

describe.each(engines)('what was last known of people on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  let ada = 0;
  let bea = 0;
  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
    [ada = 0, bea = 0] = await knowPeople(
      engine.database,
      planted.workspaceId,
      [{ externalId: 'ada' }, { externalId: 'bea' }],
      planted.at,
    );
    const event = (personId: number, day: number, kind: string, properties: object, context: object) => ({
      seq: day + personId * 1000,
      workspaceId: planted.workspaceId,
      personId,
      kind,
      name: 'Looked',
      properties: JSON.stringify(properties),
      context: JSON.stringify(context),
      occurredAt: `2026-03-${String(day).padStart(2, '0')}T00:00:00.000Z`,
    });
    await engine.database.kysely
      .insertInto('events')
      .values([
        event(
          ada,
          1,
          'page',
          { url: 'https://shop.example/a?utm_source=x', title: 'A' },
          { technology: { os: 'old' } },
        ),
        // Seven servers’ events, which tell nothing of a visit.
        ...[2, 3, 4, 5, 6].map((day) => event(ada, day, 'track', {}, {})),
        event(ada, 7, 'track', {}, { technology: { os: 'Linux' }, locale: 'nl' }),
        event(bea, 2, 'track', {}, { location: { country: 'NL', region: 'NL-NH', regionName: 'Noord-Holland' } }),
      ])
      .execute();
  });
  afterAll(() => engine.close());

  test('the page is found among older events, and the rest among the newest few', async () => {
    const { store, workspaceId } = planted;
    const seen = await store.sights.of([ada]);
    expect(seen).toHaveLength(6);
    expect(lastSeen(seen)).toEqual({
      page: {
        url: 'https://shop.example/a?utm_source=x',
        path: '/a',
        query: '?utm_source=x',
        title: 'A',
        utm_source: 'x',
      },
      technology: { os: 'Linux', language: 'nl' },
      place: {},
    });
    expect(await store.sights.of([])).toEqual([]);
    const byPerson = new Map<number, number>();
    for await (const { personId } of store.sights.all(workspaceId))
      byPerson.set(personId, (byPerson.get(personId) ?? 0) + 1);
    expect(byPerson).toEqual(
      new Map([
        [ada, 6],
        [bea, 1],
      ]),
    );
    expect(lastSeen(await store.sights.of([ada, bea])).place).toEqual({
      country: 'NL',
      region: ['NL-NH', 'Noord-Holland'],
    });
  });

  test('a segment of companies remembers which were in it and of which too little was known', async () => {
    const { store, study, at } = planted;
    const segment = await store.segments.addDefined(study.id, 'Firms', { all: [] }, null, null, at, 'company');
    expect(segment.unit).toBe('company');
    expect(await store.segmentSizes.among(segment.id, [1])).toBeNull();
    const size = {
      segmentId: segment.id,
      day: '2026-03-02',
      admitted: 2,
      unknown: 1,
      everybody: 5,
      entered: 0,
      gone: 0,
    };
    await store.segmentSizes.keep(
      { ...size, counterpart: 9 },
      { number: 1, countedAt: at, people: [3, 4], unknownCompanies: [7] },
    );
    expect(await store.segmentSizes.among(segment.id, [4, 7])).toEqual({ isIn: true, isUnknown: true });
    expect(await store.segmentSizes.among(segment.id, [7, 8])).toEqual({ isIn: false, isUnknown: true });
    expect(await store.segmentSizes.among(segment.id, [8])).toEqual({ isIn: false, isUnknown: false });
  });

  test('codes are counted on the passages of interviews of people, and 0 is not the same as no interview', async () => {
    const { store, study, at } = planted;
    const { kysely } = engine.database;
    const participations = await store.people.participate(study.id, [ada], at);
    const publicId = newPublicId();
    await kysely
      .insertInto('interviews')
      .values({
        studyId: study.id,
        publicId,
        title: 'One',
        participant: 'P1',
        participationId: participations.get(ada) ?? null,
        heldOn: '2026-03-01',
        mode: 'by phone',
        guide: '',
        maySpeak: 0,
        createdBy: null,
        createdAt: at,
      })
      .execute();
    await kysely
      .insertInto('consents')
      .values({
        studyId: study.id,
        subjectKind: 'interview',
        subjectId: publicId,
        purposes: '["analysis"]',
        textVersion: 'v',
        language: 'en',
        givenAt: at,
        withdrawnAt: null,
      })
      .execute();
    const code = await store.notes.codeNamed(study.id, 'Trust', '', at);
    const counted = async (asked: string) => (await store.facts.codedSpans(study.id, [asked], null)).get(asked);
    expect(await counted('trust')).toEqual([{ personId: ada, count: 0 }]);
    expect(await counted(code.publicId)).toEqual([{ personId: ada, count: 0 }]);
    expect(await counted('nothing')).toBeUndefined();
    expect((await store.facts.codedSpans(study.id, ['trust'], [bea])).get('trust')).toEqual([]);
    await kysely
      .insertInto('sourceTexts')
      .values({
        studyId: study.id,
        publicId: 'turn-1',
        version: 1,
        kind: 'turn',
        subjectId: publicId,
        item: '1',
        position: 1,
        speaker: null,
        text: 'I trust them',
        textHash: 'x',
        replaced: 0,
        createdAt: at,
        erasedAt: null,
      })
      .execute();
    const coding = {
      studyId: study.id,
      codeId: code.id,
      sourceId: 'turn-1',
      createdAt: at,
    };
    const first = await addCoding(store, coding);
    await addCoding(store, { ...coding, spanStart: 2 });
    expect(await counted('trust')).toEqual([{ personId: ada, count: 2 }]);
    await removeCoding(store, first, at);
    expect(await counted('trust')).toEqual([{ personId: ada, count: 1 }]);
  });
});
