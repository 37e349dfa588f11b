import { completeRows } from '../../../src/scales/complete-rows.ts';
import { guttmanLambda } from '../../../src/scales/guttman-lambda.ts';
import { itemStatistics } from '../../../src/scales/item-statistics.ts';
import { omegaTotal } from '../../../src/scales/omega.ts';
import { reversedItems } from '../../../src/scales/reversed-items.ts';
import { scaleReliability } from '../../../src/scales/scale-reliability.ts';
import { readItemKey, scoreScales } from '../../../src/scales/score.ts';
import { spearmanBrown } from '../../../src/scales/spearman-brown.ts';
import { correlation } from '../../../src/stats/correlation.ts';
import { mean } from '../../../src/stats/mean.ts';
import { standardDeviation } from '../../../src/stats/variance.ts';
import type { ReferenceCase } from '../case.ts';
import { readCsv, readJson, readNumber } from '../read.ts';

type Expected = {
  listwise: Record<string, ExpectedScale>;
  scale_scores: {
    n: Record<string, number>;
    mean: Record<string, number>;
    sd: Record<string, number>;
    cor: number[][];
    first10_rows: Record<string, Record<string, number>>;
  };
};

type ExpectedScale = {
  n: number;
  key: string[];
  alpha_raw: number;
  alpha_std: number;
  avg_r: number;
  guttman_lambda2: number;
  guttman_lambda6: number;
  omega_total_1f_ML_corr: number;
  omega_total_1f_ML_cov: number;
  spearman_brown_double: number;
  alpha_feldt_ci95: [number, number];
  mean: number;
  sd: number;
  sem: number;
  items: {
    item: string;
    mean: number;
    sd: number;
    r_item_total: number;
    r_item_rest: number;
    alpha_if_deleted: number;
    loading_ML: number;
  }[];
};

/** Reliability and scores of five scales of five items, steps 1 to 6. */
export const referenceCase: ReferenceCase = {
  id: 'bfi-reliability',
  run(folder, figures) {
    const expected = readJson<Expected>(folder, 'expected/bfi_reliability.json');
    const rows = readCsv(folder, 'data/bfi.csv');

    for (const [scale, wanted] of Object.entries(expected.listwise)) {
      const turned = rows.map((row) =>
        wanted.key.map((key) => {
          const { item, isReversed } = readItemKey(key);
          const answer = readNumber(row[item]);
          return answer !== null && isReversed ? 7 - answer : answer;
        }),
      );
      const found = scaleReliability(turned);
      figures.same(`${scale} n`, found.respondents, wanted.n);
      figures.near(`${scale} alpha`, found.alpha, wanted.alpha_raw);
      figures.near(`${scale} standardised alpha`, found.standardisedAlpha, wanted.alpha_std);
      figures.near(`${scale} mean correlation`, found.meanCorrelation, wanted.avg_r);
      figures.near(`${scale} alpha, low`, found.alphaInterval?.low, wanted.alpha_feldt_ci95[0]);
      figures.near(`${scale} alpha, high`, found.alphaInterval?.high, wanted.alpha_feldt_ci95[1]);
      figures.near(`${scale} mean`, found.mean, wanted.mean);
      figures.near(`${scale} sd`, found.standardDeviation, wanted.sd);
      figures.near(`${scale} error of measurement`, found.standardErrorOfMeasurement, wanted.sem);
      const complete = completeRows(turned);
      const { lambda2, lambda6 } = guttmanLambda(complete);
      const omega = omegaTotal(complete);
      figures.near(`${scale} lambda 2`, lambda2, wanted.guttman_lambda2);
      figures.near(`${scale} lambda 6`, lambda6, wanted.guttman_lambda6);
      figures.near(`${scale} omega`, omega?.omega, wanted.omega_total_1f_ML_cov, 1e-5);
      figures.near(`${scale} standardised omega`, omega?.standardised, wanted.omega_total_1f_ML_corr, 1e-5);
      figures.near(`${scale} twice as long`, spearmanBrown(found.alpha ?? 0), wanted.spearman_brown_double);
      for (const [index, { item, loading_ML }] of wanted.items.entries())
        figures.near(`${item} loading`, Math.abs(omega?.loadings[index] ?? 0), Math.abs(loading_ML), 1e-5);
      figures.same(`${scale} items the wrong way round`, reversedItems(turned).suspects, []);
      const wrong = turned.map((row) => row.map((answer, i) => (i === 1 && answer !== null ? 7 - answer : answer)));
      figures.same(
        `${scale} with one turned by mistake`,
        reversedItems(wrong).suspects.map(({ item }) => item),
        [1],
      );
      figures.note(`${scale} alpha ${found.alpha?.toFixed(4)}, omega ${omega?.omega.toFixed(4)}`);

      for (const [index, item] of itemStatistics(turned).entries()) {
        const own = wanted.items[index]!;
        figures.near(`${own.item} mean`, item.mean, own.mean);
        figures.near(`${own.item} sd`, item.standardDeviation, own.sd);
        figures.near(`${own.item} with total`, item.itemTotal, own.r_item_total);
        figures.near(`${own.item} with rest`, item.itemRest, own.r_item_rest);
        figures.near(`${own.item} alpha if deleted`, item.alphaIfDeleted, own.alpha_if_deleted);
        figures.same(`${own.item} unreversed`, item.looksUnreversed, false);
      }
    }

    const scales = Object.entries(expected.listwise).map(([code, { key }]) => ({
      code,
      items: key,
      minimumAnswered: 4,
    }));
    const items = scales.flatMap((scale) => scale.items.map((key) => readItemKey(key).item));
    const ranges = Object.fromEntries(items.map((item) => [item, { min: 1, max: 6 }]));
    const scored = rows.map((row) => {
      const answers = Object.fromEntries(items.map((item) => [item, readNumber(row[item])]));
      return { id: row['id']!, scores: scoreScales({ centring: 'none', scales }, ranges, answers).scores };
    });

    const wanted = expected.scale_scores;
    for (const { code } of scales) {
      const scores = scored.flatMap(({ scores }) => scores[code] ?? []);
      figures.same(`${code} scored`, scores.length, wanted.n[code]);
      figures.near(`${code} score mean`, mean(scores), wanted.mean[code]!);
      figures.near(`${code} score sd`, standardDeviation(scores), wanted.sd[code]!);
    }
    for (const [id, scores] of Object.entries(wanted.first10_rows)) {
      const own = scored.find((respondent) => respondent.id === id);
      for (const { code } of scales) figures.near(`${code} of one respondent`, own?.scores[code], scores[code]!);
    }
    const complete = scored.filter(({ scores }) => scales.every(({ code }) => scores[code] !== null));
    for (const [a, first] of scales.entries()) {
      for (const [b, second] of scales.entries()) {
        const r = correlation(
          complete.map(({ scores }) => scores[first.code]!),
          complete.map(({ scores }) => scores[second.code]!),
        );
        figures.near(`${first.code} with ${second.code}`, r, wanted.cor[a]![b]!);
      }
    }
  },
};
