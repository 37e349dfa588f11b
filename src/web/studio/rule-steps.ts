import type { Response } from 'express';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { LEAVES, type RuleOperator } from '../../model/rule.ts';
import type { House } from '../app.ts';
import type { EnteredStudy, StudyVisit } from '../doorway.ts';
import { field } from '../form.ts';
import { buttons, type fieldMaker, showForm } from './frame.ts';
import { type Block, fieldsIn, type OneMore } from './rule-blocks.ts';
import { type Building, buildingAddress, buildingHead, CARRIED, countOf } from './rule-building.ts';
import { valueChoices } from './rule-choices.ts';
import { isEventKind } from './rule-event-fields.ts';
import { conditionBlocks, needsSubject, subjectFields } from './rule-fields.ts';
import { type FormKind, formKinds, unitOf } from './rule-kinds.ts';
import { type RuleKnown, ruleKnown, themeChoices } from './rule-known.ts';
import { ROWS_MAX, stepName } from './rule-values.ts';
import { ruleSentences } from './rule-view.ts';
import { ruleNames } from './rule-words.ts';

/** How a condition of a kind mostly compares, chosen to begin with. */
const USUAL: Partial<Record<FormKind, RuleOperator>> = {
  event: 'gte',
  score: 'gte',
  people: 'gte',
  moment: 'olderThan',
};
/** So many events that are chosen in one form tell their properties. */
const EVENTS_ASKED = 3;

/** The step that a form is on, and whatever it needs to be shown. */
type Step = { visit: StudyVisit; res: Response; building: Building; form: Form; problem?: Problem | null };

/** One step on the way to a condition: the rule so far goes along in hidden fields. */
async function showStep(
  house: House,
  { visit, res, building, form, problem = null }: Step,
  step: {
    title: string;
    deed: 'kind' | 'subject' | 'put';
    button: string;
    hidden: readonly string[];
    blocks: (make: ReturnType<typeof fieldMaker>) => Block[];
  },
): Promise<void> {
  const names = await ruleNames(house, visit.study, building.rule);
  const count = await countOf(house, visit.study, building);
  let blocks: Block[] = [];
  await showForm(
    house,
    visit,
    res,
    'segments',
    {
      view: 'studio/rule-step',
      head: buildingHead(visit.study, building, step.title),
      action: buildingAddress(visit.study, building.segment),
      fields: (make) => {
        blocks = [...[...CARRIED, ...step.hidden].map((name) => make.hidden(name)), ...step.blocks(make)];
        return fieldsIn(blocks);
      },
      buttons: buttons(step.button),
      more: () => ({
        blocks,
        deed: step.deed,
        count,
        sentences: building.draft?.parts.length ? ruleSentences(building.rule, names) : [],
      }),
    },
    { ...form, rule: JSON.stringify(building.rule), ruleUnit: building.unit },
    problem,
  );
}

/** What does the condition look at? */
export const showKinds = (house: House, step: Step): Promise<void> =>
  showStep(house, step, {
    title: 'What does the condition look at?',
    deed: 'kind',
    button: 'Continue',
    hidden: [],
    blocks: (make) => [make.radios('kind', 'It looks at', formKinds(step.building.unit), { isRequired: true })],
  });

/** Which attribute, question or event? */
export async function showSubject(house: House, step: Step): Promise<void> {
  const known = await ruleKnown(house, step.visit.study);
  const kind = kindIn(step.form);
  await showStep(house, step, {
    title: kind.label,
    deed: 'subject',
    button: 'Continue',
    hidden: ['kind'],
    blocks: (make) => subjectFields(make, kind.value, known),
  });
}

/**
 * The condition itself.
 *
 * @param oneMore which rows of the form there is to be one more of
 */
