import { createHash } from 'node:crypto';
import { wayOf } from '../../model/base-sample.ts';
import type { Asked } from '../../model/record.ts';
import { ASKED_WAYS, type AskedWay, type SegmentationSettings } from '../../model/segmentation.ts';
import { addressOfItem } from '../../model/typing-block.ts';
import type { TypingTool } from '../../model/typing-tool.ts';
import { laterAnswers } from '../../segments/later-answers.ts';
import { placeRow, type SegmentModel } from '../../segments/place-in-segment.ts';
import {
  type DriftVerdict,
  judgeDrift,
  type LaterPlaced,
  type ShareDrift,
  shareDrift,
  type ToolAccuracy,
  toolAccuracy,
} from '../../segments/segment-drift.ts';
import { answersForTool } from '../../segments/typing/survey-answers.ts';
import { typePerson } from '../../segments/typing/type-person.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { readSegmentInputs, type SegmentationPlace } from './segment-inputs.ts';

export type SegmentDriftArgs = SegmentationPlace & {
  segmentationId: number;
  /** The version that stands: its run, its number and when it was accepted. */
  runId: number;
  version: number;
  acceptedAt: string;
  settings: SegmentationSettings;
  model: SegmentModel;
  /** The published tool of the version; null without one. */
  toolId: number | null;
  /** When it is looked at. */
  now: string;
};
/** Who came since and is not counted, by why. */
export type DriftLeftOut = {
  /** By a way that the base is not made of. */
  ways: Partial<Record<AskedWay, number>>;
  /** Among those whom the version was made of. */
  grouped: number;
  /** Answered too little to be placed. */
  incomplete: number;
  /** Placed without a response, so that nobody knows how they came to be asked. */
  unknown: number;
};
export type DriftResult = {
  version: number;
  acceptedAt: string;
  lookedAt: string;
  /** The public id that each segment keeps, in the order of the shares. */
  segments: { lineage: string; name: string }[];
  ways: AskedWay[];
  answers: { drift: ShareDrift | null; leftOut: DriftLeftOut };
  tool: {
    name: string;
    publishedAt: string;
    drift: ShareDrift | null;
    leftOut: DriftLeftOut;
    accuracy: ToolAccuracy;
    /** Of those, whose placement was kept when they answered; the tool was put to the answers of the others now. */
    asPlaced: number;
    floor: number;
  } | null;
  verdict: DriftVerdict;
};

/** A tool is to get four of five right, or as many as it was measured to, where that is fewer. */
const RIGHT_LEAST = 0.8;
export const floorOf = ({ measured }: TypingTool): number =>
  Math.min(RIGHT_LEAST, measured?.unsure.accuracyOfSure?.low ?? RIGHT_LEAST);

