import { BaseSample, type LeftOut } from '../model/base-sample.ts';
import { cleanText } from '../model/clean-text.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import { type PlainTarget, percentIn } from '../model/read-targets.ts';
import { ASKED_WAYS, type AskedWay } from '../model/segmentation.ts';
import { Weighting } from '../model/weighting.ts';
import type { SampleDefinition, SampleKind } from '../store/sample-definitions.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { MeasuredSurvey } from '../workers/tasks/measured-waves.ts';
import { namedBase, USUAL_BASE, WHOLE_BASE } from '../workers/tasks/survey-base.ts';
import type { WeighableColumn, WeighableWay, WeighedSurvey } from '../workers/tasks/weigh.ts';
import { Refusal } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';

/** A base with its name, not yet known to be one. */
export type SaidSample = { name: string; definition: unknown };
export type SaidWeighting = { name: string; definition: Weighting };
/** A weighting whose shares are numbers by the codes of options or the beginnings of bands. */
export type PlainWeighting = {
  name: string;
  definition: Omit<Weighting, 'raked'> & {
    raked:
      | (Omit<NonNullable<Weighting['raked']>, 'margins'> & {
          margins: { column: string; targets: PlainTarget[] }[];
        })
      | null;
  };
};
export type WeightingForm = {
  name: string;
  /** The key of a base, as its options have it. */
  base: string;
  isByProbability: boolean;
  /** Percent as it was written, by way; empty where the probability is not known. */
  given: Partial<Record<AskedWay, string>>;
  /** Targets as they were written, by column. */
  margins: { column: string; text: string }[];
  low: string;
  high: string;
  missing: string;
};
export type SampleOption = { value: string; label: string };

