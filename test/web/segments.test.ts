import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rule } from '../../src/model/rule.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { fixedClock } from '../support/house.ts';

const clock = fixedClock('2026-03-30T10:00:00.000Z');
const DAY = 86_400_000;
const ago = (days: number) => new Date(clock.now().getTime() - days * DAY).toISOString();
let house: Awaited<ReturnType<typeof openFieldHouse>>;
let segments: string;
let define: string;
beforeAll(async () => {
  house = await openFieldHouse({ now: clock.now });
  segments = `/studio/${house.study.publicId}/segments`;
  define = `${segments}/define`;
  const { workspaceId } = house.study;
  await house.verbatim.intake.people(
    workspaceId,
    ['ada', 'bea', 'cai', 'dan'].map((externalId, index) => ({
      externalId,
      attributes:
        index === 3
          ? []
          : [{ name: 'plan', family: 'other' as const, value: index === 0 ? 'pro' : 'free', source: 'test' }],
    })),
  );
  await house.verbatim.intake.events(
    workspaceId,
    [
      ['ada', 2, 60],
      ['ada', 9, 70],
      ['bea', 80, 500],
      ['cai', 4, 30],
    ].map(([externalId, days, revenue], index) => ({
      externalId: String(externalId),
      messageId: `m${index}`,
      name: 'Order Completed',
      occurredAt: ago(Number(days)),
      properties: { revenue: Number(revenue), currency: 'EUR' },
    })),
  );
  await house.verbatim.logs.settle();
});
afterAll(() => house[Symbol.asyncDispose]());

type Page = { status: number; location: string; text: string };
/** Presses a button of the form that a page shows, with some fields filled in, as a browser without scripts does. */
async function press(
  page: Page,
  deed: string,
  filled: Record<string, string | string[]> = {},
  at = define,
): Promise<Page> {
  expect(page.text).toContain(`value="${deed}"`);
  return house.researcher.post(at, { ...Object.fromEntries(fieldsOf(page.text, at)), ...filled, do: deed });
}
const ruleOn = (page: Page, at = define): Rule =>
  JSON.parse(fieldsOf(page.text, at).get('rule')?.[0] ?? 'null') as Rule;
const wordsOn = (page: Page): string[] =>
  [...page.text.matchAll(/<p class="rule-line__words">([\s\S]*?)<\/p>/g)].map(([, inner = '']) =>
    inner
      .replaceAll(/<[^>]+>/g, '')
      .replaceAll('&quot;', '"')
      .replaceAll('&#x27;', "'"),
  );
const plain = (page: Page): string => page.text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const segmentCount = async () => (await house.verbatim.store.segments.list(house.study.id)).length;

