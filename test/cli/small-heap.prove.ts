import path from 'node:path';
import { expect, test } from 'vitest';
import { headerOf, openClient, postRequest } from '../../bench/support/client.ts';
import { initFolder } from '../../src/store/data-folder.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { compareWithTold, letAnswer, MANY_FROM_ONE, moreOf, sayFigure } from '../support/answering.ts';
import { plantStudy, temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';
import { plantResponses, said } from '../support/plant-responses.ts';
import { runCli, startServer } from './run-cli.ts';

const HEAP_MB = 128;
const FILE_MB = 50;
const RESPONSES = 16_000;
const WORDS = 'The bill was “too dear” 💸, and so we left; nobody asked twice, and nobody will. '.repeat(40);
const PASSWORD = 'quick brown numbers in a row';
const FORMATS = ['csv', 'jsonl', 'xlsx', 'sav'];

test(`files of ${FILE_MB} MB leave a server that has ${HEAP_MB} MB of heap while respondents answer`, async () => {
  using place = temporaryFolder();
  const folder = path.join(place.folder, 'data');
  await initFolder(folder, () => new Date());
  const verbatim = await openVerbatim({ folder, limits: testLimits });
  const { study, survey } = await plantStudy(verbatim);
  for (let from = 0; from < RESPONSES; from += 2_000)
    await plantResponses(
      verbatim,
      { study, survey },
      Array.from({ length: Math.min(2_000, RESPONSES - from) }, (_, at) => ({
        answers: { city: said('city'), mood: said(at % 11), story: said(`Person ${from + at}: ${WORDS}`) },
      })),
    );
  await verbatim.close();
  const account = ['user', 'add', '--email', 'ada@example.org', '--admin', '--password-stdin', '--data', folder];
  expect((await runCli(account, { stdin: `${PASSWORD}\n` })).code).toBe(0);

  await using server = await startServer(['serve', '--data', folder], {
    env: MANY_FROM_ONE,
    nodeArgs: [`--max-old-space-size=${HEAP_MB}`],
  });
  const person = await openClient(server.port);
  const signedIn = await person.send(
    postRequest('/sign-in', new URLSearchParams({ email: 'ada@example.org', password: PASSWORD }).toString()),
  );
  const cookie = headerOf(signedIn, 'Set-Cookie')?.split(';')[0] ?? '';
  person.close();
  const answering = await letAnswer(server.port, survey.slug, 4);
  await moreOf(answering, 20);
  const sizes: string[] = [];
  for (const format of FORMATS) {
    const query = new URLSearchParams({ format, values: 'codes', multiple: 'joined', headers: 'code' });
    const reply = await fetch(
      `${server.url}/studio/${study.publicId}/surveys/${survey.publicId}/responses/file?${query}`,
      { headers: { cookie, 'sec-fetch-site': 'same-origin' }, redirect: 'manual' },
    );
    // A workbook is made in one piece: where the memory is too small for it, that is said, and nobody else notices.
    if (format === 'xlsx' && reply.status === 413) {
      expect(await reply.text()).toContain('This is too much for a workbook');
      sizes.push('xlsx refused in words');
    } else {
      expect(reply.status, format).toBe(200);
      let bytes = 0;
      for await (const part of reply.body ?? []) bytes += (part as Uint8Array).length;
      sizes.push(`${format} ${(bytes / 1e6).toFixed(0)} MB`);
      if (format === 'csv') expect(bytes).toBeGreaterThanOrEqual(FILE_MB * 1e6);
    }
    expect(server.child.exitCode).toBe(null);
  }
  await moreOf(answering, 20);
  await answering.stop();
  expect([...answering.refused]).toEqual([]);
  expect(answering.broken()).toBe(0);
  expect((await server.stop()).code).toBe(0);
  expect(compareWithTold(folder, answering.acknowledged)).toMatchObject({ integrity: 'ok', lost: 0, doubled: 0 });
  sayFigure(
    `small heap: ${HEAP_MB} MB, files of ${RESPONSES} responses (${sizes.join(', ')}) beside 4 respondents with ${answering.acknowledged.length} acknowledged, 0 refused, alive`,
  );
});
