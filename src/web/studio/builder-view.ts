import type { Form } from '../../model/answers.ts';
import { type Item, surveyItems } from '../../model/items.ts';
import type { ProblemError } from '../../model/problem.ts';
import type { Question, SurveyDefinition } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { placeOf, questionAt } from '../../model/survey-edit.ts';
import { KIND_NAMES, NEW_KIND_NAMES, type NewKind, QUESTION_KINDS } from '../../model/survey-edit-kind.ts';
import { translationState } from '../../model/wordings.ts';
import { conditionGroups } from './builder-condition-maker.ts';
import { questionNumbers } from './builder-names.ts';
import { pageSettings, partSettings } from './builder-part-settings.ts';
import { faultsAt, isSamePlace, PARTS, type Part, type Place, placeOfPointer, queryFor } from './builder-places.ts';
import { questionSettings, type SettingGroup } from './builder-question-settings.ts';
import { type Beside, type Choice, type Entry, fillSettings, makerFor } from './builder-settings.ts';
import type { FieldView } from './frame.ts';

/** What the builder's page shows, from a definition and the place that is open in it. */

/** A language by its English name; its tag where nobody knows one. */
export function languageName(language: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(language) ?? language;
  } catch {
    return language;
  }
}

/** The pages and questions, with what stands around them. */
export function outlineView(
  definition: SurveyDefinition,
  faults: readonly ProblemError[],
  open: Place,
  language: string,
) {
  const faulty = new Set(faults.map(({ pointer }) => JSON.stringify(placeOfPointer(definition, pointer).place)));
  const mark = (place: Place) => ({
    href: queryFor(place, language),
    isCurrent: isSamePlace(place, open),
    hasFault: faulty.has(JSON.stringify(place)),
  });
  const numbers = questionNumbers(definition);
  const part = (name: Part) => ({ label: PARTS[name], ...mark({ what: 'part', part: name }) });
  return {
    before: [part('start')],
    pages: definition.pages.map((page, index) => ({
      code: page.code,
      label: `Page ${index + 1}`,
      title: page.title ? wordingIn(page.title, language, definition.languages) : '',
      isConditional: page.visibleIf !== undefined || page.next !== undefined,
      isOpen:
        isSamePlace(open, { what: 'page', code: page.code }) ||
        (open.what === 'question' && page.questions.some((one) => one.code === open.code)),
      ...mark({ what: 'page', code: page.code }),
      questions: page.questions.map((question) => {
        return {
          code: question.code,
          number: String(numbers.get(question.code) ?? '–'),
          text: textOf(definition, question, language),
          kind: KIND_NAMES[question.kind],
          isRequired: question.required ?? false,
          isConditional: question.visibleIf !== undefined,
          ...mark({ what: 'question', code: question.code }),
        };
      }),
    })),
    after: [
      ...(['ends', 'order', 'quotas', 'scales'] as const).map(part),
      { label: 'Languages', ...mark({ what: 'languages' }) },
    ],
  };
}

/** A question as one line; a new one says that its words are missing. */
export const textOf = (definition: SurveyDefinition, question: Question, language: string): string =>
  wordingIn(question.text, language, definition.languages).replaceAll(/\s+/g, ' ').trim().slice(0, 160) ||
  'No words yet';

/** The kinds to choose from, grouped as people think of them. */
const KIND_GROUPS: readonly [string, readonly NewKind[]][] = [
  ['Choose', ['single', 'multiple', 'yes-no', 'ranking', 'best-worst']],
  ['Rate', ['rating', 'nps', 'csat', 'ces', 'battery', 'matrix', 'differential', 'slider']],
  ['Write', ['text', 'number', 'date', 'time', 'contact', 'sum']],
  ['Other', ['statement', 'consent', 'file', 'hidden', 'calculated']],
];
export const kindGroups = () =>
  KIND_GROUPS.map(([heading, kinds]) => ({
    heading,
    kinds: kinds.map((value) => ({ value, label: NEW_KIND_NAMES[value] })),
  }));

export const kindChoices = (current: Question['kind']) =>
  QUESTION_KINDS.map((value) => ({ value, label: KIND_NAMES[value], isChosen: value === current }));

/** The groups of settings of a place, and the entry they are about; none for the languages. */
export function settingsAt(
  definition: SurveyDefinition,
  place: Place,
  language: string,
): { groups: SettingGroup[]; entry: Entry } | null {
  if (place.what === 'question') {
    const question = questionAt(definition, place.code);
    return question && { groups: questionSettings(question, sourcesFor(definition, place.code)), entry: question };
  }
  if (place.what === 'page') {
    const page = definition.pages.find((one) => one.code === place.code);
    return page ? { groups: pageSettings(definition, page, language), entry: page } : null;
  }
  return place.what === 'part' ? { groups: partSettings(place.part), entry: definition } : null;
}

