import type { Random } from '../../src/stats/random.ts';
import type { ThemeDocument } from '../../src/text/themes-result.ts';

const wordsOf: Record<string, string> = {
  parking:
    'parking garage car cars spot lot street barrier ramp driver traffic entrance permit bicycle electric charger',
  canteen: 'canteen lunch soup salad vegan meal kitchen menu dessert vegetable coffee dish cook taste portion snack',
  manager:
    'manager boss leader feedback decision trust goal praise listen meeting supervisor micromanage team vision honest clear',
};
const shared = 'always never often day week office better worse long today people money'.split(' ');
const frames = [
  'The _ and the _ need a _, ~',
  'I wish the _ had more _ than _, ~',
  '~ there is no _ for the _',
  'Why is the _ so far from our _? _ would help ~',
  'My _ was about _ and _, not ~',
  '_, _, _!',
];

/** Answers to one question with three topics in them, about as many of each, their words chosen at random. */
export function plantedAnswers(n: number, random: Random): { documents: ThemeDocument[]; topics: string[] } {
  const pick = (items: readonly string[]) => items[Math.floor(random() * items.length)]!;
  const names = Object.keys(wordsOf);
  const topics = Array.from({ length: n }, (_, i) => names[i % names.length]!);
  const documents = topics.map((topic, i) => {
    const words = wordsOf[topic]!.split(' ');
    const text = pick(frames).replace(/[_~]/g, (gap) => pick(gap === '_' ? words : shared));
    return { id: `p${String(i).padStart(5, '0')}`, text };
  });
  return { documents, topics };
}
