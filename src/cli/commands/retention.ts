import type { Command } from 'commander';
import { type Environment, openDesk, studyNamed } from '../desk.ts';
import { withExample } from '../example.ts';

/** `retention`: what of a study goes by its age, and letting it go at once. */
export function addRetentionCommand(program: Command, environment: Environment): void {
  const command = program
    .command('retention <study>')
    .description('Let go of what a study keeps no longer, as a running server does every hour')
    .option('--dry-run', 'only say what would go now, and within 30 days')
    .option('--json', 'print JSON')
    .action(async (name: string, options: { dryRun?: boolean }, self: Command) => {
      const desk = openDesk(self, environment);
      const told = await desk.withVerbatim(async (verbatim) => {
        const study = await studyNamed(verbatim, name);
        const { hold, identifiersDays, wordsDays } = await verbatim.retention.of(study);
        const preview = await verbatim.retention.preview(study);
        const went = options.dryRun ? false : await verbatim.retention.performIn(study);
        return { study: study.name, identifiersDays, wordsDays, isHeld: hold !== null, went, ...preview };
      });
      const days = (count: number | null) => (count === null ? 'until somebody decides' : `for ${count} days`);
      desk.say(told, [
        `Kept: what leads to somebody ${days(told.identifiersDays)}, words ${days(told.wordsDays)}`,
        ...(told.isHeld ? ['A legal hold stands: nothing goes while it does'] : []),
        ...(told.lines.length === 0 ? ['Nothing would go within 30 days'] : []),
        ...told.lines.map(
          ({ name: what, now, soon }) =>
            `  ${what}: now ${now.identifiers} without who they are, ${now.words} without words; within 30 days ${soon.identifiers} and ${soon.words}`,
        ),
        ...(told.hasOldLinks ? ['  Links, letters, offers or entries into draws that are old enough'] : []),
        ...(options.dryRun ? [] : [told.went ? 'It is gone' : 'Nothing went']),
      ]);
    });
  withExample(command, 'retention "A study" --dry-run', 'retention "A study"');
}
