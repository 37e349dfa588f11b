import { expect, test } from 'vitest';
import { coverage, GUIDE_LIMITS, type Guide, nextQuestions, readGuide } from '../../src/model/guide.ts';
import { editGuide, readGuideStep } from '../../src/model/guide-edit.ts';
import { SHIPPED_GUIDES, shippedGuide } from '../../src/services/guides.ts';
import { templatesFolder } from '../../src/verbatim.ts';

const counted = () => {
  let count = 0;
  return () => {
    count += 1;
    return `new-${count}`;
  };
};
const small: Guide = Object.freeze({
  title: 'A guide',
  about: '',
  parts: [
    {
      title: 'One',
      about: '',
      prompts: [
        { id: 'a', text: 'First?', probes: [{ id: 'a1', when: 'In general', text: 'The last time?' }] },
        { id: 'b', text: 'Second?', probes: [] },
      ],
    },
    { title: 'Two', about: '', prompts: [{ id: 'c', text: 'Third?', probes: [] }] },
  ],
});

test('every guide that comes along reads, and keeps its ids each time', () => {
  for (const code of SHIPPED_GUIDES) {
    const guide = shippedGuide(templatesFolder, code);
    expect(guide).toEqual(shippedGuide(templatesFolder, code));
    for (const { prompts } of guide.parts) expect(prompts.length, code).toBeGreaterThan(0);
  }
});

test('buying insights open with the question of the day it began, in five rings', () => {
  const guide = shippedGuide(templatesFolder, 'buying-insights');
  expect(guide.parts[0]?.prompts[0]?.text).toBe(
    'What happened on the day you first decided you needed to solve this kind of problem or achieve this goal?',
  );
  expect(guide.parts.map(({ title }) => title)).toEqual([
    'Priority initiative',
    'Success factors',
    'Perceived barriers',
    'Decision criteria',
    'Buyer’s journey',
  ]);
});

test('a file may name prompts by their text alone; ids that are missing or stand twice are given anew', () => {
  const read = readGuide(
    {
      title: ' A guide ',
      parts: [{ title: 'One', prompts: ['Why?', { id: 'x', text: 'How?' }, { id: 'x', text: 'When?' }] }],
    },
    counted(),
  );
  expect(read).toEqual({
    guide: {
      title: 'A guide',
      about: '',
      parts: [
        {
          title: 'One',
          about: '',
          prompts: [
            { id: 'new-1', text: 'Why?', probes: [] },
            { id: 'x', text: 'How?', probes: [] },
            { id: 'new-2', text: 'When?', probes: [] },
          ],
        },
      ],
    },
  });
});

test.each([
  ['nothing', null],
  ['no title', { title: '', parts: [{ title: 'One', prompts: ['Why?'] }] }],
  ['no question', { title: 'A guide', parts: [{ title: 'One', prompts: [] }] }],
  ['an empty question', { title: 'A guide', parts: [{ title: 'One', prompts: ['  '] }] }],
  ['an id that is markup', { title: 'A guide', parts: [{ title: 'One', prompts: [{ id: '<b>', text: 'Why?' }] }] }],
  ['a title too long', { title: 'x'.repeat(201), parts: [{ title: 'One', prompts: ['Why?'] }] }],
  [
    'too many questions',
    { title: 'A guide', parts: [{ title: 'One', prompts: Array(GUIDE_LIMITS.questions + 1).fill('Why?') }] },
  ],
])('a guide with %s is refused with the place of the fault', (_, raw) => {
  const read = readGuide(raw, counted());
  expect('errors' in read && read.errors[0]?.pointer).toMatch(/^#\//);
});

test('the probes of what was asked last come first, then the next prompt that was not asked', () => {
  expect(nextQuestions(small, [])).toMatchObject({ probes: [], prompt: { id: 'a' } });
  expect(nextQuestions(small, ['a'])).toMatchObject({ probes: [{ id: 'a1' }], prompt: { id: 'b' } });
  expect(nextQuestions(small, ['a', 'a1'])).toMatchObject({ probes: [], prompt: { id: 'b' } });
  // Whoever jumps ahead is led back in the end.
  expect(nextQuestions(small, ['c'])).toMatchObject({ prompt: { id: 'a' } });
  expect(nextQuestions(small, ['a', 'b', 'c'])).toEqual({ probes: [], prompt: null });
  expect(nextQuestions(small, ['gone'])).toMatchObject({ probes: [], prompt: { id: 'a' } });
});

test('coverage counts prompts, and nobody has to ask probes', () => {
  expect(coverage(small, ['a', 'b', 'gone'])).toMatchObject({ all: 3, open: [{ id: 'c' }] });
  expect(coverage(small, ['a', 'b', 'c']).open).toEqual([]);
});

test('the editor adds, moves and removes, and a prompt leaves its part at the end of it', () => {
  const ids = (guide: Guide) => guide.parts.map(({ prompts }) => prompts.map(({ id }) => id));
  const after = (step: string) => editGuide(small, readGuideStep(step) ?? { do: 'up', at: [] }, counted());
  expect(ids(after('add-prompt 1'))).toEqual([
    ['a', 'b'],
    ['c', 'new-1'],
  ]);
  expect(after('add-probe 0.1').parts[0]?.prompts[1]?.probes).toEqual([{ id: 'new-1', when: '', text: '' }]);
  expect(ids(after('add-part'))).toEqual([['a', 'b'], ['c'], ['new-1']]);
  expect(ids(after('down 0.0'))).toEqual([['b', 'a'], ['c']]);
  expect(ids(after('down 0.1'))).toEqual([['a'], ['b', 'c']]);
  expect(ids(after('up 1.0'))).toEqual([['a', 'b', 'c'], []]);
  expect(ids(after('up 1'))).toEqual([['c'], ['a', 'b']]);
  expect(ids(after('remove 0.0'))).toEqual([['b'], ['c']]);
  expect(ids(after('remove 0'))).toEqual([['c']]);
  expect(after('remove 0.0.0').parts[0]?.prompts[0]?.probes).toEqual([]);
});

test('a step at a place that is not there changes nothing', () => {
  for (const step of [
    'up 0.0',
    'down 1.0',
    'remove 9',
    'remove 0.9',
    'add-prompt 7',
    'add-probe 0.9',
    'up 0',
    'remove',
  ])
    expect(editGuide(small, readGuideStep(step) ?? { do: 'up', at: [] }, counted()), step).toEqual(small);
  expect(readGuideStep('remove -1')).toBeNull();
});
