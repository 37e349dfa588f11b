import { applyRecord, type CurrentResponse, foldRecords } from '../model/response.ts';
import type { Appended, Conditions, NewRecord, ResponseLog } from '../store/record-log.ts';

/** As many responses as may be under way at once without their records being read again for each page. */
const KEPT_MAX = 20_000;

/**
 * What responses come to just now, kept while they are being answered. One process owns a file, and every record
 * of a respondent goes through here, so what is kept is what the log holds; on any doubt it is read again.
 *
 * @param isShared whether other processes append too: then nothing is kept, and each page reads the records anew
 */
export function openResponses(log: ResponseLog, { isShared }: { isShared: boolean }) {
  const kept = new Map<string, CurrentResponse>();

  const keep = (response: CurrentResponse): void => {
    if (isShared) return;
    if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value as string);
    kept.set(response.responseId, response);
  };

  async function read(responseId: string): Promise<CurrentResponse | null> {
    const known = kept.get(responseId);
    if (known) return known;
    const response = foldRecords(await log.read(responseId));
    if (response) keep(response);
    return response;
  }

  return {
    /** Null when there is no such response. What is given stays as it is: later records make another. */
    read,
    /**
     * Appends one record, durably; what is kept follows only once it is on disk.
     *
     * @returns with `response`, what the response comes to with it, where the record was saved just now
     */
    append: async (
      record: NewRecord,
      conditions?: Conditions,
    ): Promise<{ appended: Appended; response: CurrentResponse | null }> => {
      const [appended] = await log.append([record], conditions);
      if (!appended) throw new Error('The log gave no answer');
      const before = kept.get(record.responseId);
      if (appended.outcome !== 'saved') {
        if (appended.outcome !== 'repeated') kept.delete(record.responseId);
        return { appended, response: null };
      }
      if (record.revision === 0) {
        const begun = foldRecords([{ ...record, seq: appended.seq, contentHash: '' }]);
        if (begun) keep(begun);
        return { appended, response: begun };
      }
      if (before?.revision !== record.revision - 1) {
        kept.delete(record.responseId);
        return { appended, response: await read(record.responseId) };
      }
      const response = {
        ...before,
        answers: { ...before.answers },
        saidIn: { ...before.saidIn },
        steps: [...before.steps],
      };
      applyRecord(response, { ...record, seq: appended.seq });
      keep(response);
      return { appended, response };
    },
  };
}
export type OpenResponses = ReturnType<typeof openResponses>;
