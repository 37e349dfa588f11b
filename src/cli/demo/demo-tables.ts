import type { Run } from '../../store/analyses.ts';
import type { Study } from '../../store/studies.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { Verbatim } from '../../verbatim.ts';

/** Homes in this country by who owns them, as an invented census has it, in percent. */
const TENURE = [
  'own-outright = 21',
  'own-loan = 27',
  'rent-private = 30',
  'rent-social = 14',
  'with-others = 6',
  'other = 2',
].join('\n');

/** What a researcher makes of found segments: a profile, variables of others, a weighting, and a table of everything. */
export async function describeSegments(
  { analysis, bannerTables, derivedVariables, samples, segmentProfiles, store }: Verbatim,
  study: Study,
  { run, survey }: { run: Run; survey: SurveyRow },
): Promise<void> {
  const segmentation = (await store.segmentations.findById(run.segmentationId ?? 0))!;
  const variable = (name: string, definition: object) =>
    derivedVariables.add(study, survey, { name, note: '', definition }, null);
  await variable('Age in three bands', {
    kind: 'bands',
    of: 'answer:age',
    cuts: [35, 55],
    labels: ['Under 35', '35 to 54', '55 and over'],
  });
  await variable('Owns or rents', {
    kind: 'nets',
    of: 'answer:tenure',
    nets: [
      { code: 'owns', label: 'Owns', codes: ['own-outright', 'own-loan'] },
      { code: 'rents', label: 'Rents', codes: ['rent-private', 'rent-social'] },
    ],
    rest: 'leave-out',
  });
  await samples.addBase(survey, { name: 'Everybody a page met', definition: { ways: ['widget'] } }, null);
  await samples.addWeighting(
    survey,
    await samples.weightingOfForm(survey, {
      name: 'By who owns homes (invented shares)',
      base: '',
      isByProbability: false,
      given: {},
      margins: [{ column: 'answer:tenure', text: TENURE }],
      low: '',
      high: '5',
      missing: 'keep',
    }),
    null,
  );
  const table = await bannerTables.add(
    study,
    survey,
    {
      name: 'Everything by segment',
      settings: {
        format: 1,
        rows: [],
        banners: [{ of: `segment:${segmentation.publicId}`, within: null, nets: [] }],
        weighting: null,
        filter: '',
        adjustment: 'benjamini-hochberg',
        alpha: 0.05,
        baseMin: 30,
        baseWarned: 50,
        medians: false,
      },
    },
    null,
  );
  await bannerTables.make(study, survey, table, null, false, null);
  const solution = await segmentProfiles.solutionOf(study, segmentation, null);
  await segmentProfiles.profile(
    study,
    segmentation,
    solution,
    { survey, outcomes: ['answer:recommend'], weighting: null },
    null,
  );
  await analysis.idle();
}
