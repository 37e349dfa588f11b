import { existsSync, globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { collectFigures, FileMissing, type ReferenceCase } from './case.ts';
import { readJson } from './read.ts';

/**
 * Compares Verbatim with numbers that others computed, on data that may not be copied into this repository:
 *
 *   npm run verify -- --reference FOLDER
 *
 * One line for each case. A folder or file that is not at hand means "not run" and is no failure; a number that does not
 * agree is, and ends the process with 1.
 */

const { values } = parseArgs({ options: { reference: { type: 'string' } } });
const folder = values.reference === undefined ? undefined : resolve(values.reference);

const cases = await findCases();
const listed = listManifest(folder);
const ids = [...new Set([...listed, ...cases.keys()])];
const width = Math.max(...ids.map((id) => id.length));

const count = { passed: 0, failed: 0, notRun: 0, notBuilt: 0, figures: 0 };
for (const id of ids) {
  const line = await runCase(id);
  console.log(`${id.padEnd(width)}  ${line}`);
}

console.log('');
if (count.passed + count.failed === 0) {
  console.log(
    folder === undefined
      ? 'Nothing was verified. Say where the reference data are: npm run verify -- --reference FOLDER'
      : `Nothing was verified: there are no reference data at ${folder}.`,
  );
} else {
  console.log(
    `${count.passed} passed (${count.figures} figures compared), ${count.failed} failed, ${count.notRun} not run, ${count.notBuilt} not built yet.`,
  );
}
process.exitCode = count.failed > 0 ? 1 : 0;

async function runCase(id: string): Promise<string> {
  const found = cases.get(id);
  if (found === undefined) {
    count.notBuilt++;
    return 'not built yet';
  }
  if (folder === undefined || !existsSync(folder)) {
    count.notRun++;
    return 'not run: folder missing';
  }

  const { figures, collected } = collectFigures();
  const began = performance.now();
  try {
    await found.run(folder, figures);
  } catch (error) {
    if (error instanceof FileMissing) {
      count.notRun++;
      return `not run: ${error.message}`;
    }
    collected.failures.push(String(error));
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  count.figures += collected.compared;
  if (collected.failures.length === 0 && collected.compared === 0) collected.failures.push('nothing was compared');

  const details = [
    `${collected.compared} figures in ${seconds} s`,
    ...collected.notes,
    ...(collected.notBuilt.length === 0 ? [] : [`not built yet: ${collected.notBuilt.join(', ')}`]),
  ].join('; ');
  if (collected.failures.length === 0) {
    count.passed++;
    return `passed  ${details}`;
  }
  count.failed++;
  return [`failed  ${collected.failures.length} of ${details}`, ...collected.failures.slice(0, 20)].join('\n    ');
}

async function findCases(): Promise<Map<string, ReferenceCase>> {
  const files = globSync('cases/*.ts', { cwd: import.meta.dirname }).sort();
  const found = new Map<string, ReferenceCase>();
  for (const file of files) {
    const { referenceCase } = (await import(join(import.meta.dirname, file))) as { referenceCase: ReferenceCase };
    found.set(referenceCase.id, referenceCase);
  }
  return found;
}

/** The ids of all cases the folder knows, in its order; none when it has no manifest. */
function listManifest(folder: string | undefined): string[] {
  if (folder === undefined || !existsSync(join(folder, 'manifest.json'))) return [];
  return readJson<{ cases: { id: string }[] }>(folder, 'manifest.json').cases.map(({ id }) => id);
}
