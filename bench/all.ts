import { spawnSync } from 'node:child_process';
import path from 'node:path';

/**
 * Every bench, one after the other; each prints its table and a JSON line. A bench named first runs alone and is handed
 * what follows: `npm run bench themes -- --texts FOLDER`.
 */
const BENCHES = ['page', 'submit', 'events', 'report', 'reports', 'personas', 'rules', 'decide', 'start'];
const ALONE = ['coding', 'themes', 'segments', 'segments-null'];

const [named, ...more] = process.argv.slice(2);
const isKnown = named !== undefined && [...BENCHES, ...ALONE].includes(named);

for (const name of isKnown ? [named] : BENCHES) {
  process.stdout.write(`\n== ${name}\n`);
  const { status } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', path.join(import.meta.dirname, `${name}.ts`), ...(isKnown ? more : [])],
    { stdio: 'inherit' },
  );
  if (status !== 0) process.exitCode = 1;
}
