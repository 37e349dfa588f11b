import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPublicId } from '../../src/store/identifiers.ts';
import type { Place, TimelineEntry } from '../../src/store/timeline.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';

const day = (number: number) => `2026-02-${String(number).padStart(2, '0')}T08:00:00.000Z`;

describe.each(engines)('a person’s timeline, and what stands beside it, on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  let ada: number;
  let bea: number;

  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
    const { kysely } = engine.database;
    const { store, workspaceId, study, survey } = planted;
    [ada = 0, bea = 0] = await knowPeople(
      engine.database,
      workspaceId,
      [{ externalId: 'ada', attributes: { plan: 'pro' } }, { externalId: 'bea' }],
      day(1),
    );
    await store.people.link(bea, ada, day(2));
    await kysely
      .insertInto('events')
      .values(
        [ada, bea, ada].map((personId, index) => ({
          seq: index + 1,
          workspaceId,
          personId,
          kind: 'track',
          name: `Step ${index}`,
          properties: '{}',
          context: '{}',
          occurredAt: day(3),
        })),
      )
      .execute();
    const at = (await store.people.participate(study.id, [bea], day(1))).get(bea) ?? 0;
    const response = {
      studyId: study.id,
      surveyId: survey.id,
      surveyVersionId: survey.publishedVersionId ?? 0,
      publicId: newPublicId(),
      participationId: at,
      batchId: null,
      state: 'completed',
      revision: 3,
      language: 'en',
      isTest: 0,
      asked: '{}',
      attributes: null,
      purposes: '[]',
      startedAt: day(4),
      updatedAt: day(5),
      completedAt: day(5),
      lastPage: 1,
      lastSeq: 1,
      endCode: null,
      device: null,
      browser: null,
      country: null,
      source: null,
      wave: null,
    };
    const { id: responseId } = await kysely
      .insertInto('responses')
      .values(response)
      .returning('id')
      .executeTakeFirstOrThrow();
    const run = {
      studyId: study.id,
      kind: 'scores',
      surveyId: survey.id,
      subject: 's',
      engineVersion: '1',
      seed: 1,
      settings: '{}',
      inputCut: '{}',
      inputHash: null,
      state: 'done',
      step: '',
      progress: 1,
      result: null,
      error: null,
      createdBy: null,
      createdAt: day(6),
      startedAt: day(6),
    };
    for (const finishedAt of [day(6), day(7)]) {
      const { id: runId } = await kysely
        .insertInto('runs')
        .values({ ...run, publicId: newPublicId(), finishedAt })
        .returning('id')
        .executeTakeFirstOrThrow();
      await kysely
        .insertInto('scores')
        .values([
          { runId, responseId, scale: 'v.openness', value: finishedAt === day(7) ? 4.5 : 1 },
          { runId, responseId, scale: 'v.order', value: null },
        ])
        .execute();
    }
    const segment = await store.segments.addDefined(study.id, 'Found', {}, survey.id, null, day(8));
    await kysely
      .updateTable('segments')
      .set({ acceptedAt: day(8) })
      .where('id', '=', segment.id)
      .execute();
    await kysely
      .insertInto('segmentMemberships')
      .values({ segmentId: segment.id, responseId, probability: 1 })
      .execute();
    const interview = newPublicId();
    await kysely
      .insertInto('interviews')
      .values({
        studyId: study.id,
        publicId: interview,
        title: 'A talk',
        participant: 'B',
        participationId: at,
        heldOn: '2026-02-09',
        mode: 'call',
        guide: '',
        maySpeak: 1,
        createdBy: null,
        createdAt: day(9),
      })
      .execute();
    for (const [subjectKind, subjectId, givenAt, withdrawnAt] of [
      ['interview', interview, day(10), null],
      ['response', response.publicId, day(4), day(11)],
    ] as const)
      await kysely
        .insertInto('consents')
        .values({
          studyId: study.id,
          subjectKind,
          subjectId,
          purposes: '["analysis"]',
          textVersion: '1',
          language: 'en',
          givenAt,
          withdrawnAt,
        })
        .execute();
    await store.offers.make(
      { workspaceId, surveyId: survey.id, personId: ada, shape: 'popup', page: '/', at: day(12) },
      [ada],
      () => true,
    );
    await store.offers.dismiss(survey.id, [ada], day(13));
    await store.contacts.optOut({
      workspaceId,
      personId: bea,
      surveyId: null,
      origin: 'page',
      addressSeal: null,
      createdAt: day(14),
    });
    const { id: mailingId } = await kysely
      .insertInto('mailings')
      .values({
        surveyId: survey.id,
        publicId: newPublicId(),
        kind: 'invitation',
        wave: 0,
        audience: '{}',
        message: '{}',
        state: 'done',
        createdBy: null,
        createdAt: day(15),
        endedAt: null,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await kysely
      .insertInto('letters')
      .values({
        mailingId,
        surveyId: survey.id,
        personId: bea,
        publicId: newPublicId(),
        wave: 0,
        round: 1,
        addressSeal: 'x',
        language: 'en',
        state: 'sent',
        attempts: 1,
        dueAt: day(15),
        claimedAt: day(16),
        settledAt: day(17),
        reason: null,
      })
      .execute();
  }, 60_000);
  afterAll(() => engine.close());

  const inWords = (entry: TimelineEntry): string =>
    `${entry.at.slice(8, 10)} ${entry.kind}${entry.kind === 'event' ? ` ${entry.name}` : ''}`;
  const ALL = [
    '17 letter',
    '14 opted-out',
    '13 closed',
    '12 offered',
    '11 withdrew',
    '10 agreed',
    '09 interview',
    '08 segment',
    '07 scored',
    '05 completed',
    '04 begun',
    '04 agreed',
    '03 event Step 2',
    '03 event Step 1',
    '03 event Step 0',
    '02 merged',
    '01 attribute',
  ];

  test('holds everything of everybody the person is the same as, the newest first', async () => {
    const entries = await planted.store.timeline.page(planted.study.id, [ada, bea], null, 100);
    expect(entries.map(inWords)).toEqual(ALL);
    expect(entries.find(({ kind }) => kind === 'scored')).toMatchObject({
      scores: [
        { scale: 'v.openness', value: 4.5 },
        { scale: 'v.order', value: null },
      ],
    });
  });

  test('is the same whatever the length of its pages', async () => {
    for (const length of [1, 2, 3, 5]) {
      const seen: TimelineEntry[] = [];
      for (let after: Place | null = null, pages = 0; pages < 30; pages += 1) {
        const page: TimelineEntry[] = await planted.store.timeline.page(planted.study.id, [ada, bea], after, length);
        seen.push(...page);
        after = page.at(-1) ?? null;
        if (page.length < length) break;
      }
      expect(seen.map(inWords)).toEqual(ALL);
    }
  });

  test('of another study shows what is the workspace’s alone', async () => {
    const { store, workspaceId, at } = planted;
    const other = await store.studies.add(
      { workspaceId, name: 'Other', isClosed: false, inventedNotice: null, userId: null },
      at,
    );
    const kinds = (await store.timeline.page(other.id, [ada, bea], null, 100)).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['event', 'attribute', 'opted-out', 'merged']));
  });

  test('people are found by id, name and address; companies know their people; values of a file are told from those known', async () => {
    const { store, workspaceId } = planted;
    const { kysely } = engine.database;
    await kysely
      .insertInto('attributes')
      .values({
        workspaceId,
        personId: bea,
        name: 'Email',
        family: 'other',
        value: '"Bea@Example.org"',
        source: 'x',
        recordedAt: day(1),
      })
      .execute();
    for (const words of ['bea@ex', 'BEA', 'ada'])
      expect((await store.peopleSearch.find(workspaceId, words, 0, 10)).map(({ identity }) => identity)).toEqual([
        'ada',
      ]);
    expect(await store.peopleSearch.count(workspaceId, 'nobody')).toBe(0);
    expect((await store.peopleSearch.contacts([ada])).get(ada)?.address).toBe('Bea@example.org');

    const { id: companyId } = await kysely
      .insertInto('companies')
      .values({ workspaceId, publicId: newPublicId(), externalId: 'n', name: 'North', createdAt: day(1) })
      .returning('id')
      .executeTakeFirstOrThrow();
    await kysely
      .insertInto('companyMembers')
      .values([
        { companyId, personId: ada, role: null },
        { companyId, personId: bea, role: 'buyer' },
      ])
      .execute();
    expect(await store.companies.list(workspaceId, 0, 10)).toMatchObject([{ name: 'North', people: 1 }]);
    expect(await store.companies.people(companyId, 0, 10)).toMatchObject([{ identity: 'ada', role: 'buyer' }]);
    expect(await store.companies.countPeople(companyId)).toBe(1);
    expect(await store.companies.ofPeople([ada, bea])).toMatchObject([{ name: 'North', role: 'buyer' }]);
    expect(await store.companies.events(companyId, day(1), 10)).toEqual(
      ['Step 0', 'Step 1', 'Step 2'].map((name) => ({ name, count: 1, people: 1 })),
    );

    const known = await store.peopleImports.known(workspaceId, ['bea', 'nobody'], ['plan']);
    expect([known.get('bea')?.get('plan'), known.has('nobody')]).toEqual(['"pro"', false]);
  });

  test('computed values are written, found again and taken back, for whoever somebody is today', async () => {
    const { store, workspaceId } = planted;
    const definition = { kind: 'measure', measure: 'count', event: 'Step 0' } as const;
    const row = { workspaceId, name: 'steps', definition, createdBy: null };
    const computed = await store.computed.add(row, ['steps'], { type: 'number', family: 'other' }, day(20));
    expect(await store.computed.add(row, ['steps'], { type: 'number', family: 'other' }, day(20))).toBeNull();
    if (!computed) throw new Error('It was not added');
    expect(await store.computed.people(workspaceId, 0, 10)).toEqual(new Map([[ada, [ada, bea]]]));
    const found: string[] = [];
    for await (const { name } of store.computed.events([bea, ada], ['Step 0', 'Step 1'])) found.push(name);
    expect(found).toEqual(['Step 0', 'Step 1']);
    const change = { computed: computed.publicId, personId: ada, name: 'steps', family: 'other' as const };
    await store.computed.write(workspaceId, [{ ...change, value: '1' }], day(21));
    expect((await store.people.attributesOf(bea)).get('steps')?.value).toBe(1);
    expect(await store.computed.values([ada], ['steps'])).toMatchObject([{ value: '1' }]);
    await store.computed.write(workspaceId, [{ ...change, value: null }], day(22));
    expect((await store.people.attributesOf(ada)).has('steps')).toBe(false);
    await store.computed.write(workspaceId, [{ ...change, value: '2' }], day(22));
    await store.computed.remove(computed, ['steps']);
    expect((await store.people.attributesOf(ada)).has('steps')).toBe(false);
    expect(await store.computed.list(workspaceId)).toEqual([]);
    // What is still being worked out of a definition that is gone is not kept.
    await store.computed.write(workspaceId, [{ ...change, value: '3' }], day(23));
    expect((await store.people.attributesOf(ada)).has('steps')).toBe(false);
  });
});
