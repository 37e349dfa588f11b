import { type Command, Option } from 'commander';
import type { Role } from '../../store/accounts.ts';
import { type Environment, openDesk, readPassword, studyNamed } from '../desk.ts';
import { withExample } from '../example.ts';
import { UsageError } from '../exit.ts';

type AddOptions = { email: string; name?: string; admin?: boolean; role?: Role; study?: string };

/** `user`: accounts, for whoever owns the data folder. */
export function addUserCommand(program: Command, environment: Environment): void {
  const user = program.command('user').description('Accounts: add one, set a password, shut out, let in again');

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

  const disable = user
    .command('disable')
    .description('Shut somebody out, which also ends every session of the account')
    .requiredOption('--email <address>', 'whose')
    .option('--json', 'print JSON')
    .action(async ({ email }: { email: string }, self: Command) => {
      const desk = openDesk(self, environment);
      await desk.withVerbatim((verbatim) => verbatim.accounts.setDisabled(email, true));
      desk.say({ email }, `${email} is shut out; every session has ended`);
    });
  withExample(disable, 'user disable --email ada@example.org');

  const enable = user
    .command('enable')
    .description('Let somebody in again who was shut out')
    .requiredOption('--email <address>', 'whose')
    .option('--json', 'print JSON')
    .action(async ({ email }: { email: string }, self: Command) => {
      const desk = openDesk(self, environment);
      await desk.withVerbatim((verbatim) => verbatim.accounts.setDisabled(email, false));
      desk.say({ email }, `${email} may sign in again`);
    });
  withExample(enable, 'user enable --email ada@example.org');

  const address = user
    .command('address')
    .description('Give an account another e-mail address, which also ends every session')
    .requiredOption('--email <address>', 'whose')
    .requiredOption('--to <address>', 'the new address')
    .option('--json', 'print JSON')
    .action(async ({ email, to }: { email: string; to: string }, self: Command) => {
      const desk = openDesk(self, environment);
      await desk.withVerbatim((verbatim) => verbatim.accounts.setEmail(email, to));
      desk.say({ email: to }, `${email} signs in as ${to} from now on; every session has ended`);
    });
  withExample(address, 'user address --email ada@example.org --to ada@example.com');

  const secondFactor = user
    .command('no-second-factor')
    .description('Take away app, passkeys and recovery codes of somebody who lost them; every session ends')
    .requiredOption('--email <address>', 'whose')
    .option('--json', 'print JSON')
    .action(async ({ email }: { email: string }, self: Command) => {
      const desk = openDesk(self, environment);
      await desk.withVerbatim((verbatim) => verbatim.accounts.removeSecondFactors(email));
      desk.say({ email }, `${email} signs in with a password alone until something is set up again`);
    });
  withExample(secondFactor, 'user no-second-factor --email ada@example.org');
}
