import { type DataDictionary, toldDictionary } from '../exchange/data-dictionary.ts';
import { cleanText } from '../model/clean-text.ts';
import { type DerivedVariable, derivationOrder, readDerived } from '../model/derived-variable.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import { maskText } from '../privacy/mask-text.ts';
import type { CellPolicy } from '../privacy/safe-cells.ts';
import { asDerived, derivedId, type KeptVariable } from '../store/derived-variables.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { OtherText, VariableCounts } from '../workers/tasks/derived-preview.ts';
import type { NamedVariable } from '../workers/tasks/variable-names.ts';
import { Refusal } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';
import type { Masking } from './masking.ts';

/** What a form says of a variable, not yet known to be one. */
export type VariableForm = { name: string; note: string; definition: unknown };
/** A text under “other” as researchers see it: what of a person stands in it is masked. */
export type ShownText = Pick<OtherText, 'hash' | 'n'> & { text: string };

/** Many more than anybody finds their way in; each is worked out whenever a table is made. */
export const VARIABLES_MAX = 300;
/** The id of one that is not kept yet. */
const NEW_ID = 'derived:new';

/** Variables that researchers make of others without code, and the data dictionary that they stand in. */
export function derivedVariableService({ store, logs, thread, now }: Context, masking: Pick<Masking, 'spansOf'>) {
  const at = () => now().toISOString();
  const placeOf = (study: Study, survey: SurveyRow) => ({
    workspaceId: study.workspaceId,
    studyId: study.id,
    surveyId: survey.id,
  });

  function read(id: string, { name, note, definition }: VariableForm): DerivedVariable & { note: string } {
    const errors: ProblemError[] = [];
    const [cleanName, cleanNote] = [cleanText(name, 'name'), cleanText(note, 'line')];
    if (cleanName.text.trim() === '' || cleanName.isTooLong)
      errors.push({ pointer: '#/name', detail: 'Enter a name of at most 200 characters' });
    if (cleanNote.isTooLong) errors.push({ pointer: '#/note', detail: 'Shorten the note to 1,000 characters' });
    const found = readDerived({ format: 1, id, name: cleanName.text.trim().slice(0, 200) || '–', definition });
    if ('errors' in found) errors.push(...found.errors);
    if (errors.length > 0 || 'errors' in found)
      throw new Problem('invalid', 'This variable cannot be made like this', { errors });
    return { ...found.variable, note: cleanNote.text.trim() };
  }

  /** @throws Problem `invalid` for a circle or a name that another has */
  function checkAmong(variable: DerivedVariable, others: readonly KeptVariable[]): void {
    if (others.some(({ name }) => name.trim().toLowerCase() === variable.name.trim().toLowerCase()))
      throw new Problem('invalid', 'This variable cannot be made like this', {
        errors: [{ pointer: '#/name', detail: 'There is a variable of this name already: give it another' }],
      });
    try {
      derivationOrder([variable, ...others.map(asDerived)]);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new Problem('invalid', 'This variable cannot be made like this', {
        errors: [{ pointer: '#/definition/of', detail: error.message }],
      });
    }
  }

  async function counts(study: Study, survey: SurveyRow, variable: DerivedVariable): Promise<VariableCounts> {
    const found = await ask(() => thread.ask('derivedPreview', { ...placeOf(study, survey), variable }));
    if ('errors' in found) throw new Problem('invalid', 'This variable cannot be worked out', { errors: found.errors });
    return found;
  }

  /** What the data cannot give is said by the thread in words for a person. */
  async function ask<T>(work: () => Promise<T>): Promise<T> {
    await logs.settle();
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refusal) throw new Problem('conflict', error.message);
      throw error;
    }
  }

  return {
    /** How often each option would be said. @throws Problem `invalid` naming what does not fit */
    preview: async (
      study: Study,
      survey: SurveyRow,
      kept: KeptVariable | null,
      form: VariableForm,
    ): Promise<VariableCounts> => {
      const variable = read(kept ? derivedId(kept) : NEW_ID, form);
      checkAmong(
        variable,
        (await store.derivedVariables.list(survey.id)).filter(({ id }) => id !== kept?.id),
      );
      return counts(study, survey, variable);
    },
    /** The same for one that is kept; null with the reasons where it cannot be worked out any more. */
    countsOf: async (
      study: Study,
      survey: SurveyRow,
      kept: KeptVariable,
    ): Promise<{ counts: VariableCounts | null; reasons: string[] }> => {
      try {
        return { counts: await counts(study, survey, asDerived(kept)), reasons: [] };
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const reasons = error.errors.map(({ detail }) => detail);
        return { counts: null, reasons: reasons.length > 0 ? reasons : [error.message] };
      }
    },
    /** @returns its public id */
    add: async (study: Study, survey: SurveyRow, form: VariableForm, actor: Actor): Promise<string> => {
      const { note, ...variable } = read(NEW_ID, form);
      if ((await store.derivedVariables.list(survey.id)).length >= VARIABLES_MAX)
        throw new Problem('conflict', `A survey takes ${VARIABLES_MAX} derived variables at most`, {
          detail: 'Remove those that nobody uses',
        });
      await counts(study, survey, variable);
      return store.derivedVariables.add(
        { studyId: study.id, surveyId: survey.id },
        { name: variable.name, definition: variable.definition, note, madeBy: actor?.userId ?? null },
        (others, publicId) => checkAmong({ ...variable, id: derivedId({ publicId }) }, others),
        at(),
      );
    },
    /** @throws Problem `conflict` when somebody else has changed or removed it since that version */
    change: async (
      study: Study,
      survey: SurveyRow,
      kept: KeptVariable,
      form: VariableForm & { version: number },
      actor: Actor,
    ): Promise<void> => {
      const { note, ...variable } = read(derivedId(kept), form);
      if (form.version !== kept.version) throw changedMeanwhile();
      checkAmong(
        variable,
        (await store.derivedVariables.list(survey.id)).filter(({ id }) => id !== kept.id),
      );
      await counts(study, survey, variable);
      const isKept = await store.derivedVariables.change(
        kept,
        form.version,
        { name: variable.name, definition: variable.definition, note, madeBy: actor?.userId ?? null },
        (others) => checkAmong(variable, others),
        at(),
      );
      if (!isKept) throw changedMeanwhile();
    },
    /** Variables and tables that are made of it say so from then on. */
    remove: (kept: KeptVariable, actor: Actor): Promise<void> =>
      store.derivedVariables.remove(kept.id, actor?.userId ?? null, at()),
    /** What tables and other variables can be made of. */
    names: (study: Study, survey: SurveyRow): Promise<NamedVariable[]> =>
      ask(() => thread.ask('variableNames', placeOf(study, survey))),
    /** How often each option of some variables was said. @throws Problem `conflict` when one is not there any more */
    sources: (study: Study, survey: SurveyRow, ids: readonly string[]) =>
      ask(() => thread.ask('variableCounts', { ...placeOf(study, survey), ids: [...ids] })),
    /** Everything that is known of a survey's responses, as these readers may know it. */
    dictionary: async (study: Study, survey: SurveyRow, policy: CellPolicy): Promise<DataDictionary> =>
      toldDictionary(await ask(() => thread.ask('dataDictionary', placeOf(study, survey))), policy),
    /** What people wrote beside an option, the most frequent first. */
    otherTexts: async (
      study: Study,
      survey: SurveyRow,
      item: string,
    ): Promise<{ texts: ShownText[]; distinct: number; n: number }> => {
      const found = await ask(() => thread.ask('otherTexts', { studyId: study.id, surveyId: survey.id, item }));
      const masks = await masking.spansOf(
        study.id,
        found.texts.map(({ source }) => source),
      );
      return {
        ...found,
        texts: found.texts.map(({ hash, n, source }) => ({
          hash,
          n,
          text: maskText(source.text, masks.get(`${source.publicId} ${source.version}`) ?? []),
        })),
      };
    },
  };
}
export type DerivedVariables = ReturnType<typeof derivedVariableService>;

const changedMeanwhile = () =>
  new Problem('conflict', 'Somebody else has changed this variable meanwhile', {
    detail: 'Look at it as it is now, then make your change again',
  });
