import { bars } from '../../charts/bars.ts';
import { histogram } from '../../charts/histogram.ts';
import { showNumber } from '../../charts/numerals.ts';
import { Problem } from '../../model/problem.ts';
import type { ItemSummary, QuestionSummary } from '../../reports/question-summary.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { head, showPage, studyAddress } from './frame.ts';
import { surveyAddress, surveyOf, surveyTitle } from './surveys.ts';

/** Every question with how often each answer was given. */
export function resultsDoor(door: Doorway, house: House): void {
  const { verbatim } = house;

  door.get('/studio/:study/surveys/:survey/results', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    if (survey.publishedVersionId === null)
      throw new Problem('conflict', 'This survey has not been published, so nobody has answered it', {
        detail: 'Publish it first',
      });
    const { n, questions } = await verbatim.analysis.summary(survey);
    const at = surveyAddress(study, survey);
    await showPage(house, visit, res, 'surveys', 'studio/results', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: surveyTitle(survey), href: at },
        ],
        'Answers counted',
        `${n.toLocaleString('en-GB')} completed responses. Shares are of those who answered the question, with a 95% interval.`,
        [
          ...(study.role === 'viewer'
            ? []
            : [
                { label: 'Responses', href: `${at}/responses`, isPrimary: false },
                { label: 'Export', href: `${at}/responses/export`, isPrimary: false },
              ]),
        ],
      ),
      isEmpty: n === 0,
      empty: {
        title: 'No completed response yet',
        text: 'Counts appear here as soon as the first person has sent their answers.',
        action: { label: 'The survey', href: at },
      },
      questions:
        n === 0
          ? []
          : questions.map((question) =>
              questionView(question, `${studyAddress(study)}/themes?survey=${survey.publicId}`, at),
            ),
    });
  });
}

function questionView(question: QuestionSummary, themesAddress: string, at: string) {
  return {
    code: question.code,
    text: question.text,
    isBattery: question.kind === 'battery',
    isText: question.kind === 'text',
    themes: themesAddress,
    bestWorst: question.kind === 'best-worst' ? `${at}/results/best-worst/${question.code}` : null,
    items: question.items.map((item) => itemView(question, item)),
  };
}

function itemView(question: QuestionSummary, item: ItemSummary) {
  const missing = [
    item.refused > 0 ? `${item.refused.toLocaleString('en-GB')} would rather not say` : '',
    item.skipped > 0 ? `${item.skipped.toLocaleString('en-GB')} left it out` : '',
    item.notSeen > 0 ? `${item.notSeen.toLocaleString('en-GB')} did not see it` : '',
  ].filter((part) => part !== '');
  const id = `chart-${item.item.replaceAll('.', '-')}`;
  const spread =
    'mean' in item && item.mean !== null
      ? ` Mean ${showNumber(item.mean, 2)}${item.standardDeviation === null ? '' : `, SD ${showNumber(item.standardDeviation, 2)}`}.`
      : '';
  const note = `${item.answered.toLocaleString('en-GB')} answered${missing.length > 0 ? `; ${missing.join(', ')}` : ''}.${spread}`;
  const counted = item.kind === 'choice' ? item.options : item.kind === 'steps' ? item.steps : [];
  return {
    note,
    bars:
      counted.length > 0 && item.answered > 0
        ? bars({
            id,
            title: question.kind === 'battery' ? item.label : 'Shares of those who answered',
            rows: counted.map((one) => ({
              label: one.label,
              share: one.share,
              count: one.count,
              low: one.low,
              high: one.high,
              segmentClass: null,
              mark: null,
            })),
            reference: null,
            note: null,
          })
        : null,
    histogram:
      item.kind === 'number' && item.answered > 0
        ? histogram({ id, title: 'How the numbers are spread', bins: item.bins, unit: 'respondents', note: null })
        : null,
  };
}
