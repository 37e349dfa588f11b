import type { Request, Response } from 'express';
import { checkSurvey } from '../../logic/check-survey.ts';
import type { Form } from '../../model/answers.ts';
import { itemsOf } from '../../model/items.ts';
import { Problem, type ProblemError } from '../../model/problem.ts';
import type { Question, SurveyDefinition } from '../../model/survey.ts';
import { changesSince, timesAsked } from '../../model/survey-compare.ts';
import { placeOf, questionAt } from '../../model/survey-edit.ts';
import { questionCodeFrom, questionCodes, renameQuestion } from '../../model/survey-edit-codes.ts';
import { ANOTHER } from '../../model/survey-edit-doubts.ts';
import { KIND_NAMES } from '../../model/survey-edit-kind.ts';
import { translationState } from '../../model/wordings.ts';
import { showDate } from '../../render/helpers.ts';
import type { DraftOutcome } from '../../services/survey-drafts.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { changesDoor } from './builder-changes.ts';
import { checkListDoor, kindWords } from './builder-check.ts';
import { conflictView } from './builder-conflict.ts';
import { builderAddress, builderCrumbs, doneWords, type Operation, saying } from './builder-frame.ts';
import { languagesDoor } from './builder-languages.ts';
import { doubtErrors, doubtFields, doubtValues, type SettledForm, settleForm } from './builder-lines.ts';
import { placeTitle } from './builder-names.ts';
import { partAt, placeFields, withAgain, withSettings } from './builder-operations.ts';
import { type Place, placeIn, placeToChange, queryFor } from './builder-places.ts';
import { previewOf } from './builder-preview.ts';
import type { Beside } from './builder-settings.ts';
import { usualOptionNamed, withUsualOption } from './builder-usual-options.ts';
import {
  askableAt,
  kindChoices,
  kindGroups,
  languageName,
  languagesView,
  namesView,
  outlineView,
  panelView,
  textOf,
} from './builder-view.ts';
import { walkDoor } from './builder-walk.ts';
import { settingsAddress } from './fieldwork-place.ts';
import { buttons, fieldMaker, head, showForm, showPage } from './frame.ts';
import { surveyOf, surveyTitle } from './surveys.ts';

/** What was sent and did not fit; whether it is of the place's own settings, or of a form beside them. */
type Typed = { form: Form; errors: readonly ProblemError[]; isOfPanel: boolean };

/** What a new question is called until it has words. */
const UNWORDED_CODE = /^question-\d+$/;
const isUnworded = (question: Question): boolean =>
  UNWORDED_CODE.test(question.code) && Object.values(question.text).every((text) => text.trim() === '');

const wantsData = (req: Request): boolean => (req.headers.accept ?? '').includes('application/json');

