import { mulberry32, type Random } from '../../src/stats/random.ts';
import type { BlindDocument } from '../../src/themes/blind-agreement.ts';
import type { PlacedDocument } from '../../src/themes/blind-sample.ts';

/** Themes of which a hundredth to a fifth of all answers speak. */
export const RARITIES = { t1: 0.01, t2: 0.02, t5: 0.05, t20: 0.2 } as const;
export type Rarity = keyof typeof RARITIES;
export const THEMES = Object.keys(RARITIES) as Rarity[];

const ANSWERS = 5_000;
/** Of what the machine puts into a theme so much belongs elsewhere. */
const WRONGLY = 0.15;

export type MadeAnswer = PlacedDocument & { truth: Rarity | null };

/**
 * Answers as people would see them, and a machine that overlooks some: seven of ten that it overlooked share words with
 * the theme, and so do a few of those that do not speak of it.
 */
export function makeAnswers(recall: number, seed: number) {
  const random = mulberry32(seed);
  const nearness = new Map(THEMES.map((theme) => [theme, [] as { id: string; by: number }[]]));
  const answers = Array.from({ length: ANSWERS }, (_, index): MadeAnswer => {
    const id = `d${String(index).padStart(4, '0')}`;
    const truth = pick(random, RARITIES);
    const isFound = truth !== null && random() < recall;
    const wrong = Object.fromEntries(
      THEMES.map((theme) => [theme, (RARITIES[theme] * recall * WRONGLY) / (1 - WRONGLY)]),
    ) as Record<Rarity, number>;
    const machine = isFound ? truth : pick(random, wrong);
    for (const theme of THEMES) {
      const shares = theme === truth ? 0.7 : 0.1;
      const by = random() < shares ? (theme === truth ? 0.3 + 0.7 * random() : 0.8 * random()) : 0;
      if (by > 0 && theme !== machine) nearness.get(theme)?.push({ id, by });
    }
    return { id, truth, themes: machine === null ? [] : [{ theme: machine, confidence: 0.9 }] };
  });
  const near = new Map(
    [...nearness].map(([theme, those]) => [theme, those.sort((a, b) => b.by - a.by).map(({ id }) => id)]),
  );
  return { answers, near };
}

/** The answers that were drawn, coded by somebody who sees them as they are. */
export function coded(
  answers: readonly MadeAnswer[],
  drawn: readonly { id: string; stratum: number }[],
): BlindDocument[] {
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  return drawn.map(({ id, stratum }) => {
    const { truth, themes } = byId.get(id)!;
    return {
      stratum,
      machine: new Set(themes.map(({ theme }) => theme)),
      coders: new Map([['ada', new Set(truth === null ? [] : [truth])]]),
    };
  });
}

/** What a check of all answers would find. */
export function trueFigures(answers: readonly MadeAnswer[], theme: Rarity) {
  const count = (test: (isTrue: boolean, isFound: boolean) => boolean) =>
    answers.filter(({ truth, themes }) => test(truth === theme, themes[0]?.theme === theme)).length;
  const [both, people, machine] = [count((a, b) => a && b), count((a, b) => a && !b), count((a, b) => !a && b)];
  const yes = 2 * both + people + machine;
  return {
    alpha: 1 - ((2 * ANSWERS - 1) * (people + machine)) / (yes * (2 * ANSWERS - yes)),
    recall: both / (both + people),
    precision: both / (both + machine),
    share: RARITIES[theme],
  };
}

function pick(random: Random, shares: Readonly<Record<Rarity, number>>): Rarity | null {
  let at = random();
  for (const theme of THEMES) {
    at -= shares[theme];
    if (at < 0) return theme;
  }
  return null;
}
