import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AttributeValue } from '../../../src/model/attribute.ts';
import { drawMatchedSets, type MatchedSet } from '../../../src/segments/matched-sets.ts';
import { mulberry32, shuffled } from '../../../src/stats/random.ts';
import type { Study } from '../../../src/store/studies.ts';
import { type BeforeArgs, type BeforeFound, beforeTask } from '../../../src/workers/tasks/before.ts';
import { fixedClock, type House, openHouse } from '../../support/house.ts';

const DAY_MS = 86_400_000;
const clock = fixedClock('2026-04-12T12:00:00.000Z');
const now = clock.now().getTime();
const DAYS = 7;
const SIZE = 900;
type Deed = { row: number; name: string; at: number };

let house: House;
let study: Study;
let deeds: Deed[];
let plans: { value: AttributeValue; at: number }[];
/** Public ids by number; the last hundred are the same as the first hundred. */
let ids: string[];
let args: BeforeArgs;
let found: BeforeFound;
const SAME = 100;
const ownRow = (n: number) => (n >= SIZE - SAME ? n - (SIZE - SAME) : n);

/** Demo Watched goes before orders; Page Opened does not. A plan is told of early, or only in the days before. */
beforeAll(async () => {
  house = await openHouse({ now: clock.now });
  const { verbatim } = house;
  study = await verbatim.studies.addTo('A study', null, null, null);
  const { workspaceId } = study;
  const random = mulberry32(3);
  const ms = (days: number) => now - Math.floor(days * DAY_MS);
  deeds = [];
  plans = [];
  for (let n = 0; n < SIZE; n += 1) {
    const did = (name: string, at: number) => deeds.push({ row: n, name, at });
    did('Signed Up', ms(150 + 60 * random()));
    for (let week = 1; week < 20; week += 1) if (random() < 0.4) did('Page Opened', ms(week * 7 + 6 * random()));
    const order = random() < 0.3 ? ms(1 + 80 * random()) : null;
    if (order !== null) {
      did('Ordered', order);
      if (random() < 0.3) did('Ordered', Math.max(order - 3 * DAY_MS, ms(85)));
      if (random() < 0.6) did('Demo Watched', order - Math.floor(6 * DAY_MS * random()));
    } else if (random() < 0.4) did('Demo Watched', ms(80 * random()));
    plans.push({
      value: ['Pro', ' pro', 'free', 'team'][Math.floor(4 * random())]!,
      at: ms(random() < 0.8 ? 200 : 10),
    });
  }
  const told = await verbatim.intake.people(
    workspaceId,
    plans.map((_, n) => ({ externalId: `p${n}`, attributes: [] })),
  );
  const add = verbatim.connection.prepare(
    `insert into attributes (workspace_id, person_id, name, family, value, source, recorded_at) values (?, ?, 'plan', 'other', ?, 'test', ?)`,
  );
  for (const [n, { value, at }] of plans.entries())
    add.run(workspaceId, told[n], JSON.stringify(value), new Date(at).toISOString());
  const events = shuffled(deeds, mulberry32(8)).map(({ row, name, at }, index) => ({
    externalId: `p${row}`,
    messageId: `m${index}`,
    name,
    occurredAt: new Date(at).toISOString(),
    properties: {},
  }));
  for (let from = 0; from < events.length; from += 1_000)
    await verbatim.intake.events(workspaceId, events.slice(from, from + 1_000));
  await verbatim.logs.settle();
  for (let n = SIZE - SAME; n < SIZE; n += 1)
    await verbatim.store.people.link(told[n]!, told[ownRow(n)]!, clock.now().toISOString());
  const canonical = new Map((await verbatim.store.people.canonical(workspaceId)).map((one) => [one.id, one.publicId]));
  ids = told.slice(0, SIZE - SAME).map((id) => canonical.get(id)!);
  args = {
    workspaceId,
    studyId: study.id,
    now,
    event: 'Ordered',
    where: [],
    period: 90,
    days: DAYS,
    controls: 2,
    seed: 4,
  };
  found = await beforeTask({ store: verbatim.store, onProgress: () => {} } as never, args);
}, 60_000);
afterAll(() => house[Symbol.asyncDispose]());

