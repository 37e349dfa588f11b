import type { TypingItem } from '../../model/typing-tool.ts';
import { type Random, shuffled } from '../../stats/random.ts';
import type { InputColumn } from '../input-table.ts';

/** A question that a typing tool may ask. */
export type TypingCandidate = InputColumn & {
  /** `person-mean` when the values are answers less the person's mean over a battery. */
  centring?: 'none' | 'person-mean';
  /** What can be answered, with the words for it. */
  options?: readonly { code: string; value: number; text: string }[];
  min?: number;
  max?: number;
  /** How the value comes from items that are asked; the item itself unless told. */
  workedOutOf?: WorkedOut;
};

export type WorkedOut = { parts: readonly { item: TypingItem; weight: number }[]; constant: number };

/** What candidates and segments come to: complete people, in an order of their own. */
export type TypingSample = {
  n: number;
  /** By id, without those that cannot be asked. */
  candidates: TypingCandidate[];
  /** For each column of the rows, whose it is, and which level of a nominal one. */
  columns: { candidate: number; level: number | null }[];
  rows: number[][];
  labels: number[];
  notes: string[];
};

/** Fewer people cannot say how well a tool does. */
export const PEOPLE_MIN = 50;
/** A segment with fewer people cannot be tried on people who did not help to fit it. */
export const SEGMENT_MIN = 5;
/** A question that more than this share did not answer would cost too many people. */
const UNANSWERED_MOST = 0.3;

/**
 * How a value that is centred within the person comes from its battery: the mean of its own items less the mean of all.
 *
 * @param own ids of the items that make the value
 * @param battery all items that were asked together; every one has to be asked
 * @throws {RangeError} when the items of the value are not in the battery
 *
 * @example
 * const item = (id) => ({ id, name: id, kind: 'ordinal', options: [], min: 1, max: 6 })
 * centredWithin(['a'], [item('a'), item('b')]).parts.map(({ weight }) => weight) // => [0.5, -0.5]
 */
export function centredWithin(own: readonly string[], battery: readonly TypingItem[]): WorkedOut {
  if (own.length === 0 || own.some((id) => !battery.some((item) => item.id === id)))
    throw new RangeError('A centred value is made of items of its own battery');
  const parts = battery.map((item) => ({
    item,
    weight: (own.includes(item.id) ? 1 / own.length : 0) - 1 / battery.length,
  }));
  return { parts, constant: 0 };
}

/**
 * People who are in a segment and answered every candidate.
 *
 * @param labels the index of each person's segment, null for none
 * @throws {RangeError} with a sentence that can be shown to a researcher
 */
export function typingSample(
  offered: readonly TypingCandidate[],
  segments: readonly { name: string }[],
  labels: readonly (number | null)[],
): TypingSample {
  if (segments.length < 2) throw new RangeError('A typing tool tells segments apart, so it needs at least two');
  const notes: string[] = [];
  const byId = [...offered].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const inSegment = labels.flatMap((label, i) => (label === null ? [] : [i]));
  byId.forEach((candidate, i) => checkCandidate(candidate, labels.length, byId[i + 1]));
  if (labels.some((label) => label !== null && !segments[label]))
    throw new RangeError('Somebody is in a segment that is not among the segments');

  const candidates = byId.filter(({ name, values }) => {
    const lack = inSegment.filter((i) => values[i] === null).length;
    if (lack > UNANSWERED_MOST * inSegment.length) {
      notes.push(`“${name}” is left out: ${lack} of ${inSegment.length} people did not answer it`);
      return false;
    }
    return true;
  });
  const complete = inSegment.filter((i) => candidates.every(({ values }) => values[i] !== null));
  if (complete.length < inSegment.length)
    notes.push(
      `${inSegment.length - complete.length} of ${inSegment.length} people did not answer every question that it could have asked and are left out`,
    );
  if (complete.length < PEOPLE_MIN)
    throw new RangeError(
      `A typing tool needs at least ${PEOPLE_MIN} people who are in a segment and answered every question, and there are ${complete.length}. Offer fewer questions, or wait for more answers`,
    );
  segments.forEach(({ name }, segment) => {
    const size = complete.filter((i) => labels[i] === segment).length;
    if (size < SEGMENT_MIN)
      throw new RangeError(
        `“${name}” has ${size} people who answered every question, and a typing tool needs at least ${SEGMENT_MIN} of each segment. Leave the segment out or merge it with another`,
      );
  });

  const varying = candidates.filter(({ name, values }) => {
    const first = values[complete[0]!];
    if (complete.some((i) => values[i] !== first)) return true;
    notes.push(`“${name}” is left out: everybody answered it alike`);
    return false;
  });
  if (varying.length === 0) throw new RangeError('Nothing that was offered tells people apart: offer other questions');
  const columns = varying.flatMap((candidate, at) => columnsOf(candidate, at, complete));
  const people = complete
    .map((i) => ({
      label: labels[i]!,
      row: columns.map(({ candidate, level }) => {
        const value = varying[candidate]!.values[i]!;
        return level === null ? value : value === level ? 1 : 0;
      }),
    }))
    .sort((a, b) => compareRows(a.row, b.row) || a.label - b.label);
  return {
    n: people.length,
    candidates: varying,
    columns,
    rows: people.map(({ row }) => row),
    labels: people.map(({ label }) => label),
    notes,
  };
}

/** Folds of one size in which every segment has its share. */
export function stratifiedFolds(labels: readonly number[], folds: number, random: Random): Int32Array {
  const fold = new Int32Array(labels.length);
  let next = 0;
  const segments = Math.max(...labels) + 1;
  for (let segment = 0; segment < segments; segment++) {
    const members = labels.flatMap((label, i) => (label === segment ? [i] : []));
    for (const person of shuffled(members, random)) fold[person] = next++ % folds;
  }
  return fold;
}

function checkCandidate(candidate: TypingCandidate, people: number, next: TypingCandidate | undefined): void {
  const { id, name, values, centring, workedOutOf, kind, levels } = candidate;
  if (next?.id === id) throw new RangeError(`“${name}” is offered twice`);
  if (values.length !== people) throw new RangeError(`“${name}” does not cover the same people as the segments`);
  if (values.some((value) => value !== null && !Number.isFinite(value)))
    throw new RangeError(`“${name}” holds something that is not a number`);
  if (centring === 'person-mean' && (workedOutOf?.parts.length ?? 0) < 2)
    throw new RangeError(
      `“${name}” is centred within the person, so a tool has to ask its whole battery: say which items it is worked out of`,
    );
  if (kind !== 'nominal') return;
  if (workedOutOf !== undefined)
    throw new RangeError(`“${name}” is a choice without order and cannot be worked out of other items`);
  if (values.some((value) => value !== null && levels?.[value] === undefined))
    throw new RangeError(`“${name}” holds a choice that is not among its options`);
}

/** The first level of a nominal question is what the others are compared with. */
function columnsOf(candidate: TypingCandidate, at: number, people: readonly number[]): TypingSample['columns'] {
  if (candidate.kind !== 'nominal') return [{ candidate: at, level: null }];
  const given = [...new Set(people.map((i) => candidate.values[i]!))].sort((a, b) => a - b);
  return given.slice(1).map((level) => ({ candidate: at, level }));
}

function compareRows(a: readonly number[], b: readonly number[]): number {
  for (let j = 0; j < a.length; j++) if (a[j] !== b[j]) return a[j]! - b[j]!;
  return 0;
}