describe('building a rule', () => {
  test('each step is a form: kind, subject, condition; beside it stands whom the rule finds', async () => {
    const before = await segmentCount();
    let page: Page = await house.researcher.get(define);
    expect(plain(page)).toContain('Add a condition to see whom it finds.');
    page = await press(page, 'add');
    expect(page.text).toContain('What does the condition look at?');
    page = await press(page, 'kind', { kind: 'attribute' });
    expect(page.text).toContain('plan (known of 3)');
    page = await press(page, 'subject', { subject: 'plan' });
    expect(page.text).toContain('What is known of them: plan');
    page = await press(page, 'put', { op: 'is', value: 'pro' });
    expect(page.status).toBe(200);
    expect(wordsOn(page)).toEqual(['A person is in it when all of these hold:', 'plan is pro']);
    expect(plain(page)).toMatch(/People in 1 25\.0% Out 2 50\.0% Unknown 1 25\.0% Of 4 people known/);
    const { publicId } =
      (await house.verbatim.store.contacts.personById(
        (await house.verbatim.store.people.byExternalIds(house.study.workspaceId, ['ada'])).get('ada') ?? 0,
      )) ?? {};
    expect(page.text).toContain(`href="/studio/${house.study.publicId}/people/${publicId}">ada</a>`);

    page = await press(page, 'add:group');
    page = await press(page, 'kind', { kind: 'event' });
    page = await press(page, 'subject', { subject: 'Order Completed' });
    expect(page.text).toMatch(
      /<select[^>]*name="property"[^>]*>\s*<option value="">–<\/option>\s*<option value="currency">/,
    );
    page = await press(page, 'put', { measure: 'sum', property: 'revenue', op: 'gt', value: '100', within: '30 days' });
    page = await press(page, 'add:1');
    page = await press(page, 'kind', { kind: 'moment' });
    expect(page.text).toMatch(/name="moment" value="last"[^>]* checked/);
    page = await press(page, 'put', { moment: 'last', event: 'Order Completed', op: 'olderThan', value: '2 months' });
    page = await press(page, 'not:0');
    expect(ruleOn(page)).toEqual({
      all: [
        { not: { attribute: 'plan', op: 'is', value: 'pro' } },
        {
          any: [
            {
              event: 'Order Completed',
              measure: { sum: 'revenue' },
              within: { last: 30, unit: 'day' },
              op: 'gt',
              value: 100,
            },
            { moment: 'last', event: 'Order Completed', op: 'olderThan', value: { amount: 2, unit: 'month' } },
          ],
        },
      ],
    });
    expect(wordsOn(page)).toEqual([
      'A person is in it when all of these hold:',
      'not: plan is pro',
      'any of these holds:',
      'the sum of revenue of “Order Completed” in the last 30 days is more than 100',
      'the last “Order Completed” is longer ago than 2 months',
    ]);
    expect(await segmentCount()).toBe(before);

    page = await press(page, 'remove:1.0');
    page = await press(page, 'join');
    expect(ruleOn(page)).toMatchObject({ any: [{}, { any: [{ moment: 'last' }] }] });
    page = await press(page, 'edit:0');
    expect(fieldsOf(page.text, define).get('value')).toEqual(['pro']);
    page = await press(page, 'put', { value: 'free', missing: 'yes' });
    expect(wordsOn(page)[1]).toBe('not: plan is free, also where nothing is known');

    const saved = await press(page, 'save', { name: 'Not free' });
    expect(saved.status).toBe(303);
    const kept = (await house.verbatim.store.segments.list(house.study.id)).find(({ name }) => name === 'Not free');
    expect(JSON.parse(kept?.rule ?? '')).toEqual(ruleOn(page));
  });

  test('an answer is chosen by its question, and its codes are there to tick', async () => {
    let page = await press(await press(await house.researcher.get(define), 'add'), 'kind', { kind: 'answer' });
    page = await press(page, 'subject', { subject: 'city' });
    expect(page.text).toContain('type="checkbox" id="value" name="value" value="city"');
    page = await press(page, 'put', { op: 'in', value: ['city', 'village'], survey: house.survey.slug });
    expect(ruleOn(page)).toEqual({
      all: [{ answer: 'city', survey: house.survey.slug, op: 'in', value: ['city', 'village'] }],
    });
    expect(page.text).toContain('the answer to city in “A small survey” is one of');
    page = await press(page, 'edit:0');
    expect(page.text).toMatch(/value="city" checked/);
    expect(page.text).toMatch(/value="village" checked/);
  });

  test.each([
    [
      'regularly',
      { event: 'Order Completed', atLeast: '3', of: '4', unit: 'week' },
      /in at least 3 of the last 4 weeks/,
    ],
    ['stopped', { event: 'Order Completed', active: '2 months', quiet: '3 weeks' }, /and then not for 3 weeks/],
    ['restarted', { event: 'Order Completed', active: '1 week', quiet: '1 month' }, /again in the last 1 week/],
    ['page', { page: 'path', op: 'startsWith', value: '/prices' }, /the page’s path starts with \/prices/],
    ['technology', { technology: 'viewport', op: 'lt', value: '600' }, /the width of the window is less than 600/],
    ['place', { place: 'country', op: 'in', value: 'DE; AT' }, /is one of DE or AT/],
    ['survey', { survey: 'any', did: 'started', within: '6 months' }, /started any survey in the last 6 months/],
    [
      'score',
      { score: 'values.care', as: 'percentile', op: 'gte', value: '75' },
      /percentile on values.care is at least 75/,
    ],
    ['sample', { sample: '10', salt: 'spring' }, /is in a sample of 10 %/],
  ] as const)('%s has a form of its own, which takes the condition back to change it', async (kind, filled, words) => {
    let page = await press(await press(await house.researcher.get(define), 'add'), 'kind', { kind });
    page = await press(page, 'put', filled);
    expect(wordsOn(page)[1]).toMatch(words);
    const rule = ruleOn(page);
    page = await press(page, 'edit:0');
    page = await press(page, 'put');
    expect(ruleOn(page)).toEqual(rule);
  });

  test('what does not fit comes back as it was filled, with words at its field', async () => {
    let page = await press(await press(await house.researcher.get(define), 'add'), 'kind', { kind: 'event' });
    page = await press(page, 'subject', { subject: '', other: 'Not Yet Seen' });
    page = await press(page, 'put', { measure: 'sum', op: 'gte', value: 'eleven', within: 'a while' });
    expect(page.status).toBe(422);
    expect(page.text).toContain('href="#property"');
    expect(page.text).toContain('href="#within"');
    expect(plain(page)).toContain('Enter a number: “eleven” is none');
    expect(fieldsOf(page.text, define).get('value')).toEqual(['eleven']);
    const nothing = await press(await press(await house.researcher.get(define), 'add'), 'kind');
    expect([nothing.status, nothing.text.includes('href="#kind"')]).toEqual([422, true]);
    const empty = await press(await house.researcher.get(define), 'save', { name: 'Nobody' });
    expect([empty.status, empty.text.includes('href="#add"')]).toEqual([422, true]);
  });

  test('a rule in the form that is none is refused, and one is kept only under a name', async () => {
    expect((await house.researcher.post(define, { rule: '{"all":[{"plan":1}]}', do: 'save' })).status).toBe(422);
    expect((await house.researcher.post(define, { rule: '{', do: 'count' })).status).toBe(422);
    const rule = JSON.stringify({ all: [{ attribute: 'plan', op: 'set' }] });
    const nameless = await house.researcher.post(define, { rule, name: ' ', do: 'save' });
    expect([nameless.status, nameless.text.includes('href="#name"')]).toEqual([422, true]);
  });

  test('a rule that nests deeper stays untouched: it is shown in words, and step by step only its name changes', async () => {
    const rule: Rule = {
      all: [
        { any: [{ all: [{ attribute: 'plan', op: 'set' }] }, { theme: 'fees' }] },
        { attribute: 'plan', op: 'set' },
      ],
    };
    const segment = await house.verbatim.segments.define(house.study, { name: 'Deep', rule, surveyId: null }, null);
    const at = `${segments}/${segment.publicId}/rule`;
    const page = await house.researcher.get(at);
    expect(page.text).toContain('nests deeper');
    expect(page.text).toContain('The rule as JSON');
    expect(page.text).not.toContain('value="add"');
    const meddled = await house.researcher.post(at, { ...Object.fromEntries(fieldsOf(page.text, at)), do: 'remove:0' });
    expect(ruleOn(meddled, at)).toEqual(rule);
    expect((await press(page, 'save', { name: 'Deeper' }, at)).status).toBe(303);
    const kept = await house.verbatim.store.segments.find(house.study.id, segment.publicId);
    expect([kept?.name, JSON.parse(kept?.rule ?? '')]).toEqual(['Deeper', rule]);
  });

  test('a condition without a form stays beside others as it is', async () => {
    const rule: Rule = {
      any: [
        { people: { attribute: 'plan', op: 'is', value: 'pro' }, op: 'gte', value: 3 },
        { people: { all: [] }, op: 'gte', value: 3 },
      ],
    };
    const page = await house.researcher.post(define, {
      rule: JSON.stringify(rule),
      ruleUnit: 'company',
      do: 'count',
    });
    expect(page.text).not.toContain('value="edit:0"');
    expect(page.text).toContain('value="edit:1"');
    expect(ruleOn(await press(page, 'remove:1'))).toEqual({ any: rule.any.slice(0, 1) });
  });
});

