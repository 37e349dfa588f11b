import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { bars } from '../../charts/bars.ts';
import { histogram } from '../../charts/histogram.ts';
import { showNumber } from '../../charts/numerals.ts';
import { surveyItems } from '../../model/items.ts';
import { Problem } from '../../model/problem.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { showDate } from '../../render/helpers.ts';
import type { ItemSummary, QuestionSummary } from '../../reports/question-summary.ts';
import type { StoredAnswer } from '../../store/responses.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { head, PAGE_WAIT_MS, showPage, studyAddress } from './frame.ts';
import { surveyAddress, surveyOf, surveyTitle } from './surveys.ts';

const PAGE_ROWS = 50;

/** What came in: counted for every question, listed, one by one, and as files. */
export function responseDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store } = verbatim;

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
          { label: 'As CSV', href: `${at}/responses.csv`, isPrimary: false },
          { label: 'As JSON lines', href: `${at}/responses.jsonl`, isPrimary: false },
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
              questionView(question, `${studyAddress(study)}/themes?survey=${survey.publicId}`),
            ),
    });
  });

  door.get('/studio/:study/surveys/:survey/responses', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const offset = Math.max(0, Math.trunc(Number(queryOf(req, 'from')) || 0));
    const rows = await store.responses.page(survey.id, offset, PAGE_ROWS + 1);
    const at = surveyAddress(study, survey);
    await showPage(house, visit, res, 'surveys', 'studio/list', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: surveyTitle(survey), href: at },
        ],
        'Responses',
        null,
        [
          { label: 'As CSV', href: `${at}/responses.csv`, isPrimary: false },
          { label: 'As JSON lines', href: `${at}/responses.jsonl`, isPrimary: false },
        ],
      ),
      table: {
        caption: 'Responses, the newest first',
        isCaptionHidden: true,
        columns: [
          { label: 'Response', isNumber: false },
          { label: 'State', isNumber: false },
          { label: 'Last change', isNumber: false },
          { label: 'Asked by', isNumber: false },
        ],
        rows: rows.slice(0, PAGE_ROWS).map((row) => ({
          cells: [
            {
              text: row.publicId.slice(0, 8),
              href: `${studyAddress(study)}/responses/${row.publicId}`,
              isNumber: false,
            },
            { text: row.isTest ? 'test' : row.state, href: null, isNumber: false },
            { text: showDate(row.updatedAt), href: null, isNumber: false },
            { text: (JSON.parse(row.asked) as { how: string }).how, href: null, isNumber: false },
          ],
        })),
      },
      isEmpty: rows.length === 0,
      empty: {
        title: 'No response yet',
        text: 'Send the survey’s address, or import answers.',
        action: { label: 'The survey', href: at },
      },
      more: [
        ...(offset > 0 ? [{ label: 'Newer', href: `${at}/responses?from=${Math.max(0, offset - PAGE_ROWS)}` }] : []),
        ...(rows.length > PAGE_ROWS ? [{ label: 'Older', href: `${at}/responses?from=${offset + PAGE_ROWS}` }] : []),
      ],
    });
  });

  door.get('/studio/:study/responses/:response', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const response = await store.responses.find(study.id, String(req.params['response']));
    if (!response) throw new Problem('not-found', 'There is no such response in this study');
    const { definition, version } = await store.surveys.version(response.surveyVersionId);
    const survey = await store.surveys.findById(study.id, response.surveyId);
    const answers = new Map((await store.responses.answersIn(response.id)).map((answer) => [answer.item, answer]));
    const texts = new Map(
      (await store.notes.sourcesOf(study.id, response.publicId)).map((source) => [
        `${source.publicId} ${source.version}`,
        source,
      ]),
    );
    const language = definition.languages[0] ?? 'en';
    const asked = JSON.parse(response.asked) as { how: string; rule?: string };
    await showPage(house, visit, res, 'surveys', 'studio/response', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          ...(survey
            ? [
                { label: surveyTitle(survey), href: surveyAddress(study, survey) },
                { label: 'Responses', href: `${surveyAddress(study, survey)}/responses` },
              ]
            : []),
        ],
        `Response ${response.publicId.slice(0, 8)}`,
      ),
      facts: [
        { label: 'State', value: response.isTest ? 'test' : response.state, note: null },
        { label: 'Begun', value: showDate(response.startedAt), note: null },
        { label: 'Sent', value: response.completedAt ? showDate(response.completedAt) : 'not yet', note: null },
        { label: 'Version', value: String(version), note: response.language },
        { label: 'Came to be asked', value: asked.how, note: asked.rule ? 'by a rule' : null },
        { label: 'Agreed to', value: (JSON.parse(response.purposes) as string[]).join(', ') || 'nothing', note: null },
      ],
      answers: surveyItems(definition).map((item) => {
        const answer = answers.get(item.address);
        const row =
          item.question.kind === 'battery' ? item.question.rows.find((one) => one.code === item.row)?.text : undefined;
        return {
          item: item.address,
          text: wordingIn(row ?? item.question.text, language, definition.languages),
          ...shownAnswer(answer, item.question, texts, language, definition.languages),
        };
      }),
    });
  });

  for (const format of ['csv', 'jsonl'] as const) {
    door.get(`/studio/:study/surveys/:survey/responses.${format}`, 'researcher', async (visit, req, res) => {
      const survey = await surveyOf(house, visit.study, req);
      res.setHeader('Content-Disposition', `attachment; filename="${survey.slug}.${format}"`);
      res.type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8');
      await pipeline(Readable.from(verbatim.exports[format](survey)), res);
    });
  }
}

function shownAnswer(
  answer: StoredAnswer | undefined,
  question: ReturnType<typeof surveyItems>[number]['question'],
  texts: ReadonlyMap<string, { text: string; erasedAt: string | null }>,
  language: string,
  languages: string[],
): { value: string; isVoice: boolean; isSoft: boolean } {
  const states = {
    refused: 'would rather not say',
    skipped: 'no answer',
    not_shown: 'not asked',
    not_reached: 'not reached',
  };
  if (answer?.state !== 'answered' || answer.value === null)
    return {
      value: states[(answer?.state ?? 'not_reached') as keyof typeof states] ?? 'no answer',
      isVoice: false,
      isSoft: true,
    };
  const { value } = answer;
  if (typeof value === 'object' && !Array.isArray(value)) {
    const source = texts.get(`${value.source} ${value.version}`);
    return source && source.erasedAt === null
      ? { value: source.text, isVoice: true, isSoft: false }
      : { value: 'withdrawn', isVoice: false, isSoft: true };
  }
  if (question.kind === 'single' || question.kind === 'multiple') {
    const codes = Array.isArray(value) ? value : [String(value)];
    const label = (code: string) => {
      const option = question.options.find((one) => one.code === code);
      return option ? wordingIn(option.text, language, languages) : code;
    };
    return { value: codes.map(label).join(', '), isVoice: false, isSoft: false };
  }
  if (question.kind === 'rating' || question.kind === 'battery') {
    const wording = question.steps.labels?.[String(value)];
    return {
      value: wording ? `${String(value)} (${wordingIn(wording, language, languages)})` : String(value),
      isVoice: false,
      isSoft: false,
    };
  }
  return { value: String(value), isVoice: false, isSoft: false };
}

function questionView(question: QuestionSummary, themesAddress: string) {
  return {
    code: question.code,
    text: question.text,
    isBattery: question.kind === 'battery',
    isText: question.kind === 'text',
    themes: themesAddress,
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
