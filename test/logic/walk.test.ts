import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkSurvey } from '../../src/logic/check-survey.ts';
import { compileSurvey } from '../../src/logic/compile-survey.ts';
import { currentAnswers } from '../../src/logic/current-answers.ts';
import { drawOrder, drawSome, randomFor } from '../../src/logic/draw-order.ts';
import { pipeText } from '../../src/logic/pipe.ts';
import { pageSequence, type Respondent, walkSurvey } from '../../src/logic/walk.ts';
import type { Answers, AnswerValue } from '../../src/model/answers.ts';
import { type Page, type Question, SurveyDefinition } from '../../src/model/survey.ts';
import { everyKind } from '../support/every-kind.ts';
import { smallSurvey } from '../support/small-survey.ts';

const choice = (code: string, codes: readonly string[], more: Partial<Question> = {}): Question =>
  ({
    kind: 'single',
    code,
    text: { en: code },
    options: codes.map((one) => ({ code: one, text: { en: one } })),
    ...more,
  }) as Question;
const survey = (pages: Page[], more: Partial<SurveyDefinition> = {}): SurveyDefinition => ({
  ...smallSurvey,
  instruments: [],
  pages,
  ...more,
});
const answered = (values: Record<string, AnswerValue>): Answers =>
  Object.fromEntries(Object.entries(values).map(([item, value]) => [item, { state: 'answered', value }]));
const somebody = (values: Record<string, AnswerValue> = {}, more: Partial<Respondent> = {}): Respondent => ({
  id: 'r1',
  answers: answered(values),
  attributes: null,
  today: '2026-03-09',
  ...more,
});
const shownTo = (definition: SurveyDefinition, respondent: Respondent) =>
  walkSurvey(definition, respondent).screens.map(({ questions }) => questions.map(({ code }) => code).join('+'));
const faultsIn = (definition: SurveyDefinition) =>
  checkSurvey(definition).map(({ pointer, detail }) => `${pointer} ${detail}`);

