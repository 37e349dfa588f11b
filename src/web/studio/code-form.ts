import { HUES, hueOf } from '../../coding/code-hue.ts';
import type { Form } from '../../model/answers.ts';
import { type CodeForm, isForeignColor } from '../../services/codebook.ts';
import type { Code } from '../../store/notes.ts';
import { field } from '../form.ts';
import type { fieldMaker } from './frame.ts';

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** The fields of a code; one that is new may be put under another. */
export const codeFields =
  (code: Code | null, under: readonly { value: string; label: string }[]) => (make: ReturnType<typeof fieldMaker>) => [
    make.text('name', 'Name', { isRequired: true }),
    make.area('definition', 'What it means', { rows: 3 }),
    make.area('inclusion', 'When to use it', { rows: 3, hint: 'What words must say to bear it' }),
    make.area('exclusion', 'When not', { rows: 3, hint: 'What is near it and belongs to another code' }),
    ...(code === null && under.length > 0
      ? [make.select('under', 'Under', [{ value: '', label: 'The top of the codebook' }, ...under])]
      : []),
    make.radios('color', 'Colour', [
      { value: '', label: 'As it comes' },
      ...HUES.map(({ name, hex }, index) => ({ value: hex, label: capital(name), segmentClass: `seg-${index + 1}` })),
      ...(code?.color != null && isForeignColor(code.color)
        ? [
            {
              value: code.color,
              label: `${code.color}, as another program gave it`,
              segmentClass: `seg-${hueOf(code.color, code.id)}`,
              hint: `Shown here as ${HUES[hueOf(code.color, code.id) - 1]?.name}, and written to files as it came`,
            },
          ]
        : []),
    ]),
    make.boxes('isCategory', 'Coding', [
      { value: '1', label: 'It only gathers the codes under it', hint: 'It is not offered for words to bear' },
    ]),
  ];

/** What a posted form says of a code. */
export const codeFormOf = (form: Form): CodeForm => ({
  name: field(form, 'name'),
  definition: field(form, 'definition'),
  inclusion: field(form, 'inclusion'),
  exclusion: field(form, 'exclusion'),
  color: field(form, 'color'),
  isCodable: field(form, 'isCategory') !== '1',
});

/** A code as its form is filled with it. */
export const codeValues = (code: Code): Record<string, string> => ({
  name: code.name,
  definition: code.definition,
  inclusion: code.inclusion,
  exclusion: code.exclusion,
  color: code.color ?? '',
  isCategory: code.isCodable === 1 ? '' : '1',
});
