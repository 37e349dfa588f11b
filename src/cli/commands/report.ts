import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type Environment, openDesk, studyNamed } from '../desk.ts';
import { withExample } from '../example.ts';

type Options = {
  study: string;
  out: string;
  audience: string;
  persona?: string;
  personaVersion?: string;
  segmentation?: string;
  reason?: string;
  page?: boolean;
};

/** `report`: a report of a study as a file. */
export function addReportCommand(program: Command, environment: Environment): void {
  const report = program
    .command('report <kind> <format>')
    .description(
      'Write a report: persona-sheet, persona-set, study-report, segment-comparison, code-book or quote-book as html, pdf, docx, pptx, png, md, json, csv or qdpx',
    )
    .requiredOption('--study <study>', 'of which study, by id or name')
    .requiredOption('--out <file>', 'where it is written')
    .option('--audience <audience>', 'who is to read it: internal, client or public', 'client')
    .option('--persona <persona>', 'of a sheet: which persona, by id or name')
    .option('--persona-version <number>', 'of a sheet: which version; the newest unless told')
    .option('--segmentation <segmentation>', 'of a comparison: which segmentation, by id or name')
    .option('--reason <reason>', 'why words go out without leave, where they do; it is kept')
    .option('--page', 'of a PDF: have the Chromium of VERBATIM_REPORT_CHROMIUM print the page')
    .option('--json', 'print JSON')
    .action(async (kind: string, format: string, options: Options, self: Command) => {
      const desk = openDesk(self, environment);
      const { bytes, notices } = await desk.withVerbatim(async (verbatim) => {
        const study = await studyNamed(verbatim, options.study);
        const { store, reports } = verbatim;
        const named = <One extends { publicId: string }>(
          all: readonly One[],
          text: string | undefined,
          nameOf: (one: One) => string,
        ) =>
          (all.find(({ publicId }) => publicId === text) ?? all.find((one) => nameOf(one) === text))?.publicId ??
          text ??
          '';
        const built = await reports.make(
          study,
          {
            kind,
            format,
            audience: options.audience,
            persona: named(
              await store.personas.list(study.id),
              options.persona,
              ({ versions }) => versions[0]?.name ?? '',
            ),
            version: options.personaVersion ?? '',
            segmentation: named(await store.segmentations.list(study.id), options.segmentation, ({ name }) => name),
            reason: options.reason ?? '',
            print: options.page ? 'page' : 'own',
          },
          null,
        );
        await writeFile(options.out, built.bytes, { mode: 0o600 });
        return { bytes: built.bytes.length, notices: built.document.notices };
      });
      desk.say({ file: options.out, bytes, notices }, [...notices, `Written to ${options.out}`]);
    });
  withExample(report, 'report study-report pdf --study "Moving house" --out moving.pdf');
}