/** The builder: the outline, one question or page, and its settings. Each post is one change of the draft. */
export function builderDoor(door: Doorway, house: House): void {
  const { surveyDrafts, texts: allTexts } = house.verbatim;
  const base = '/studio/:study/surveys/:survey/build' as const;

  const languageOf = (definition: SurveyDefinition, asked: string): string =>
    definition.languages.includes(asked) ? asked : (definition.languages[0] ?? 'en');

  /** What is shown beside a place's fields: its words in the first language, and the images to choose from. */
  async function besideOf(visit: StudyVisit, survey: SurveyRow, place: Place, language: string): Promise<Beside> {
    const { draft } = survey;
    const [first = 'en'] = draft.languages;
    const question = place.what === 'question' ? questionAt(draft, place.code) : null;
    const hasImages = question !== null && 'display' in question && question.display === 'images';
    return {
      first:
        first === language ? null : { code: first, name: languageName(first), direction: allTexts.in(first).direction },
      askable: askableAt(draft, place, language),
      ...(hasImages && {
        images: {
          choices: imageChoices(await house.verbatim.store.fieldFigures.images(survey.id)),
          upload: `${settingsAddress(visit.study, survey)}/images`,
        },
      }),
    };
  }

  /** What was typed and did not fit is shown again, with why. */
  async function showBuilder(
    visit: StudyVisit,
    res: Response,
    survey: SurveyRow,
    place: Place,
    language: string,
    typed: Typed | null = null,
    done: string | null = null,
  ) {
    const { study } = visit;
    const { draft } = survey;
    const at = builderAddress(study, survey);
    const faults = checkSurvey(draft);
    const [panelTyped, otherTyped] = typed?.isOfPanel ? [typed, null] : [null, typed];
    const panel = panelView(draft, place, language, faults, panelTyped, await besideOf(visit, survey, place, language));
    const history = await surveyDrafts.history(survey);
    const question = place.what === 'question' ? questionAt(draft, place.code) : null;
    const page =
      draft.pages[
        place.what === 'page'
          ? draft.pages.findIndex((one) => one.code === place.code)
          : place.what === 'question'
            ? (placeOf(draft, place.code)?.page ?? 0)
            : -1
      ] ?? null;
    if (typed) res.status(422);
    const texts = allTexts.in(language);
    const frozen =
      survey.publishedVersionId === null ? null : await house.verbatim.store.surveys.version(survey.publishedVersionId);
    await showPage(house, visit, res, 'surveys', 'studio/builder', {
      head: head(builderCrumbs(study, survey), surveyTitle(survey)),
      isError: typed !== null,
      at,
      revision: survey.draftRevision,
      saved: done === null ? savedText(survey, history) : `${done} · draft ${survey.draftRevision}`,
      kindChanged: frozen && question ? await kindChange(survey, frozen.definition, question) : null,
      frozen: frozen ? `Version ${frozen.version} is published and stays as it is; this is the draft of the next` : '',
      mayUndo: history.mayUndo,
      mayRedo: history.mayRedo,
      faultCount: faults.length,
      language,
      languageName: languageName(language),
      dir: texts.direction,
      languages:
        draft.languages.length > 1
          ? translationState(draft).map(({ language: code, missing }) => ({
              code,
              name: languageName(code),
              missing: missing.length,
              href: queryFor(place, code),
              isCurrent: code === language,
            }))
          : [],
      outline: { ...outlineView(draft, faults, place, language), at },
      kindGroups: kindGroups(),
      what: place.what,
      isUnworded: question !== null && isUnworded(question),
      code: 'code' in place ? place.code : '',
      isCodeTyped: otherTyped !== null,
      codeField: fieldMaker(
        otherTyped?.form ?? { code: 'code' in place ? place.code : '' },
        otherTyped?.errors ?? [],
      ).text('code', 'Code', {
        hint: 'Answers are stored under it. Conditions, placeholders and scales follow; answers already given do not',
        isRequired: true,
      }),
      part: place.what === 'part' ? place.part : '',
      panelTitle: placeTitle(draft, place),
      panel,
      kinds: question ? kindChoices(question.kind) : [],
      addTo: { page: page?.code ?? draft.pages.at(-1)?.code ?? '', after: question?.code ?? '' },
      isFirstOfPage: question !== null && page?.questions[0]?.code === question.code,
      previews: (question ? [question] : place.what === 'page' ? (page?.questions ?? []).slice(0, 12) : []).map((one) =>
        previewView(draft, one, language),
      ),
      names: namesView(draft, place, language),
      newLanguage: fieldMaker(otherTyped?.form ?? {}, otherTyped?.errors ?? []).text('code', 'Add a language', {
        hint: 'Its tag, such as de, fr or pt-BR',
        isShort: true,
        isRequired: true,
      }),
      languageTable: place.what === 'languages' ? languagesView(draft) : [],
    });
  }

  /** What another kind than the published one does to the answers that are there; null where it is the same. */
  async function kindChange(survey: SurveyRow, published: SurveyDefinition, question: Question) {
    const change = changesSince(published, survey.draft).find(
      (one) => one.what === 'kind' && one.question === question.code,
    );
    if (change?.what !== 'kind') return null;
    const tally = await house.verbatim.store.responses.tally(survey.id);
    return {
      title: `Published as “${KIND_NAMES[change.was]}”`,
      text: kindWords(change, timesAsked(tally, question.code)),
    };
  }

  const previewView = (draft: SurveyDefinition, question: Question, language: string) => {
    const texts = allTexts.in(language);
    return {
      code: question.code,
      lang: language,
      dir: texts.direction,
      isWide: ['battery', 'matrix', 'differential'].includes(question.kind),
      question: previewOf(draft, question, texts),
    };
  };

  door.get(base, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const place = placeIn(survey.draft, {
      question: queryOf(req, 'question'),
      page: queryOf(req, 'page'),
      part: queryOf(req, 'part'),
    });
    const language = languageOf(survey.draft, queryOf(req, 'language'));
    await showBuilder(visit, res, survey, place, language, null, doneWords(queryOf(req, 'done')));
  });

  /** Makes one change and goes on; what somebody else changed there meanwhile is shown beside it. */
  async function perform(visit: StudyVisit, req: Request, res: Response, survey: SurveyRow, operation: Operation) {
    const form = formOf(req);
    const { part, change, next, place, placeAfter = () => place } = operation;
    let outcome: DraftOutcome;
    try {
      const revision = Number(field(form, 'revision'));
      outcome = await surveyDrafts.edit(survey, { revision, part, change }, { userId: visit.user.id });
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'invalid') throw error;
      const language = languageOf(survey.draft, field(form, 'language'));
      if (wantsData(req))
        return void res.status(422).json({ fields: fieldsOf(survey.draft, place, language, error.errors) });
      return showBuilder(visit, res, survey, place, language, {
        form,
        errors: error.errors,
        isOfPanel: req.path.endsWith('/save'),
      });
    }
    if (!outcome.saved) {
      if (wantsData(req)) return void res.status(409).json({ conflict: true });
      return showConflict(visit, req, res, survey, form, outcome, operation);
    }
    if (wantsData(req)) return replyWithData(visit, req, res, survey, placeAfter());
    res.redirect(303, `${builderAddress(visit.study, survey)}${next(outcome.draft)}`);
  }

  /** What a script needs to bring the open page up to date. */
  async function replyWithData(visit: StudyVisit, req: Request, res: Response, before: SurveyRow, place: Place) {
    const survey = await surveyOf(house, visit.study, req);
    const { draft } = survey;
    const language = languageOf(draft, field(formOf(req), 'language'));
    const faults = checkSurvey(draft);
    const history = await surveyDrafts.history(survey);
    const question = place.what === 'question' ? questionAt(draft, place.code) : null;
    res.json({
      revision: survey.draftRevision,
      isChanged: survey.draftRevision !== before.draftRevision,
      saved: savedText(survey, history),
      mayUndo: history.mayUndo,
      mayRedo: history.mayRedo,
      faultCount: faults.length,
      label: question ? textOf(draft, question, language) : null,
      preview: question
        ? house.renderer.render('partials/builder-preview', previewView(draft, question, language))
        : null,
      fields: fieldsOf(draft, place, language, faults),
      code: 'code' in place ? place.code : null,
      filled: question ? followingFields(question) : {},
    });
  }

  const fieldsOf = (draft: SurveyDefinition, place: Place, language: string, faults: readonly ProblemError[]) =>
    panelView(draft, place, language, faults, null).errors.map(({ pointer, detail }) => ({
      name: pointer.replace(/^#\//, ''),
      detail,
    }));

  async function showConflict(
    visit: StudyVisit,
    req: Request,
    res: Response,
    survey: SurveyRow,
    form: Form,
    outcome: Extract<DraftOutcome, { saved: false }>,
    { part, place, next }: Operation,
  ) {
    const at = builderAddress(visit.study, survey);
    const saved = await house.verbatim.store.surveys.draftSaved(survey.id, outcome.theirRevision);
    const data = {
      head: head(builderCrumbs(visit.study, survey), 'Somebody else has changed this too'),
      ...conflictView(part(outcome.theirs), outcome.mine === null ? undefined : part(outcome.mine)),
      by: saved?.name ?? 'Somebody else',
      revision: outcome.theirRevision,
      base: field(form, 'base') || field(form, 'revision'),
      action: `${at}/${req.path.split('/').at(-1)}`,
      theirs: `${at}${next(outcome.theirs)}`,
      mayKeep: outcome.mine !== null && (part(outcome.theirs) !== undefined || place.what === 'question'),
      fields: Object.entries(form)
        .filter(([name]) => name !== 'revision' && name !== 'base')
        .flatMap(([name, value]) => [value].flat().map((one) => ({ name, value: one }))),
    };
    res.status(409);
    await showPage(house, visit, res, 'surveys', 'studio/builder-conflict', data);
  }

  door.post(`${base}/save`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    const language = languageOf(survey.draft, field(form, 'language'));
    // Something taken away meanwhile is saved where it stood, as it was and with what was typed.
    const earlier = await surveyDrafts.at(survey, Number(field(form, 'base') || field(form, 'revision')));
    const place = placeToChange(earlier, placeFields(form));
    const usual = usualOptionNamed(field(form, 'add'));
    const settled = settleForm(survey.draft, await publishedOf(survey), place, language, form);
    if (settled.isOpen) {
      if (wantsData(req))
        return void res.status(422).json({
          said: 'Not saved yet: a line has other words',
          fields: doubtErrors(settled.doubts),
        });
      return showDoubts(visit, req, res, survey, form, settled.doubts);
    }
    const isReworded = settled.doubts.some(
      ({ name, suggested }) => (field(form, name) || (suggested ?? ANOTHER)) !== ANOTHER,
    );
    const isNamedByWords =
      place.what === 'question' && field(form, 'unworded') !== '' && !(await isFrozen(survey, place.code));
    let now = place;
    await perform(visit, req, res, survey, {
      place,
      placeAfter: () => now,
      part: (definition) => partAt(place)(definition) ?? partAt(now)(definition),
      change: (definition) => {
        const saved = withSettings(
          settled.prepare(withAgain(definition, earlier, place)),
          place,
          language,
          settled.form,
        );
        if (place.what !== 'question') return saved;
        const added =
          usual === null ? saved : withUsualOption(saved, place.code, usual, (one) => allTexts.in(one).text(usual));
        const code = isNamedByWords ? codeByWords(added, place.code, field(form, 'text')) : place.code;
        now = { ...place, code };
        return renameQuestion(added, place.code, code);
      },
      next: (definition) => {
        const query = queryFor(now.what === 'question' ? now : placeIn(definition, placeFields(form)), language);
        if (usual !== null) return `${saying(query, 'added')}#options`;
        return saying(query, isReworded ? 'reworded' : null);
      },
    });
  });

  /** Asks of each line whether it is the answer that stood there, reworded; what was typed goes along. */
  async function showDoubts(
    visit: StudyVisit,
    req: Request,
    res: Response,
    survey: SurveyRow,
    form: Form,
    doubts: SettledForm['doubts'],
  ) {
    const isAsked = doubts.some(({ name }) => field(form, name) !== '');
    const at = builderAddress(visit.study, survey);
    const query = queryFor({ what: 'question', code: field(form, 'question') }, field(form, 'language') || null);
    const errors = isAsked
      ? doubts
          .filter(({ name, suggested, candidates }) => {
            const said = field(form, name) || suggested;
            const isChosenTwice = doubts.filter((one) => field(form, one.name) === said).length > 1;
            return said === null || (candidates.some(({ code }) => code === said) && isChosenTwice);
          })
          .map(({ name, label }) => ({
            pointer: `#/${name}`,
            detail: `Say of “${label}” which answer it is; two lines cannot be the same one`,
          }))
      : [];
    await showForm(
      house,
      visit,
      res,
      'surveys',
      {
        head: head(
          [...builderCrumbs(visit.study, survey), { label: 'Builder', href: `${at}${query}` }],
          'The same answers, or others?',
          'Answers are stored under codes, not under words. Say of each line with new words whether it is the same answer, so that nobody is counted for what they did not choose.',
        ),
        action: `${at}/${req.path.split('/').at(-1)}`,
        fields: (make) => [
          ...Object.entries(form)
            .filter(([name]) => !doubts.some((doubt) => doubt.name === name))
            .flatMap(([name, value]) => [value].flat().map((one) => ({ kind: 'hidden', name, value: one }))),
          ...doubtFields(make, doubts),
        ],
        buttons: buttons('Save', { label: 'Back without saving', href: `${at}${query}` }),
      },
      doubtValues(doubts, form),
      errors.length > 0 ? new Problem('invalid', 'Some lines are still open', { errors }) : null,
    );
  }

  async function publishedOf(survey: SurveyRow): Promise<SurveyDefinition | null> {
    if (survey.publishedVersionId === null) return null;
    return (await house.verbatim.store.surveys.version(survey.publishedVersionId)).definition;
  }

  /** Whether answers may have been stored under a question's code. */
  async function isFrozen(survey: SurveyRow, code: string): Promise<boolean> {
    const published = await publishedOf(survey);
    return published !== null && questionCodes(published).has(code);
  }

  door.post(`${base}/step`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    const isFresh = Number(field(form, 'revision')) === survey.draftRevision;
    const actor = { userId: visit.user.id };
    const isRedo = field(form, 'direction') === 'redo';
    const step = isRedo ? surveyDrafts.redo : surveyDrafts.undo;
    if (!isFresh || !(await step(survey, actor)))
      throw new Problem('conflict', 'There is nothing to take back just now', {
        detail: isFresh
          ? 'Go back to the builder'
          : 'Somebody has changed the survey since you opened this page: go back and look at it as it is now',
      });
    const now = await surveyOf(house, visit.study, req);
    const asked = placeFields(form);
    // A step may give the question that is open another code: it still stands where it stood.
    const stood = questionAt(now.draft, asked.question) ? null : placeOf(survey.draft, asked.question);
    const question = stood ? (now.draft.pages[stood.page]?.questions[stood.question]?.code ?? '') : asked.question;
    res.redirect(
      303,
      `${builderAddress(visit.study, survey)}${saying(
        queryFor(placeIn(now.draft, { ...asked, question }), field(form, 'language') || null),
        isRedo ? 'redone' : 'undone',
      )}`,
    );
  });

  changesDoor(door, house, perform);
  languagesDoor(door, house, perform);
  checkListDoor(door, house);
  walkDoor(door, house);
}