/** The same sets, from what was planted, in another order of people. */
function setsOf(): { sets: MatchedSet[]; outcomes: Float64Array; since: Float64Array } {
  const own = deeds.map((deed) => ({ ...deed, row: ownRow(deed.row) }));
  const begin = Date.parse('2026-01-12T00:00:00.000Z');
  const ofRow = (row: number, name?: string) =>
    own.filter((deed) => deed.row === row && (name === undefined || deed.name === name)).map(({ at }) => at);
  const outcomes = Float64Array.from(ids, (_, row) => {
    const times = ofRow(row, 'Ordered').filter((at) => at >= begin && at <= now);
    return times.length === 0 ? Number.NaN : Math.min(...times);
  });
  const toldAt = (row: number) => plans.flatMap(({ at }, n) => (ownRow(n) === row ? [at] : []));
  const since = Float64Array.from(ids, (_, row) => Math.min(...ofRow(row), ...toldAt(row)));
  const ordered = own.toSorted((a, b) => a.at - b.at);
  const { sets } = drawMatchedSets({
    ids,
    outcomes,
    since,
    doings: { rows: Uint32Array.from(ordered, ({ row }) => row), at: Float64Array.from(ordered, ({ at }) => at) },
    days: DAYS,
    controls: 2,
    seed: 4,
  });
  return { sets, outcomes, since };
}

test('everybody in a set was known for long enough and had not come to it, in the same month and of the same fifth', () => {
  const { sets, outcomes, since } = setsOf();
  expect(found.people).toMatchObject({
    all: SIZE - SAME,
    came: outcomes.filter((at) => !Number.isNaN(at)).length,
    cases: sets.length,
  });
  expect(sets.length).toBeGreaterThan(150);
  const month = (at: number) => new Date(at).toISOString().slice(0, 7);
  for (const { row, at, controls } of sets) {
    expect(outcomes[row]).toBe(at);
    expect(new Set([row, ...controls]).size).toBe(controls.length + 1);
    for (const one of controls) {
      expect(outcomes[one]! <= at).toBe(false);
      expect(since[one]).toBeLessThanOrEqual(at - DAYS * DAY_MS);
      expect(month(since[one]!)).toBe(month(since[row]!));
    }
  }
  expect(found.controls).toBe(sets.reduce((sum, { controls }) => sum + controls.length, 0));
});

/** How many of the cases and controls, of whom it is known, have it; a set counts when it has both. */
function slowly(has: (row: number, at: number) => boolean | null) {
  const counts = { cases: 0, nCases: 0, controls: 0, nControls: 0 };
  for (const { row, at, controls } of setsOf().sets) {
    const own = has(row, at);
    const others = controls.map((one) => has(one, at)).filter((one) => one !== null);
    if (own === null || others.length === 0) continue;
    counts.nCases += 1;
    counts.cases += Number(own);
    counts.nControls += others.length;
    counts.controls += others.filter(Boolean).length;
  }
  return counts;
}
const shownOf = (id: string) => {
  const row = [...found.rows, ...found.defining].find((one) => one.id === id);
  return (
    row && {
      cases: Math.round(row.cases.share * row.nCases),
      nCases: row.nCases,
      controls: Math.round(row.controls.share * row.nControls),
      nControls: row.nControls,
    }
  );
};

test.each(['Demo Watched', 'Page Opened', 'Ordered'])(
  '%s is counted in the days before, over all that somebody is',
  (name) => {
    const has = (row: number, at: number) =>
      deeds.some(
        (deed) => ownRow(deed.row) === row && deed.name === name && deed.at < at && deed.at >= at - DAYS * DAY_MS,
      );
    const expected = slowly(has);
    const shown = shownOf(`event ${name}`);
    if (name === 'Ordered') expect(found.rows.some(({ id }) => id === 'event Ordered')).toBe(false);
    if (shown || name !== 'Ordered') expect(shown).toEqual(expected);
  },
);

test('an attribute is what was known when the days began, whatever its spelling', () => {
  const known = (row: number, at: number) =>
    plans
      .flatMap((plan, n) => (ownRow(n) === row && plan.at <= at - DAYS * DAY_MS ? [plan] : []))
      .toSorted((a, b) => a.at - b.at)
      .at(-1)
      ?.value.toString()
      .trim()
      .toLowerCase() ?? null;
  for (const value of ['pro', 'free', 'team']) {
    const shown = found.rows.find(
      ({ id }) => id.trim().toLowerCase().endsWith(` ${value}`) && id.startsWith('attribute plan'),
    );
    const expected = slowly((row, at) => {
      const own = known(row, at);
      return own === null ? null : own === value;
    });
    expect(shownOf(shown?.id ?? '')).toEqual(expected);
  }
});

test('what was planted is found, and the same seed draws the same whatever the order', async () => {
  const findings = found.rows.filter(({ adjustedP }) => adjustedP !== null && adjustedP <= found.rate);
  expect(findings.map(({ id }) => id)).toEqual(['event Demo Watched']);
  const again = await beforeTask({ store: house.verbatim.store, onProgress: () => {} } as never, args);
  expect(again).toEqual(found);
  const other = await beforeTask({ store: house.verbatim.store, onProgress: () => {} } as never, { ...args, seed: 5 });
  expect(other.rows).not.toEqual(found.rows);
});
