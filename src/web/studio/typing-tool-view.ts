import { showNumber, showPercent } from '../../charts/numerals.ts';
import { trend } from '../../charts/trend.ts';
import { ruleSentence } from '../../exchange/typing/rule-sentence.ts';
import type { TypingTool } from '../../model/typing-tool.ts';
import type { TypedPerson } from '../../segments/typing/type-person.ts';
import { KAPPA_LEAST, RECALL_LEAST } from '../../segments/typing/typing-figures.ts';
import type { ShareInterval } from '../../stats/wilson-interval.ts';

const number = (n: number) => n.toLocaleString('en-GB');
const counted = (n: number, word: string) => `${number(n)} ${word}${n === 1 ? '' : 's'}`;
const cell = (text: string, isNumber = true) => ({ text, href: null, isNumber });
const interval = (given: ShareInterval | null): string =>
  given === null
    ? '–'
    : `${showPercent(given.share, 0)} (${showPercent(given.low, 0)} to ${showPercent(given.high, 0)})`;
const kappaText = (kappa: number | null): string => (kappa === null ? '–' : showNumber(kappa, 2));

/** What a typing tool is and how well it does, as its page shows it. */
export function typingToolView({ tool }: { tool: TypingTool }) {
  const { items, questions, segments, measured } = tool;
  const nameOf = (id: string) => questions.find((question) => question.id === id)?.name ?? id;
  return {
    questions: {
      caption:
        items.length === questions.length
          ? `${counted(items.length, 'question')}, the most telling first`
          : `${counted(items.length, 'question')} to ask, for ${counted(questions.length, 'value')} worked out of them`,
      isStacked: true,
      columns: [
        { label: 'Question', isNumber: false },
        { label: 'Worked out of', isNumber: false },
      ],
      rows: questions.map(({ name, workedOutOf }) => ({
        cells: [
          cell(name, false),
          cell(workedOutOf.length === 1 ? 'the answer itself' : `${workedOutOf.length} answers`, false),
        ],
      })),
    },
    measured:
      measured === null
        ? null
        : {
            folds: measured.folds,
            notes: measured.notes,
            text: `${interval(measured.accuracy)} of ${number(measured.n)} people are put into the right segment. Putting everybody into the largest would be right for ${showPercent(measured.baseline, 0)}.`,
            facts: [
              { label: 'Right', value: interval(measured.accuracy), note: `n = ${number(measured.n)}` },
              {
                label: 'Kappa',
                value: kappaText(measured.kappa),
                note: `beyond chance; at least ${KAPPA_LEAST} to be published`,
              },
              {
                label: 'In no segment',
                value: showPercent(measured.unsure.shareUnsure, 0),
                note: `none is ${showPercent(tool.unsureBelow, 0)} likely; of the others right: ${interval(measured.unsure.accuracyOfSure)}`,
              },
              {
                label: 'Made for',
                value: tool.priors.kind === 'equal' ? 'Finding people' : 'Reporting shares',
                note: tool.priors.kind === 'equal' ? 'segments count alike' : 'segments count by their size',
              },
            ],
            segments: {
              caption: 'Each segment',
              isStacked: true,
              hasIntervals: true,
              columns: [
                { label: 'Segment', isNumber: false },
                { label: 'Of its people, found again', isNumber: true },
                { label: 'Of those put there, right', isNumber: true },
                { label: 'Found often enough', isNumber: false },
              ],
              rows: segments.map(({ name }, segment) => ({
                cells: [
                  cell(name, false),
                  cell(interval(measured.recall[segment]!)),
                  cell(interval(measured.precision[segment] ?? null)),
                  cell(
                    measured.recall[segment]!.share >= RECALL_LEAST
                      ? 'Yes'
                      : `No: below ${showPercent(RECALL_LEAST, 0)}`,
                    false,
                  ),
                ],
              })),
            },
            confusion: {
              caption: 'People of each segment (rows), by where the tool puts them (columns)',
              columns: [
                { label: 'Segment', isNumber: false },
                ...segments.map((_, segment) => ({ label: `put in ${segment + 1}`, isNumber: true })),
              ],
              rows: measured.confusion.map((counts, segment) => {
                const all = counts.reduce((sum, count) => sum + count, 0);
                return {
                  cells: [
                    cell(`${segment + 1}. ${segments[segment]!.name}`, false),
                    ...counts.map((count, found) => ({
                      ...cell(number(count)),
                      shade: shadeOf(all === 0 ? 0 : count / all, found === segment),
                    })),
                  ],
                };
              }),
            },
            thresholds: {
              caption: 'What another threshold would do',
              isCaptionHidden: true,
              columns: [
                { label: 'In no segment below', isNumber: true },
                { label: 'In no segment', isNumber: true },
                { label: 'Of the others right', isNumber: true },
              ],
              rows: measured.unsure.byThreshold.map(({ below, shareUnsure, accuracyOfSure }) => ({
                cells: [cell(showPercent(below, 0)), cell(showPercent(shareUnsure, 0)), cell(interval(accuracyOfSure))],
              })),
            },
            chart: trend({
              id: 'path',
              title: 'Right, by how many questions count',
              measure: 'share',
              times: measured.path.map((step) => String(step.questions)),
              rows: [
                { label: 'Nested folds', of: 'nestedAccuracy' as const },
                { label: 'Plain folds', of: 'accuracy' as const },
              ].map(({ label, of }) => ({
                label,
                points: measured.path.map((step) => ({
                  n: measured.n,
                  value: step[of].share,
                  low: step[of].low,
                  high: step[of].high,
                })),
                change: null,
              })),
              changeLabel: '',
              note: `This tool stops at ${measured.chosen}. In nested folds people are counted who helped with nothing: that is the line to go by. In plain folds they helped to choose the questions, which flatters.`,
            }),
            path: {
              caption: 'The path in figures',
              isCaptionHidden: true,
              isStacked: true,
              hasIntervals: true,
              columns: [
                { label: 'Question added', isNumber: false },
                { label: 'To ask', isNumber: true },
                { label: 'Right', isNumber: true },
                { label: 'Kappa', isNumber: true },
                { label: 'Right, not nested', isNumber: true },
              ],
              rows: measured.path.map((step) => ({
                isCurrent: step.questions === measured.chosen,
                cells: [
                  cell(`${step.questions}. ${step.name}`, false),
                  cell(number(step.items)),
                  cell(interval(step.nestedAccuracy)),
                  cell(kappaText(step.nestedKappa)),
                  cell(interval(step.accuracy)),
                ],
              })),
            },
            treeText: `Rules explain; the segment comes from the scoring table. The rules alone put ${interval(measured.tree.accuracy)} into the right segment (kappa ${kappaText(measured.tree.kappa)}).`,
            rules: measured.tree.rules.map((rule) => ({
              segment: segments.find(({ id }) => id === rule.segment)?.name ?? rule.segment,
              text: ruleSentence(rule, items, nameOf),
              share: showPercent(rule.share, 0),
              n: number(rule.n),
            })),
          },
  };
}

