import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../src/model/audit.ts';
import { auditLogStore, checkChain } from '../../src/store/audit-log.ts';
import { engines, type OpenEngine } from '../support/engines.ts';

const key = Buffer.alloc(32, 9);
const entry = (more: Partial<AuditEntry> = {}): AuditEntry => ({
  at: '2026-03-02T09:00:00.000Z',
  actorKind: 'user',
  actorId: 1,
  studyId: 2,
  action: 'POST /studio/:study/surveys/:survey/publish',
  object: 'survey:kQw3vT9xR2mZb7LpA1cYfg',
  outcome: 'done',
  status: 303,
  detail: {},
  ...more,
});

/** What every column of a row could be changed to. */
const CHANGES: Readonly<Record<string, string>> = {
  at: "'2026-03-02T09:00:00.001Z'",
  actor_kind: "'system'",
  actor_id: '7',
  study_id: 'null',
  action: "'view'",
  object: "''",
  outcome: "'refused'",
  status: '403',
  detail: `'{"rows":1}'`,
  hash: "'another'",
};

describe.each(engines)('the audit log on %s', (_, open) => {
  let engine: OpenEngine;
  let log: ReturnType<typeof auditLogStore>;
  beforeAll(async () => {
    engine = await open();
    log = auditLogStore(engine.database.kysely);
    await log.append(
      Array.from({ length: 12 }, (_each, at) => entry({ actorId: at })),
      key,
    );
  });
  afterAll(() => engine.close());

  const run = (text: string) => sql.raw(text).execute(engine.database.kysely);
  /** Somebody who may do anything with the database, but has no key. */
  async function asThief(work: () => Promise<unknown>): Promise<void> {
    const names =
      engine.database.engine === 'sqlite'
        ? ['audit_log_no_update', 'audit_log_no_delete', 'audit_log_at_end']
        : ['audit_log_no_change', 'audit_log_no_truncate'];
    const kept =
      engine.database.engine === 'sqlite'
        ? (
            await sql<{
              sql: string;
            }>`select sql from sqlite_schema where type = 'trigger' and tbl_name = 'audit_log'`.execute(
              engine.database.kysely,
            )
          ).rows.map((row) => row.sql)
        : [];
    if (engine.database.engine === 'sqlite') for (const name of names) await run(`drop trigger ${name}`);
    else await run('alter table audit_log disable trigger user');
    await work();
    for (const text of kept) await run(text);
    if (engine.database.engine === 'postgres') await run('alter table audit_log enable trigger user');
  }
  const check = () => checkChain(log.all(), key);

  test('rows are added, and the database refuses to change or remove one', async () => {
    await expect(run(`update audit_log set object = '' where number = 3`)).rejects.toThrow(/never changed/);
    await expect(run('delete from audit_log where number = 12')).rejects.toThrow(/never changed/);
    if (engine.database.engine === 'postgres') await expect(run('truncate audit_log')).rejects.toThrow(/never changed/);
    else
      await expect(
        run(`insert or replace into audit_log (number, at, actor_kind, action, object, outcome, detail, hash)
             values (3, '', 'system', 'view', '', 'done', '{}', '')`),
      ).rejects.toThrow(/at its end/);
    expect(await check()).toMatchObject({ rows: 12, changed: [], missing: [] });
  });

  test.each(Object.keys(CHANGES))('a changed %s is found, and the row is named', async (column) => {
    const [before] = (
      await sql<Record<string, unknown>>`select * from audit_log where number = 5`.execute(engine.database.kysely)
    ).rows;
    await asThief(() => run(`update audit_log set ${column} = ${CHANGES[column]} where number = 5`));
    const found = await check();
    expect(found).toMatchObject({ rows: 12, changed: [5], missing: [] });
    const camel = column.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());
    const value = before?.[camel] ?? null;
    await asThief(() =>
      sql`update audit_log set ${sql.ref(column)} = ${value} where number = 5`.execute(engine.database.kysely),
    );
    expect(await check()).toMatchObject({ changed: [] });
  });

  test('a row with another number is found by the gap and by its seal', async () => {
    await asThief(() => run('update audit_log set number = 99 where number = 12'));
    expect(await check()).toMatchObject({ rows: 12, missing: [{ from: 12, to: 98 }] });
    await asThief(() => run('update audit_log set number = 12 where number = 99'));
    expect(await check()).toMatchObject({ changed: [], missing: [] });
  });

  test('rows that are gone from the middle or the beginning are named from the first to the last', async () => {
    await asThief(async () => {
      await run('create table taken as select * from audit_log where number in (1, 6, 7)');
      await run('delete from audit_log where number in (1, 6, 7)');
    });
    expect(await check()).toMatchObject({
      rows: 9,
      changed: [],
      missing: [
        { from: 1, to: 1 },
        { from: 6, to: 7 },
      ],
    });
    await asThief(() => run('insert into audit_log select * from taken'));
    await run('drop table taken');
    expect(await check()).toMatchObject({ rows: 12, changed: [], missing: [] });
  });

  test('another key fits no row', async () => {
    expect((await checkChain(log.all(), Buffer.alloc(32, 1))).changed).toHaveLength(12);
  });

  test('entries that come at the same time stand one behind the other', async () => {
    await Promise.all(Array.from({ length: 40 }, (_each, at) => log.append([entry({ actorId: at }), entry()], key)));
    expect(await check()).toMatchObject({ rows: 92, changed: [], missing: [] });
    expect(await log.head()).toMatchObject({ number: 92 });
  });

  test('a list shows the newest first, of one study or of none, and reads on', async () => {
    await log.append([entry({ studyId: null, action: 'sign-in', outcome: 'refused', detail: { rows: 2 } })], key);
    expect(await log.list({ studyId: null, limit: 5 })).toMatchObject([
      { number: 93, action: 'sign-in', detail: { rows: 2 }, userName: null },
    ]);
    expect((await log.list({ studyId: 2, before: 10, limit: 3 })).map(({ number }) => number)).toEqual([9, 8, 7]);
    expect(await log.list({ outcomes: ['refused'], limit: 5 })).toHaveLength(1);
  });
});
