import { normalDeviate, type Random } from '../stats/random.ts';
import type { DemoResponse } from './moving-house.ts';

/** The five traits of the battery and its statements, a leading `-` before those that say the contrary. */
const TRAITS: readonly (readonly string[])[] = [
  ['e1', 'e2', '-e3', '-e4'],
  ['a1', 'a2', '-a3', '-a4'],
  ['c1', 'c2', '-c3', '-c4'],
  ['n1', 'n2', '-n3', '-n4'],
  ['o1', '-o2', '-o3', '-o4'],
];
const STEPS = { min: 1, max: 5, middle: 3.2 };
const LOADING = 0.7;
const SPREAD = 1.05;
const OPENED_DAYS_AGO = 30;
const DAYS = 12;
const DAY_MS = 86_400_000;

/**
 * Answers to twenty statements about how people are, in which there are no groups: every trait is normal among people, and
 * none goes with another. Whoever looks for segments in them should be told that there are none.
 *
 * @param people ids of those who answer
 * @param now the end of the demonstration; all fieldwork lies before it
 *
 * @example
 * Object.keys(personalityAnswers(['a'], new Date(0), () => 0.5)[0]?.answers['ipip'] ?? {}).length // => 20
 */
export function personalityAnswers(people: readonly string[], now: Date, random: Random): DemoResponse[] {
  return people.map((personExternalId) => {
    const startedMs = now.getTime() - (OPENED_DAYS_AGO - random() * DAYS) * DAY_MS;
    const ipip: Record<string, number> = {};
    for (const items of TRAITS) {
      const trait = normalDeviate(random);
      for (const key of items) {
        const lean = SPREAD * (LOADING * trait + Math.sqrt(1 - LOADING ** 2) * normalDeviate(random));
        const step = Math.round(STEPS.middle + (key.startsWith('-') ? -lean : lean));
        ipip[key.replace('-', '')] = Math.min(STEPS.max, Math.max(STEPS.min, step));
      }
    }
    return {
      personExternalId,
      wave: 'personality',
      source: 'list',
      language: 'en',
      startedAt: new Date(startedMs).toISOString(),
      completedAt: new Date(startedMs + (2 + random() * 2) * 60_000).toISOString(),
      purposes: ['analysis'],
      answers: { ipip },
    };
  });
}
