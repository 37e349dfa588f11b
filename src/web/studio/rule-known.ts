import type { AttributeType } from '../../model/attribute.ts';
import { BUYING_ROLES } from '../../model/buying-role.ts';
import { type Item, isSpoken, itemWording, surveyItems } from '../../model/items.ts';
import type { RuleUnit } from '../../model/rule.ts';
import { wordingIn } from '../../model/survey-check.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { withLabel } from './segmentation-place.ts';
import { surveyNames } from './surveys.ts';

type Choice = { value: string; label: string };

/** What a workspace knows of that a rule may ask for, each to be chosen by what people call it. */
export type RuleKnown = {
  attributes: (Choice & { type: AttributeType | null })[];
  companies: (Choice & { type: AttributeType | null })[];
  events: Choice[];
  /** By slug. */
  surveys: Choice[];
  answers: (Choice & { holds: Item['holds']; options: Choice[] })[];
  scores: Choice[];
  /** By what their newest version is called. */
  personas: Choice[];
  segments: (Choice & { unit: RuleUnit })[];
  /** Those with accepted segments. */
  segmentations: Choice[];
  /** Usual roles in companies, and those that somebody has. */
  roles: string[];
  codes: Choice[];
};

const LABEL_LETTERS = 80;

/** Scales of the study's published surveys, with the survey they are asked in. */
export async function scaleChoices({ verbatim: { store } }: House, study: EnteredStudy) {
  const choices: { value: string; label: string; survey: string; scale: string }[] = [];
  const surveys = await store.surveys.list(study.id);
  const names = surveyNames(surveys);
  for (const survey of surveys) {
    if (survey.publishedVersionId === null) continue;
    const { definition } = await store.surveys.version(survey.publishedVersionId);
    for (const instrument of definition.instruments ?? []) {
      for (const scale of instrument.scales) {
        choices.push({
          value: `${survey.publicId} ${instrument.code}.${scale.code}`,
          label: `${wordingIn(scale.name, definition.languages[0] ?? 'en', definition.languages)} (${names.get(survey.id)}${instrument.provisionalUntil === undefined ? '' : ', provisional'})`,
          survey: survey.publicId,
          scale: `${instrument.code}.${scale.code}`,
        });
      }
    }
  }
  return choices;
}

/** Everything the builder offers to choose from. Answers are those in codes and numbers; words of a person's own are none. */
export async function ruleKnown(house: House, study: EnteredStudy): Promise<RuleKnown> {
  const { store } = house.verbatim;
  const types = await store.sources.attributeTypes(study.workspaceId, 'person');
  const attributes = (await store.people.attributeNames(study.workspaceId)).map(({ name, people }) => ({
    value: name,
    label: `${name.replaceAll('_', ' ')} (known of ${Number(people).toLocaleString('en-GB')})`,
    type: types.get(name)?.type ?? null,
  }));
  const companies = [...(await store.sources.attributeTypes(study.workspaceId, 'company'))].map(([name, { type }]) => ({
    value: name,
    label: name.replaceAll('_', ' '),
    type,
  }));
  const published = (await store.surveys.list(study.id)).filter((survey) => survey.publishedVersionId !== null);
  const names = surveyNames(published);
  const answers = new Map<string, RuleKnown['answers'][number]>();
  for (const survey of published) {
    const { definition } = await store.surveys.version(survey.publishedVersionId ?? 0);
    const word = (wording: Record<string, string>) =>
      wordingIn(wording, definition.languages[0] ?? 'en', definition.languages);
    for (const item of surveyItems(definition)) {
      if (isSpoken(item) || item.isIdentifying || answers.has(item.address)) continue;
      answers.set(item.address, {
        value: item.address,
        label: `${item.address}: ${itemWording(item, word)}`.slice(0, LABEL_LETTERS),
        holds: item.holds,
        options: item.options.map(({ code, text }) => ({ value: code, label: `${word(text)} (${code})` })),
      });
    }
  }
  const called = await store.segmentations.labels(study.id);
  return {
    attributes,
    companies: [{ value: 'name', label: 'name', type: 'text' }, ...companies.filter(({ value }) => value !== 'name')],
    events: (await store.populationFacts.eventNames(study.workspaceId)).map((name) => ({ value: name, label: name })),
    surveys: published.map((survey) => ({ value: survey.slug, label: names.get(survey.id) ?? survey.slug })),
    answers: [...answers.values()],
    scores: (await scaleChoices(house, study)).map(({ scale, label }) => ({ value: scale, label })),
    personas: await personaChoices(house, study),
    segments: (await store.segments.list(study.id)).map(({ id, publicId, name, unit }) => ({
      value: publicId,
      label: withLabel(name, called.get(id)),
      unit,
    })),
    segmentations: await segmentationChoices(house, study),
    roles: [...new Set([...BUYING_ROLES, ...(await store.companies.roles(study.workspaceId))])],
    codes: (await store.notes.codes(study.id)).map(({ publicId, name }) => ({ value: publicId, label: name })),
  };
}

async function segmentationChoices({ verbatim: { store } }: House, study: EnteredStudy): Promise<Choice[]> {
  const choices: Choice[] = [];
  for (const { id, publicId, name } of await store.segmentations.list(study.id))
    if ((await store.segmentations.current(id)).length > 0) {
      const [standing] = await store.segmentations.versions(id);
      choices.push({ value: publicId, label: withLabel(name, standing?.label) });
    }
  return choices;
}

/**
 * The themes of the latest run over each open question, as they are corrected, each with the question and how many answers
 * speak of it. All of a run's answers are looked through for this.
 */
export async function themeChoices(
  { verbatim: { store, themes: hand } }: House,
  study: EnteredStudy,
): Promise<Choice[]> {
  const choices: Choice[] = [];
  const surveys = await store.surveys.list(study.id);
  const names = surveyNames(surveys);
  for (const survey of surveys)
    for (const run of await store.analyses.latestThemeRuns(study.id, survey.id)) {
      const { themes, documents } = await hand.counted(run);
      for (const { id, label } of themes) {
        const answers = documents.filter((document) => document.themes.some(({ theme }) => theme === id)).length;
        choices.push({
          value: id,
          label: `${label}: ${answers.toLocaleString('en-GB')} of ${documents.length.toLocaleString('en-GB')} answers to ${run.subject} in “${names.get(survey.id) ?? survey.slug}”`,
        });
      }
    }
  for (const run of await store.analyses.latestThemeRuns(study.id, null)) {
    const { themes, documents } = await hand.counted(run);
    for (const { id, label } of themes) {
      const turns = documents.filter((document) => document.themes.some(({ theme }) => theme === id)).length;
      choices.push({
        value: id,
        label: `${label}: ${turns.toLocaleString('en-GB')} of ${documents.length.toLocaleString('en-GB')} turns of interviews`,
      });
    }
  }
  return choices;
}

async function personaChoices({ verbatim: { store } }: House, study: EnteredStudy): Promise<Choice[]> {
  return (await store.personas.list(study.id)).flatMap(({ publicId, combine, segments, versions }) => {
    const names = segments.map(({ name }) => `“${name}”`);
    const face = names.length > 1 ? `${combine} of ${names.join(', ')}` : names[0];
    return face ? [{ value: publicId, label: `${versions[0]?.name ?? segments[0]?.name} (the face of ${face})` }] : [];
  });
}
