import { Problem } from '../../model/problem.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { Language } from '../../model/survey.ts';
import { addLanguage, putLanguageFirst, removeLanguage, translate } from '../../model/survey-edit-texts.ts';
import { translationState, wordingsOf } from '../../model/wordings.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { builderAddress, builderCrumbs, doneWords, type Perform, saying } from './builder-frame.ts';
import { placeLabel } from './builder-names.ts';
import { type Place, placeOfPointer, queryFor } from './builder-places.ts';
import { languageName } from './builder-view.ts';
import { head, showPage } from './frame.ts';
import { surveyOf } from './surveys.ts';

const LANGUAGES: Place = { what: 'languages' };
/** So many wordings stand on one page of the translation. */
const WORDINGS_SHOWN = 60;
/** A field's name holds the pointer of its wording. */
const PREFIX = 'text:';

/** The languages of a survey, and their words side by side. */
export function languagesDoor(door: Doorway, house: House, perform: Perform): void {
  const base = '/studio/:study/surveys/:survey/build' as const;

  door.post(`${base}/languages`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    const code = field(form, 'code').trim();
    const doing = field(form, 'do');
    await perform(visit, req, res, survey, {
      place: LANGUAGES,
      part: doing === 'add' ? () => null : (definition) => definition.languages,
      change: (definition) => {
        if (doing === 'add') {
          if (!Language.safeParse(code).success)
            throw new Problem('invalid', 'This is no language', {
              errors: [{ pointer: '#/code', detail: `“${code}” is no language: write its tag, such as en or pt-BR` }],
            });
          return addLanguage(definition, code);
        }
        if (doing === 'first') return putLanguageFirst(definition, code);
        return doing === 'remove' ? removeLanguage(definition, code) : definition;
      },
      next: () =>
        saying(
          queryFor(LANGUAGES, null),
          doing === 'add'
            ? 'language-added'
            : doing === 'first'
              ? 'language-first'
              : doing === 'remove'
                ? 'language-removed'
                : null,
        ),
    });
  });

  door.get(`${base}/translate`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const { draft } = survey;
    const to = languageIn(draft, queryOf(req, 'to'));
    const from = draft.languages.find((one) => one !== to) ?? to;
    const isAll = queryOf(req, 'show') !== 'missing';
    const at = builderAddress(visit.study, survey);
    const state = translationState(draft).find((one) => one.language === to);
    const all = wordingsOf(draft).filter(({ wording }) => isAll || !wording[to]?.trim());
    const pages = Math.max(1, Math.ceil(all.length / WORDINGS_SHOWN));
    const page = Math.min(pages, Math.max(1, Number(queryOf(req, 'page')) || 1));
    const address = (number: number, show = isAll ? 'all' : 'missing') =>
      `${at}/translate?to=${to}&show=${show}&page=${number}`;
    await showPage(house, visit, res, 'surveys', 'studio/builder-translate', {
      head: head(
        [...builderCrumbs(visit.study, survey), { label: 'Languages', href: `${at}${queryFor(LANGUAGES, null)}` }],
        `${languageName(to)}, beside ${languageName(from)}`,
        `${state?.done ?? 0} of ${state?.all ?? 0} wordings are there. A field left empty shows respondents the first language.`,
      ),
      done: doneWords(queryOf(req, 'done')),
      action: `${at}/translate`,
      revision: survey.draftRevision,
      to,
      from,
      dir: house.verbatim.texts.in(to).direction,
      fromDir: house.verbatim.texts.in(from).direction,
      page,
      show: isAll ? 'all' : 'missing',
      filters: [
        { label: 'All wordings', href: address(1, 'all'), isCurrent: isAll },
        { label: `Missing (${state?.missing.length ?? 0})`, href: address(1, 'missing'), isCurrent: !isAll },
      ],
      pages:
        pages > 1
          ? Array.from({ length: pages }, (_, index) => ({
              label: String(index + 1),
              href: address(index + 1),
              isCurrent: index + 1 === page,
            }))
          : [],
      rows: all.slice((page - 1) * WORDINGS_SHOWN, page * WORDINGS_SHOWN).map(({ pointer, wording }, index) => ({
        id: `w${index}`,
        name: `${PREFIX}${pointer}`,
        where: placeLabel(draft, placeOfPointer(draft, pointer).place, pointer),
        source: wording[from] ?? '',
        value: wording[to] ?? '',
        rows: Math.min(
          8,
          Math.max(1, Math.ceil(Math.max((wording[from] ?? '').length, (wording[to] ?? '').length) / 50)),
        ),
      })),
      isEmpty: all.length === 0,
    });
  });

  door.post(`${base}/translate`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    const to = languageIn(survey.draft, field(form, 'to'));
    const texts = new Map(
      Object.keys(form)
        .filter((name) => name.startsWith(PREFIX))
        .map((name) => [name.slice(PREFIX.length), field(form, name)]),
    );
    // Pointers count places: once these have moved, what was typed belongs elsewhere, so both are shown.
    const named = (definition: SurveyDefinition) =>
      wordingsOf(definition)
        .filter(({ pointer }) => texts.has(pointer))
        .map(({ pointer, wording }) => ({ code: pointer, text: wording }));
    await perform(visit, req, res, survey, {
      place: LANGUAGES,
      part: named,
      change: (definition) => translate(definition, to, texts),
      next: () =>
        saying(
          `/translate?to=${to}&show=${field(form, 'show') === 'missing' ? 'missing' : 'all'}&page=${Number(field(form, 'page')) || 1}`,
          'translated',
        ),
    });
  });
}

const languageIn = (definition: SurveyDefinition, asked: string): string =>
  definition.languages.includes(asked) ? asked : (definition.languages[1] ?? definition.languages[0] ?? 'en');
