import type { Insertable } from 'kysely';
import type { Coding } from '../../src/store/notes.ts';
import type { Store } from '../../src/store/store.ts';
import type { Tables } from '../../src/store/tables.ts';

let number = 0;

/** A coding as a store test needs it: on the first three letters of a source unless it says otherwise. */
export function addCoding(
  { codingJournal }: Store,
  coding: Pick<Insertable<Tables['codings']>, 'studyId' | 'codeId' | 'sourceId' | 'createdAt'> &
    Partial<Insertable<Tables['codings']>>,
): Promise<Coding> {
  number += 1;
  const row = {
    publicId: `coding-${number}`,
    sourceVersion: 1,
    spanStart: 0,
    spanEnd: 3,
    spanHash: 'h',
    coderId: null,
    layer: 'human',
    runId: null,
    removedAt: null,
    ...coding,
  };
  const step = { studyId: row.studyId, actorId: null, kind: 'code', label: 'a code' };
  return codingJournal.step(step, row.createdAt, (write) => write.insert('codings', row));
}

/** Takes it away again. */
export const removeCoding = ({ codingJournal }: Store, { id, studyId }: Coding, at: string) =>
  codingJournal.step({ studyId, actorId: null, kind: 'uncode', label: 'a code taken away' }, at, (write) =>
    write.update('codings', id, { removedAt: at, removedByHand: 1 }),
  );
