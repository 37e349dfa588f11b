import type { Request } from 'express';
import { isSpoken, itemWording, surveyItems } from '../../model/items.ts';
import { Problem } from '../../model/problem.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { isTooFew } from '../../privacy/safe-cells.ts';
import type { ThemesView } from '../../services/themes.ts';
import type { Run, Theme } from '../../store/analyses.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { SpokenAnswer } from '../../store/themes.ts';
import type { CorrectedDocument, CorrectedTheme } from '../../themes/apply-corrections.ts';
import { interviewsOf, type Question, questionOfRun } from '../../themes/question.ts';
import type { ThemesFinding } from '../../workers/tasks/themes.ts';
import type { House } from '../app.ts';
import type { EnteredStudy, StudyVisit } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { type Crumb, studyAddress } from './frame.ts';
import { readInterviewFilter } from './interview-filters.ts';
import { type ReadFilter, readFilter } from './response-filters.ts';
import { runAddress } from './runs.ts';
import { surveyNames } from './surveys.ts';

/** What themes can be found in; `survey` is empty for the interviews of the study. */
export type OpenQuestion = { survey: string; item: string; text: string; value: string };
export type PlacedAnswer = SpokenAnswer & CorrectedDocument;
/** A theme as the page shows it, with the run's own row where one of its own stands behind it. */
export type ShownTheme = CorrectedTheme & {
  /** In how many answers it is, or in how many interviews; and in how many answers or turns. */
  size: number;
  said: number;
  segmentClass: string;
  /** How surely it would be found again; null for what a hand put together. */
  row: Theme | null;
  rows: Theme[];
};
export type ThemesPlace = {
  study: EnteredStudy;
  run: Run;
  /** Null for the interviews of the study. */
  survey: SurveyRow | null;
  questions: OpenQuestion[];
  question: string;
  result: ThemesFinding;
  view: ThemesView;
  /** The newest of its question: the only one that can be corrected. */
  isNewest: boolean;
  mayCorrect: boolean;
  filter: Omit<ReadFilter, 'filter'> | null;
  /** Answers or turns that count now and were read or placed, under the filter. */
  answers: PlacedAnswer[];
  /** What shares are of: the answers, or the interviews with what is spoken of anywhere in them. */
  units: PlacedAnswer[];
  words: ThemeWords;
  /** Themes anybody speaks of, the largest first. */
  themes: ShownTheme[];
  uncoded: number;
  /** How many themes this reader may not see, since fewer people than the least are in them, or all but so few. */
  withheld: { least: number; themes: number };
  /** Answers that came after the run. */
  placed: ReadonlySet<string>;
  /** Every answer that counts, whatever the filter. */
  n: number;
  /** Answers that count and were neither read nor placed yet; and that were read or placed and count no more as they were. */
  since: { came: number; gone: number };
};

/** Every open question of the study's published surveys, and its interviews. */
export async function openQuestions({ verbatim: { store } }: House, study: EnteredStudy): Promise<OpenQuestion[]> {
  const questions: OpenQuestion[] = [];
  for (const survey of await store.surveys.list(study.id)) {
    if (survey.publishedVersionId === null) continue;
    const { definition } = await store.surveys.version(survey.publishedVersionId);
    const word = (wording: Record<string, string>) =>
      wordingIn(wording, definition.languages[0] ?? 'en', definition.languages);
    for (const item of surveyItems(definition).filter(isSpoken)) {
      questions.push({
        survey: survey.publicId,
        item: item.address,
        text: itemWording(item, word),
        value: `${survey.publicId} ${item.address}`,
      });
    }
  }
  if ((await store.notes.countInterviews(study.id)) > 0) {
    const { item } = interviewsOf(study.id);
    questions.push({ survey: '', item, text: 'Interviews of this study', value: item });
  }
  return questions;
}

/** Open questions as they stand in a list: with their survey, since two may ask the same, and how many answers count. */
export async function questionChoices(
  { verbatim: { store } }: House,
  study: EnteredStudy,
  questions: readonly OpenQuestion[],
): Promise<{ value: string; label: string }[]> {
  const surveys = await store.surveys.list(study.id);
  const names = surveyNames(surveys);
  const idOf = new Map(surveys.map(({ id, publicId }) => [publicId, id]));
  const counts = await store.themes.answersBy(study.id);
  return questions.map(({ survey, item, text, value }) => {
    const id = idOf.get(survey);
    if (id === undefined) return { value, label: text };
    const n = counts.find((one) => one.surveyId === id && one.item === item)?.n ?? 0;
    return { value, label: `${text} · ${names.get(id) ?? ''} · ${many(n, 'answer')}` };
  });
}

