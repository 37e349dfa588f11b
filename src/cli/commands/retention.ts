import type { Command } from 'commander';
import { daysWords, unkeptWords } from '../../reports/notice-facts.ts';
import { type Environment, openDesk, studyNamed } from '../desk.ts';
import { withExample } from '../example.ts';

type Options = { dryRun?: boolean; identifiers?: string; words?: string };

/** What an option says, as a form does; what is not given stays. */
const asTyped = (given: string | undefined, days: number | null): string =>
  given === undefined ? String(days ?? '') : given === 'keep' ? '' : given;

/** `retention`: how long a study keeps its parts, what goes by its age, and letting it go at once. */
export function addRetentionCommand(program: Command, environment: Environment): void {
  const command = program
    .command('retention <study>')
    .description(
      'Let go of what a study keeps no longer, as a running server does every hour; or set how long it keeps',
    )
    .option('--dry-run', 'only say what would go now, and within 30 days')
    .option('--identifiers <days>', 'let what leads to a person go after so many days, or "keep" it; nothing goes yet')
    .option('--words <days>', 'let words go after so many days, or "keep" them; nothing goes yet')
    .option('--json', 'print JSON')
    .action(async (name: string, options: Options, self: Command) => {
      const { identifiers, words } = options;
      const isSetting = identifiers !== undefined || words !== undefined;
      const desk = openDesk(self, environment);
      const told = await desk.withVerbatim(async (verbatim) => {
        const study = await studyNamed(verbatim, name);
        if (isSetting) {
          const kept = await verbatim.retention.of(study);
          const typed = {
            identifiersDays: asTyped(identifiers, kept.identifiersDays),
            wordsDays: asTyped(words, kept.wordsDays),
          };
          await verbatim.retention.change(study, typed, null);
        }
        const { hold, identifiersDays, wordsDays } = await verbatim.retention.of(study);
        const preview = await verbatim.retention.preview(study);
        const unkept = (await verbatim.retention.unkept(study)).map(unkeptWords);
        const went = options.dryRun || isSetting ? false : await verbatim.retention.performIn(study);
        return { study: study.name, identifiersDays, wordsDays, isHeld: hold !== null, unkept, went, ...preview };
      });
      desk.say(told, [
        `Kept: what leads to somebody ${daysWords(told.identifiersDays)}, words ${daysWords(told.wordsDays)}`,
        ...told.unkept,
        ...(told.isHeld ? ['A legal hold stands: nothing goes while it does'] : []),
        ...(told.lines.length === 0 ? ['Nothing would go within 30 days'] : []),
        ...told.lines.map(
          ({ name: what, now, soon }) =>
            `  ${what}: now ${now.identifiers} without who they are, ${now.words} without words; within 30 days ${soon.identifiers} and ${soon.words}`,
        ),
        ...(told.hasOldLinks ? ['  Links, letters, offers or entries into draws that are old enough'] : []),
        ...(options.dryRun || isSetting ? [] : [told.went ? 'It is gone' : 'Nothing went']),
      ]);
    });
  withExample(command, 'retention "A study" --words 365', 'retention "A study" --dry-run', 'retention "A study"');
}
