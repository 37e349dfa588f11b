import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seal } from '../../src/coding/seal.ts';
import { newPublicId, sourceId } from '../../src/store/identifiers.ts';
import { projector } from '../../src/store/projections.ts';
import { addCoding } from '../support/bare-coding.ts';
import { engines, type OpenEngine, textKey } from '../support/engines.ts';
import { recordsOf } from '../support/plant-responses.ts';
import { plantRows } from '../support/plant-rows.ts';

const AT = '2026-03-02T09:00:00.000Z';

describe.each(engines)('coded passages, on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
  }, 60_000);
  afterAll(() => engine.close());

  test('a passage over two turns is one, and a code keeps the place in the story that was chosen', async () => {
    const { store, study } = planted;
    const interview = newPublicId();
    const sources = ['1', '2'].map((item) => ({
      studyId: study.id,
      publicId: sourceId('turn', interview, item),
      version: 1,
      kind: 'turn',
      subjectId: interview,
      item,
      position: Number(item),
      speaker: 'P07',
      text: 'It was time.',
      textHash: seal(textKey, 'It was time.'),
      replaced: 0,
      createdAt: AT,
    }));
    await store.notes.addInterview(
      {
        studyId: study.id,
        publicId: interview,
        title: 'A talk',
        participant: 'P07',
        participationId: null,
        heldOn: '2026-03-02',
        mode: 'by phone',
        guide: '',
        maySpeak: 1,
        createdBy: null,
        createdAt: AT,
      },
      sources,
      { purposes: ['analysis'], textVersion: '1', language: 'en' },
    );
    const code = await store.notes.codeNamed(study.id, 'Time', '', AT);
    const passage = newPublicId();
    for (const { publicId } of sources)
      await addCoding(store, { studyId: study.id, codeId: code.id, sourceId: publicId, createdAt: AT, passage });
    const alone = await addCoding(store, {
      studyId: study.id,
      codeId: code.id,
      sourceId: sources[0]!.publicId,
      createdAt: AT,
      spanStart: 3,
      spanEnd: 6,
    });
    expect((await store.codedPassages.list(study.id)).map((one) => one.passage)).toEqual([
      passage,
      alone.publicId,
      passage,
    ]);

    const choose = (storyStage: 'deciding' | null) =>
      store.codingJournal.step({ studyId: study.id, actorId: null, kind: 'define', label: 'Time' }, AT, (write) =>
        write.update('codes', code.id, { storyStage }),
      );
    await choose('deciding');
    expect(await store.notes.findCode(study.id, code.publicId)).toMatchObject({
      storyRing: null,
      storyStage: 'deciding',
      storyForce: null,
    });
    await expect(choose('later' as 'deciding')).rejects.toThrow();
  });

  test('responses that count have a first and a last day, and whose they are', async () => {
    const { store, study, survey } = planted;
    expect(await store.responses.days(survey.id)).toEqual({ n: 0, from: null, to: null });
    const [first, last, open_] = [newPublicId(), newPublicId(), newPublicId()];
    for (const response of [
      { id: first, startedAt: '2026-03-02T08:00:00.000Z' },
      { id: last, startedAt: '2026-03-09T08:00:00.000Z' },
      { id: open_, startedAt: '2026-03-20T08:00:00.000Z', isCompleted: false },
    ])
      await engine.responses.append(recordsOf(planted, response));
    const { projectBatch } = projector(engine.database, textKey, () => new Date(AT));
    while ((await projectBatch(1_000)) > 0);
    expect(await store.responses.days(survey.id)).toEqual({ n: 2, from: '2026-03-02', to: '2026-03-09' });
    const respondents = await store.codedPassages.respondents(study.id, [first, open_, 'nobody']);
    expect([...respondents].map(([id, { person }]) => [id, person])).toEqual([[first, first]]);
  });
});
