import { Problem } from '../../model/problem.ts';
import { Code, type QuestionKind, type SurveyDefinition } from '../../model/survey.ts';
import { addPage, addQuestion, questionAt, replaceQuestion } from '../../model/survey-edit.ts';
import { copiedCode, placeCodes, questionCodes, renamePlace, renameQuestion } from '../../model/survey-edit-codes.ts';
import { changeKind, NEW_KIND_NAMES, type NewKind, newQuestion, QUESTION_KINDS } from '../../model/survey-edit-kind.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { type Done, type Perform, saying } from './builder-frame.ts';
import { arranged, partAt, placeAfter, placeFields } from './builder-operations.ts';
import { type Place, placeToChange, queryFor } from './builder-places.ts';
import { surveyOf } from './surveys.ts';

/** What the builder's buttons do: add, change the kind, give another code, move, copy, remove. */
export function changesDoor(door: Doorway, house: House, perform: Perform): void {
  const base = '/studio/:study/surveys/:survey/build' as const;

  door.post(`${base}/add`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    const kind = newKindNamed(field(form, 'kind'));
    let added = '';
    await perform(visit, req, res, survey, {
      place: { what: 'part', part: 'start' },
      part: () => null,
      change: (definition) => {
        const question = newQuestion(definition, kind);
        added = question.code;
        const page = definition.pages.find((one) => one.code === field(form, 'page')) ?? definition.pages.at(-1);
        if (field(form, 'where') !== 'new-page' && page)
          return addQuestion(definition, question, page.code, field(form, 'after') || null);
        return addPage(definition, { code: freePageCode(definition), questions: [question] }, page?.code ?? null);
      },
      next: () =>
        `${saying(queryFor({ what: 'question', code: added }, field(form, 'language') || null), 'added')}#text`,
    });
  });

  door.post(`${base}/kind`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    const kind = kindNamed(field(form, 'kind'));
    const place: Place = { what: 'question', code: field(form, 'question') };
    await perform(visit, req, res, survey, {
      place,
      part: partAt(place),
      change: (definition) => {
        const question = questionAt(definition, place.code);
        if (!question) return definition;
        return replaceQuestion(definition, place.code, changeKind(question, kind, definition.languages[0] ?? 'en'));
      },
      next: () => saying(queryFor(place, field(form, 'language') || null), 'kind'),
    });
  });

  /** A question of another kind than the published one becomes a question of its own. */
  door.post(`${base}/renew`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    const place = placeToChange(survey.draft, placeFields(form));
    if (place.what !== 'question') throw new Problem('invalid', 'Only a question can become a new one');
    const published =
      survey.publishedVersionId === null ? null : await house.verbatim.store.surveys.version(survey.publishedVersionId);
    let code = place.code;
    await perform(visit, req, res, survey, {
      place,
      part: partAt(place),
      change: (definition) => {
        const taken = new Set([
          ...questionCodes(definition),
          ...(published === null ? [] : questionCodes(published.definition)),
        ]);
        code = copiedCode(place.code, taken);
        return renameQuestion(definition, place.code, code);
      },
      next: () => saying(queryFor({ ...place, code }, field(form, 'language') || null), 'renewed'),
    });
  });

  door.post(`${base}/code`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    const place = placeToChange(survey.draft, placeFields(form));
    const code = field(form, 'code').trim();
    const refuse = (detail: string) =>
      new Problem('invalid', 'This code cannot be used', { detail, errors: [{ pointer: '#/code', detail }] });
    if (place.what !== 'question' && place.what !== 'page') throw refuse('Only pages and questions have a code');
    await perform(visit, req, res, survey, {
      place,
      part: partAt(place),
      change: (definition) => {
        const read = Code.safeParse(code);
        if (!read.success) throw refuse(read.error.issues[0]?.message ?? 'Choose another code');
        const taken = place.what === 'question' ? questionCodes(definition) : placeCodes(definition);
        if (code !== place.code && taken.has(code)) throw refuse(`“${code}” is taken: choose another code`);
        return place.what === 'question'
          ? renameQuestion(definition, place.code, code)
          : renamePlace(definition, place.code, code);
      },
      next: () => saying(queryFor({ ...place, code }, field(form, 'language') || null), 'coded'),
    });
  });

  door.post(`${base}/arrange`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    const place = placeToChange(survey.draft, placeFields(form));
    const what = field(form, 'do');
    // Where a piece stands is nobody's alone: only taking something away asks whether it has been changed.
    await perform(visit, req, res, survey, {
      place,
      part: what === 'remove' ? partAt(place) : () => null,
      change: (definition) => arranged(definition, place, what, form),
      next: (definition) =>
        saying(
          queryFor(placeAfter(survey.draft, definition, place, what), field(form, 'language') || null),
          JSON.stringify(definition) === JSON.stringify(survey.draft) ? null : (ARRANGED[what] ?? null),
        ),
    });
  });
}

const ARRANGED: Readonly<Record<string, Done>> = {
  up: 'moved',
  down: 'moved',
  move: 'moved',
  duplicate: 'copied',
  split: 'split',
  remove: 'removed',
};

function newKindNamed(name: string): NewKind {
  return Object.hasOwn(NEW_KIND_NAMES, name) ? (name as NewKind) : kindNamed(name);
}

function kindNamed(name: string): QuestionKind {
  const kind = QUESTION_KINDS.find((one) => one === name);
  if (!kind) throw new Problem('invalid', 'Choose a kind of question');
  return kind;
}

function freePageCode(definition: SurveyDefinition): string {
  const taken = placeCodes(definition);
  let number = definition.pages.length + 1;
  while (taken.has(`page-${number}`)) number += 1;
  return `page-${number}`;
}