export async function showCondition(house: House, step: Step, oneMore: OneMore = null): Promise<void> {
  const { visit, building, form } = step;
  const { study } = visit;
  const known = await ruleKnown(house, study);
  const kind = kindIn(form);
  const subject = field(form, 'subject');
  const named = ['theme', 'persona'].includes(kind.value) ? field(form, kind.value) : '';
  const about = {
    known,
    properties: isEventKind(kind.value) ? await propertiesFor(house, study, form) : [],
    themes: kind.value === 'theme' ? await themeChoices(house, study) : [],
    values: await valuesFor(house, study, kind.value, subject, known),
    names:
      named === ''
        ? new Map<string, string>()
        : await ruleNames(house, study, { [kind.value]: named } as { theme: string }),
    oneMore,
  };
  await showStep(
    house,
    {
      ...step,
      form: {
        op: USUAL[kind.value] ?? '',
        missing: '',
        atLeast: kind.value === 'interview' ? '1' : '',
        peopleMeasure: 'count',
        moment: 'last',
        ...form,
        ruleUnit: building.unit,
        value: valueChoices(form, known),
      },
    },
    {
      title: needsSubject(kind.value) ? `${kind.label}: ${subject}` : kind.label,
      deed: 'put',
      button: field(form, 'at') === '' ? 'Add the condition' : 'Change the condition',
      hidden: ['kind', ...(needsSubject(kind.value) ? ['subject'] : [])],
      blocks: (make) => conditionBlocks(make, { ...form, ruleUnit: building.unit }, about),
    },
  );
}

/** Properties of the events that a form has chosen; of the newest events while it has chosen none. */
async function propertiesFor(
  { verbatim: { store } }: House,
  { workspaceId }: EnteredStudy,
  form: Form,
): Promise<string[]> {
  const chosen = [
    field(form, 'kind') === 'event' ? field(form, 'subject') : '',
    field(form, 'event'),
    ...Array.from({ length: ROWS_MAX }, (_, index) => field(form, `${stepName(index)}Event`)),
  ].filter((name) => name !== '');
  if (chosen.length === 0) return store.knownValues.propertyNames(workspaceId);
  const names = new Set<string>();
  for (const event of [...new Set(chosen)].slice(0, EVENTS_ASKED))
    for (const name of await store.populationFacts.propertyNames(workspaceId, event)) names.add(name);
  return [...names].sort();
}

/** Frequent values of the attribute that is asked for; none for a day or a yes or no, which are not typed. */
async function valuesFor(
  { verbatim: { store } }: House,
  { workspaceId }: EnteredStudy,
  kind: FormKind,
  subject: string,
  known: RuleKnown,
): Promise<string[]> {
  if (kind !== 'attribute' && kind !== 'company') return [];
  const list = kind === 'company' ? known.companies : known.attributes;
  const type = list.find(({ value }) => value === subject)?.type;
  if (type === 'date' || type === 'yes-no') return [];
  return store.knownValues.ofAttribute(workspaceId, kind === 'company' ? 'company' : 'person', subject);
}

/** @throws Problem `invalid` when the form has chosen no kind there is */
export function kindIn(form: Form): { value: FormKind; label: string } {
  const kind = formKinds(unitOf(form)).find(({ value }) => value === field(form, 'kind'));
  if (!kind)
    throw new Problem('invalid', 'Choose what the condition looks at', {
      errors: [{ pointer: '#/kind', detail: 'Choose one of these' }],
    });
  return kind;
}

/** How long the name of what each kind looks at may be. */
const SUBJECTS: Partial<Record<FormKind, { maxLength: number | null }>> = {
  attribute: LEAVES.attribute.shape.attribute,
  company: LEAVES.company.shape.company,
  answer: LEAVES.answer.shape.answer,
  event: LEAVES.event.shape.event,
};

/** @throws Problem `invalid` when nothing is chosen and nothing typed, or too much */
export function subjectIn(form: Form): string {
  const subject = field(form, 'other').trim() || field(form, 'subject').trim();
  const max = SUBJECTS[kindIn(form).value]?.maxLength ?? 0;
  if (subject === '' || subject.length > max) {
    const name = form['subject'] === undefined ? 'other' : 'subject';
    throw new Problem('invalid', 'The condition needs to know what it looks at', {
      errors: [{ pointer: `#/${name}`, detail: `Choose one, or enter a name of at most ${max} characters` }],
    });
  }
  return subject;
}
