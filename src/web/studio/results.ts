import { Problem } from '../../model/problem.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { head, showPage, studyAddress } from './frame.ts';
import { questionView } from './results-view.ts';
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
        `${n.toLocaleString('en-GB')} completed responses. Shares are of those who answered the question; intervals are 95%.`,
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
              questionView(question, {
                results: `${at}/results`,
                themes: `${studyAddress(study)}/themes?survey=${survey.publicId}`,
                responses: study.role === 'viewer' ? null : `${at}/responses`,
              }),
            ),
    });
  });
}
