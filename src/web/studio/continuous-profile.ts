import { histogram } from '../../charts/histogram.ts';
import { showDifference, showNumber } from '../../charts/numerals.ts';
import { pText } from '../../exchange/table-layout.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { MeasureProfile } from '../../segments/continuous-profile.ts';
import type { Segmentation } from '../../store/segmentations.ts';
import type { ContinuousProfiles } from '../../workers/tasks/continuous-profile.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { head, showPage } from './frame.ts';
import { runAddress } from './runs.ts';
import { segmentationAddress, segmentationCrumbs, segmentationOf } from './segmentation-place.ts';

const RELATIONS_SHOWN = 12;
const ALPHA = 0.05;
const number = (n: number) => n.toLocaleString('en-GB');
const cell = (text: string, isNumber = true) => ({ text, href: null, isNumber });

/** Where there are no segments: how people lie on each measure, and what goes with it. */
export function continuousProfileDoor(door: Doorway, house: House): void {
  const { store, segmentProfiles } = house.verbatim;
  const own = '/studio/:study/segmentations/:segmentation/continuous';

  async function surveyOf(study: EnteredStudy, segmentation: Segmentation) {
    if (segmentation.origin !== 'found' || segmentation.surveyId === null)
      throw new Problem('conflict', 'These segments were not looked for in answers', {
        detail: 'Look at how people lie on each measure in a segmentation that was',
      });
    return store.surveys.findById(study.id, segmentation.surveyId);
  }

  door.get(own, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    const survey = await surveyOf(study, segmentation);
    const { standing, going, failed } = await segmentProfiles.continuousOf(segmentation, survey);
    const isStale = standing !== null && (await segmentProfiles.isStale(standing));
    await showPage(house, visit, res, 'segments', 'studio/continuous-profile', {
      head: head(
        segmentationCrumbs(study, segmentation),
        'Without segments',
        'How people lie on each measure, and what goes with it. Where people shade into each other, this loses nothing that segments would keep.',
      ),
      at: `${segmentationAddress(study, segmentation)}/continuous`,
      mayWrite: study.role !== 'viewer' && going === null && survey?.publishedVersionId != null,
      going: going ? runAddress(study, { publicId: going }) : '',
      failed,
      isStale,
      made: standing ? showDate(standing.run.finishedAt ?? '') : '',
      found: standing ? continuousView(standing.kept) : null,
      empty: {
        title: 'Nothing is worked out yet',
        text: 'Every scale and number that people were to be grouped by is drawn, with everything else that goes with it.',
        action: null,
      },
    });
  });

  door.post(own, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    const survey = await surveyOf(study, segmentation);
    const run = await segmentProfiles.continuous(study, segmentation, survey, { userId: visit.user.id });
    res.redirect(303, runAddress(study, run));
  });
}

function continuousView({ measures, leftOut, tests, responses }: ContinuousProfiles) {
  return {
    method: [
      `${number(responses)} responses count, each once; answers are not weighted.`,
      `All ${number(tests)} tests are adjusted together (Benjamini and Hochberg).`,
      'Pearson’s r of numbers and of choosing an option, Spearman’s rho of steps; intervals are 95%, by Fisher’s z.',
      'Fewer than 30 people who answered both are not told of.',
      ...(leftOut > 0 ? [`${number(leftOut)} more measures are left out: choose fewer to group by.`] : []),
    ],
    measures: measures.map(measureView),
  };
}

function measureView({ id, name, n, mean, low, high, standardDeviation, quartiles, bins, relations }: MeasureProfile) {
  const figure = (value: number | null | undefined) => (value == null ? '–' : showNumber(value, 2));
  const found = relations.filter(({ adjustedP }) => adjustedP < ALPHA);
  const shown = (found.length > 0 ? found : relations).slice(0, RELATIONS_SHOWN);
  return {
    id: `measure-${id.replaceAll(/[^A-Za-z0-9]/g, '-')}`,
    name,
    facts: [
      { label: 'People', value: number(n), note: null },
      {
        label: 'Mean',
        value: figure(mean),
        note: low === null || high === null ? null : `${figure(low)} to ${figure(high)}`,
      },
      { label: 'Standard deviation', value: figure(standardDeviation), note: null },
      {
        label: 'Half of them lie',
        value: quartiles ? `${figure(quartiles[0])} to ${figure(quartiles[2])}` : '–',
        note: quartiles ? `middle ${figure(quartiles[1])}` : null,
      },
    ],
    chart:
      bins.length === 0
        ? null
        : histogram({
            id: `bins-${id.replaceAll(/[^A-Za-z0-9]/g, '-')}`,
            title: `How people lie on “${name}”`,
            bins: bins.map(({ from, to, count }) => ({
              label: from === to ? showNumber(from) : `${figure(from)} to ${figure(to)}`,
              count,
            })),
            unit: 'People',
            note: null,
          }),
    relations: {
      caption: `What goes with “${name}”`,
      isStacked: true,
      emptyText: 'Nothing that enough people answered.',
      columns: [
        { label: 'Asked', isNumber: false },
        { label: 'Goes with it, 95% interval', isNumber: true },
        { label: 'Measure', isNumber: false },
        { label: 'People', isNumber: true },
        { label: 'Adjusted p', isNumber: true },
      ],
      rows: shown.map((relation) => ({
        cells: [
          cell(relation.option === null ? relation.name : `${relation.name} · ${relation.option.label}`, false),
          cell(
            `${showDifference(relation.value, 2)} (${showDifference(relation.low, 2)} to ${showDifference(relation.high, 2)})`,
          ),
          cell(relation.measure === 'rho' ? 'Spearman’s rho' : 'Pearson’s r', false),
          cell(number(relation.n)),
          cell(pText(relation.adjustedP)),
        ],
      })),
    },
    said:
      found.length === 0
        ? 'Nothing goes with it surely enough to tell; these come nearest.'
        : found.length > shown.length
          ? `${number(found.length)} go with it surely; the strongest ${number(shown.length)} stand here.`
          : '',
  };
}
