import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addAuditCommand } from './commands/audit.ts';
import { addBackupCommand } from './commands/backup.ts';
import { addConfigCommand } from './commands/config.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addDpiaCommand } from './commands/dpia.ts';
import { addInitCommand } from './commands/init.ts';
import { addKeyCommand } from './commands/key.ts';
import { addMoveCommand } from './commands/move.ts';
import { addNoticeCommand } from './commands/notice.ts';
import { addProjectCommand } from './commands/project.ts';
import { addReportCommand } from './commands/report.ts';
import { addResponsesCommand } from './commands/responses.ts';
import { addRestoreCommand } from './commands/restore.ts';
import { addRetentionCommand } from './commands/retention.ts';
import { addRoutesCommand } from './commands/routes.ts';
import { addServeCommand } from './commands/serve.ts';
import { addSourceCommand } from './commands/source.ts';
import { addStartCommand } from './commands/start.ts';
import { addStudyCommand } from './commands/study.ts';
import { addSurveyCommand } from './commands/survey.ts';
import { addThemesCommand } from './commands/themes.ts';
import { addUserCommand } from './commands/user.ts';
import type { Environment } from './desk.ts';

/** Adds one command, with its options and its help, to the program. */
export type AddCommand = (program: Command, environment: Environment) => void;

const commands: readonly AddCommand[] = [
  addStartCommand,
  addDemoCommand,
  addInitCommand,
  addServeCommand,
  addUserCommand,
  addStudyCommand,
  addNoticeCommand,
  addSourceCommand,
  addKeyCommand,
  addSurveyCommand,
  addResponsesCommand,
  addProjectCommand,
  addReportCommand,
  addThemesCommand,
  addBackupCommand,
  addRestoreCommand,
  addRetentionCommand,
  addMoveCommand,
  addAuditCommand,
  addDpiaCommand,
  addDoctorCommand,
  addConfigCommand,
  addRoutesCommand,
];

/** The whole command line; commands load what is heavy only when they run. */
export function createProgram(environment: Environment): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const program = new Command('verbatim')
    .description('Keeps what people say, measures it, finds the groups among those who spoke, and gives each a face.')
    .version(version)
    .option('--data <folder>', 'the data folder (default: VERBATIM_DATA, else data/live in the project)')
    .showHelpAfterError('(add --help for what there is)')
    .exitOverride();
  for (const add of commands) add(program, environment);
  return program;
}

/**
 * Runs one command.
 *
 * @param argv what follows the program's name
 */
export async function runProgram(argv: readonly string[], environment: Environment): Promise<void> {
  await createProgram(environment).parseAsync([...argv], { from: 'user' });
}