/** Who counts in a survey and how much: named base samples, weightings, and figures under them. */
export function sampleService({ store, logs, now, thread }: Context) {
  const at = () => now().toISOString();
  const placeOf = (survey: SurveyRow) => ({ studyId: survey.studyId, surveyId: survey.id });

  /** What the data cannot give is said by the thread in words for a person. */
  async function ask<T>(work: () => Promise<T>): Promise<T> {
    await logs.settle();
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refusal) throw new Problem('conflict', error.message, { cause: error });
      throw error;
    }
  }

  function readName(raw: string): { name: string; errors: ProblemError[] } {
    const { text, isTooLong } = cleanText(raw, 'name');
    const name = text.trim();
    return name === '' || isTooLong
      ? { name, errors: [{ pointer: '#/name', detail: 'Enter a name of at most 200 characters' }] }
      : { name, errors: [] };
  }

  async function readBase(
    survey: SurveyRow,
    { name: raw, definition }: SaidSample,
  ): Promise<{ name: string; definition: BaseSample }> {
    const { name, errors } = readName(raw);
    const read = BaseSample.safeParse(definition);
    if (!read.success)
      errors.push(
        ...read.error.issues.map(({ path, message }) => ({ pointer: `#/${String(path[0])}`, detail: message })),
      );
    const known = new Set((await store.fieldwork.waves(survey.id)).map(({ publicId }) => publicId));
    if (read.data?.waves.some((wave) => !known.has(wave)))
      errors.push({ pointer: '#/waves', detail: 'Choose waves of this survey' });
    if (!read.success || errors.length > 0) throw new Problem('invalid', 'This base does not fit', { errors });
    return { name, definition: read.data };
  }

  /** Worked out before it is kept, so that nothing is kept that cannot be. */
  async function checked(survey: SurveyRow, said: SaidWeighting): Promise<SaidWeighting> {
    const { name, errors } = readName(said.name);
    if (errors.length > 0) throw new Problem('invalid', 'This weighting does not fit', { errors });
    await ask(() => thread.ask('weigh', { ...placeOf(survey), weighting: said.definition }));
    return { name, definition: said.definition };
  }

  /** @throws Problem `invalid` naming what does not fit */
  async function readWeights(survey: SurveyRow, { name: raw, definition }: PlainWeighting): Promise<SaidWeighting> {
    const { name, errors } = readName(raw);
    const base = await baseKeyOf(survey, definition.base);
    if (base === undefined) errors.push({ pointer: '#/definition/base', detail: 'Name a base of this survey' });
    const asked = definition.raked?.margins ?? [];
    const read =
      asked.length === 0
        ? { margins: [], errors: [] }
        : await ask(() => thread.ask('weighTargets', { ...placeOf(survey), margins: asked }));
    for (const { column, detail } of read.errors)
      errors.push({
        pointer: `#/definition/raked/margins/${asked.findIndex((margin) => margin.column === column)}`,
        detail,
      });
    const found = Weighting.safeParse({
      ...definition,
      base: base ?? '',
      raked: definition.raked && { ...definition.raked, margins: read.margins },
    });
    if (!found.success && errors.length === 0)
      errors.push(
        ...found.error.issues.map(({ path, message }) => ({
          pointer: `#/definition/${path.join('/')}`,
          detail: message,
        })),
      );
    if (!found.success || errors.length > 0) throw new Problem('invalid', 'This weighting does not fit', { errors });
    return { name, definition: found.data };
  }

  async function readForm(survey: SurveyRow, form: WeightingForm): Promise<SaidWeighting> {
    const { name, errors } = readName(form.name);
    const add = (pointer: string, detail: string) => errors.push({ pointer: `#/${pointer}`, detail });
    if (!form.isByProbability && form.margins.length === 0)
      add('asked', 'Choose what to weigh by: how likely people were asked, known shares, or both');
    const base = await baseKeyOf(survey, form.base);
    if (base === undefined) add('base', 'Choose a base of this survey');
    const given: Partial<Record<AskedWay, number>> = {};
    for (const way of ASKED_WAYS) {
      const written = (form.given[way] ?? '').trim();
      if (written === '') continue;
      const percent = percentIn(written);
      if (percent > 0 && percent <= 100) given[way] = percent / 100;
      else add(`given-${way}`, 'Write a percent above 0 and up to 100, or nothing where it is not known');
    }
    const [low, high] = [numberIn(form.low), numberIn(form.high)];
    const isTrimmed = low !== null || high !== null;
    if (isTrimmed && !((low ?? 0) >= 0 && (low ?? 0) < 1))
      add('low', 'Write a smallest weight from 0 to below 1; the mean weight is 1');
    if (isTrimmed && !(high !== null && high > 1))
      add('high', 'Write a largest weight above 1, such as 5; the mean weight is 1');
    const read =
      form.margins.length === 0
        ? { margins: [], errors: [] }
        : await ask(() => thread.ask('weighTargets', { ...placeOf(survey), margins: form.margins }));
    for (const { column, detail } of read.errors)
      add(`margin-${form.margins.findIndex((margin) => margin.column === column)}`, detail);
    const definition = Weighting.safeParse({
      base: base ?? '',
      asked: form.isByProbability ? { given } : null,
      raked:
        read.margins.length === 0
          ? null
          : {
              margins: read.margins,
              trim: isTrimmed && errors.length === 0 ? { low: low ?? 0, high: high ?? 0 } : null,
              missing: form.missing,
            },
    });
    if (!definition.success && errors.length === 0)
      for (const { path, message } of definition.error.issues)
        add(path.includes('missing') ? 'missing' : 'asked', message);
    if (!definition.success || errors.length > 0)
      throw new Problem('invalid', 'This weighting does not fit', { errors });
    return { name, definition: definition.data };
  }

  /** A base with the version that stands; undefined for what is no base of the survey. */
  async function baseKeyOf(survey: SurveyRow, key: string): Promise<string | undefined> {
    if (key === USUAL_BASE.key || key === WHOLE_BASE.key) return key;
    const [publicId = ''] = key.split('@');
    const kept = await store.sampleDefinitions.find(survey.id, 'base', publicId);
    return kept ? (key.includes('@') ? key : `${publicId}@${kept.version}`) : undefined;
  }

  async function find(survey: SurveyRow, kind: SampleKind, publicId: string, version: number | null = null) {
    const kept = await store.sampleDefinitions.find(survey.id, kind, publicId, version);
    if (!kept)
      throw new Problem(
        'not-found',
        kind === 'base' ? 'There is no such base sample of this survey' : 'There is no such weighting of this survey',
      );
    return kept;
  }

  const add = (survey: SurveyRow, kind: SampleKind, change: { name: string; definition: unknown }, actor: Actor) =>
    store.sampleDefinitions.add({ ...placeOf(survey), kind }, { ...change, madeBy: actor?.userId ?? null }, at());

  async function change(
    kept: SampleDefinition,
    from: number,
    next: { name: string; definition: unknown },
    actor: Actor,
  ): Promise<void> {
    if (!(await store.sampleDefinitions.change(kept.id, from, { ...next, madeBy: actor?.userId ?? null }, at())))
      throw new Problem('conflict', 'Somebody else has changed or removed this meanwhile', {
        detail: 'Look at it again, then change it',
      });
  }

  const options = async (survey: SurveyRow, kind: SampleKind): Promise<SampleOption[]> =>
    (await store.sampleDefinitions.list(survey.id, kind)).map(({ publicId, name }) => ({
      value: publicId,
      label: name,
    }));

  return {
    find,
    /**
     * Bases that figures of a survey's respondents can be told of, as the options of a form: the usual one with an empty
     * value, everybody, and those that researchers named. `namedBase` reads the value that was chosen, and gives the rows
     * and the words that have to stand beside the figures. Keep `id@version` where figures are to be made again alike.
     */
    baseOptions: async (survey: SurveyRow): Promise<SampleOption[]> => [
      { value: USUAL_BASE.key, label: USUAL_BASE.name },
      { value: WHOLE_BASE.key, label: WHOLE_BASE.name },
      ...(await options(survey, 'base')),
    ],
    /** Weightings of a survey as the options of a form; `weightsOf` reads the value, and an empty one is none. */
    weightingOptions: async (survey: SurveyRow): Promise<SampleOption[]> => [
      { value: '', label: 'None' },
      ...(await options(survey, 'weighting')),
    ],

    /** How many responses are in a base, and who is not. */
    count: async (survey: SurveyRow, key: string): Promise<{ rows: number; leftOut: LeftOut; words: string }> => {
      await logs.settle();
      const found = await namedBase(store, { surveyId: survey.id }, key, await store.responses.list(survey.id));
      return { ...found, rows: found.rows.length };
    },

    addBase: async (survey: SurveyRow, said: SaidSample, actor: Actor): Promise<string> =>
      add(survey, 'base', await readBase(survey, said), actor),
    changeBase: async (survey: SurveyRow, kept: SampleDefinition, from: number, said: SaidSample, actor: Actor) =>
      change(kept, from, await readBase(survey, said), actor),
    /** A weighting as its form describes it. @throws Problem `invalid` naming the fields that do not fit */
    weightingOfForm: readForm,
    /** A weighting whose shares are numbers. @throws Problem `invalid` naming what does not fit */
    weightingOfNumbers: readWeights,
    addWeighting: async (survey: SurveyRow, said: SaidWeighting, actor: Actor): Promise<string> =>
      add(survey, 'weighting', await checked(survey, said), actor),
    changeWeighting: async (
      survey: SurveyRow,
      kept: SampleDefinition,
      from: number,
      said: SaidWeighting,
      actor: Actor,
    ) => change(kept, from, await checked(survey, said), actor),
    /** Takes it out of lists and choices; what was made with it is still read. */
    remove: (kept: SampleDefinition): Promise<void> => store.sampleDefinitions.remove(kept.id, at()),

    /** What respondents can be weighed by. @throws Problem `conflict` for a survey that was never published */
    weighable: (survey: SurveyRow): Promise<{ columns: WeighableColumn[]; ways: WeighableWay[] }> =>
      ask(() => thread.ask('weighable', placeOf(survey))),
    /** A weighting worked out of the answers as they are now. @throws Problem `conflict` where that cannot be */
    weigh: (survey: SurveyRow, weighting: Weighting): Promise<WeighedSurvey> =>
      ask(() => thread.ask('weigh', { ...placeOf(survey), weighting })),
    /** Shares and means, wave by wave or as a whole. @throws Problem `conflict` where there are none */
    measure: (
      study: Pick<Study, 'workspaceId'>,
      survey: SurveyRow,
      by: { base: string; weighting: string; isByWave: boolean },
    ): Promise<MeasuredSurvey> =>
      ask(() => thread.ask('measured', { workspaceId: study.workspaceId, ...placeOf(survey), ...by })),
  };
}
export type Samples = ReturnType<typeof sampleService>;

/** Nothing is null, and what is no number is NaN. */
function numberIn(written: string): number | null {
  const text = written.trim().replace(',', '.');
  return text === '' ? null : Number(text);
}
