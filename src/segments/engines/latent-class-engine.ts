import { fitLatentClasses } from '../../stats/latent-class.ts';
import type { InputTable } from '../input-table.ts';
import { type ClassItem, type Engine, evenly, likelihoodOf } from './engine.ts';
import { levelIn, placeRows } from './memberships.ts';

/** With more different answers than this a column is a measure, and no choice between a few. */
const LEVELS_MOST = 12;
const FITTED_MOST = 20_000;
const STARTS = 50;
const STARTS_MANY = 10;
const MANY_PEOPLE = 5_000;
const SOON = { roundsMax: 300, tolerance: 1e-7 };
const IN_FULL = { roundsMax: 5_000, tolerance: 1e-10 };

/**
 * Classes in which the answers to different items do not depend on each other. It reads answers as they were given: gaps
 * leave the likelihood, a question without an order is one item, and ways of answering are not taken out.
 *
 * @throws {RangeError} for a column with many different answers
 */
export function latentClassEngine(table: InputTable): Engine {
  const items = itemsOf(table);
  return {
    reads: 'answers',
    group(rows, { p, k, random, starts, weights = null }) {
      const sample = evenly(rows, p, FITTED_MOST);
      const n = sample.length / p;
      const codes = Array.from({ length: n }, (_, row) =>
        items.map(({ columns, levels }) => {
          const place = levels.indexOf(levelIn(sample, row * p, columns));
          return place < 0 ? null : place;
        }),
      );
      const used = items.flatMap((item, index) =>
        new Set(codes.flatMap((row) => row[index] ?? [])).size < 2 ? [] : [{ ...item, index }],
      );
      const begun = starts ?? (n <= MANY_PEOPLE ? STARTS : STARTS_MANY);
      const found = fitLatentClasses(
        codes.map((row) => used.map(({ index }) => row[index]!)),
        {
          k,
          random,
          levels: used.map(({ levels }) => levels.length),
          starts: begun,
          ...(weights && { weights: Array.from(evenly(weights, 1, FITTED_MOST)) }),
          ...(starts === undefined ? IN_FULL : SOON),
        },
      );
      const model = {
        kind: 'classes' as const,
        shares: found.model.shares,
        items: used.map(
          ({ columns, levels }, at): ClassItem => ({
            columns,
            levels,
            probabilities: found.model.answerProbabilities[at]!,
          }),
        ),
      };
      return {
        labels: placeRows(model, rows, p),
        model,
        starts: begun,
        shareOfStartsAtBest: found.shareOfStartsAtBest,
        converged: found.converged,
        objective: likelihoodOf(found),
      };
    },
  };
}

/** Columns of one question without an order are one item, whose levels are its columns and none of them. */
function itemsOf({ n, p, columns, answers }: InputTable): Pick<ClassItem, 'columns' | 'levels'>[] {
  const questions = new Map<string, number[]>();
  for (const [column, { id, levelOf }] of columns.entries()) {
    const key = levelOf === null ? `column ${id}` : `question ${levelOf}`;
    questions.set(key, [...(questions.get(key) ?? []), column]);
  }
  return [...questions.values()].map((own) => {
    const levels = new Set<number>();
    for (let row = 0; row < n; row++) {
      const level = levelIn(answers, row * p, own);
      if (!Number.isNaN(level)) levels.add(level);
    }
    if (levels.size > LEVELS_MOST)
      throw new RangeError(
        `“${columns[own[0]!]!.name}” has ${levels.size} different answers, and latent classes are for at most ${LEVELS_MOST}: take another engine, or bands of it`,
      );
    return { columns: own, levels: [...levels].sort((a, b) => a - b) };
  });
}
