import type { Request, Response } from 'express';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { type Rule, type RuleOperator, type RuleUnit, readRule } from '../../model/rule.ts';
import type { Segment } from '../../store/segments.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { buttons, type fieldMaker, head, showForm, showPage, studyAddress, summaryOf } from './frame.ts';
import {
  conditionAt,
  draftOf,
  NEW_GROUP,
  type RuleDraft,
  ruleOf,
  withChanged,
  withCondition,
  withNot,
  withOtherJoin,
  without,
} from './rule-draft.ts';
import { conditionFields, needsSubject, subjectFields, valueChoices } from './rule-fields.ts';
import { type FormKind, formFrom, formKinds, leafFrom, unitOf } from './rule-form.ts';
import { ruleKnown, ruleNames } from './rule-known.ts';
import { countView, draftView, ruleSentences } from './rule-view.ts';
import { exampleGroups } from './segment-examples-view.ts';
import { segmentCrumbs, segmentOf } from './segment-place.ts';
import { surveyNames } from './surveys.ts';

/**
 * A rule that is being built. All of it travels in the form and is read anew at each step; nothing is kept before it is
 * saved.
 */
type Building = {
  segment: Segment | null;
  /** What is in the segment; it stays what it was when the segment was made. */
  unit: RuleUnit;
  name: string;
  /** Public id of the survey whose responses are counted beside people; empty for none. */
  base: string;
  version: string;
  rule: Rule;
  /** Null for a rule that nests deeper than the builder can show; it stays as it is. */
  draft: RuleDraft | null;
};

/** How a condition of a kind mostly compares, chosen to begin with. */
const USUAL: Partial<Record<FormKind, RuleOperator>> = {
  event: 'gte',
  score: 'gte',
  people: 'gte',
  moment: 'olderThan',
};

/** Where the builder stands between two conditions: which place is changed, or to which part one is added. */
const CARRIED = ['rule', 'name', 'base', 'version', 'ruleUnit', 'at', 'into'] as const;

