import type { Run } from '../../src/store/analyses.ts';
import type { Segmentation } from '../../src/store/segmentations.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import type { Verbatim } from '../../src/verbatim.ts';

/** Groups people by some inputs as a researcher would: a segmentation, a solution, accepted; tested first if so asked. */
export async function findSegments(
  { segmentations, analysis, store }: Verbatim,
  study: Study,
  survey: SurveyRow,
  form: { inputs: string[]; k: number; seed: number; isTested?: boolean },
): Promise<{ segmentation: Segmentation; run: Run }> {
  const added = await segmentations.add(study, survey, 'Groups', null);
  await segmentations.change(study, added, {
    name: added.name,
    settings: { inputs: form.inputs },
    changedAt: added.changedAt,
  });
  const segmentation = (await store.segmentations.findById(added.id))!;
  if (form.isTested) await segmentations.test(study, segmentation, form.seed, null);
  const { id } = await segmentations.fit(study, segmentation, form, null);
  await analysis.idle();
  const run = (await store.analyses.findRunById(id))!;
  if (run.state !== 'done') throw new Error(`The solution ended ${run.state}: ${run.error ?? ''}`);
  await segmentations.accept(segmentation, run, { note: '' }, null);
  return { segmentation, run };
}
