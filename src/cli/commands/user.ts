import { type Command, Option } from 'commander';
import type { Role } from '../../store/accounts.ts';
import { type Environment, openDesk, readPassword, studyNamed } from '../desk.ts';
import { withExample } from '../example.ts';
import { UsageError } from '../exit.ts';

type AddOptions = { email: string; name?: string; admin?: boolean; role?: Role; study?: string };

/** `user`: accounts, for whoever owns the data folder. */
export function addUserCommand(program: Command, environment: Environment): void {
  const user = program.command('user').description('Accounts: add one, set a password, forget wrong tries');

  const add = user
    .command('add')
    .description('Make an account; the password is the first line of standard input')
    .requiredOption('--email <address>', 'what they sign in with')
    .option('--name <name>', 'how they are called (default: the part before the @)')
    .option('--admin', 'an owner of every workspace, who may also manage the installation')
    .addOption(new Option('--role <role>', 'what they may do').choices(['owner', 'researcher', 'viewer']))
    .option('--study <study>', 'give the role in this study only, by id or name (default: in every workspace)')
    .requiredOption('--password-stdin', 'read the password from standard input')
    .option('--json', 'print JSON')
    .action(async ({ email, name, admin, role, study }: AddOptions, self: Command) => {
      if (Boolean(admin) === Boolean(role))
        throw new UsageError('say either --admin or --role owner|researcher|viewer');
      if (admin && study !== undefined) throw new UsageError('--study goes with --role, not with --admin');
      const desk = openDesk(self, environment);
      const password = await readPassword();
      const added = await desk.withVerbatim(async (verbatim) => {
        const studyId = study === undefined ? null : (await studyNamed(verbatim, study)).id;
        return verbatim.accounts.add(
          { email, name: name ?? email.split('@')[0] ?? email, password },
          { isAdmin: admin ?? false, role: role ?? 'owner', studyId },
        );
      });
      desk.say({ id: added.publicId, email: added.email, name: added.name }, `Made an account for ${added.email}`);
    });
  withExample(add, 'user add --email ada@example.org --role researcher --password-stdin < password.txt');

  const password = user
    .command('password')
    .description('Set a new password, which also ends every session of the account')
    .requiredOption('--email <address>', 'whose')
    .requiredOption('--password-stdin', 'read the password from standard input')
    .option('--json', 'print JSON')
    .action(async ({ email }: { email: string }, self: Command) => {
      const desk = openDesk(self, environment);
      const next = await readPassword();
      await desk.withVerbatim((verbatim) => verbatim.accounts.setPassword(email, next));
      desk.say({ email }, `${email} has a new password; every session has ended`);
    });
  withExample(password, 'user password --email ada@example.org --password-stdin < password.txt');

  const unlock = user
    .command('unlock')
    .description('Forget the wrong passwords that keep an address waiting')
    .requiredOption('--email <address>', 'whose')
    .option('--json', 'print JSON')
    .action(async ({ email }: { email: string }, self: Command) => {
      const desk = openDesk(self, environment);
      await desk.withVerbatim((verbatim) => verbatim.accounts.unlock(email));
      desk.say({ email }, `${email} may try again`);
    });
  withExample(unlock, 'user unlock --email ada@example.org');
}
