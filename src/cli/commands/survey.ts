import path from 'node:path';
import type { Command } from 'commander';
import type { ImportReport } from '../../exchange/surveys/report.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { type Environment, openDesk, openingLines, readBytes, studyNamed, surveyAddress } from '../desk.ts';
import { withExample } from '../example.ts';

/** `survey`: definitions in and the list of them out. */
export function addSurveyCommand(program: Command, environment: Environment): void {
  const survey = program.command('survey').description('Surveys: import one, list them');

  const load = survey
    .command('import <file>')
    .description(
      'Import a survey of Verbatim, SurveyJS (.json), LimeSurvey (.lss) or Qualtrics (.qsf) and print its address',
    )
    .requiredOption('--study <study>', 'into which study, by id or name')
    .option('--publish', 'publish it at once, so that it can be answered')
    .option('--dry-run', 'say what becomes of each part and import nothing')
    .option('--json', 'print JSON')
    .action(async (file: string, options: { study: string; publish?: boolean; dryRun?: boolean }, self: Command) => {
      const desk = openDesk(self, environment);
      const bytes = await readBytes(file);
      const { readSurveyFile, isOwnSurvey, SOURCE_NAMES } = await import('../../exchange/surveys/read-survey-file.ts');
      const text = new TextDecoder().decode(bytes);
      const report = isOwnSurvey(text) ? null : readSurveyFile(path.basename(file), bytes);
      const lines = report
        ? [
            `Read as ${SOURCE_NAMES[report.source]}, by its documented shape: look at each line`,
            ...report.mapped.map(({ from, to, note }) => `  ${from} → ${to}${note ? ` (${note})` : ''}`),
            ...report.unmapped.map(({ from, what, why }) => `  not taken over: ${from}: ${what}. ${why}`),
            ...report.warnings.map(({ pointer, detail }) => `  to look at: ${detail} (${pointer})`),
          ]
        : [];
      const json = report ? JSON.stringify(await madeOf(report)) : text;
      const imported = await desk.withVerbatim(async (verbatim) => {
        const { id } = await studyNamed(verbatim, options.study);
        // Looked at before anything is written, so that a call that fails can simply be made again.
        const definition = verbatim.surveys.read(json);
        if (options.publish)
          await refuseFaults(await verbatim.surveys.faults({ studyId: id, draft: definition, isAnonymous: 0 }));
        if (options.dryRun) return null;
        const added = await verbatim.surveys.importJson(id, json);
        if (options.publish) await verbatim.surveys.publish(added, added.draftRevision, null);
        return added;
      });
      const said = report && {
        source: report.source,
        mapped: report.mapped,
        unmapped: report.unmapped,
        warnings: report.warnings,
      };
      if (imported === null) {
        desk.say({ dryRun: true, slug: null, address: null, published: false, ...said }, [
          ...lines,
          'Nothing was imported',
        ]);
        return;
      }
      const address = surveyAddress(desk.config, imported);
      desk.say({ slug: imported.slug, address, published: options.publish ?? false, ...said }, [
        ...lines,
        `${imported.slug}  ${address}`,
        ...openingLines(desk.config),
        ...(options.publish ? [] : ['It is a draft: publish it in the studio, or import it with --publish']),
      ]);
    });
  withExample(
    load,
    'survey import templates/surveys/satisfaction.json --study "Moving house" --publish',
    'survey import customers.lss --study "Moving house" --dry-run',
  );

  const list = survey
    .command('list')
    .description('List the surveys of a study')
    .requiredOption('--study <study>', 'of which study, by id or name')
    .option('--json', 'print JSON')
    .action(async ({ study }: { study: string }, self: Command) => {
      const desk = openDesk(self, environment);
      const surveys = await desk.withVerbatim(async (verbatim) => {
        const { id } = await studyNamed(verbatim, study);
        const counts = await verbatim.store.responses.countBySurvey(id);
        return (await verbatim.store.surveys.list(id)).map((one) => ({
          slug: one.slug,
          address: surveyAddress(desk.config, one),
          state: one.publishedVersionId === null ? 'draft' : one.state,
          completed: counts.get(one.id)?.completed ?? 0,
        }));
      });
      desk.say(
        surveys,
        surveys.length === 0
          ? 'There are no surveys in this study yet'
          : [
              ...surveys.map((one) => `${one.slug}  ${one.state}, ${one.completed} completed  ${one.address}`),
              ...openingLines(desk.config),
            ],
      );
    });
  withExample(list, 'survey list --study "Moving house"');
}

/** @throws Problem `invalid` when nothing could be made of the file */
async function madeOf({ definition, warnings }: ImportReport): Promise<SurveyDefinition> {
  if (definition) return definition;
  const { Problem } = await import('../../model/problem.ts');
  throw new Problem('invalid', 'Nothing in this file could become a survey', { errors: [...warnings] });
}

async function refuseFaults(faults: readonly { pointer: string; detail: string }[]): Promise<void> {
  if (faults.length === 0) return;
  const { Problem } = await import('../../model/problem.ts');
  throw new Problem('invalid', 'This survey cannot be published yet', {
    detail: faults.some(({ pointer }) => !pointer.startsWith('#/notice'))
      ? 'Mend the places listed and import it again'
      : 'Its privacy notice is not whole: say what is missing with "verbatim notice set", then import it again',
    errors: [...faults],
  });
}
