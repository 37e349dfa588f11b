import { accessGuards } from './access-rows.ts';
import { attackGuards } from './attack-rows.ts';
import type { Guard } from './guard.ts';

/** Every guard that is proved to be missed by a test: a file of rows for each part of the list of attacks. */
export const guards: readonly Guard[] = [...accessGuards, ...attackGuards];

/** The attacks that no single line of code keeps out, and why. */
export const WITHOUT_A_GUARD: Readonly<Record<string, string>> = {
  A31: 'what keeps it out is how the server is started and which packages there are, not a line that could be taken away',
  A35: 'a survey that is not published has no version that could be shown, so there is nothing to take away',
};
