import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import type { ColumnMeaning } from '../../model/import-plan.ts';
import { type Environment, openDesk, readBytes, surveyBySlug } from '../desk.ts';
import { withExample } from '../example.ts';
import { UsageError } from '../exit.ts';
import { columnIndex, type TableOptions, withTableOptions } from '../table-options.ts';

type ImportOptions = TableOptions & {
  survey: string;
  map?: string[];
  mayQuote?: boolean;
  leaveOutFaulty?: boolean;
  dryRun?: boolean;
};

/** `responses`: answers in from a table, out as a table, and taken back. */
export function addResponsesCommand(program: Command, environment: Environment): void {
  const responses = program.command('responses').description('Responses: import a table, take an import back, export');
  addImport(responses, environment);
  addUndo(responses, environment);
  addExport(responses, environment);
}

function addImport(responses: Command, environment: Environment): void {
  const command = responses
    .command('import <file>')
    .description('Import a CSV or TSV file, a line per respondent; nothing is imported while a row does not fit')
    .requiredOption('--survey <slug>', 'which survey the rows answer')
    .option(
      '--map <meaning=column>',
      'what a column means, repeated: an item’s address (question or question.row), person, time, language, or ' +
        'attribute:NAME = the ' +
        'column’s name or its number from 1; other columns are guessed by their names',
      (pair: string, pairs: string[] = []) => [...pairs, pair],
    );
  withTableOptions(command)
    .option('--may-quote', 'those in the file agreed that their own words may be quoted')
    .option('--leave-out-faulty', 'import the rows that fit and leave out the others')
    .option('--dry-run', 'say what would happen and import nothing')
    .option('--json', 'print JSON')
    .action(async (file: string, options: ImportOptions, self: Command) => {
      const desk = openDesk(self, environment);
      const bytes = await readBytes(file);
      const outcome = await desk.withVerbatim(async (verbatim) => {
        const { imports } = verbatim;
        const survey = await surveyBySlug(verbatim, options.survey);
        const batch = await imports.stage(survey, { name: path.basename(file), bytes }, formatOf(options), null);
        try {
          const guessed = await imports.preview(survey, batch);
          const columns = mapColumns(
            guessed.plan.columns,
            options.map ?? [],
            guessed.header,
            new Set(guessed.items.map((item) => item.address)),
          );
          await imports.replan(batch, { ...guessed.plan, columns, mayQuote: options.mayQuote ?? false });
          const staged = await verbatim.store.responses.findBatch(survey.studyId, batch.publicId);
          if (!staged) throw new Error('The batch that was just staged is not there');
          const { rows, fitting, faultyRows, faults } = await imports.preview(survey, staged);
          const seen = {
            rows,
            columns,
            faultyRows,
            faults: faults.map((fault) => ({ ...fault, column: fault.column + 1 })),
          };
          if (options.dryRun) {
            await imports.undo(staged);
            return { dryRun: true, batch: null, imported: 0, leftOut: 0, fitting, ...seen };
          }
          const done = await imports.commit(survey, staged, options.leaveOutFaulty ?? false);
          return { dryRun: false, batch: batch.publicId, ...done, fitting, ...seen };
        } catch (error) {
          const left = await verbatim.store.responses.findBatch(survey.studyId, batch.publicId);
          // A call that was refused leaves nothing behind, so that it can be made again.
          if (left?.state === 'staged') await imports.undo(left);
          throw error;
        }
      });
      desk.say(outcome, [
        outcome.dryRun
          ? `Nothing was imported. Of ${outcome.rows} rows ${outcome.fitting} fit and ${outcome.faultyRows} do not`
          : `Imported ${outcome.imported}, left out ${outcome.leftOut}`,
        ...(outcome.batch ? [`Take it back with: verbatim responses undo ${outcome.batch}`] : []),
        ...outcome.faults.map((fault) => `  row ${fault.row}, column ${fault.column}: ${fault.detail}`),
      ]);
    });
  withExample(
    command,
    'responses import answers.csv --survey moving-house --map person=respondent --map attribute:region=Region',
    'responses import answers.tsv --survey moving-house --no-header --map trigger=2 --dry-run',
  );
}

const formatOf = ({ header, delimiter, quotes }: TableOptions) => ({
  hasHeader: header,
  ...(delimiter !== undefined && { delimiter }),
  ...(quotes !== undefined && { isQuoted: quotes }),
});

/**
 * What columns mean once the caller's own words are put over the guess.
 *
 * @param pairs `meaning=column`; a meaning given here is taken from the column it was guessed for
 * @throws {UsageError} for a meaning or a column that there is not
 *
 * @example
 * mapColumns(['item:age', 'ignore'], ['age=2'], null, new Set(['age'])) // => ['ignore', 'item:age']
 */
