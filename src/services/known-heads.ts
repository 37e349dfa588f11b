import type { AuditHead } from '../model/audit.ts';
import type { AuditRow } from '../store/audit-log.ts';

/** Where a chain ended when a copy was made. */
export type KnownHead = AuditHead & {
  /** When the copy was made. */
  at: string;
  /** Which copy knows it. */
  copy: string;
};

export type HeadFaults = {
  /** Copies whose last row is not in the log any more, or is another one. */
  contradicted: { copy: string; number: number; reason: 'cut-off' | 'another' }[];
  /** Copies made before the log was put back to an earlier state by `restore`, which its own row tells of. */
  explained: { copy: string; number: number; restoredAt: string }[];
  /** Copies that agree. */
  agreed: number;
};

/**
 * Holds heads that copies kept against a chain as it is read.
 *
 * A log that was restored from an older copy lacks what came after that copy. Its row of the restore says so, and accounts
 * for every copy that was made between the two.
 */
export function weighHeads(known: readonly KnownHead[]) {
  const byNumber = Map.groupBy(known, ({ number }) => number);
  const unlike: KnownHead[] = [];
  const restores: { at: string; number: number }[] = [];
  let agreed = 0;

  return {
    hear: async function* (rows: AsyncIterable<AuditRow>): AsyncGenerator<AuditRow> {
      for await (const row of rows) {
        for (const head of byNumber.get(Number(row.number)) ?? []) {
          if (head.hash === row.hash) agreed += 1;
          else unlike.push(head);
        }
        if (row.action === 'restore') restores.push({ at: row.at, number: Number(row.number) });
        yield row;
      }
    },
    outcome: (head: AuditHead | null): HeadFaults => {
      const faults: HeadFaults = { contradicted: [], explained: [], agreed };
      const gone = known.filter(({ number }) => number > (head?.number ?? 0));
      for (const one of [...unlike, ...gone]) {
        const restore = restores.find(({ at, number }) => at >= one.at && number <= one.number);
        if (restore) faults.explained.push({ copy: one.copy, number: one.number, restoredAt: restore.at });
        else
          faults.contradicted.push({
            copy: one.copy,
            number: one.number,
            reason: one.number > (head?.number ?? 0) ? 'cut-off' : 'another',
          });
      }
      return faults;
    },
  };
}
