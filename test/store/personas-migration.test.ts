import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { kyselyOver } from '../../src/store/database.ts';
import { up } from '../../src/store/migrations/0044-personas.ts';

test('a persona of one segment stays the face of that segment', async () => {
  const connection = new Database(':memory:');
  connection.pragma('foreign_keys = ON');
  connection.exec(`
    create table users (id integer primary key); create table studies (id integer primary key);
    create table segments (id integer primary key);
    create table personas (id integer primary key, study_id integer not null references studies(id),
      segment_id integer not null references segments(id), public_id text not null, created_at text not null);
    create table persona_versions (id integer primary key, persona_id integer not null references personas(id), number integer);
    insert into studies values (1); insert into segments values (7), (8);
    insert into personas values (1, 1, 7, 'a', 'then'), (2, 1, 8, 'b', 'then');
    insert into persona_versions values (1, 1, 1);`);
  await up(kyselyOver('sqlite', connection).kysely as never, 'sqlite');
  expect(connection.prepare('select persona_id, segment_id, position from persona_segments').raw().all()).toEqual([
    [1, 7, 0],
    [2, 8, 0],
  ]);
  expect(connection.prepare('select id, kind, combine, valid_for from personas').raw().all()).toEqual([
    [1, 'quantified', 'any', ''],
    [2, 'quantified', 'any', ''],
  ]);
  expect(connection.prepare('select words, note from persona_versions').raw().all()).toEqual([['{}', '']]);
  expect(connection.pragma('foreign_key_check')).toEqual([]);
  connection.close();
});
