import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type AppliedStep, SCHEMA_VERSION, stepFault } from '../store/migrate.ts';

/** One thing looked at; a note is worth knowing and no fault. */
export type Check = { name: string; state: 'good' | 'note' | 'wrong'; detail: string };

/** A clock may be off by so much before times are wrong by more than anybody would notice. */
const CLOCK_OFF_MAX_MS = 5 * 60_000;

export const check = (name: string, isGood: boolean, good: string, wrong: string): Check => ({
  name,
  state: isGood ? 'good' : 'wrong',
  detail: isGood ? good : wrong,
});

/*
 * What is asked of a database whatever its engine, given what was read from it.
 */

/** @param beforeIt what happens before an upgrade, in a few words */
export function schemaCheck(number: number, beforeIt: string): Check {
  if (number < SCHEMA_VERSION)
    return {
      name: 'schema',
      state: 'note',
      detail: `${number}; the next start brings it to ${SCHEMA_VERSION}${beforeIt}`,
    };
  return check(
    'schema',
    number === SCHEMA_VERSION,
    String(number),
    `${number} was made by a newer Verbatim; this one knows ${SCHEMA_VERSION}`,
  );
}

export function stepsCheck(applied: readonly AppliedStep[]): Check {
  const fault = stepFault(applied, { withChecksums: true });
  const unknown = applied.filter(({ checksum }) => checksum === null).length;
  const kept =
    unknown === 0 ? 'with the checksums they have here' : `${unknown} of them from before checksums were kept`;
  return check('steps of the schema', fault === null, `${applied.length}, ${kept}`, fault ?? '');
}

/** @param last the number of the newest record; @param seen of the newest that results were made of */
export function projectionsCheck(last: number, seen: number): Check {
  const behind = last - seen;
  return behind > 0
    ? {
        name: 'projections',
        state: 'note',
        detail: `up to ${behind} records behind; a running Verbatim catches up by itself`,
      }
    : { name: 'projections', state: 'good', detail: 'caught up with the records' };
}

/** Recordings that the database knows and the folder has lost, or the other way about. */
export function recordingsCheck(known: readonly string[], folder: string): Check {
  const media = path.join(folder, 'media');
  const found = new Set(existsSync(media) ? readdirSync(media).filter((one) => one !== 'arriving') : []);
  const lost = known.filter((id) => !found.has(id)).length;
  const name = 'recordings';
  if (lost > 0)
    return {
      name,
      state: 'wrong',
      detail: `${lost} of ${known.length} are missing in ${media}. Bring them back from the files of a copy`,
    };
  const strange = found.size - known.length;
  return strange > 0
    ? { name, state: 'note', detail: `${strange} files in ${media} belong to no interview` }
    : { name, state: 'good', detail: `${known.length}, each with its file` };
}

/** Times are kept as this machine tells them: one that is behind what was kept already would put things out of order. */
export function clockCheck(newest: string | undefined, now: Date): Check {
  const offMs = newest === undefined ? 0 : Date.parse(newest) - now.getTime();
  return check(
    'clock',
    !(offMs > CLOCK_OFF_MAX_MS),
    now.toISOString(),
    `${now.toISOString()} is earlier than the newest record (${newest}). Set this machine’s clock`,
  );
}
