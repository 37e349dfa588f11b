import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Segmentation } from '../../src/store/segmentations.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fixedClock } from '../support/house.ts';
import { plantResponses, said } from '../support/plant-responses.ts';
import { smallSurvey } from '../support/small-survey.ts';

const DAY_MS = 86_400_000;
const clock = fixedClock('2026-03-02T09:00:00.000Z');
let house: Awaited<ReturnType<typeof openFieldHouse>>;
let study: string;
let at: string;
beforeAll(async () => {
  house = await openFieldHouse({ now: clock.now });
  study = `/studio/${house.study.publicId}`;
  at = `${study}/segmentations/define`;
});
afterAll(() => house[Symbol.asyncDispose]());

const words = (text: string) => ({ en: text });
/** A survey with two numbers and a step, answered as told; the last were sent it by a rule. */
async function answered(
  code: string,
  rows: readonly (readonly [number, number | null])[],
  byRule = 0,
): Promise<SurveyRow> {
  const { store, surveys } = house.verbatim;
  const definition = {
    ...smallSurvey,
    code,
    title: words(code),
    pages: [
      {
        code: 'p1',
        questions: [
          {
            code: 'wants',
            kind: 'battery',
            text: words('What do you want?'),
            steps: { min: 1, max: 5 },
            rows: [
              { code: 'calm', text: words('Calm') },
              { code: 'trust', text: words('Trust') },
            ],
          },
        ],
      },
    ],
    instruments: [],
  };
  const draft = await surveys.importJson(house.study.id, JSON.stringify(definition));
  await surveys.publish(draft, 1, null);
  const survey = (await store.surveys.find(house.study.id, draft.publicId))!;
  await plantResponses(
    house.verbatim,
    { study: house.study, survey },
    rows.map(([calm, trust], i) => ({
      answers: { 'wants.calm': said(calm), ...(trust === null ? {} : { 'wants.trust': said(trust) }) },
      about: i >= rows.length - byRule ? { asked: { how: 'rule', rule: 'some' } } : {},
    })),
  );
  return survey;
}

