import { expect } from 'vitest';
import type { InputColumn } from '../../src/segments/input-table.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import type { openFieldHouse } from './field-house.ts';
import { fieldsOf } from './form-fields.ts';
import { plantAnswers } from './plant-answers.ts';
import { plantResponses, said } from './plant-responses.ts';
import { WISHES, wishSurvey } from './wish-survey.ts';

export const PEOPLE = 300;

/** The studio of segmentations as a researcher goes through it: a survey with answers, a segmentation, its runs. */
export function segmentStudio(house: Awaited<ReturnType<typeof openFieldHouse>>) {
  const { study } = house;
  const at = `/studio/${study.publicId}`;

  /** A published survey, answered by planted people; those whom `isByRule` holds for were asked by a rule. */
  async function answered(
    code: string,
    kind: 'planted' | 'one factor',
    {
      n = PEOPLE,
      seed = 1,
      isByRule = () => false,
    }: { n?: number; seed?: number; isByRule?: (i: number) => boolean } = {},
  ): Promise<{ survey: SurveyRow; segments: number[]; columns: InputColumn[] }> {
    const { store, surveys } = house.verbatim;
    const draft = await surveys.importJson(study.id, JSON.stringify(wishSurvey(code)));
    await surveys.publish(draft, 1, null);
    const survey = (await store.surveys.find(study.id, draft.publicId))!;
    const planted = plantAnswers(kind, { n, p: WISHES, seed, separation: 1.5 });
    await answer(survey, planted.columns, isByRule);
    return { survey, ...planted };
  }

  async function answer(
    survey: SurveyRow,
    columns: readonly InputColumn[],
    isByRule: (i: number) => boolean = () => false,
  ) {
    await plantResponses(
      house.verbatim,
      { study, survey },
      columns[0]!.values.map((_, i) => ({
        answers: {
          ...Object.fromEntries(columns.map(({ id, values }) => [`wants.${id}`, said(values[i]!)])),
          town: said(i % 2 === 0 ? 'yes' : 'no'),
        },
        about: isByRule(i) ? { asked: { how: 'rule', rule: 'renters' } } : {},
      })),
    );
  }

  /** Makes a segmentation of a survey's battery on its pages; gives back its address. */
  async function begun(survey: SurveyRow, name: string): Promise<string> {
    const { location } = await house.researcher.post(`${at}/segmentations/new`, { name, survey: survey.publicId });
    const page = await house.researcher.get(location);
    const kept = await house.researcher.post(location, {
      ...Object.fromEntries(fieldsOf(page.text, location)),
      'centring-0': 'person-mean',
    });
    expect(kept.status).toBe(303);
    return kept.location;
  }

  /** Presses a button that starts a run, waits for it, and follows to what it leads to. */
  async function ran(address: string, form: Record<string, string>) {
    const { status, location } = await house.researcher.post(address, form);
    expect(status).toBe(303);
    await house.verbatim.analysis.idle();
    const run = await house.researcher.get(location);
    return run.status === 303
      ? { ...(await house.researcher.get(run.location)), url: run.location }
      : { ...run, url: location };
  }

  return { answered, answer, begun, ran };
}
