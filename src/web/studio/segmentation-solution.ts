import { stack } from '../../charts/stack.ts';
import { showDate } from '../../render/helpers.ts';
import { fitOf, type SegmentRunSettings, testOf } from '../../services/segmentations.ts';
import type { Run } from '../../store/analyses.ts';
import { PERSONA_FOLLOWS_FROM } from '../../store/segmentations.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { fieldMaker, head, showPage, studyAddress } from './frame.ts';
import { runAddress } from './runs.ts';
import { engineFacts, panelFacts, typingReason, weightingLines } from './segmentation-panel-view.ts';
import { segmentationAddress, segmentationCrumbs, segmentationOf, solutionOf } from './segmentation-place.ts';
import { fitView, leftOutLines } from './segmentation-view.ts';

const number = (n: number) => n.toLocaleString('en-GB');

/** One solution of a segmentation, and accepting it as the next version. */
export function segmentationSolutionDoor(door: Doorway, house: House): void {
  const { store, segmentations } = house.verbatim;
  const mayWrite = (study: EnteredStudy) => study.role !== 'viewer';

  /** How far beyond chance so many segments were, by the test that the solution knew of. */
  async function zOf(run: Run, k: number): Promise<number | null> {
    const { testRunId = null } = JSON.parse(run.settings) as SegmentRunSettings;
    const tested = testRunId === null ? null : await store.analyses.findRunById(testRunId);
    return (tested ? testOf(tested) : null)?.test.perK.find((one) => one.k === k)?.z ?? null;
  }

  door.get('/studio/:study/segmentations/:segmentation/solutions/:run', 'researcher', async (visit, req, res) => {
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
      judged: { facts: panelFacts(kept.panel, await zOf(run, kept.fit.k)) },
      typingReason: typingReason(kept.panel),
      made: { facts: engineFacts(kept) },
      weighting: weightingLines(kept.weighting, kept.fit.isWeighted),
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
}
