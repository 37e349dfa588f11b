import { hiddenNote } from '../../privacy/cell-words.ts';
import { type CellPolicy, isTooFew } from '../../privacy/safe-cells.ts';
import { countFieldwork } from '../../reports/fieldwork-figures.ts';
import { safeQuestions } from '../../reports/safe-questions.ts';
import type { SentimentSummary } from '../../reports/sentiment-summary.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { head, showPage, studyAddress } from './frame.ts';
import { questionView } from './results-view.ts';
import { sentimentView } from './sentiment-view.ts';
import { showUnpublished, surveyAddress, surveyOf, surveyTitle } from './surveys.ts';

/** Every question with how often each answer was given. */
export function resultsDoor(door: Doorway, house: House): void {
  const { verbatim } = house;

  door.get('/studio/:study/surveys/:survey/results', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    if (survey.publishedVersionId === null)
      return showUnpublished(
        house,
        visit,
        res,
        survey,
        'Answers counted',
        'Counts appear here once the survey is published and the first person has sent their answers.',
      );
    const policy = verbatim.cells.policyOf(study, study.role);
    const { summary, isBehind } =
      policy === null
        ? { summary: await verbatim.analysis.summary(survey), isBehind: false }
        : await verbatim.cells.summary(survey, policy);
    const { n, versions, questions } = summary ?? { n: 0, versions: [], questions: [] };
    const reading = await verbatim.answerReadings.state(survey);
    const isReading = verbatim.answerReadings.refresh(survey, reading) || reading.isGoing;
    const sentimentOf = await sentiments(house, survey, policy);
    const at = surveyAddress(study, survey);
    await showPage(house, visit, res, 'surveys', 'studio/results', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: surveyTitle(survey), href: at },
        ],
        'Answers counted',
        `${n.toLocaleString('en-GB')} completed responses. Shares are of those who answered the question, with Wilson intervals; means have Student’s t intervals within the ends of their scale; all are 95%.`,
        [
          { label: 'Tables', href: `${at}/tables`, isPrimary: false },
          { label: 'Variables', href: `${at}/variables`, isPrimary: false },
          ...(study.role === 'viewer'
            ? []
            : [
                { label: 'Weighted', href: `${at}/results/weighted`, isPrimary: false },
                { label: 'Responses', href: `${at}/responses`, isPrimary: false },
                { label: 'Export', href: `${at}/responses/export`, isPrimary: false },
              ]),
        ],
      ),
      pooled: [
        ...pooledVersions(versions, study.role === 'viewer' ? null : at, policy),
        ...pooledWaves(await answeredWaves(house, survey), study.role === 'viewer' ? null : at),
      ],
      hiddenNote: hiddenNote(policy, true),
      behind:
        isBehind && policy !== null
          ? `Answers came or left since these figures were last shown, fewer than ${policy.least} of them. They are counted once there are more, so that nobody can tell what single people said.`
          : '',
      isEmpty: n === 0,
      empty: {
        title: 'No completed response yet',
        text: 'Counts appear here as soon as the first person has sent their answers.',
        action: { label: 'The survey', href: at },
      },
      questions:
        n === 0
          ? []
          : safeQuestions(questions, policy).map((question) => ({
              ...questionView(question, {
                results: `${at}/results`,
                themes: `${studyAddress(study)}/themes?survey=${survey.publicId}`,
                responses: study.role === 'viewer' ? null : `${at}/responses`,
              }),
              sentiments: question.items.flatMap((item) =>
                item.kind === 'text' && item.isSpoken ? (sentimentOf(item.item, question.text) ?? []) : [],
              ),
              isReading: isReading && question.items.some((item) => item.kind === 'text' && item.isSpoken),
            })),
    });
  });
}

/** How the answers to an item feel, as the last look over them found; null where none was read. */
async function sentiments({ verbatim }: House, survey: SurveyRow, policy: CellPolicy) {
  const known = await verbatim.answerReadings.sentiments(survey);
  const languages = new Map(
    await Promise.all(
      [...known].map(
        async ([item, { unknown }]) =>
          [item, unknown === 0 ? [] : await verbatim.store.answerReadings.unknownLanguages(survey.id, item)] as const,
      ),
    ),
  );
  return (item: string, subject: string) => {
    const summary = known.get(item);
    const about = { id: `sentiment-${item.replaceAll('.', '-')}`, subject };
    return summary && isFeelingTold(summary, languages.get(item) ?? [], policy)
      ? sentimentView(summary, about, languages.get(item))
      : null;
  };
}

/** How answers feel is told where none of its numbers is small. */
const isFeelingTold = (
  { known, unknown, shares }: SentimentSummary,
  languages: readonly { n: number }[],
  policy: CellPolicy,
): boolean =>
  ![known, unknown, ...shares.map(({ count }) => count), ...languages.map(({ n }) => n)].some((n) =>
    isTooFew(n, policy),
  );

type Pooled = { text: string; links: { label: string; href: string }[] };

/** @param at the survey's address; null for those who may not read single responses */
function pooledVersions(
  versions: readonly { number: number; n: number }[],
  at: string | null,
  policy: CellPolicy,
): Pooled[] {
  if (versions.length < 2) return [];
  const isTold = !versions.some(({ n }) => isTooFew(n, policy));
  const label = (version: { number: number; n: number }) =>
    isTold ? `version ${version.number} (${version.n.toLocaleString('en-GB')})` : `version ${version.number}`;
  const text = 'Responses to several versions of the survey are counted together:';
  if (at === null) return [{ text: `${text} ${versions.map(label).join(', ')}.`, links: [] }];
  const href = ({ number }: { number: number }) => `${at}/responses?state=counted&version=${number}`;
  return [{ text, links: versions.map((version) => ({ label: label(version), href: href(version) })) }];
}

function pooledWaves(names: readonly string[], at: string | null): Pooled[] {
  if (names.length < 2) return [];
  return [
    {
      text: `${names.length} waves are counted together: ${names.join(', ')}.${at === null ? '' : ' See them'}`,
      links: at === null ? [] : [{ label: 'beside each other', href: `${at}/fieldwork/waves` }],
    },
  ];
}

/** The waves somebody completed the survey in. */
async function answeredWaves({ verbatim }: House, survey: SurveyRow): Promise<string[]> {
  const waves = await verbatim.store.fieldwork.waves(survey.id);
  if (waves.length < 2) return [];
  const cells = await verbatim.store.fieldFigures.cells(survey.id, new Date(0).toISOString());
  const counted = (wave: string) => countFieldwork(cells.filter((cell) => cell.wave === wave)).completed;
  return waves.filter(({ publicId }) => counted(publicId) > 0).map(({ name }) => name);
}
