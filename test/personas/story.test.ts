import { expect, test } from 'vitest';
import { proposeStory } from '../../src/personas/story.ts';

test('a name that says two places proposes neither', () => {
  expect(proposeStory(['Push and pull'], []).force).toBeNull();
  expect(proposeStory(['Pull of the new'], []).force).toMatchObject({ place: 'pull', by: 'name' });
  expect(proposeStory(['Pushy salesman'], []).force).toBeNull();
});

test('a name of one’s own says more than one above, and either more than the guide', () => {
  const said = Array.from({ length: 5 }, () => ({ part: 'Success factors', question: '' }));
  expect(proposeStory(['Decision criteria', 'Barriers'], said).ring).toMatchObject({ place: 'criteria', by: 'name' });
  expect(proposeStory(['Price'], said).ring).toEqual({
    place: 'success',
    by: 'guide',
    part: 'Success factors',
    passages: 5,
    of: 5,
  });
});

test('one passage, or half of them, in a part of the guide propose nothing', () => {
  const in_ = (part: string) => ({ part, question: '' });
  expect(proposeStory(['x'], [in_('Deciding')]).stage).toBeNull();
  expect(proposeStory(['x'], [in_('Deciding'), in_('Deciding'), in_('Consuming'), in_('Other')]).stage).toBeNull();
});

test('the part of a guide that asks for all four forces proposes each by its question', () => {
  const said = ['Habit: what did you like about the old?', 'Habit: what did you like about the old?'].map(
    (question) => ({
      part: 'Four forces',
      question,
    }),
  );
  expect(proposeStory(['x'], said).force).toMatchObject({ place: 'habit', part: 'Four forces', passages: 2 });
});
