import { existsSync } from 'node:fs';
import path from 'node:path';
import { scoresOf } from '../../../bench/support/label-accuracy.ts';
import { joinedWithin, type LabelledTexts, readLabelled } from '../../../bench/support/labelled-texts.ts';
import { findThemes } from '../../../src/text/find-themes.ts';
import { FileMissing, type ReferenceCase } from '../case.ts';

/**
 * What themes reach on labelled answers with the true number of themes, accuracy, mutual information and Rand index in per
 * cent, and with the number left to them: how many, and the Rand index. `bench/themes.ts` measures more of it.
 */
const SETS = [
  { name: 'stackoverflow', least: [86, 77, 74], auto: { from: 16, to: 30, ari: 70 } },
  { name: 'searchsnippets', least: [78, 65, 61], auto: { from: 6, to: 20, ari: 0 } },
  { name: 'tweet', least: [82, 92, 80], auto: null },
  { name: 'anes4', least: [41, 42, 24], auto: { from: 3, to: 40, ari: 24 } },
] as const;
const SEEDS = [1, 2, 3];

export const referenceCase: ReferenceCase = {
  id: 'themes',
  run(folder, figures) {
    const texts = path.join(folder, 'texts');
    const read = (name: string): LabelledTexts => {
      if (!existsSync(path.join(texts, `${name}.tsv`))) throw new FileMissing(`texts/${name}.tsv`);
      return readLabelled(texts, name);
    };
    for (const { name, least, auto } of SETS) {
      const set = read(name);
      const groups = new Set(set.labels).size;
      const scores = SEEDS.map((seed) => found(set, groups, seed));
      const mean = (of: (one: (typeof scores)[number]) => number) =>
        scores.reduce((sum, one) => sum + of(one), 0) / scores.length;
      const means = [mean(({ acc }) => acc), mean(({ nmi }) => nmi), mean(({ ari }) => ari)];
      for (const [index, measure] of ['accuracy', 'mutual information', 'Rand index'].entries())
        figures.atLeast(`${name}, ${measure} with ${groups} themes`, means[index], least[index] ?? 0);
      figures.note(`${name} ${means.map((one) => one.toFixed(1)).join('/')}`);
      if (!auto) continue;
      const free = found(set, 'auto', 1);
      figures.atLeast(`${name}, themes of its own accord`, free.themes, auto.from);
      figures.atMost(`${name}, themes of its own accord`, free.themes, auto.to);
      figures.atLeast(`${name}, Rand index of its own accord`, free.ari, auto.ari);
      figures.note(`of its own accord ${free.themes} themes, ${free.ari.toFixed(1)}`);
    }
    const joined = found(joinedWithin(read('stackoverflow'), 3, 1), 'auto', 1);
    figures.atLeast('three titles an answer, themes', joined.themes, 16);
    figures.atMost('three titles an answer, themes', joined.themes, 26);
    figures.note(`three titles an answer ${joined.themes} themes, ${joined.ari.toFixed(1)}`);
  },
};

function found({ texts, labels }: LabelledTexts, themes: number | 'auto', seed: number) {
  const documents = texts.map((text, index) => ({ id: String(index).padStart(7, '0'), text }));
  const result = findThemes(documents, { themes, seed });
  const themeOf = new Map(result.documents.map(({ id, theme }) => [id, theme ?? 'none']));
  const scores = scoresOf(
    labels,
    documents.map(({ id }) => themeOf.get(id) ?? 'none'),
  );
  return { themes: result.themesFound, ...scores };
}
