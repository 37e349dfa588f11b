import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A file system in memory, as Linux has it; folders of tests lie there when it has room for all of them. */
const MEMORY = '/dev/shm';
const ROOM_BYTES = 2 * 1024 ** 3;

/*
 * The product's threads read TypeScript, and Node strips its types with a WebAssembly module; V8 has been seen to stop a
 * process in which several threads do that at once. So each file is stripped once, before the tests, by a process that
 * has one thread, and all others find it in Node's compile cache (named in NODE_COMPILE_CACHE). The same process makes
 * an empty installation and an empty PostgreSQL, which tests copy rather than build their tables a thousand times. Some
 * seconds of work save minutes. What tests keep lies in one folder, in memory where that can be: a commit then waits for
 * no disk, and what a test that was broken off leaves behind goes with the folder.
 */
export default function stripTypes(): () => void {
  const whole = mkdtempSync(path.join(hasRoom(MEMORY) ? MEMORY : tmpdir(), 'verbatim-tests-'));
  process.env['TMPDIR'] = whole;
  const empty = path.join(whole, 'empty');
  process.env['VERBATIM_TEST_EMPTY'] = empty;
  const root = path.resolve(import.meta.dirname, '../..');
  const files = globSync('src/{verbatim,web/app,web/studio/*,workers/tasks/*}.ts', { cwd: root }).sort();
  // A file that cannot be read is for the tests to find.
  const code = `for (const file of ${JSON.stringify(files)}) await import(\`${root}/\${file}\`).catch(() => {});
    const { initFolder } = await import(\`${root}/src/store/data-folder.ts\`);
    await initFolder(${JSON.stringify(path.join(empty, 'folder'))}, () => new Date());
    const { dumpPglite } = await import(\`${root}/test/support/pglite.ts\`);
    await dumpPglite(${JSON.stringify(path.join(empty, 'postgres.tar'))});`;
  spawnSync(process.execPath, ['--input-type=module', '--eval', code]);
  return () => rmSync(whole, { recursive: true, force: true, maxRetries: 3 });
}

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= ROOM_BYTES;
}
