import type { SettingsOf } from '../../model/defined-segmentation.ts';
import { type Crossed, crossSegments } from '../../segments/cross-segments.ts';
import type { Segmentation } from '../../store/segmentations.ts';
import type { Store } from '../../store/store.ts';
import type { DefinedBy, DefinePlace } from './define-segments.ts';
import { segmentLabels } from './segment-labels.ts';
import { readColumns } from './survey-columns.ts';
import { Unanswerable } from './unanswerable.ts';

export type CrossedDetails = {
  kind: 'crossed';
  /** The two, with the versions that were laid across each other. */
  of: { name: string; version: number; segments: string[] }[];
  counts: number[][];
  /** Of each cell, how many there would be by chance. */
  expected: number[];
  association: Crossed['association'];
};

type Standing = {
  segmentation: Segmentation;
  version: number;
  segments: { key: string; name: string }[];
  /** Whether its segments hold responses, and not people. */
  hasResponses: boolean;
};

/** The standing versions of two segmentations laid across each other, over responses where one of them holds any, else over people. */
export async function defineCrossed(
  store: Store,
  { studyId }: DefinePlace,
  { of, fewest }: SettingsOf<'crossed'>,
): Promise<DefinedBy> {
  const sides = [await standing(store, studyId, of[0]), await standing(store, studyId, of[1])] as const;
  const over = sides.find(({ hasResponses }) => hasResponses);
  const surveyId = over?.segmentation.surveyId ?? null;
  const read =
    surveyId === null ? await overPeople(store, sides) : await overResponses(store, { studyId, surveyId }, sides);
  const [first, second] = read.labels;
  const crossed = crossSegments(
    { names: sides[0].segments.map(({ name }) => name), labels: first! },
    { names: sides[1].segments.map(({ name }) => name), labels: second! },
    fewest,
  );
  const members: number[][] = crossed.cells.map(() => []);
  for (const [index, cell] of crossed.labels.entries()) if (cell !== null) members[cell]!.push(read.ids[index]!);
  return {
    unit: surveyId === null ? 'people' : 'responses',
    cells: crossed.cells.map(({ first: a, second: b, name }, index) => ({
      key: a === null || b === null ? 'rest' : `${sides[0].segments[a]!.key} ${sides[1].segments[b]!.key}`,
      name,
      members: members[index]!,
    })),
    notPlaced: [
      { why: `In a segment of “${sides[0].segmentation.name}” only`, count: crossed.onlyFirst },
      { why: `In a segment of “${sides[1].segmentation.name}” only`, count: crossed.onlySecond },
    ],
    details: {
      kind: 'crossed',
      of: sides.map(({ segmentation, version, segments }) => ({
        name: segmentation.name,
        version,
        segments: segments.map(({ name }) => name),
      })),
      counts: crossed.counts,
      expected: crossed.cells.map(({ expected }) => expected),
      association: crossed.association,
    },
    survey: read.survey,
  };
}

async function standing(store: Store, studyId: number, publicId: string): Promise<Standing> {
  const segmentation = await store.segmentations.find(studyId, publicId);
  const [version] = segmentation ? await store.segmentations.versions(segmentation.id) : [];
  if (!segmentation || !version)
    throw new Unanswerable('One of the two segmentations is no longer there, or has no version that stands');
  const segments = await store.segmentations.current(segmentation.id);
  return {
    segmentation,
    version: version.number,
    segments: segments.map(({ lineage, publicId: own, name }) => ({ key: lineage ?? own, name })),
    hasResponses: (await store.segmentations.membersOf(version.runId)).length > 0,
  };
}

async function overResponses(
  store: Store,
  place: { studyId: number; surveyId: number },
  sides: readonly [Standing, Standing],
) {
  const { responses, version, watermark } = await readColumns(store, place, []);
  const labels = [];
  for (const { segmentation } of sides) labels.push((await segmentLabels(store, segmentation, responses)).labels);
  return { ids: responses.map(({ id }) => id), labels, survey: { id: place.surveyId, version, watermark } };
}

async function overPeople(store: Store, sides: readonly [Standing, Standing]) {
  const known = [];
  for (const { segmentation, segments } of sides) {
    const placeOf = new Map(segments.map(({ key }, index) => [key, index]));
    const standings = await store.placements.current(segmentation.id);
    known.push(
      new Map(
        [...standings].map(([personId, { segment }]) => [
          personId,
          segment === null ? null : (placeOf.get(segment) ?? null),
        ]),
      ),
    );
  }
  const ids = [...new Set(known.flatMap((own) => [...own.keys()]))].toSorted((a, b) => a - b);
  return { ids, labels: known.map((own) => ids.map((id) => own.get(id) ?? null)), survey: null };
}
