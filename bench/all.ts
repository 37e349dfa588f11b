import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** Every bench, one after the other; each prints its table and a JSON line. What is given here is passed on to none. */
const BENCHES = ['page', 'submit', 'events', 'report', 'rules', 'decide', 'start'];

for (const name of BENCHES) {
  process.stdout.write(`\n== ${name}\n`);
  const { status } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', path.join(import.meta.dirname, `${name}.ts`)],
    { stdio: 'inherit' },
  );
  if (status !== 0) process.exitCode = 1;
}
