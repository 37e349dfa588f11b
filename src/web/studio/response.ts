import type { Request, Response } from 'express';
import { showNumber, showPercent } from '../../charts/numerals.ts';
import { compileSurvey } from '../../logic/compile-survey.ts';
import { answerWords, pipeText } from '../../logic/pipe.ts';
import type { ShownQuestion } from '../../logic/walk.ts';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { recordingLink } from '../../model/recording-link.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { maskedSpans } from '../../privacy/overlay.ts';
import { showDate } from '../../render/helpers.ts';
import type { Texts } from '../../render/respondent-texts.ts';
import type { ResponseDetail } from '../../services/response-detail.ts';
import type { ResponseRow } from '../../store/responses.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import { contentDisposition } from '../content-disposition.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { confineFile } from '../security.ts';
import {
  answerRefused,
  fieldMaker,
  head,
  isForForm,
  PAGE_WAIT_MS,
  showPage,
  studyAddress,
  summaryOf,
} from './frame.ts';
import { masksView, shownText } from './mask-view.ts';
import { ticketsView } from './outgoing-view.ts';
import { nameIn } from './quote-view.ts';
import { answerView, folded, isToldOf, masked } from './response-answer-view.ts';
import { checkName, readFilter } from './response-filters.ts';
import { askedText, statePills, tookText } from './response-pills.ts';
import { surveyAddress, surveyTitle } from './surveys.ts';
import { writtenLinks } from './written-places.ts';

const ONE = '/studio/:study/responses/:response';