/** Sends a form of a way to define, waits, and opens what it comes to. */
async function defined(way: string, form: Record<string, string>) {
  const { status, location, text } = await house.researcher.post(`${at}/${way}`, form);
  if (status !== 303) return { status, text, location: '' };
  await house.verbatim.analysis.idle();
  const run = await house.researcher.get(location);
  return run.status === 303
    ? { ...(await house.researcher.get(run.location)), location: run.location }
    : { ...run, location };
}
async function accepted(preview: string): Promise<Segmentation> {
  const { status, location } = await house.researcher.post(`${preview}/accept`, { note: 'As agreed' });
  expect(status).toBe(303);
  const segmentation = await house.verbatim.store.segmentations.find(house.study.id, location.split('/').at(-1)!);
  return segmentation!;
}
const row = (html: string, name: string): string => {
  // The last: the table of the shares' drawing stands before it.
  const found = [...html.matchAll(/<tr[^>]*>([\s\S]*?)<\/tr>/g)].findLast(([, inner = '']) => inner.includes(name));
  return (found?.[1] ?? '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
};

describe('cells by several variables', () => {
  const cut = (survey: SurveyRow, over: Record<string, string> = {}) => ({
    survey: survey.publicId,
    name: 'Calm by trust',
    'variable-1': 'answer:wants.calm',
    'at-1': 'midpoint',
    'variable-2': 'answer:wants.trust',
    'at-2': 'numbers',
    'numbers-2': '1 3',
    'variable-3': '',
    'at-3': 'median',
    ...over,
  });
  const rows: [number, number | null][] = [
    ...Array.from({ length: 40 }, (): [number, number] => [5, 2]),
    ...Array.from({ length: 20 }, (): [number, number] => [3, 1]),
    ...Array.from({ length: 5 }, (): [number, number] => [4, 5]),
    [5, null],
    [1, 5],
    [1, 5],
  ];

  test('begins with whose answers, and lists what can be cut', async () => {
    const survey = await answered('first', rows, 2);
    const choice = await house.researcher.get(`${at}/cut`);
    expect(choice.text).toContain(`cut?survey&#x3D;${survey.publicId}`);
    const { text } = await house.researcher.get(`${at}/cut?survey=${survey.publicId}`);
    expect(text).toContain('<option value="answer:wants.calm"');
  });

  test('every cell is shown with n before anything stands; small and empty ones are named', async () => {
    const survey = await answered('second', rows, 2);
    const { text, location } = await defined('cut', cut(survey));
    expect(text).toContain('Look before it stands');
    expect(row(text, 'Higher Calm, middle Trust')).toMatch(/40 61\.5% \(49\.4% to 72\.4%\)/);
    expect(row(text, 'Lower Calm, low Trust')).toMatch(/20 30\.8%/);
    expect(row(text, 'Higher Calm, high Trust')).toMatch(/ 5 7\.7%/);
    expect(text).toContain('Nobody is in: Lower Calm, middle Trust; Lower Calm, high Trust; Higher Calm, low Trust');
    expect(text).toContain('Too few to report by themselves: Lower Calm, low Trust; Higher Calm, high Trust');
    expect(text).toContain('Without an answer to all of it: 1');
    expect(text).toContain('Sent the survey by a rule: 2');
    expect(text).toContain('“Calm” is cut in the middle of its scale, 3 (above it: 46)');
    expect(text).not.toContain('NaN');
    expect(await house.verbatim.store.segments.list(house.study.id)).toEqual([]);
    const made = await accepted(location);
    expect(made.origin).toBe('defined');
    const page = await house.researcher.get(`${study}/segmentations/${made.publicId}`);
    expect(page.text).toContain('Version 1 stands');
    expect(page.text).toContain('As agreed');
  });

  test('worked out anew it is the next version with the same addresses, whoever is in the cells', async () => {
    const survey = await answered('third', [...rows.slice(0, 60), [5, 5], [1, 5]]);
    const first = await accepted((await defined('cut', cut(survey, { name: 'Third', 'at-2': 'midpoint' }))).location);
    const before = await house.verbatim.store.segmentations.current(first.id);
    await plantResponses(
      house.verbatim,
      { study: house.study, survey },
      Array.from({ length: 10 }, () => ({ answers: { 'wants.calm': said(1), 'wants.trust': said(5) } })),
    );
    const again = await house.researcher.post(`${study}/segmentations/${first.publicId}/again`);
    await house.verbatim.analysis.idle();
    const { location } = await house.researcher.get(again.location);
    const { text } = await house.researcher.get(location);
    expect(text).toContain('Of 62 in both versions 62 stayed in their segment (100%). Moved to another: 0; new: 10');
    await accepted(location);
    const after = await house.verbatim.store.segmentations.current(first.id);
    expect(after.map(({ publicId }) => publicId)).toEqual(before.map(({ publicId }) => publicId));
    expect((await house.verbatim.store.segmentations.versions(first.id)).map(({ label }) => label)).toEqual([
      'defined',
      'defined',
    ]);
    const segments = await house.researcher.get(`${study}/segments/${after[0]!.publicId}`);
    expect(segments.text).toContain('Defined in “Third”, version 2');
  });

  test('what cannot be cut is refused in words, and the form is still filled', async () => {
    const survey = await answered('fourth', rows);
    const twice = await defined('cut', cut(survey, { 'variable-2': 'answer:wants.calm' }));
    expect(twice.status).toBe(422);
    expect(twice.text).toContain('“Calm” is chosen already: choose another');
    expect(twice.text).toContain('value="Calm by trust"');
    const none = await defined('cut', cut(survey, { 'numbers-2': '' }));
    expect(none.status).toBe(422);
    const many = await defined('cut', cut(survey, { 'numbers-2': '1 2 x' }));
    expect(many.status).toBe(422);
    const same = await answered(
      'same',
      Array.from({ length: 9 }, (): [number, number] => [2, 4]),
    );
    const failed = await defined('cut', cut(same));
    expect(failed.text).toContain('Everybody has the same value of “Calm” (2), so it cannot be cut');
    expect(failed.text).toMatch(/<h1[^>]*>Counting segments failed<\/h1>/);
    const nobody = await answered('nobody', []);
    expect((await defined('cut', cut(nobody))).text).toContain('Nobody has completed this survey yet');
  });

  test('pages of found segmentations say that these were defined', async () => {
    const [made] = await house.verbatim.store.segmentations.list(house.study.id);
    const { status, text } = await house.researcher.get(`${study}/segmentations/${made!.publicId}/inputs`);
    expect(status).toBe(409);
    expect(text).toContain('These segments were defined, not found');
  });
});

describe('buyers by what they bought', () => {
  const form = {
    name: 'Worth',
    event: 'Order Completed',
    property: 'revenue',
    currency: 'eur',
    days: '365',
  };
  beforeAll(async () => {
    const { intake, logs } = house.verbatim;
    const { workspaceId } = house.study;
    const names = Array.from({ length: 62 }, (_, i) => `buyer ${i}`);
    await intake.people(
      workspaceId,
      names.map((externalId) => ({ externalId, attributes: [] })),
    );
    let messages = 0;
    const order = (i: number, days: number, revenue: number | null, currency = 'EUR') => {
      messages += 1;
      return {
        externalId: names[i]!,
        messageId: `order ${messages}`,
        name: 'Order Completed',
        occurredAt: new Date(clock.now().getTime() - days * DAY_MS).toISOString(),
        properties: revenue === null ? {} : { revenue, currency },
      };
    };
    // Buyer i bought last i + 1 days ago; the first ten often and for much, everybody else once for 20.
    const events = Array.from({ length: 60 }, (_, i) => i).flatMap((i) => [
      order(i, i + 1, i < 10 ? 500 + i : 20),
      ...(i < 10 ? [order(i, i + 2, 50), order(i, i + 3, 50)] : []),
    ]);
    events.push(order(60, 400, 900), order(61, 3, 10, 'USD'), order(5, 8, null));
    // Two that come to more than can be written, and one below all.
    events.push(order(61, 3, 1e308), order(61, 4, 1e308), order(20, 3, -1e308));
    await intake.events(workspaceId, events);
    await logs.settle();
  });

  test('are in named segments by fifths that never tear equal values apart', async () => {
    const { text, location } = await defined('purchases', form);
    // Fifths of recency are twelve buyers each; 50 of 60 share the lowest fifth of frequency and of money.
    expect(row(text, 'How often')).toBe('How often 1, 1, 1, 1 50, 0, 0, 0, 10');
    expect(row(text, 'Days since the last purchase')).toMatch(/12, 12, 12, 12, 12$/);
    expect(row(text, 'Best customers')).toMatch(/^Best customers 10 /);
    expect(row(text, 'New, or little so far')).toMatch(/ 14 /);
    expect(row(text, 'Occasional')).toMatch(/ 12 /);
    expect(row(text, 'Gone')).toMatch(/ 24 /);
    expect(text).toContain('Nobody is in: Growing; Steady; Worth winning back; Slipping away');
    expect(text).toContain('Purchases in another currency, passed over: 1');
    expect(text).toContain('Purchases without an amount, passed over: 1');
    expect(text).toContain('Purchases of amounts beyond 15 digits, passed over: 3');
    expect(text).toContain('Bought nothing that counts: 2');
    const made = await accepted(location);
    const [best] = await house.verbatim.store.segmentations.current(made.id);
    const { people } = await house.verbatim.segments.count(house.study, { segment: best!.publicId }, null);
    expect(people).toMatchObject({ admitted: 10, refused: 50, unknown: 2 });
  });

  test('are refused where fifths say nothing, with what to look at', async () => {
    const { text } = await defined('purchases', { ...form, name: 'In dollars', currency: 'USD' });
    expect(text).toContain('One person bought something');
    expect(text).toContain('Fifths of fewer than 50 say nothing');
    const [, back = ''] = /href="([^"]+)">Back</.exec(text) ?? [];
    const draft = await house.researcher.get(back);
    expect(draft.text).toContain(
      'Nothing is accepted yet. These segments stay as a draft that can be tried again below, or removed.',
    );
    expect(draft.text).toContain('Fifths of fewer than 50 say nothing');
    const wrong = await defined('purchases', { ...form, days: 'some', currency: 'euros' });
    expect(wrong.status).toBe(422);
  });
});

