import type { RuleWhere } from '../../model/rule.ts';
import { windowBounds } from '../../rules/calendar.ts';
import { filterOf } from '../../rules/leaf.ts';
import {
  type Before,
  type BeforeLeftOut,
  type BeforeRow,
  beforeRow,
  type Factor,
  rankBefore,
} from '../../segments/before.ts';
import { BASE_MIN } from '../../segments/contrast.ts';
import { drawMatchedSets, type MatchedSet } from '../../segments/matched-sets.ts';
import type { Store } from '../../store/store.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { type Doings, readDoings } from '../columns/doings.ts';
import { type EventNames, eventNamesOf } from '../columns/event-names.ts';
import type { PeopleRows } from '../columns/known-columns.ts';
import { attributeFactors, type Members } from './before-attributes.ts';
import { Unanswerable } from './unanswerable.ts';

export type BeforeArgs = {
  workspaceId: number;
  studyId: number;
  /** Milliseconds since 1970. */
  now: number;
  event: string;
  where: readonly RuleWhere[];
  /** In days. */
  period: number;
  days: number;
  controls: number;
  seed: number;
};
export type BeforeFound = Before & {
  /** Who came to the outcome in the period, and who of them is in no set, by the reason. */
  people: { all: number; came: number; cases: number; tooNew: number; alone: number; notDrawn: number };
  controls: number;
  watermark: { responses: number; events: number };
  /** Of how many names of events how many were looked at, the most frequent; missing in what was made before that was kept. */
  events?: EventNames;
};

const DAY_MS = 86_400_000;
const shown = (count: number): string => count.toLocaleString('en-GB');

/**
 * What came before an outcome: what the people who came to it did, saw and were in the days before, against people who had
 * not come to it by then and were like them.
 */
export async function beforeTask({ store, onProgress }: TaskContext, args: BeforeArgs): Promise<BeforeFound> {
  const { workspaceId, now, days } = args;
  const clock = { now, timeZone: (await store.offers.limits(workspaceId)).timeZone };
  const period = windowBounds({ last: args.period, unit: 'day' }, clock)!;
  const watermark = {
    responses: await store.responses.projectedUpTo(),
    events: (await store.computed.newest(workspaceId, 0)).mark,
  };
  onProgress('Reading what people did', 0.02);
  const rows = await readRows(store, workspaceId);
  const counts = filterOf(args.where);
  const doings = await readDoings(
    store,
    workspaceId,
    rows,
    {
      name: args.event,
      counts: (properties) => counts(properties as Parameters<typeof counts>[0], clock),
      from: period.from,
      to: period.to,
    },
    now,
    (done) => onProgress('Reading what people did', 0.02 + 0.5 * done),
  );
  const came = doings.outcomes.reduce((sum, at) => sum + Number(!Number.isNaN(at)), 0);
  if (came === 0)
    throw new Unanswerable(`Nobody came to this outcome in the last ${args.period} days, so nothing came before it`);

  onProgress('Drawing people to compare with', 0.55);
  const { sets, ...out } = drawMatchedSets({
    ids: rows.people.map(({ publicId }) => publicId),
    outcomes: doings.outcomes,
    since: doings.since,
    doings: doings.byDay(),
    days,
    controls: args.controls,
    seed: args.seed,
  });
  if (sets.length < BASE_MIN)
    throw new Unanswerable(
      `Too few people to compare. ${shown(came)} came to this outcome in the last ${args.period} days; of these ${shown(out.tooNew)} had not been known for ${days} days before it, and ${shown(out.alone)} had nobody alike who had not come to it. At least ${BASE_MIN} need somebody to be compared with; fewer days before it, or a longer time, may find them`,
    );
  const members = membersOf(sets);
  const leftOut: BeforeLeftOut = { base: 0, cell: 0, margin: 0 };
  const found: BeforeRow[] = [];
  const add = (factor: Factor, had: Uint8Array) => {
    const row = beforeRow(factor, had, members, leftOut);
    if (row) found.push(row);
  };
  onProgress('Looking at the days before', 0.65);
  eventFactors(doings, members, args, add);
  await surveyFactors(store, args, rows, members, add);
  onProgress('Looking at what was known', 0.8);
  await attributeFactors(store, workspaceId, rows, members, days, add);
  return {
    ...rankBefore(found, leftOut),
    people: { all: rows.people.length, came, cases: sets.length, ...out },
    controls: members.rows.length - sets.length,
    watermark,
    events: await eventNamesOf(store, workspaceId),
  };
}

