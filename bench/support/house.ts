import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { wholeNotice } from '../../test/support/plant-notice.ts';
import { type Server, startServer } from './server.ts';

/** A Verbatim on a temporary folder of its own. */
export type House = {
  folder: string;
  /** The database, for looking into while nobody or everybody else writes. */
  database: string;
  /** Runs the command line on it and gives what it printed. */
  run(args: readonly string[], input?: string): string;
  /** Brings a survey in, publishes it, and gives its slug. */
  publish(survey: object): string;
  serve(nodeArgs?: readonly string[]): Promise<Server>;
  remove(): void;
};

export const PROGRAM = path.resolve(import.meta.dirname, '../../bin/verbatim.js');

/** Makes the folder with one study in it, through the command line as anybody would. */
export function makeHouse(): House {
  const folder = mkdtempSync(path.join(tmpdir(), 'verbatim-bench-'));
  const data = path.join(folder, 'data');
  const env = {
    VERBATIM_DATA: data,
    PORT: '0',
    // One machine stands for all respondents here.
    VERBATIM_RESPONDENT_POSTS_PER_MINUTE: '1000000',
    VERBATIM_EVENT_REQUESTS_PER_MINUTE: '10000000',
    VERBATIM_EVENTS_PER_MINUTE: '100000000',
  };
  const run = (args: readonly string[], input = ''): string =>
    execFileSync(process.execPath, [PROGRAM, ...args], {
      env: { ...process.env, ...env },
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  run(['init']);
  const notice = path.join(folder, 'notice.json');
  writeFileSync(notice, JSON.stringify(wholeNotice));
  run(['notice', 'set', notice]);
  run(['study', 'add', 'Bench']);
  let surveys = 0;
  return {
    folder: data,
    database: path.join(data, 'verbatim.db'),
    run,
    publish: (survey) => {
      surveys += 1;
      const file = path.join(folder, `survey-${surveys}.json`);
      writeFileSync(file, JSON.stringify(survey));
      const said = JSON.parse(run(['survey', 'import', file, '--study', 'Bench', '--publish', '--json'])) as {
        slug: string;
      };
      return said.slug;
    },
    serve: (nodeArgs = []) => startServer([...nodeArgs, PROGRAM, 'serve'], { env }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
