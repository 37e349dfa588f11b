import { accessGuards } from './access-rows.ts';
import type { Guard } from './guard.ts';

/** Every guard that is proved to be missed by a test: a file of rows for each part of the checklist. */
export const guards: readonly Guard[] = [...accessGuards];
