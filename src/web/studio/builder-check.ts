import { checkSurvey } from '../../logic/check-survey.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { placeOf, questionAt } from '../../model/survey-edit.ts';
import { translationState } from '../../model/wordings.ts';
import { breakOffRisks } from '../../quality/break-off-risks.ts';
import { surveyHints } from '../../quality/survey-hints.ts';
import { surveyLength, WORDS_PER_MINUTE } from '../../quality/survey-length.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { builderAddress, builderCrumbs } from './builder-frame.ts';
import { PARTS } from './builder-part-settings.ts';
import { type Place, placeOfPointer, queryFor } from './builder-places.ts';
import { languageName } from './builder-view.ts';
import { head, showPage } from './frame.ts';
import { surveyAddress, surveyOf } from './surveys.ts';

/** More hints than these are not read. */
const HINTS_SHOWN = 60;
/** More missing words than these of one language are written side by side; so many are seen without opening a list. */
const MISSING_SHOWN = 20;
const MISSING_OPEN = 6;

/** A place in words: “Page 2, question 3: How was it?”. */
export function placeLabel(definition: SurveyDefinition, place: Place, pointer = ''): string {
  const language = definition.languages[0] ?? 'en';
  const short = (text: string) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
  switch (place.what) {
    case 'question': {
      const at = placeOf(definition, place.code);
      const question = questionAt(definition, place.code);
      const text = question ? wordingIn(question.text, language, definition.languages) : '';
      const part = /\/(hint|options|rows|columns|steps|checks|visibleIf|unit|low|high)\b/.exec(pointer)?.[1];
      return `Page ${(at?.page ?? 0) + 1}, question ${(at?.question ?? 0) + 1}: ${short(text || place.code)}${part ? ` (${PART_WORDS[part] ?? part})` : ''}`;
    }
    case 'page': {
      const index = definition.pages.findIndex((page) => page.code === place.code);
      const title = definition.pages[index]?.title;
      return `Page ${index + 1}${title ? `: ${short(wordingIn(title, language, definition.languages))}` : ''}`;
    }
    case 'part':
      return PARTS[place.part];
    case 'languages':
      return 'Languages';
  }
}

const PART_WORDS: Readonly<Record<string, string>> = {
  hint: 'hint',
  options: 'options',
  rows: 'rows',
  columns: 'columns',
  steps: 'the scale',
  checks: 'checks',
  visibleIf: 'shown if',
  unit: 'unit',
};

/** The check list before publishing. Only what stands in the way does so; hints are for thinking about. */
export function checkListDoor(door: Doorway, house: House): void {
  door.get('/studio/:study/surveys/:survey/build/check', 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const { draft } = survey;
    const at = builderAddress(visit.study, survey);
    const language = draft.languages[0] ?? 'en';
    const faults = checkSurvey(draft);
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
    await showPage(house, visit, res, 'surveys', 'studio/builder-check', {
      head: head([...builderCrumbs(visit.study, survey), { label: 'Builder', href: at }], 'Check list', null, [
        { label: 'Try it', href: `${at}/preview`, isPrimary: false },
        { label: 'Back to the builder', href: at, isPrimary: false },
      ]),
      revision: survey.draftRevision,
      publish: `${surveyAddress(visit.study, survey)}/publish`,
      isReady: faults.length === 0,
      isChanged,
      nextVersion: (published?.version ?? 0) + 1,
      publishedVersion: published?.version ?? null,
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
