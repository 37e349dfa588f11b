import { showNumber } from '../charts/numerals.ts';
import type { Block } from './document.ts';
import { paragraph, type ReportGround } from './report-ground.ts';
import { daysOf, type ToldInterviews, type ToldSurvey } from './study-blocks.ts';

/** How interviews of a study are coded. */
export type StudyMethod = 'reliability' | 'codebook' | 'reflexive';
const METHODS: Readonly<Record<StudyMethod, string>> = {
  reliability: 'coded by several people whose agreement is measured',
  codebook: 'coded by a codebook',
  reflexive: 'coded reflexively, which does not hold with measuring agreement',
};

/** Who was asked what, and how interviews were held and coded. */
export function methodBlocks(
  {
    surveys,
    interviews,
    method,
  }: { surveys: readonly ToldSurvey[]; interviews: ToldInterviews | null; method: StudyMethod },
  ground: ReportGround,
): Block[] {
  return [
    ...(surveys.length === 0
      ? []
      : [
          {
            kind: 'table',
            caption: 'Surveys',
            columns: [
              { label: 'Survey', isNumber: false },
              { label: 'Questions', isNumber: true },
              { label: 'Languages', isNumber: false },
              { label: 'Responses', isNumber: false },
            ],
            rows: surveys.map((survey) => ({
              cells: [survey.title, showNumber(survey.questions), languagesOf(survey), responsesOf(survey)],
              refs: ground.refs(survey.source),
            })),
            note: '',
          } satisfies Block,
        ]),
    ...(interviews
      ? [
          paragraph(
            `${showNumber(interviews.all)} ${interviews.all === 1 ? 'interview' : 'interviews'}${interviews.from === '' ? '' : ` between ${interviews.from} and ${interviews.to}`}, ${METHODS[method]}.`,
            ground.refs(interviews.source),
          ),
        ]
      : []),
  ];
}

const NAMES = new Intl.DisplayNames(['en'], { type: 'language' });
const languagesOf = ({ languages }: ToldSurvey): string =>
  new Intl.ListFormat('en-GB').format(languages.map((tag) => NAMES.of(tag) ?? tag));

function responsesOf({ days, imported }: ToldSurvey): string {
  const how = [...(days === null ? [] : [`answered ${daysOf(days)}`]), ...(imported === 0 ? [] : ['imported'])].join(
    ', ',
  );
  return how === '' ? 'Nobody has finished it yet' : `${how.charAt(0).toUpperCase()}${how.slice(1)}`;
}
