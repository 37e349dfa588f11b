import type { Form } from '../../model/answers.ts';
import type { Question, SurveyDefinition } from '../../model/survey.ts';
import { questionAt, replaceQuestion } from '../../model/survey-edit.ts';
import { ANOTHER, type Doubt, settleLines } from '../../model/survey-edit-doubts.ts';
import type { Part } from '../../model/survey-edit-lines.ts';
import { field, fieldList } from '../form.ts';
import type { Place } from './builder-places.ts';
import { keptParts, partsIn } from './builder-settings.ts';
import type { fieldMaker } from './frame.ts';

/** Lists whose lines may stand for answers that have been given, and whether each line still does. */

const LISTS = { options: 'options', rows: 'rows', columns: 'columns' } as const;
type List = keyof typeof LISTS;

/** What a person says of a line, by its list and number. */
const saidName = (list: List, line: number): string => `${list}.line.${line}`;

export type SettledForm = {
  /** The form with every line of a published list under its code. */
  form: Form;
  doubts: readonly (Doubt & { name: string; list: List })[];
  /** Whether a person must say more before this can be saved. */
  isOpen: boolean;
  /** The survey with what lines bring back, for the form to be applied to. */
  prepare: (definition: SurveyDefinition) => SurveyDefinition;
};

/**
 * Finds out which answer each line of a question's form is.
 *
 * @param published the survey as it was last published; null when it never was
 */
export function settleForm(
  draft: SurveyDefinition,
  published: SurveyDefinition | null,
  place: Place,
  language: string,
  form: Form,
): SettledForm {
  const question = place.what === 'question' ? questionAt(draft, place.code) : null;
  const settled: SettledForm = { form, doubts: [], isOpen: false, prepare: (definition) => definition };
  if (question === null || question.kind === 'differential') return settled;
  const frozen = published && questionAt(published, question.code);
  const text = JSON.stringify(draft);
  const again = new Map<List, readonly Part[]>();
  const filled: Form = Object.assign(Object.create(null), form);
  const doubts: SettledForm['doubts'][number][] = [];
  for (const list of Object.keys(LISTS) as List[]) {
    if (form[list] === undefined || !(list in question)) continue;
    const known = fieldList(form, `${list}.known`);
    const parts = keptParts(question, list, known, language);
    const were = frozen && frozen.kind !== 'differential' ? partsIn(frozen, list) : [];
    const gone = were.filter(
      (part) => known.includes(part.code) && !partsIn(question, list).some((one) => one.code === part.code),
    );
    const isAtStake = (part: Part) =>
      Object.keys(part.text).some((one) => one !== language) ||
      Object.keys(part).length > 2 ||
      text.includes(`'${part.code}'`);
    const said = new Map(
      Object.keys(form).flatMap((name): [number, string][] =>
        name.startsWith(`${list}.line.`) ? [[Number(name.split('.')[2]), field(form, name)]] : [],
      ),
    );
    const lines = settleLines(
      field(form, list),
      { before: [...parts, ...gone], published: were, language },
      isAtStake,
      said,
    );
    settled.isOpen ||= lines.isOpen;
    doubts.push(...lines.doubts.map((doubt) => ({ ...doubt, list, name: saidName(list, doubt.line) })));
    // What was never published, and is in no doubt, is read as it was typed.
    if (were.length === 0 && lines.doubts.length === 0) continue;
    filled[list] = lines.lines;
    const codes = new Set(lines.lines.split('\n').map((line) => line.split(' | ')[0]));
    again.set(list, [...gone.filter((part) => codes.has(part.code)), ...lines.again]);
  }
  const prepare = (definition: SurveyDefinition): SurveyDefinition => {
    const now = questionAt(definition, question.code);
    if (now === null) return definition;
    const back = [...again].map(([list, parts]) => {
      const there = partsIn(now, list);
      return [list, [...there, ...parts.filter((part) => !there.some((one) => one.code === part.code))]] as const;
    });
    return replaceQuestion(definition, question.code, { ...now, ...Object.fromEntries(back) } as Question);
  };
  return { form: filled, doubts, isOpen: settled.isOpen, prepare };
}

/** What stands in the way of a form whose lines are in doubt, in one sentence for the field of each list. */
export const doubtErrors = (doubts: SettledForm['doubts']) =>
  doubts
    .filter(({ suggested }) => suggested === null)
    .map(({ list, label, line, candidates }) => ({
      name: list,
      detail: `Line ${line + 1}, “${label}”: is it “${candidates[0]?.was}” in other words, or another answer? Press Save to say which`,
    }));

/** One question to the author for each line in doubt. */
export const doubtFields = (make: ReturnType<typeof fieldMaker>, doubts: SettledForm['doubts']) =>
  doubts.map(({ name, label, candidates }) =>
    make.radios(
      name,
      `“${label}”`,
      [
        ...candidates.map(({ code, was }) => ({
          value: code,
          label: `The same answer as “${was}”, reworded`,
          hint: `What was answered so far counts on under the new words. Code: ${code}`,
        })),
        {
          value: ANOTHER,
          label: 'Another answer',
          hint: 'It gets a code of its own, and begins at nothing',
        },
      ],
      { isRequired: true },
    ),
  );

/** What is filled in before a person says otherwise: what is plainly the same. */
export const doubtValues = (doubts: SettledForm['doubts'], form: Form): Record<string, string> =>
  Object.fromEntries(doubts.map(({ name, suggested }) => [name, field(form, name) || (suggested ?? '')]));