/** One response: what was answered and how, and what researchers make of it. */
export function oneResponseDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, responseDesk } = verbatim;

  async function responseOf(study: EnteredStudy, req: Request): Promise<ResponseRow> {
    const response = await store.responses.find(study.id, String(req.params['response']));
    if (!response) throw new Problem('not-found', 'There is no such response in this study');
    return response;
  }
  const addressOf = (study: EnteredStudy, { publicId }: { publicId: string }) =>
    `${studyAddress(study)}/responses/${publicId}`;

  type Typed = { form: Form; problem: Problem } | null;
  async function showOne(
    visit: StudyVisit,
    response: ResponseRow,
    req: Request,
    res: Response,
    typed: Typed = null,
  ): Promise<void> {
    const { study } = visit;
    const detail = await verbatim.responseDetails.read(response);
    if (!detail) throw new Problem('not-found', 'There is no such response in this study');
    const survey = await store.surveys.findById(study.id, response.surveyId);
    const waves = await store.fieldwork.waves(response.surveyId);
    // The list that it was opened from goes on in the address.
    const list = survey ? await readFilter(house, study, survey, req) : null;
    const inList = list === null || list.query === '' ? '' : `?${list.query}`;
    const beside =
      survey && list ? await responseDesk.beside(survey, response, list.filter) : { newer: null, older: null };
    const linkTo = (id: string | null) => (id === null ? '' : `${addressOf(study, { publicId: id })}${inList}`);
    const isOpen = queryOf(req, 'words') === 'open';
    if (isOpen && detail.said.length > 0)
      await verbatim.masking.viewed({ studyId: study.id, surveyId: response.surveyId }, response.publicId, '', {
        userId: visit.user.id,
      });
    const proof = detail.current.state === 'withdrawn' ? await store.withdrawals.of(study.id, response.publicId) : null;
    const written = writtenLinks(study, proof?.counts.written ?? []);
    const number = (await store.orderNumbers.ofResponses(study.id, [response.publicId])).get(response.publicId);
    const withWords = new URLSearchParams(list?.query ?? '');
    withWords.set('words', 'open');
    const make = fieldMaker(typed?.form ?? {}, typed?.problem.errors ?? []);
    if (typed) answerRefused(res, typed.problem);
    await showPage(house, visit, res, 'surveys', 'studio/response', {
      head: head(crumbs(study, survey), nameIn(survey, response.publicId, number)),
      at: addressOf(study, response),
      inList,
      beside: {
        previous: linkTo(beside.newer),
        next: linkTo(beside.older),
        list: survey ? `${surveyAddress(study, survey)}/responses${inList}` : '',
        listLabel: inList === '' ? 'All responses' : 'All that match',
      },
      done: typed ? NOTHING_DONE : doneIn(queryOf(req, 'done')),
      tickets: await ticketsView(house, study, 'response', response.publicId),
      isError: typed !== null,
      summary: typed ? summaryOf(typed.problem, ['label', 'note', 'reason', 'words']) : null,
      ...markFields(make),
      written: written.length > 0 && {
        kind: 'warn',
        title: 'What researchers wrote of personas held words of theirs',
        text: 'These were left as they were when the response was withdrawn. Look at each, and say it otherwise where it still gives them.',
        links: written,
      },
      masks: { ...masksView(detail.said, isOpen), openQuery: `?${withWords}` },
      wordsFields: [
        ...(detail.said.length > 1
          ? [
              make.select(
                'source',
                'In which answer',
                detail.said.map(({ item, source }) => ({ value: sourceField(source), label: item })),
                { isRequired: true },
              ),
            ]
          : []),
        make.text('words', 'Words to hide', {
          isRequired: true,
          hint: 'Exactly as they stand in the answer. They are hidden wherever they stand in it',
        }),
      ],
      eraseAt: study.role === 'owner' ? `${addressOf(study, response)}/erase` : '',
      onlySource: detail.said.length === 1 ? sourceField(detail.said[0]!.source) : null,
      ...responseView(
        addressOf(study, response),
        response,
        detail,
        verbatim.texts.in('en'),
        waves.find(({ publicId }) => publicId === response.wave)?.name ?? null,
        isOpen,
      ),
    });
  }
  door.get(ONE, 'researcher', async (visit, req, res) => {
    await verbatim.logs.settle(PAGE_WAIT_MS);
    await showOne(visit, await responseOf(visit.study, req), req, res);
  });

  type Act = (visit: StudyVisit, response: ResponseRow, req: Request) => Promise<void>;
  const act = (path: string, anchor: string, does: Act) =>
    door.post(`${ONE}/${path}`, 'researcher', async (visit, req, res) => {
      const response = await responseOf(visit.study, req);
      try {
        await does(visit, response, req);
        const query = new URLSearchParams(req.originalUrl.split('?')[1] ?? '');
        query.set('done', path.replace(/\/:\w+/, ''));
        res.redirect(303, `${addressOf(visit.study, response)}?${query}#${anchor}`);
      } catch (error) {
        // What was typed comes back, unless there is no field to show it in any more.
        if (!isForForm(error) || error.errors.length === 0) throw error;
        await showOne(visit, response, req, res, { form: formOf(req), problem: error });
      }
    });
  const by = (visit: StudyVisit) => ({ userId: visit.user.id });
  act('labels', 'labels', (visit, response, req) =>
    responseDesk.addLabel(response, field(formOf(req), 'label'), by(visit)),
  );
  act('labels/:label/remove', 'labels', (_visit, response, req) =>
    responseDesk.removeLabel(response, String(req.params['label'])),
  );
  act('notes', 'notes', (visit, response, req) =>
    responseDesk.addNote(response, field(formOf(req), 'note'), by(visit)),
  );
  act('notes/:note/remove', 'notes', (_visit, response, req) =>
    responseDesk.removeNote(response, String(req.params['note'])),
  );
  act('masks', 'masks', async (visit, response, req) => {
    const form = formOf(req);
    const [sourceId = '', version = ''] = field(form, 'source').split('.');
    const source = /^\d{1,9}$/.test(version)
      ? await store.notes.findSource(visit.study.id, sourceId, Number(version))
      : null;
    if (!source || source.subjectId !== response.publicId)
      throw new Problem('not-found', 'There is no such answer in this response');
    const [start, end] = [field(form, 'start'), field(form, 'end')];
    const isSpan = /^\d{1,7}$/.test(start) && /^\d{1,7}$/.test(end);
    await verbatim.masking.decide(
      source,
      isSpan ? { start: Number(start), end: Number(end) } : { words: field(form, 'words') },
      isSpan ? 'open' : 'masked',
      by(visit),
    );
  });
  act('masks/:mask/remove', 'masks', async (visit, response, req) =>
    verbatim.masking.undo(
      visit.study.id,
      await store.notes.sourcesOf(visit.study.id, response.publicId),
      String(req.params['mask']),
      by(visit),
    ),
  );
  act('leave-out', 'standing', (visit, response, req) =>
    responseDesk.leaveOut(response, field(formOf(req), 'reason'), by(visit)),
  );
  act('take-back', 'standing', (_visit, response) => responseDesk.takeBack(response));

  door.get(`${ONE}/files/:file`, 'researcher', async (visit, req, res) => {
    const response = await responseOf(visit.study, req);
    const kept = await verbatim.files.read(String(req.params['file']));
    if (!kept || kept.file.responseId !== response.publicId || kept.file.studyId !== visit.study.id)
      throw new Problem('not-found', 'There is no such file in this response');
    res.setHeader('Content-Disposition', contentDisposition(kept.file.name));
    confineFile(res);
    res.setHeader('Cache-Control', 'private, no-store');
    res.type(kept.file.mediaType).send(kept.bytes);
  });
}

