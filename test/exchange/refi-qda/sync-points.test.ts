import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layOut } from '../../../src/exchange/refi-qda/layout.ts';
import { syncPointsOf, timedTurns } from '../../../src/exchange/refi-qda/sync-points.ts';

const turn = (start: number, end: number, startMs: number | null = null) => ({
  kind: 'turn' as const,
  speaker: null,
  start,
  end,
  startMs,
  endMs: null,
});

test('a point at the name before the words is where the turn begins; those within are captions', () => {
  const points = [
    { position: 0, ms: 100 },
    { position: 30, ms: 5000 },
    { position: 45, ms: 8000 },
  ];
  const [one, two, three] = timedTurns([turn(5, 20), turn(33, 60), turn(65, 70)], points);
  expect([one?.turn.startMs, one?.cues]).toEqual([100, []]);
  expect([two?.turn.startMs, two?.cues]).toEqual([
    5000,
    [
      { start: 0, startMs: 5000, endMs: null },
      { start: 12, startMs: 8000, endMs: null },
    ],
  ]);
  expect([three?.turn.startMs, three?.cues]).toEqual([null, []]);
});

test('times that a turn has stay, and points whose times go back tell nothing', () => {
  const points = [
    { position: 5, ms: 900 },
    { position: 9, ms: 900 },
    { position: 12, ms: 300 },
  ];
  const [one] = timedTurns([turn(5, 20, 800)], points);
  expect([one?.turn.startMs, one?.cues]).toEqual([800, []]);
});

test('captions come back from the points of a text at the same words, whatever stands in them and under masks', () => {
  const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).map((text) => text.replaceAll(/\s/g, '_'));
  fc.assert(
    fc.property(fc.array(fc.array(words, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }), (talk) => {
      let ms = 0;
      const turns = talk.map((captions) => {
        let start = 0;
        const startMs = ms + 1000;
        const cues = captions.map((text) => {
          ms += 1000;
          const cue = { start, startMs: ms, endMs: null };
          start += [...text].length + 1;
          return cue;
        });
        return { text: captions.join(' '), startMs, cues: cues.length > 1 ? cues : [] };
      });
      const layout = layOut(
        turns.map(({ text, startMs }) => ({ kind: 'turn', speaker: 'P', text, startMs, endMs: null, masks: [] })),
      );
      const points = syncPointsOf('text', turns, layout.places);
      const back = timedTurns(
        layout.places.map(({ start, end }) => turn(start, end)),
        points,
      );
      expect(back.map(({ turn: { startMs }, cues }) => ({ startMs, cues }))).toEqual(
        turns.map(({ startMs, cues }) => ({ startMs, cues })),
      );
    }),
    { numRuns: 100 },
  );
});
