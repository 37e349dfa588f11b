import { CommanderError } from 'commander';
import { ConfigError } from '../config.ts';
import { Problem } from '../model/problem.ts';
import { FolderError } from '../store/data-folder.ts';
import { SchemaError } from '../store/migrate.ts';
import { MoveFault } from '../store/move-to-postgres.ts';
import { PostgresError } from '../store/postgres.ts';

/** How processes say what went wrong to whatever started them; the last two are sysexits' EX_SOFTWARE and EX_CONFIG. */
export const EXIT = { done: 0, failed: 1, usage: 2, bug: 70, setUp: 78 } as const;

/**
 * What a process says about an error, and the code it leaves with.
 *
 * @returns an empty message when everything has been said already
 *
 * @example
 * exitFor(new UsageError('no such column')).code // => 2
 * @example
 * exitFor(new TypeError('x is not a function')).code // => 70
 */
export function exitFor(error: unknown): { code: number; message: string } {
  // Commander writes its own messages; asking for help is no fault.
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? EXIT.done : EXIT.usage, message: '' };
  if (error instanceof UsageError) return { code: EXIT.usage, message: `error: ${error.message}` };
  if (
    error instanceof FolderError ||
    error instanceof PostgresError ||
    error instanceof SchemaError ||
    error instanceof ConfigError
  )
    return { code: EXIT.setUp, message: error.message };
  if (error instanceof MoveFault) return { code: EXIT.failed, message: error.message };
  if (error instanceof Problem) return { code: EXIT.failed, message: sayProblem(error) };
  if (error instanceof CheckFailed) return { code: EXIT.failed, message: '' };
  return { code: EXIT.bug, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** The command was called in a way that it cannot make sense of. */
export class UsageError extends Error {}

/** A check found something wrong and has printed what. */
export class CheckFailed extends Error {}

function sayProblem(problem: Problem): string {
  const places = problem.errors.map((error) => `  ${error.pointer}: ${error.detail}`);
  return [problem.message, ...(problem.detail === '' ? [] : [problem.detail]), ...places].join('\n');
}
