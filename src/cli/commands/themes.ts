import type { Command } from 'commander';
import { type Environment, openDesk, readBytes } from '../desk.ts';
import { withExample } from '../example.ts';
import { UsageError } from '../exit.ts';
import { columnIndex, type TableOptions, withTableOptions } from '../table-options.ts';

type ThemesOptions = TableOptions & {
  text: string;
  id?: string;
  themes: number | 'auto';
  seed: number;
  language: string;
};

const QUOTES_SHOWN = 3;

/** `themes`: what answers in a bare file have in common, without a database. */
export function addThemesCommand(program: Command, environment: Environment): void {
  const command = program
    .command('themes <file>')
    .description('Find themes in a column of a CSV or TSV file; needs no data folder and keeps nothing')
    .requiredOption('--text <column>', 'the column with the answers, by its name or its number from 1')
    .option('--id <column>', 'the column that names each answer (default: the row’s number from 1)')
    .option('--themes <number>', 'how many themes to look for, or auto', readThemes, 'auto')
    .option('--seed <number>', 'a whole number; the same one gives the same themes', readSeed, 1)
    .option('--language <tag>', 'the language of the answers, such as en or de', 'en');
  withTableOptions(command)
    .option('--json', 'print JSON')
    .action(async (file: string, options: ThemesOptions, self: Command) => {
      const desk = openDesk(self, environment);
      const documents = await readDocuments(file, options);
      const { findThemes } = await import('../../text/find-themes.ts');
      const { sliceSpan } = await import('../../coding/spans.ts');
      const found = findThemes(documents, { themes: options.themes, seed: options.seed, language: options.language });
      const texts = new Map(documents.map(({ id, text }) => [id, text]));
      const placed = new Map(found.documents.map((document) => [document.id, document]));
      const outcome = {
        engineVersion: found.engineVersion,
        seed: found.seed,
        n: found.n,
        uncoded: found.uncoded,
        ...(found.reason !== undefined && { reason: found.reason }),
        themes: found.themes.map(({ id, label, words, size, repeatability, quotes }) => ({
          id,
          label,
          words,
          size,
          repeatability,
          quotes: quotes.flatMap((quote) => sliceSpan(texts.get(quote.documentId) ?? '', quote) ?? []),
        })),
        // In the order of the file, however the finder sorts them.
        documents: documents.map(({ id }) => placed.get(id) ?? { id, theme: null, confidence: 0 }),
      };
      desk.say(outcome, [
        `${outcome.n} answers, ${outcome.themes.length} themes, ${outcome.uncoded} answers without one (seed ${outcome.seed})`,
        ...(outcome.reason === undefined ? [] : [outcome.reason]),
        ...outcome.themes.flatMap((theme, index) => [
          '',
          `${index + 1}. ${theme.label}: ${theme.size} answers, repeatability ${theme.repeatability.toFixed(2)}`,
          `   ${theme.words.join(', ')}`,
          ...theme.quotes.slice(0, QUOTES_SHOWN).map((quote) => `   “${quote.replaceAll(/\s+/g, ' ').trim()}”`),
        ]),
      ]);
    });
  withExample(
    command,
    'themes answers.csv --text "What happened?" --id respondent',
    'themes answers.tsv --no-header --text 2 --themes 12 --json',
  );
}

async function readDocuments(file: string, options: ThemesOptions): Promise<{ id: string; text: string }[]> {
  const { decodeText, guessFormat, readDelimited } = await import('../../exchange/delimited.ts');
  const { Problem } = await import('../../model/problem.ts');
  const text = decodeText(await readBytes(file));
  const guess = guessFormat(text);
  const format = {
    delimiter: options.delimiter ?? guess.delimiter,
    isQuoted: options.quotes ?? guess.isQuoted,
    hasHeader: options.header,
  };
  let table: ReturnType<typeof readDelimited>;
  try {
    table = readDelimited(text, format);
  } catch (error) {
    throw new Problem('invalid', `${file} cannot be read as a table`, {
      detail: `Try --no-quotes or another --delimiter. The reader says: ${(error as Error).message}`,
      cause: error,
    });
  }
  const width = Math.max(table.header?.length ?? 0, ...table.rows.slice(0, 1000).map((row) => row.length));
  const textColumn = columnIndex(options.text, table.header, width);
  const idColumn = options.id === undefined ? null : columnIndex(options.id, table.header, width);
  const ids = new Set<string>();
  return table.rows.map((row, index) => {
    const id = idColumn === null ? String(index + 1) : (row[idColumn] ?? '').trim();
    if (ids.has(id)) {
      throw new Problem('invalid', `Two rows have the id “${id}”`, {
        detail: 'Choose a column that names each row once, or leave --id out',
      });
    }
    ids.add(id);
    return { id, text: row[textColumn] ?? '' };
  });
}

function readThemes(text: string): number | 'auto' {
  if (text === 'auto') return 'auto';
  if (!/^\d{1,3}$/.test(text) || Number(text) < 2 || Number(text) > 250)
    throw new UsageError('--themes is auto or a whole number from 2 to 250');
  return Number(text);
}

function readSeed(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2 ** 31 - 1)
    throw new UsageError('--seed is a whole number from 0 to 2147483647');
  return Number(text);
}
