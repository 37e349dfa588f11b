import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { readScoringTable } from '../../../src/exchange/typing/scoring-table.ts';
import { typingPage } from '../../../src/exchange/typing/typing-page.ts';
import type { TypingTool } from '../../../src/model/typing-tool.ts';
import { typePerson } from '../../../src/segments/typing/type-person.ts';
import { mulberry32 } from '../../../src/stats/random.ts';
import { mixedTool } from './mixed-tool.ts';

type Found = { segment: number | null; shares: number[] | null; reason: string | null };

/** The scoring of a saved page, run as a browser runs it but without its document. */
function scorerOf(tool: TypingTool): (given: (number | null)[]) => Found {
  const page = typingPage(tool, { title: 'Which traveller?' });
  const data = /<script type="application\/json" id="tool">(.*?)<\/script>/s.exec(page)![1]!;
  const script = /<script>(.*?)<\/script>/s.exec(page)![1]!;
  const context: { score?: (tool: unknown, given: unknown) => Found } = {};
  runInNewContext(`${script}\nthis.score = typeAnswers;`, context);
  return (given) => JSON.parse(JSON.stringify(context.score!(JSON.parse(data), given)));
}

test('the saved page gives what typing gives, for whole and for partial answers', () => {
  const fitted = mixedTool();
  const imported = readScoringTable('q,A,B\nx,1,-1\ny = a,2,0\ny = b,0,1\nconstant,0,1\n', 0.8).tool!;
  for (const tool of [fitted, { ...fitted, unsureBelow: 0.4 }, imported]) {
    const score = scorerOf(tool);
    const random = mulberry32(2);
    const reasons = new Set<string>();
    for (let i = 0; i < 400; i++) {
      const given = tool.items.map(({ options, max }) =>
        random() < 0.25 ? null : Math.floor(random() * (options.length > 0 ? options.length + 0.2 : (max ?? 6) + 2)),
      );
      const own = typePerson(tool, Object.fromEntries(tool.items.map(({ id }, at) => [id, given[at]!])));
      const found = score(given);
      expect(found.segment === null ? null : tool.segments[found.segment]!.id).toBe(own.segment);
      expect(found.reason).toBe(own.reason ?? null);
      found.shares?.forEach((share, g) => expect(share).toBeCloseTo(own.probabilities[tool.segments[g]!.id]!, 8));
      reasons.add(own.reason ?? 'sure');
    }
    expect(reasons).toContain('sure');
    expect(reasons).toContain('missing');
    expect(reasons.has('unsure')).toBe(tool.unsureBelow >= 0.7);
  }
});

test('the saved page reaches for nothing outside itself and escapes what people wrote', () => {
  const tool = mixedTool();
  const page = typingPage(
    {
      ...tool,
      segments: tool.segments.map((one, i) => (i === 0 ? { ...one, name: '</script><b>&"' } : one)),
    },
    { title: '<i>Type</i>' },
  );
  expect(page).not.toMatch(/(src|href)=|url\(|https?:|@import/);
  expect(page).toContain("default-src 'none'");
  expect(page).not.toContain('<i>');
  expect(page).not.toContain('<b>');
  expect(page.match(/<\/script>/g)).toHaveLength(2);
});

test('the saved page says how far it can be trusted', () => {
  const tool = mixedTool();
  const page = typingPage(tool, { title: 'T' });
  const share = Math.round(tool.measured!.accuracy.share * 100);
  expect(page).toContain(`into the right segment`);
  expect(page).toContain(`${share}% (`);
  expect(page).toContain('aria-live="polite"');
  expect(page.match(/<fieldset/g)!.length).toBe(tool.items.length);
  const doubtful = {
    ...tool,
    measured: { ...tool.measured!, mayPublish: { ok: false, reasons: ['Savers are found too seldom'] } },
  };
  expect(typingPage(doubtful, { title: 'T' })).toContain('Savers are found too seldom.');
  expect(typingPage({ ...tool, measured: null }, { title: 'T' })).toContain('made elsewhere');
});
