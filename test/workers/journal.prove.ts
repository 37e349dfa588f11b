import { statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { databaseFile } from '../../src/store/data-folder.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import { openHouse, plantStudy } from '../support/house.ts';
import { recordOf } from '../support/records.ts';

const SUBMITS = 100_000;
const AT_ONCE = 64;
const JOURNAL_BYTES_MOST = 64 * 1024 * 1024;

test('after 100,000 submits, while everything is read again and again, the write-ahead log stays below 64 MiB and is emptied', async () => {
  await using house = await openHouse();
  const { verbatim, folder } = house;
  const { study, survey } = await plantStudy(verbatim);
  const place = { studyId: study.id, surveyId: survey.id, surveyVersionId: survey.publishedVersionId ?? 0 };
  const journal = `${databaseFile(folder)}-wal`;
  const size = () => statSync(journal, { throwIfNoEntry: false })?.size ?? 0;
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, size());
  }, 20);
  let isOver = false;
  // As an export does: page by page, by key.
  const reader = (async () => {
    for (let after = 0; !isOver; await wait(5)) {
      const records = await verbatim.logs.responses.scan(after, 500);
      after = records.at(-1)?.seq ?? 0;
    }
  })();
  let sent = 0;
  const sender = async () => {
    while (sent < SUBMITS) {
      sent += 1;
      await verbatim.logs.responses.append([recordOf(newPublicId(), 0, { place })]);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  const seconds = (performance.now() - began) / 1000;
  isOver = true;
  await reader;
  expect(await verbatim.logs.responses.count()).toBe(sent);
  await verbatim.logs.settle();
  for (const until = performance.now() + 30_000; size() > 0 && performance.now() < until; ) await wait(200);
  clearInterval(watch);
  process.stdout.write(
    `write-ahead log: ${(most / 2 ** 20).toFixed(1)} MiB at the most over ${sent} submits in ${seconds.toFixed(0)} s, ${size()} bytes at rest\n`,
  );
  expect(most).toBeLessThanOrEqual(JOURNAL_BYTES_MOST);
  expect(size()).toBe(0);
});
