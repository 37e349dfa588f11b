import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PackedMessage, packMessage } from '../../src/store/intake-log.ts';
import { intakeProjector } from '../../src/store/intake-projection.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';

describe.each(engines)('an import of people that is taken back on %s', (_, open) => {
  let engine: OpenEngine;
  let here: Awaited<ReturnType<typeof plantRows>>;
  beforeAll(async () => {
    engine = await open();
    here = await plantRows(engine.database);
  });
  afterAll(() => engine.close());

  let minute = 0;
  const message = (messageId: string, userId: string, traits: object): PackedMessage => {
    minute += 1;
    const occurredAt = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
    const said = { kind: 'identify' as const, name: '', userId, anonymousId: null, messageId, occurredAt, body: {} };
    return packMessage(said, messageId, JSON.stringify({ traits }));
  };
  const tell = async (...messages: PackedMessage[]) => {
    await engine.intake.append({ workspaceId: here.workspaceId, sourceId: null, receivedAt: here.at, messages });
    const { projectBatch } = intakeProjector(engine.database);
    while ((await projectBatch(10)) > 0);
  };
  const known = async (id: string) => {
    const person = (await here.store.people.byExternalIds(here.workspaceId, [id])).get(id);
    if (person === undefined) return null;
    return Object.fromEntries([...(await here.store.people.attributesOf(person))].map(([n, { value }]) => [n, value]));
  };

  test('part by part, with the same end on both engines', async () => {
    const { peopleImports } = here.store;
    const plan = { format: { delimiter: ',' as const, isQuoted: true, hasHeader: true }, columns: [] };
    const about = { workspaceId: here.workspaceId, fileName: 'x.csv', plan, rowCount: 4, createdBy: null };
    const batch = await peopleImports.add(about, here.at);
    const row = (line: number) => `people-import ${batch.publicId} ${line} import`;
    await tell(message('own', 'kept', { plan: 'Free' }));
    await tell(
      message(row(2), 'kept', { plan: 'Pro' }),
      message(row(3), 'brought', { plan: 'Pro' }),
      message(row(4), 'told later', { plan: 'Pro', city: 'Ulm' }),
      message(row(5), 'brought too', {}),
    );
    await tell(message('later', 'told later', { plan: 'Pro' }), message(`x${row(6)}`, 'stranger', { plan: 'Pro' }));
    expect(await peopleImports.beginUndo(batch.id, here.at)).toBe(false);
    await peopleImports.begin(batch, {}, []);
    await peopleImports.end(batch.id, 'complete', here.at);
    expect(await peopleImports.beginUndo(batch.id, here.at)).toBe(true);
    expect(await peopleImports.beginUndo(batch.id, here.at)).toBe(false);
    expect((await peopleImports.undoneLeftovers()).map(({ id }) => id)).toEqual([batch.id]);
    const parts: number[] = [];
    do parts.push(await peopleImports.undoPart(batch, 3));
    while (parts.at(-1) !== 0);
    expect(parts).toEqual([3, 1, 0]);
    await peopleImports.endUndo(batch.id, here.at);
    expect(await peopleImports.undoneLeftovers()).toEqual([]);
    expect(await known('kept')).toEqual({ plan: 'Free' });
    expect(await known('told later')).toEqual({ plan: 'Pro' });
    expect(await known('stranger')).toEqual({ plan: 'Pro' });
    expect([await known('brought'), await known('brought too')]).toEqual([null, null]);
  });
});