/** People in the order of ids that were drawn by chance, so that nothing depends on who came first. */
async function readRows(store: Store, workspaceId: number): Promise<PeopleRows> {
  const people = (await store.people.canonical(workspaceId)).sort((a, b) => (a.publicId < b.publicId ? -1 : 1));
  const rows = new Map(people.map(({ id }, row) => [id, row]));
  const links = await store.populationFacts.links(workspaceId);
  return { people, rowOf: (personId) => rows.get(links.get(personId) ?? personId) };
}

function membersOf(sets: readonly MatchedSet[]): Members {
  const rows: number[] = [];
  const at: number[] = [];
  const starts = [0];
  const byRow = new Map<number, number[]>();
  for (const set of sets) {
    for (const row of [set.row, ...set.controls]) {
      byRow.set(row, [...(byRow.get(row) ?? []), rows.length]);
      rows.push(row);
      at.push(set.at);
    }
    starts.push(rows.length);
  }
  return { rows, at, starts, byRow };
}

/** Who did each thing in the days before; the outcome itself ends them and is none of them. */
function eventFactors(
  doings: Doings,
  members: Members,
  { event, days }: Pick<BeforeArgs, 'event' | 'days'>,
  add: (factor: Factor, had: Uint8Array) => void,
): void {
  for (const name of doings.names) {
    const had = new Uint8Array(members.rows.length);
    for (const { row, at } of doings.of(name))
      for (const member of members.byRow.get(row) ?? []) {
        const end = members.at[member]!;
        if (at < end && at >= end - days * DAY_MS) had[member] = 1;
      }
    add(
      {
        id: `event ${name}`,
        family: 'event',
        label: `did “${name}”`,
        value: null,
        isDefining: name === event,
        leaf: { event: name, within: { last: days, unit: 'day' }, op: 'gte', value: 1 },
      },
      had,
    );
  }
}

const DEEDS = { seen: 'saw', started: 'began', completed: 'completed', dismissed: 'closed' } as const;

async function surveyFactors(
  store: Store,
  { workspaceId, studyId, days }: Pick<BeforeArgs, 'workspaceId' | 'studyId' | 'days'>,
  { rowOf }: PeopleRows,
  members: Members,
  add: (factor: Factor, had: Uint8Array) => void,
): Promise<void> {
  const slugs = new Set((await store.surveys.list(studyId)).map(({ slug }) => slug));
  const factors = new Map<string, { survey: string; did: keyof typeof DEEDS; had: Uint8Array }>();
  for (const { personId, survey, did, at } of await store.populationFacts.deeds(workspaceId)) {
    const row = rowOf(personId);
    if (row === undefined || !slugs.has(survey)) continue;
    const instant = Date.parse(at);
    const key = `${survey} ${did}`;
    const factor = factors.get(key) ?? { survey, did, had: new Uint8Array(members.rows.length) };
    factors.set(key, factor);
    for (const member of members.byRow.get(row) ?? []) {
      const end = members.at[member]!;
      if (instant < end && instant >= end - days * DAY_MS) factor.had[member] = 1;
    }
  }
  for (const [key, { survey, did, had }] of [...factors].sort(([a], [b]) => (a < b ? -1 : 1)))
    add(
      {
        id: `survey ${key}`,
        family: 'survey',
        label: `${DEEDS[did]} the survey ${survey}`,
        value: null,
        isDefining: false,
        leaf: { survey, did, within: { last: days, unit: 'day' } },
      },
      had,
    );
}
