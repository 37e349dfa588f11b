import type { Rule } from '../../model/rule.ts';
import { FALSE, TRUE } from '../../rules/compare.ts';
import {
  BASE_MIN,
  type Contrast,
  type ContrastRow,
  contrastColumn,
  HERE,
  type LeftOut,
  REST,
  rankContrast,
} from '../../segments/contrast.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { type EventNames, eventNamesOf } from '../columns/event-names.ts';
import { knownColumns } from '../columns/known-columns.ts';
import { readPeopleColumns } from '../columns/people-columns.ts';
import { definingFacts } from './defining-facts.ts';
import { Unanswerable } from './unanswerable.ts';

export type ContrastArgs = {
  workspaceId: number;
  studyId: number;
  segmentId: number;
  /** Milliseconds since 1970. */
  now: number;
};
export type ContrastFound = Omit<Contrast, 'rows'> & {
  /** Everybody: in the segment, known not to be, and unknown. */
  people: { all: number; here: number; rest: number; unknown: number };
  rows: ContrastRow[];
  /** Rows beyond those that are kept, the smallest effects. */
  notListed: number;
  /** Up to which response and which event it was read. */
  watermark: { responses: number; events: number };
  /** Of how many names of events how many were looked at, the most frequent; missing in what was made before that was kept. */
  events?: EventNames;
};

/** So many rows are kept: the largest effects. */
const ROWS_MAX = 300;
const UNKNOWN_SIDE = 2;

/** What the people of a segment are, do, answer, score and say differently from everybody who is known not to be in it. */
export async function contrastTask({ store, onProgress }: TaskContext, args: ContrastArgs): Promise<ContrastFound> {
  const { workspaceId, studyId, now } = args;
  const segment = await store.segments.findById(studyId, args.segmentId);
  if (!segment || segment.removedAt !== null) throw new Unanswerable('This segment is no longer there');
  const clock = { now, timeZone: (await store.offers.limits(workspaceId)).timeZone };
  const watermark = {
    responses: await store.responses.projectedUpTo(),
    events: (await store.computed.newest(workspaceId, 0)).mark,
  };
  onProgress('Finding who is in the segment', 0.01);
  const rule: Rule = { segment: segment.publicId };
  const { people, population, rowOf } = await readPeopleColumns(store, args, { rule, unit: 'person' }, clock);
  const verdicts = population.decide([rule], clock)[0]!;
  const sides = verdicts.map((verdict) => (verdict === TRUE ? HERE : verdict === FALSE ? REST : UNKNOWN_SIDE));
  const here = sides.filter((side) => side === HERE).length;
  const rest = sides.filter((side) => side === REST).length;
  refuse(here, rest);

  const isDefining = await definingFacts(store, args, segment);
  const leftOut: LeftOut = { base: 0, cell: 0, expected: 0, flat: 0 };
  const rows: ContrastRow[] = [];
  for await (const column of knownColumns(store, args, { people, rowOf }, clock, onProgress))
    rows.push(...contrastColumn(sides, { ...column, isDefining: isDefining(column.asks) }, clock, leftOut));
  onProgress('Sorting what was found', 0.97);
  const ranked = rankContrast(rows, leftOut);
  return {
    ...ranked,
    rows: ranked.rows.slice(0, ROWS_MAX),
    notListed: Math.max(0, ranked.rows.length - ROWS_MAX),
    people: { all: people.length, here, rest, unknown: people.length - here - rest },
    watermark,
    events: await eventNamesOf(store, workspaceId),
  };
}

function refuse(here: number, rest: number): void {
  if (here === 0) throw new Unanswerable('Nobody is in this segment, so there is nobody to hold against the rest');
  if (rest === 0)
    throw new Unanswerable('Nobody is known to be outside this segment, so there is nobody to hold it against');
  if (Math.min(here, rest) < BASE_MIN)
    throw new Unanswerable(
      `Too few people: ${here} in the segment and ${rest} known to be outside it. Each side needs at least ${BASE_MIN}`,
    );
}
