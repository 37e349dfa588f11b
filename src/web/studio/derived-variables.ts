import type { Request, Response } from 'express';
import { trimLabel } from '../../charts/numerals.ts';
import type { Form } from '../../model/answers.ts';
import { type DerivedDefinition, describeDerived, sourcesOf } from '../../model/derived-variable.ts';
import { surveyItems } from '../../model/items.ts';
import { Problem } from '../../model/problem.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { refuseUnpublished } from '../../services/surveys.ts';
import type { KeptVariable } from '../../store/derived-variables.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { NamedVariable } from '../../workers/tasks/variable-names.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { dataDictionaryDoor, variablesAddress } from './data-dictionary.ts';
import {
  baseSentence,
  countsTable,
  DERIVED_KINDS,
  type DerivedKind,
  definitionIn,
  derivedFields,
  emptyForm,
  errorsOnForm,
  type FormContext,
  formOfDefinition,
} from './derived-form.ts';
import { SURVEY, surveyCrumbs } from './fieldwork-place.ts';
import { buttons, type FieldView, fieldMaker, head, isForForm, showForm, showPage } from './frame.ts';
import { showMoment } from './person-view.ts';
import { surveyAddress, surveyOf } from './surveys.ts';

/** So many questions can be one. */
const SET_MAX = 40;

/** An option under which people wrote, as the address of a form names it. */
type OtherOption = { value: string; label: string; of: string; code: string; texts: string };