/**
 * The last try to find themes, where it failed and the same question has not been read since; null for anything else.
 *
 * @param of the run a page is about, whose question alone is looked at; null for any question
 */
export async function failedTry(
  { verbatim: { store } }: House,
  study: EnteredStudy,
  of: Pick<Run, 'surveyId' | 'subject'> | null,
) {
  const [last] = (await store.analyses.runs(study.id, 'themes')).filter(
    (run) => of === null || (run.surveyId === of.surveyId && run.subject === of.subject),
  );
  if (study.role === 'viewer' || last?.state !== 'failed') return null;
  return {
    kind: 'bad',
    title: 'The last try to find themes failed',
    text: last.error ?? 'It is not known why',
    links: [
      { label: 'Look at the run', href: runAddress(study, last) },
      { label: 'Find themes', href: `${themesAddress(study)}/find` },
    ],
  };
}

/**
 * The run a page is about: the one that is named, the one that found a theme that is named, else the newest.
 *
 * @throws Problem when the run is not there; null when none is done yet
 */
export async function runAsked({ verbatim: { store } }: House, study: EnteredStudy, req: Request): Promise<Run | null> {
  const asked = queryOf(req, 'run');
  const theme = queryOf(req, 'theme');
  const run = asked
    ? await store.analyses.findRun(study.id, asked)
    : theme
      ? ((await store.themes.locate(study.id, theme))?.run ?? null)
      : await store.analyses.latestDone(study.id, 'themes');
  if (asked && run?.kind !== 'themes') throw new Problem('not-found', 'There is no such run in this study');
  return run ?? (theme ? store.analyses.latestDone(study.id, 'themes') : null);
}

/** Everything the pages of themes have in common. */
export async function themesPlace(house: House, visit: StudyVisit, req: Request, run: Run): Promise<ThemesPlace> {
  const { verbatim } = house;
  const { store } = verbatim;
  const { study } = visit;
  const survey = run.surveyId === null ? null : await store.surveys.findById(study.id, run.surveyId);
  if (!survey && run.surveyId !== null) throw new Problem('not-found', 'The survey of this run is no longer there');
  const asked = questionOfRun(run);
  const questions = await openQuestions(house, study);
  const newest = await store.analyses.latestDone(study.id, 'themes', { surveyId: run.surveyId, subject: run.subject });
  const isNewest = newest?.id === run.id;
  const view = await verbatim.themes.view(run, !isNewest);
  const byId = new Map(view.state.documents.map((document) => [document.id, document]));
  const join = (list: readonly SpokenAnswer[]) =>
    list.flatMap((answer): PlacedAnswer[] => {
      const document = byId.get(answer.document);
      return document ? [{ ...answer, ...document }] : [];
    });
  const { filter, shown, all } = await filtered(house, study, survey, asked, req);
  const isFiltered = filter !== null && filter.query !== '';
  const answers = join(shown);
  const counted = all ?? shown;
  const whole = isFiltered ? join(counted) : answers;
  const n = whole.length;
  const units = survey ? answers : interviewsIn(answers);
  const sizes = countsOf(units);
  const said = survey ? sizes : countsOf(answers);
  const rows = new Map((await store.analyses.themesOf(run.id)).map((row) => [row.lineage, row]));
  const spoken = new Set(whole.flatMap(({ themes }) => themes.map(({ theme }) => theme)));
  // Interviews are evidence that is read one by one, answers are counted.
  const policy = survey ? verbatim.cells.policyOf(study, study.role) : null;
  const isTold = (size: number) => !isTooFew(size, policy) && !isTooFew(units.length - size, policy);
  const withheld = view.state.themes.filter(({ id }) => spoken.has(id) && !isTold(sizes.get(id) ?? 0)).length;
  const themes = view.state.themes
    .map((theme, index): ShownTheme => {
      const own = theme.found.flatMap((id) => rows.get(id) ?? []);
      return {
        ...theme,
        size: sizes.get(theme.id) ?? 0,
        said: said.get(theme.id) ?? 0,
        segmentClass: `seg-${(index % 8) + 1}`,
        row: own.length === 1 && theme.found.length === 1 ? (own[0] ?? null) : null,
        rows: own,
      };
    })
    .filter(({ id, size }) => spoken.has(id) && isTold(size))
    .sort((a, b) => b.size - a.size || b.said - a.said || (a.label < b.label ? -1 : 1));
  return {
    study,
    run,
    survey,
    questions,
    question:
      questions.find((one) => one.item === run.subject && one.survey === (survey?.publicId ?? ''))?.text ?? run.subject,
    result: { groups: [], merges: [], languages: [], warnings: [], ...JSON.parse(run.result ?? '{}') } as ThemesFinding,
    view,
    isNewest,
    mayCorrect: isNewest && study.role !== 'viewer',
    filter,
    answers,
    units,
    words: survey ? OF_ANSWERS : OF_INTERVIEWS,
    themes,
    uncoded: answers.filter((answer) => answer.themes.length === 0).length,
    withheld: { least: policy?.least ?? 0, themes: withheld },
    placed: new Set(view.found.placed),
    n,
    since: { came: counted.length - n, gone: view.state.documents.length - n },
  };
}

