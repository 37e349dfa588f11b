import type { SegmentationSettings } from '../../model/segmentation.ts';
import { buildInputTable } from '../../segments/input-table.ts';
import { type FoundPower, powerToFind } from '../../segments/segment-power.ts';
import { type SegmentTest, testForSegments } from '../../segments/segment-test.ts';
import { mulberry32 } from '../../stats/random.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { readSegmentInputs, type SegmentationPlace, type SegmentInputs } from './segment-inputs.ts';

export type SegmentTestArgs = SegmentationPlace & { settings: SegmentationSettings; seed: number };
export type TestedSegments = {
  test: SegmentTest;
  power: FoundPower[] | null;
  grouped: number;
  leftOut: SegmentInputs['leftOut'];
  provisional: SegmentInputs['provisional'];
  incomplete: number;
  inputHash: string;
  watermark: number;
  version: number;
};

/** Whether there are segments at all in what people are to be grouped by, and how many. */
export async function segmentTestTask(
  { store, onProgress }: TaskContext,
  { settings, seed, ...place }: SegmentTestArgs,
): Promise<TestedSegments> {
  onProgress('Reading answers', 0.02);
  const { blocks, leftOut, provisional, inputHash, watermark, version } = await readSegmentInputs(
    store,
    place,
    settings,
  );
  const table = buildInputTable(blocks, { missing: settings.missing, isBalanced: settings.isBalanced });
  const test = testForSegments(table, {
    random: mulberry32(seed),
    onStep: (step, done) => onProgress(step, 0.05 + 0.75 * done),
  });
  const power =
    test.verdict === 'segments'
      ? null
      : powerToFind(table, {
          random: mulberry32(seed + 1),
          onStep: (step, done) => onProgress(step, 0.8 + 0.19 * done),
        });
  return {
    test,
    power,
    grouped: table.n,
    leftOut,
    provisional,
    incomplete: table.partial.length + table.dropped.length,
    inputHash,
    watermark,
    version,
  };
}
