import { showPercent } from '../../charts/numerals.ts';
import { stack } from '../../charts/stack.ts';
import { Problem } from '../../model/problem.ts';
import { SEGMENTS_MOST } from '../../model/segmentation.ts';
import { showDate } from '../../render/helpers.ts';
import { fitOf, type SegmentRunSettings, testOf } from '../../services/segmentations.ts';
import type { Run } from '../../store/analyses.ts';
import { PERSONA_FOLLOWS_FROM, type SegmentMatch } from '../../store/segmentations.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { buttons, fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { runAddress } from './runs.ts';
import { segmentationInputsDoor, WAY_NAMES } from './segmentation-inputs.ts';
import { segmentationAddress, segmentationCrumbs, segmentationOf, solutionOf } from './segmentation-place.ts';
import { fitView, LABELS, testView } from './segmentation-view.ts';
import { surveyNames } from './surveys.ts';

const number = (n: number) => n.toLocaleString('en-GB');
const SEED_HINT = 'The same seed and answers give the same segments to the last digit';

/** Whom a run left out, in sentences. */
function leftOutLines({ leftOut, incomplete }: { leftOut: Record<string, number>; incomplete: number }): string[] {
  const lines = Object.entries(leftOut).map(
    ([way, count]) =>
      `${number(count)} left out because ${count === 1 ? 'it came' : 'they came'} ${WAY_NAMES[way as keyof typeof WAY_NAMES].came}`,
  );
  return incomplete > 0 ? [...lines, `${number(incomplete)} left out because too many answers are missing`] : lines;
}

const settingsKey = (run: Run): string => JSON.stringify((JSON.parse(run.settings) as SegmentRunSettings).settings);

