import { type Item, surveyItems } from '../model/items.ts';
import type { SurveyDefinition } from '../model/survey.ts';
import { wordingIn } from '../model/survey-check.ts';
import { countedMean } from '../stats/counted-values.ts';
import { meanDifference } from '../stats/mean-difference.ts';
import { shareDifference } from '../stats/share-difference.ts';
import { wilsonInterval } from '../stats/wilson-interval.ts';
import { meanWithin, scaleEnds } from './mean-within.ts';

/** How often a value was given to an item in a wave, in one version of the survey. */
export type WaveTally = { wave: string; versionId: number; item: string; value: unknown; count: number };

/** A share (0 to 1) or a mean in one wave, with its 95% interval, within the ends of the scale, which a mean of fewer than two answers has not. */
export type WavePoint = { n: number; value: number; low: number | null; high: number | null };
/** Later minus earlier, with its 95% interval. */
export type WaveChange = { difference: number; low: number; high: number };

export type ComparedItem = {
  item: string;
  question: string;
  /** The question in words, and what tells the item apart within it. */
  text: string;
  label: string | null;
  kind: 'share' | 'mean';
  rows: {
    label: string;
    /** One for each wave, in order; null where nobody could give this answer. */
    points: (WavePoint | null)[];
    change: WaveChange | null;
  }[];
  /** What of the question was not the same in all waves, said for people. */
  notes: string[];
};

/**
 * The same questions in the waves of a survey: an item is the same where its address is, whichever version of the survey
 * asked it. A rating whose steps changed, or a question whose kind did, is compared only over the waves that asked it as
 * the latest version does.
 *
 * @param waves public ids in order
 * @param versions the versions that were answered, by id; the highest id is the latest
 * @param tallies counts of answers
 * @param pair the two waves, by their place in `waves`, whose difference is taken: second minus first
 * @returns items that at least two waves answered, in the order of the latest version
 */
export function compareWaves({
  waves,
  versions,
  tallies,
  language,
  pair,
}: {
  waves: readonly string[];
  versions: ReadonlyMap<number, SurveyDefinition>;
  tallies: readonly WaveTally[];
  language: string;
  pair: readonly [number, number];
}): ComparedItem[] {
  const latestFirst = [...versions].sort(([a], [b]) => b - a);
  const itemsOf = new Map(
    latestFirst.map(([id, definition]) => [id, new Map(surveyItems(definition).map((item) => [item.address, item]))]),
  );
  const byItem = Map.groupBy(tallies, (tally) => tally.item);
  const found = new Map<string, { item: Item; definition: SurveyDefinition }>();
  for (const [id, definition] of latestFirst)
    for (const [address, item] of itemsOf.get(id) ?? [])
      if (!found.has(address)) found.set(address, { item, definition });

  return [...found.values()].flatMap(({ item, definition }): ComparedItem[] => {
    if (item.isIdentifying || !['code', 'codes', 'number'].includes(item.holds)) return [];
    const word = (wording: Record<string, string>) => wordingIn(wording, language, definition.languages);
    const all = byItem.get(item.address) ?? [];
    const fits = (tally: WaveTally) => isSameShape(itemsOf.get(tally.versionId)?.get(item.address), item);
    const fitting = all.filter(fits);
    const perWave = waves.map((wave) => fitting.filter((tally) => tally.wave === wave));
    if (perWave.filter((own) => own.length > 0).length < 2) return [];
    const asked = [...new Set(all.map((tally) => tally.versionId))].flatMap(
      (id) => itemsOf.get(id)?.get(item.address) ?? [],
    );
    const base = {
      item: item.address,
      question: item.question.code,
      text: word(item.question.text),
      label: item.label ? word(item.label) : null,
      notes: notesOn(item, asked, fitting.length < all.length),
    };
    return item.holds === 'number'
      ? [{ ...base, kind: 'mean' as const, rows: [meanRow(item, perWave, pair)] }]
      : [{ ...base, kind: 'share' as const, rows: shareRows(item, perWave, pair, word, itemsOf) }];
  });
}

/** Counted in the same way: options may come and go, the steps of a rating may not. */
export const isSameShape = (other: Item | undefined, item: Item): boolean =>
  other !== undefined &&
  other.holds === item.holds &&
  other.steps?.min === item.steps?.min &&
  other.steps?.max === item.steps?.max;

function notesOn(item: Item, asked: readonly Item[], isPartly: boolean): string[] {
  const same = asked.filter((other) => isSameShape(other, item));
  const differs = (part: (item: Item) => unknown) => new Set(same.map((one) => JSON.stringify(part(one)))).size > 1;
  return [
    ...(isPartly ? ['Some waves asked this on other steps or as another kind of question: they are left out'] : []),
    ...(differs((one) => [one.question.text, one.label]) ? ['The words of the question changed between versions'] : []),
    ...(differs((one) => one.options.map((option) => option.code))
      ? ['The options offered changed between versions, which can move the shares of the others']
      : []),
  ];
}

function shareRows(
  item: Item,
  perWave: readonly (readonly WaveTally[])[],
  pair: readonly [number, number],
  word: (wording: Record<string, string>) => string,
  itemsOf: ReadonlyMap<number, ReadonlyMap<string, Item>>,
): ComparedItem['rows'] {
  const holds = (value: unknown, code: string) => (Array.isArray(value) ? value.includes(code) : value === code);
  return item.options.map((option) => {
    // Only those who were offered the option can have chosen it or not.
    const counts = perWave.map((own) => {
      const offered = own.filter((tally) =>
        itemsOf
          .get(tally.versionId)
          ?.get(item.address)
          ?.options.some((other) => other.code === option.code),
      );
      return {
        count: sum(offered.filter((tally) => holds(tally.value, option.code))),
        total: sum(offered),
      };
    });
    const [earlier, later] = [counts[pair[0]], counts[pair[1]]];
    return {
      label: word(option.text),
      points: counts.map(({ count, total }) => {
        const interval = wilsonInterval(count, total);
        return interval && { n: total, value: interval.share, low: interval.low, high: interval.high };
      }),
      change: earlier && later ? shareDifference(later, earlier) : null,
    };
  });
}

function meanRow(
  item: Item,
  perWave: readonly (readonly WaveTally[])[],
  pair: readonly [number, number],
): ComparedItem['rows'][number] {
  const counted = perWave.map((own) =>
    own.flatMap(({ value, count }) => (typeof value === 'number' ? [{ value, count }] : [])),
  );
  const values = counted.map((own) => own.flatMap(({ value, count }) => new Array<number>(count).fill(value)));
  const difference = meanDifference(values[pair[1]] ?? [], values[pair[0]] ?? []);
  return {
    label: 'Mean',
    points: counted.map((own) => {
      const value = countedMean(own);
      const interval = meanWithin(own, scaleEnds(item));
      const n = own.reduce((all, { count }) => all + count, 0);
      return value === null ? null : { n, value, low: interval?.low ?? null, high: interval?.high ?? null };
    }),
    change: difference && { difference: difference.difference, low: difference.low, high: difference.high },
  };
}

const sum = (tallies: readonly WaveTally[]): number => tallies.reduce((all, { count }) => all + count, 0);
