import { addressOfItem } from '../../model/typing-block.ts';
import { mulberry32 } from '../../stats/random.ts';
import type { Run } from '../../store/analyses.ts';
import type { Study } from '../../store/studies.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { Verbatim } from '../../verbatim.ts';

/** So many visitors of the form answer the few questions. */
const VISITORS = 60;
/** Every so manyth does not agree to be placed in a segment. */
const DISAGREES_EVERY = 10;
const HOUR_MS = 3_600_000;

const followUp = (name: string) => ({
  format: 1,
  code: 'next-home',
  title: { en: 'Your next home' },
  languages: ['en'],
  consent: {
    version: '1',
    text: { en: `We ask people who think like our “${name}” two things more. Taking part is up to you.` },
    purposes: [{ code: 'analysis', text: { en: 'My answers may be analysed for this study.' } }],
  },
  pages: [
    {
      code: 'page-1',
      questions: [
        { kind: 'yes-no', code: 'looking', text: { en: 'Are you looking for another home just now?' } },
        {
          kind: 'text',
          code: 'easier',
          long: true,
          text: { en: 'What would make the next move easier for you?' },
        },
      ],
    },
  ],
  end: { en: 'Thank you. Your answers have arrived.' },
});

/**
 * A few questions that tell the segment of somebody new, asked of visitors, and a survey that only those are offered who
 * were just put into one of the segments. They answer as people of the large survey did.
 *
 * @param visitors ids of people who have not answered the large survey
 */
export async function typeVisitors(
  verbatim: Verbatim,
  study: Study,
  { run, survey, visitors, end }: { run: Run; survey: SurveyRow; visitors: readonly string[]; end: Date },
  seed: number,
): Promise<void> {
  const { analysis, imports, segments, store, surveys, typedSurveys, typingTools } = verbatim;
  const segmentation = (await store.segmentations.findById(run.segmentationId ?? 0))!;
  const { blocks } = await typingTools.offered(segmentation);
  const chosen = blocks.filter(({ kind }) => kind === 'items').flatMap(({ inputs }) => inputs.map(({ id }) => id));
  await typingTools.build(study, segmentation, { chosen, isAlone: true, priors: 'equal', questions: null, seed }, null);
  await analysis.idle();
  const [kept] = await store.typingTools.list(segmentation.id);
  if (!kept) throw new Error('No questions of the demonstration tell its segments');
  await typingTools.publish(segmentation, kept, null);
  const tool = (await store.typingTools.findById(kept.id))!;
  const draft = await typedSurveys.addNew(study, tool, 'A few questions on how you live', null);
  await surveys.publish(draft, draft.draftRevision, null);
  const asked = (await store.surveys.findById(study.id, draft.id))!;

  const addresses = [...new Set(tool.tool.items.map(({ id }) => addressOfItem(id)))];
  const answers = Map.groupBy(await store.responses.answersOf(survey.id, addresses), ({ responseId }) => responseId);
  const whole = [...answers.values()].filter(
    (own) => own.filter(({ state }) => state === 'answered').length === addresses.length,
  );
  const random = mulberry32(seed);
  await imports.loadRows(
    asked,
    visitors.slice(0, VISITORS).map((person, index) => {
      const completedAt = new Date(end.getTime() - (VISITORS - index) * 5 * HOUR_MS).toISOString();
      return {
        person,
        attributes: {},
        answers: Object.fromEntries(
          whole[Math.floor(random() * whole.length)]!.map(({ item, value }) => [
            item,
            { state: 'answered' as const, value: value as number },
          ]),
        ),
        startedAt: completedAt,
        completedAt,
        language: 'en',
        asked: { how: 'widget' as const, probability: 1 },
        purposes:
          index % DISAGREES_EVERY === 0 ? ['analysis' as const] : ['analysis' as const, 'personalisation' as const],
      };
    }),
    'a-few-questions (invented)',
  );
  await typedSurveys.typeNow();

  const [largest] = await store.segmentations.current(segmentation.id);
  const rule = { segment: largest!.publicId, minProbability: 0.7, within: { last: 90, unit: 'day' } };
  const typed = await segments.define(study, { name: `${largest!.name}, of late`, rule, surveyId: null }, null);
  const next = await surveys.importJson(study.id, JSON.stringify(followUp(largest!.name)));
  await surveys.publish(next, next.draftRevision, null);
  await surveys.setAudience(next, typed.publicId);
}
