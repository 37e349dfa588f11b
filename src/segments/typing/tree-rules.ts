import type { TreeRule } from '../../model/typing-tool.ts';
import type { TreeNode } from '../../stats/classification-tree.ts';

type Condition = TreeRule['conditions'][number];

/**
 * A tree as rules for people, one for each leaf, largest first. Conditions on one question are drawn together.
 *
 * @param columns for each column of the tree's rows the question it comes from, and the level it stands for
 */
export function treeRules(
  tree: TreeNode,
  columns: readonly { question: string; level: number | null }[],
  segments: readonly { id: string }[],
): TreeRule[] {
  const leaves = (node: TreeNode, path: readonly Condition[]): TreeRule[] => {
    if (node.split === null) {
      const n = node.counts.reduce((sum, count) => sum + count, 0);
      return [
        {
          segment: segments[node.group]!.id,
          n,
          share: node.counts[node.group]! / n,
          conditions: drawnTogether(path),
        },
      ];
    }
    const { question, level } = columns[node.split.column]!;
    const at = level ?? node.split.at;
    return [
      ...leaves(node.split.below, [...path, { question, is: level === null ? 'below' : 'not-level', value: at }]),
      ...leaves(node.split.above, [...path, { question, is: level === null ? 'at-least' : 'level', value: at }]),
    ];
  };
  return leaves(tree, []).sort((a, b) => b.n - a.n);
}

function drawnTogether(path: readonly Condition[]): Condition[] {
  const kept: Condition[] = [];
  for (const condition of path) {
    const same = kept.findIndex(({ question, is }) => question === condition.question && is === condition.is);
    // Further down the tree a limit of the same kind is the tighter one.
    if (same >= 0 && (condition.is === 'below' || condition.is === 'at-least')) kept[same] = condition;
    else kept.push(condition);
  }
  // Where one answer is given, the others need not be ruled out.
  const isGiven = (question: string) => kept.some((one) => one.question === question && one.is === 'level');
  const order = [...new Set(kept.map(({ question }) => question))];
  return kept
    .filter(({ question, is }) => is !== 'not-level' || !isGiven(question))
    .sort((a, b) => order.indexOf(a.question) - order.indexOf(b.question));
}
