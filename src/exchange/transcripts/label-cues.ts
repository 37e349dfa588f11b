import { takeLabel } from './speaker-labels.ts';
import type { Cue } from './transcript.ts';

/** Said this often, a label is somebody's name however it is spelled. */
const OFTEN = 3;
/** In longer files a label that is said once, among cues that wrap anywhere, is rather the begin of a sentence. */
const MANY_CUES = 20;

const isCapital = (name: string): boolean => name.split(' ').every((word) => !/^\p{Ll}/u.test(word));

/**
 * Finds speakers where cues begin with “Name: ”. No name is made up: where voices are marked in another way only those
 * count, and labels that look like words stay words.
 */
export function labelCues(cues: readonly Cue[]): { cues: Cue[]; warnings: string[] } {
  if (cues.some(({ speaker }) => speaker !== null)) return { cues: [...cues], warnings: [] };
  const labels = cues.map(({ text }) => takeLabel(text));
  const uses = new Map<string, number>();
  for (const label of labels) if (label) uses.set(label.name, (uses.get(label.name) ?? 0) + 1);
  const doubtful = new Set<string>();
  const isName = (name: string): boolean => {
    const count = uses.get(name) ?? 0;
    if (count >= OFTEN) return true;
    const passes = isCapital(name) && (count > 1 || cues.length < MANY_CUES);
    if (!passes) doubtful.add(name);
    return passes;
  };
  const found = cues.map((cue, index) => {
    const label = labels[index];
    return label && label.rest !== '' && isName(label.name) ? { ...cue, speaker: label.name, text: label.rest } : cue;
  });
  const names = [...doubtful].slice(0, 3).map((name) => `“${name}:”`);
  return {
    cues: found,
    warnings:
      names.length === 0
        ? []
        : [`${names.join(', ')} begins a cue and was kept as words: it seldom occurs, or is not written like a name`],
  };
}
