import { wayOf } from '../../model/base-sample.ts';
import type { Asked } from '../../model/record.ts';
import type { Portrait, PortraitSize } from '../../personas/portrait.ts';
import type { DrawnGroup } from '../../personas/told-figures.ts';
import { effectiveN } from '../../stats/effective-n.ts';
import { type ShareInterval, wilsonInterval } from '../../stats/wilson-interval.ts';
import type { Store } from '../../store/store.ts';
import type { SurveyColumns } from './survey-columns.ts';

type Labels = readonly (number | null)[];

/**
 * How large a segment is. Whom a rule asked does not count where the base is not said otherwise: it asks a chosen part of
 * people. Where it asked everybody, there is nobody else to count, and the share says so.
 *
 * @param of.fitted the segment's share as its segmentation told it, with an interval from people drawn anew and grouped
 *   anew; today's share keeps the reach of that interval. Null where nobody grouped people.
 * @param of.weights one for each response; null where all count alike
 * @returns null when nobody counts
 */
export function portraitSize(
  labels: Labels,
  { responses }: Pick<SurveyColumns, 'responses'>,
  of: { isBaseSaid: boolean; fitted: ShareInterval | null; weights: readonly number[] | null },
): PortraitSize | null {
  const { isBaseSaid, fitted, weights } = of;
  const { known, free, rows } = rowsCounted(labels, responses, isBaseSaid);
  const inside = rows.filter((row) => labels[row] === 0);
  const sampled = shareOf(rows, inside, weights);
  if (!sampled) return null;
  return {
    share: fitted ? around(sampled.share, fitted) : sampled,
    interval: fitted ? 'segmentation' : 'sample',
    n: inside.length,
    base: rows.length,
    effectiveBase: weights ? effectiveN(rows.map((row) => weights[row]!)) : null,
    ...(rows.length < known.length ? { leftOutByRule: known.length - rows.length } : {}),
    ...(!isBaseSaid && free.length === 0 && known.length > 0 ? { isAllByRule: true as const } : {}),
  };
}

/** Rows of those where somebody looked, of those whom no rule asked, and of those whom the share counts. */
function rowsCounted(labels: Labels, responses: SurveyColumns['responses'], isBaseSaid: boolean) {
  const known = [...labels.keys()].filter((row) => labels[row] !== null);
  const isByRule = (row: number) => wayOf(JSON.parse(responses[row]!.asked) as Asked) === 'rule';
  const free = isBaseSaid ? known : known.filter((row) => !isByRule(row));
  return { known, free, rows: free.length > 0 ? free : known };
}

/** From whom a portrait is drawn, by the numbers of their responses. */
export function drawnGroup(
  labels: Labels,
  { responses }: Pick<SurveyColumns, 'responses'>,
  isBaseSaid: boolean,
): DrawnGroup {
  const { known, rows } = rowsCounted(labels, responses, isBaseSaid);
  const idsOf = (some: readonly number[]) => some.map((row) => Number(responses[row]!.id));
  return {
    inside: idsOf(known.filter((row) => labels[row] === 0)),
    base: idsOf(known),
    counted: rows.length < known.length ? idsOf(rows) : null,
  };
}

function shareOf(
  rows: readonly number[],
  inside: readonly number[],
  weights: readonly number[] | null,
): ShareInterval | null {
  if (weights === null) return wilsonInterval(inside.length, rows.length);
  const sum = (of: readonly number[]) => of.reduce((total, row) => total + weights[row]!, 0);
  const all = sum(rows);
  const n = effectiveN(rows.map((row) => weights[row]!));
  return all === 0 ? null : wilsonInterval(Math.min(n, (n * sum(inside)) / all), n);
}

/** As far below and above as the segmentation's own interval reaches. */
const around = (share: number, fitted: ShareInterval): ShareInterval => ({
  share,
  low: Math.max(0, share - Math.max(0, fitted.share - fitted.low)),
  high: Math.min(1, share + Math.max(0, fitted.high - fitted.share)),
});

/** How much of all revenue the people inside bring, in the currency most of it is in; null where no revenue is known. */
export async function portraitSpend(
  store: Store,
  workspaceId: number,
  { responses }: Pick<SurveyColumns, 'responses'>,
  labels: Labels,
): Promise<Portrait['spend']> {
  const revenue = new Map<number, number>();
  const events = await store.people.moneyEvents(workspaceId);
  const named = Map.groupBy(events, ({ currency }) => currency);
  named.delete(null);
  // Money is counted in one currency: the one most of it is in, and what names none is taken to be in it.
  const [usual = null] = [...named]
    .toSorted(([a, one], [b, two]) => two.length - one.length || (String(a) < String(b) ? -1 : 1))
    .map(([currency]) => currency);
  for (const { personId, amount, currency } of events)
    if (currency === null || currency === usual) revenue.set(personId, (revenue.get(personId) ?? 0) + amount);
  if (revenue.size === 0) return null;
  const people = new Map(
    (await store.responses.listWithPeople(responses[0]?.surveyId ?? 0)).map((row) => [row.id, row.personId]),
  );
  let [here, all, peopleHere, peopleAll] = [0, 0, 0, 0];
  for (const [row, response] of responses.entries()) {
    const personId = people.get(response.id);
    if (labels[row] === null || personId === null || personId === undefined) continue;
    const spent = revenue.get(personId) ?? 0;
    all += spent;
    peopleAll += 1;
    if (labels[row] === 0) {
      here += spent;
      peopleHere += 1;
    }
  }
  return all > 0 ? { share: Number((here / all).toPrecision(10)), people: peopleHere, of: peopleAll } : null;
}
