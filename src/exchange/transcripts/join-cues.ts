import { codePointLength } from '../../coding/spans.ts';
import type { Turn, TurnCue } from '../../coding/turns.ts';
import { isNobody } from './speaker-labels.ts';
import type { Cue, ParsedTranscript } from './transcript.ts';

export type Joining = {
  /** Cues of one speaker at most so far apart become one turn; null joins none, Infinity all that follow one another. */
  withinMs: number | null;
  /** A cue without a speaker belongs to the one before, as podcasts write it. */
  carriesForward?: boolean;
  /** Lines that the cue before has shown already are left out, as rolling captions repeat them. */
  dropsRepeats?: boolean;
  /** What becomes of each speaker; who is not named here stays as they are. */
  speakers?: ReadonlyMap<string, SpeakerFate>;
};

/** Kept under a name (null for nobody's), left out, or no name at all: then it goes back into the words. */
export type SpeakerFate = { kind: 'named'; name: string | null } | { kind: 'dropped' } | { kind: 'words' };

export const USUAL_GAP_MS = 2000;
/** Captions without speakers are cut where a sentence ends after so many signs, or nobody could code them. */
const UNATTRIBUTED_SIGNS = 500;
/** A repeated line stands in the next cue at once. */
const ROLLING_GAP_MS = 200;

/** What is usual for a file: captions are joined, blocks that somebody wrote stay as they are. */
export const usualJoining = (parsed: ParsedTranscript): Joining => ({
  withinMs: parsed.isCued ? USUAL_GAP_MS : null,
  dropsRepeats: isRolling(parsed),
  carriesForward: false,
});

/** True for captions in which cues begin with what the one before ended with, as YouTube's do. */
export function isRolling({ cues, isCued }: ParsedTranscript): boolean {
  if (!isCued || cues.length < 4) return false;
  const repeats = cues.filter((cue, index) => overlap(cues[index - 1], cue) > 0).length;
  return repeats * 3 >= cues.length;
}

/** True for captions in which some cues name a speaker and others, after them, do not. */
export const mayCarryForward = ({ cues, isCued }: ParsedTranscript): boolean => {
  const first = cues.findIndex(({ speaker }) => speaker !== null);
  return isCued && first >= 0 && cues.slice(first).some(({ speaker }) => speaker === null);
};

/** How many lines at the beginning of a cue are those the one before ended with. */
function overlap(before: Cue | undefined, cue: Cue): number {
  if (!before || before.speaker !== cue.speaker) return 0;
  if ((cue.startMs ?? 0) - (before.endMs ?? before.startMs ?? 0) > ROLLING_GAP_MS) return 0;
  const [ended, begun] = [before.text.split('\n'), cue.text.split('\n')];
  for (let count = Math.min(ended.length, begun.length, 4); count > 0; count -= 1)
    if (ended.slice(-count).every((line, index) => line === begun[index])) return count;
  return 0;
}

/** Makes turns of cues: with the speakers as a researcher sorted them, without repeats, and joined. */
export const joinCues = (parsed: ParsedTranscript, joining: Joining): Turn[] =>
  joinKeepingCues(parsed, joining).map(({ turn }) => turn);

/** Turns as `joinCues` makes them, with the captions that each was joined of; none for a turn that was one. */
export function joinKeepingCues(parsed: ParsedTranscript, joining: Joining): { turn: Turn; cues: TurnCue[] }[] {
  const { withinMs, carriesForward = false, dropsRepeats = false } = joining;
  const joined: { turn: Turn; cues: TurnCue[]; length: number }[] = [];
  let carried: string | null = null;
  for (const [index, cue] of parsed.cues.entries()) {
    if (cue.speaker !== null) carried = cue.speaker;
    const text = dropsRepeats
      ? cue.text
          .split('\n')
          .slice(overlap(parsed.cues[index - 1], cue))
          .join('\n')
      : cue.text;
    const said = fateOf(carriesForward ? carried : cue.speaker, text, joining.speakers);
    if (!said) continue;
    // Line ends become one sign here already, since places are counted in what is kept.
    const words = parsed.isCued ? said.text.replaceAll(/\s+/g, ' ').trim() : said.text.replaceAll(/\r\n?/g, '\n');
    if (words.trim() === '') continue;
    const { startMs, endMs } = cue;
    const length = codePointLength(words);
    const last = joined.at(-1);
    if (last && withinMs !== null && belongs(last.turn, said.speaker, cue, withinMs)) {
      if (startMs !== null) last.cues.push({ start: last.length + 1, startMs, endMs });
      last.turn.text += `${parsed.isCued ? ' ' : '\n'}${words}`;
      last.turn.endMs = latest(last.turn.endMs, endMs);
      last.length += 1 + length;
    } else
      joined.push({
        turn: { speaker: said.speaker, startMs, endMs, text: words },
        cues: startMs === null ? [] : [{ start: 0, startMs, endMs }],
        length,
      });
  }
  return joined.map(({ turn, cues }) => ({ turn, cues: cues.length > 1 ? cues : [] }));
}

function fateOf(
  speaker: string | null,
  text: string,
  fates: ReadonlyMap<string, SpeakerFate> | undefined,
): { speaker: string | null; text: string } | null {
  const fate = fates?.get(speaker ?? '');
  if (!fate) return { speaker: speaker !== null && isNobody(speaker) ? null : speaker, text };
  if (fate.kind === 'dropped') return null;
  if (fate.kind === 'words') return { speaker: null, text: speaker === null ? text : `${speaker}: ${text}` };
  return { speaker: fate.name, text };
}

function belongs(last: Turn, speaker: string | null, cue: Cue, withinMs: number): boolean {
  if (last.speaker !== speaker) return false;
  if (withinMs === Number.POSITIVE_INFINITY) return speaker !== null;
  const since = last.endMs ?? null;
  if (since === null || cue.startMs === null || cue.startMs - since > withinMs) return false;
  return speaker !== null || last.text.length < UNATTRIBUTED_SIGNS || !/[.?!…。？！]["'”’»)]?$/u.test(last.text);
}

const latest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (b ?? a) : Math.max(a, b);
