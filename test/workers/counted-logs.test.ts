import { expect, test } from 'vitest';
import { Problem } from '../../src/model/problem.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import { countedLogs } from '../../src/workers/counted-logs.ts';
import type { Logs } from '../../src/workers/writer.ts';
import { recordOf } from '../support/records.ts';

test('the logs say that there is no room from the record that found none to the next that is kept', async () => {
  const outcomes: (Error | null)[] = [];
  const append: Logs['responses']['append'] = async () => {
    const error = outcomes.shift();
    if (error) throw error;
    return [{ outcome: 'saved', seq: 1 }];
  };
  const logs = countedLogs({ responses: { append } } as Logs);
  const place = { studyId: 1, surveyId: 1, surveyVersionId: 1, participationId: null, batchId: null };
  const lacksRoomAfter = async (error: Error | null): Promise<boolean> => {
    outcomes.push(error);
    await logs.responses.append([recordOf(newPublicId(), 0, { place })]).catch(() => {});
    return logs.lacksRoom();
  };
  expect(logs.lacksRoom()).toBe(false);
  expect(await lacksRoomAfter(new Problem('busy', 'The database is busy'))).toBe(false);
  expect(await lacksRoomAfter(new Problem('storage-full', 'The disk is full'))).toBe(true);
  expect(await lacksRoomAfter(new Problem('busy', 'The database is busy'))).toBe(true);
  expect(await lacksRoomAfter(null)).toBe(false);
  expect(logs.counts).toEqual({ acknowledged: 1, repeated: 0, refused: 0, failed: 3 });
});
