import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Problem } from '../model/problem.ts';

const LONGEST_MS = 120_000;

/**
 * Prints a page that needs nothing else with the Chromium that the operator names. It gets the page as a file, an empty
 * folder of its own, and no network.
 *
 * @returns the PDF, whose bytes differ from print to print
 * @throws Problem `conflict` when the program cannot be started or does not print
 */
export async function printPage(chromium: string, html: Uint8Array, stopped?: AbortSignal): Promise<Uint8Array> {
  const folder = await mkdtemp(path.join(tmpdir(), 'verbatim-print-'));
  const [page, pdf] = [path.join(folder, 'report.html'), path.join(folder, 'report.pdf')];
  try {
    await writeFile(page, html, { mode: 0o600 });
    await run(
      chromium,
      [
        '--headless',
        '--disable-gpu',
        '--no-first-run',
        '--disable-extensions',
        '--disable-background-networking',
        '--proxy-server=127.0.0.1:9',
        '--host-resolver-rules=MAP * ~NOTFOUND',
        // The sandbox of Chromium cannot be set up by root, which is who runs in many containers.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        `--user-data-dir=${path.join(folder, 'profile')}`,
        '--no-pdf-header-footer',
        `--print-to-pdf=${pdf}`,
        `file://${page}`,
      ],
      stopped,
    );
    return new Uint8Array(await readFile(pdf));
  } catch (error) {
    throw new Problem('conflict', 'Chromium did not print this report', {
      detail: `${(error as Error).message}. Look whether VERBATIM_REPORT_CHROMIUM names a Chromium that starts, or choose the PDF that Verbatim sets itself`,
      cause: error,
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function run(program: string, args: readonly string[], stopped?: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([AbortSignal.timeout(LONGEST_MS), ...(stopped ? [stopped] : [])]);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'ignore', signal, killSignal: 'SIGKILL' });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`it ended with ${code ?? 'a signal'}`))));
  });
}
