import { afterAll, beforeAll, expect, test } from 'vitest';
import { scoreSource } from '../../src/model/score-source.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { type House, openHouse, plantStudy } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

/** Answers of one person in a study, with one thing known of them. */
async function answered(known: string, person: string): Promise<{ study: Study; survey: SurveyRow }> {
  const { imports, store } = house.verbatim;
  const { study, survey } = await plantStudy(house.verbatim);
  const text = `person,city,${known}\n${person},village,north\n`;
  const batch = await imports.stage(survey, { name: 'a.csv', bytes: Buffer.from(text) }, {}, null);
  const { plan } = await imports.preview(survey, batch);
  await imports.replan(batch, { ...plan, columns: ['person', 'item:city', `attribute:${known}`] });
  await imports.commit(survey, (await store.responses.findBatch(study.id, batch.publicId))!, false);
  return { study: (await store.studies.find(study.id))!, survey };
}

test('people are grouped by what is known of those who answered, and by nothing that another study found out', async () => {
  const { verbatim } = house;
  const here = await answered('region', 'p1');
  const elsewhere = await answered('shoe_size', 'p2');
  const { connection } = verbatim;
  const [person] = connection.prepare("select person_id as id from attributes where name = 'region'").all() as {
    id: number;
  }[];
  const tell = (name: string, source: string) =>
    connection
      .prepare(
        `insert into attributes (workspace_id, person_id, name, family, value, source, recorded_at)
         values (?, ?, ?, 'psychographic', '3', ?, '2026-03-01T00:00:00.000Z')`,
      )
      .run(here.study.workspaceId, person!.id, name, source);
  const of = (survey: string) =>
    scoreSource({ survey, instrument: 'calm', version: '1', keyHash: 'h', isProvisional: false });
  tell('calm.here', of(here.survey.publicId));
  tell('calm.elsewhere', of(elsewhere.survey.publicId));
  tell('value.here', `coder:${here.study.publicId}`);
  tell('value.elsewhere', `coder:${elsewhere.study.publicId}`);
  const { attributes } = await verbatim.segmentations.offered(here.study, here.survey);
  expect(attributes.map(({ id }) => id)).toEqual(['attribute:calm.here', 'attribute:region', 'attribute:value.here']);
});
