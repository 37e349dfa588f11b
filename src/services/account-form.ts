import type { ProblemError } from '../model/problem.ts';
import { isCommonPassword } from './common-passwords.ts';
import { PASSWORD_MAX, PASSWORD_MIN } from './passwords.ts';

export type NewAccount = { email: string; name: string; password: string };

/** A shorter name before the @ stands in too many good passwords to be held against them. */
const OWN_NAME_MIN = 4;

/** An address as it is kept and compared. */
export const foldAddress = (email: string): string => email.trim().toLowerCase().slice(0, 300);

export const addressFaults = (email: string): ProblemError[] =>
  /^[^\s@<>"]{1,64}@[^\s@<>"]{1,190}$/.test(email)
    ? []
    : [{ pointer: '#/email', detail: 'Enter an e-mail address, such as name@example.org' }];

export const nameFaults = (name: string): ProblemError[] =>
  name.trim() === '' || name.length > 200
    ? [{ pointer: '#/name', detail: 'Enter a name of at most 200 characters' }]
    : [];

/** What stands against a password; nothing for one that may be used. */
export async function passwordFaults(password: string, email: string): Promise<ProblemError[]> {
  const fault = (detail: string) => [{ pointer: '#/password', detail }];
  const ownName = email.split('@')[0]?.toLowerCase() ?? '';
  if (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX)
    return fault(`Choose a password of ${PASSWORD_MIN} to ${PASSWORD_MAX} characters`);
  if ((ownName.length >= OWN_NAME_MIN && password.toLowerCase().includes(ownName)) || /^(.)\1*$/.test(password))
    return fault('Choose a password that does not hold the name in your address and is not one letter repeated');
  if (await isCommonPassword(password))
    return fault('Choose another password: this one is among those that are guessed first');
  return [];
}

export const accountFaults = async ({ email, name, password }: NewAccount): Promise<ProblemError[]> => [
  ...addressFaults(email),
  ...nameFaults(name),
  ...(await passwordFaults(password, email)),
];
