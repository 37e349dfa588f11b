import { expect, test } from 'vitest';
import { portraitColumns } from '../../../src/workers/tasks/portrait-columns.ts';
import { readColumns } from '../../../src/workers/tasks/survey-columns.ts';
import { openFieldHouse } from '../../support/field-house.ts';
import { homes } from '../../support/plant-homes.ts';
import { plantResponses, said } from '../../support/plant-responses.ts';

test('what is known of people is told in words: machines named it, and a scale of another survey has its own name', async () => {
  await using house = await openFieldHouse();
  const { study } = house;
  const { store, surveys } = house.verbatim;
  const publish = async (definition: object) => {
    const draft = await surveys.importJson(study.id, JSON.stringify(definition));
    await surveys.publish(draft, 1, null);
    return (await store.surveys.find(study.id, draft.publicId))!;
  };
  const survey = await publish({ ...homes('asked'), instruments: [] });
  await publish(homes('another'));
  const known = (attributes: object) => ({ about: { attributes: attributes as never } });
  await plantResponses(house.verbatim, { study, survey }, [
    { answers: { town: said('yes') }, ...known({ town_size: 'small-town', 'mood.ease': 3, device: 'T-shirt' }) },
    { answers: { town: said('no') }, ...known({ town_size: 'city', 'mood.ease': 4, device: 'tablet' }) },
  ]);
  const columns = await readColumns(store, { studyId: study.id, surveyId: survey.id });
  const place = { workspaceId: study.workspaceId, studyId: study.id };
  const told = await portraitColumns(store, place, { columns, themeRuns: [], segments: [] });
  const of = (name: string) => told.find(({ item }) => item === `attribute:${name}`)?.column;
  expect(of('mood.ease')).toMatchObject({ kind: 'number', name: 'Ease' });
  expect(of('town_size')).toMatchObject({
    name: 'Town size',
    options: [
      { code: 'city', label: 'city' },
      { code: 'small-town', label: 'small town' },
    ],
  });
  expect(of('device')).toMatchObject({ name: 'Device', options: [{ label: 'T-shirt' }, { label: 'tablet' }] });
});
