import type { TypingItem, TypingTool } from '../../model/typing-tool.ts';

/** What an item adds to each segment's score. */
export type ItemEffect = {
  item: TypingItem;
  /** Of an item that counts as a number: for each segment, by how much the score rises with 1. */
  slopes: number[];
  /** Of an item with options: for each option, what it adds to each segment's score. */
  byOption: number[][];
};

/** The table of a tool in terms of what is asked, with values that are worked out of several items taken apart. */
export function itemEffects(tool: TypingTool): { constants: number[]; items: ItemEffect[] } {
  const questions = new Map(tool.questions.map((question) => [question.id, question]));
  const constants = tool.table.constants.map((constant, segment) =>
    tool.table.rows.reduce(
      (sum, { question, level, weights }) =>
        sum + (level === null ? weights[segment]! * questions.get(question)!.constant : 0),
      constant,
    ),
  );
  const items = tool.items.map((item) => {
    const shares = tool.table.rows.map(({ question }) =>
      questions.get(question)!.workedOutOf.reduce((sum, part) => sum + (part.item === item.id ? part.weight : 0), 0),
    );
    const sumOver = (segment: number, countOf: (level: number | null) => number) =>
      tool.table.rows.reduce(
        (sum, { level, weights }, row) =>
          sum + (shares[row] === 0 ? 0 : weights[segment]! * shares[row]! * countOf(level)),
        0,
      );
    return {
      item,
      slopes: constants.map((_, segment) => sumOver(segment, (level) => (level === null ? 1 : 0))),
      byOption: item.options.map(({ value }) =>
        constants.map((_, segment) => sumOver(segment, (level) => (level === null ? value : value === level ? 1 : 0))),
      ),
    };
  });
  return { constants, items };
}
