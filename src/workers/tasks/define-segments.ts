import { createHash } from 'node:crypto';
import { CELLS_MOST, type DefinedSettings } from '../../model/defined-segmentation.ts';
import { type ShareInterval, wilsonInterval } from '../../stats/wilson-interval.ts';
import type { Store } from '../../store/store.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { type CrossedDetails, defineCrossed } from './define-crossed.ts';
import { type CutDetails, defineByCuts } from './define-cuts.ts';
import { definePurchases, type PurchaseDetails } from './define-purchases.ts';
import { defineByRules, type RulesDetails } from './define-rules.ts';
import { Unanswerable } from './unanswerable.ts';

export type DefinePlace = { workspaceId: number; studyId: number; surveyId: number | null };
export type DefineArgs = DefinePlace & {
  settings: Exclude<DefinedSettings, { kind: 'imported' }>;
  /** Milliseconds since 1970. */
  now: number;
};
/** What each way of defining tells beside the cells. */
export type DefinedDetails = CutDetails | PurchaseDetails | RulesDetails | CrossedDetails;
/** A cell with its members: responses, or people. */
export type DefinedCell = { key: string; name: string; members: number[] };
/** Who is in no cell, and why. */
export type NotPlaced = { why: string; count: number };
export type DefinedBy = {
  unit: 'responses' | 'people';
  cells: DefinedCell[];
  notPlaced: NotPlaced[];
  details: DefinedDetails;
  /** The survey whose answers were read; null where none was. */
  survey: { id: number; version: number; watermark: number } | null;
};
/** Segments as they are kept with their run; members travel beside them. */
export type KeptDefined = Pick<DefinedBy, 'unit' | 'notPlaced'> & {
  kind: DefinedSettings['kind'];
  n: number;
  cells: { key: string; name: string; count: number; share: ShareInterval }[];
  details: DefinedDetails | null;
};
export type DefinedSegments = {
  kept: KeptDefined;
  cells: DefinedCell[];
  /** The survey whose answers describe the people. */
  surveyId: number | null;
  inputHash: string;
  watermark: number;
  version: number | null;
};

/** People or responses in the cells of a definition. */
export async function defineSegmentsTask(
  { store, onProgress }: TaskContext,
  { settings, now, ...place }: DefineArgs,
): Promise<DefinedSegments> {
  onProgress('Reading what is known', 0.05);
  const by = await defined(store, place, settings, now);
  if (by.cells.length > CELLS_MOST)
    throw new Unanswerable(
      `There are ${by.cells.length} combinations, more than ${CELLS_MOST}: put those of few people together, or take segmentations of fewer segments`,
    );
  if (by.cells.every(({ members }) => members.length === 0))
    throw new Unanswerable('Nobody is in any of these segments');
  onProgress('Counting', 0.9);
  const surveyId =
    by.survey?.id ?? (await surveyOfMost(store, place.studyId, new Set(by.cells.flatMap(({ members }) => members))));
  return {
    kept: keptOf(settings.kind, by),
    cells: by.cells,
    surveyId,
    inputHash: createHash('sha256')
      .update(JSON.stringify([settings, by.cells.map(({ key, members }) => [key, members])]))
      .digest('base64url'),
    watermark: by.survey?.watermark ?? 0,
    version: by.survey?.version ?? null,
  };
}

function defined(store: Store, place: DefinePlace, settings: DefineArgs['settings'], now: number): Promise<DefinedBy> {
  switch (settings.kind) {
    case 'cut':
      return defineByCuts(store, place, settings);
    case 'purchases':
      return definePurchases(store, place, settings, now);
    case 'rules':
      return defineByRules(store, place, settings, now);
    case 'crossed':
      return defineCrossed(store, place, settings);
  }
}

/** What is kept of cells: how many each holds, of all that any holds. */
export function keptOf(
  kind: DefinedSettings['kind'],
  { unit, cells, notPlaced, details }: Omit<DefinedBy, 'details' | 'survey'> & { details: DefinedDetails | null },
): KeptDefined {
  const n = cells.reduce((sum, { members }) => sum + members.length, 0);
  return {
    kind,
    unit,
    n,
    cells: cells.map(({ key, name, members }) => ({
      key,
      name,
      count: members.length,
      share: wilsonInterval(members.length, n) ?? { share: 0, low: 0, high: 1 },
    })),
    notPlaced: notPlaced.filter(({ count }) => count > 0),
    details,
  };
}

/** The survey of a study that most of some people answered; null when nobody did any. */
export async function surveyOfMost(store: Store, studyId: number, people: ReadonlySet<number>): Promise<number | null> {
  const counts = new Map<number, number>();
  for (const { surveyId, personId } of await store.segmentImports.surveysOf(studyId))
    if (people.has(personId)) counts.set(surveyId, (counts.get(surveyId) ?? 0) + 1);
  return [...counts].toSorted(([a, n], [b, m]) => m - n || a - b)[0]?.[0] ?? null;
}
