import { foldText } from '../model/fold-text.ts';
import { FORCES, type Force, RINGS, type Ring, STAGES, type Stage } from './portrait.ts';

/** The names of rings, stages and forces on a page, with what each is about. */
export const RING_NAMES: Readonly<Record<Ring, { label: string; about: string }>> = {
  priority: { label: 'Priority initiative', about: 'What made it urgent' },
  success: { label: 'Success factors', about: 'What they expect to be different' },
  barrier: { label: 'Perceived barriers', about: 'What keeps them back' },
  journey: { label: 'Buyer’s journey', about: 'What they do, with whom, from first to last' },
  criteria: { label: 'Decision criteria', about: 'What they compare and ask of each' },
};
export const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  'first-thought': 'First thought',
  'passive-looking': 'Passive looking',
  'active-looking': 'Active looking',
  deciding: 'Deciding',
  consuming: 'Consuming',
};
export const FORCE_NAMES: Readonly<Record<Force, { label: string; about: string }>> = {
  push: { label: 'Push', about: 'What could not go on' },
  pull: { label: 'Pull', about: 'What drew them' },
  anxiety: { label: 'Anxiety', about: 'What worried them about the new' },
  habit: { label: 'Habit', about: 'What was hard to leave' },
};

/** Where a code has its place; null where nobody chose one. */
export type StoryPlace = { ring: Ring | null; stage: Stage | null; force: Force | null };

/** The place of a code, with the name of the code that it was chosen for: itself, or one above it. */
export type StandingPlace<Place> = { place: Place; by: string };
export type StandingStory = {
  ring: StandingPlace<Ring> | null;
  stage: StandingPlace<Stage> | null;
  force: StandingPlace<Force> | null;
};

/**
 * Where a code stands in the story: what was chosen for it, or else for the nearest code above it.
 *
 * @param line the code and then those above it, the nearest first
 *
 * @example
 * storyOf([{ name: 'Fees', storyRing: null, storyStage: null, storyForce: null }, { name: 'Doubts', storyRing: 'barrier', storyStage: null, storyForce: null }]).ring // => { place: 'barrier', by: 'Doubts' }
 */
export function storyOf(
  line: readonly { name: string; storyRing: Ring | null; storyStage: Stage | null; storyForce: Force | null }[],
): StandingStory {
  const nearest = <Place>(places: readonly { by: string; place: Place | null }[]): StandingPlace<Place> | null => {
    for (const { by, place } of places) if (place !== null) return { place, by };
    return null;
  };
  return {
    ring: nearest(line.map(({ name, storyRing }) => ({ by: name, place: storyRing }))),
    stage: nearest(line.map(({ name, storyStage }) => ({ by: name, place: storyStage }))),
    force: nearest(line.map(({ name, storyForce }) => ({ by: name, place: storyForce }))),
  };
}

/** A place that suggests itself, and by what. Nothing uses it until somebody chooses it. */
export type ProposedPlace<Place extends Ring | Stage | Force> =
  | { place: Place; by: 'name'; name: string }
  | { place: Place; by: 'guide'; part: string; passages: number; of: number };
export type ProposedStory = {
  ring: ProposedPlace<Ring> | null;
  stage: ProposedPlace<Stage> | null;
  force: ProposedPlace<Force> | null;
};

/** In which part of an interview guide passages of a code were said, with the question that was asked last. */
export type SaidInPart = { part: string; question: string };

/** Fewer passages than so many, or a smaller share of those with a known place in the guide, propose nothing. */
const PASSAGES_MIN = 2;
const SHARE_MIN = 0.5;

const RING_WORDS: Readonly<Record<Ring, RegExp>> = {
  priority: /\b(?:priority|priorities|priority initiatives?|triggers?|urgency|urgent)\b/,
  success: /\b(?:success|success factors?|goals?|desired outcomes?|expected outcomes?)\b/,
  barrier: /\b(?:barriers?|obstacles?|objections?|hesitations?)\b/,
  journey: /\b(?:buyer's journey|buying journey|journey)\b/,
  criteria: /\b(?:criteria|criterion)\b/,
};
const STAGE_WORDS: Readonly<Record<Stage, RegExp>> = {
  'first-thought': /\bfirst thoughts?\b/,
  'passive-looking': /\bpassive(?:ly)? looking\b/,
  'active-looking': /\bactive(?:ly)? looking\b/,
  deciding: /\b(?:deciding|decision moment)\b/,
  consuming: /\b(?:consuming|first use)\b/,
};
const FORCE_WORDS: Readonly<Record<Force, RegExp>> = {
  push: /\bpush(?:es)?\b/,
  pull: /\bpull(?:s)?\b/,
  anxiety: /\b(?:anxiety|anxieties)\b/,
  habit: /\bhabits?\b/,
};

const plain = (name: string): string => foldText(name).replaceAll('’', "'").replaceAll(/[_-]+/g, ' ');

/** The only place that a name says; null where it says none or several. */
function placeIn<Place extends string>(words: Readonly<Record<Place, RegExp>>, list: readonly Place[], name: string) {
  const said = plain(name);
  const found = list.filter((place) => words[place].test(said));
  return found.length === 1 ? found[0]! : null;
}

function propose<Place extends Ring | Stage | Force>(
  words: Readonly<Record<Place, RegExp>>,
  list: readonly Place[],
  names: readonly string[],
  said: readonly { part: string; text: string }[],
): ProposedPlace<Place> | null {
  for (const name of names) {
    const place = placeIn(words, list, name);
    if (place !== null) return { place, by: 'name', name };
  }
  const places = said.map(({ text, part }) => ({ part, place: placeIn(words, list, text) }));
  const [most] = [...Map.groupBy(places, ({ place }) => place)]
    .filter(([place]) => place !== null)
    .toSorted(([a, one], [b, other]) => other.length - one.length || list.indexOf(a!) - list.indexOf(b!));
  if (!most || most[1].length < PASSAGES_MIN || most[1].length / said.length <= SHARE_MIN) return null;
  return { place: most[0]!, by: 'guide', part: most[1][0]!.part, passages: most[1].length, of: said.length };
}

/**
 * Where a code may have its place in the story, by its name and those of the codes above it, or else by the part of the
 * guide in which more than half of its passages were said, at least two.
 *
 * @param names of the code and then of those above it
 * @param said of each passage whose place in a guide is known
 *
 * @example
 * proposeStory(['Hidden fees', 'Perceived barriers'], []).ring // => { place: 'barrier', by: 'name', name: 'Perceived barriers' }
 */
export function proposeStory(names: readonly string[], said: readonly SaidInPart[]): ProposedStory {
  const parts = said.map(({ part }) => ({ part, text: part }));
  // One part of the guide asks for all four forces, question by question.
  const questions = said.map(({ part, question }) => ({ part, text: question.split(':')[0] ?? '' }));
  return {
    ring: propose(RING_WORDS, RINGS, names, parts),
    stage: propose(STAGE_WORDS, STAGES, names, parts),
    force: propose(FORCE_WORDS, FORCES, names, questions),
  };
}
