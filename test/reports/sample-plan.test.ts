import { expect, test } from 'vitest';
import { planSample, readSegments } from '../../src/reports/sample-plan.ts';

const aim = { of: 'share', margin: 0.05, share: 0.5, level: 0.95 } as const;

test('each segment needs its own answers, and a small one may be out of reach', () => {
  const { segments } = readSegments('Large\nMiddle; 1,000; 50\nSmall; 100; 20%', 0.2);
  expect(planSample(aim, segments)).toEqual([
    { name: 'Large', population: null, responseRate: 0.2, answers: 385, invitations: 1925, isOutOfReach: false },
    { name: 'Middle', population: 1000, responseRate: 0.5, answers: 278, invitations: 556, isOutOfReach: false },
    { name: 'Small', population: 100, responseRate: 0.2, answers: 80, invitations: 400, isOutOfReach: true },
  ]);
});

test('a mean is planned in its own unit', () => {
  const [plan] = planSample({ of: 'mean', margin: 2, standardDeviation: 15, level: 0.95 }, [
    { name: 'All', population: null, responseRate: 1 },
  ]);
  expect(plan).toMatchObject({ answers: 217, invitations: 217 });
});

test.each(['; 100', 'A; many', 'A; 100; 0', 'A; 100; 101', 'A; 1.5', 'A; 0'])('“%s” is not a segment', (line) =>
  expect(readSegments(`Good\n${line}`, 0.2)).toMatchObject({ segments: [{ name: 'Good' }], fault: line }),
);