/** What is read and counted, in words. */
export type ThemeWords = {
  /** What is in a theme and is decided on, and what shares are of. */
  said: 'answer' | 'turn';
  unit: 'answer' | 'interview';
  isOfInterviews: boolean;
};
const OF_ANSWERS: ThemeWords = { said: 'answer', unit: 'answer', isOfInterviews: false };
const OF_INTERVIEWS: ThemeWords = { said: 'turn', unit: 'interview', isOfInterviews: true };

/** What was said under the filter of an address, and all of it where there is a filter. */
async function filtered(
  house: House,
  study: EnteredStudy,
  survey: SurveyRow | null,
  question: Question,
  req: Request,
): Promise<{ filter: ThemesPlace['filter']; shown: SpokenAnswer[]; all: SpokenAnswer[] | null }> {
  const { themes } = house.verbatim.store;
  // Who may not read answers sees all of them together: a small group could be one person.
  if (study.role === 'viewer') return { filter: null, shown: await themes.spoken(question), all: null };
  if (survey) {
    const filter = await readFilter(house, study, survey, req);
    const shown = await themes.spoken(question, filter.filter);
    return { filter, shown, all: filter.query === '' ? null : await themes.spoken(question) };
  }
  const all = await themes.spoken(question);
  const { keeps, ...filter } = await readInterviewFilter(house, study, all, req);
  return { filter, shown: all.filter(keeps), all };
}

/** Interviews, each with every theme that any of its turns is in, by the surest of them. */
function interviewsIn(turns: readonly PlacedAnswer[]): PlacedAnswer[] {
  return [...Map.groupBy(turns, ({ response }) => response)].map(([id, own]) => {
    const surest = new Map<string, PlacedAnswer['themes'][number]>();
    for (const share of own.flatMap(({ themes }) => themes))
      if (share.confidence > (surest.get(share.theme)?.confidence ?? -1)) surest.set(share.theme, share);
    return { ...own[0]!, id, themes: [...surest.values()].sort((a, b) => b.confidence - a.confidence) };
  });
}

function countsOf(list: readonly PlacedAnswer[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { themes } of list) for (const { theme } of themes) counts.set(theme, (counts.get(theme) ?? 0) + 1);
  return counts;
}

export const themesAddress = (study: { publicId: string }): string => `${studyAddress(study)}/themes`;

/** The address of a page of this run, under the same filter. */
export function addressIn(place: ThemesPlace, path: string, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({ run: place.run.publicId, ...more });
  const filtered = place.filter?.query ?? '';
  return `${themesAddress(place.study)}${path}?${query}${filtered === '' ? '' : `&${filtered}`}`;
}

/** Where one theme stands on the page of this run: the detail, which on narrow pages is far below the list. */
export const detailAddress = (place: ThemesPlace, theme: string): string => `${addressIn(place, '', { theme })}#detail`;

export const number = (n: number): string => n.toLocaleString('en-GB');
export const many = (n: number, one: string, more = `${one}s`): string => `${number(n)} ${n === 1 ? one : more}`;

/** What a theme is called; one that was merged into another goes by its own name, where it still has one. */
export function nameIn({ view: { found, state, journal } }: ThemesPlace): (id: string) => string {
  const labels = new Map<string, string>();
  for (const { action } of journal) {
    if (action.kind === 'split') for (const { theme, label } of action.parts) labels.set(theme, label);
    else if (action.kind === 'rename') labels.set(action.theme, action.label);
    else if (action.kind === 'merge') labels.set(action.from, action.fromLabel);
  }
  for (const { id, label } of [...found.themes, ...state.themes]) labels.set(id, label);
  return (id) => labels.get(id) ?? labels.get(state.shownAs.get(id) ?? '') ?? 'a theme of an earlier run';
}

/** Where a form of this page leads back to, without what was told there before. */
export function backTo(req: Request): string {
  const url = new URL(req.originalUrl, 'http://localhost');
  url.searchParams.delete('done');
  return `${url.pathname}${url.search}`;
}

export const themesCrumbs = (place: ThemesPlace): Crumb[] => [
  { label: place.study.name, href: studyAddress(place.study) },
  { label: 'Themes', href: addressIn(place, '') },
];