const DONE: Readonly<Record<string, { section: 'labels' | 'notes' | 'masks' | 'standing'; title: string }>> = {
  labels: { section: 'labels', title: 'The label is on' },
  'labels/remove': { section: 'labels', title: 'The label is off' },
  notes: { section: 'notes', title: 'The note is kept' },
  'notes/remove': { section: 'notes', title: 'The note is removed' },
  masks: { section: 'masks', title: 'What you decided is kept' },
  'masks/remove': { section: 'masks', title: 'The decision is taken back' },
  'leave-out': { section: 'standing', title: 'It is left out and counts nowhere' },
  'take-back': { section: 'standing', title: 'It counts again' },
};
const NOTHING_DONE = { labels: null, notes: null, masks: null, standing: null };
/** A word after what was done, where it was done, as the address says; none for anything else. */
function doneIn(done: string) {
  const found = Object.hasOwn(DONE, done) ? DONE[done] : undefined;
  if (!found) return NOTHING_DONE;
  return { ...NOTHING_DONE, [found.section]: { kind: 'good', title: found.title, text: null, links: [] } };
}

const markFields = (make: ReturnType<typeof fieldMaker>) => ({
  labelField: make.text('label', 'Label', { isRequired: true }),
  noteField: make.area('note', 'Note', { rows: 3, isRequired: true }),
  reasonField: make.text('reason', 'Reason', { isRequired: true, hint: 'Kept with the response' }),
});

const crumbs = (study: EnteredStudy, survey: SurveyRow | null) => [
  { label: study.name, href: studyAddress(study) },
  ...(survey
    ? [
        { label: surveyTitle(survey), href: surveyAddress(study, survey) },
        { label: 'Responses', href: `${surveyAddress(study, survey)}/responses` },
      ]
    : []),
];

const sourceField = ({ publicId, version }: { publicId: string; version: number }) => `${publicId}.${version}`;

function responseView(
  at: string,
  response: ResponseRow,
  detail: ResponseDetail,
  texts: Texts,
  wave: string | null,
  isOpen: boolean,
) {
  const { current, definition } = detail;
  const language = definition.languages[0] ?? 'en';
  const said = detail.walk ? answerWords(definition, detail.walk.live, detail.walk.facts, language) : () => null;
  const show = (code: string) => {
    const words = said(code);
    return words === null ? null : shownText(words, maskedSpans(words), isOpen);
  };
  /** As the respondent met it, with earlier answers put in. */
  const word = (wording: Record<string, string>) => pipeText(wordingIn(wording, language, definition.languages), show);
  const end = definition.ends?.find(({ code }) => code === current.endCode);
  const fact = (label: string, value: string | null | undefined, note: string | null = null) =>
    value ? [{ label, value, note }] : [];
  const { screens } = compileSurvey(definition);
  return {
    isWithdrawn: current.state === 'withdrawn',
    replay: replayOf(detail),
    withdrawnAt: showDate(current.updatedAt, true),
    states: statePills(current.state, current.isTest, detail.leftOut !== null),
    facts: [
      ...fact('Begun', showDate(current.startedAt, true), 'UTC'),
      ...fact('Sent', current.completedAt === null ? null : showDate(current.completedAt, true), 'UTC'),
      ...fact('Took', current.batchId === null ? tookText(current.startedAt, current.completedAt) : null),
      ...fact('Version', String(detail.version), current.language),
      ...fact('Came to be asked', askedText(current.asked), current.asked.rule ? 'by a rule' : null),
      ...fact('Source', current.source),
      ...fact('Wave', wave),
      ...fact('Device', current.device?.kind, current.device?.browser ?? null),
      ...fact('Country', current.country),
      ...fact(
        'Agreed to',
        purposesText(definition, current.consent?.purposes ?? [], word),
        current.consent ? `consent text ${current.consent.textVersion}` : null,
      ),
      ...fact('End', end?.title ? word(end.title) : current.endCode),
      ...fact('Segments', detail.segments.join(', ')),
      ...detail.typed.flatMap(({ tool, segment, probability, reason }) =>
        fact(
          'Typed as',
          segment ?? (reason === 'missing' ? 'too little answered' : 'unsure'),
          `${probability === null || reason === 'missing' ? '' : segment === null ? `the likeliest segment has ${showPercent(probability, 0)}, ` : `${showPercent(probability, 0)}, `}by the typing tool “${tool}”`,
        ),
      ),
    ],
    flags: detail.flags.map(({ sign, reason, item }) => ({ name: checkName(sign), reason, item })),
    pages: detail.pages
      .filter(({ answers }) => answers.length > 0)
      .map(({ index, answers }) => ({
        title: word(definition.pages[index]?.title ?? { [language]: `Page ${index + 1}` }),
        answers: answers
          .filter((answer) => isToldOf(answer, answers))
          .map((answer) => answerView(at, detail, masked(answer, isOpen), texts, word)),
      })),
    steps: {
      caption: 'The way through',
      columns: [
        { label: 'Step', isNumber: false },
        { label: 'Sent (UTC)', isNumber: false },
        { label: 'After', isNumber: true },
      ],
      rows: detail.steps.map((step) => ({
        cells: [
          {
            text: stepName(step, current, screens, word),
            href: null,
            isNumber: false,
          },
          { text: showDate(step.at, true), href: null, isNumber: false },
          {
            text: step.seconds === null ? '' : `${showNumber(Math.round(step.seconds))} s`,
            href: null,
            isNumber: true,
          },
        ],
      })),
    },
    orders: detail.orders.map(({ screen, questions }) => ({
      screen: screenName(screens, screen),
      questions: questions.map((question) => ({ text: word(question.text), parts: partsShown(question, word) })),
    })),
    attributes: Object.entries(current.attributes ?? {}).map(([name, value]) => ({
      name,
      value: Array.isArray(value) ? value.join(', ') : String(value),
    })),
    scores: detail.scores.map(({ scale, value }) => ({
      name: scaleName(definition, scale, word),
      value: value === null ? 'missing' : showNumber(value, 2),
    })),
    labels: detail.labels.map(({ publicId, name }) => ({ name, remove: `${at}/labels/${publicId}/remove` })),
    notes: detail.notes.map(({ publicId, body, author, madeAt }) => ({
      ...folded(body),
      by: `${author ?? 'Somebody'}, ${showDate(madeAt)}`,
      remove: `${at}/notes/${publicId}/remove`,
    })),
    leftOut:
      detail.leftOut === null ? null : { reason: detail.leftOut.reason, madeAt: showDate(detail.leftOut.madeAt) },
    isImported: response.batchId !== null,
  };
}

