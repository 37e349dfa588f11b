import { bars } from '../../charts/bars.ts';
import { showNumber } from '../../charts/numerals.ts';
import { Problem } from '../../model/problem.ts';
import { questionsOf } from '../../model/survey.ts';
import type { BestWorstSummary } from '../../reports/best-worst-summary.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { SURVEY, surveyCrumbs } from './fieldwork-place.ts';
import { head, showPage } from './frame.ts';
import { surveyAddress, surveyOf } from './surveys.ts';

/** What was liked best and least in one best-worst question. */
export function bestWorstDoor(door: Doorway, house: House): void {
  const { verbatim } = house;

  door.get(`${SURVEY}/results/best-worst/:question`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const code = String(req.params['question']);
    const published =
      survey.publishedVersionId === null ? null : await verbatim.store.surveys.version(survey.publishedVersionId);
    const question = published && questionsOf(published.definition).find((one) => one.code === code);
    if (question?.kind !== 'best-worst') throw new Problem('not-found', 'There is no such best-worst question');
    const summary = await verbatim.exports.bestWorst(survey, code);
    const at = surveyAddress(study, survey);
    await showPage(house, visit, res, 'surveys', 'studio/best-worst', {
      head: head(
        [...surveyCrumbs(study, survey), { label: 'Answers counted', href: `${at}/results` }],
        summary.text,
        `${showNumber(summary.n)} people made ${showNumber(summary.choices)} choices, ${showNumber(summary.perTask)} options at a time.`,
      ),
      isEmpty: summary.n === 0,
      empty: {
        title: 'Nobody has chosen yet',
        text: 'Counts and utilities appear here once completed responses have come in.',
        action: { label: 'The survey', href: at },
      },
      ...bestWorstView(summary),
    });
  });
}

function bestWorstView({ lines, obstacle, pseudoRSquared }: BestWorstSummary) {
  const fixed = (value: number | null, digits: number) => (value === null ? '–' : showNumber(value, digits));
  const hasShares = lines.every(({ share }) => share !== null);
  return {
    obstacle,
    shares: hasShares
      ? bars({
          id: 'shares',
          title: 'Shares of liking',
          rows: lines.map((line) => ({
            label: line.label,
            share: (line.share ?? 0) / 100,
            count: null,
            low: line.shareLow === null ? null : line.shareLow / 100,
            high: line.shareHigh === null ? null : line.shareHigh / 100,
            segmentClass: null,
            mark: null,
          })),
          reference: { label: 'all alike', share: 1 / lines.length },
          note: 'Twice the share means named best twice as often beside options of average liking. 95% intervals, allowing for one person’s choices to hang together.',
        })
      : null,
    table: {
      caption: 'Counts and utilities',
      columns: [
        { label: 'Option', isNumber: false },
        { label: 'Shown', isNumber: true },
        { label: 'Best', isNumber: true },
        { label: 'Worst', isNumber: true },
        { label: 'Score', isNumber: true },
        { label: 'Utility', isNumber: true },
        { label: 'Standard error', isNumber: true },
      ],
      rows: lines.map((line) => ({
        cells: [
          line.label,
          showNumber(line.count.shown),
          showNumber(line.count.best),
          showNumber(line.count.worst),
          fixed(line.count.score, 2),
          fixed(line.utility, 2),
          fixed(line.standardError, 2),
        ].map((text, index) => ({ text, href: null, isNumber: index > 0 })),
      })),
    },
    note: `Score: (best − worst) / shown. Utility: logits of the sequential best-worst model over everybody, summing to zero${pseudoRSquared === null ? '' : `; pseudo R² ${showNumber(pseudoRSquared, 2)}`}.`,
  };
}
