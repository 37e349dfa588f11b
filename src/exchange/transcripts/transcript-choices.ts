import { type Joining, type SpeakerFate, USUAL_GAP_MS, usualJoining } from './join-cues.ts';
import { isNobody } from './speaker-labels.ts';
import type { ParsedTranscript } from './transcript.ts';
import type { FoundSpeaker } from './transcript-checks.ts';

/** What one name in a file stands for. `same` names another speaker of the file, `named` is a name to keep them under. */
export type SpeakerChoice = {
  speaker: string;
  is: 'participant' | 'named' | 'nobody' | 'same' | 'dropped' | 'words';
  name: string;
};
export const JOININGS = ['never', 'close', 'near', 'always'] as const;
export type TranscriptChoices = {
  joins: (typeof JOININGS)[number];
  carriesForward: boolean;
  dropsRepeats: boolean;
  speakers: SpeakerChoice[];
};

export const NEAR_GAP_MS = 5000;
const GAPS: Record<TranscriptChoices['joins'], number | null> = {
  never: null,
  close: USUAL_GAP_MS,
  near: NEAR_GAP_MS,
  always: Number.POSITIVE_INFINITY,
};

/**
 * What a file most likely means. The participant is who bears that name, or who says most where two or more speak (whoever asks speaks first); nobody
 * is taken for a participant where there is only one voice.
 */
export function usualChoices(
  parsed: ParsedTranscript,
  speakers: readonly FoundSpeaker[],
  participant: string,
): TranscriptChoices {
  const { withinMs, dropsRepeats = false } = usualJoining(parsed);
  const named = speakers.filter(({ name, isNobody: isUnknown }) => name !== '' && !isUnknown);
  const bearer = named.find(({ name }) => name.toLowerCase() === participant.trim().toLowerCase());
  const most = named.length > 1 ? named.reduce((best, one) => (one.signs >= best.signs ? one : best)) : null;
  const who = bearer ?? most;
  return {
    joins: withinMs === null ? 'never' : 'close',
    carriesForward: false,
    dropsRepeats,
    speakers: speakers.map(({ name }) => ({
      speaker: name,
      is: name === '' || isNobody(name) ? 'nobody' : name === who?.name ? 'participant' : 'named',
      name: name === '' || isNobody(name) ? '' : name,
    })),
  };
}

/** How cues become turns by what was chosen. Who is the same as somebody who is the same as they are stays as named. */
export function joiningBy(choices: TranscriptChoices, participant: string): Joining {
  const byName = new Map(choices.speakers.map((choice) => [choice.speaker, choice]));
  const fateOf = (choice: SpeakerChoice, seen: ReadonlySet<string>): SpeakerFate => {
    if (choice.is === 'dropped') return { kind: 'dropped' };
    if (choice.is === 'words') return { kind: 'words' };
    if (choice.is === 'nobody') return { kind: 'named', name: null };
    if (choice.is === 'participant') return { kind: 'named', name: participant.trim() || choice.speaker };
    if (choice.is === 'same') {
      const other = byName.get(choice.name);
      if (other && !seen.has(other.speaker)) return fateOf(other, new Set([...seen, choice.speaker]));
      return { kind: 'named', name: choice.speaker };
    }
    return { kind: 'named', name: choice.name.trim() || choice.speaker || null };
  };
  return {
    withinMs: GAPS[choices.joins],
    carriesForward: choices.carriesForward,
    dropsRepeats: choices.dropsRepeats,
    speakers: new Map(choices.speakers.map((choice) => [choice.speaker, fateOf(choice, new Set())])),
  };
}
