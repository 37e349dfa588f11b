import { Problem } from '../model/problem.ts';
import type { House } from './app.ts';
import type { StudioVisit } from './doorway.ts';

/**
 * Lets on only whoever showed within the last minutes who they are, for what would do most harm in the hands of somebody who
 * found a browser open.
 *
 * @throws Problem `unconfirmed`, which leads people to the page where they show it, and back
 */
export function insistFresh({ verbatim }: Pick<House, 'verbatim'>, { user }: StudioVisit): void {
  if (!verbatim.accounts.reauthenticated(user))
    throw new Problem('unconfirmed', 'Show once more that it is you', {
      detail: 'Confirm your password at /studio/account/confirm, then send this again',
    });
}
