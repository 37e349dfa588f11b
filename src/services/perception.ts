import { itemsOf } from '../model/items.ts';
import { Problem } from '../model/problem.ts';
import type { Rule } from '../model/rule.ts';
import { questionsOf } from '../model/survey.ts';
import { openingOf } from '../model/survey-settings.ts';
import { type Perceived, perceived } from '../reports/perception.ts';
import { referencesOf } from '../rules/references.ts';
import type { Persona } from '../store/personas.ts';
import type { Study } from '../store/studies.ts';
import type { PublishedSurvey, SurveyRow } from '../store/surveys.ts';
import type { Actor, Context } from './context.ts';
import type { Surveys } from './surveys.ts';

/** The template of the survey by which readers judge a persona, and the instrument in it. */
const CODE = 'persona-perception';
const PARAMETERS = { persona: 'persona', version: 'persona-version' } as const;
const LANGUAGE = 'en';
/** Usage is counted over so many days. */
export const USAGE_DAYS = 90;
const DAY_MS = 86_400_000;

export type PerceptionSurvey = {
  survey: SurveyRow;
  /** What is asked now; null before it is published. */
  published: PublishedSurvey | null;
  isOpen: boolean;
};
export type PerceptionResults = {
  /** Readers who finished the survey about the persona, and of its newest version. */
  readers: number;
  newest: number;
  scales: Perceived[];
  steps: { min: number; max: number } | null;
  /** The instrument is provisional until so many have answered it; null once they have. */
  provisionalUntil: number | null;
  remarks: number;
};
export type PersonaUsage = {
  days: number;
  inside: number;
  byLink: number;
  played: number;
  links: number;
  linksEver: number;
  /** Segments whose rule asks for the persona, and surveys that are offered to its people. */
  rules: { publicId: string; name: string }[];
  surveys: { publicId: string; slug: string }[];
};

/** Whether a persona does any good: what its readers make of it, and whether it is opened, shared and built upon. */
export function perceptionService({ store, logs, now }: Context, { surveys }: { surveys: Surveys }) {
  const at = () => now().toISOString();

  /** The survey of a study; null where there is none. */
  async function surveyOf(study: Pick<Study, 'id'>): Promise<PerceptionSurvey | null> {
    const id = await store.personaUsage.perceptionSurvey(study.id);
    const survey = id === null ? null : await store.surveys.findById(study.id, id);
    if (!survey) return null;
    const published = await store.surveys.findPublished(survey.slug);
    const isOpen = published !== null && openingOf(published.state, published.settings, now()) === 'open';
    return { survey, published, isOpen };
  }

  return {
    surveyOf,

    /**
     * Makes the survey from its template and publishes it.
     *
     * @throws Problem `conflict` where the study has one
     */
    begin: async (study: Pick<Study, 'id'>, actor: Actor): Promise<void> => {
      if (await surveyOf(study))
        throw new Problem('conflict', 'Readers of this study are asked already', {
          detail: 'Look at the survey that is there',
        });
      const survey = await surveys.addFromTemplate(study.id, CODE);
      await surveys.publish(survey, survey.draftRevision, actor);
      await store.personaUsage.setPerceptionSurvey(study.id, survey.id, actor?.userId ?? null, at());
    },

    /** Where a reader judges a version of a persona; null while nobody is asked. */
    linkFor: async (study: Pick<Study, 'id'>, persona: Persona, version: number): Promise<string | null> => {
      const found = await surveyOf(study);
      if (!found?.isOpen) return null;
      const query = new URLSearchParams({
        [PARAMETERS.persona]: persona.publicId,
        [PARAMETERS.version]: String(version),
      });
      return `/s/${found.survey.slug}?${query}`;
    },

    /** What readers made of a persona, of all its versions; null while nobody was ever asked. */
    resultsOf: async (
      study: Pick<Study, 'id'>,
      persona: Persona,
      version: number,
    ): Promise<PerceptionResults | null> => {
      const published = (await surveyOf(study))?.published;
      const instrument = published?.definition.instruments?.find(({ code }) => code === CODE);
      if (!published || !instrument) return null;
      await logs.settle();
      const byReader = new Map<number, { numbers: Record<string, number>; texts: Record<string, string> }>();
      let remarks = 0;
      const answers = await store.responses.answersOf(published.surveyId);
      for (const { responseId, item, state, value } of answers) {
        const own = byReader.get(responseId) ?? { numbers: {}, texts: {} };
        byReader.set(responseId, own);
        if (state === 'answered' && typeof value === 'number') own.numbers[item] = value;
        if (state === 'answered' && typeof value === 'string') own.texts[item] = value;
      }
      const readers = [...byReader].filter(([, { texts }]) => texts[PARAMETERS.persona] === persona.publicId);
      const ids = new Set(readers.map(([id]) => id));
      for (const { responseId, state, value } of answers)
        if (
          ids.has(responseId) &&
          state === 'answered' &&
          typeof value === 'object' &&
          value !== null &&
          'source' in value
        )
          remarks += 1;
      const ranges: Record<string, { min: number; max: number }> = {};
      for (const question of questionsOf(published.definition))
        for (const { address, steps } of itemsOf(question)) if (steps) ranges[address] = steps;
      const first = instrument.scales[0]?.items[0]?.replace(/^-/, '');
      const answered = byReader.size;
      return {
        readers: readers.length,
        newest: readers.filter(([, { texts }]) => texts[PARAMETERS.version] === String(version)).length,
        scales: perceived(
          instrument,
          ranges,
          readers.map(([, { numbers }]) => numbers),
          LANGUAGE,
        ),
        steps: (first !== undefined && ranges[first]) || null,
        provisionalUntil:
          instrument.provisionalUntil !== undefined && answered < instrument.provisionalUntil
            ? instrument.provisionalUntil
            : null,
        remarks,
      };
    },

    /** Counts that a member of the study opened a persona; who it was is not kept. */
    opened: (persona: Pick<Persona, 'id'>): Promise<void> => store.personaUsage.opened(persona.id, at().slice(0, 10)),

    usageOf: async (study: Pick<Study, 'id'>, persona: Persona): Promise<PersonaUsage> => {
      const since = new Date(now().getTime() - USAGE_DAYS * DAY_MS).toISOString().slice(0, 10);
      const segments = await store.segments.list(study.id);
      const named = segments.filter(
        ({ rule }) => rule !== null && referencesOf(JSON.parse(rule) as Rule).personas.includes(persona.publicId),
      );
      const faces = new Set([
        ...named.map(({ id }) => Number(id)),
        ...(await store.personas.segmentsOf(persona.id)).map(({ id }) => Number(id)),
      ]);
      const offered = (await store.surveys.list(study.id)).filter(
        ({ audienceSegmentId }) => audienceSegmentId !== null && faces.has(Number(audienceSegmentId)),
      );
      return {
        days: USAGE_DAYS,
        ...(await store.personaUsage.of(persona.id, since, at())),
        rules: named.map(({ publicId, name }) => ({ publicId, name })),
        surveys: offered.map(({ publicId, slug }) => ({ publicId, slug })),
      };
    },
  };
}
export type Perception = ReturnType<typeof perceptionService>;
