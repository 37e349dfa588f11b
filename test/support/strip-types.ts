import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stopRealPostgres } from './postgres-programs.ts';

/** A file system in memory, as Linux has it; folders of tests lie there when it has room for all of them. */
const MEMORY = '/dev/shm';
const ROOM_BYTES = 2 * 1024 ** 3;

/*
 * The product's threads read TypeScript, and Node strips its types with a WebAssembly module; V8 has been seen to stop a
 * process in which several threads do that at once. So each file is stripped once, before the tests, by a process that
 * has one thread, and all others find it in Node's compile cache (named in NODE_COMPILE_CACHE). The same process makes
 * an empty installation and an empty PostgreSQL, which tests copy rather than build their tables a thousand times, and
 * which is kept as long as the store's code is the same. Some seconds of work save minutes. What tests keep lies in one
 * folder, in memory where that can be: a commit then waits for no disk, and what a test that was broken off leaves behind
 * goes with the folder.
 */
export default function stripTypes(): () => void {
  const whole = mkdtempSync(path.join(hasRoom(MEMORY) ? MEMORY : tmpdir(), 'verbatim-tests-'));
  // A PostgreSQL of the tests runs as somebody else, and reaches its own folder in here.
  chmodSync(whole, 0o711);
  process.env['TMPDIR'] = whole;
  const empty = path.join(whole, 'empty');
  process.env['VERBATIM_TEST_EMPTY'] = empty;
  const root = path.resolve(import.meta.dirname, '../..');
  const kept = path.join(root, 'node_modules/.cache/verbatim-empty', madeOf(root));
  fetch(kept, empty);
  const files = globSync('src/{verbatim,web/app,web/studio/*,workers/tasks/*}.ts', { cwd: root }).sort();
  // A file that cannot be read is for the tests to find.
  const strip = `for (const file of ${JSON.stringify(files)}) await import(\`${root}/\${file}\`).catch(() => {});`;
  const make = `
    const { initFolder } = await import(\`${root}/src/store/data-folder.ts\`);
    await initFolder(${JSON.stringify(path.join(empty, 'folder'))}, () => new Date());
    const { plantNotice } = await import(\`${root}/test/support/plant-notice.ts\`);
    await plantNotice(${JSON.stringify(path.join(empty, 'folder'))});
    const { dumpPglite } = await import(\`${root}/test/support/pglite.ts\`);
    await dumpPglite(${JSON.stringify(path.join(empty, 'postgres.tar'))});`;
  spawnSync(process.execPath, ['--input-type=module', '--eval', existsSync(empty) ? strip : strip + make]);
  keep(empty, kept);
  return () => {
    stopRealPostgres(empty);
    rmSync(whole, { recursive: true, force: true, maxRetries: 3 });
  };
}

const MADE_BY = ['src/{store,model,text}/**/*.ts', 'test/support/plant-notice.ts'];

/** What an empty installation depends on: the code of the store and of what it builds on. */
function madeOf(root: string): string {
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', ...globSync(MADE_BY, { cwd: root }).sort()])
    hash.update(file).update(readFileSync(path.join(root, file)));
  return hash.digest('hex').slice(0, 20);
}

/** Takes what was kept; another run may be putting something else in its place at this moment. */
function fetch(kept: string, empty: string): void {
  try {
    if (existsSync(kept)) cpSync(kept, empty, { recursive: true });
  } catch {
    rmSync(empty, { recursive: true, force: true });
  }
}

/** Puts it by for the next run, in place of what was kept before. */
function keep(empty: string, kept: string): void {
  if (existsSync(kept) || !existsSync(path.join(empty, 'postgres.tar'))) return;
  const part = `${kept}.${process.pid}`;
  try {
    rmSync(path.dirname(kept), { recursive: true, force: true });
    cpSync(empty, part, { recursive: true });
    renameSync(part, kept);
  } catch {
    rmSync(part, { recursive: true, force: true });
  }
}

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= ROOM_BYTES;
}