describe('a way through', () => {
  const jumping = survey(
    [
      { code: 'a', questions: [choice('own', ['yes', 'no'])], next: [{ if: "{own} = 'no'", to: 'c' }] },
      { code: 'b', questions: [choice('brand', ['x', 'y'])] },
      { code: 'c', questions: [choice('age', ['young', 'old'])], next: [{ if: "{age} = 'young'", to: 'out' }] },
      { code: 'd', questions: [choice('last', ['1', '2'])] },
    ],
    { ends: [{ code: 'out', outcome: 'screened-out' }] },
  );
  test('jumps over pages, and to an end', () => {
    expect(shownTo(jumping, somebody({ own: 'yes' }))).toEqual(['own', 'brand', 'age', 'last']);
    expect(shownTo(jumping, somebody({ own: 'no' }))).toEqual(['own', 'age', 'last']);
    const early = walkSurvey(jumping, somebody({ own: 'no', age: 'young' }));
    expect(early.screens).toHaveLength(2);
    expect(early.end).toEqual({ code: 'out', outcome: 'screened-out', isJump: true });
  });
  test('takes no notice of an answer on a page that is jumped over', () => {
    const walk = walkSurvey(jumping, somebody({ own: 'no', brand: 'x' }));
    expect(walk.live.has('brand')).toBe(false);
  });
  test('splits a page before a question that depends on it, and only there', () => {
    const page: Page = {
      code: 'p',
      questions: [
        choice('first', ['a', 'b']),
        choice('free', ['a', 'b']),
        choice('then', ['a', 'b'], { visibleIf: "{first} = 'a'" }),
        choice('beside', ['a', 'b'], { text: { en: 'Why {{then|it}}?' } }),
      ],
    };
    const definition = survey([page]);
    expect(compileSurvey(definition).screens.map(({ questions }) => questions.map(({ code }) => code))).toEqual([
      ['first', 'free'],
      ['then'],
      ['beside'],
    ]);
    expect(shownTo(definition, somebody({ first: 'b' }))).toEqual(['first+free', 'beside']);
  });
  test('asks by attribute, by segment and by hidden field, and unknown shows nothing', () => {
    const definition = survey([
      { code: 'z', questions: [choice('x', ['a', 'b']), { kind: 'hidden', code: 'from', text: { en: 'From' } }] },
      { code: 'a', visibleIf: "{attribute:country} = 'DE'", questions: [choice('german', ['a', 'b'])] },
      { code: 'b', visibleIf: '{segment:vip}', questions: [choice('vip', ['a', 'b'])] },
      { code: 'c', visibleIf: "{from} = 'mail'", questions: [choice('mail', ['a', 'b'])] },
      { code: 'd', visibleIf: 'not {segment:vip}', questions: [choice('plain', ['a', 'b'])] },
    ]);
    expect(faultsIn(definition)).toEqual([]);
    expect(shownTo(definition, somebody())).toEqual(['x']);
    expect(
      shownTo(definition, somebody({ from: 'mail' }, { attributes: { country: 'DE' }, segments: { vip: true } })),
    ).toEqual(['x', 'german', 'vip', 'mail']);
    expect(shownTo(definition, somebody({}, { segments: { vip: false } }))).toEqual(['x', 'plain']);
  });
  test('carries chosen options over, and those left, through several questions', () => {
    const definition = survey([
      { code: 'a', questions: [choice('known', ['x', 'y', 'z'], { kind: 'multiple' } as Partial<Question>)] },
      {
        code: 'b',
        questions: [choice('best', [], { optionsFrom: { question: 'known', which: 'chosen' } } as Partial<Question>)],
      },
      {
        code: 'c',
        questions: [
          choice('other', [], { optionsFrom: { question: 'known', which: 'not-chosen' } } as Partial<Question>),
        ],
      },
    ]);
    expect(faultsIn(definition)).toEqual([]);
    const options = (values: Record<string, AnswerValue>) =>
      walkSurvey(definition, somebody(values)).screens.map(({ questions }) =>
        questions.flatMap((one) => ('options' in one ? one.options.map(({ code }) => code) : [])).join(),
      );
    expect(options({ known: ['z', 'x'] })).toEqual(['x,y,z', 'x,z', 'y']);
    expect(options({ known: ['x', 'y', 'z'] })).toEqual(['x,y,z', 'x,y,z']);
    expect(options({})).toEqual(['x,y,z', 'x,y,z']);
  });
  test('calculates from what was answered, and anew when that changes', () => {
    const value = (age: number) => walkSurvey(everyKind, somebody({ plan: 'free', age })).live.get('half');
    expect(value(41)).toEqual({ state: 'answered', value: 20.5 });
    expect(value(20)).toEqual({ state: 'answered', value: 10 });
    expect(walkSurvey(everyKind, somebody({ plan: 'free' })).live.get('half')).toBeUndefined();
  });
  test('is the same for the same person however often it is walked, and answers never lengthen an empty one', () => {
    const item = fc.constantFrom(...compileSurvey(everyKind).items.map(({ address }) => address));
    const value = fc.oneof(
      fc.constantFrom('free', 'pro', 'team', 'yes', 'no'),
      fc.integer({ min: 0, max: 10 }),
      fc.constant(['paper', 'board']),
    );
    fc.assert(
      fc.property(fc.dictionary(item, value), fc.string({ minLength: 1 }), (values, id) => {
        const respondent = somebody(values as Record<string, AnswerValue>, { id });
        const [one, two] = [walkSurvey(everyKind, respondent), walkSurvey(everyKind, respondent)];
        expect(JSON.stringify(one.screens)).toBe(JSON.stringify(two.screens));
        const numbers = one.screens.map(({ screen }) => screen.number);
        expect(new Set(numbers).size).toBe(numbers.length);
        for (const address of one.live.keys()) expect(address in values || address === 'half').toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what a response says now', () => {
  const base = {
    asked: { how: 'open' },
    attributes: null,
    segments: null,
    completedAt: null,
    updatedAt: '2026-03-09T10:00:00Z',
  };
  test('tells apart what was passed over and what was not reached', () => {
    const definition = survey([
      { code: 'a', questions: [choice('own', ['yes', 'no'])] },
      { code: 'b', visibleIf: "{own} = 'yes'", questions: [choice('brand', ['x', 'y'])] },
      { code: 'c', questions: [choice('age', ['young', 'old'])] },
      { code: 'd', questions: [choice('end', ['1', '2'])] },
    ]);
    const response = {
      ...base,
      responseId: 'r1',
      batchId: null,
      state: 'started',
      answers: answered({ own: 'no', brand: 'x', age: 'old' }),
      lastPage: 3,
    } as unknown as Parameters<typeof currentAnswers>[1];
    expect(currentAnswers(definition, response).map(({ item, state }) => `${item} ${state}`)).toEqual([
      'own answered',
      'brand not_shown',
      'age answered',
      'end not_reached',
    ]);
  });
});

describe('a drawn order', () => {
  test('holds the same entries, with the pinned ones in their places', () => {
    const entry = fc.record({ code: fc.nat(), pinned: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(entry),
        fc.constantFrom('random', 'rotated', 'reversed-half' as const),
        fc.string(),
        (list, order, id) => {
          const drawn = drawOrder(list, order as 'random', randomFor(id, 'q'));
          expect([...drawn].sort((a, b) => a.code - b.code)).toEqual([...list].sort((a, b) => a.code - b.code));
          list.forEach((one, index) => {
            if (one.pinned) expect(drawn[index]).toBe(one);
          });
        },
      ),
    );
  });
  test('gives each place to each entry about as often', () => {
    const counts = [0, 0, 0, 0];
    for (let person = 0; person < 4000; person += 1) {
      const first = drawOrder([0, 1, 2, 3], 'random', randomFor(`r${person}`, 'q'))[0] ?? 0;
      counts[first] = (counts[first] ?? 0) + 1;
    }
    // 1,000 each is expected; five standard deviations are about 137.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(137);
  });
  test('of one element says nothing about another', () => {
    let same = 0;
    for (let person = 0; person < 2000; person += 1) {
      const one = drawOrder([0, 1], 'random', randomFor(`r${person}`, 'q1'))[0];
      const other = drawOrder([0, 1], 'random', randomFor(`r${person}`, 'q2'))[0];
      if (one === other) same += 1;
    }
    expect(Math.abs(same - 1000)).toBeLessThan(112);
  });
  test('some are drawn without changing their order', () => {
    expect(drawSome([1, 2, 3], undefined, () => 0.5)).toEqual([1, 2, 3]);
    const some = drawSome([1, 2, 3, 4, 5], 3, randomFor('r', 'q'));
    expect(some).toHaveLength(3);
    expect([...some].sort()).toEqual(some);
  });
  test('blocks move as wholes, pages outside them stay, and a block may show some of its pages', () => {
    const page = (code: string): Page => ({ code, questions: [choice(`q${code}`, ['a', 'b'])] });
    const definition = survey(['first', 'a1', 'a2', 'b1', 'b2', 'b3', 'last'].map(page), {
      blocks: [
        { code: 'a', pages: ['a1', 'a2'] },
        { code: 'b', pages: ['b1', 'b2', 'b3'], take: 2, order: 'random' },
      ],
      blockOrder: 'random',
    });
    const seen = new Set<string>();
    for (let person = 0; person < 100; person += 1) {
      const codes = pageSequence(definition, `r${person}`).map((index) => definition.pages[index]?.code ?? '');
      expect([codes[0], codes.at(-1), codes.length]).toEqual(['first', 'last', 6]);
      expect(codes.indexOf('a2')).toBe(codes.indexOf('a1') + 1);
      seen.add(codes.join());
    }
    expect(seen.size).toBeGreaterThan(6);
  });
});

describe('a survey is not published', () => {
  const pages = (...list: Page[]) => faultsIn(survey(list)).join('\n');
  test('with a condition on what is asked later, on the page itself in a drawn order, or by nobody', () => {
    const later = choice('later', ['a', 'b']);
    const asks = choice('asks', ['a', 'b'], { visibleIf: "{later} = 'a'" });
    expect(pages({ code: 'a', questions: [asks] }, { code: 'b', questions: [later] })).toContain(
      '“later” is asked later',
    );
    expect(pages({ code: 'a', questions: [later, asks] })).toBe('');
    expect(pages({ code: 'a', order: 'random', questions: [later, asks] })).toContain('put in a drawn order');
    expect(pages({ code: 'a', questions: [asks] })).toContain('no question or row called “later”');
  });
  test('with a jump back, to nowhere, or past pages that nobody then reaches', () => {
    const page = (code: string, more: Partial<Page> = {}): Page => ({
      code,
      questions: [choice(`q${code}`, ['a', 'b'])],
      ...more,
    });
    expect(pages(page('a'), page('b', { next: [{ to: 'a' }] }))).toContain('jumps go forward');
    expect(pages(page('a', { next: [{ to: 'nowhere' }] }), page('b'))).toContain('no page and no end called “nowhere”');
    expect(pages(page('a', { next: [{ to: 'c' }] }), page('b'), page('c'))).toContain('Nobody can reach the page “b”');
    expect(pages(page('a', { next: [{ if: "{qa} = 'a'", to: 'c' }] }), page('b'), page('c'))).toBe('');
    expect(pages(page('a', { next: [{ to: 'b' }, { if: "{qa} = 'a'", to: 'c' }] }), page('b'), page('c'))).toContain(
      'what stands after it is never reached',
    );
  });
  test('with options carried from nowhere, from later, from itself or in a circle', () => {
    const from = (code: string, question: string) =>
      choice(code, ['x', 'y'], { optionsFrom: { question, which: 'chosen' } } as Partial<Question>);
    expect(pages({ code: 'a', questions: [from('q', 'nobody')] })).toContain('There is no question “nobody”');
    expect(pages({ code: 'a', questions: [from('q', 'q')] })).toContain('cannot carry over from itself');
    expect(pages({ code: 'a', questions: [from('q', 'p')] }, { code: 'b', questions: [from('p', 'q')] })).toContain(
      '“p” is asked later',
    );
  });
  test('with a placeholder that names nothing yet known', () => {
    const page = (text: string): Page => ({ code: 'a', questions: [choice('q', ['a', 'b'], { text: { en: text } })] });
    expect(pages(page('You said {{q}}'))).toContain('{{q}}');
    expect(pages(page('You said {{nobody|it}}'))).toContain('names no question');
    expect(pages(page('{{attribute:name|Friend}}, {curly} and {{ }}'))).toBe('');
  });
  test('with a block torn apart, a code carried and written, an address that an answer could turn, or a language nobody knows', () => {
    const page = (code: string): Page => ({ code, questions: [choice(`q${code}`, ['a', 'b'])] });
    const torn = survey([page('a'), page('b'), page('c')], {
      blocks: [{ code: 'x', pages: ['a', 'c'], order: 'random' }],
    });
    expect(faultsIn(torn).join()).toContain('stand one after another');
    const carried = choice('q', ['x', 'y'], { optionsFrom: { question: 'p', which: 'chosen' } } as Partial<Question>);
    expect(pages({ code: 'a', questions: [choice('p', ['x', 'z'])] }, { code: 'b', questions: [carried] })).toContain(
      '“x” is used for two',
    );
    const withLink = { ...smallSurvey, ends: [{ code: 'e', link: 'https://{{city|example.org}}/x' }] };
    expect(SurveyDefinition.safeParse(withLink).success).toBe(false);
    expect(SurveyDefinition.safeParse({ ...smallSurvey, languages: ['en', 'zz-a1b2c3d4-a1b2c3d4'] }).success).toBe(
      false,
    );
  });
  test('but a whole battery may be asked whether it was refused', () => {
    const battery: Question = {
      kind: 'battery',
      code: 'b',
      text: { en: 'b' },
      refusable: true,
      steps: { min: 1, max: 5 },
      rows: [{ code: 'r', text: { en: 'r' } }],
    };
    expect(
      pages(
        { code: 'a', questions: [battery] },
        { code: 'c', visibleIf: 'refused({b})', questions: [choice('q', ['a', 'b'])] },
      ),
    ).toBe('');
  });
  test('with a calculation that gives a text where a number is wanted', () => {
    const calculated: Question = { kind: 'calculated', code: 'c', text: { en: 'c' }, formula: "join('a', 'b')" };
    expect(pages({ code: 'a', questions: [choice('q', ['a', 'b']), calculated] })).toContain('This gives a text');
    expect(pages({ code: 'a', questions: [choice('q', ['a', 'b']), { ...calculated, gives: 'text' }] })).toBe('');
  });
  test('and every place is named so that it can be found', () => {
    expect(
      faultsIn(
        survey([{ code: 'a', questions: [choice('q', ['a', 'b'])] }], {
          quotas: [{ code: 'x', name: 'X', if: "{q} = 'c'", limit: 3 }],
          ends: [{ code: 'e', if: '{q} +' }],
        }),
      ),
    ).toEqual([
      expect.stringContaining('#/ends/0/if Something is missing at the end (character 6'),
      expect.stringContaining('#/quotas/0/if No option has the code “c”; there are a, b (character 7'),
    ]);
  });
});

test('an answer that looks like a placeholder, a pattern or a template stays what was typed', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom('{{q}}', '$&', '$1', '{{{x}}}', '{{q|}}')), (said) => {
      expect(pipeText('“{{q|nothing}}”', () => said)).toBe(`“${said}”`);
    }),
  );
});
