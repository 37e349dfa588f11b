import { parentPort, workerData } from 'node:worker_threads';
import { backupFolder, databaseFile } from '../store/data-folder.ts';
import { openSqlite } from '../store/database.ts';

/*
 * What would hold up every page if the server did it itself: a copy of the database, and looking through it for damage.
 */

export type UpkeepTask =
  | { task: 'copy'; folder: string; key: Uint8Array | null; at: string }
  | { task: 'check'; folder: string };
/** What came of it, in words for the operator. */
export type UpkeepResult = { isWell: boolean; detail: string };

async function run(task: UpkeepTask): Promise<UpkeepResult> {
  if (task.task === 'copy') {
    const { file, manifest } = await backupFolder(task.folder, null, () => new Date(task.at), {
      key: task.key,
      by: 'system',
    });
    const files = manifest.files?.length ? ` with ${manifest.files.length} files` : '';
    return { isWell: true, detail: `${file} (${manifest.bytes} bytes of database${files})` };
  }
  return look(task.folder);
}

/** Table by table, so that the journal of writes can be emptied in between. */
function look(folder: string): UpkeepResult {
  const connection = openSqlite(databaseFile(folder), { isReader: true });
  try {
    const tables = connection
      .prepare("select name from sqlite_schema where type = 'table' and rootpage > 0 order by name")
      .pluck()
      .all() as string[];
    for (const table of tables) {
      const verdict = connection.pragma(`integrity_check("${table.replaceAll('"', '""')}")`, { simple: true });
      if (verdict !== 'ok') return { isWell: false, detail: `table ${table}: ${String(verdict)}` };
    }
    return { isWell: true, detail: `${tables.length} tables read well` };
  } finally {
    connection.close();
  }
}

parentPort?.postMessage(await run(workerData as UpkeepTask));