export function mapColumns(
  guessed: readonly ColumnMeaning[],
  pairs: readonly string[],
  header: readonly string[] | null,
  addresses: ReadonlySet<string>,
): ColumnMeaning[] {
  const given = new Map<number, ColumnMeaning>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`--map ${pair} is not of the form meaning=column`);
    const name = pair.slice(0, at);
    const isKept = ['person', 'time', 'language'].includes(name) || /^attribute:[^:]{1,100}$/.test(name);
    if (!isKept && !addresses.has(name)) {
      throw new UsageError(
        `“${name}” is no item of this survey; there are ${[...addresses].join(', ')}, person, time, language and attribute:NAME`,
      );
    }
    const column = columnIndex(pair.slice(at + 1), header, guessed.length);
    if (given.has(column)) throw new UsageError(`column ${column + 1} is given two meanings`);
    given.set(column, isKept ? name : `item:${name}`);
  }
  const taken = new Set(given.values());
  return guessed.map((meaning, column) => given.get(column) ?? (taken.has(meaning) ? 'ignore' : meaning));
}

function addUndo(responses: Command, environment: Environment): void {
  const command = responses
    .command('undo <batch>')
    .description('Take an import back whole, by the batch it was given')
    .option('--json', 'print JSON')
    .action(async (publicId: string, _options: object, self: Command) => {
      const desk = openDesk(self, environment);
      await desk.withVerbatim(async (verbatim) => {
        const batch = await verbatim.store.responses.findBatchById(publicId);
        if (!batch) {
          const { Problem } = await import('../../model/problem.ts');
          throw new Problem('not-found', `There is no import “${publicId}”`, {
            detail: 'Importing prints the id to use here',
          });
        }
        await verbatim.imports.undo(batch);
      });
      desk.say({ batch: publicId, state: 'undone' }, `Took back ${publicId}: its responses and their words are gone`);
    });
  withExample(command, 'responses undo kQ3v0bqvT1mYx2Vw5mZt8A');
}

type ExportOptions = {
  format: 'csv' | 'jsonl' | 'xlsx' | 'sav' | 'sps' | 'codebook';
  out?: string;
  labels?: boolean;
  split?: boolean;
  utilities?: boolean;
  identities?: boolean;
  unmasked?: string;
};

function addExport(responses: Command, environment: Environment): void {
  const command = responses
    .command('export <slug>')
    .description(
      'Write completed responses: as CSV, Excel or SPSS file, as SPSS syntax with the CSV that it reads, or as one JSON ' +
        'object a line with the state of every answer; or the codebook of all of them',
    )
    .addOption(
      new Option('--format <format>', 'what to write')
        .choices(['csv', 'jsonl', 'xlsx', 'sav', 'sps', 'codebook'])
        .default('csv'),
    )
    .option('--out <file>', 'into this file (default: standard output); sps puts its CSV beside it')
    .option('--labels', 'answers by their labels instead of their codes (csv, xlsx)')
    .option('--split', 'a column of 0 and 1 for each of several choices (csv, xlsx)')
    .option('--utilities', 'with each person’s utilities in the best-worst questions')
    .option('--identities', 'with what names people, files and what was known of them, which otherwise stays out')
    .option('--unmasked <reason>', 'leave personal data in words as it was written, for a reason that is kept')
    .action(async (slug: string, options: ExportOptions, self: Command) => {
      const { format, out } = options;
      if (format === 'sps' && out === undefined)
        throw new UsageError('--format sps writes two files: say where with --out');
      const desk = openDesk(self, environment);
      await desk.withVerbatim(async (verbatim) => {
        const { DEFAULT_EXPORT } = await import('../../services/exports.ts');
        const survey = await surveyBySlug(verbatim, slug);
        const request = {
          ...DEFAULT_EXPORT,
          values: options.labels ? ('labels' as const) : ('codes' as const),
          multiple: options.split ? ('split' as const) : ('joined' as const),
          utilities: options.utilities ?? false,
          identities: options.identities ?? false,
          unmasked: options.unmasked === undefined ? null : { reason: options.unmasked, actor: null },
        };
        // The syntax names the CSV that stands beside it.
        const csv = out === undefined ? undefined : `${out.replace(/\.sps$/i, '')}.csv`;
        const csvName = csv === undefined ? {} : { csvName: path.basename(csv) };
        const files = [
          { to: out, file: await verbatim.exports.file(survey, { ...request, format, ...csvName }) },
          ...(format === 'sps'
            ? [{ to: csv, file: await verbatim.exports.file(survey, { ...request, format: 'spss-csv' }) }]
            : []),
        ];
        for (const { to, file } of files) {
          const chunks = Readable.from(file.chunks);
          // Answers are personal, so the file is for its owner alone.
          if (to === undefined) await pipeline(chunks, process.stdout, { end: false });
          else await pipeline(chunks, createWriteStream(to, { mode: 0o600 }));
        }
      });
    });
  withExample(
    command,
    'responses export moving-house --format jsonl --out answers.jsonl',
    'responses export moving-house --format sav --out answers.sav',
  );
}