/** A new question's code as its words give it; it stays where they give none. */
function codeByWords(definition: SurveyDefinition, code: string, words: string): string {
  const others = questionCodes(definition);
  others.delete(code);
  return questionCodeFrom(words, others) ?? code;
}

/** Fields that follow from another one that was changed: what they hold now. */
function followingFields(question: Question): Record<string, string> {
  if (question.kind === 'rating')
    return { 'steps.min': String(question.steps.min), 'steps.max': String(question.steps.max) };
  if (question.kind !== 'text') return {};
  const isNaming = itemsOf(question)[0]?.isIdentifying ?? false;
  return { identifying: isNaming ? '1' : '', 'identifying.shown': isNaming ? '1' : '0' };
}

/** Images by their names, those of one name told apart by their ids. */
function imageChoices(images: readonly { publicId: string; name: string }[]) {
  return images.map(({ publicId, name }) => ({
    value: publicId,
    label: images.filter((one) => one.name === name).length > 1 ? `${name} (${publicId.slice(0, 6)})` : name,
  }));
}

const savedText = (
  survey: SurveyRow,
  { savedAt, savedBy }: { savedAt: string | null; savedBy: string | null },
): string =>
  savedAt === null
    ? `Draft ${survey.draftRevision}`
    : `Saved · draft ${survey.draftRevision}${savedBy === null ? '' : ` · ${savedBy}, ${showDate(savedAt, true)}`}`;
