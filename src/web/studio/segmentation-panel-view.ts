import { showNumber, showPercent } from '../../charts/numerals.ts';
import type { SegmentationLabel } from '../../model/segmentation.ts';
import { V_LEAST } from '../../segments/count-telling.ts';
import { STYLE_LIMIT } from '../../segments/fit-segments.ts';
import { isSmall } from '../../segments/label-solution.ts';
import type { KeptComparison, KeptFit } from '../../services/segmentations.ts';
import type { ComparedFit, ComparedSolution } from '../../workers/tasks/segment-compare.ts';
import type { SolutionPanel, SolutionWeighting } from '../../workers/tasks/segment-panel.ts';
import { engineName } from './engine-words.ts';

const number = (n: number) => n.toLocaleString('en-GB');
const cell = (text: string, isNumber = true, href: string | null = null) => ({ text, href, isNumber });

/** What is said of how a solution was made: the engine's own figures. */
export function engineFacts({ fit }: KeptFit) {
  const { objective, isWeighted } = fit;
  const likelihood =
    objective.name === 'log-likelihood'
      ? [
          { label: 'Log-likelihood', value: showNumber(objective.value, 1), note: null },
          {
            label: 'Numbers found',
            value: objective.parameters === null ? '–' : number(objective.parameters),
            note: null,
          },
          {
            label: 'AIC',
            value: objective.aic === null ? '–' : showNumber(objective.aic, 1),
            note: 'smaller is better',
          },
          {
            label: 'BIC',
            value: objective.bic === null ? '–' : showNumber(objective.bic, 1),
            note: 'smaller is better, and no reason for a number of segments',
          },
          {
            label: 'Entropy R²',
            value: objective.entropyR2 === null ? '–' : showNumber(objective.entropyR2, 2),
            note: '1: everybody is surely in their segment',
          },
        ]
      : [{ label: OBJECTIVES[objective.name], value: showNumber(objective.value, 2), note: null }];
  return [
    {
      label: 'Engine',
      value: engineName({ engine: fit.engine, ...(fit.family && { family: fit.family }) }),
      note: isWeighted ? 'fitted with weights' : null,
    },
    { label: 'Starts that ended here', value: showPercent(fit.shareOfStartsAtBest, 0), note: `of ${fit.starts}` },
    { label: 'The best came to rest', value: fit.converged ? 'Yes' : 'No', note: null },
    ...likelihood,
  ];
}

const OBJECTIVES: Record<Exclude<ComparedFit['objective']['name'], 'log-likelihood'>, string> = {
  'within sum of squares': 'Squared distances within segments',
  'mean distance': 'Mean distance from the middle',
  'agreement of the engines': 'Agreement of the engines',
};

/** What a solution is judged by beside what stands with each segment. */
export function panelFacts(panel: SolutionPanel | null, z: number | null) {
  const typed = panel === null || 'reason' in panel.typing ? null : panel.typing;
  return [
    {
      label: 'Beyond chance, in standard deviations',
      value: z === null ? '–' : showNumber(z, 1),
      note: z === null ? 'not tested at this number' : null,
    },
    {
      label: 'Told by few questions',
      value: typed === null ? '–' : `kappa ${showKappa(typed.kappa)}`,
      note:
        typed === null
          ? null
          : `${typed.questions} questions; ${withInterval(typed.accuracy)} right of ${number(typed.people)} people`,
    },
    {
      label: 'What else tells them apart',
      value: panel === null ? '–' : `${panel.telling.telling} of ${panel.telling.tested}`,
      note: panel === null ? null : `V of ${V_LEAST} or more`,
    },
  ];
}

/** Why nothing is known of how well a few questions tell segments. */
export const typingReason = (panel: SolutionPanel | null): string =>
  panel !== null && 'reason' in panel.typing ? panel.typing.reason : '';

const showKappa = (kappa: number | null) => (kappa === null ? '–' : showNumber(kappa, 2));
const withInterval = ({ share, low, high }: { share: number; low: number; high: number }) =>
  `${showPercent(share, 0)} (${showPercent(low, 0)} to ${showPercent(high, 0)})`;

