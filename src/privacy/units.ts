import type { PersonalKind } from './mask-text.ts';

/** A stretch in code units, as the engine counts, before it is told in code points. */
export type Found = { from: number; to: number; kind: PersonalKind };