/** The studio of segmentations: what people are grouped by, whether there are segments, solutions, versions. */
export function segmentationDoor(door: Doorway, house: House): void {
  const { store, segmentations } = house.verbatim;
  const mayWrite = (study: EnteredStudy) => study.role !== 'viewer';

  segmentationInputsDoor(door, house);

  async function newPage(study: EnteredStudy) {
    const surveys = (await store.surveys.list(study.id)).filter((survey) => survey.publishedVersionId !== null);
    if (surveys.length === 0)
      throw new Problem('conflict', 'There are no answers to group people by', {
        detail: 'Publish a survey with scales, choices or an open question first',
      });
    const names = surveyNames(surveys);
    return {
      head: head(
        segmentationCrumbs(study),
        'New segmentation',
        'People who answer alike are put together, if there are groups at all: that is tested first.',
      ),
      action: `${studyAddress(study)}/segmentations/new`,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.text('name', 'Name', { isRequired: true, hint: 'Such as “What people want from a home”' }),
        make.select(
          'survey',
          'Whose answers',
          surveys.map((survey) => ({ value: survey.publicId, label: names.get(survey.id) ?? survey.slug })),
          { isRequired: true },
        ),
      ],
      buttons: buttons('Choose what to group by', { label: 'Cancel', href: `${studyAddress(study)}/segments` }),
    };
  }
  door.get('/studio/:study/segmentations/new', 'researcher', async (visit, _req, res) => {
    await showForm(house, visit, res, 'segments', await newPage(visit.study));
  });
  door.post('/studio/:study/segmentations/new', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    try {
      const survey = await store.surveys.find(study.id, field(form, 'survey'));
      if (!survey)
        throw new Problem('invalid', 'Choose a survey', {
          errors: [{ pointer: '#/survey', detail: 'Choose one of the surveys listed' }],
        });
      const added = await segmentations.add(study, survey, field(form, 'name'), { userId: visit.user.id });
      res.redirect(303, `${segmentationAddress(study, added)}/inputs`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'segments', await newPage(study), form, error);
    }
  });

  door.get('/studio/:study/segmentations/:segmentation', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    await showPage(house, visit, res, 'segments', 'studio/segmentation', await studioPage(study, segmentation));
  });

  async function studioPage(
    study: EnteredStudy,
    segmentation: Awaited<ReturnType<typeof segmentationOf>>,
    values: Record<string, string> = {},
    problem: Problem | null = null,
  ) {
    const at = segmentationAddress(study, segmentation);
    const settings = segmentations.settingsOf(segmentation);
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
    const versions = await store.segmentations.versions(segmentation.id);
    const versionOf = new Map(versions.map(({ runId, number: version }) => [runId, version]));
    const make = fieldMaker(
      { seed: '1', k: String(kept?.test.verdict === 'segments' ? kept.test.k : (kept?.test.k ?? 3)), ...values },
      problem?.errors ?? [],
    );
    const current = await store.segmentations.current(segmentation.id);
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
      ways: settings.ways.map((way) => WAY_NAMES[way].name).join(', '),
      test:
        kept && tested
          ? {
              ...testView(kept),
              leftOut: leftOutLines(kept),
              made: showDate(tested.finishedAt ?? ''),
              seed: tested.seed,
            }
          : null,
      isTestOld: tested !== undefined && settingsKey(tested) !== now,
      testAction: `${at}/test`,
      seedField: make.text('seed', 'Seed', { isShort: true, hint: SEED_HINT }),
      fitAction: `${at}/fit`,
      fitFields: [
        make.text('k', 'How many segments', { isRequired: true, isShort: true, hint: `From 2 to ${SEGMENTS_MOST}` }),
      ],
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
          { label: 'May be called', isNumber: false },
          { label: 'Agreement, and without segments', isNumber: true },
          { label: 'Smallest', isNumber: true },
          { label: 'Seed', isNumber: true },
          { label: 'Made', isNumber: false },
          { label: 'Version', isNumber: true },
        ],
        rows: fits.map((run) => {
          const fit = fitOf(run)?.fit;
          return {
            cells: [
              {
                text: fit ? `${fit.k} segments` : 'Made before there was a test',
                href: fit ? `${at}/solutions/${run.publicId}` : null,
                isNumber: false,
              },
              { text: fit ? LABELS[fit.label].title : 'Constructive', href: null, isNumber: false },
              {
                text: fit ? `${fit.stability.ari.toFixed(2)}, ${fit.stability.nullAri.toFixed(2)}` : '–',
                href: null,
                isNumber: true,
              },
              { text: fit ? showPercent(fit.shares.at(-1)?.share ?? 0) : '–', href: null, isNumber: true },
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
            : await segmentations.fit(study, segmentation, { k: Number(field(form, 'k')), seed }, actor);
        res.redirect(303, runAddress(study, run));
      } catch (error) {
        if (!isForForm(error)) throw error;
        res.status(422);
        await showPage(
          house,
          visit,
          res,
          'segments',
          'studio/segmentation',
          await studioPage(
            study,
            segmentation,
            { k: field(form, 'k') || '3', seed: field(form, 'seed') || '1' },
            error,
          ),
        );
      }
    });

  door.get('/studio/:study/segmentations/:segmentation/solutions/:run', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    const run = await solutionOf(house, study, segmentation, req);
    const kept = fitOf(run);
    if (!kept)
      return res.redirect(
        303,
        run.state === 'done' ? segmentationAddress(study, segmentation) : runAddress(study, run),
      );
    const found = await store.segmentations.segmentsOf(run.id);
    const version = await store.segmentations.versionOfRun(run.id);
    const [standing] = await store.segmentations.versions(segmentation.id);
    const at = segmentationAddress(study, segmentation);
    const matches = version || !standing ? [] : await segmentations.matchesOf(segmentation, run);
    const earlier = standing ? await store.segmentations.segmentsOf(standing.runId) : [];
    const nameOf = (list: typeof found, id: number) => list.find((segment) => segment.id === id)?.name ?? '';
    await showPage(house, visit, res, 'segments', 'studio/segmentation-solution', {
      head: head(
        segmentationCrumbs(study, segmentation),
        `${kept.fit.k} segments`,
        `${number(kept.grouped)} people grouped; seed ${run.seed}; made on ${showDate(run.finishedAt ?? '')}.`,
      ),
      ...fitView(
        kept,
        found.map(({ name }) => name),
        found.map(({ publicId, acceptedAt }) => (acceptedAt ? `${studyAddress(study)}/segments/${publicId}` : null)),
      ),
      shares: stack({
        id: 'shares',
        title: 'Shares of the segments',
        parts: found.map((segment, index) => ({
          label: segment.name,
          share: kept.fit.shares[index]?.share ?? 0,
          count: kept.fit.sizes[index] ?? 0,
          segmentClass: `seg-${(index % 8) + 1}`,
        })),
        note: null,
      }),
      leftOut: leftOutLines(kept),
      version: version
        ? `This is version ${version.number}, accepted on ${showDate(version.acceptedAt)}${version.note ? `: ${version.note}` : ''}.`
        : '',
      mayAccept: mayWrite(study) && version === null,
      action: `${at}/solutions/${run.publicId}/accept`,
      next: (standing?.number ?? 0) + 1,
      noteField: fieldMaker({}, []).text('note', 'Why this one', {
        hint: 'Stands with the version for whoever reads it',
      }),
      matches:
        matches.length === 0
          ? null
          : {
              caption: `Held against version ${standing?.number}`,
              isStacked: true,
              columns: [
                { label: 'Segment', isNumber: false },
                { label: 'Carries on', isNumber: false },
                { label: 'Overlap', isNumber: true },
                { label: 'Its persona', isNumber: false },
              ],
              rows: matches.map(({ segmentId, earlierId, jaccard, isCarriedOn }) => ({
                cells: [
                  { text: nameOf(found, segmentId), href: null, isNumber: false },
                  { text: isCarriedOn ? nameOf(earlier, earlierId) : 'None: it is new', href: null, isNumber: false },
                  { text: jaccard.toFixed(2), href: null, isNumber: true },
                  {
                    text: !isCarriedOn
                      ? '–'
                      : jaccard >= PERSONA_FOLLOWS_FROM
                        ? 'stays'
                        : 'stays with the version before',
                    href: null,
                    isNumber: false,
                  },
                ],
              })),
            },
    });
  });

  door.post(
    '/studio/:study/segmentations/:segmentation/solutions/:run/accept',
    'researcher',
    async (visit, req, res) => {
      const { study } = visit;
      const segmentation = await segmentationOf(house, study, req);
      const run = await solutionOf(house, study, segmentation, req);
      await segmentations.accept(segmentation, run, { note: field(formOf(req), 'note') }, { userId: visit.user.id });
      res.redirect(303, segmentationAddress(study, segmentation));
    },
  );

  door.post('/studio/:study/segmentations/:segmentation/remove', 'researcher', async (visit, req, res) => {
    await segmentations.remove(await segmentationOf(house, visit.study, req));
    res.redirect(303, `${studyAddress(visit.study)}/segments`);
  });
}
