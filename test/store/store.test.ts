import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../src/store/analyses.ts';
import { isUniqueViolation } from '../../src/store/dialect.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import { migrate, SCHEMA_VERSION, schemaVersion } from '../../src/store/migrate.ts';
import { addCoding } from '../support/bare-coding.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';
import { smallSurvey } from '../support/small-survey.ts';

describe.each(engines)('the store on %s', (_, open) => {
  let engine: OpenEngine;
  let here: Awaited<ReturnType<typeof plantRows>>;
  let elsewhere: Awaited<ReturnType<typeof plantRows>>;
  beforeAll(async () => {
    engine = await open();
    here = await plantRows(engine.database);
    elsewhere = await plantRows(engine.database);
  });
  afterAll(() => engine.close());

  test('a fresh database is at today’s schema, and moving it there again does nothing', async () => {
    expect(await schemaVersion(engine.database)).toBe(SCHEMA_VERSION);
    let wasCopied = false;
    expect(
      await migrate(
        engine.database,
        () => new Date(),
        async () => {
          wasCopied = true;
        },
      ),
    ).toBe(0);
    expect(wasCopied).toBe(false);
  });

  test('a database from a newer Verbatim is refused', async () => {
    const { kysely } = engine.database;
    await kysely
      .insertInto('schemaMigrations')
      .values({ number: SCHEMA_VERSION + 1, name: 'from-the-future', appliedAt: here.at })
      .execute();
    await expect(migrate(engine.database, () => new Date())).rejects.toThrow(/newer version/);
    await kysely
      .deleteFrom('schemaMigrations')
      .where('number', '=', SCHEMA_VERSION + 1)
      .execute();
  });

  describe('people', () => {
    const know = async (value: string, attributes: Record<string, string> = {}, at = here.at) =>
      (await knowPeople(engine.database, here.workspaceId, [{ externalId: value, attributes }], at))[0] ?? 0;

    test('are the same by the same id, within a workspace and not beyond', async () => {
      const first = await know('ada');
      expect(await know('ada')).toBe(first);
      const [other] = await knowPeople(engine.database, elsewhere.workspaceId, [{ externalId: 'ada' }], here.at);
      expect(other).not.toBe(first);
    });

    test('have the latest value of each attribute', async () => {
      const id = await know('bea', { plan: 'Free', city: 'Ulm' }, '2026-01-01T00:00:00.000Z');
      await know('bea', { plan: 'Pro' }, '2026-02-01T00:00:00.000Z');
      expect(
        Object.fromEntries([...(await here.store.people.attributesOf(id))].map(([name, { value }]) => [name, value])),
      ).toEqual({ plan: 'Pro', city: 'Ulm' });
    });

    test('who are merged are one from then on, and nothing that was kept is rewritten', async () => {
      const [a, b, c] = [
        await know('m-a', { plan: 'Free' }, '2026-01-01T00:00:00.000Z'),
        await know('m-b', { plan: 'Pro' }, '2026-02-01T00:00:00.000Z'),
        await know('m-c', { city: 'Ulm' }),
      ];
      const facts = () =>
        engine.database.kysely
          .selectFrom('attributes')
          .selectAll()
          .where('personId', 'in', [a, b, c])
          .orderBy('id')
          .execute();
      const before = await facts();
      await here.store.people.link(b, a, here.at);
      expect((await here.store.people.sameAs(b)).sort()).toEqual([a, b].sort());
      expect((await here.store.people.attributesOf(a)).get('plan')?.value).toBe('Pro');
      // Merged into somebody who is another already: both are that other.
      await here.store.people.link(c, b, here.at);
      expect((await here.store.people.sameAs(c)).sort()).toEqual([a, b, c].sort());
      // The other way round it is said already.
      await here.store.people.link(a, c, here.at);
      expect((await here.store.people.sameAs(a)).sort()).toEqual([a, b, c].sort());
      expect(
        (await here.store.people.canonical(here.workspaceId))
          .map(({ id }) => id)
          .filter((id) => [a, b, c].includes(id)),
      ).toEqual([a]);
      expect((await here.store.people.allAttributes(here.workspaceId)).get(a)).toEqual(
        new Map([
          ['plan', 'Pro'],
          ['city', 'Ulm'],
        ]),
      );
      expect(await facts()).toEqual(before);
    });

    test('merge with all who were merged into them', async () => {
      const [a, b, c] = [await know('n-a'), await know('n-b'), await know('n-c')];
      await here.store.people.link(c, b, here.at);
      await here.store.people.link(b, a, here.at);
      expect((await here.store.people.sameAs(c)).sort()).toEqual([a, b, c].sort());
    });

    test('take part once, under a pseudonym of each study', async () => {
      const id = await know('p');
      const first = await here.store.people.participate(here.study.id, [id], here.at);
      const again = await here.store.people.participate(here.study.id, [id], here.at);
      expect(again.get(id)).toBe(first.get(id));
      const second = await here.store.studies.add(
        { workspaceId: here.workspaceId, name: 'second', isClosed: false, inventedNotice: null, userId: null },
        here.at,
      );
      const there = await here.store.people.participate(second.id, [id], here.at);
      expect(there.get(id)).not.toBe(first.get(id));
      expect(await here.store.people.personOf(first.get(id) ?? 0)).toBe(id);
      const pseudonyms = await engine.database.kysely
        .selectFrom('participations')
        .select('pseudonym')
        .where('personId', '=', id)
        .execute();
      expect(new Set(pseudonyms.map((row) => row.pseudonym)).size).toBe(2);
    });
  });

  describe('accounts', () => {
    const someone = (email: string) => ({ email, name: 'Ada', passwordHash: 'x', isAdmin: false });

    test('the first account is made once, with a workspace, and spends the code', async () => {
      const { accounts } = here.store;
      await accounts.putSetting('setup-code', 'hash');
      const made = await Promise.all([
        accounts.addFirst(someone('a@x.example'), 'Ours', here.at),
        accounts.addFirst(someone('b@x.example'), 'Theirs', here.at),
      ]);
      expect(made.filter((user) => user !== null)).toHaveLength(1);
      expect(await accounts.setting('setup-code')).toBeNull();
      expect(await accounts.countUsers()).toBe(1);
    });

    test('an address belongs to one account', async () => {
      await here.store.accounts.add(someone('c@x.example'), { role: 'viewer', studyId: null }, here.at);
      const again = here.store.accounts.add(someone('c@x.example'), { role: 'viewer', studyId: null }, here.at);
      await expect(
        again.catch((error: unknown) => Promise.reject(isUniqueViolation(error) ? new Error('taken') : error)),
      ).rejects.toThrow('taken');
    });

    test('a new password ends every session', async () => {
      const user = await here.store.accounts.add(someone('d@x.example'), { role: 'viewer', studyId: null }, here.at);
      const session = (idHash: string) => ({
        idHash,
        userId: user.id,
        createdAt: here.at,
        seenAt: here.at,
        expiresAt: '2027-01-01T00:00:00.000Z',
        authenticatedAt: here.at,
        device: null,
      });
      await here.store.accounts.openSession(session('s1'));
      await here.store.accounts.openSession(session('s2'));
      expect(await here.store.accounts.findSession('s1')).toMatchObject({ email: 'd@x.example' });
      await here.store.accounts.setPassword(user.id, 'y');
      expect([await here.store.accounts.findSession('s1'), await here.store.accounts.findSession('s2')]).toEqual([
        null,
        null,
      ]);
    });

    test('a study is entered with the role that is nearest to it, and closed studies only by name', async () => {
      const { accounts, studies } = here.store;
      const viewer = await accounts.add(someone('e@x.example'), { role: 'viewer', studyId: null }, here.at);
      const guest = await accounts.add(someone('f@x.example'), { role: 'researcher', studyId: here.study.id }, here.at);
      const closed = await studies.add(
        { workspaceId: here.workspaceId, name: 'closed', isClosed: true, inventedNotice: null, userId: guest.id },
        here.at,
      );
      expect((await studies.findEntered(viewer.id, here.study.publicId))?.role).toBe('viewer');
      expect(await studies.findEntered(viewer.id, closed.publicId)).toBeNull();
      expect((await studies.entered(guest.id)).map(({ id, role }) => [id, role]).sort()).toEqual(
        [
          [here.study.id, 'researcher'],
          [closed.id, 'owner'],
        ].sort(),
      );
      expect(await studies.findEntered(guest.id, elsewhere.study.publicId)).toBeNull();
    });
  });

  test('nothing of one study is found through another', async () => {
    const { store, study, survey, at } = here;
    const stranger = elsewhere.study.id;
    const run = await store.analyses.addRun(
      {
        studyId: study.id,
        kind: 'themes',
        surveyId: survey.id,
        subject: 'story',
        engineVersion: '1',
        seed: 1,
        settings: {},
        inputCut: {},
        createdBy: null,
      },
      at,
    );
    const segment = await store.segments.addDefined(study.id, 'Some', { all: [] }, survey.id, null, at);
    const persona = await store.personas.addVersion(
      { studyId: study.id, segmentIds: [segment.id], personaId: null },
      { name: 'P', lede: '', portrait: '{}', createdBy: null },
      at,
    );
    const code = await store.notes.codeNamed(study.id, 'moving', '', at);
    const batch = await store.responses.addBatch(
      { studyId: study.id, surveyId: survey.id, fileName: 'x', mapping: {}, rowCount: 0, createdBy: null },
      at,
    );
    const interview = await store.notes.addInterview(
      {
        studyId: study.id,
        publicId: newPublicId(),
        title: 't',
        participant: 'p',
        participationId: null,
        heldOn: '2026-03-01',
        mode: 'in person',
        guide: '',
        maySpeak: 1,
        createdBy: null,
        createdAt: at,
      },
      [
        {
          studyId: study.id,
          publicId: newPublicId(),
          version: 1,
          kind: 'turn',
          subjectId: 'subject',
          item: '1',
          position: 1,
          speaker: null,
          text: 'Words',
          textHash: 'h',
          replaced: 0,
          createdAt: at,
        },
      ],
      { purposes: ['analysis'], textVersion: 'v', language: 'en' },
    );
    const [source] = await store.notes.sourcesOf(study.id, 'subject');
    const coding = await addCoding(store, {
      studyId: study.id,
      codeId: code.id,
      sourceId: source?.publicId ?? '',
      createdAt: at,
    });
    const finds = (id: number) =>
      Promise.all([
        store.surveys.find(id, survey.publicId),
        store.surveys.findById(id, survey.id),
        store.analyses.findRun(id, run.publicId),
        store.segments.find(id, segment.publicId),
        store.segments.findById(id, segment.id),
        store.personas.find(id, persona.publicId),
        store.notes.findCode(id, code.publicId),
        store.notes.findInterview(id, interview.publicId),
        store.notes.findSource(id, source?.publicId ?? '', 1),
        store.responses.findBatch(id, batch.publicId),
      ]);
    expect((await finds(study.id)).every((found) => found !== null)).toBe(true);
    expect((await finds(stranger)).every((found) => found === null)).toBe(true);
    expect(await store.notes.findSources(stranger, [source?.publicId ?? ''])).toEqual([]);
    expect(await store.notes.sourcesOf(stranger, 'subject')).toEqual([]);
    expect(await store.notes.codings(stranger, { codeId: code.id })).toEqual([]);
    expect(await store.notes.findCoding(stranger, coding.publicId)).toBeNull();
    expect(await store.notes.findCoding(study.id, coding.publicId)).not.toBeNull();
    const people = await knowPeople(engine.database, here.workspaceId, [{ externalId: 'wall' }], at);
    const row = await engine.database.kysely
      .selectFrom('people')
      .selectAll()
      .where('id', '=', people[0] ?? 0)
      .executeTakeFirstOrThrow();
    expect(await store.people.find(elsewhere.workspaceId, row.publicId)).toBeNull();
    expect(await store.people.find(here.workspaceId, row.publicId)).not.toBeNull();
  });

  test('a draft that has moved on is neither saved over nor published', async () => {
    const { surveys } = here.store;
    const draft = await surveys.add(here.study.id, newPublicId().toLowerCase(), smallSurvey, here.at);
    expect(
      await surveys.saveDraft(draft.id, 1, { ...smallSurvey, title: { en: 'Second' } }, { at: here.at, userId: null }),
    ).toBe(true);
    expect(await surveys.saveDraft(draft.id, 1, smallSurvey, { at: here.at, userId: null })).toBe(false);
    expect(await surveys.publish(draft.id, 1, 'h', null, here.at)).toBeNull();
    expect(await surveys.publish(draft.id, 2, 'h', null, here.at)).toEqual({ number: 1 });
    expect(await surveys.publish(draft.id, 2, 'h', null, here.at)).toEqual({ number: 1 });
    expect((await surveys.findPublished(draft.slug))?.definition.title).toEqual({ en: 'Second' });
    expect(await surveys.findPublished('nobody')).toBeNull();
  });

  describe('a run', () => {
    const begun = async (): Promise<Run> => {
      const run = await here.store.analyses.addRun(
        {
          studyId: here.study.id,
          kind: 'themes',
          surveyId: here.survey.id,
          subject: 'story',
          engineVersion: '1',
          seed: 7,
          settings: { themes: 2 },
          inputCut: { filter: 'x' },
          createdBy: null,
        },
        here.at,
      );
      expect(await here.store.analyses.begin(run.id, here.at)).toBe(true);
      return run;
    };
    const theme = {
      key: 't1',
      position: 0,
      label: 'Moving',
      words: '[]',
      size: 3,
      share: 0.5,
      repeatability: 0.9,
      band: 'high',
      quotes: [{ sourceId: 's', sourceVersion: 1, spanStart: 0, spanEnd: 1, spanHash: 'h' }],
    };
    const documents = [
      { sourceId: 's', sourceVersion: 1, theme: 't1', confidence: 0.9 },
      { sourceId: 'u', sourceVersion: 1, theme: null, confidence: 0 },
    ];

    test('writes all it found, once', async () => {
      const run = await begun();
      expect(await here.store.analyses.begin(run.id, here.at)).toBe(false);
      expect(await here.store.analyses.saveThemes(run, '{}', 'hash', [theme], documents, here.at)).toBe(true);
      expect(await here.store.analyses.saveThemes(run, '{}', 'hash', [theme], documents, here.at)).toBe(false);
      const [found] = await here.store.analyses.themesOf(run.id);
      expect(found).toMatchObject({ label: 'Moving', share: 0.5, version: 1 });
      expect(await here.store.analyses.quotesOf(found?.id ?? 0)).toHaveLength(1);
      expect((await here.store.analyses.documentsOf(run.id)).map(({ themeId }) => themeId).sort()).toEqual(
        [found?.id, null].sort(),
      );
      expect((await here.store.analyses.latestDone(here.study.id, 'themes', { subject: 'story' }))?.id).toBe(run.id);
      expect(await here.store.analyses.findTheme(elsewhere.study.id, found?.publicId ?? '')).toBeNull();
    });

    test('that was cancelled writes nothing, whatever it found meanwhile', async () => {
      const run = await begun();
      expect(await here.store.analyses.cancel(run.id, here.at)).toBe(true);
      expect(await here.store.analyses.saveThemes(run, '{}', 'hash', [theme], documents, here.at)).toBe(false);
      expect(await here.store.analyses.themesOf(run.id)).toEqual([]);
      expect(await here.store.analyses.documentsOf(run.id)).toEqual([]);
      expect(await here.store.analyses.findRunById(run.id)).toMatchObject({ state: 'cancelled', result: null });
      expect(await here.store.analyses.cancel(run.id, here.at)).toBe(false);
    });

    test('that a stopped process left behind is failed, and says how to go on', async () => {
      const run = await begun();
      await here.store.analyses.failUnfinished(here.at);
      expect(await here.store.analyses.findRunById(run.id)).toMatchObject({
        state: 'failed',
        error: expect.stringContaining('same seed'),
      });
    });

    test('keeps scores and segments with their members', async () => {
      const run = await begun();
      expect(
        await here.store.analyses.saveSegments(
          run,
          '{}',
          'h',
          [{ position: 0, name: 'One', profile: '{}', members: [] }],
          here.at,
        ),
      ).toBe(true);
      expect(await here.store.segmentations.segmentsOf(run.id)).toMatchObject([
        { name: 'One', origin: 'found', acceptedAt: null },
      ]);
      // What nobody accepted is no segment of the study yet.
      expect((await here.store.segments.list(here.study.id)).some((segment) => segment.runId === run.id)).toBe(false);
    });
  });

  test('a batch is loaded by one, and what a stopped process was loading is interrupted', async () => {
    const { responses } = here.store;
    const batch = await responses.addBatch(
      { studyId: here.study.id, surveyId: here.survey.id, fileName: 'x', mapping: {}, rowCount: 0, createdBy: null },
      here.at,
    );
    expect([await responses.beginBatch(batch.id), await responses.beginBatch(batch.id)]).toEqual([true, false]);
    await responses.interruptLoading(here.at);
    expect((await responses.findBatch(here.study.id, batch.publicId))?.state).toBe('interrupted');
  });

  test('a segment’s rule is changed by whoever saw its latest version', async () => {
    const { segments } = here.store;
    const segment = await segments.addDefined(here.study.id, 'A', { all: [] }, null, null, here.at);
    expect([
      await segments.redefine(segment.id, 1, { name: 'B', rule: { any: [] } }),
      await segments.redefine(segment.id, 1, { name: 'C', rule: { any: [] } }),
    ]).toEqual([true, false]);
    expect((await segments.find(here.study.id, segment.publicId))?.name).toBe('B');
  });

  test('a persona’s versions are numbered one after the other', async () => {
    const { personas, segments } = here.store;
    const segment = await segments.addDefined(here.study.id, 'A', { all: [] }, null, null, here.at);
    const place = { studyId: here.study.id, segmentIds: [segment.id], personaId: null as number | null };
    const persona = await personas.addVersion(
      place,
      { name: 'One', lede: '', portrait: '{}', createdBy: null },
      here.at,
    );
    await personas.addVersion(
      { ...place, personaId: persona.id },
      { name: 'Two', lede: 'l', portrait: '{}', createdBy: null },
      here.at,
    );
    expect((await personas.versionsOf(persona.id)).map(({ number, name }) => [number, name])).toEqual([
      [2, 'Two'],
      [1, 'One'],
    ]);
    expect((await personas.ofSegment(segment.id))?.id).toBe(persona.id);
  });
});
