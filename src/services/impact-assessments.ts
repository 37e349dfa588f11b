import { unkeptPromises } from '../model/kept-promise.ts';
import { noticeCountries, noticeIn } from '../model/privacy-notice.ts';
import { questionsOf } from '../model/survey.ts';
import { dayOf } from '../reports/day-of.ts';
import { type ImpactSection, impactAssessment } from '../reports/impact-assessment.ts';
import { noticeFacts, unkeptWords } from '../reports/notice-facts.ts';
import { EVENT_NAMES_MAX } from '../store/impact-facts.ts';
import type { Study } from '../store/studies.ts';
import type { Context } from './context.ts';

/** What a study does to the people in it, for whoever has to assess that. */
export function impactAssessmentService({ store, logs, now }: Context) {
  return {
    of: async (study: Study): Promise<ImpactSection[]> => {
      await logs.settle();
      const layers = await store.privacyNotices.layers(study);
      const kept = await store.retention.settings(study.id);
      const { eventNames, ...facts } = await store.impactFacts(study);
      const surveys = [];
      for (const survey of await store.surveys.list(study.id)) {
        if (survey.publishedVersionId === null) continue;
        const { definition } = await store.surveys.version(survey.publishedVersionId);
        const questions = questionsOf(definition).filter(({ kind }) => kind !== 'statement');
        const [language = 'en'] = definition.languages;
        surveys.push({
          title: definition.title[language] ?? definition.code,
          questions: questions.length,
          openQuestions: questions.filter(({ kind }) => kind === 'text').length,
          personalQuestions: [
            ...new Set(
              questions.flatMap((question) => {
                if (question.kind === 'contact' || question.kind === 'file') return [question.kind];
                return question.kind === 'text' && question.format !== undefined ? [question.format] : [];
              }),
            ),
          ],
          consentVersion: definition.consent.version,
          purposes: definition.consent.purposes.map(({ code }) => code),
          languages: definition.languages,
          contact: definition.consent.contact ?? null,
        });
      }
      return impactAssessment({
        ...facts,
        study: study.name,
        workspace: (await store.studies.workspace(study.workspaceId))?.name ?? '',
        madeOn: dayOf(now().toISOString()),
        surveys,
        eventNames: eventNames.slice(0, EVENT_NAMES_MAX),
        hasMoreEvents: eventNames.length > EVENT_NAMES_MAX,
        members: (await store.members.list(study)).map(({ name, role }) => ({ name, role })),
        leastCell: study.leastCell,
        kept,
        unkept: unkeptPromises(layers, kept, now()).map(unkeptWords),
        notice: noticeCountries(layers).flatMap((country) => noticeFacts(noticeIn(layers, country), country)),
      });
    },
  };
}
