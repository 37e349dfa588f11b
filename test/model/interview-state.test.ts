import { expect, test } from 'vitest';
import { INTERVIEW_STATES, isInterviewState, nextStates } from '../../src/model/interview-state.ts';

test('from each state leads a way on, and none into itself but another time', () => {
  for (const state of Object.keys(INTERVIEW_STATES).filter(isInterviewState)) {
    const next = nextStates(state, false);
    expect(next.length, state).toBeGreaterThan(0);
    expect(next.includes(state), state).toBe(state === 'scheduled');
  }
});

test('what was said cannot be taken for a talk that did not take place', () => {
  expect(nextStates('held', false)).toContain('no-show');
  expect(nextStates('held', true)).toEqual(['thanked']);
  expect(nextStates('thanked', true)).toEqual(['held']);
  // Notes made while waiting do not keep somebody from not showing up.
  expect(nextStates('scheduled', true)).toContain('no-show');
});
