import type { Request } from 'express';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import { comparisonOf, type SegmentRunSettings } from '../../services/segmentations.ts';
import type { Run } from '../../store/analyses.ts';
import type { Segmentation } from '../../store/segmentations.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { engineName } from './engine-words.ts';
import { fieldMaker, head, showPage } from './frame.ts';
import { runAddress } from './runs.ts';
import { comparisonView, weightingLines } from './segmentation-panel-view.ts';
import { segmentationAddress, segmentationCrumbs, segmentationOf } from './segmentation-place.ts';
import { LABELS, leftOutLines, provisionalWarnings } from './segmentation-view.ts';

const number = (n: number) => n.toLocaleString('en-GB');

/** What of a run's settings makes a solution, as a key: two runs with the same make the same segments. */
const choiceKey = ({ seed, settings }: Pick<Run, 'seed' | 'settings'>): string => {
  const { settings: inputs, engine, family, weighting, isWeighted } = JSON.parse(settings) as SegmentRunSettings;
  return JSON.stringify([seed, inputs, engine ?? 'k-means', family ?? null, weighting ?? null, isWeighted ?? false]);
};

/** “2 to 6”. */
export const countsOf = (run: Pick<Run, 'settings'>): string => {
  const { ks = [] } = JSON.parse(run.settings) as SegmentRunSettings;
  return `${ks[0]} to ${ks.at(-1)}`;
};

/** Several numbers of segments held side by side, from which one is made. */
export function segmentationComparisonDoor(door: Doorway, house: House): void {
  const { store, segmentations } = house.verbatim;

  async function comparisonRun(study: EnteredStudy, segmentation: Segmentation, req: Request): Promise<Run> {
    const run = await store.analyses.findRun(study.id, String(req.params['run']));
    if (!run || run.segmentationId !== segmentation.id || run.subject !== 'compare')
      throw new Problem('not-found', 'There is no such comparison in this segmentation');
    return run;
  }

  door.get('/studio/:study/segmentations/:segmentation/comparisons/:run', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    const run = await comparisonRun(study, segmentation, req);
    const kept = comparisonOf(run);
    if (!kept) return res.redirect(303, runAddress(study, run));
    const at = segmentationAddress(study, segmentation);
    const asked = JSON.parse(run.settings) as SegmentRunSettings;
    const now = segmentations.settingsOf(segmentation);
    const isOld = JSON.stringify(asked.settings) !== JSON.stringify({ ...now, inputs: now.inputs.toSorted() });
    const made = new Map(
      (await store.segmentations.runs(segmentation.id, 'fit'))
        .filter((fit) => fit.state === 'done' && choiceKey(fit) === choiceKey(run))
        .map((fit) => [(JSON.parse(fit.settings) as SegmentRunSettings).k, `${at}/solutions/${fit.publicId}`]),
    );
    const possible = kept.solutions.filter(({ fit }) => fit !== null);
    await showPage(house, visit, res, 'segments', 'studio/segmentation-comparison', {
      head: head(
        segmentationCrumbs(study, segmentation),
        `${countsOf(run)} segments side by side`,
        `${engineName(asked)}; ${number(kept.grouped)} people grouped; seed ${run.seed}; made on ${showDate(run.finishedAt ?? '')}.`,
      ),
      ...comparisonView(kept, LABELS, (k) => made.get(k) ?? null),
      provisional: provisionalWarnings(kept),
      weighting: weightingLines(kept.weighting, asked.isWeighted ?? false),
      leftOut: leftOutLines(kept),
      isOld,
      mayMake: study.role !== 'viewer' && !isOld && possible.length > 0,
      action: `${at}/fit`,
      fields: [
        fieldMaker({ k: String(possible[0]?.k ?? '') }, []).select(
          'k',
          'How many segments',
          possible.map(({ k }) => ({ value: String(k), label: `${k} segments` })),
          { isRequired: true },
        ),
      ],
      hidden: Object.entries({
        seed: String(run.seed),
        engine: asked.engine ?? 'k-means',
        family: asked.family ?? '',
        weighting: asked.weighting?.split('@')[0] ?? '',
        isWeighted: asked.isWeighted ? 'yes' : '',
      }).map(([name, value]) => ({ name, value })),
      back: at,
    });
  });
}
