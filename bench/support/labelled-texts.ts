import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mulberry32, shuffled } from '../../src/stats/random.ts';

/** Answers and the group that coders, tags or authors put each in. */
export type LabelledTexts = { name: string; labels: string[]; texts: string[] };

/** Reads `label TAB text`, one a line. */
export function readLabelled(folder: string, name: string): LabelledTexts {
  const lines = readFileSync(join(folder, `${name}.tsv`), 'utf8')
    .trimEnd()
    .split('\n');
  return {
    name,
    labels: lines.map((line) => line.slice(0, line.indexOf('\t'))),
    texts: lines.map((line) => line.slice(line.indexOf('\t') + 1)),
  };
}

/** So many of the answers, chosen by chance; all in their order where there are no more. */
export function sampleOf({ name, labels, texts }: LabelledTexts, n: number, seed: number): LabelledTexts {
  if (n >= texts.length) return { name, labels, texts };
  const chosen = shuffled(
    texts.map((_, i) => i),
    mulberry32(seed),
  ).slice(0, n);
  return { name: `${name} ${n}`, labels: chosen.map((i) => labels[i]!), texts: chosen.map((i) => texts[i]!) };
}

/** Long answers that each stay with one thing: `times` answers of one group at a time, one after the other. */
export function joinedWithin({ name, labels, texts }: LabelledTexts, times: number, seed: number): LabelledTexts {
  const order = shuffled(
    texts.map((_, i) => i),
    mulberry32(seed),
  );
  const groups = Map.groupBy(order, (i) => labels[i]!);
  const rows = [...groups].flatMap(([label, members]) =>
    Array.from({ length: Math.floor(members.length / times) }, (_, q) => ({
      label,
      text: members
        .slice(q * times, (q + 1) * times)
        .map((i) => texts[i])
        .join(' '),
    })),
  );
  const mixed = shuffled(rows, mulberry32(seed + 1));
  return { name: `${name} ×${times}`, labels: mixed.map(({ label }) => label), texts: mixed.map(({ text }) => text) };
}

/** Long answers that go from one thing to the next: `times` answers of any groups, a sentence each, and the group of each. */
export function joinedAcross({ name, labels, texts }: LabelledTexts, times: number, seed: number) {
  const order = shuffled(
    texts.map((_, i) => i),
    mulberry32(seed),
  );
  return Array.from({ length: Math.floor(order.length / times) }, (_, q) => {
    const members = order.slice(q * times, (q + 1) * times);
    const parts = members.map((i) => {
      const text = texts[i]!.trim();
      return text.slice(0, 1).toUpperCase() + text.slice(1);
    });
    return { name, labels: members.map((i) => labels[i]!), parts, text: parts.join('. ') };
  });
}

/**
 * Answers of all sets, each under the name of its set and group: every real one once, in an order of chance, then copies
 * that lack some of their words until there are enough.
 */
export function mixedTexts(sets: readonly LabelledTexts[], n: number, seed: number): LabelledTexts {
  const random = mulberry32(seed);
  const real = shuffled(
    sets.flatMap(({ name, labels, texts }) => texts.map((text, i) => ({ label: `${name} ${labels[i]}`, text }))),
    random,
  );
  const rows = real.slice(0, n);
  while (rows.length < n) {
    const { label, text } = real[Math.floor(random() * real.length)]!;
    const words = text.split(' ').filter(() => random() < dropKeeps);
    rows.push({ label, text: words.join(' ') || text });
  }
  return { name: `mixed ${n}`, labels: rows.map(({ label }) => label), texts: rows.map(({ text }) => text) };
}
const dropKeeps = 0.75;

/** The same answers with slips of the pen in some of their words. */
export function misspelt({ name, labels, texts }: LabelledTexts, share: number, seed: number): LabelledTexts {
  const random = mulberry32(seed);
  const letter = () => String.fromCharCode(97 + Math.floor(random() * 26));
  const slip = (word: string) => {
    if (word.length < 4 || !/^[a-z]+$/i.test(word) || random() >= share) return word;
    const at = 1 + Math.floor(random() * (word.length - 2));
    const [before, here, after] = [word.slice(0, at), word[at]!, word.slice(at + 1)];
    const kinds = [
      before + after,
      before + letter() + here + after,
      before + letter() + after,
      before + after.slice(0, 1) + here + after.slice(1),
    ];
    return kinds[Math.floor(random() * kinds.length)]!;
  };
  return { name: `${name} misspelt`, labels, texts: texts.map((text) => text.split(' ').map(slip).join(' ')) };
}