/** Who came since a version was accepted, held against those it was made of; and whether its tool still tells them right. */
export async function segmentDriftTask(
  { store, onProgress }: TaskContext,
  { segmentationId, runId, version, acceptedAt, settings, model, toolId, now, ...place }: SegmentDriftArgs,
): Promise<{ result: DriftResult; inputHash: string; watermark: number; version: number }> {
  onProgress('Reading answers', 0.05);
  // Everybody is read, so that those who do not count are told and not passed over.
  const read = await readSegmentInputs(store, place, { ...settings, ways: [...ASKED_WAYS], base: '' });
  const { responses, columns } = read;
  const segments = await store.segmentations.segmentsOf(runId);
  const k = segments.length;
  const members = new Map((await store.segmentations.membersOf(runId)).map((member) => [member.responseId, member]));
  const people = new Map(
    (await store.responses.listWithPeople(place.surveyId)).map(({ id, personId }) => [
      id,
      personId === null ? null : Number(personId),
    ]),
  );
  const ways = new Set<AskedWay>(settings.ways);
  const base: number[] = [];
  const grouped = new Set<string>();
  for (const [row, { id }] of responses.entries()) {
    const member = members.get(id);
    if (!member) continue;
    grouped.add(keyOf(people.get(id) ?? null, id));
    if (member.isPartial !== 1) base.push(row);
  }

  onProgress('Placing those who came since', 0.3);
  const given = laterAnswers(model, read.blocks);
  const leftOut = nobody();
  const since = new Map<string, { row: number; at: string; segment: number }>();
  for (const [row, { id, completedAt, asked }] of responses.entries()) {
    if (completedAt === null || completedAt <= acceptedAt || members.has(id)) continue;
    const key = keyOf(people.get(id) ?? null, id);
    const way = wayOf(JSON.parse(asked) as Asked);
    if (!ways.has(way)) leftOut.ways[way] = (leftOut.ways[way] ?? 0) + 1;
    else if (grouped.has(key)) leftOut.grouped += 1;
    else {
      const answers = given[row];
      const placed = answers && isEnough(answers, settings) ? placeRow(model, answers) : null;
      if (placed === null) leftOut.incomplete += 1;
      else since.set(key, { row, at: completedAt, segment: placed.segment });
    }
  }
  const byAnswers = shareDrift(
    base.map((row) => members.get(responses[row]!.id)!.position),
    [...since.values()],
    k,
    now,
  );

  onProgress('Asking the tool', 0.6);
  const kept = toolId === null ? null : await store.typingTools.findById(toolId);
  const indexOf = new Map(segments.map(({ lineage, publicId }, index) => [lineage ?? publicId, index]));
  const toldOf = kept ? toolOver(kept.tool, columns.column, indexOf) : null;
  const tool: DriftResult['tool'] = kept && toldOf ? await lookAtTool(kept, toldOf) : null;

  async function lookAtTool(
    { id, name, publishedAt, tool: table }: NonNullable<typeof kept>,
    told: NonNullable<typeof toldOf>,
  ): Promise<NonNullable<DriftResult['tool']>> {
    const from = publishedAt !== null && publishedAt > acceptedAt ? publishedAt : acceptedAt;
    const rows = await store.segmentDrift.placedByTool({ segmentationId, version, toolId: id }, from);
    const placed = new Map<string, number | null>();
    const later = new Map<string, LaterPlaced>();
    const without = nobody();
    // The newest of a person counts; it comes last.
    for (const { personId, responseId, segment, placedAt, asked } of rows) {
      const key = keyOf(personId, responseId ?? 0);
      const index = segment === null ? null : (indexOf.get(segment) ?? null);
      placed.set(key, index);
      const way = asked === null ? null : wayOf(JSON.parse(asked) as Asked);
      if (way === null) without.unknown += 1;
      else if (!ways.has(way)) without.ways[way] = (without.ways[way] ?? 0) + 1;
      else if (grouped.has(key) || (responseId !== null && members.has(responseId))) without.grouped += 1;
      else later.set(key, { at: placedAt, segment: index });
    }
    // Tool against tool: its shares differ from those of the segments by its own mistakes, and that is no drift.
    const drift = shareDrift(base.map(told), [...later.values()], k, now);
    const pairs = [...since].map(([key, { row, segment }]) => ({
      known: segment,
      told: placed.has(key) ? placed.get(key)! : told(row),
    }));
    return {
      name,
      publishedAt: from,
      drift,
      leftOut: without,
      accuracy: toolAccuracy(pairs, k),
      asPlaced: [...since.keys()].filter((key) => placed.has(key)).length,
      floor: floorOf(table),
    };
  }

  const result: DriftResult = {
    version,
    acceptedAt,
    lookedAt: now,
    segments: segments.map(({ lineage, publicId, name }) => ({ lineage: lineage ?? publicId, name })),
    ways: settings.ways,
    answers: { drift: byAnswers, leftOut },
    tool,
    verdict: judgeDrift(
      { answers: byAnswers, tool: tool?.drift ?? null },
      tool?.accuracy ?? null,
      tool?.floor ?? RIGHT_LEAST,
    ),
  };
  return {
    result,
    inputHash: createHash('sha256')
      .update(JSON.stringify([read.inputHash, runId, toolId, tool?.leftOut, tool?.drift?.since.counts]))
      .digest('base64url'),
    watermark: read.watermark,
    version: read.version,
  };
}

const nobody = (): DriftLeftOut => ({ ways: {}, grouped: 0, incomplete: 0, unknown: 0 });

/** Who somebody is: a person, or a response of nobody who is known. */
const keyOf = (personId: number | null, responseId: number): string =>
  personId === null ? `response ${responseId}` : `person ${personId}`;

const isEnough = (answers: Float64Array, { missing }: SegmentationSettings): boolean =>
  missing === 'fill' || answers.every((value) => !Number.isNaN(value));

/** The place of the segment that a tool tells of a row's answers; null where it is not sure. */
function toolOver(
  tool: TypingTool,
  column: (item: string) => readonly unknown[],
  indexOf: ReadonlyMap<string, number>,
): (row: number) => number | null {
  const asked = [...new Set(tool.items.map(({ id }) => addressOfItem(id)))].map(
    (item) => [item, column(item)] as const,
  );
  return (row) => {
    const { segment } = typePerson(
      tool,
      answersForTool(
        tool,
        {},
        new Map(asked.flatMap(([item, values]) => (values[row] == null ? [] : [[item, values[row]] as const]))),
      ),
    );
    return segment === null ? null : (indexOf.get(segment) ?? null);
  };
}
