import { showNumber } from '../../charts/numerals.ts';
import { PERSONAL_KINDS, type PersonalKind } from '../../privacy/mask-text.ts';
import { showDate } from '../../render/helpers.ts';
import type { FoundResponse } from '../../services/answer-readings.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { SURVEY, surveyCrumbs } from './fieldwork-place.ts';
import { head, showPage, studyAddress } from './frame.ts';
import { kindName, kindsInWords } from './mask-view.ts';
import { showUnpublished, surveyAddress, surveyOf } from './surveys.ts';

const PAGE_ROWS = 50;
const DISCLOSURES_SHOWN = 50;

/** What of a person was found in the answers to a survey, and who had it unmasked. */
export function personalDataDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { answerReadings, store } = verbatim;

  door.get(`${SURVEY}/personal-data`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const title = 'Personal data found';
    if (survey.publishedVersionId === null)
      return showUnpublished(
        house,
        visit,
        res,
        survey,
        title,
        'Answers are looked through once the survey is published and the first person has answered.',
      );
    const state = await answerReadings.state(survey);
    const isGoing = answerReadings.refresh(survey, state) || state.isGoing;
    const found = await answerReadings.personalData(survey);
    const decided = await store.masks.counts(survey.id);
    const disclosures = await store.masks.disclosures(survey.id, DISCLOSURES_SHOWN);
    const disclosed = await store.masks.countDisclosures(survey.id);
    const at = `${surveyAddress(study, survey)}/personal-data`;
    const from = Math.max(0, Math.trunc(Number(queryOf(req, 'from')) || 0));
    const page = found.slice(from, from + PAGE_ROWS);
    await showPage(house, visit, res, 'surveys', 'studio/personal-data', {
      head: head(
        surveyCrumbs(study, survey),
        title,
        'What of a person stands in answers is masked in quotes, lists and files. The answers themselves stay as they were written.',
      ),
      action: `${at}/read`,
      isKnown: state.computedAt !== null,
      isGoing,
      going: state.isGoing ? `${Math.round(state.progress * 100)}%` : '',
      isStale: state.isStale && !isGoing,
      note:
        state.computedAt === null
          ? ''
          : `${showNumber(state.texts)} ${state.texts === 1 ? 'answer' : 'answers'} in words looked through on ${showDate(state.computedAt, true)} (UTC).`,
      facts: [
        {
          label: 'Answers with findings',
          value: showNumber(countAnswers(found)),
          note: `of ${showNumber(state.texts)}`,
        },
        { label: 'Marked not personal', value: showNumber(decided.open), note: null },
        { label: 'Hidden by hand', value: showNumber(decided.masked), note: null },
      ],
      hasFound: found.length > 0,
      kinds: {
        caption: 'By kind',
        columns: [
          { label: 'Kind', isNumber: false },
          { label: 'Found', isNumber: true },
          { label: 'Answers', isNumber: true },
        ],
        rows: kindRows(found),
      },
      responses: {
        caption: 'Answers with personal data',
        isStacked: true,
        columns: [
          { label: 'Response', isNumber: false },
          { label: 'Begun', isNumber: false },
          { label: 'Question', isNumber: false },
          { label: 'Masked', isNumber: false },
        ],
        rows: page.flatMap(({ responseId, startedAt, answers }) =>
          answers.map(({ item, kinds }) => ({
            cells: [
              {
                text: responseId.slice(0, 8),
                href: `${studyAddress(study)}/responses/${responseId}#masks`,
                isNumber: false,
              },
              { text: showDate(startedAt), href: null, isNumber: false },
              { text: item, href: null, isNumber: false },
              {
                text: kindsInWords(kinds.map((kind) => ({ kind: kind as PersonalKind }))),
                href: null,
                isNumber: false,
              },
            ],
          })),
        ),
      },
      pages: [
        ...(from > 0 ? [{ label: 'Newer', href: `${at}?from=${Math.max(0, from - PAGE_ROWS)}` }] : []),
        ...(from + PAGE_ROWS < found.length ? [{ label: 'Older', href: `${at}?from=${from + PAGE_ROWS}` }] : []),
      ],
      disclosures: {
        caption: 'Who had words unmasked',
        isStacked: true,
        emptyText: 'Nobody so far.',
        columns: [
          { label: 'When (UTC)', isNumber: false },
          { label: 'Who', isNumber: false },
          { label: 'What', isNumber: false },
          { label: 'Why', isNumber: false },
        ],
        rows: disclosures.map(({ kind, subject, reason, madeAt, user }) => ({
          cells: [
            { text: showDate(madeAt, true), href: null, isNumber: false },
            { text: user ?? 'The command line', href: null, isNumber: false },
            kind === 'view'
              ? {
                  text: `Response ${subject.slice(0, 8)}`,
                  href: `${studyAddress(study)}/responses/${subject}`,
                  isNumber: false,
                }
              : { text: `A file (${subject})`, href: null, isNumber: false },
            { text: reason === '' ? 'Looked at on its page' : reason, href: null, isNumber: false },
          ],
        })),
      },
      disclosedNote:
        disclosed > disclosures.length
          ? `The latest ${showNumber(disclosures.length)} of ${showNumber(disclosed)}.`
          : '',
    });
  });

  door.post(`${SURVEY}/personal-data/read`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    answerReadings.readSoon(survey);
    res.redirect(303, `${surveyAddress(visit.study, survey)}/personal-data`);
  });
}

const countAnswers = (found: readonly FoundResponse[]): number =>
  found.reduce((sum, { answers }) => sum + answers.length, 0);

function kindRows(found: readonly FoundResponse[]) {
  const answers = found.flatMap((one) => one.answers);
  return PERSONAL_KINDS.flatMap((kind) => {
    const own = answers.map(({ kinds }) => kinds.filter((one) => one === kind).length).filter((n) => n > 0);
    if (own.length === 0) return [];
    const name = kindName(kind, 2);
    return [
      {
        cells: [
          { text: name.charAt(0).toUpperCase() + name.slice(1), href: null, isNumber: false },
          { text: showNumber(own.reduce((sum, n) => sum + n, 0)), href: null, isNumber: true },
          { text: showNumber(own.length), href: null, isNumber: true },
        ],
      },
    ];
  });
}