describe('segments in an order', () => {
  const rule = (attribute: string, value: string) => ({ attribute, op: 'is', value }) as const;
  let pro: string;
  let loud: string;
  beforeAll(async () => {
    const { intake, logs, segments } = house.verbatim;
    const told = (name: string, value: string) => ({ name, family: 'other' as const, value, source: 'test' });
    await intake.people(house.study.workspaceId, [
      { externalId: 'both', attributes: [told('plan', 'pro'), told('voice', 'loud')] },
      { externalId: 'pro', attributes: [told('plan', 'pro'), told('voice', 'low')] },
      { externalId: 'loud', attributes: [told('plan', 'free'), told('voice', 'loud')] },
      { externalId: 'none', attributes: [told('plan', 'free'), told('voice', 'low')] },
      { externalId: 'perhaps', attributes: [told('voice', 'loud')] },
      { externalId: 'open', attributes: [told('voice', 'low')] },
    ]);
    await logs.settle();
    const define = async (name: string, own: ReturnType<typeof rule>) =>
      (await segments.define(house.study, { name, rule: own, surveyId: null }, null)).publicId;
    pro = await define('On Pro', rule('plan', 'pro'));
    loud = await define('Loud', rule('voice', 'loud'));
  });

  test('put everybody in the first they fit, and the rest where none fits', async () => {
    const { text, location } = await defined('rules', { name: 'Ladder', 'segment-1': pro, 'segment-2': loud });
    expect(row(text, 'On Pro')).toMatch(/^On Pro 2 /);
    expect(row(text, 'Loud')).toMatch(/^Loud 2 /);
    expect(row(text, 'None of these')).toMatch(/^None of these 1 /);
    expect(text).toContain('whether they fit an earlier one: 1');
    expect(text).toContain('Too little is known to tell: ');
    const made = await accepted(location);
    const current = await house.verbatim.store.segmentations.current(made.id);
    const standings = [...(await house.verbatim.store.placements.current(made.id)).values()];
    expect(standings.map(({ by }) => by.way)).toEqual(Array(5).fill('definition'));
    const { admitted } = await house.verbatim.segments.count(house.study, { segment: current[1]!.publicId }, null);
    const names = await house.verbatim.store.people.identities(admitted.map(({ id }) => id));
    expect([...names.values()].sort()).toEqual(['loud', 'perhaps']);
  });

  test('a segment that is chosen twice is never reached, and said so', async () => {
    const { status, text } = await defined('rules', { name: 'Ladder', 'segment-1': pro, 'segment-2': pro });
    expect(status).toBe(422);
    expect(text).toContain('“On Pro” is chosen twice: the second is never reached');
    expect((await defined('rules', { name: '', 'segment-1': '' })).status).toBe(422);
  });
});
