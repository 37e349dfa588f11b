import { histogram } from '../../charts/histogram.ts';
import { showDifference, showNumber } from '../../charts/numerals.ts';
import { WAY_WORDS } from '../../model/base-sample.ts';
import type { WeighedSurvey } from '../../workers/tasks/weigh.ts';

const BINS = 10;
const cell = (text: string, isNumber = true) => ({ text, href: null, isNumber });
const column = (label: string, isNumber = true) => ({ label, isNumber });

/** What the page of a weighting shows of how it came out. */
export function weighedView(weighed: WeighedSurvey) {
  const { effect, raked, ways, leftOut, all } = weighed;
  const { unknown = 0, missing = 0 } = leftOut;
  return {
    facts: [
      { label: 'Responses that count', value: showNumber(effect.n), note: `of ${showNumber(all)}` },
      { label: 'Effective n', value: showNumber(effect.effectiveN, 1), note: null },
      { label: 'Design effect', value: showNumber(effect.designEffect, 2), note: null },
      { label: 'Largest weight', value: showNumber(weighed.largest, 2), note: 'the mean is 1' },
      { label: 'Smallest weight', value: showNumber(weighed.smallest, 2), note: null },
      ...(raked
        ? [
            {
              label: 'Targets met',
              value: raked.converged ? 'Yes' : 'No',
              note: `after ${showNumber(raked.iterations)} ${raked.iterations === 1 ? 'round' : 'rounds'}`,
            },
            ...(raked.trimmed > 0
              ? [{ label: 'Kept between the ends', value: showNumber(raked.trimmed), note: 'responses' }]
              : []),
          ]
        : []),
    ],
    costs: `Shares under these weights are as certain as those of ${showNumber(effect.effectiveN, 1)} responses that count alike.`,
    leftOut: [
      ...(unknown > 0
        ? [
            `${showNumber(unknown)} do not count because nobody knows how likely they were asked, and the weighting does not say it.`,
          ]
        : []),
      ...(missing > 0 ? [`${showNumber(missing)} do not count because they lack a category.`] : []),
    ],
    notes: weighed.notes.map((note) => `${note}.`),
    ways:
      ways.length === 0
        ? null
        : {
            caption: 'How likely people were asked',
            isStacked: true,
            columns: [
              column('Asked', false),
              column('Responses'),
              column('Stored with the response'),
              column('Said by the weighting'),
              column('Not known, left out'),
            ],
            rows: ways.map(({ way, n, stored, said, probability, unknown: lost }) => ({
              cells: [
                cell(WAY_WORDS[way], false),
                cell(showNumber(n)),
                cell(showNumber(stored)),
                cell(
                  said > 0 && probability !== null
                    ? `${showNumber(said)} at ${Number((probability * 100).toPrecision(4))}%`
                    : showNumber(said),
                ),
                cell(showNumber(lost)),
              ],
            })),
          },
    margins: (raked?.margins ?? []).map(({ name, categories, missing: without }) => ({
      caption: `“${name}”${without > 0 ? `, ${showNumber(without)} without it` : ''}`,
      isStacked: true,
      columns: [
        column('Answer', false),
        column('n'),
        column('Before'),
        column('After'),
        column('Target'),
        column('Off by'),
      ],
      rows: categories.map(({ label, n, target, before, after }) => ({
        cells: [
          cell(label, false),
          cell(showNumber(n)),
          cell(`${showNumber(before, 1)}%`),
          cell(`${showNumber(after, 1)}%`),
          cell(`${showNumber(target, 1)}%`),
          cell(Math.abs(after - target) < 0.05 ? '0' : `${showDifference(after - target, 1)} points`),
        ],
      })),
    })),
    spread: weightHistogram(weighed.weights.flatMap(({ weight }) => (weight > 0 ? [weight] : []))),
  };
}

/** How weights are spread, in steps of one width; null where all are alike. */
function weightHistogram(weights: readonly number[]) {
  const low = weights.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  const high = weights.reduce((most, one) => Math.max(most, one), 0);
  if (!(high - low > 1e-9)) return null;
  const width = (high - low) / BINS;
  const counts = Array.from({ length: BINS }, () => 0);
  for (const weight of weights) counts[Math.min(BINS - 1, Math.floor((weight - low) / width))]! += 1;
  return histogram({
    id: 'weights',
    title: 'How the weights are spread',
    bins: counts.map((count, i) => ({
      label: `${showNumber(low + i * width, 2)} to ${showNumber(low + (i + 1) * width, 2)}`,
      count,
    })),
    unit: 'responses',
    note: null,
  });
}
