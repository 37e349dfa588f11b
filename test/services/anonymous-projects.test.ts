import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { openVerbatim } from '../../src/verbatim.ts';
import { fieldSurvey } from '../support/field-house.ts';
import { newFolder, temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';
import { recordsOf, said } from '../support/plant-responses.ts';

test('a project file tells nothing of the order in which people answered an anonymous survey', async () => {
  using place = temporaryFolder();
  const now = () => new Date('2026-03-02T09:00:00.000Z');
  await newFolder(place.folder, now);
  const verbatim = await openVerbatim({ folder: place.folder, limits: testLimits, now });
  const study = await verbatim.studies.addTo('A study', null, null, null);
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(fieldSurvey));
  await verbatim.surveys.setAnonymous(draft, true);
  await verbatim.surveys.publish((await verbatim.store.surveys.find(study.id, draft.publicId))!, 1, null);
  const survey = (await verbatim.store.surveys.find(study.id, draft.publicId))!;
  const came = Array.from({ length: 12 }, (_, at) => at + 1);
  for (const n of came) {
    await verbatim.logs.responses.append(
      recordsOf(
        { study, survey },
        {
          page: 3,
          startedAt: '2026-03-02T00:00:00.000Z',
          seconds: 0,
          answers: { city: said('city'), story: said(`words number ${n} end`) },
        },
      ),
    );
    await verbatim.logs.settle();
  }
  const request = {
    format: 'qdpx',
    audience: 'internal',
    unmasked: true,
    answers: true,
    recordings: false,
    reason: 'a test',
  } as const;
  const { bytes } = await verbatim.projectExports.file(study, request, null);
  const parts: Uint8Array[] = [];
  if (bytes instanceof Uint8Array) parts.push(bytes);
  else for await (const part of bytes) parts.push(part);
  const files = unzipSync(Buffer.concat(parts));
  const words = Object.fromEntries(Object.entries(files).map(([name, part]) => [name, new TextDecoder().decode(part)]));
  const order = [...(words['project.qde'] ?? '').matchAll(/plainTextPath="internal:\/\/([^"]+)"/g)].map(([, file]) =>
    Number(/number (\d+)/.exec(words[`Sources/${file}`] ?? words[`sources/${file}`] ?? '')?.[1]),
  );
  expect(order.toSorted((a, b) => a - b)).toEqual(came);
  expect(order).not.toEqual(came);
  await verbatim.close();
}, 60000);
