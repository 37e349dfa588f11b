import type { Described } from './draw-portrait.ts';

const plain = (name: string): string =>
  name
    .replace(/^attribute:/, '')
    .replaceAll(/[_\s-]/g, '')
    .toLowerCase();
const isMore = ({ comparison }: Described): boolean => (comparison.difference ?? 0) > 0;

/**
 * Leaves out what is known of people where a question of the same name tells the same of the same option, in the same
 * direction: what somebody answered goes before what a file or a form says of them.
 *
 * @param described what is worth saying, in its order
 */
export function withoutSaidTwice(described: readonly Described[]): Described[] {
  const keyOf = ({ comparison, item }: Described) =>
    `${plain(item)}=${comparison.kind === 'share' ? plain(comparison.code) : ''}`;
  const answered = Map.groupBy(
    described.filter(({ family }) => family === 'question'),
    keyOf,
  );
  return described.filter(
    (one) => one.family !== 'attribute' || !answered.get(keyOf(one))?.some((other) => isMore(other) === isMore(one)),
  );
}
