import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { LossRow } from '../../exchange/refi-qda/loss-ledger.ts';
import type { Audience } from '../../privacy/audience.ts';
import { type Environment, openDesk, readBytes, studyNamed } from '../desk.ts';
import { withExample } from '../example.ts';
import { UsageError } from '../exit.ts';

type ExportOptions = {
  study: string;
  audience: Audience;
  internal?: string;
  unmasked?: string;
  answers?: boolean;
  recordings?: boolean;
};

/** `project`: interviews, codes and codings to and from other programs that code. */
export function addProjectCommand(program: Command, environment: Environment): void {
  const project = program
    .command('project')
    .description('Exchange interviews, codes and codings with other programs (REFI-QDA)');

  const out = project
    .command('export <file>')
    .description(
      'Write a project (.qdpx) or, by the ending of the file, the codebook alone (.qdc); says what stays out',
    )
    .requiredOption('--study <study>', 'of which study, by id or name')
    .option('--audience <audience>', 'who is to read it: client or public', readAudience, 'client')
    .option('--internal <reason>', 'for the study’s own people: everybody’s words, masked; the reason is kept')
    .option('--unmasked <reason>', 'the same without masks; the reason is kept')
    .option('--answers', 'add what people wrote in answers')
    .option('--recordings', 'add sound and film; with --unmasked alone')
    .option('--json', 'print JSON')
    .action(async (file: string, options: ExportOptions, self: Command) => {
      const desk = openDesk(self, environment);
      const reason = options.unmasked ?? options.internal;
      const choice = {
        format: file.endsWith('.qdc') ? ('qdc' as const) : ('qdpx' as const),
        audience: reason === undefined ? options.audience : ('internal' as const),
        unmasked: options.unmasked !== undefined,
        answers: options.answers ?? false,
        recordings: options.recordings ?? false,
        reason: reason ?? '',
      };
      const { rows, notes, bytes } = await desk.withVerbatim(async (verbatim) => {
        const study = await studyNamed(verbatim, options.study);
        const prepared = await verbatim.projectExports.prepare(study, choice, null);
        return { ...prepared, bytes: (await verbatim.projectExports.file(study, choice, null)).bytes };
      });
      await writeFile(file, bytes, { mode: 0o600 });
      desk.say({ file, bytes: (await stat(file)).size, rows, notes }, [
        ...(await linesOf(rows)),
        ...notes,
        `Written to ${file}`,
      ]);
    });
  withExample(out, 'project export moving.qdpx --study "Moving house"');

  const into = project
    .command('import <file>')
    .description('Bring in a project (.qdpx) or codebook (.qdc), and say what became of everything in it')
    .requiredOption('--study <study>', 'into which study, by id or name')
    .option('--may-quote', 'those interviewed agreed to be quoted (default: it is not known)')
    .option('--dry-run', 'say what would become of everything and bring in nothing')
    .option('--json', 'print JSON')
    .action(async (file: string, options: { study: string; mayQuote?: boolean; dryRun?: boolean }, self: Command) => {
      const desk = openDesk(self, environment);
      const bytes = await readBytes(file);
      const preview = await desk.withVerbatim(async (verbatim) => {
        const study = await studyNamed(verbatim, options.study);
        const { projectImports } = verbatim;
        const draft = await projectImports.stage(study, { name: path.basename(file), bytes }, null);
        const seen = await projectImports.preview(study, draft);
        if (options.dryRun) await projectImports.forget(draft);
        else await projectImports.bringIn(study, draft, { mayQuote: options.mayQuote ?? false }, null);
        return seen;
      });
      desk.say({ dryRun: options.dryRun ?? false, ...preview }, [
        ...(await linesOf(preview.rows)),
        ...preview.notes,
        options.dryRun
          ? 'Nothing was brought in'
          : preview.isNew
            ? 'It is in the study'
            : 'All of it was there already',
      ]);
    });
  withExample(into, 'project import theirs.qdpx --study "Moving house" --dry-run');
}

const linesOf = async (rows: readonly LossRow[]): Promise<string[]> => {
  const { lossText } = await import('../../exchange/refi-qda/loss-ledger.ts');
  return rows.length === 0 ? [] : [lossText(rows)];
};

function readAudience(text: string): Audience {
  if (text === 'client' || text === 'public') return text;
  throw new UsageError('--audience is client or public; for the study’s own people say --internal with a reason');
}
