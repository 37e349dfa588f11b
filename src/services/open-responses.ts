import { contentHash } from '../model/record.ts';
import { applyRecord, type CurrentResponse, foldRecords } from '../model/response.ts';
import type { Appended, Conditions, NewRecord, ResponseLog } from '../store/record-log.ts';

/** As many responses as may be under way at once without their records being read again for each page. */
const KEPT_MAX = 20_000;

/**
 * What responses come to just now, kept while they are being answered. One process owns the folder, and every record
 * of a respondent goes through here, so what is kept is what the log holds; on any doubt it is read again.
 */
export function openResponses(log: ResponseLog) {
  const kept = new Map<string, CurrentResponse>();

  const keep = (response: CurrentResponse): void => {
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
    /** Null when there is no such response. What is given is a snapshot: later records do not change it. */
    read: async (responseId: string): Promise<CurrentResponse | null> => {
      const response = await read(responseId);
      return response && { ...response };
    },
    /** Appends one record, durably; what is kept follows only once it is on disk. */
    append: async (record: NewRecord, conditions?: Conditions): Promise<Appended> => {
      const [appended] = await log.append([record], conditions);
      if (!appended) throw new Error('The log gave no answer');
      const current = kept.get(record.responseId);
      if (appended.outcome === 'saved') {
        const stored = { ...record, seq: appended.seq, contentHash: contentHash(record.kind, record.content) };
        if (record.revision === 0) {
          const begun = foldRecords([stored]);
          if (begun) keep(begun);
        } else if (current && current.revision === record.revision - 1) {
          const next = {
            ...current,
            answers: { ...current.answers },
            saidIn: { ...current.saidIn },
            steps: [...current.steps],
          };
          applyRecord(next, stored);
          kept.set(record.responseId, next);
        } else kept.delete(record.responseId);
      } else if (appended.outcome !== 'repeated') kept.delete(record.responseId);
      return appended;
    },
    forget: (responseId: string): void => {
      kept.delete(responseId);
    },
  };
}
export type OpenResponses = ReturnType<typeof openResponses>;
