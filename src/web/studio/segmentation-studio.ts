import { showNumber, showPercent } from '../../charts/numerals.ts';
import { stack } from '../../charts/stack.ts';
import type { Problem } from '../../model/problem.ts';
import { SEGMENTS_MOST } from '../../model/segmentation.ts';
import { showDate } from '../../render/helpers.ts';
import { ENGINES } from '../../segments/engines/engine.ts';
import { fitOf, type SegmentRunSettings, testOf } from '../../services/segmentations.ts';
import { COVARIANCE_FAMILIES } from '../../stats/gaussian-mixture/covariance-families.ts';
import type { Run } from '../../store/analyses.ts';
import type { Segmentation, SegmentMatch } from '../../store/segmentations.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, fieldList, formOf } from '../form.ts';
import { showDefinedSegmentation } from './defined-segmentation-page.ts';
import { ENGINE_WORDS, engineName, FAMILY_WORDS } from './engine-words.ts';
import { answerRefused, fieldMaker, head, isForForm, showPage, studyAddress } from './frame.ts';
import { runAddress } from './runs.ts';
import { driftNotice } from './segment-drift.ts';
import { countsOf } from './segmentation-comparison.ts';
import { WAY_NAMES } from './segmentation-inputs.ts';
import { segmentationLinks } from './segmentation-links.ts';
import { segmentationAddress, segmentationCrumbs, segmentationOf } from './segmentation-place.ts';
import { LABELS, leftOutLines, provisionalWarnings, styleWarnings, testView } from './segmentation-view.ts';
import { surveyNames } from './surveys.ts';

/** What stands in the fold of the form that makes segments. */
const CHOICE_POINTERS = ['#/engine', '#/family', '#/weighting', '#/isWeighted'];
const COMPARISONS_SHOWN = 10;
const SEED_HINT = 'The same seed and answers give the same segments to the last digit';

const settingsKey = (run: Run): string => JSON.stringify((JSON.parse(run.settings) as SegmentRunSettings).settings);

