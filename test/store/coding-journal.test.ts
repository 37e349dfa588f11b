import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mulberry32 } from '../../src/stats/random.ts';
import { ROUND_KIND } from '../../src/store/coding-journal.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import type { Store } from '../../src/store/store.ts';
import { addCoding } from '../support/bare-coding.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';

const at = '2026-03-02T09:00:00.000Z';
const later = '2026-03-02T10:00:00.000Z';

describe.each(engines)('the journal of coding on %s', (name, open) => {
  /** PostgreSQL runs in this process, and slowly. */
  const steps = name.startsWith('SQLite') ? 500 : 60;
  let engine: OpenEngine;
  let store: Store;
  let studyId: number;
  let codeId: number;
  let actors: [number, number];

  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());
  beforeEach(async () => {
    const rows = await plantRows(engine.database);
    store = rows.store;
    studyId = rows.study.id;
    codeId = (await store.notes.codeNamed(studyId, `code ${newPublicId()}`, '', at)).id;
    const user = async (name: string) => {
      const row = await engine.database.kysely
        .insertInto('users')
        .values({
          publicId: newPublicId(),
          email: `${newPublicId()}@example.org`,
          name,
          passwordHash: '',
          isAdmin: 0,
          createdAt: at,
          disabledAt: null,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return Number(row.id);
    };
    actors = [await user('Ada'), await user('Bo')];
  });

  const head = (actorId: number | null, label: string) => ({ studyId, actorId, kind: 'test', label });
  /** All that stands in the study, as a reader finds it. */
  const standing = async () => ({
    codes: (await store.notes.codes(studyId)).map(({ name, parentId, uses }) => [name, parentId, Number(uses)]),
    codings: (await store.notes.codings(studyId, {})).map((row) => [
      row.publicId,
      row.spanStart,
      row.spanEnd,
      row.codeId,
    ]),
  });

  test('hundreds of steps are taken back one by one exactly, and done again exactly', async () => {
    const random = mulberry32(17);
    const states = [await standing()];
    for (let index = 0; index < steps; index += 1) {
      const codings = await store.notes.codings(studyId, {});
      const codes = await store.notes.codes(studyId);
      const pick = <Value>(list: readonly Value[]): Value => list[Math.floor(random() * list.length)]!;
      const kind = codings.length < 3 ? 0 : Math.floor(random() * 5);
      await store.codingJournal.step(head(actors[0], `step ${index}`), at, async (write) => {
        const row = {
          studyId,
          publicId: newPublicId(),
          codeId: Number(pick(codes).id),
          sourceId: 'turn-1',
          sourceVersion: 1,
          spanStart: index,
          spanEnd: index + 3,
          spanHash: 'h',
          coderId: null,
          layer: 'human',
          runId: null,
          createdAt: at,
          removedAt: null,
        };
        if (kind === 0) return write.insert('codings', row);
        if (kind === 1) return write.update('codings', Number(pick(codings).id), { spanEnd: 1000 + index });
        if (kind === 2) return write.update('codings', Number(pick(codings).id), { removedAt: at, removedByHand: 1 });
        if (kind === 3) return write.update('codes', Number(pick(codes).id), { name: `renamed ${index}` });
        // As a merge does: a new code takes over what another had, which goes.
        const code = await write.insert('codes', {
          studyId,
          publicId: newPublicId(),
          parentId: null,
          name: `merged ${index}`,
          definition: '',
          createdAt: at,
          retiredAt: null,
        });
        const gone = Number(pick(codes).id);
        for (const coding of codings.filter((one) => Number(one.codeId) === gone))
          await write.update('codings', Number(coding.id), { codeId: Number(code.id) });
        return codes.length > 1 ? write.update('codes', gone, { retiredAt: at }) : null;
      });
      states.push(await standing());
    }
    for (let index = steps - 1; index >= 0; index -= 1) {
      expect(await store.codingJournal.undo(studyId, actors[0], later)).toMatchObject({ outcome: 'done' });
      if (index % 20 === 0) expect(await standing()).toEqual(states[index]);
    }
    expect(await standing()).toEqual(states[0]);
    expect(await store.codingJournal.undo(studyId, actors[0], later)).toEqual({ outcome: 'nothing' });
    for (let index = 1; index <= steps; index += 1) {
      expect(await store.codingJournal.redo(studyId, actors[0], later)).toMatchObject({ outcome: 'done' });
      if (index % 20 === 0) expect(await standing()).toEqual(states[index]);
    }
    expect(await store.codingJournal.redo(studyId, actors[0], later)).toEqual({ outcome: 'nothing' });
  });

  test('each researcher takes back their own, and the command line its own', async () => {
    await addCoding(store, { studyId, codeId, sourceId: 'x', createdAt: at });
    for (const actor of actors)
      await store.codingJournal.step(head(actor, `by ${actor}`), at, (write) =>
        write.insert('memos', {
          studyId,
          publicId: newPublicId(),
          subjectKind: 'study',
          subjectId: 'x',
          text: 'a memo',
          createdBy: actor,
          createdAt: at,
          changedAt: at,
          removedAt: null,
        } as never),
      );
    expect(await store.codingJournal.next(studyId, actors[0])).toMatchObject({
      undo: { label: `by ${actors[0]}` },
      redo: null,
    });
    await store.codingJournal.undo(studyId, actors[0], later);
    expect(await store.codingJournal.next(studyId, actors[0])).toMatchObject({
      undo: null,
      redo: { label: `by ${actors[0]}` },
    });
    expect(await store.codingJournal.next(studyId, actors[1])).toMatchObject({
      undo: { label: `by ${actors[1]}` },
      redo: null,
    });
    expect(await store.codingJournal.next(studyId, null)).toMatchObject({ undo: { label: 'a code' }, redo: null });
  });

  test('what somebody else changed since stays, and the step before it can be taken back', async () => {
    const first = await store.codingJournal.step(head(actors[0], 'first'), at, (write) =>
      write.update('codes', codeId, { definition: 'mine' }),
    );
    expect(first).toMatchObject({ definition: 'mine' });
    const coding = await addCoding(store, { studyId, codeId, sourceId: 'x', createdAt: at });
    await store.codingJournal.step(head(actors[0], 'second'), at, (write) =>
      write.update('codings', coding.id, { spanEnd: 9 }),
    );
    await store.codingJournal.step(head(actors[1], 'theirs'), at, (write) =>
      write.update('codings', coding.id, { spanEnd: 12 }),
    );
    expect(await store.codingJournal.undo(studyId, actors[0], later)).toMatchObject({
      outcome: 'changed',
      step: { label: 'second' },
    });
    expect((await store.notes.findCoding(studyId, coding.publicId))?.spanEnd).toBe(12);
    expect(await store.codingJournal.undo(studyId, actors[0], later)).toMatchObject({
      outcome: 'done',
      step: { label: 'first' },
    });
  });

  test('something new ends what could be done again', async () => {
    const define = (definition: string) =>
      store.codingJournal.step(head(actors[0], definition), at, (write) =>
        write.update('codes', codeId, { definition }),
      );
    await define('one');
    await define('two');
    await store.codingJournal.undo(studyId, actors[0], later);
    await define('three');
    expect(await store.codingJournal.redo(studyId, actors[0], later)).toEqual({ outcome: 'nothing' });
    await store.codingJournal.undo(studyId, actors[0], later);
    expect((await store.notes.codeById(codeId))?.definition).toBe('one');
  });

  test('what is never taken back stops undoing, and so does a decision of a round anywhere but on its page', async () => {
    const take = (kind: string, label: string) =>
      store.codingJournal.step({ studyId, actorId: actors[0], kind, label }, at, (write) =>
        write.update('codes', codeId, { definition: label }),
      );
    const undo = (isOnRound = false) => store.codingJournal.undo(studyId, actors[0], later, null, isOnRound);
    await take('code', 'older');
    for (const kind of ['correct', 'transcript']) {
      await take(kind, kind);
      expect(await undo()).toMatchObject({ outcome: 'stopped', step: { label: kind } });
      expect(await store.codingJournal.next(studyId, actors[0])).toEqual({
        undo: null,
        redo: null,
        stopped: { id: expect.any(Number), label: kind },
      });
      expect((await store.notes.codeById(codeId))?.definition).toBe(kind);
    }
    await take('code', 'newer');
    expect(await undo()).toMatchObject({ outcome: 'done', step: { label: 'newer' } });
    expect(await undo()).toMatchObject({ outcome: 'stopped' });

    await take(ROUND_KIND, 'decided');
    expect(await store.codingJournal.lastDecision(studyId, actors[0])).toMatchObject({ label: 'decided' });
    expect(await undo()).toMatchObject({ outcome: 'stopped', step: { label: 'decided' } });
    expect((await store.notes.codeById(codeId))?.definition).toBe('decided');
    expect(await undo(true)).toMatchObject({ outcome: 'done', step: { label: 'decided' } });
    expect(await store.codingJournal.lastDecision(studyId, actors[0])).toBeNull();
    expect(await undo(true)).toMatchObject({ outcome: 'stopped', step: { label: 'transcript' } });
  });

  test('a code that somebody else has used since does not go, nor do codes come to stand under themselves', async () => {
    const newCode = (name: string) => ({
      studyId,
      publicId: newPublicId(),
      parentId: null,
      name,
      definition: '',
      createdAt: at,
      retiredAt: null,
    });
    const made = await store.codingJournal.step(head(actors[0], 'new code'), at, (write) =>
      write.insert('codes', newCode(`used ${newPublicId()}`)),
    );
    await addCoding(store, { studyId, codeId: Number(made.id), sourceId: 'x', createdAt: at });
    expect(await store.codingJournal.undo(studyId, actors[0], later)).toMatchObject({ outcome: 'changed' });
    expect((await store.notes.codeById(Number(made.id)))?.retiredAt).toBeNull();

    const [one, two] = await store.codingJournal.step(head(actors[0], 'two codes'), at, async (write) => [
      Number((await write.insert('codes', newCode(`one ${newPublicId()}`))).id),
      Number((await write.insert('codes', newCode(`two ${newPublicId()}`))).id),
    ]);
    const under = (actor: number, id: number, parentId: number | null) =>
      store.codingJournal.step(head(actor, 'place'), at, (write) => write.update('codes', id, { parentId }));
    await under(actors[0], one!, two!);
    await store.codingJournal.undo(studyId, actors[0], later);
    await under(actors[1], two!, one!);
    expect(await store.codingJournal.redo(studyId, actors[0], later)).toMatchObject({ outcome: 'changed' });
    expect((await store.notes.codeById(one!))?.parentId).toBeNull();
  });

  test('a step that is asked for and is not the next is left as it is, and another with it', async () => {
    const define = (definition: string) =>
      store.codingJournal.step(head(actors[0], definition), at, (write) =>
        write.update('codes', codeId, { definition }),
      );
    await define('one');
    const first = (await store.codingJournal.next(studyId, actors[0])).undo?.id ?? 0;
    await define('two');
    expect(await store.codingJournal.undo(studyId, actors[0], later, first)).toMatchObject({ outcome: 'changed' });
    expect(await store.codingJournal.undo(studyId, actors[0], later, 999_999)).toEqual({ outcome: 'nothing' });
    expect((await store.notes.codeById(codeId))?.definition).toBe('two');
  });

  test('a step that fails half way, or changes nothing, leaves nothing', async () => {
    const before = await store.codingJournal.sequence(studyId);
    await expect(
      store.codingJournal.step(head(actors[0], 'half'), at, async (write) => {
        await write.update('codes', codeId, { definition: 'half' });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect((await store.notes.codeById(codeId))?.definition).toBe('');
    await store.codingJournal.step(head(actors[0], 'same'), at, (write) =>
      write.update('codes', codeId, { definition: '' }),
    );
    expect(await store.codingJournal.sequence(studyId)).toBe(before);
  });
});
