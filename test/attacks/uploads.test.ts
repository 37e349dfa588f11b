import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFieldHouse } from '../support/field-house.ts';
import { plantMarkedPerson } from '../support/marked-person.ts';

/* Files that people send may hold anything: what they are is told by their bytes, and a browser does nothing with them. */

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let planted: Awaited<ReturnType<typeof plantMarkedPerson>>;
beforeAll(async () => {
  house = await openFieldHouse();
  planted = await plantMarkedPerson(house.verbatim, house.study, house.survey);
});
afterAll(() => house[Symbol.asyncDispose]());

const question = {
  kind: 'file' as const,
  code: 'proof',
  text: { en: 'Proof' },
  accepts: ['image' as const, 'pdf' as const, 'text' as const, 'document' as const],
};
const send = (name: string, bytes: Buffer) =>
  house.verbatim.files.keepAnswer(
    { studyId: house.study.id, surveyId: house.survey.id, responseId: planted.responseId },
    question as never,
    { name, bytes },
  );
const HOSTILE: readonly (readonly [string, string])[] = [
  ['page.html', '<!doctype html><script>alert(1)</script>'],
  ['drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
  ['code.js', 'alert(1)'],
  ['page.xhtml', '<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>'],
  ['picture.png', '<html><script>alert(1)</script></html>'],
  ['"><script>alert(1)</script>.txt', 'said'],
  ['../../up.txt', 'said'],
  ['a\r\nSet-Cookie: sid=x.txt', 'said'],
];

test.each(HOSTILE)('a file called %j is saved and never shown', async (name, content) => {
  const kept = await send(name, Buffer.from(content));
  if ('problem' in kept) return expect(kept.problem.key).toBe('fileKind');
  const at = `/studio/${house.study.publicId}/responses/${planted.responseId}/files/${kept.file.publicId}`;
  const answer = await house.researcher.send(at);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^(text\/plain|application\/octet-stream)/);
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment;/);
  expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.has('set-cookie')).toBe(false);
  expect(await answer.text()).toBe(content);
  expect((await fetch(new URL(at, house.url), { redirect: 'manual' })).status).toBe(303);
  expect((await fetch(new URL(`/media/${kept.file.publicId}`, house.url))).status).toBe(404);
});

test('what no reader of images takes for one is no image of a survey', async () => {
  for (const [name, content] of HOSTILE)
    await expect(
      house.verbatim.files.keepImage(
        { studyId: house.study.id, surveyId: house.survey.id },
        { name, bytes: Buffer.from(content) },
      ),
    ).rejects.toThrow('This is not an image');
});
