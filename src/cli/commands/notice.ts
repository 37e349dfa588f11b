import type { Command } from 'commander';
import type { NoticePlace } from '../../store/privacy-notices.ts';
import type { Verbatim } from '../../verbatim.ts';
import { type Environment, openDesk, readBytes, studyNamed } from '../desk.ts';
import { withExample } from '../example.ts';

type Where = { study?: string; workspace?: string };

/** `notice`: the privacy notice, of the installation unless a workspace or a study is named. */
export function addNoticeCommand(program: Command, environment: Environment): void {
  const notice = program
    .command('notice')
    .description('Privacy notices: what people are told before the first question of a survey');
  const where = (command: Command) =>
    command
      .option('--study <study>', 'of which study, by id or name')
      .option('--workspace <workspace>', 'of which workspace, by id or name (default: of the whole installation)')
      .option('--json', 'print JSON');

  const set = where(notice.command('set <file>'))
    .description('Take a notice from a JSON file; studies inherit what they do not say themselves')
    .action(async (file: string, options: Where, self: Command) => {
      const desk = openDesk(self, environment);
      const said = await readJson(file);
      const place = await desk.withVerbatim(async (verbatim) => {
        const place = await placeOf(verbatim, options);
        const { revision } = await verbatim.privacyNotices.read(place);
        await verbatim.privacyNotices.save(place, revision, said, null);
        return place;
      });
      desk.say({ ...place, saved: true }, 'The notice is saved. Surveys show it once they are published');
    });
  withExample(set, 'notice set notice.json', 'notice set notice.json --study "Moving house"');

  const show = where(notice.command('show'))
    .description('Print a notice as JSON, as `notice set` takes it')
    .action(async (options: Where, self: Command) => {
      const desk = openDesk(self, environment);
      const kept = await desk.withVerbatim(async (verbatim) =>
        verbatim.privacyNotices.read(await placeOf(verbatim, options)),
      );
      desk.say(kept.notice, JSON.stringify(kept.notice, null, 2));
    });
  withExample(show, 'notice show --study "Moving house"');
}

async function placeOf(verbatim: Verbatim, { study, workspace }: Where): Promise<NoticePlace> {
  if (study !== undefined) return { workspaceId: null, studyId: (await studyNamed(verbatim, study)).id };
  if (workspace === undefined) return { workspaceId: null, studyId: null };
  const found = await verbatim.store.studies.workspaceFor(workspace, verbatim.now().toISOString());
  if (found) return { workspaceId: found.id, studyId: null };
  const { Problem } = await import('../../model/problem.ts');
  throw new Problem('not-found', `There is no workspace called ${workspace}`);
}

/** @throws Problem `invalid` when the file holds no JSON */
async function readJson(file: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readBytes(file));
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const { Problem } = await import('../../model/problem.ts');
    throw new Problem('invalid', 'This file is not JSON', { detail: (error as Error).message, cause: error });
  }
}
