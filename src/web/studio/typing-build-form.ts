import type { OfferedBlock } from '../../segments/offered-inputs.ts';
import { centredBatteries } from '../../segments/typing/typing-candidates.ts';
import type { SegmentRunSettings } from '../../services/segmentations.ts';
import type { FieldView, fieldMaker } from './frame.ts';

/**
 * What is asked before a typing tool is built. Whether items are asked as they are stands right before the first battery
 * that it is about, and nowhere when there is none.
 */
export function typingBuildFields(
  make: ReturnType<typeof fieldMaker>,
  blocks: readonly OfferedBlock[],
  settings: SegmentRunSettings['settings'],
): FieldView[] {
  const [firstBattery] = centredBatteries(blocks, settings);
  return [
    make.radios(
      'priors',
      'What the tool is for',
      [
        { value: 'equal', label: 'Finding people of every segment', hint: 'Segments count alike, small ones too' },
        { value: 'sample', label: 'Reporting how many there are', hint: 'Segments count by their size' },
      ],
      { isRequired: true },
    ),
    ...blocks.flatMap((block, index) => [
      ...(block === firstBattery
        ? [
            make.radios(
              'battery',
              'Items of batteries that were centred within each person',
              [
                {
                  value: 'whole',
                  label: 'Ask the whole battery and centre it again',
                  hint: 'What people were grouped by; more to ask',
                },
                {
                  value: 'alone',
                  label: 'Ask single items as they are',
                  hint: 'Fewer to ask; the figures say at what price',
                },
              ],
              { isRequired: true, hint: 'It is about the items ticked below; scales are always worked out whole' },
            ),
          ]
        : []),
      make.boxes(
        `chosen-${index}`,
        block.name,
        block.inputs.map(({ id, name }) => ({ value: id, label: name })),
      ),
    ]),
    make.text('questions', 'How many', { isShort: true, hint: 'Leave empty to let the figures say' }),
    make.text('seed', 'Seed', { isShort: true, hint: 'The same seed and answers give the same tool' }),
  ];
}
