import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packMessage } from '../../src/store/intake-log.ts';
import { intakeProjector } from '../../src/store/intake-projection.ts';
import type { Source } from '../../src/store/sources.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';

describe.each(engines)('sources and their files on %s', (_, open) => {
  let engine: OpenEngine;
  let here: Awaited<ReturnType<typeof plantRows>>;
  let source: Source;
  beforeAll(async () => {
    engine = await open();
    here = await plantRows(engine.database);
    const { workspaceId } = here;
    const about = { workspaceId, name: 'Shop', createdBy: null, serverKeyHash: `hash ${workspaceId}` };
    source = await here.store.sources.add(about, here.at);
  });
  afterAll(() => engine.close());

  test('a source is found by either key, and told apart by which', async () => {
    const { sources } = here.store;
    expect(await sources.findOpen(source.writeKey)).toMatchObject({ id: source.id, isServer: false, signing: 'off' });
    expect(await sources.findOpen(source.serverKeyHash ?? '', 'serverKeyHash')).toMatchObject({ isServer: true });
    // Neither key opens the other's door.
    expect(await sources.findOpen(source.serverKeyHash ?? '')).toBe(null);
    expect(await sources.findOpen(source.writeKey, 'serverKeyHash')).toBe(null);
    await sources.set(source.id, { signing: 'required', inbox: '{}' });
    expect(await sources.findOpen(source.writeKey)).toMatchObject({ signing: 'required' });
    expect((await sources.withInbox()).map(({ id }) => Number(id))).toContain(Number(source.id));
    await expect(sources.set(source.id, { signing: 'perhaps' })).rejects.toThrow();
  });

  test('how messages were signed is counted, those that name nobody left out', async () => {
    const message = (messageId: string, proof: 'signed' | 'wrong' | null) => {
      const said = { kind: 'track' as const, name: 'x', userId: proof && 'ada', anonymousId: 'a', messageId, body: {} };
      return packMessage({ ...said, occurredAt: here.at }, messageId, '{}', proof);
    };
    const messages = [message('p1', 'signed'), message('p2', 'signed'), message('p3', 'wrong'), message('p4', null)];
    await engine.intake.append({ workspaceId: here.workspaceId, sourceId: source.id, receivedAt: here.at, messages });
    expect(await here.store.sources.proofs(source.id, 100)).toEqual(
      new Map([
        ['signed', 2],
        ['wrong', 1],
      ]),
    );
    expect([...(await here.store.sources.proofs(source.id, 0)).values()]).toEqual([]);
  });

  test('an alias that may speak of browsers only joins no two known people', async () => {
    const tell = async (kind: 'identify' | 'alias', messageId: string, userId: string, body: object) => {
      const said = { kind, name: '', userId, anonymousId: null, messageId, body: {}, occurredAt: here.at };
      const messages = [packMessage(said, messageId, JSON.stringify(body))];
      await engine.intake.append({ workspaceId: here.workspaceId, sourceId: null, receivedAt: here.at, messages });
    };
    await tell('identify', 'i1', 'known-1', {});
    await tell('identify', 'i2', 'known-2', {});
    await tell('alias', 'a1', 'known-1', { previousId: 'known-2', previousIs: 'anonymous' });
    await tell('alias', 'a2', 'known-1', { previousId: 'browser', previousIs: 'anonymous' });
    const { projectBatch } = intakeProjector(engine.database);
    while ((await projectBatch(1)) > 0);
    const behind = (who: object) => here.store.facts.personBehind(here.workspaceId, who);
    const [one, other] = [await behind({ userId: 'known-1' }), await behind({ userId: 'known-2' })];
    expect(one).not.toBe(other);
    expect(await behind({ anonymousId: 'browser' })).toBe(one);
  });

  test('a file is kept with what came of it, and found again by its content while it is being read', async () => {
    const { sourceFiles } = here.store;
    const about = { sourceId: source.id, sha256: 'abc', origin: 'upload' as const };
    const made = await sourceFiles.add({ ...about, name: 'a.csv', bytes: 7, state: 'waiting' }, null, here.at);
    expect((await sourceFiles.uploadsToRead()).map(({ id }) => id)).toContain(made.id);
    expect((await sourceFiles.findSame(about, ['waiting', 'reading']))?.id).toBe(made.id);
    expect(await sourceFiles.findSame({ ...about, origin: 'folder' }, ['waiting'])).toBe(null);
    await sourceFiles.progress(made.id, { lines: 5, kept: 3, known: 1, refused: 1 });
    expect(await sourceFiles.find(source.id, made.publicId)).toMatchObject({
      state: 'reading',
      lines: 5,
      endedAt: null,
    });
    const counts = { lines: 6, kept: 4, known: 1, refused: 1 };
    const faults = [{ line: 3, reason: 'no' }];
    await sourceFiles.end(made.id, { ...counts, state: 'done', reason: null, faults }, here.at);
    expect((await sourceFiles.newest(source.id, 5))[0]).toMatchObject({
      ...counts,
      state: 'done',
      faults,
      endedAt: here.at,
    });
    expect(await sourceFiles.uploadsToRead()).toEqual([]);
  });
});
