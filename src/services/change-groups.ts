import type { ChangeQuestion } from '../model/change-question.ts';
import type { DraftBrief } from '../model/choose-questions.ts';
import { Problem } from '../model/problem.ts';
import type { Question, Wording } from '../model/survey.ts';
import { changeSegment } from '../reports/change-segment.ts';
import type { Comparison } from '../store/comparisons.ts';
import type { Segment } from '../store/segments.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { ChangedGroup, FoundChanges } from '../workers/tasks/changes.ts';
import type { Comparisons } from './comparisons.ts';
import type { Actor, Context } from './context.ts';
import type { Segments } from './segments.ts';
import type { Surveys } from './surveys.ts';

const NAME_MAX = 200;

const WORDS: Record<'stopped' | 'helped', { code: string; title: Wording; text: Wording }> = {
  stopped: {
    code: 'what-stopped-you',
    title: { en: 'What stopped you?', de: 'Was hat Sie abgehalten?' },
    text: {
      en: 'Not long ago you began something with us and did not finish it. What stopped you?',
      de: 'Vor Kurzem haben Sie bei uns etwas begonnen und nicht beendet. Was hat Sie davon abgehalten?',
    },
  },
  helped: {
    code: 'what-helped-you',
    title: { en: 'What helped you?', de: 'Was hat Ihnen geholfen?' },
    text: {
      en: 'Not long ago you began something with us and finished it. What helped you to?',
      de: 'Vor Kurzem haben Sie bei uns etwas begonnen und beendet. Was hat Ihnen dabei geholfen?',
    },
  },
};

/** A short survey for people who were chosen already: the question that only they can answer, and a few of the bank. */
export const shortBrief = (first: readonly Question[], topics: DraftBrief['topics']): DraftBrief => ({
  goal: 'audience',
  audience: 'prospects',
  topics,
  subject: {},
  message: {},
  minutes: 3,
  languages: ['en', 'de'],
  hasOpenQuestions: false,
  first,
  isChosen: true,
});

/** An open question of a short survey. */
export const openQuestion = (code: string, text: Wording): Question => ({
  kind: 'text',
  code,
  text,
  hint: {
    en: 'Just as you would tell it. Please leave out names.',
    de: 'So, wie Sie es erzählen würden. Bitte nennen Sie keine Namen.',
  },
  long: true,
  maxLength: 3000,
});

/** What a segment of a group is called, such as “Android, “Form Opened” but not “Form Sent””. */
function nameOf({ outcome }: ChangeQuestion, { parts, isFall }: ChangedGroup): string {
  const levels = parts.map(({ level }) => level).join(', ');
  const to = `“${outcome.to.event}”`;
  if (outcome.kind === 'event') return `${levels}, ${isFall ? 'no ' : ''}${to}`;
  return `${levels}, “${outcome.from.event}” ${isFall ? 'but not' : 'and'} ${to}`;
}

/** What follows from a group that a change comes from: a segment of its people, and a survey for them. */
export function changeGroupService(
  { store }: Pick<Context, 'store'>,
  { comparisons, segments, surveys }: { comparisons: Comparisons; segments: Segments; surveys: Surveys },
) {
  function groupOf(look: Comparison, place: number): { question: ChangeQuestion; group: ChangedGroup } {
    const { groups }: FoundChanges = comparisons.resultOf(look, 'change');
    const group = groups[place];
    if (!group) throw new Problem('not-found', 'There is no such group in this look');
    return { question: JSON.parse(look.settings) as ChangeQuestion, group };
  }

  /** The segment of a group; asked twice it is the same one, as long as nobody has changed its rule. */
  async function segmentFor(study: Study, look: Comparison, place: number, actor: Actor): Promise<Segment> {
    const { question, group } = groupOf(look, place);
    const rule = changeSegment(question, group.parts, group.isFall);
    const written = JSON.stringify(segments.check(rule));
    const known = (await store.segments.list(study.id)).find((segment) => segment.rule === written);
    if (known) return known;
    const name = nameOf(question, group);
    const shown = name.length > NAME_MAX ? `${name.slice(0, NAME_MAX - 1)}…` : name;
    return segments.define(study, { name: shown, rule, surveyId: null }, actor);
  }

  return {
    segmentFor,
    /** A draft that asks the people of a group what stopped them, or what helped, aimed at their segment. */
    surveyFor: async (study: Study, look: Comparison, place: number, actor: Actor): Promise<SurveyRow> => {
      const { group } = groupOf(look, place);
      const segment = await segmentFor(study, look, place, actor);
      const { code, title, text } = WORDS[group.isFall ? 'stopped' : 'helped'];
      const survey = await surveys.addDrafted(study.id, shortBrief([openQuestion(code, text)], ['barriers']), {
        code,
        title,
      });
      await surveys.setAudience(survey, segment.publicId);
      return survey;
    },
  };
}
export type ChangeGroups = ReturnType<typeof changeGroupService>;
