import type { SqliteConnection } from './database.ts';
import { DEAD_LETTERS_KEPT, type Intake } from './intake-log.ts';
import {
  type Appended,
  type Conditions,
  fromRecordRow,
  type PackedRecord,
  type RecordRow,
  withdrawnBody,
} from './record-log.ts';

export type WriteItem =
  | { log: 'responses'; rows: PackedRecord[]; conditions?: Conditions }
  | { log: 'intake'; intake: Intake };

export type WriteResult =
  | { ok: true; log: 'responses'; appended: Appended[] }
  | { ok: true; log: 'intake'; isNew: boolean[] }
  | { ok: false; code: string; message: string };

/**
 * Commits whatever has gathered in one transaction, a savepoint per item, so that one bad item fails alone and nobody is
 * answered before the disk has it. Raw prepared statements: this is the road that carries load.
 */
export function recordWriter(connection: SqliteConnection) {
  const begin = connection.prepare('begin immediate');
  const commit = connection.prepare('commit');
  const rollback = connection.prepare('rollback');
  const savepoint = connection.prepare('savepoint item');
  const release = connection.prepare('release item');
  const undo = connection.prepare('rollback to item');
  const insertRecord = connection.prepare(
    `insert into response_records (response_id, revision, kind, study_id, survey_id, survey_version_id, participation_id, batch_id, content_hash, body, received_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (response_id, revision) do nothing`,
  );
  const findRecord = connection.prepare(
    `select seq, response_id as responseId, revision, kind, study_id as studyId, survey_id as surveyId, survey_version_id as surveyVersionId,
            participation_id as participationId, batch_id as batchId, content_hash as contentHash, body, received_at as receivedAt
     from response_records where response_id = ? and revision = ?`,
  );
  const insertMessage = connection.prepare(
    `insert into intake_records (workspace_id, source_id, received_at, message_id, kind, name, user_id, anonymous_id, body, occurred_at, proof)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (workspace_id, message_id) do nothing`,
  );
  const insertLetter = connection.prepare(
    'insert into dead_letters (workspace_id, source_id, received_at, reason, body) values (?, ?, ?, ?, ?)',
  );
  const dropLetters = connection.prepare(
    `delete from dead_letters where source_id = ? and id <=
       (select id from dead_letters where source_id = ? order by id desc limit 1 offset ${DEAD_LETTERS_KEPT})`,
  );

  const insertClaim = connection.prepare(
    'insert into claims (name, response_id, made_at) values (?, ?, ?) on conflict (name) do nothing',
  );
  const findClaim = connection.prepare('select response_id as holder from claims where name = ?');
  const fillHard = connection.prepare(
    'update quota_cells set filled = filled + 1 where survey_id = ? and code = ? and filled < most',
  );
  const fillSoft = connection.prepare('update quota_cells set filled = filled + 1 where survey_id = ? and code = ?');
  const findCell = connection.prepare('select 1 from quota_cells where survey_id = ? and code = ?');
  const releaseCell = connection.prepare(
    'update quota_cells set filled = filled - 1 where survey_id = ? and code = ? and filled > 0',
  );

  const findEarlier = connection.prepare(
    'select seq, body from response_records where response_id = ? and revision < ?',
  );
  const replaceBody = connection.prepare('update response_records set body = ? where seq = ?');
  /** A withdrawal takes along what was said before it; `secure_delete` sees to the bytes. */
  const emptyEarlier = (responseId: string, revision: number): void => {
    for (const { seq, body } of findEarlier.all(responseId, revision) as { seq: number; body: string }[])
      replaceBody.run(withdrawnBody(body), seq);
  };

  /** Null when everything holds; else why nothing may be kept. */
  const meetConditions = (
    first: PackedRecord,
    { claims = [], fill = [], release = [] }: Conditions,
  ): Appended | null => {
    const [responseId] = first;
    for (const name of claims) {
      insertClaim.run(name, responseId, first[10]);
      const { holder } = findClaim.get(name) as { holder: string };
      if (holder !== responseId) return { outcome: 'taken', claim: name, holder };
    }
    for (const { surveyId, code, isHard } of fill) {
      const { changes } = (isHard ? fillHard : fillSoft).run(surveyId, code);
      // A cell that is not there sets no limit: it was taken away, or is being laid just now.
      if (changes === 0 && isHard && findCell.get(surveyId, code)) return { outcome: 'full', code };
    }
    for (const { surveyId, code } of release) releaseCell.run(surveyId, code);
    return null;
  };

  /** All of one item, or a single refusal, after which none of it may stay. */
  const appendRecords = (rows: PackedRecord[], conditions: Conditions): Appended[] | { refused: Appended } => {
    const appended: Appended[] = [];
    for (const row of rows) {
      const [responseId, revision, kind] = row;
      const { changes, lastInsertRowid } = insertRecord.run(...row);
      if (changes === 1) {
        if (kind === 'withdrawal') emptyEarlier(responseId, revision);
        appended.push({ outcome: 'saved', seq: Number(lastInsertRowid) });
        continue;
      }
      const kept = fromRecordRow(findRecord.get(responseId, revision) as RecordRow & { seq: number });
      if (kept.contentHash !== row[8]) return { refused: { outcome: 'conflict', kept } };
      appended.push({ outcome: 'repeated', seq: kept.seq });
    }
    const [first] = rows;
    const isNew = appended.some(({ outcome }) => outcome === 'saved');
    const refused = first && isNew ? meetConditions(first, conditions) : null;
    return refused ? { refused } : appended;
  };

  const appendIntake = ({ workspaceId, sourceId, receivedAt, messages, deadLetters = [] }: Intake): boolean[] => {
    const isNew = messages.map(
      (message) => insertMessage.run(workspaceId, sourceId, receivedAt, ...message).changes === 1,
    );
    for (const { reason, body } of deadLetters) insertLetter.run(workspaceId, sourceId, receivedAt, reason, body);
    if (deadLetters.length > 0) dropLetters.run(sourceId, sourceId);
    return isNew;
  };

  const write = (item: WriteItem): WriteResult => {
    // One statement is kept or not by itself.
    const isOne =
      item.log === 'responses' &&
      item.rows.length === 1 &&
      item.conditions === undefined &&
      item.rows[0]?.[2] !== 'withdrawal';
    if (!isOne) savepoint.run();
    try {
      let result: WriteResult;
      let isRefused = false;
      if (item.log === 'intake') result = { ok: true, log: 'intake', isNew: appendIntake(item.intake) };
      else {
        const done = appendRecords(item.rows, item.conditions ?? {});
        isRefused = 'refused' in done;
        result = {
          ok: true,
          log: 'responses',
          appended: 'refused' in done ? item.rows.map(() => done.refused) : done,
        };
      }
      if (!isOne) {
        if (isRefused) undo.run();
        release.run();
      }
      return result;
    } catch (error) {
      // A full disk ends the whole transaction: then there is no savepoint left, and nothing of the batch was kept.
      if (!connection.inTransaction) throw error;
      if (!isOne) {
        undo.run();
        release.run();
      }
      return failure(error);
    }
  };

  /** One result per item, in order. */
  return function commitItems(items: readonly WriteItem[]): WriteResult[] {
    try {
      begin.run();
    } catch (error) {
      return items.map(() => failure(error));
    }
    try {
      const results = items.map(write);
      commit.run();
      return results;
    } catch (error) {
      if (connection.inTransaction) rollback.run();
      return items.map(() => failure(error));
    }
  };
}

function failure(error: unknown): WriteResult {
  const code = String((error as { code?: unknown }).code ?? 'UNKNOWN');
  return { ok: false, code, message: error instanceof Error ? error.message : String(error) };
}
