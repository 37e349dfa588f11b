import { randomInt } from 'node:crypto';
import type { Command } from 'commander';
import type { Verbatim } from '../../verbatim.ts';
import { type Environment, openDesk } from '../desk.ts';
import { withExample } from '../example.ts';

const EMAIL = 'ada@fennimoor.example';
/** Read from a terminal and typed, so without letters that look alike. */
const PASSWORD_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const PASSWORD_LENGTH = 20;

/** `demo`: an example study, analysed, in a folder of its own, and opened. */
export function addDemoCommand(program: Command, environment: Environment): void {
  const command = program
    .command('demo')
    .description(
      'Build the invented example study “Moving house” in a folder of its own (data/live-demo), then serve it',
    )
    .option('--fresh', 'remove an earlier demonstration and build it anew')
    .option('--build-only', 'build it and end')
    .option('--json', 'with --build-only, print JSON')
    .action(async ({ fresh, buildOnly }: { fresh?: boolean; buildOnly?: boolean }, self: Command) => {
      const desk = openDesk(self, environment, 'live-demo');
      const { folder, config } = desk;
      const { prepareDemoFolder } = await import('../demo/demo-folder.ts');
      const { buildDemo } = await import('../demo/build-demo.ts');
      const isNew = await prepareDemoFolder(folder, { isFresh: fresh ?? false });
      // Progress goes beside the outcome, so that standard output holds the outcome alone.
      if (isNew) await buildDemo({ folder, limits: config.limits }, (step) => void process.stderr.write(`${step}\n`));
      if (buildOnly) {
        desk.say(
          { folder, built: isNew },
          isNew ? `Built the demonstration in ${folder}` : `The demonstration is in ${folder} already`,
        );
        return;
      }
      const { serveFolder } = await import('../serve-folder.ts');
      await serveFolder({
        folder,
        // A demonstration has a file of its own, whatever holds the studies.
        config: { ...config, databaseUrl: null },
        greet: async (verbatim, url) => signInLines(url, await giveAccount(verbatim)),
      });
    });
  withExample(command, 'demo', 'demo --fresh');
}

/** A new password at every start: none is kept, and none is the same for everybody. */
async function giveAccount({ accounts, store }: Verbatim): Promise<string> {
  const password = Array.from(
    { length: PASSWORD_LENGTH },
    () => PASSWORD_LETTERS[randomInt(PASSWORD_LETTERS.length)],
  ).join('');
  if (await store.accounts.findByEmail(EMAIL)) await accounts.setPassword(EMAIL, password);
  else
    await accounts.add(
      { email: EMAIL, name: 'Ada of the demonstration', password },
      { isAdmin: true, role: 'owner', studyId: null },
    );
  return password;
}

const signInLines = (url: string, password: string): string[] => [
  'This is the demonstration: the shop, its people and their answers are invented.',
  `  Sign in at ${url}/sign-in`,
  `  E-mail     ${EMAIL}`,
  `  Password   ${password}`,
];
