import { publishingFaults } from '../../logic/publishing-faults.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import {
  changesSince,
  type PublishedChange,
  type Tally,
  timesAnswered,
  timesAsked,
} from '../../model/survey-compare.ts';
import { KIND_NAMES } from '../../model/survey-edit-kind.ts';
import { translationState } from '../../model/wordings.ts';
import { breakOffRisks } from '../../quality/break-off-risks.ts';
import { surveyHints } from '../../quality/survey-hints.ts';
import { surveyLength, WORDS_PER_MINUTE } from '../../quality/survey-length.ts';
import { unkeptWords } from '../../reports/notice-facts.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { builderAddress, builderCrumbs } from './builder-frame.ts';
import { placeLabel } from './builder-names.ts';
import { placeOfPointer, queryFor } from './builder-places.ts';
import { languageName } from './builder-view.ts';
import { head, showPage, studyAddress } from './frame.ts';
import { noticeAddress } from './privacy-notice.ts';
import { surveyAddress, surveyOf } from './surveys.ts';

/** More hints than these are not read. */
const HINTS_SHOWN = 60;
/** More changes than these are compared in the editor. */
const CHANGES_SHOWN = 100;
/** More missing words than these of one language are written side by side; so many are seen without opening a list. */
const MISSING_SHOWN = 20;
const MISSING_OPEN = 6;

/** The check list before publishing. Only what stands in the way does so; hints are for thinking about. */
export function checkListDoor(door: Doorway, house: House): void {
  door.get('/studio/:study/surveys/:survey/build/check', 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const { draft } = survey;
    const at = builderAddress(visit.study, survey);
    const language = draft.languages[0] ?? 'en';
    const faults = publishingFaults(survey);
    const lacking = await house.verbatim.privacyNotices.missing(visit.study, draft);
    const length = surveyLength(draft, language);
    const hints = surveyHints(draft);
    const entry = (pointer: string, title: string, detail: string | null) => {
      const { place } = placeOfPointer(draft, pointer);
      return {
        where: placeLabel(draft, place, pointer),
        href: `${at}${queryFor(place, null)}#settings`,
        title,
        detail,
      };
    };
    const published =
      survey.publishedVersionId === null ? null : await house.verbatim.store.surveys.version(survey.publishedVersionId);
    const isChanged = published === null || JSON.stringify(published.definition) !== JSON.stringify(draft);
    const ofKind = (about: 'wording' | 'scale' | 'access') =>
      hints
        .filter((hint) => hint.about === about)
        .slice(0, HINTS_SHOWN)
        .map((hint) => entry(hint.pointer, hint.title, hint.detail));
    const states = translationState(draft);
    const changes = published === null ? [] : changesSince(published.definition, draft);
    // Counting takes a look at every answer, so it waits until something bears on answers.
    const tally = changes.some(({ what }) => what !== 'reworded')
      ? await house.verbatim.store.responses.tally(survey.id)
      : [];
    await showPage(house, visit, res, 'surveys', 'studio/builder-check', {
      head: head([...builderCrumbs(visit.study, survey), { label: 'Builder', href: at }], 'Check list', null, [
        { label: 'Try it', href: `${at}/preview`, isPrimary: false },
        { label: 'Back to the builder', href: at, isPrimary: false },
      ]),
      revision: survey.draftRevision,
      publish: `${surveyAddress(visit.study, survey)}/publish`,
      isReady: faults.length === 0 && lacking.length === 0,
      lacking: lacking.map(({ detail }) => detail),
      notice: `${noticeAddress(visit.study)}?survey=${survey.publicId}`,
      unkept: (await house.verbatim.retention.unkept(visit.study)).map(unkeptWords),
      retention: `${studyAddress(visit.study)}/retention`,
      isChanged,
      anonymous:
        survey.isAnonymous === 1
          ? { isNew: published === null, href: `${surveyAddress(visit.study, survey)}/anonymous` }
          : null,
      nextVersion: (published?.version ?? 0) + 1,
      publishedVersion: published?.version ?? null,
      changes: changes.slice(0, CHANGES_SHOWN).map((change) => ({
        ...entry('pointer' in change ? change.pointer : '#/pages/0', ...changeWords(change, draft, tally)),
        ...('pointer' in change ? {} : { where: 'No longer in the survey', href: null }),
        renew: change.what === 'kind' ? { action: `${at}/renew`, question: change.question } : null,
      })),
      changesHidden: Math.max(0, changes.length - CHANGES_SHOWN),
      faults: faults.slice(0, 200).map((fault) => entry(fault.pointer, fault.detail, null)),
      facts: [
        {
          label: 'Takes about',
          value: minutesText(length.minutes),
          note: draft.minutes === undefined ? 'nothing is promised' : `${draft.minutes} promised at the start`,
        },
        { label: 'Questions', value: String(length.questions), note: `${length.items} answers` },
        { label: 'Words', value: length.words.toLocaleString('en-GB'), note: `read at ${WORDS_PER_MINUTE} a minute` },
        { label: 'Pages', value: String(draft.pages.length), note: null },
      ],
      isLonger: draft.minutes !== undefined && length.minutes > draft.minutes * 1.25 + 0.5,
      languages:
        states.length > 1
          ? states.map((state) => ({
              name: languageName(state.language),
              share: state.all === 0 ? 1 : state.done / state.all,
              missing: state.missing.length,
            }))
          : [],
      missing: states
        // What is missing in the first language stands in the way, and is listed there.
        .filter((state) => state.language !== language && state.missing.length > 0)
        .map((state) => ({
          name: languageName(state.language),
          count: state.missing.length,
          instead: languageName(language),
          href: `${at}/translate?to=${state.language}&show=missing`,
          isOpen: state.missing.length <= MISSING_OPEN,
          hidden: Math.max(0, state.missing.length - MISSING_SHOWN),
          entries: state.missing.slice(0, MISSING_SHOWN).map((pointer) => {
            const { place } = placeOfPointer(draft, pointer);
            return {
              where: placeLabel(draft, place, pointer),
              href: `${at}${queryFor(place, state.language)}#settings`,
            };
          }),
        })),
      risks: breakOffRisks(draft, length).map((risk) => entry(risk.pointer, risk.title, risk.evidence)),
      groups: [
        { heading: 'Words', entries: ofKind('wording') },
        { heading: 'Scales', entries: ofKind('scale') },
        { heading: 'For everybody', entries: ofKind('access') },
      ].filter((group) => group.entries.length > 0),
      hintsHidden: Math.max(0, hints.length - HINTS_SHOWN * 3),
    });
  });
}

