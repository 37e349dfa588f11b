import { expect, test } from 'vitest';
import { pipeText } from '../../src/logic/pipe.ts';

test('what somebody said is never read as a placeholder, a template or a sign of replacement', () => {
  for (const said of [
    '{{other}}',
    '{{{other}}}',
    `\${other}`,
    '{{said}}',
    '$&',
    '$1',
    "$'",
    '{{other|x}}',
    '<%= other %>',
    '{{',
  ])
    expect(pipeText('You said {{said}}. Is that all?', (name) => (name === 'said' ? said : 'SECRET'))).toBe(
      `You said ${said}. Is that all?`,
    );
  expect(pipeText('{{a}}{{b}}', (name) => (name === 'a' ? '{{' : 'b}}'))).toBe('{{b}}');
});
