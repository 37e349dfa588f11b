import { expect, test } from 'vitest';
import { openVerbatim } from '../../src/verbatim.ts';
import { fieldSurvey } from '../support/field-house.ts';
import { newFolder, temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';
import { plantMarkedPerson } from '../support/marked-person.ts';
import { recordsOf, said } from '../support/plant-responses.ts';

test('what had gone once sets no limit: after it was taken back, old answers that come in stay', async () => {
  using place = temporaryFolder();
  const clock = { now: new Date('2026-03-02T09:00:00.000Z') };
  const now = () => clock.now;
  await newFolder(place.folder, now);
  const verbatim = await openVerbatim({ folder: place.folder, limits: testLimits, now });
  const study = await verbatim.studies.addTo('A study', null, null, null);
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(fieldSurvey));
  await verbatim.surveys.publish(draft, 1, null);
  const survey = (await verbatim.store.surveys.find(study.id, draft.publicId))!;
  await plantMarkedPerson(verbatim, study, survey);
  await verbatim.retention.change(study, { identifiersDays: '', wordsDays: '30' }, null);
  clock.now = new Date('2026-05-02T09:00:00.000Z');
  await verbatim.retention.perform();
  await verbatim.retention.change(study, { identifiersDays: '', wordsDays: '' }, null);
  await verbatim.logs.responses.append(
    recordsOf(
      { study, survey },
      {
        page: 3,
        startedAt: '2025-01-15T08:00:00.000Z',
        answers: { city: said('city'), story: said('zq-old-words of last year') },
      },
    ),
  );
  await verbatim.logs.settle();
  const words = () =>
    JSON.stringify(
      verbatim.connection
        .prepare("select text, erased_at from source_texts where kind='answer' order by id desc limit 1")
        .all(),
    );
  clock.now = new Date('2026-05-02T10:00:00.000Z');
  const runs = await verbatim.retention.perform();
  const kept = words();
  await verbatim.close();
  expect(runs).toBe(0);
  expect(kept).toContain('zq-old-words');
}, 120000);
