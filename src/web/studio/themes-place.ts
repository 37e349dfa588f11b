import type { Request } from 'express';
import { isSpoken, itemWording, surveyItems } from '../../model/items.ts';
import { Problem } from '../../model/problem.ts';
import { wordingIn } from '../../model/survey-check.ts';
import type { ThemesView } from '../../services/themes.ts';
import type { Run, Theme } from '../../store/analyses.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { SpokenAnswer } from '../../store/themes.ts';
import type { CorrectedDocument, CorrectedTheme } from '../../themes/apply-corrections.ts';
import type { ThemesFinding } from '../../workers/tasks/themes.ts';
import type { House } from '../app.ts';
import type { EnteredStudy, StudyVisit } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { type Crumb, studyAddress } from './frame.ts';
import { type ReadFilter, readFilter } from './response-filters.ts';

export type OpenQuestion = { survey: string; item: string; text: string; value: string };
export type PlacedAnswer = SpokenAnswer & CorrectedDocument;
/** A theme as the page shows it, with the run's own row where one of its own stands behind it. */
export type ShownTheme = CorrectedTheme & {
  size: number;
  segmentClass: string;
  /** How surely it would be found again; null for what a hand put together. */
  row: Theme | null;
  rows: Theme[];
};
export type ThemesPlace = {
  study: EnteredStudy;
  run: Run;
  survey: SurveyRow;
  questions: OpenQuestion[];
  question: string;
  result: ThemesFinding;
  view: ThemesView;
  /** The newest of its question: the only one that can be corrected. */
  isNewest: boolean;
  mayCorrect: boolean;
  filter: ReadFilter | null;
  /** Answers that count now and were read or placed, under the filter. */
  answers: PlacedAnswer[];
  /** Themes anybody speaks of, the largest first. */
  themes: ShownTheme[];
  uncoded: number;
  /** Answers that came after the run. */
  placed: ReadonlySet<string>;
  /** Every answer that counts, whatever the filter. */
  n: number;
  /** Answers that count and were neither read nor placed yet; and that were read or placed and count no more as they were. */
  since: { came: number; gone: number };
};

/** Every open question of the study's published surveys. */
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
  return questions;
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
  const survey = await store.surveys.findById(study.id, run.surveyId ?? 0);
  if (!survey) throw new Problem('not-found', 'The survey of this run is no longer there');
  const questions = await openQuestions(house, study);
  const newest = await store.analyses.latestDone(study.id, 'themes', { surveyId: survey.id, subject: run.subject });
  const isNewest = newest?.id === run.id;
  const view = await verbatim.themes.view(run, !isNewest);
  // Who may not read answers sees all of them together: a small group could be one person.
  const filter = study.role === 'viewer' ? null : await readFilter(house, study, survey, req);
  const byId = new Map(view.state.documents.map((document) => [document.id, document]));
  const join = (list: readonly SpokenAnswer[]) =>
    list.flatMap((answer): PlacedAnswer[] => {
      const document = byId.get(answer.document);
      return document ? [{ ...answer, ...document }] : [];
    });
  const isFiltered = filter !== null && filter.query !== '';
  const shown = await store.themes.answers(survey.id, run.subject, filter?.filter);
  const answers = join(shown);
  const counted = isFiltered ? await store.themes.answers(survey.id, run.subject) : shown;
  const whole = isFiltered ? join(counted) : answers;
  const n = whole.length;
  const sizes = new Map<string, number>();
  for (const { themes } of answers) for (const { theme } of themes) sizes.set(theme, (sizes.get(theme) ?? 0) + 1);
  const rows = new Map((await store.analyses.themesOf(run.id)).map((row) => [row.lineage, row]));
  const spoken = new Set(whole.flatMap(({ themes }) => themes.map(({ theme }) => theme)));
  const themes = view.state.themes
    .map((theme, index): ShownTheme => {
      const own = theme.found.flatMap((id) => rows.get(id) ?? []);
      return {
        ...theme,
        size: sizes.get(theme.id) ?? 0,
        segmentClass: `seg-${(index % 8) + 1}`,
        row: own.length === 1 && theme.found.length === 1 ? (own[0] ?? null) : null,
        rows: own,
      };
    })
    .filter(({ id }) => spoken.has(id))
    .sort((a, b) => b.size - a.size || (a.label < b.label ? -1 : 1));
  return {
    study,
    run,
    survey,
    questions,
    question: questions.find((one) => one.item === run.subject && one.survey === survey.publicId)?.text ?? run.subject,
    result: { groups: [], merges: [], languages: [], warnings: [], ...JSON.parse(run.result ?? '{}') } as ThemesFinding,
    view,
    isNewest,
    mayCorrect: isNewest && study.role !== 'viewer',
    filter,
    answers,
    themes,
    uncoded: answers.filter((answer) => answer.themes.length === 0).length,
    placed: new Set(view.found.placed),
    n,
    since: { came: counted.length - n, gone: view.state.documents.length - n },
  };
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
