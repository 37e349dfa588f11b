import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';

/*
 * The product's threads read TypeScript, and Node strips its types with a WebAssembly module; V8 has been seen to stop a
 * process in which several threads do that at once. So each file is stripped once, before the tests, by a process that
 * has one thread, and all others find it in Node's compile cache (named in NODE_COMPILE_CACHE). A second of work saves
 * minutes.
 */
export default function stripTypes(): void {
  const root = path.resolve(import.meta.dirname, '../..');
  const files = globSync('src/{verbatim,web/app,web/studio/*,workers/tasks/*}.ts', { cwd: root }).sort();
  // A file that cannot be read is for the tests to find.
  const code = `for (const file of ${JSON.stringify(files)}) await import(\`${root}/\${file}\`).catch(() => {});`;
  spawnSync(process.execPath, ['--input-type=module', '--eval', code]);
}
