import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LEAF_KINDS, type Rule } from '../../src/model/rule.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import { FORM_KINDS } from '../../src/web/studio/rule-kinds.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { fixedClock } from '../support/house.ts';

const clock = fixedClock('2026-03-30T10:00:00.000Z');
const ago = (days: number) => new Date(clock.now().getTime() - days * 86_400_000).toISOString();
let house: Awaited<ReturnType<typeof openFieldHouse>>;
let define: string;
beforeAll(async () => {
  house = await openFieldHouse({ now: clock.now });
  define = `/studio/${house.study.publicId}/segments/define`;
  const { intake, logs } = house.verbatim;
  const { workspaceId } = house.study;
  const know = (externalId: string, attributes: Record<string, string>) => ({
    externalId,
    attributes: Object.entries(attributes).map(([name, value]) => ({ name, value, source: 'test' })),
  });
  await intake.people(workspaceId, [
    know('ada', { plan: 'pro', email: 'ada@example.org', nickname: 'same' }),
    know('bea', { plan: 'pro', email: 'bea@example.org', nickname: 'same' }),
    know('cai', { plan: 'free' }),
  ]);
  const did = (externalId: string, name: string, days: number, properties: Record<string, unknown> = {}) => ({
    externalId,
    messageId: `${externalId} ${name} ${days}`,
    name,
    occurredAt: ago(days),
    properties,
  });
  await intake.events(workspaceId, [
    // Ada buys on pro ten days after trying; Bea in the other order; Cai tries and buys nothing.
    did('ada', 'Trial Started', 30, { source: 'web' }),
    did('ada', 'Order Completed', 20, { plan: 'pro' }),
    did('bea', 'Order Completed', 30, { plan: 'pro' }),
    did('bea', 'Trial Started', 20, { source: 'web' }),
    did('cai', 'Trial Started', 30, { source: 'shop' }),
  ]);
  await logs.settle();
});
afterAll(() => house[Symbol.asyncDispose]());

type Page = { status: number; text: string };
async function press(page: Page, deed: string, filled: Record<string, string> = {}): Promise<Page> {
  expect(page.text).toContain(`value="${deed}"`);
  return house.researcher.post(define, { ...Object.fromEntries(fieldsOf(page.text, define)), ...filled, do: deed });
}
const opened = async (kind: string): Promise<Page> =>
  press(await press(await house.researcher.get(define), 'add'), 'kind', { kind });
const ruleOn = (page: Page): Rule => JSON.parse(fieldsOf(page.text, define).get('rule')?.[0] ?? 'null') as Rule;
const wordsOn = (page: Page): string =>
  [...page.text.matchAll(/<p class="rule-line__words">([\s\S]*?)<\/p>/g)].at(-1)?.[1]?.replaceAll(/<[^>]+>/g, '') ?? '';
const plain = (page: Page): string => page.text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const admitted = (page: Page): string => /People in (\d+)/.exec(plain(page))?.[1] ?? '';

test('every kind of condition that the engine knows can be chosen', () => {
  expect(FORM_KINDS.map(({ value }) => value).sort()).toEqual([...LEAF_KINDS].sort());
});

