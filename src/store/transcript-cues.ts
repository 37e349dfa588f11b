import type { Kysely } from 'kysely';
import type { TurnCue } from '../coding/turns.ts';
import type { FollowSpan } from './corrections.ts';
import type { SourceText } from './notes.ts';
import type { Tables } from './tables.ts';

type Place = Pick<SourceText, 'publicId' | 'version'>;
export type NewCues = Place & { studyId: number; cues: readonly TurnCue[] };

/** Ids are 22 letters each, so that so many fit a statement of either engine. */
const PART = 200;
const placeOf = (sourceId: string, version: number) => `${sourceId} ${version}`;

/** The captions that turns were joined of. */
export function transcriptCueStore(db: Kysely<Tables>) {
  return {
    /**
     * The captions of turns, in order.
     *
     * @returns by id and version with a space between them; a turn that was one caption is not in it
     */
    of: async (turns: readonly Place[]): Promise<Map<string, TurnCue[]>> => {
      const found = new Map<string, TurnCue[]>();
      const wanted = new Set(turns.map(({ publicId, version }) => placeOf(publicId, version)));
      for (let from = 0; from < turns.length; from += PART) {
        const rows = await db
          .selectFrom('transcriptCues')
          .selectAll()
          .where(
            'sourceId',
            'in',
            turns.slice(from, from + PART).map(({ publicId }) => publicId),
          )
          .orderBy('sourceId')
          .orderBy('startPoint')
          .execute();
        for (const { sourceId, sourceVersion, startPoint, startMs, endMs } of rows) {
          const place = placeOf(sourceId, sourceVersion);
          if (!wanted.has(place)) continue;
          const cues = found.get(place) ?? [];
          cues.push({ start: startPoint, startMs: Number(startMs), endMs: endMs === null ? null : Number(endMs) });
          found.set(place, cues);
        }
      }
      return found;
    },
  };
}

export async function addCues(trx: Kysely<Tables>, turns: readonly NewCues[]): Promise<void> {
  const rows = turns.flatMap(({ studyId, publicId, version, cues }) =>
    cues.map(({ start, startMs, endMs }) => ({
      studyId,
      sourceId: publicId,
      sourceVersion: version,
      startPoint: start,
      startMs,
      endMs,
    })),
  );
  for (let from = 0; from < rows.length; from += PART)
    await trx
      .insertInto('transcriptCues')
      .values(rows.slice(from, from + PART))
      .execute();
}

export async function dropCues(trx: Kysely<Tables>, sourceIds: readonly string[]): Promise<void> {
  for (let from = 0; from < sourceIds.length; from += PART)
    await trx
      .deleteFrom('transcriptCues')
      .where('sourceId', 'in', sourceIds.slice(from, from + PART))
      .execute();
}

/**
 * Takes captions along to the corrected version of their turn: one whose words are gone goes, and of two that begin at the
 * same place the first stays.
 *
 * @param length of the turn before, in code points
 */
export async function moveCues(
  trx: Kysely<Tables>,
  { source, length, version }: { source: SourceText; length: number; version: number },
  follow: FollowSpan,
): Promise<void> {
  const place = placeOf(source.publicId, source.version);
  const cues = (await transcriptCueStore(trx).of([source])).get(place) ?? [];
  if (cues.length === 0) return;
  let last = -1;
  const moved = cues.flatMap((cue, index) => {
    const to = follow({ start: cue.start, end: cues[index + 1]?.start ?? length });
    if (!to || to.spanStart <= last) return [];
    last = to.spanStart;
    return [{ ...cue, start: to.spanStart }];
  });
  await dropCues(trx, [source.publicId]);
  await addCues(trx, [{ studyId: source.studyId, publicId: source.publicId, version, cues: moved }]);
}
