import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { Verbatim } from '../verbatim.ts';
import { UsageError } from './exit.ts';

export type Environment = Record<string, string | undefined>;
export type Config = ReturnType<typeof readConfig>;

/** What every command works at: the configuration, the data folder, and where its words go. */
export type Desk = ReturnType<typeof openDesk>;

const dataFolder = path.resolve(import.meta.dirname, '../../data');

/**
 * Sets up a command's desk.
 *
 * @param ownFolder the folder's name under `data/` when neither `--data` nor `VERBATIM_DATA` says another
 * @throws {ConfigError} when the environment does not read well
 */
export function openDesk(command: Command, environment: Environment, ownFolder = 'live') {
  const config = readConfig(environment);
  const { data, json } = command.optsWithGlobals<{ data?: string; json?: boolean }>();
  const folder = path.resolve(data ?? config.dataFolder ?? path.join(dataFolder, ownFolder));

  return {
    config,
    folder,
    /** Prints the outcome: for programs as one JSON value, for people as lines. */
    say: (value: unknown, lines: string | readonly string[]): void => {
      const text = json ? JSON.stringify(value, null, 2) : typeof lines === 'string' ? lines : lines.join('\n');
      process.stdout.write(`${text}\n`);
    },
    /** Opens Verbatim as a guest, which works beside a running server, and closes it whatever happens. */
    withVerbatim: async <Outcome>(work: (verbatim: Verbatim) => Promise<Outcome>): Promise<Outcome> => {
      const { openVerbatim } = await import('../verbatim.ts');
      const verbatim = await openVerbatim({
        folder,
        databaseUrl: config.databaseUrl,
        limits: config.limits,
        isOwner: false,
        publicUrl: config.publicUrl ?? null,
        reportChromium: config.reportChromium,
      });
      try {
        return await work(verbatim);
      } finally {
        await verbatim.close();
      }
    },
  };
}

/** @throws Problem `not-found` */
export async function surveyBySlug({ store }: Verbatim, slug: string): Promise<SurveyRow> {
  const survey = await store.surveys.findBySlug(slug);
  if (survey) return survey;
  const { Problem } = await import('../model/problem.ts');
  throw new Problem('not-found', `There is no survey “${slug}”`, {
    detail: 'Name it by the last part of its address; "verbatim survey list --study S" shows them',
  });
}

/** Where people answer a survey: its whole address where PUBLIC_URL is set, else its path, since a server may listen anywhere. */
export function surveyAddress({ publicUrl }: Pick<Config, 'publicUrl'>, survey: Pick<SurveyRow, 'slug'>): string {
  return `${publicUrl ?? ''}/s/${survey.slug}`;
}

/** How to open the path of a survey; nothing where whole addresses are known. */
export const openingLines = ({ publicUrl }: Pick<Config, 'publicUrl'>): string[] =>
  publicUrl === null
    ? [
        'Put this path after the address that “verbatim serve” prints when it starts; with PUBLIC_URL set, whole addresses stand here',
      ]
    : [];

/** A host as it stands in an address: one that means “every network” is reached as this machine, IPv6 stands in brackets. */
export function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

/** Finds a study by id or name, and names those there are when it is none of them. */
export const studyNamed = (verbatim: Verbatim, text: string): Promise<Study> => verbatim.studies.named(text);

/** A password on the command line would stand in the history and the list of processes, so it comes by standard input. */
export async function readPassword(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) return line;
  throw new UsageError('no password came on standard input; write it as the first line');
}

/** @throws Problem `not-found` for a file that is not there or cannot be read */
export async function readBytes(file: string): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  try {
    for await (const part of createReadStream(file)) parts.push(part as Buffer);
  } catch (error) {
    const { Problem } = await import('../model/problem.ts');
    throw new Problem('not-found', `${file} cannot be read`, { detail: (error as Error).message, cause: error });
  }
  return Buffer.concat(parts);
}