describe('a sequence', () => {
  test('is built step by step, each step narrowed down by properties, and reads as it happened', async () => {
    let page = await opened('sequence');
    expect(plain(page)).toContain('Left empty it may take as long as it takes');
    page = await press(page, 'put', {
      step0Event: 'Trial Started',
      step1Event: 'Order Completed',
      step1Where0Property: 'plan',
      step1Where0Value: 'pro',
      span: '14 days',
    });
    expect(ruleOn(page)).toEqual({
      all: [
        {
          sequence: [
            { event: 'Trial Started' },
            { event: 'Order Completed', where: [{ property: 'plan', op: 'is', value: 'pro' }] },
          ],
          span: { amount: 14, unit: 'day' },
        },
      ],
    });
    expect(wordsOn(page)).toBe(
      'first “Trial Started”, then “Order Completed” where plan is pro, all within 14 days, at any time',
    );
    expect(admitted(page)).toBe('1');
    page = await press(await press(page, 'edit:0'), 'put', { span: '1 week', within: '60 days' });
    expect(wordsOn(page)).toContain('all within 1 week, in the last 60 days');
    expect(admitted(page)).toBe('0');
  });

  test('gets one more step, and one more condition on a step, without losing what is filled in', async () => {
    let page = await opened('sequence');
    expect(page.text).not.toContain('name="step2Event"');
    page = await press(page, 'more:steps', { step0Event: 'Trial Started', step1Event: 'Order Completed' });
    expect(page.text).toContain('name="step2Event"');
    expect(fieldsOf(page.text, define).get('step1Event')).toEqual(['Order Completed']);
    page = await press(page, 'more:step0', { step0Where0Property: 'source', step0Where0Value: 'web' });
    expect(fieldsOf(page.text, define).get('step0Where0Value')).toEqual(['web']);
    expect(page.text).toContain('name="step0Where1Property"');
    // A step that stays empty is none.
    page = await press(page, 'put');
    expect(ruleOn(page)).toMatchObject({
      all: [{ sequence: [{ event: 'Trial Started' }, { event: 'Order Completed' }] }],
    });
    expect(admitted(page)).toBe('1');
  });

  test('says at its own field what is missing', async () => {
    const page = await press(await opened('sequence'), 'put', {
      step0Event: 'Trial Started',
      step1Where0Value: 'pro',
      span: 'soon',
    });
    expect(page.status).toBe(422);
    for (const name of ['step1Event', 'span']) expect(page.text).toContain(`href="#${name}"`);
    expect(fieldsOf(page.text, define).get('step1Where0Value')).toEqual(['pro']);
  });
});

test.each([
  ['moment', { moment: 'last', event: 'Trial Started', op: 'newerThan', value: '40 days' }, '2'],
  ['regularly', { event: 'Trial Started', atLeast: '1', of: '2', unit: 'month' }, '2'],
  ['stopped', { event: 'Trial Started', active: '2 months', quiet: '1 week' }, '2'],
  ['restarted', { event: 'Trial Started', active: '2 months', quiet: '1 month' }, '0'],
] as const)('%s counts only events whose properties say so', async (kind, filled, expected) => {
  let page = await opened(kind);
  // Known properties of the newest events are there to choose from.
  expect(page.text).toMatch(/<datalist id="where0Property-known">.*<option value="source">/);
  page = await press(page, 'put', { ...filled, where0Property: 'source', where0Value: 'web' });
  expect(page.status).toBe(200);
  expect(ruleOn(page)).toMatchObject({ all: [{ where: [{ property: 'source', op: 'is', value: 'web' }] }] });
  expect(wordsOn(page)).toContain('“Trial Started” where source is web');
  expect(admitted(page)).toBe(expected);
  const rule = ruleOn(page);
  expect(ruleOn(await press(await press(page, 'edit:0'), 'put'))).toEqual(rule);
});

test('a property of which a value is missing says so, and so does a value without its property', async () => {
  const page = await press(await opened('stopped'), 'put', {
    event: 'Trial Started',
    active: '2 months',
    quiet: '1 week',
    where0Property: 'source',
  });
  expect([page.status, page.text.includes('href="#where0Value"')]).toEqual([422, true]);
  const other = await press(page, 'put', { where0Property: '', where0Value: 'web' });
  expect([other.status, other.text.includes('href="#where0Property"')]).toEqual([422, true]);
  expect(other.text).toContain('<details class="more rule-wheres" open>');
});

test('where a condition on events says nothing else, the form and the sentence say that it looks at all time', async () => {
  let page = await press(await opened('event'), 'subject', { subject: 'Order Completed' });
  expect(plain(page)).toContain('All time, as far back as events are kept, where this is left empty');
  page = await press(page, 'put', { value: '1' });
  expect(wordsOn(page)).toBe('the number of “Order Completed” over all time is at least 1');
  expect(plain(page)).toContain('Everybody known here counts, as of now; a condition looks at all time');
});

