import { createHash } from 'node:crypto';
import type { SegmentationSettings } from '../../model/segmentation.ts';
import { wordingIn } from '../../model/survey-check.ts';
import type { TypingTool } from '../../model/typing-tool.ts';
import { buildTypingTool } from '../../segments/typing/build-typing-tool.ts';
import { typingCandidates } from '../../segments/typing/typing-candidates.ts';
import { mulberry32 } from '../../stats/random.ts';
import type { TaskContext } from '../analysis-thread.ts';
import type { SegmentationPlace } from './segment-inputs.ts';
import { readColumns } from './survey-columns.ts';

export type TypingArgs = SegmentationPlace & {
  /** What people were grouped by, as the accepted version was made. */
  settings: SegmentationSettings;
  /** The run whose segments are told. */
  runId: number;
  segments: { id: string; name: string }[];
  chosen: string[];
  isAlone: boolean;
  priors: 'equal' | 'sample';
  /** How many questions the tool asks; found by the figures when null. */
  questions: number | null;
  seed: number;
};
export type BuiltTyping = { tool: TypingTool; inputHash: string; watermark: number; version: number };

/** The fewest questions that tell the segments of an accepted version, tried on people who did not help to choose them. */
export async function typingTask(
  { store, onProgress }: TaskContext,
  { settings, runId, segments, chosen, isAlone, priors, questions, seed, ...place }: TypingArgs,
): Promise<BuiltTyping> {
  onProgress('Reading answers', 0.02);
  const { definition, responses, column, watermark, version } = await readColumns(store, place);
  const members = await store.segmentations.membersOf(runId);
  const segmentOf = new Map(members.map(({ responseId, position }) => [responseId, position]));
  const segmentOfPerson = new Map(
    (await store.segmentations.peopleOf(runId)).map(({ personId, position }) => [Number(personId), position]),
  );
  const personOf = new Map(
    segmentOfPerson.size === 0
      ? []
      : (await store.responses.listWithPeople(place.surveyId)).map(({ id, personId }) => [id, Number(personId)]),
  );
  const labels = responses.map(({ id }) => segmentOf.get(id) ?? segmentOfPerson.get(personOf.get(id) ?? 0) ?? null);
  const candidates = typingCandidates(
    definition,
    settings,
    { chosen, isAlone },
    (wording) => wordingIn(wording, definition.languages[0] ?? 'en', definition.languages),
    column,
  );
  const tool = buildTypingTool({
    questions: candidates,
    segments,
    labels,
    priors,
    random: mulberry32(seed),
    ...(questions === null ? {} : { chosen: questions }),
    onStep: (step, done) => onProgress(step, 0.05 + 0.94 * done),
  });
  const inputHash = createHash('sha256')
    .update(JSON.stringify([settings, labels, candidates.map(({ id, values }) => [id, values])]))
    .digest('base64url');
  return { tool, inputHash, watermark, version };
}
