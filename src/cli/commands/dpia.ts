import type { Command } from 'commander';
import { type Environment, openDesk, studyNamed } from '../desk.ts';
import { withExample } from '../example.ts';

/** `dpia`: an assessment of a study's impact on people, as far as the house knows. */
export function addDpiaCommand(program: Command, environment: Environment): void {
  const command = program
    .command('dpia <study>')
    .description('Print an assessment of a study’s impact on data protection, filled in as far as Verbatim knows')
    .option('--json', 'print JSON')
    .action(async (name: string, _options: object, self: Command) => {
      const desk = openDesk(self, environment);
      const { impactText } = await import('../../reports/impact-assessment.ts');
      const sections = await desk.withVerbatim(async (verbatim) =>
        verbatim.impactAssessments.of(await studyNamed(verbatim, name)),
      );
      desk.say({ sections }, impactText(sections));
    });
  withExample(command, 'dpia "A study"', 'dpia "A study" > assessment.md');
}