/** The recording of the visit, as the address said it, or a hidden question of the code `replay_url`. */
function replayOf({ current, pages }: ResponseDetail) {
  const hidden = pages
    .flatMap(({ answers }) => answers)
    .find(({ item: { question } }) => question.kind === 'hidden' && question.code === 'replay_url');
  return recordingLink(current.replayUrl) ?? recordingLink(hidden?.words === 'changed' ? null : hidden?.value);
}

/** What was agreed to in the words that were ticked; a purpose that the survey no longer names by its code. */
function purposesText(
  { consent }: ResponseDetail['definition'],
  agreed: readonly string[],
  word: (wording: Record<string, string>) => string,
): string {
  const texts = agreed.map((code) => {
    const purpose = consent.purposes.find((one) => one.code === code);
    return purpose ? word(purpose.text) : code;
  });
  return texts.join('; ') || 'nothing';
}

function stepName(
  { page, at, seconds, title }: ResponseDetail['steps'][number],
  current: ResponseDetail['current'],
  screens: ReturnType<typeof compileSurvey>['screens'],
  word: (wording: Record<string, string>) => string,
): string {
  const screen = screens[page - 1];
  if (screen) return title ? `${screen.pageIndex + 1}. ${word(title)}` : `Page ${screen.pageIndex + 1}`;
  if (seconds === null) return 'Begun';
  if (at === current.completedAt) return 'Sent';
  return at === current.updatedAt && current.state === 'withdrawn' ? 'Withdrawn' : 'Changed';
}

/** A page by its number, and which part of it where it was shown in several. */
function screenName(screens: ReturnType<typeof compileSurvey>['screens'], number: number): string {
  const pageIndex = screens[number - 1]?.pageIndex ?? 0;
  const parts = screens.filter((one) => one.pageIndex === pageIndex);
  const part = parts.findIndex((one) => one.number === number) + 1;
  return `Page ${pageIndex + 1}${parts.length > 1 ? `, part ${part}` : ''}`;
}

/** What stood in a question, in the order in which it stood there. */
function partsShown(question: ShownQuestion, word: (wording: Record<string, string>) => string): string[] {
  const options = 'options' in question ? question.options : [];
  if (question.sets)
    return question.sets.map((set) =>
      set
        .map((code) => options.find((option) => option.code === code))
        .map((option, index) => (option ? word(option.text) : (set[index] ?? '')))
        .join(', '),
    );
  if ('options' in question) return options.map(({ text }) => word(text));
  if (question.kind === 'differential') return question.rows.map(({ low, high }) => `${word(low)} – ${word(high)}`);
  return 'rows' in question ? question.rows.map(({ text }) => word(text)) : [];
}

function scaleName(
  { instruments = [] }: ResponseDetail['definition'],
  scale: string,
  word: (wording: Record<string, string>) => string,
): string {
  const [instrument, code] = scale.split('.');
  const own = instruments.find((one) => one.code === instrument);
  const found = own?.scales.find((one) => one.code === code);
  if (!found) return scale;
  return `${word(found.name)}${own?.provisionalUntil === undefined ? '' : ' (provisional)'}`;
}