/** What a tool says of somebody, in words and figures. */
export function typedView(tool: TypingTool, typed: TypedPerson) {
  const nameOf = (id: string) => tool.segments.find((segment) => segment.id === id)?.name ?? id;
  const below = showPercent(tool.unsureBelow, 0);
  return {
    title: typed.segment === null ? 'No segment' : nameOf(typed.segment),
    text:
      typed.segment !== null
        ? `${showPercent(typed.probabilities[typed.segment] ?? 0, 0)} likely.`
        : typed.reason === 'missing'
          ? 'Too little is answered to tell. Answers are never made up.'
          : `Everything is answered, and no segment is at least ${below} likely.`,
    shares: {
      caption: 'How likely each segment is',
      columns: [
        { label: 'Segment', isNumber: false },
        { label: 'Probability', isNumber: true },
      ],
      rows: tool.segments.map(({ id, name }) => ({
        cells: [
          cell(name, false),
          { ...cell(showPercent(typed.probabilities[id] ?? 0, 0)), shade: shadeOf(typed.probabilities[id] ?? 0, true) },
        ],
      })),
    },
    missing: typed.missing.map((id) => tool.items.find((item) => item.id === id)?.name ?? id),
  };
}

/** How strongly a share is tinted, in four steps; what is wrong has the other colour. */
function shadeOf(share: number, isRight: boolean): string | null {
  if (share < 0.05) return null;
  return `${isRight ? 'more' : 'less'}-${Math.min(4, 1 + Math.floor(share * 4))}`;
}
