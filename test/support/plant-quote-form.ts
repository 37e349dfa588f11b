import { demoFiles } from '../../src/cli/demo/demo-files.ts';
import { demoRows } from '../../src/cli/demo/demo-rows.ts';
import { type QuoteForm, quoteForm } from '../../src/demo/quote-form.ts';
import type { ChangeQuestion } from '../../src/model/change-question.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import type { Study } from '../../src/store/studies.ts';
import type { Verbatim } from '../../src/verbatim.ts';

/** The quote form of the demonstration, whose button a release covers on Android, as it is on the first of May 2026. */
export const quoteFormMade: QuoteForm = quoteForm({
  random: mulberry32(1),
  now: new Date('2026-05-01T00:00:00Z'),
  texts: demoFiles.quoteFormTexts(),
});

/** Of those who opened it, who sent it within a day, before and after the release. */
export const quoteFormQuestion: ChangeQuestion = {
  outcome: { kind: 'step', from: { event: 'Quote Form Opened' }, to: { event: 'Quote Form Sent' }, withinDays: 1 },
  sides: {
    kind: 'periods',
    first: { from: '2026-03-02', to: '2026-03-29' },
    second: { from: '2026-03-30', to: '2026-04-26' },
  },
};

/** Who opened the form and sent it, with their visits. */
export async function plantVisits(
  { intake }: Verbatim,
  { workspaceId }: Study,
  { people, events }: Pick<QuoteForm, 'people' | 'events'> = quoteFormMade,
): Promise<void> {
  await intake.people(
    workspaceId,
    people.map(({ externalId, attributes }) => ({
      externalId,
      attributes: Object.entries(attributes).map(([name, about]) => ({ name, ...about, source: 'test' })),
    })),
  );
  await intake.events(
    workspaceId,
    events.map(({ personExternalId, ...event }) => ({ ...event, externalId: personExternalId })),
  );
}

/** What they said of it, in the survey of the demonstration. */
export async function plantWords(verbatim: Verbatim, study: Study): Promise<void> {
  const draft = await verbatim.surveys.importJson(study.id, demoFiles.quoteFormSurvey());
  await verbatim.surveys.publish(draft, 1, null);
  const survey = await verbatim.store.surveys.find(study.id, draft.publicId);
  if (!survey) throw new Error('The survey that was just published is not there');
  const responses = quoteFormMade.answers.map(({ text, ease, mayQuote, ...answer }) => ({
    ...answer,
    wave: 'w',
    source: 'list' as const,
    language: 'en',
    purposes: mayQuote ? ['analysis' as const, 'quotes' as const] : ['analysis' as const],
    answers: { stopped: text, ease },
  }));
  await verbatim.imports.loadRows(survey, demoRows(survey.draft, responses), 'test');
}