/** The page of a segmentation, step by step: what people are grouped by, whether there are segments, solutions, versions. */
export function segmentationStudioDoor(door: Doorway, house: House): void {
  const { store, segmentations, segmentDrift } = house.verbatim;
  const mayWrite = (study: EnteredStudy) => study.role !== 'viewer';

  door.get('/studio/:study/segmentations/:segmentation', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    if (segmentation.origin !== 'found') return showDefinedSegmentation(house, visit, res, segmentation);
    await showPage(house, visit, res, 'segments', 'studio/segmentation', await studioPage(study, segmentation));
  });

  async function studioPage(
    study: EnteredStudy,
    segmentation: Segmentation,
    values: Readonly<Record<string, string | string[]>> = {},
    problem: Problem | null = null,
  ) {
    const at = segmentationAddress(study, segmentation);
    const settings = segmentations.settingsOf(segmentation);
    const base = await segmentations.baseName(segmentation, settings);
    const survey = await segmentations.surveyOf(segmentation).catch(() => null);
    const offered = survey ? await segmentations.offered(study, survey) : null;
    const chosen = new Set(settings.inputs);
    const groups = [
      ...(offered?.blocks ?? []).map(({ id, name, inputs, centring }) => ({
        name,
        chosen: inputs.filter((input) => chosen.has(input.id)),
        isCentred: (settings.centring[id] ?? centring) === 'person-mean',
      })),
      {
        name: 'Themes',
        chosen: (offered?.themes ?? []).filter(({ id }) => chosen.has(id)),
        isCentred: false,
      },
      {
        name: 'What is known of people',
        chosen: (offered?.attributes ?? []).filter(({ id }) => chosen.has(id)),
        isCentred: false,
      },
    ].filter((group) => group.chosen.length > 0);
    const tests = await store.segmentations.runs(segmentation.id, 'test');
    const now = JSON.stringify({ ...settings, inputs: settings.inputs.toSorted() });
    const tested = tests.find((run) => run.state === 'done');
    const kept = tested ? testOf(tested) : null;
    const fits = (await store.segmentations.runs(segmentation.id, 'fit')).filter((run) => run.state === 'done');
    const compared = (await store.segmentations.runs(segmentation.id, 'compare'))
      .filter((run) => run.state === 'done')
      .slice(0, COMPARISONS_SHOWN);
    const weightings = survey ? await store.sampleDefinitions.list(survey.id, 'weighting') : [];
    const versions = await store.segmentations.versions(segmentation.id);
    const versionOf = new Map(versions.map(({ runId, number: version }) => [runId, version]));
    const make = fieldMaker(
      {
        seed: '1',
        k: String(kept?.test.verdict === 'segments' ? kept.test.k : (kept?.test.k ?? 3)),
        engine: 'k-means',
        family: 'VVI',
        ...values,
      },
      problem?.errors ?? [],
    );
    const current = await store.segmentations.current(segmentation.id);
    const links = segmentationLinks(study, segmentation, { isAccepted: current.length > 0 });
    const standing = versions[0] ? fitOf((await store.analyses.findRunById(versions[0].runId))!) : null;
    return {
      head: head(
        segmentationCrumbs(study),
        segmentation.name,
        survey
          ? `Of the answers to “${surveyNames([survey]).get(survey.id)}”.`
          : 'Its survey is not published any more.',
      ),
      isError: problem !== null,
      at,
      links,
      drift: driftNotice(study, segmentation, await segmentDrift.hint(segmentation)),
      mayWrite: mayWrite(study) && survey !== null,
      problem: problem
        ? { kind: 'bad', title: problem.message, text: problem.errors[0]?.detail ?? problem.detail ?? null, links: [] }
        : null,
      current:
        current.length > 0 && versions[0]
          ? {
              title: `Version ${versions[0].number} stands`,
              label: LABELS[versions[0].label],
              note: versions[0].note,
              warnings: standing ? [...styleWarnings(standing), ...provisionalWarnings(standing)] : [],
              shares: standing
                ? stack({
                    id: 'standing',
                    title: 'Shares of the segments',
                    parts: current.map((segment, index) => ({
                      label: segment.name,
                      share: standing.fit.shares[index]?.share ?? 0,
                      count: standing.fit.sizes[index] ?? 0,
                      segmentClass: `seg-${(index % 8) + 1}`,
                    })),
                    note: null,
                  })
                : null,
              segments: current.map((segment) => ({
                label: segment.name,
                href: `${studyAddress(study)}/segments/${segment.publicId}`,
              })),
            }
          : null,
      groups: groups.map(({ name, chosen: own, isCentred }) => ({
        name,
        list: own.map((input) => input.name).join(', '),
        isCentred,
      })),
      ways: `${base === null ? '' : `${base}: `}${settings.ways.map((way) => WAY_NAMES[way].name).join(', ')}`,
      test:
        kept && tested
          ? {
              ...testView(kept),
              leftOut: leftOutLines(kept),
              made: showDate(tested.finishedAt ?? ''),
              seed: tested.seed,
              ways:
                kept.test.verdict === 'segments'
                  ? []
                  : [
                      {
                        label: 'See how people lie on each measure instead, which loses nothing',
                        href: `${at}/continuous`,
                      },
                      {
                        label: 'Go on and divide people as it suits you: such segments are called constructive',
                        href: '#solutions',
                      },
                    ],
            }
          : null,
      isTestOld: tested !== undefined && settingsKey(tested) !== now,
      testAction: `${at}/test`,
      seedField: make.text('seed', 'Seed', { isShort: true, hint: SEED_HINT }),
      fitAction: `${at}/fit`,
      fitFields: [
        make.text('k', 'How many segments', {
          isRequired: true,
          isShort: true,
          hint: `From 2 to ${SEGMENTS_MOST}; or several, such as 2 to 6, which are held side by side`,
        }),
      ],
      choiceFields: [
        make.radios(
          'engine',
          'Engine',
          ENGINES.map((value) => ({ value, label: ENGINE_WORDS[value].name, hint: ENGINE_WORDS[value].hint })),
          { isRequired: true },
        ),
        make.select(
          'family',
          'Clouds of the Gaussian mixture',
          COVARIANCE_FAMILIES.map((value) => ({ value, label: `${value}: ${FAMILY_WORDS[value]}` })),
          { hint: 'What they have in common. The more, the fewer people are needed' },
        ),
        ...(weightings.length === 0
          ? []
          : [
              make.select(
                'weighting',
                'Weighting',
                [
                  { value: '', label: 'None: everybody counts alike' },
                  ...weightings.map(({ publicId, name }) => ({ value: publicId, label: name })),
                ],
                { hint: 'Segments are looked for as if everybody counted alike, and their shares are weighted' },
              ),
              make.boxes('isWeighted', 'Weights', [
                {
                  value: 'yes',
                  label: 'Count also where segments are looked for',
                  hint: 'Only k-means and latent classes can',
                },
              ]),
            ]),
        make.text('seed', 'Seed', { isShort: true, hint: SEED_HINT }),
      ].map((one) => (one.name === 'seed' ? { ...one, id: 'fit-seed' } : one)),
      choiceSummary: `Engine${weightings.length > 0 ? ', weights' : ''} and seed`,
      isChoiceOpen: problem?.errors.some(({ pointer }) => CHOICE_POINTERS.includes(pointer)) ?? false,
      comparisons: compared.map((run) => ({
        label: `${countsOf(run)} segments side by side: ${engineName(JSON.parse(run.settings) as SegmentRunSettings)}, seed ${run.seed}`,
        href: `${at}/comparisons/${run.publicId}`,
        made: showDate(run.finishedAt ?? run.createdAt),
      })),
      fitAdvice:
        kept === null
          ? 'Test first: a solution without a test is called constructive, whatever it looks like.'
          : kept.test.verdict === 'segments'
            ? `The test found ${kept.test.k}.`
            : 'The test found no clear number. Whatever you choose is yours, and is called so.',
      solutions: {
        caption: 'Solutions',
        isCaptionHidden: true,
        isStacked: true,
        emptyText: 'None yet.',
        columns: [
          { label: 'Segments', isNumber: false },
          { label: 'Engine', isNumber: false },
          { label: 'May be called', isNumber: false },
          { label: 'Agreement, and without segments', isNumber: true },
          { label: 'Smallest', isNumber: true },
          { label: 'BIC', isNumber: true },
          { label: 'Seed', isNumber: true },
          { label: 'Made', isNumber: false },
          { label: 'Version', isNumber: true },
        ],
        rows: fits.map((run) => {
          const found = fitOf(run);
          const fit = found?.fit;
          return {
            cells: [
              {
                text: fit ? `${fit.k} segments` : 'Made before there was a test',
                href: fit ? `${at}/solutions/${run.publicId}` : null,
                isNumber: false,
              },
              {
                text: fit
                  ? `${engineName({ engine: fit.engine, ...(fit.family && { family: fit.family }) })}${fit.isWeighted ? ', weighted' : found?.weighting ? ', shares weighted' : ''}`
                  : '–',
                href: null,
                isNumber: false,
              },
              { text: fit ? LABELS[fit.label].title : 'Constructive', href: null, isNumber: false },
              {
                text: fit ? `${fit.stability.ari.toFixed(2)}, ${fit.stability.nullAri.toFixed(2)}` : '–',
                href: null,
                isNumber: true,
              },
              { text: fit ? showPercent(fit.shares.at(-1)?.share ?? 0) : '–', href: null, isNumber: true },
              { text: fit?.objective.bic == null ? '–' : showNumber(fit.objective.bic, 0), href: null, isNumber: true },
              { text: String(run.seed), href: null, isNumber: true },
              { text: showDate(run.finishedAt ?? run.createdAt), href: null, isNumber: false },
              { text: versionOf.has(run.id) ? String(versionOf.get(run.id)) : '–', href: null, isNumber: true },
            ],
          };
        }),
      },
      versions: versions.map((version) => ({
        number: version.number,
        label: LABELS[version.label].title,
        at: showDate(version.acceptedAt),
        note: version.note,
        lines: matchLines(JSON.parse(version.matches) as SegmentMatch[]),
      })),
    };
  }

  /** How a version's segments carry on the earlier ones, in a line each. */
  const matchLines = (matches: readonly SegmentMatch[]): string => {
    if (matches.length === 0) return '';
    const carried = matches.filter(({ isCarriedOn }) => isCarriedOn);
    const overlaps = carried.map(({ jaccard }) => jaccard.toFixed(2)).join(', ');
    return `${carried.length} of ${matches.length} segments carry on those before (overlap ${overlaps || 'none'})`;
  };

  for (const what of ['test', 'fit'] as const)
    door.post(`/studio/:study/segmentations/:segmentation/${what}`, 'researcher', async (visit, req, res) => {
      const { study } = visit;
      const segmentation = await segmentationOf(house, study, req);
      const form = formOf(req);
      const seed = Number(field(form, 'seed').trim() || '1');
      const actor = { userId: visit.user.id };
      try {
        const run =
          what === 'test'
            ? await segmentations.test(study, segmentation, seed, actor)
            : await segmentations.fit(
                study,
                segmentation,
                {
                  k: field(form, 'k'),
                  seed,
                  engine: field(form, 'engine'),
                  family: field(form, 'family'),
                  weighting: field(form, 'weighting'),
                  isWeighted: fieldList(form, 'isWeighted').includes('yes'),
                },
                actor,
              );
        res.redirect(303, runAddress(study, run));
      } catch (error) {
        if (!isForForm(error)) throw error;
        answerRefused(res, error);
        await showPage(
          house,
          visit,
          res,
          'segments',
          'studio/segmentation',
          await studioPage(
            study,
            segmentation,
            {
              ...form,
              k: field(form, 'k') || '3',
              seed: field(form, 'seed') || '1',
              engine: field(form, 'engine') || 'k-means',
            },
            error,
          ),
        );
      }
    });
}
