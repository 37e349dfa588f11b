import type { TypingOptions } from '../../../src/segments/typing/build-typing-tool.ts';
import type { TypingCandidate } from '../../../src/segments/typing/typing-sample.ts';
import { mulberry32, normalDeviate } from '../../../src/stats/random.ts';

/** Three segments by five-point questions; each question is higher in one of them. */
export function plantTyping({ n = 300, p = 9, shift = 1.6, seed = 1 } = {}): TypingOptions & { labels: number[] } {
  const random = mulberry32(seed);
  const labels = Array.from({ length: n }, (_, i) => (i % 10 < 5 ? 0 : i % 10 < 8 ? 1 : 2));
  const questions = Array.from(
    { length: p },
    (_, j): TypingCandidate => ({
      id: `q${j}`,
      name: `Question ${j}`,
      kind: 'ordinal',
      values: labels.map((segment) =>
        Math.min(5, Math.max(1, Math.round(2.5 + (j % 3 === segment ? shift : 0) + normalDeviate(random)))),
      ),
      min: 1,
      max: 5,
    }),
  );
  const segments = ['Explorers', 'Planners', 'Savers'].map((name, i) => ({ id: `s${i}`, name }));
  return { questions, segments, labels, priors: 'sample', random: mulberry32(7) };
}

/** Adds a nominal question and a value worked out of a centred battery. */
export function plantMixed(seed = 1) {
  const options = plantTyping({ p: 3, shift: 1.2, seed });
  const random = mulberry32(seed + 1);
  const colours = options.labels.map((segment) => (random() < 0.7 ? segment : Math.floor(random() * 3)));
  const battery = ['v1', 'v2', 'v3', 'v4'].map((id) => ({
    id,
    name: `Statement ${id}`,
    kind: 'ordinal' as const,
    options: [],
    min: 1,
    max: 6,
  }));
  const answers = options.labels.map((segment) => {
    const style = normalDeviate(random);
    return battery.map((_, j) =>
      Math.min(
        6,
        Math.max(1, Math.round(3.5 + style + (segment === 2 && j === 0 ? 2 : 0) + normalDeviate(random) / 2)),
      ),
    );
  });
  return { options, colours, battery, answers };
}