const minutesText = (minutes: number): string =>
  minutes < 1 ? 'under a minute' : `${Math.round(minutes)} ${Math.round(minutes) === 1 ? 'minute' : 'minutes'}`;

const people = (count: number): string =>
  count === 0 ? 'Nobody has' : count === 1 ? '1 person has' : `${count.toLocaleString('en-GB')} people have`;

/** What a change does to the answers that are there: what it is, and what comes of it. */
function changeWords(change: PublishedChange, draft: SurveyDefinition, tally: Tally): [string, string] {
  const word = (wording: Record<string, string>) => wordingIn(wording, draft.languages[0] ?? 'en', draft.languages);
  switch (change.what) {
    case 'reworded': {
      const language = draft.languages.length > 1 ? ` (${change.language})` : '';
      return [
        `“${change.was}” is “${change.now}” now${language}`,
        'Answers given to the old words are counted under the new ones: leave it so only if it is the same answer',
      ];
    }
    case 'part-gone':
      return [
        `“${word(change.was)}” is no longer offered`,
        `${people(timesAnswered(tally, change.question, change.code))} chosen or answered it so far. The results keep it, as “no longer offered”`,
      ];
    case 'question-gone':
      return [
        `“${word(change.was)}” is no longer asked`,
        `${people(timesAsked(tally, change.question))} answered it so far. Their answers stay in the responses and exports`,
      ];
    case 'kind':
      return [
        `Was “${KIND_NAMES[change.was]}” when it was published, and is “${KIND_NAMES[change.now]}” now`,
        kindWords(change, timesAsked(tally, change.question)),
      ];
  }
}

/** What another kind does to the answers that are there. */
export const kindWords = ({ doFit }: { doFit: boolean }, answered: number): string => {
  if (answered === 0) return 'Nobody has answered it so far';
  const given = `${people(answered)} answered it so far`;
  return doFit
    ? `${given}. Their answers fit the new kind as well, and are counted together with those to come`
    : `${given}. Their answers do not fit the new kind: they stay in the responses as they were given, and cannot be counted together with those to come`;
};