test('what a segment is counted over can be changed with its rule', async () => {
  const { verbatim, study, survey } = house;
  const rule: Rule = { all: [{ attribute: 'plan', op: 'set' }] };
  const segment = await verbatim.segments.define(study, { name: 'Counted', rule, surveyId: null }, null);
  const at = `${segments}/${segment.publicId}/rule`;
  const page = await house.researcher.get(at);
  expect((await press(page, 'save', { base: survey.publicId }, at)).status).toBe(303);
  expect((await verbatim.store.segments.find(study.id, segment.publicId))?.surveyId).toBe(survey.id);
  // Whoever looked at it before that is told, and overwrites nothing.
  expect((await press(page, 'save', { base: '' }, at)).status).toBe(409);
});

test('who saves after somebody else keeps what they made, sees what holds, and then chooses', async () => {
  const { verbatim, study } = house;
  const rule: Rule = { all: [{ attribute: 'plan', op: 'set' }] };
  const segment = await verbatim.segments.define(study, { name: 'Of two', rule, surveyId: null }, null);
  const at = `${segments}/${segment.publicId}/rule`;
  const [mine, theirs] = [await house.researcher.get(at), await house.researcher.get(at)];
  expect((await press(theirs, 'save', { name: 'Theirs' }, at)).status).toBe(303);
  const longer: Rule = { all: [...rule.all, { attribute: 'city', op: 'set' }] };
  const late = await press(mine, 'save', { name: 'Mine', rule: JSON.stringify(longer) }, at);
  expect(late.status).toBe(409);
  expect(plain(late)).toContain('Somebody else has changed this rule meanwhile');
  expect(late.text).toContain(`href="${segments}/${segment.publicId}"`);
  expect([ruleOn(late, at), fieldsOf(late.text, at).get('name')]).toEqual([longer, ['Mine']]);
  expect((await verbatim.store.segments.find(study.id, segment.publicId))?.name).toBe('Theirs');
  expect((await press(late, 'save', {}, at)).status).toBe(303);
  expect((await verbatim.store.segments.find(study.id, segment.publicId))?.name).toBe('Mine');
});

