import type { TypingTool } from '../../../src/model/typing-tool.ts';
import { buildTypingTool } from '../../../src/segments/typing/build-typing-tool.ts';
import { centredWithin } from '../../../src/segments/typing/typing-sample.ts';
import { plantMixed } from '../../segments/typing/plant-typing.ts';

/** A tool of scales, a choice without order, and a value that is worked out of a battery. */
export function mixedTool(): TypingTool {
  const { options, colours, battery, answers } = plantMixed();
  return buildTypingTool({
    ...options,
    questions: [
      ...options.questions,
      { id: 'colour', name: 'Which colour?', kind: 'nominal', values: colours, levels: ['Red', 'Blue', 'Grey'] },
      {
        id: 'value',
        name: 'Value',
        kind: 'numeric',
        centring: 'person-mean',
        values: answers.map((row) => row[0]! - row.reduce((a, b) => a + b) / 4),
        workedOutOf: centredWithin(['v1'], battery),
      },
    ],
    chosen: 5,
  });
}
