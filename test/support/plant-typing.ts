import { typePerson } from '../../src/segments/typing/type-person.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import type { Segmentation } from '../../src/store/segmentations.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import type { KeptTypingTool } from '../../src/store/typing-tools.ts';
import type { Verbatim } from '../../src/verbatim.ts';
import { findSegments } from './find-segments.ts';
import { plantAnswers } from './plant-answers.ts';
import { type PlantedResponse, plantResponses, recordsOf, said } from './plant-responses.ts';
import { WISHES, wishSurvey } from './wish-survey.ts';

export const wishInputs = Array.from({ length: WISHES }, (_, j) => `answer:wants.q0${j}`);

export async function publishSurvey({ surveys, store }: Verbatim, study: Study, json: unknown): Promise<SurveyRow> {
  const draft = await surveys.importJson(study.id, JSON.stringify(json));
  await surveys.publish(draft, 1, null);
  return (await store.surveys.find(study.id, draft.publicId))!;
}

/** Planted people answer the survey: in three groups, each of which wants a third of the wishes. */
export async function plantWishes(
  verbatim: Verbatim,
  place: { study: Study; survey: SurveyRow },
  { kind = 'planted', separation, n }: { kind?: 'planted' | 'one factor'; separation: number; n: number },
): Promise<void> {
  const { columns } = plantAnswers(kind, { n, p: WISHES, seed: 1, separation });
  await plantResponses(
    verbatim,
    place,
    columns[0]!.values.map((_, i) => ({
      answers: {
        ...Object.fromEntries(columns.map(({ id, values }) => [`wants.${id}`, said(values[i]!)])),
        town: said(i % 2 === 0 ? 'yes' : 'no'),
      },
    })),
  );
}

/** A survey answered by planted people, grouped into three accepted segments. */
export async function plantGroups(
  verbatim: Verbatim,
  study: Study,
  {
    code,
    kind = 'planted',
    separation = 3,
    n = 240,
  }: { code: string; kind?: 'planted' | 'one factor'; separation?: number; n?: number },
): Promise<{ segmentation: Segmentation; survey: SurveyRow }> {
  const survey = await publishSurvey(verbatim, study, wishSurvey(code));
  await plantWishes(verbatim, { study, survey }, { kind, separation, n });
  const { segmentation } = await findSegments(verbatim, study, survey, { inputs: wishInputs, k: 3, seed: 1 });
  return { segmentation, survey };
}

/** A published tool of a segmentation that asks single wishes. */
export async function publishTool(
  { typingTools, analysis, store }: Verbatim,
  study: Study,
  segmentation: Segmentation,
): Promise<KeptTypingTool> {
  await typingTools.build(
    study,
    segmentation,
    { chosen: wishInputs, isAlone: true, priors: 'equal', questions: null, seed: 1 },
    null,
  );
  await analysis.idle();
  const [kept] = await store.typingTools.list(segmentation.id);
  await typingTools.publish(segmentation, kept!, null);
  return (await store.typingTools.find(segmentation.id, kept!.publicId))!;
}

/** What somebody answers who is in a segment of those planted, or whom the tool puts into none. */
export function wishesOf(
  { tool }: KeptTypingTool,
  third: 0 | 1 | 2 | 'between',
): Record<string, { state: 'answered'; value: number }> {
  const saying = (value: (item: string) => number) =>
    Object.fromEntries(tool.items.map(({ id }) => [id, { state: 'answered' as const, value: value(id) }]));
  if (third !== 'between') return saying((id) => (Math.floor((Number(id.slice(-1)) * 3) / WISHES) === third ? 5 : 2));
  const random = mulberry32(1);
  for (let tries = 0; tries < 5_000; tries += 1) {
    const drawn = Object.fromEntries(tool.items.map(({ id }) => [id, 1 + Math.floor(random() * 5)]));
    if (typePerson(tool, drawn).reason === 'unsure') return saying((id) => drawn[id]!);
  }
  throw new Error('Whatever is answered, the tool is sure');
}

/** Somebody who is known answers a survey; nobody in particular without a person. */
export async function answerAs(
  verbatim: Verbatim,
  { study, survey }: { study: Study; survey: SurveyRow },
  personId: number | null,
  response: PlantedResponse,
): Promise<void> {
  const participations =
    personId === null
      ? null
      : await verbatim.store.people.participate(study.id, [personId], verbatim.now().toISOString());
  const participationId = personId === null ? null : (participations?.get(personId) ?? null);
  await verbatim.logs.responses.append(
    recordsOf({ study, survey }, response).map((record) => ({ ...record, participationId })),
  );
  await verbatim.logs.settle();
}