/** Defining and changing segments by a rule, step by step, each step a form. */
export function ruleBuilderDoor(door: Doorway, house: House): void {
  const { store, segments } = house.verbatim;

  /** Where the other kind of segment is defined, while this one is still empty. */
  const otherUnitOf = (study: EnteredStudy, { segment, unit, draft }: Building) =>
    segment !== null || draft?.parts.length !== 0
      ? null
      : unit === 'company'
        ? { label: 'Define a segment of people instead', href: `${studyAddress(study)}/segments/define` }
        : {
            label: 'Define a segment of companies instead',
            href: `${studyAddress(study)}/segments/define?of=companies`,
          };
  const addressOf = (study: EnteredStudy, segment: Segment | null) =>
    segment ? `${studyAddress(study)}/segments/${segment.publicId}/rule` : `${studyAddress(study)}/segments/define`;
  const headOf = (study: EnteredStudy, { segment, unit }: Building, title: string | null = null) =>
    head(
      [
        ...segmentCrumbs(study),
        ...(title === null ? [] : [{ label: segment ? segment.name : 'A segment by a rule', href: null }]),
      ],
      title ??
        (segment
          ? `Change “${segment.name}”`
          : unit === 'company'
            ? 'Define a segment of companies by a rule'
            : 'Define a segment by a rule'),
    );
  const surveyTemplateNames = () =>
    new Map(
      house.verbatim.surveys
        .templateGroups()
        .flatMap(({ templates }) => templates.map(({ code, name }) => [code, name])),
    );
  const baseOf = (study: EnteredStudy, base: string) => (base === '' ? null : store.surveys.find(study.id, base));

  function readBuilding(form: Form, segment: Segment | null): Building {
    const unit = segment?.unit ?? unitOf(form);
    const rule = ruleFrom(field(form, 'rule'), unit);
    return {
      segment,
      unit,
      name: field(form, 'name'),
      base: field(form, 'base'),
      version: field(form, 'version'),
      rule,
      draft: draftOf(rule),
    };
  }

  async function countOf(study: EnteredStudy, { rule, draft, base, unit }: Building) {
    if (draft && draft.parts.length === 0) return null;
    const survey = await baseOf(study, base);
    return countView(house, study, await segments.count(study, rule, survey?.id ?? null, unit), unit);
  }

  async function showBuilder(visit: StudyVisit, res: Response, building: Building, problem: Problem | null = null) {
    const { study } = visit;
    const { segment, draft, rule, unit } = building;
    const published = (await store.surveys.list(study.id)).filter((survey) => survey.publishedVersionId !== null);
    const surveys = surveyNames(published);
    const names = await ruleNames(house, study);
    if (problem) res.status(422);
    await showPage(house, visit, res, 'segments', 'studio/rule', {
      head: headOf(study, building),
      isError: problem !== null,
      summary: problem ? summaryOf(problem, ['name', 'add']) : null,
      action: addressOf(study, segment),
      rule: JSON.stringify(rule),
      version: building.version,
      unit,
      isOfCompanies: unit === 'company',
      other: otherUnitOf(study, building),
      name: building.name,
      nameError: problem?.errors.find(({ pointer }) => pointer === '#/name')?.detail ?? '',
      draft: draft ? draftView(draft, names) : null,
      isEmpty: draft?.parts.length === 0,
      newGroup: NEW_GROUP,
      sentences: draft ? [] : ruleSentences(rule, names),
      json: draft ? '' : JSON.stringify(rule, null, 2),
      surveys: [
        {
          value: '',
          label: unit === 'company' ? 'no survey: companies only' : 'no survey: people only',
          isChosen: building.base === '',
        },
        ...published.map((survey) => ({
          value: survey.publicId,
          label: `respondents of ${surveys.get(survey.id)}`,
          isChosen: survey.publicId === building.base,
        })),
      ],
      examples:
        segment === null && unit === 'person' && draft?.parts.length === 0
          ? exampleGroups(
              segments.examples.list(),
              await ruleKnown(house, study),
              surveyTemplateNames(),
              addressOf(study, null),
            )
          : [],
      count: await countOf(study, building),
      cancel: segment ? `${studyAddress(study)}/segments/${segment.publicId}` : `${studyAddress(study)}/segments`,
    });
  }

  /** One step on the way to a condition: the rule so far goes along in hidden fields. */
  async function showStep(
    visit: StudyVisit,
    res: Response,
    building: Building,
    form: Form,
    step: {
      title: string;
      deed: 'kind' | 'subject' | 'put';
      button: string;
      hidden: readonly string[];
      fields: (make: ReturnType<typeof fieldMaker>) => ReturnType<Parameters<typeof showForm>[4]['fields']>;
    },
    problem: Problem | null = null,
  ): Promise<void> {
    const names = await ruleNames(house, visit.study);
    await showForm(
      house,
      visit,
      res,
      'segments',
      {
        view: 'studio/rule-step',
        head: headOf(visit.study, building, step.title),
        action: addressOf(visit.study, building.segment),
        fields: (make) => [...[...CARRIED, ...step.hidden].map((name) => make.hidden(name)), ...step.fields(make)],
        buttons: buttons(step.button),
        more: {
          deed: step.deed,
          count: await countOf(visit.study, building),
          sentences: building.draft?.parts.length ? ruleSentences(building.rule, names) : [],
        },
      },
      { ...form, rule: JSON.stringify(building.rule), ruleUnit: building.unit },
      problem,
    );
  }

  const showKinds = (
    visit: StudyVisit,
    res: Response,
    building: Building,
    form: Form,
    problem: Problem | null = null,
  ) =>
    showStep(
      visit,
      res,
      building,
      form,
      {
        title: 'What does the condition look at?',
        deed: 'kind',
        button: 'Continue',
        hidden: [],
        fields: (make) => [make.radios('kind', 'It looks at', formKinds(building.unit), { isRequired: true })],
      },
      problem,
    );

  async function showSubject(
    visit: StudyVisit,
    res: Response,
    building: Building,
    form: Form,
    problem: Problem | null = null,
  ): Promise<void> {
    const known = await ruleKnown(house, visit.study);
    const kind = kindOf(form);
    await showStep(
      visit,
      res,
      building,
      form,
      {
        title: kind.label,
        deed: 'subject',
        button: 'Continue',
        hidden: ['kind'],
        fields: (make) => subjectFields(make, kind.value, known),
      },
      problem,
    );
  }

  async function showCondition(
    visit: StudyVisit,
    res: Response,
    building: Building,
    form: Form,
    problem: Problem | null = null,
  ): Promise<void> {
    const { study } = visit;
    const known = await ruleKnown(house, study);
    const kind = kindOf(form);
    const subject = field(form, 'subject');
    const properties =
      kind.value === 'event' ? await store.populationFacts.propertyNames(study.workspaceId, subject) : [];
    await showStep(
      visit,
      res,
      building,
      {
        op: USUAL[kind.value] ?? '',
        missing: '',
        atLeast: kind.value === 'interview' ? '1' : '',
        peopleMeasure: 'count',
        moment: 'last',
        ...form,
        ruleUnit: building.unit,
        value: valueChoices(form, known),
      },
      {
        title: needsSubject(kind.value) ? `${kind.label}: ${subject}` : kind.label,
        deed: 'put',
        button: field(form, 'at') === '' ? 'Add the condition' : 'Change the condition',
        hidden: ['kind', ...(needsSubject(kind.value) ? ['subject'] : [])],
        fields: (make) => conditionFields(make, { ...form, ruleUnit: building.unit }, known, properties),
      },
      problem,
    );
  }

  async function save(visit: StudyVisit, res: Response, building: Building): Promise<void> {
    const { study } = visit;
    const { segment, name, draft, rule, unit } = building;
    if (draft && draft.parts.length === 0)
      throw new Problem('invalid', 'The rule needs a condition', {
        errors: [{ pointer: '#/add', detail: 'Add a condition: it says who is in the segment' }],
      });
    const at = `${studyAddress(study)}/segments`;
    const survey = await baseOf(study, building.base);
    if (segment) {
      await segments.redefine(segment, Number(building.version), { name, rule, surveyId: survey?.id ?? null });
      return res.redirect(303, `${at}/${segment.publicId}`);
    }
    const defined = await segments.define(
      study,
      { name, rule, surveyId: survey?.id ?? null, unit },
      { userId: visit.user.id },
    );
    res.redirect(303, `${at}/${defined.publicId}`);
  }

  async function take(visit: StudyVisit, req: Request, res: Response, segment: Segment | null): Promise<void> {
    const form = formOf(req);
    const building = readBuilding(form, segment);
    const [, deed = '', place = ''] = /^([a-z]+):?(.*)$/.exec(field(form, 'do')) ?? [];
    const { draft } = building;
    const changedTo = (next: RuleDraft): Building => ({ ...building, draft: next, rule: ruleOf(next) });
    try {
      if (deed === 'save') return await save(visit, res, building);
      if (!draft) return await showBuilder(visit, res, building);
      switch (deed) {
        case 'add':
          return await showKinds(visit, res, building, { ...form, at: '', into: place });
        case 'edit': {
          const condition = conditionAt(draft, place);
          const filled = condition && formFrom(condition.leaf);
          if (!filled) return await showBuilder(visit, res, building);
          return await showCondition(visit, res, building, { ...carried(form), ...filled, at: place, into: '' });
        }
        case 'kind':
          return needsSubject(kindOf(form).value)
            ? await showSubject(visit, res, building, form)
            : await showCondition(visit, res, building, form);
        case 'subject':
          return await showCondition(visit, res, building, { ...form, subject: subjectOf(form) });
        case 'put': {
          const leaf = leafFrom({ ...form, ruleUnit: building.unit });
          const at = field(form, 'at');
          const next = changedTo(
            at === '' ? withCondition(draft, field(form, 'into'), leaf) : withChanged(draft, at, leaf),
          );
          segments.check(next.rule, building.unit);
          return await showBuilder(visit, res, next);
        }
        case 'remove':
          return await showBuilder(visit, res, changedTo(without(draft, place)));
        case 'not':
          return await showBuilder(visit, res, changedTo(withNot(draft, place)));
        case 'join':
          return await showBuilder(visit, res, changedTo(withOtherJoin(draft, place)));
        default:
          return await showBuilder(visit, res, building);
      }
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'invalid') throw error;
      if (deed === 'kind') return showKinds(visit, res, building, form, error);
      if (deed === 'subject') return showSubject(visit, res, building, form, error);
      if (deed === 'put' && !error.errors.some(({ pointer }) => pointer === '#/rule'))
        return showCondition(visit, res, building, form, error);
      await showBuilder(visit, res, building, error);
    }
  }

  door.get('/studio/:study/segments/define', 'researcher', async (visit, req, res) => {
    const [survey] = (await store.surveys.list(visit.study.id)).filter((one) => one.publishedVersionId !== null);
    const unit: RuleUnit = queryOf(req, 'of') === 'companies' ? 'company' : 'person';
    const code = queryOf(req, 'example');
    const example = code === '' ? null : segments.examples.find(code);
    // Pages that found something lead here with the rule that asks for it.
    const rule = example?.rule ?? ruleFrom(queryOf(req, 'rule'), unit);
    await showBuilder(visit, res, {
      segment: null,
      unit,
      name: example?.name ?? queryOf(req, 'name'),
      base: unit === 'company' ? '' : (survey?.publicId ?? ''),
      version: '',
      rule,
      draft: draftOf(rule),
    });
  });
  door.post('/studio/:study/segments/define', 'researcher', (visit, req, res) => take(visit, req, res, null));

  door.get('/studio/:study/segments/:segment/rule', 'researcher', async (visit, req, res) => {
    const segment = await segmentOf(house, visit.study, req);
    if (segment.rule === null)
      throw new Problem('conflict', 'This segment was found, not defined', { detail: 'Define a new one by a rule' });
    const base = segment.surveyId === null ? null : await store.surveys.findById(visit.study.id, segment.surveyId);
    const rule = JSON.parse(segment.rule) as Rule;
    await showBuilder(visit, res, {
      segment,
      unit: segment.unit,
      name: segment.name,
      base: base?.publicId ?? '',
      version: String(segment.version),
      rule,
      draft: draftOf(rule),
    });
  });
  door.post('/studio/:study/segments/:segment/rule', 'researcher', async (visit, req, res) =>
    take(visit, req, res, await segmentOf(house, visit.study, req)),
  );
}

