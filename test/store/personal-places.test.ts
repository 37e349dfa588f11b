import { expect, test } from 'vitest';
import { PLACES } from '../../src/store/personal-places.ts';
import { accountedFor } from '../../src/store/personal-rows.ts';
import { openHouse } from '../support/house.ts';

/** What a column is called that leads to a person, or to what somebody said. */
const POINTS =
  /(^|_)(person_id|canonical_id|participation_id|participant_id|response_id|interview_id|feedback_id)$|^(source_id|subject_id|subject)$/;
/** Tables that foreign keys of other tables lead to people by. */
const OF_PEOPLE = [
  'people',
  'participations',
  'responses',
  'interviews',
  'feedback',
  'recruiting_people',
  'source_texts',
];
/** What is called alike and is of something else: what a run, a handed-on file or an outside account is about. */
const NAMED_ALIKE = [
  'runs.subject',
  'handed_on.subject',
  'outside_identities.subject',
  'attribute_types.subject',
  'erasures.subject',
];

test('every column that leads to a person or to what they said is told to them, or exempt with a reason', async () => {
  await using house = await openHouse();
  const { connection } = house.verbatim;
  const tables = connection
    .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    .pluck()
    .all() as string[];
  const { shown, exempt } = accountedFor();
  const missing: string[] = [];
  const pointing = new Set<string>();
  for (const table of tables) {
    const columns = (connection.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
    const keys = (connection.pragma(`foreign_key_list(${table})`) as { table: string; from: string }[])
      .filter((key) => OF_PEOPLE.includes(key.table))
      .map(({ from }) => from);
    for (const column of columns) {
      const name = `${table}.${column}`;
      if (NAMED_ALIKE.includes(name) || !(POINTS.test(column) || keys.includes(column))) continue;
      pointing.add(name);
      if (!shown.has(name) && !exempt[name]) missing.push(name);
    }
  }
  expect(missing).toEqual([]);
  expect(pointing.size).toBeGreaterThan(60);
  // Nothing in the list is of yesterday.
  for (const { table, by, hidden = [], fate } of PLACES) {
    const columns = (connection.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
    const named = [
      ...Object.keys(by),
      ...hidden,
      ...(typeof fate === 'object' && 'set' in fate ? Object.keys(fate.set) : []),
    ];
    expect([table, named.filter((column) => !columns.includes(column))]).toEqual([table, []]);
  }
});
