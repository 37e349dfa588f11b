import type { Command } from 'commander';
import { type Environment, openDesk, readBytes, studyNamed, surveyAddress } from '../desk.ts';
import { withExample } from '../example.ts';

/** `survey`: definitions in and the list of them out. */
export function addSurveyCommand(program: Command, environment: Environment): void {
  const survey = program.command('survey').description('Surveys: import one, list them');

  const load = survey
    .command('import <file>')
    .description('Import a survey in format 1 and print its address')
    .requiredOption('--study <study>', 'into which study, by id or name')
    .option('--publish', 'publish it at once, so that it can be answered')
    .option('--json', 'print JSON')
    .action(async (file: string, { study, publish }: { study: string; publish?: boolean }, self: Command) => {
      const desk = openDesk(self, environment);
      const json = new TextDecoder().decode(await readBytes(file));
      const imported = await desk.withVerbatim(async (verbatim) => {
        const { id } = await studyNamed(verbatim, study);
        const { checkSurvey } = await import('../../logic/check-survey.ts');
        // Looked at before anything is written, so that a call that fails can simply be made again.
        if (publish) await refuseFaults(checkSurvey(verbatim.surveys.read(json)));
        const added = await verbatim.surveys.importJson(id, json);
        if (publish) await verbatim.surveys.publish(added, added.draftRevision, null);
        return added;
      });
      const address = surveyAddress(desk.config, imported);
      desk.say({ slug: imported.slug, address, published: publish ?? false }, [
        `${imported.slug}  ${address}`,
        ...(publish ? [] : ['It is a draft: publish it in the studio, or import it with --publish']),
      ]);
    });
  withExample(load, 'survey import templates/surveys/satisfaction.json --study "Moving house" --publish');

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
          : surveys.map((one) => `${one.slug}  ${one.state}, ${one.completed} completed  ${one.address}`),
      );
    });
  withExample(list, 'survey list --study "Moving house"');
}

async function refuseFaults(faults: readonly { pointer: string; detail: string }[]): Promise<void> {
  if (faults.length === 0) return;
  const { Problem } = await import('../../model/problem.ts');
  throw new Problem('invalid', 'This survey cannot be published yet', {
    detail: 'Mend the places listed and import it again',
    errors: [...faults],
  });
}