test('a name that is too long for what it names is told where it is typed', async () => {
  for (const [kind, max] of [
    ['attribute', 100],
    ['event', 140],
  ] as const) {
    const typed = (letters: number) =>
      house.researcher.post(define, { rule: '{"all":[]}', kind, other: 'x'.repeat(letters), do: 'subject' });
    expect((await typed(max)).status).toBe(200);
    const refused = await typed(max + 1);
    expect(refused.status).toBe(422);
    expect(plain(refused)).toContain(`enter a name of at most ${max} characters`);
  }
});

describe('ready examples', () => {
  test('stand on the page of a new segment, with what of each this workspace has already', async () => {
    const page = await house.researcher.get(define);
    const cards = plain(page);
    expect(cards).toMatch(
      /Brought 500 or more in a year Value-based: what they are worth in money [^.]+\. [^.]+\. Here: the event “Order Completed”/,
    );
    expect(cards).toMatch(
      /Looks often, buys nothing .* Not yet: the event “Page Viewed” Here: the event “Order Completed”/,
    );
    expect(cards).toMatch(/Values-based: what they hold dear .*? Not yet: answers as the survey “Values-based/);
  });

  test('open in the builder to be changed, and nothing is kept before they are saved', async () => {
    const before = await segmentCount();
    const page = await house.researcher.get(`${define}?example=value-based`);
    expect(fieldsOf(page.text, define).get('name')).toEqual(['Brought 500 or more in a year']);
    expect(plain(page)).toMatch(/People in 1 25\.0% Out 3/);
    const changed = await press(await press(page, 'edit:0'), 'put', { value: '100' });
    expect(plain(changed)).toMatch(/People in 2 50\.0% Out 2/);
    expect(await segmentCount()).toBe(before);
    expect((await house.researcher.get(`${define}?example=nobody`)).status).toBe(404);
  });
});

test('a segment’s page draws how it grew, names who came and went in numbers, and has the days as a table', async () => {
  const { verbatim, study } = house;
  const rule: Rule = { attribute: 'plan', op: 'is', value: 'pro' };
  const segment = await verbatim.segments.define(study, { name: 'Pro day by day', rule, surveyId: null }, null);
  const at = `${segments}/${segment.publicId}`;
  const first = await house.researcher.get(at);
  expect(plain(first)).toContain('Counted for the first time.');
  expect(first.text).not.toContain('sizes-trend');
  clock.forward(DAY);
  await house.signIn();
  await verbatim.intake.people(study.workspaceId, [
    { externalId: 'dan', attributes: [{ name: 'plan', family: 'other', value: 'pro', source: 'test' }] },
  ]);
  await verbatim.logs.settle();
  const second = await house.researcher.get(at);
  expect(plain(second)).toContain('On 31 March 2026, against the count before: 1 came in and 0 left.');
  expect(second.text).toContain('id="sizes-trend-title"');
  expect(plain(second)).toMatch(/31 March 2026 2 \(50\.0%\) 0 4 1 0 0 30 March 2026 1 \(25\.0%\) 1 4 0 0 0/);
});
