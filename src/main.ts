import { exitFor } from './cli/exit.ts';
import { runProgram } from './cli/program.ts';

/** Where a process begins: runs the command asked for and leaves with the code that says how it went. */
export async function main(argv: readonly string[]): Promise<void> {
  const end = (error: unknown) => {
    const { code, message } = exitFor(error);
    if (message !== '') process.stderr.write(`${message}\n`);
    process.exit(code);
  };
  // What nobody caught is a bug, and going on after one could harm what people said.
  process.on('uncaughtException', end);
  // A reader such as `head` may leave early; that is no fault of anybody's.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' ? process.exit(0) : end(error)));
  try {
    await runProgram(argv, process.env);
  } catch (error) {
    end(error);
  }
}
