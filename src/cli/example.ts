import type { Command } from 'commander';

/** Puts examples under a command's help, one call a line. */
export function withExample(command: Command, ...calls: readonly string[]): Command {
  return command.addHelpText(
    'after',
    `\nExample${calls.length > 1 ? 's' : ''}:\n${calls.map((call) => `  $ verbatim ${call}`).join('\n')}`,
  );
}