/** The variables of a survey: its data dictionary, and those that researchers make without code. */
export function derivedVariableDoor(door: Doorway, house: House): void {
  const { store, derivedVariables } = house.verbatim;
  const at = variablesAddress;
  dataDictionaryDoor(door, house);

  const crumbs = (study: EnteredStudy, survey: SurveyRow, ...more: { label: string; href: string }[]) => [
    ...surveyCrumbs(study, survey),
    { label: 'Variables', href: at(study, survey) },
    ...more,
  ];

  async function variableOf(survey: SurveyRow, req: Request): Promise<KeptVariable> {
    const found = await store.derivedVariables.find(survey.id, String(req.params['variable']));
    if (!found)
      throw new Problem('not-found', 'There is no such variable in this survey', {
        detail: 'It may have been removed: look at the list of variables',
      });
    return found;
  }

  /** The options of a survey that ask for words, with where the words stand. */
  async function otherOptions(survey: SurveyRow): Promise<OtherOption[]> {
    const { definition } = await store.surveys.version(survey.publishedVersionId!);
    const word = (wording: Record<string, string>) =>
      wordingIn(wording, definition.languages[0] ?? 'en', definition.languages);
    return surveyItems(definition).flatMap(({ question, row, isMain, label, address }) =>
      isMain || row === null || label === null || (question.kind !== 'single' && question.kind !== 'multiple')
        ? []
        : [
            {
              value: address,
              label: `${word(question.text)}: ${word(label)}`,
              of: `answer:${question.code}`,
              code: row,
              texts: `answer:${address}`,
            },
          ],
    );
  }

  door.get(`${SURVEY}/variables/new`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    refuseUnpublished(survey);
    const kind = kindIn(queryOf(req, 'kind'));
    const asked = sourcesIn(req);
    if (kind === null || asked.length === 0) return showKinds(visit, res, survey, queryOf(req, 'kind') !== '');
    const context = await contextOf(study, survey, kind, asked);
    await showVariable(visit, res, { survey, context, kept: null }, emptyForm(context));
  });

  /** The six ways to make a variable, each with what it can be made of. */
  async function showKinds(visit: StudyVisit, res: Response, survey: SurveyRow, isUnchosen: boolean): Promise<void> {
    const { study } = visit;
    const names = await derivedVariables.names(study, survey);
    const others = await otherOptions(survey);
    const make = fieldMaker({}, []);
    const list = (fits: (one: NamedVariable) => boolean) =>
      names.filter(fits).map(({ id, name, family }) => ({
        value: id,
        label: `${trimLabel(name, 90)}${family === 'question' ? '' : ` (${family})`}`,
      }));
    const isChoice = ({ kind }: NamedVariable) => kind !== 'number';
    const sources: Record<DerivedKind, { value: string; label: string }[]> = {
      recode: list(isChoice),
      bands: list(({ kind }) => kind === 'number'),
      nets: list(isChoice),
      box: list(({ hasEnds }) => hasEnds),
      'back-coding': others,
      set: list(() => true),
    };
    await showPage(house, visit, res, 'surveys', 'studio/variable-kinds', {
      head: head(
        crumbs(study, survey),
        'Make a variable',
        'Of what was asked, without code. It follows the answers by itself, and what it was before stays on record.',
      ),
      isUnchosen,
      action: `${at(study, survey)}/new`,
      kinds: (Object.keys(DERIVED_KINDS) as DerivedKind[]).map((kind) => ({
        kind,
        ...DERIVED_KINDS[kind],
        isEmpty: sources[kind].length === 0,
        none: kind === 'back-coding' ? 'No option of this survey asks for words.' : 'Nothing of this survey fits.',
        field:
          kind === 'set'
            ? { ...make.boxes('of', 'Of which questions', sources[kind], { isRequired: true }), id: 'of-set' }
            : { ...make.select('of', 'Of', sources[kind], { isRequired: true }), id: `of-${kind}` },
      })),
    });
  }

  /** What a form of one kind needs to know of its sources. @throws Problem `conflict` when one is not there any more */
  async function contextOf(
    study: EnteredStudy,
    survey: SurveyRow,
    kind: DerivedKind,
    asked: readonly string[],
  ): Promise<FormContext> {
    if (kind !== 'back-coding')
      return { kind, sources: await sources(study, survey, kind === 'set' ? asked : asked.slice(0, 1)), other: null };
    const option = (await otherOptions(survey)).find(({ value }) => value === asked[0]);
    if (!option)
      throw new Problem('conflict', 'This option asks for no words any more', {
        detail: 'Choose another option, or let the survey ask for words there again',
      });
    const found = await sources(study, survey, [option.of]);
    const { texts, distinct } = await derivedVariables.otherTexts(study, survey, option.value);
    const label = found[0]?.counts.options.find(({ code }) => code === option.code)?.label ?? option.code;
    return { kind, sources: found, other: { code: option.code, label, texts: option.texts, shown: texts, distinct } };
  }

  async function sources(study: EnteredStudy, survey: SurveyRow, ids: readonly string[]) {
    if (ids.length > SET_MAX)
      throw new Problem('invalid', 'Too many questions for one variable', {
        detail: `Choose ${SET_MAX} at most`,
      });
    return derivedVariables.sources(study, survey, ids);
  }

  async function showVariable(
    visit: StudyVisit,
    res: Response,
    of: { survey: SurveyRow; context: FormContext; kept: KeptVariable | null },
    form: Form,
    outcome: { problem?: Problem; preview?: Record<string, unknown> } = {},
  ): Promise<void> {
    const { survey, context, kept } = of;
    const { study } = visit;
    const own = kept ? `${at(study, survey)}/${kept.publicId}` : null;
    const asked =
      context.kind === 'back-coding'
        ? [context.other?.texts.slice('answer:'.length) ?? '']
        : context.sources.map(({ id }) => id);
    await showForm(
      house,
      visit,
      res,
      'surveys',
      {
        view: 'studio/variable-form',
        head: head(
          crumbs(study, survey, ...(kept && own ? [{ label: kept.name, href: own }] : [])),
          kept ? `Change “${kept.name}”` : DERIVED_KINDS[context.kind].name,
          kept ? 'What it is now stays on record as a version before.' : `${DERIVED_KINDS[context.kind].hint}.`,
        ),
        action: own ? `${own}/edit` : `${at(study, survey)}/new`,
        fields: (make) => derivedFields(make, context),
        buttons: {
          ...buttons(kept ? 'Save as a new version' : 'Make it', { label: 'Cancel', href: own ?? at(study, survey) }),
        },
        more: (fields) => ({
          ...inParts(fields),
          carried: [{ name: 'kind', value: context.kind }, ...asked.map((value) => ({ name: 'of', value }))],
          madeOf: context.sources.map(({ name }) => name),
          other:
            context.other === null
              ? null
              : {
                  label: context.other.label,
                  codes: context.sources[0]!.counts.options.filter(({ code }) => code !== context.other!.code).map(
                    ({ code, label }) => (code === label ? code : `${code} = ${label}`),
                  ),
                  isEmpty: context.other.shown.length === 0,
                  more: Math.max(0, context.other.distinct - context.other.shown.length),
                },
          preview: outcome.preview ?? null,
        }),
      },
      form,
      outcome.problem ?? null,
    );
  }

  /** Shows what a form would come to, or keeps it. */
  async function receive(
    visit: StudyVisit,
    req: Request,
    res: Response,
    of: { survey: SurveyRow; context: FormContext; kept: KeptVariable | null },
  ): Promise<void> {
    const { study } = visit;
    const { survey, context, kept } = of;
    const form = formOf(req);
    const definition = definitionIn(form, context, kept?.definition ?? null);
    const said = { name: field(form, 'name'), note: field(form, 'note'), definition };
    const actor = { userId: visit.user.id };
    try {
      if (field(form, 'doing') === 'preview') {
        const counts = await derivedVariables.preview(study, survey, kept, said);
        return await showVariable(visit, res, of, form, {
          preview: { table: countsTable(counts, 'What it would come to'), text: baseSentence(counts) },
        });
      }
      const publicId = kept
        ? await derivedVariables
            .change(study, survey, kept, { ...said, version: Number(field(form, 'version')) }, actor)
            .then(() => kept.publicId)
        : await derivedVariables.add(study, survey, said, actor);
      res.redirect(303, `${at(study, survey)}/${publicId}?done=saved`);
    } catch (error) {
      if (!isForForm(error) || req.accepts(['html', 'json', 'application/problem+json']) !== 'html') throw error;
      const problem = new Problem(error.kind, error.message, {
        detail: error.detail,
        errors: errorsOnForm(error.errors, definition, context),
      });
      await showVariable(visit, res, of, form, { problem });
    }
  }

  door.post(`${SURVEY}/variables/new`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    refuseUnpublished(survey);
    const form = formOf(req);
    const kind = kindIn(field(form, 'kind'));
    const asked = [form['of'] ?? []].flat();
    if (kind === null || asked.length === 0) return showKinds(visit, res, survey, true);
    await receive(visit, req, res, {
      survey,
      context: await contextOf(visit.study, survey, kind, asked),
      kept: null,
    });
  });

  door.get(`${SURVEY}/variables/:variable`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const kept = await variableOf(survey, req);
    const { counts, reasons } = await derivedVariables.countsOf(study, survey, kept);
    const names = await namesOf(study, survey);
    const words = (definition: DerivedDefinition) => describeDerived(definition, (id) => names.get(id) ?? id);
    const versions = await store.derivedVariables.versions(kept.id);
    const mayWrite = study.role !== 'viewer';
    const own = `${at(study, survey)}/${kept.publicId}`;
    await showPage(house, visit, res, 'surveys', 'studio/variable', {
      head: head(
        crumbs(study, survey),
        kept.name,
        words(kept.definition),
        mayWrite ? [{ label: 'Change it', href: `${own}/edit`, isPrimary: false }] : [],
      ),
      notice:
        queryOf(req, 'done') === 'saved'
          ? {
              kind: 'good',
              title: `Saved as version ${kept.version}`,
              text: 'Tables that are made from now on count it so.',
              links: [{ label: 'Tables', href: `${surveyAddress(study, survey)}/tables` }],
            }
          : null,
      reasons,
      table: counts && countsTable(counts, 'How often each option is said'),
      text: counts && baseSentence(counts),
      id: `derived:${kept.publicId}`,
      versions: versions.map(({ number, name, definition, note, madeBy, madeAt }) => ({
        title: `Version ${number}`,
        words: `${name === kept.name ? '' : `“${name}”: `}${words(definition)}`,
        note,
        text: `${showMoment(madeAt)}${madeBy ? `, ${madeBy}` : ''}`,
      })),
      mayWrite,
      remove: `${own}/remove`,
    });
  });

  async function namesOf(study: EnteredStudy, survey: SurveyRow): Promise<Map<string, string>> {
    if (survey.publishedVersionId === null) return new Map();
    const names = new Map((await derivedVariables.names(study, survey)).map(({ id, name }) => [id, name]));
    for (const { texts, label } of await otherOptions(survey)) names.set(texts, label);
    return names;
  }

  async function editOf(visit: StudyVisit, req: Request) {
    const survey = await surveyOf(house, visit.study, req);
    refuseUnpublished(survey);
    const kept = await variableOf(survey, req);
    const { definition } = kept;
    const asked =
      definition.kind === 'back-coding' ? [definition.texts.slice('answer:'.length)] : sourcesInOrder(definition);
    return { survey, kept, context: await contextOf(visit.study, survey, definition.kind, asked) };
  }
  door.get(`${SURVEY}/variables/:variable/edit`, 'researcher', async (visit, req, res) => {
    const of = await editOf(visit, req);
    await showVariable(visit, res, of, {
      name: of.kept.name,
      note: '',
      version: String(of.kept.version),
      ...formOfDefinition(of.kept.definition, of.context),
    });
  });
  door.post(`${SURVEY}/variables/:variable/edit`, 'researcher', async (visit, req, res) => {
    await receive(visit, req, res, await editOf(visit, req));
  });
  door.post(`${SURVEY}/variables/:variable/remove`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await derivedVariables.remove(await variableOf(survey, req), { userId: visit.user.id });
    res.redirect(303, `${at(visit.study, survey)}?done=removed`);
  });
}

const kindIn = (text: string): DerivedKind | null =>
  Object.hasOwn(DERIVED_KINDS, text) ? (text as DerivedKind) : null;

/** The sources that an address names, once each. */
function sourcesIn(req: Request): string[] {
  const of = (req.query as Record<string, unknown>)['of'];
  return [...new Set([of].flat().filter((one): one is string => typeof one === 'string' && one !== ''))];
}

/** The fields of a form around those of which there is one for each option or text. */
function inParts(fields: readonly FieldView[]) {
  const isLine = ({ name }: FieldView) => /^(to|text)-/.test(name);
  const first = fields.findIndex(isLine);
  return first < 0
    ? { before: fields, lines: [], after: [] }
    : {
        before: fields.slice(0, first),
        lines: fields.filter(isLine),
        after: fields.slice(first).filter((one) => !isLine(one)),
      };
}

/** A set may count one question in several of its options. */
const sourcesInOrder = (definition: DerivedDefinition): string[] =>
  definition.kind === 'set' ? definition.parts.map(({ of }) => of) : sourcesOf(definition);