/** Questions asked before this one that have options to carry over. */
function sourcesFor(definition: SurveyDefinition, code: string): Choice[] {
  const place = placeOf(definition, code);
  const language = definition.languages[0] ?? 'en';
  return definition.pages
    .slice(0, (place?.page ?? 0) + 1)
    .flatMap((page, p) => (p === place?.page ? page.questions.slice(0, place.question) : page.questions))
    .filter((question) => ['single', 'multiple', 'ranking'].includes(question.kind))
    .map((question) => ({
      value: question.code,
      label: `${question.code}: ${textOf(definition, question, language).slice(0, 60)}`,
    }));
}

/**
 * A place's form.
 *
 * @param typed what was just sent and did not fit, with why
 * @param beside what is shown beside the fields
 */
export function panelView(
  definition: SurveyDefinition,
  place: Place,
  language: string,
  faults: readonly ProblemError[],
  typed: { form: Form; errors: readonly ProblemError[] } | null,
  beside: Beside = {},
) {
  const found = settingsAt(definition, place, language);
  if (!found) return { groups: [], errors: [], other: [] };
  const { groups, entry } = found;
  const values =
    typed?.form ??
    fillSettings(
      groups.flatMap((group) => group.settings),
      entry,
      language,
    );
  const silent = makerFor(values, []);
  const names = new Set(
    groups.flatMap((group) => group.settings.flatMap((setting) => namesOf(setting.show(silent, '', entry)))),
  );
  // Whoever has just begun a question need not be told that it is empty.
  const isBegun = place.what !== 'question' || Object.values(Object(entry['text'])).some((text) => text !== '');
  const errors = faultsAt(definition, [...(typed?.errors ?? []), ...(isBegun ? faults : [])], place, names);
  const make = makerFor(values, errors, beside);
  return {
    groups: groups
      .map((group) => {
        const fields = group.settings.flatMap((setting) => setting.show(make, '', entry));
        const own = namesOf(fields);
        return {
          heading: group.heading,
          isOpen: group.isOpen || errors.some(({ pointer }) => own.includes(pointer.slice(2))),
          fields,
        };
      })
      .filter((group) => group.fields.length > 0),
    errors,
    /** What belongs to no field of this form. */
    other: errors.filter(({ pointer }) => pointer === '').map(({ detail }) => detail),
  };
}

function namesOf(fields: readonly FieldView[]): string[] {
  return fields.flatMap((one) => {
    const inner = [
      ...((one['entries'] as { fields: FieldView[] }[] | undefined) ?? []),
      ...((one['parts'] as { fields: FieldView[] }[] | undefined) ?? []),
    ];
    return [one.name, ...inner.flatMap((entry) => namesOf(entry.fields))];
  });
}

/** What conditions at a place may name: answers given before it, with the codes they can be. */
const NAMES_SHOWN = 120;
function askedBefore(definition: SurveyDefinition, place: Place): Item[] {
  const here = place.what === 'question' ? placeOf(definition, place.code) : null;
  const pageIndex =
    place.what === 'page'
      ? definition.pages.findIndex((page) => page.code === place.code) + 1
      : definition.pages.length;
  return surveyItems(definition).filter((item) => {
    if (item.question.kind === 'file') return false;
    const at = placeOf(definition, item.question.code);
    if (!here || !at) return item.page <= pageIndex;
    return at.page < here.page || (at.page === here.page && at.question < here.question);
  });
}

/** The same, put into words for conditions that are put together. */
export const askableAt = (definition: SurveyDefinition, place: Place, language: string) =>
  conditionGroups(askedBefore(definition, place).slice(-NAMES_SHOWN), definition, language);

export function namesView(definition: SurveyDefinition, place: Place, language: string) {
  return askedBefore(definition, place)
    .slice(-NAMES_SHOWN)
    .map((item) => ({
      name: `{${item.address}}`,
      text: wordingIn(item.label ?? item.question.text, language, definition.languages).slice(0, 80),
      codes: item.steps
        ? `${item.steps.min} to ${item.steps.max}`
        : item.options
            .slice(0, 12)
            .map((option) => `'${option.code}'`)
            .join(', '),
    }));
}

/** The languages of the survey, and how far each has got. */
export function languagesView(definition: SurveyDefinition) {
  return translationState(definition).map(({ language, done, all, missing }, index) => ({
    code: language,
    name: languageName(language),
    isFirst: index === 0,
    isOnly: definition.languages.length === 1,
    share: all === 0 ? 1 : done / all,
    missing: missing.length,
    translate: `/translate?to=${language}`,
  }));
}