describe('what was found', () => {
  test('a theme is chosen by what people call it, with a confidence, and reads by its name', async () => {
    const { verbatim, study, survey } = house;
    const empty = await opened('theme');
    expect(plain(empty)).toContain('No run has found themes yet');
    const theme = await plantTheme(verbatim, study.id, survey.id);
    let page = await opened('theme');
    expect(plain(page)).toContain('Hidden fees: 0 of 0 answers to story in “A small survey”');
    page = await press(page, 'put', { theme, confidence: '1.5' });
    expect([page.status, page.text.includes('href="#confidence"')]).toEqual([422, true]);
    page = await press(page, 'put', { confidence: '150%' });
    expect([page.status, page.text.includes('href="#confidence"')]).toEqual([422, true]);
    page = await press(page, 'put', { confidence: '60 %' });
    expect(ruleOn(page)).toEqual({ all: [{ theme, minConfidence: 0.6 }] });
    page = await press(await press(page, 'edit:0'), 'put', { confidence: '0,6' });
    expect(ruleOn(page)).toEqual({ all: [{ theme, minConfidence: 0.6 }] });
    expect(wordsOn(page)).toBe('speaks of the theme “Hidden fees” with a confidence of at least 0.6');
    page = await press(await press(page, 'edit:0'), 'put', { confidence: '' });
    expect(ruleOn(page)).toEqual({ all: [{ theme }] });
  });

  test('a persona is chosen by its name', async () => {
    const { verbatim, study } = house;
    expect(plain(await opened('persona'))).toContain('There is none yet');
    const segment = await verbatim.segments.define(
      study,
      { name: 'On pro', rule: { attribute: 'plan', op: 'is', value: 'pro' }, surveyId: null },
      null,
    );
    const persona = await verbatim.store.personas.addVersion(
      { studyId: study.id, segmentIds: [segment.id], personaId: null },
      { name: 'Olga', lede: '', portrait: '{}', createdBy: null },
      clock.now().toISOString(),
    );
    let page = await opened('persona');
    expect(plain(page)).toContain('Olga (the face of “On pro”)');
    page = await press(page, 'put', { persona: persona.publicId });
    expect([wordsOn(page), admitted(page)]).toEqual(['is of the persona “Olga”', '2']);
  });

  test('a code of interviews is asked for on so many passages', async () => {
    const page = await press(await opened('interview'), 'put', { interview: 'trust', atLeast: '2' });
    expect(ruleOn(page)).toEqual({ all: [{ interview: 'trust', atLeast: 2 }] });
    expect(wordsOn(page)).toBe('at least 2 passages of their interviews have the code “trust”');
  });
});

describe('known values', () => {
  const listOn = async (subject: string) =>
    /<datalist id="value-known">(.*?)<\/datalist>/.exec(
      (await press(await opened('attribute'), 'subject', { subject })).text,
    )?.[1] ?? null;
  test('that several have are there to choose from, and any other may be typed', async () => {
    expect(await listOn('plan')).toBe('<option value="pro"></option>');
  });
  test('of what says who somebody is are never shown', async () => {
    expect([await listOn('email'), await listOn('nickname')]).toEqual([null, null]);
    const page = await press(await opened('attribute'), 'subject', { subject: 'email' });
    expect(page.text).not.toContain('example.org');
  });
});

/** A run over the open question that found one theme, and whatever else it needs to be the latest. */
async function plantTheme(verbatim: typeof house.verbatim, studyId: number, surveyId: number): Promise<string> {
  const { connection } = verbatim;
  const run = connection
    .prepare(
      `insert into runs (study_id, survey_id, public_id, kind, subject, engine_version, seed, settings, input_cut, state, step, progress, created_at)
       values (?, ?, ?, 'themes', 'story', 'x', 1, '{}', '{}', 'done', '', 1, '2026-03-01T00:00:00.000Z')`,
    )
    .run(studyId, surveyId, newPublicId()).lastInsertRowid;
  const id = newPublicId();
  connection
    .prepare(
      `insert into themes (study_id, run_id, public_id, lineage, position, version, label, words, size, share, repeatability, band)
       values (?, ?, ?, ?, 0, 1, 'Hidden fees', '[]', 1, 0.5, 1, 'firm')`,
    )
    .run(studyId, run, id, id);
  return id;
}
