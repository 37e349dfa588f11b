import { expect, test } from 'vitest';
import { newPublicId } from '../../src/store/identifiers.ts';
import { finishRun } from '../journeys/visitor.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { plantResponses, recordsOf, said } from '../support/plant-responses.ts';

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const answers = { 'holds.outdoors': said(4), 'holds.company': said(3), 'holds.quiet': said(2), mood: said(5) };

test('the page of scales says how many responses came, went or changed since they were scored, until they are scored again', async () => {
  await using house = await openFieldHouse();
  const { verbatim, study, survey, researcher } = house;
  const page = async () => plain((await researcher.get(`/studio/${study.publicId}/scales`)).text);
  const score = async () =>
    finishRun(
      researcher,
      (await researcher.post(`/studio/${study.publicId}/scales/score`, { survey: survey.publicId })).location,
    );
  const [first = '', second = ''] = [newPublicId(), newPublicId()];
  const others = Array.from({ length: 6 }, () => ({ answers }));
  await plantResponses(verbatim, { study, survey }, [{ id: first, answers }, { id: second, answers }, ...others]);
  await score();
  expect(await page()).toContain('Scored for 8 responses');
  expect(await page()).not.toContain('Since these scores');

  await plantResponses(verbatim, { study, survey }, [{ answers }, { answers }, { answers, isCompleted: false }]);
  const left = await researcher.post(`/studio/${study.publicId}/responses/${first}/leave-out`, {
    reason: 'A colleague',
  });
  expect(left.status).toBe(303);
  const [, given] = recordsOf({ study, survey }, { id: second, answers: { ...answers, mood: said(1) } });
  await verbatim.logs.responses.append(given ? [{ ...given, kind: 'correction', revision: 3 }] : []);
  await verbatim.logs.settle();
  expect(await page()).toContain(
    'Since these scores: 2 responses came in; 1 was left out or withdrawn; 1 was corrected. Nothing of that is in them. Score again',
  );
  await score();
  expect(await page()).toContain('Scored for 9 responses');
  expect(await page()).not.toContain('Since these scores');
});