/** @throws Problem `invalid` when the form's rule is none: nobody's browser makes that by itself */
function ruleFrom(json: string, unit: RuleUnit): Rule {
  let input: unknown;
  try {
    input = JSON.parse(json === '' ? '{"all":[]}' : json);
  } catch {
    input = null;
  }
  const read = readRule(input, unit);
  if ('error' in read) throw new Problem('invalid', 'The rule does not read well', { detail: read.error });
  return read.rule;
}

const carried = (form: Form): Form => Object.fromEntries(CARRIED.map((name) => [name, field(form, name)]));

function kindOf(form: Form): { value: FormKind; label: string } {
  const kind = formKinds(unitOf(form)).find(({ value }) => value === field(form, 'kind'));
  if (!kind)
    throw new Problem('invalid', 'Choose what the condition looks at', {
      errors: [{ pointer: '#/kind', detail: 'Choose one of these' }],
    });
  return kind;
}

function subjectOf(form: Form): string {
  const subject = field(form, 'other').trim() || field(form, 'subject').trim();
  if (subject === '' || subject.length > 140) {
    const name = form['subject'] === undefined ? 'other' : 'subject';
    throw new Problem('invalid', 'The condition needs to know what it looks at', {
      errors: [{ pointer: `#/${name}`, detail: 'Choose one, or enter a name of at most 140 characters' }],
    });
  }
  return subject;
}
