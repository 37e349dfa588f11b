import { expect, test } from 'vitest';
import { withPersonalConsent } from '../../src/model/personal-consent-text.ts';
import type { SurveyDefinition } from '../../src/model/survey.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { findSegments } from '../support/find-segments.ts';
import { plantAnswers } from '../support/plant-answers.ts';
import { said } from '../support/plant-responses.ts';
import { answerAs, publishSurvey, wishInputs } from '../support/plant-typing.ts';
import { WISHES, wishSurvey } from '../support/wish-survey.ts';

const PEOPLE = 60;
const plain = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

test('a person’s page tells the segments that were accepted, and of whoever did not agree to be personalised none', async () => {
  await using house = await openFieldHouse();
  const { verbatim, study, researcher } = house;
  const definition = withPersonalConsent(wishSurvey('agreed') as unknown as SurveyDefinition, false);
  const survey = await publishSurvey(verbatim, study, definition);
  const names = Array.from({ length: PEOPLE }, (_, i) => `p${i}`);
  const ids = await verbatim.intake.people(
    study.workspaceId,
    names.map((externalId) => ({ externalId, attributes: [] })),
  );
  await verbatim.logs.settle();
  const { columns } = plantAnswers('planted', { n: PEOPLE, p: WISHES, seed: 1, separation: 3 });
  for (const [i, id] of ids.entries())
    await answerAs(verbatim, { study, survey }, id, {
      answers: Object.fromEntries(columns.map(({ id: item, values }) => [`wants.${item}`, said(values[i]!)])),
      about: {
        consent: {
          textVersion: '1',
          language: 'en',
          givenAt: '2026-03-02T08:00:00.000Z',
          purposes: i === 0 ? ['analysis'] : ['analysis', 'personalisation'],
        },
      },
    });
  const { segmentation } = await findSegments(verbatim, study, survey, { inputs: wishInputs, k: 3, seed: 1 });
  const other = await verbatim.segmentations.fit(study, segmentation, { k: 2, seed: 2 }, null);
  await verbatim.analysis.idle();

  const pageOf = async (id: number) => {
    const { publicId } = (await verbatim.store.contacts.personById(id))!;
    return researcher.get(`/studio/${study.publicId}/people/${publicId}`);
  };
  const agreed = await pageOf(ids[1]!);
  expect(plain(agreed.text)).toContain('found among answers');
  expect(plain(agreed.text)).toContain('In the segment: Segment');
  for (const { publicId } of await verbatim.store.segmentations.segmentsOf(other.id))
    expect(agreed.text).not.toContain(publicId);
  const refused = plain((await pageOf(ids[0]!)).text);
  expect(refused).toContain('Completed');
  expect(refused).not.toContain('found among answers');
  expect(refused).not.toContain('In the segment');

  // The menu counts what stands: not the two of a solution that nobody accepted.
  expect(await verbatim.store.studies.counts(study)).toMatchObject({ segments: 3 });
});
