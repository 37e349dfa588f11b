import { showNumber, showPercent } from '../../charts/numerals.ts';
import type { Problem } from '../../model/problem.ts';
import type { MeasuredTyping, TypingTool } from '../../model/typing-tool.ts';
import { showDate } from '../../render/helpers.ts';
import type { ShareInterval } from '../../stats/wilson-interval.ts';
import type { House } from '../app.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { answerRefused, fieldMaker, head, isForForm, showPage } from './frame.ts';
import { runAddress } from './runs.ts';
import { segmentationAddress, segmentationCrumbs, segmentationOf } from './segmentation-place.ts';

const number = (n: number) => n.toLocaleString('en-GB');
const interval = ({ share, low, high }: ShareInterval): string =>
  `${showPercent(share, 0)} (${showPercent(low, 0)} to ${showPercent(high, 0)})`;
const cell = (text: string, isNumber = true) => ({ text, href: null, isNumber });

/** People who were never asked, told by what is known of them. */
export function attributeTypingDoor(door: Doorway, house: House): void {
  const { attributeTyping, typingTools } = house.verbatim;

  async function show(
    visit: StudyVisit,
    req: Parameters<typeof segmentationOf>[2],
    res: Parameters<typeof showPage>[2],
    problem: Problem | null = null,
  ) {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    const version = await typingTools.standing(segmentation);
    const told = await attributeTyping.learned(segmentation);
    const placed = await attributeTyping.placed(segmentation);
    const at = `${segmentationAddress(study, segmentation)}/attributes`;
    const isOld = told !== null && told.runId !== version.runId;
    const measured = told?.tool.measured ?? null;
    const bySurvey = told ? await attributeTyping.bySurvey(segmentation, told.version) : null;
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'segments', 'studio/attribute-typing', {
      head: head(
        segmentationCrumbs(study, segmentation),
        'People who were never asked',
        'Whose segment is known teaches which attributes tell it. Asking tells it better as a rule; how much better is measured on people who helped neither to learn nor to choose.',
      ),
      isError: problem !== null,
      problem: problem
        ? { kind: 'bad', title: problem.message, text: problem.errors[0]?.detail ?? problem.detail, links: [] }
        : null,
      learned:
        told && measured
          ? {
              isOld,
              old: `It tells the segments of version ${told.version}, and version ${version.number} stands. Learn anew.`,
              uses: told.tool.items.map(({ name }) => name).join(', '),
              made: `Learned on ${showDate(told.run.finishedAt ?? '')} from ${number(measured.n)} people; seed ${told.run.seed}.`,
              figures: figuresTable(measured, bySurvey),
              hasSurvey: bySurvey !== null,
              segments: segmentsTable(told.tool, measured),
              notes: measured.notes,
              isEnough: measured.mayPublish.ok,
              reasons: measured.mayPublish.reasons,
              mayPlace: measured.mayPublish.ok && !isOld,
            }
          : null,
      seedField: fieldMaker({ seed: '1' }, problem?.errors ?? []).text('seed', 'Seed', {
        isShort: true,
        hint: 'The same seed and people give the same figures to the last digit',
      }),
      learnAction: `${at}/learn`,
      placeAction: `${at}/place`,
      placed: placed
        ? {
            title: `Placed on ${showDate(placed.run.finishedAt ?? '')}, version ${placed.version}`,
            facts: [
              { label: 'In a segment', value: number(placed.counts.typed), note: null },
              { label: 'Unsure', value: number(placed.counts.unsure), note: 'in no segment' },
              { label: 'Too little known', value: number(placed.counts.missing), note: 'left as they were' },
              { label: 'Known otherwise', value: number(placed.counts.known), note: 'by answers or a source' },
              { label: 'Did not agree', value: number(placed.counts.refused), note: 'to be personalised' },
            ],
          }
        : null,
    });
  }
  door.get('/studio/:study/segmentations/:segmentation/attributes', 'researcher', (visit, req, res) =>
    show(visit, req, res),
  );
  for (const what of ['learn', 'place'] as const)
    door.post(
      `/studio/:study/segmentations/:segmentation/attributes/${what}`,
      'researcher',
      async (visit, req, res) => {
        const { study } = visit;
        const segmentation = await segmentationOf(house, study, req);
        const actor = { userId: visit.user.id };
        try {
          const run =
            what === 'learn'
              ? await attributeTyping.learn(
                  study,
                  segmentation,
                  Number(field(formOf(req), 'seed').trim() || '1'),
                  actor,
                )
              : await attributeTyping.place(study, segmentation, actor);
          res.redirect(303, runAddress(study, run));
        } catch (error) {
          if (!isForForm(error)) throw error;
          await show(visit, req, res, error);
        }
      },
    );
}

function figuresTable(own: MeasuredTyping, bySurvey: MeasuredTyping | null) {
  const column = (measured: MeasuredTyping | null, of: (measured: MeasuredTyping) => string) =>
    cell(measured ? of(measured) : 'no tool yet');
  const line = (name: string, of: (measured: MeasuredTyping) => string) => ({
    cells: [cell(name, false), cell(of(own)), column(bySurvey, of)],
  });
  return {
    caption: 'How often it is right, beside asking',
    isStacked: true,
    columns: [
      { label: 'Figure', isNumber: false },
      { label: 'By attributes', isNumber: true },
      { label: 'By the typing tool’s questions', isNumber: true },
    ],
    rows: [
      line('In the right segment', ({ accuracy }) => interval(accuracy)),
      line('Agreement beyond chance (kappa)', ({ kappa }) => (kappa === null ? '–' : showNumber(kappa, 2))),
      line('With everybody in the largest segment', ({ baseline }) => showPercent(baseline, 0)),
      line('Unsure', ({ unsure }) => showPercent(unsure.shareUnsure, 0)),
      line('Right, of those who are not unsure', ({ unsure }) =>
        unsure.accuracyOfSure ? interval(unsure.accuracyOfSure) : '–',
      ),
      line('People', ({ n }) => number(n)),
    ],
  };
}

function segmentsTable({ segments }: TypingTool, { recall, precision }: MeasuredTyping) {
  return {
    caption: 'Each segment, by attributes',
    isStacked: true,
    hasIntervals: true,
    columns: [
      { label: 'Segment', isNumber: false },
      { label: 'Found again', isNumber: true },
      { label: 'Right, of those put there', isNumber: true },
    ],
    rows: segments.map(({ name }, index) => ({
      cells: [
        cell(name, false),
        cell(recall[index] ? interval(recall[index]) : '–'),
        cell(precision[index] ? interval(precision[index]) : 'nobody was put there'),
      ],
    })),
  };
}
