import { Moment } from '../../src/model/moment.ts';
import { SurveyDefinition } from '../../src/model/survey.ts';
import type { openEventHouse } from './event-house.ts';
import { smallSurvey } from './small-survey.ts';

/**
 * A survey offered to people of the plan gold on the pages of https://shop.example. Its first page says the plan, and
 * more to those of gold, so that a page shows what it was told of a person.
 *
 * @returns its id, and the secrets of the house's source
 */
export async function plantGoldOffer({ verbatim, study, source }: Awaited<ReturnType<typeof openEventHouse>>) {
  const secrets = verbatim.sources.secretsOf(source);
  const [first, ...others] = smallSurvey.pages;
  const definition = SurveyDefinition.parse({
    ...smallSurvey,
    pages: [
      {
        ...first,
        questions: [
          { kind: 'statement', code: 'hello', text: { en: 'Your plan is {{attribute:plan|not told}}.' } },
          {
            kind: 'statement',
            code: 'golden',
            text: { en: 'Only for gold.' },
            visibleIf: "{attribute:plan} = 'gold'",
          },
          ...(first?.questions ?? []),
        ],
      },
      ...others,
    ],
  });
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(definition));
  await verbatim.surveys.publish(draft, 1, null);
  const row = await verbatim.store.surveys.find(study.id, draft.publicId);
  if (!row) throw new Error('The survey is not there');
  const segment = await verbatim.segments.define(
    study,
    { name: 'Gold', rule: { attribute: 'plan', op: 'is', value: 'gold' }, surveyId: null },
    null,
  );
  await verbatim.store.surveys.setAudience(row.id, segment.id);
  await verbatim.offers.saveMoment(row, Moment.parse({ isOn: true, trigger: { on: 'page' } }));
  await verbatim.offers.saveOrigins(study, ['https://shop.example']);
  await verbatim.store.offers.saveLimits(study.workspaceId, {
    coolDownDays: 0,
    most: 100,
    withinDays: 1,
    timeZone: 'UTC',
  });
  return { survey: draft.publicId, secret: secrets.signing ?? '', serverKey: secrets.serverKey ?? '' };
}
