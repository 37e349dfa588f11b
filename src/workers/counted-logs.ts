import { Problem } from '../model/problem.ts';
import type { Logs } from './writer.ts';

/** What became of records of responses since the start: pages that were answered, and whatever else stands in the log. */
export type RecordCounts = {
  /** Safely kept. */
  acknowledged: number;
  /** Sent once more and known already. */
  repeated: number;
  /** Not kept, for a reason that whoever sent them was told. */
  refused: number;
  /** Not kept because the disk was full, too many came at once, or something broke. */
  failed: number;
};

export type CountedLogs = Logs & {
  counts: RecordCounts;
  /** Whether the last records could not be kept because the disk, or what we may have of it, was full. */
  lacksRoom(): boolean;
};

/** The logs, counting what becomes of records of responses. */
export function countedLogs(logs: Logs): CountedLogs {
  const counts: RecordCounts = { acknowledged: 0, repeated: 0, refused: 0, failed: 0 };
  let lacksRoom = false;
  return {
    ...logs,
    counts,
    lacksRoom: () => lacksRoom,
    responses: {
      ...logs.responses,
      append: async (records, conditions) => {
        try {
          const appended = await logs.responses.append(records, conditions);
          lacksRoom = false;
          for (const { outcome } of appended) {
            if (outcome === 'saved') counts.acknowledged += 1;
            else if (outcome === 'repeated') counts.repeated += 1;
            else counts.refused += 1;
          }
          return appended;
        } catch (error) {
          counts.failed += records.length;
          if (error instanceof Problem && error.kind === 'storage-full') lacksRoom = true;
          throw error;
        }
      },
    },
  };
}