/** How a weighting stands beside figures, in sentences; none where all people count alike. */
export function weightingLines(weighting: SolutionWeighting | null, isWeighted: boolean): string[] {
  if (weighting === null) return [];
  return [
    weighting.note.replace(/\.$/, ''),
    isWeighted
      ? 'The weights counted where segments were looked for'
      : 'Segments were looked for as if everybody counted alike; their shares are weighted',
    ...(weighting.notCounted > 0
      ? [`${number(weighting.notCounted)} left out because they do not count under this weighting`]
      : []),
  ];
}

/** Several numbers of segments side by side, a line for each thing that they are chosen by. */
export function comparisonView(
  kept: KeptComparison,
  labels: Record<SegmentationLabel, { title: string }>,
  hrefOf: (k: number) => string | null,
) {
  const { solutions } = kept;
  const line = (name: string, of: (solution: MadeSolution) => string) => ({
    cells: [
      cell(name, false),
      ...solutions.map((solution) => cell(solution.fit === null ? '–' : of(solution as MadeSolution), false)),
    ],
  });
  return {
    table: {
      caption: 'Numbers of segments side by side',
      isCaptionHidden: true,
      isStacked: true,
      columns: [
        { label: 'Judged by', isNumber: false },
        ...solutions.map(({ k }) => ({ label: `${k} segments`, isNumber: false })),
      ],
      rows: [
        line('Beyond chance (z)', ({ tested }) => (tested === null ? 'not tested' : showNumber(tested.z, 1))),
        line('Agreement of groupings', ({ fit }) => showNumber(fit.stability.ari, 2)),
        line('The same without segments', ({ fit }) => showNumber(fit.stability.nullAri, 2)),
        line('Each comes back', ({ fit }) => fit.jaccard.map((own) => showNumber(own, 2)).join(', ')),
        line('Smallest segment', ({ fit }) => smallestOf(fit)),
        line('Kappa of few questions', ({ panel }) => ('reason' in panel.typing ? '–' : showKappa(panel.typing.kappa))),
        line('What else tells them apart', ({ panel }) => `${panel.telling.telling} of ${panel.telling.tested}`),
        ...(solutions.some(({ fit }) => fit?.objective.bic != null)
          ? [line('BIC', ({ fit }) => (fit.objective.bic === null ? '–' : showNumber(fit.objective.bic, 0)))]
          : []),
        line('May be called', ({ fit }) => labels[fit.label].title),
        {
          cells: [
            cell('Solution', false),
            ...solutions.map(({ k, fit }) =>
              cell(fit === null ? 'cannot be made' : hrefOf(k) ? 'Open it' : 'not made yet', false, hrefOf(k)),
            ),
          ],
        },
      ],
    },
    notes: [
      'Beyond chance (z): how far beyond answers without segments, in standard deviations of these; beyond 2.5 is more than chance.',
      'Agreement: of groupings of people drawn anew, to be held against the same where there are no segments.',
      'Each comes back: Jaccard’s index of each segment, the largest segment first; up to 0.5 it falls apart, from 0.75 it is stable.',
      'Kappa of few questions: how far at most eight of the things grouped by, as answered, tell the segment of people who did not help to choose them.',
      `What else tells them apart: things that segments were not made from with Cramér’s V of ${V_LEAST} or more (or as much), after Benjamini and Hochberg.`,
    ],
    warnings: kept.solutions.flatMap(({ k, fit, refused }) => [
      ...(refused === null ? [] : [`${k} segments: ${refused}`]),
      ...(fit?.style ?? [])
        .filter(({ share }) => share > STYLE_LIMIT)
        .map(
          ({ block, share }) =>
            `${k} segments tell ${showPercent(share, 0)} of how high people answer throughout “${block}”: to a good part they are ways of using the scale`,
        ),
    ]),
  };
}

type MadeSolution = Extract<ComparedSolution, { refused: null }>;

function smallestOf({ sizes }: ComparedFit): string {
  const size = sizes.at(-1)!;
  const all = sizes.reduce((sum, one) => sum + one, 0);
  return `${number(size)} (${showPercent(size / all, 0)})${isSmall(size, all) ? ', too small' : ''}`;
}
