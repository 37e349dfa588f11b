import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rule } from '../../src/model/rule.ts';
import type { ContrastFound } from '../../src/workers/tasks/contrast.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { fixedClock } from '../support/house.ts';
import { plantCrowd } from '../support/plant-crowd.ts';

const clock = fixedClock('2026-03-30T10:00:00.000Z');
let house: Awaited<ReturnType<typeof openFieldHouse>>;
let at: string;
type Segment = Awaited<ReturnType<typeof define>>;
let pro: Segment;
let managers: Segment;
let nobody: Segment;

const define = (name: string, rule: unknown) =>
  house.verbatim.segments.define(house.study, { name, rule, surveyId: null }, null);
const plain = (text: string) =>
  text
    .replaceAll(/<style[\s\S]*?<\/style>|<[^>]+>/g, ' ')
    .replaceAll('&#x27;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ');
/** A row of a table as its cells, by the beginning of its heading. */
const rowsOf = (text: string) =>
  [...text.matchAll(/<tr[^>]*>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) => plain(cell).trim()),
  );
const rowOf = (text: string, heading: string) =>
  rowsOf(text).find((cells) => cells[0] === heading && cells.length > WIDEST_CHART);
/** The tables of charts have fewer columns. */
const WIDEST_CHART = 4;
const decoded = (href: string) => href.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');

beforeAll(async () => {
  house = await openFieldHouse({ now: clock.now });
  at = `/studio/${house.study.publicId}`;
  await plantCrowd(house.verbatim, house.study, clock.now().getTime());
  pro = await define('On Pro', { attribute: 'plan', op: 'is', value: 'pro' });
  managers = await define('Managers', { attribute: 'role', op: 'is', value: 'manager' });
  nobody = await define('Nobody', { attribute: 'plan', op: 'is', value: 'gold' });
});
afterAll(() => house[Symbol.asyncDispose]());

describe('overlap', () => {
  test('a first look begins the count, and the next shows it with lift and base', async () => {
    const first = await house.researcher.get(`${at}/segments/${pro.publicId}`);
    expect(first.status).toBe(200);
    expect(first.text).toContain('Overlap with other segments');
    await house.verbatim.comparisons.idle();
    const { text } = await house.researcher.get(`${at}/segments/${pro.publicId}`);
    expect(plain(text)).toContain('Of “On Pro”, so many are also in');
    const people = await house.verbatim.store.people.allAttributes(house.study.workspaceId);
    const all = [...people.values()];
    const known = all.filter((one) => one.has('plan'));
    const here = known.filter((one) => one.get('plan') === 'pro');
    const there = known.filter((one) => one.get('role') === 'manager');
    const both = here.filter((one) => one.get('role') === 'manager').length;
    const [, inBoth, ofThis, , jaccard, lift, base, unknown] = rowOf(text, 'Managers') ?? [];
    expect(inBoth).toBe(String(both));
    expect(ofThis).toMatch(new RegExp(`^${((100 * both) / here.length).toFixed(1)}%`));
    expect(Number(jaccard)).toBeCloseTo(both / (here.length + there.length - both), 1);
    expect(Number(lift?.split(' ')[0])).toBeCloseTo((both * known.length) / (here.length * there.length), 1);
    expect(base).toBe(String(known.length));
    expect(unknown).toBe(String(all.length - known.length));
    // Nobody is in the empty segment, so nothing can be said of a lift.
    expect(rowOf(text, 'Nobody')?.slice(1, 6)).toEqual(['0', expect.stringContaining('0.0%'), '–', '0.00', '–']);
  });

  test('it is counted once a day, and anew when a segment is added', async () => {
    const latest = async () =>
      (await house.verbatim.store.comparisons.latestDone({ studyId: house.study.id, kind: 'overlap', segmentId: null }))
        ?.publicId;
    const before = await latest();
    await house.researcher.get(`${at}/segments/${pro.publicId}`);
    await house.verbatim.comparisons.idle();
    expect(await latest()).toBe(before);
    await define('Reds', { attribute: 'colour', op: 'is', value: 'red' });
    await house.researcher.get(`${at}/segments/${pro.publicId}`);
    await house.verbatim.comparisons.idle();
    expect(await latest()).not.toBe(before);
    expect((await house.researcher.get(`${at}/segments/${pro.publicId}`)).text).toContain('Reds');
  });
});

describe('what sets a segment apart', () => {
  const contrast = () => `${at}/segments/${pro.publicId}/contrast`;
  let page: string;
  let found: ContrastFound;
  beforeAll(async () => {
    const empty = await house.researcher.get(contrast());
    expect(plain(empty.text)).toContain('Not compared yet');
    const begun = await house.researcher.post(contrast(), {});
    expect(begun.status).toBe(303);
    await house.verbatim.comparisons.idle();
    expect((await house.researcher.get(begun.location)).location).toBe(contrast());
    page = (await house.researcher.get(contrast())).text;
    const done = await house.verbatim.store.comparisons.latestDone({
      studyId: house.study.id,
      kind: 'contrast',
      segmentId: pro.id,
    });
    found = house.verbatim.comparisons.resultOf(done!, 'contrast');
  });
  const isFound = (id: string) => (found.rows.find((row) => row.id === id)?.adjustedP ?? 1) <= found.rate;

  test('what was planted is found, and what has nothing to do with it is not', () => {
    expect(isFound('attribute role manager')).toBe(true);
    expect(isFound('attribute age')).toBe(true);
    expect(isFound('event 30 Report Viewed')).toBe(true);
    for (const colour of ['red', 'green', 'blue']) expect(isFound(`attribute colour ${colour}`)).toBe(false);
    expect(isFound('attribute newsletter')).toBe(false);
    expect(found.rows.map(({ effect }) => Math.abs(effect))).toEqual(
      found.rows.map(({ effect }) => Math.abs(effect)).sort((a, b) => b - a),
    );
  });

  test('what made the segment is set apart and not tested', () => {
    expect(found.defining.map(({ id }) => id)).toEqual(['attribute plan free']);
    expect(found.defining[0]).toMatchObject({ p: null, adjustedP: null });
    expect(found.rows.some(({ id }) => id.startsWith('attribute plan'))).toBe(false);
    expect(plain(page)).toContain('What made the segment People were chosen by these');
  });

  test('figures have their n, unknown are left out, and values of single people are not shown', () => {
    expect(found.people).toEqual({ all: 300, here: expect.any(Number), rest: expect.any(Number), unknown: 20 });
    const role = rowOf(page, 'role: manager');
    expect(role?.[1]).toMatch(/^\d+\.\d% \(\d+\.\d to \d+\.\d\), n \d+$/);
    expect(role?.[1]).toContain(`n ${found.people.here}`);
    expect(role?.[2]).toContain(`n ${found.people.rest}`);
    expect(page).not.toContain('people.example');
    expect(found.leftOut.cell).toBeGreaterThan(100);
    expect(plain(page)).toContain(`${found.tested} tests were made, two-sided`);
  });

  test('the segment’s own page names the largest differences', async () => {
    const own = plain((await house.researcher.get(`${at}/segments/${pro.publicId}`)).text);
    expect(own).toContain(`${found.found} differences found in ${found.tested} tests, as of 30 March 2026.`);
    expect(own).toMatch(/role: manager: \d+\.\d% \(.*?\), n \d+; everyone else \d+\.\d%/);
  });

  test('a row leads to the people behind it, ready to be kept as a segment', async () => {
    const [, href = ''] = /href="([^"]*segments\/define[^"]*)"[^>]*>role: manager/.exec(page) ?? [];
    const builder = await house.researcher.get(decoded(href));
    expect(JSON.parse(fieldsOf(builder.text, `${at}/segments/define`).get('rule')?.[0] ?? '')).toEqual({
      all: [{ segment: pro.publicId }, { attribute: 'role', op: 'is', value: 'manager' }],
    });
    const row = found.rows.find(({ id }) => id === 'attribute role manager')!;
    expect(plain(builder.text)).toContain(`People in ${Math.round(row.here.value * row.nHere)} `);
  });

  test('a rule that was changed since is said', async () => {
    const [segment] = (await house.verbatim.store.segments.list(house.study.id)).filter(({ id }) => id === managers.id);
    await house.verbatim.comparisons.contrast(house.study, segment!, null);
    await house.verbatim.comparisons.idle();
    await house.verbatim.segments.redefine(segment!, 1, {
      name: 'Managers',
      rule: { attribute: 'role', op: 'in', value: ['manager', 'engineer'] },
    });
    const changed = await house.researcher.get(`${at}/segments/${managers.publicId}/contrast`);
    expect(plain(changed.text)).toContain('The rule has changed since');
    const own = await house.researcher.get(`${at}/segments/${managers.publicId}`);
    expect(plain(own.text)).toContain('as of 30 March 2026. The rule has changed since.');
  });

  test('and so is one that it refers to', async () => {
    const { verbatim, study, researcher } = house;
    const define = (name: string, rule: Rule) => verbatim.segments.define(study, { name, rule, surveyId: null }, null);
    const inner = await define('Inner', { attribute: 'plan', op: 'is', value: 'pro' });
    const outer = await define('Outer', { all: [{ segment: inner.publicId }] });
    await verbatim.comparisons.contrast(study, outer, null);
    await verbatim.comparisons.idle();
    const page = async () => plain((await researcher.get(`${at}/segments/${outer.publicId}/contrast`)).text);
    expect(await page()).not.toContain('The rule has changed since');
    const rule: Rule = { attribute: 'plan', op: 'is', value: 'free' };
    await verbatim.segments.redefine(inner, inner.version, { name: 'Inner', rule });
    expect(await page()).toContain('The rule has changed since');
  });

  test('an empty segment, everybody, and a handful are refused with the reason', async () => {
    const refusal = async (segment: Segment) => {
      const address = `${at}/segments/${segment.publicId}/contrast`;
      const begun = await house.researcher.post(address, {});
      await house.verbatim.comparisons.idle();
      const shown = plain((await house.researcher.get(begun.location)).text);
      expect(plain((await house.researcher.get(address)).text)).toContain('It could not be worked out');
      return shown;
    };
    expect(await refusal(nobody)).toContain('Nobody is in this segment, so there is nobody to hold against the rest.');
    expect(await refusal(await define('Everybody', { attribute: 'role', op: 'set' }))).toContain(
      'Nobody is known to be outside this segment',
    );
    expect(
      await refusal(
        await define('Three', {
          attribute: 'email',
          op: 'in',
          value: [0, 1, 2].map((one) => `person.${one}@people.example`),
        }),
      ),
    ).toContain('Too few people: 3 in the segment and 297 known to be outside it. Each side needs at least 10.');
  });
});

describe('what came before', () => {
  const ask = (fields: Record<string, string>) =>
    house.researcher.post(`${at}/before/new`, {
      event: 'Order Completed',
      property: '',
      op: 'is',
      value: '',
      period: '90',
      days: '7',
      controls: '4',
      seed: '1',
      ...fields,
    });
  async function foundFor(fields: Record<string, string>) {
    const begun = await ask(fields);
    expect(begun.status).toBe(303);
    await house.verbatim.comparisons.idle();
    const { location } = await house.researcher.get(begun.location);
    const page = (await house.researcher.get(location)).text;
    const comparison = await house.verbatim.store.comparisons.find(house.study.id, location.split('/').at(-1) ?? '');
    return { page, found: house.verbatim.comparisons.resultOf(comparison!, 'before') };
  }

  test('the demo that was planted before orders is found, and leads to a rule with the same days', async () => {
    const { page, found } = await foundFor({});
    const [first] = found.rows;
    expect(first).toMatchObject({ id: 'event Demo Watched', family: 'event' });
    expect(first?.adjustedP).toBeLessThan(0.001);
    expect(first?.cases.share).toBeGreaterThan(0.5);
    expect(first?.controls.share).toBeLessThan(0.25);
    expect(first?.odds?.low).toBeGreaterThan(2);
    expect(plain(page)).toContain('An association, not a cause');
    const [, href = ''] = /href="([^"]*segments\/define[^"]*)"[^>]*>did “Demo Watched”/.exec(page) ?? [];
    const builder = await house.researcher.get(decoded(href));
    const fields = fieldsOf(builder.text, `${at}/segments/define`);
    expect(JSON.parse(fields.get('rule')?.[0] ?? '')).toEqual({
      all: [{ event: 'Demo Watched', within: { last: 7, unit: 'day' }, op: 'gte', value: 1 }],
    });
    expect(fields.get('name')?.[0]).toBe('did “Demo Watched”');
    expect((await house.researcher.get(`${at}/before`)).text).toContain('Order Completed');
  });

  test('the outcome itself is set apart, everybody is in it or named as left out, and no set has too many', async () => {
    const { found } = await foundFor({ days: '30', controls: '2' });
    expect(found.rows.some(({ id }) => id === 'event Order Completed')).toBe(false);
    const { came, cases, tooNew, alone, notDrawn } = found.people;
    expect(cases + tooNew + alone + notDrawn).toBe(came);
    expect(found.controls).toBeLessThanOrEqual(cases * 2);
  });

  test('the same seed gives the same, another seed draws others', async () => {
    const [one, same, other] = [await foundFor({}), await foundFor({}), await foundFor({ seed: '2' })];
    expect(same.found).toEqual(one.found);
    expect(other.found.rows).not.toEqual(one.found.rows);
  });

  test('an outcome can be narrowed down by a property', async () => {
    const { page, found } = await foundFor({ property: 'total', op: 'gte', value: '50' });
    expect(plain(page)).toContain('Before “Order Completed” where total is at least 50');
    expect(found.people.came).toBeLessThan((await foundFor({})).found.people.came);
  });

  test('what does not fit is said beside its field; what cannot be told is refused with the reason', async () => {
    const wrong = await ask({ event: '', days: '8', seed: 'x' });
    expect(wrong.status).toBe(422);
    expect(plain(wrong.text)).toContain('Choose what the outcome is called');
    expect(plain(wrong.text)).toContain('Choose one of 7, 14, 30');
    const never = await ask({ event: 'Never' });
    await house.verbatim.comparisons.idle();
    expect(plain((await house.researcher.get(never.location)).text)).toContain(
      'Nobody came to this outcome in the last 90 days, so nothing came before it.',
    );
    const rare = await ask({ property: 'total', op: 'gte', value: '93' });
    await house.verbatim.comparisons.idle();
    expect(plain((await house.researcher.get(rare.location)).text)).toContain('Too few people to compare');
  });

  test('what was refused says which outcome it was about, and is asked again with everything as it was', async () => {
    const asked = { property: 'total', op: 'gte', value: '93', period: '180', days: '30', controls: '2', seed: '7' };
    const rare = await ask(asked);
    await house.verbatim.comparisons.idle();
    const { text } = await house.researcher.get(rare.location);
    expect(plain(text)).toContain('Before “Order Completed” where total is at least 93');
    expect(plain(text)).toContain('The 30 days before it, in the last 180 days.');
    const [, href = ''] = /href="([^"]*before\/new[^"]*)"[^>]*>Ask again/.exec(text) ?? [];
    const fields = fieldsOf((await house.researcher.get(decoded(href))).text, `${at}/before/new`);
    expect(Object.fromEntries([...fields].map(([name, [value]]) => [name, value]))).toEqual({
      event: 'Order Completed',
      ...asked,
    });
    // Also an outcome that is not among those offered to choose from.
    const never = await ask({ event: 'Never' });
    await house.verbatim.comparisons.idle();
    const page = await house.researcher.get(never.location);
    const [, again = ''] = /href="([^"]*before\/new[^"]*)"[^>]*>Ask again/.exec(page.text) ?? [];
    expect(fieldsOf((await house.researcher.get(decoded(again))).text, `${at}/before/new`).get('event')).toEqual([
      'Never',
    ]);
  });

  test('one that waits for its turn tells programs so, and can be cancelled', async () => {
    const [first, second] = [await ask({}), await ask({ seed: '3' })];
    const waiting = await house.researcher.get(`${second.location}/progress`);
    expect(JSON.parse(waiting.text)).toMatchObject({ state: 'waiting', percent: 0 });
    expect((await house.researcher.post(`${second.location}/cancel`, {})).status).toBe(303);
    expect(plain((await house.researcher.get(second.location)).text)).toContain(
      'This was cancelled. Nothing was written.',
    );
    await house.verbatim.comparisons.idle();
    expect((await house.researcher.get(first.location)).location).toContain('/before/');
    expect(plain((await house.researcher.get(second.location)).text)).toContain('This was cancelled.');
  });

  test('of more than 300 names of events those that happened most are looked at, and the page says how many are not', async () => {
    const { verbatim, study, researcher } = house;
    const known = await verbatim.store.populationFacts.countEventNames(study.workspaceId);
    // By the alphabet they come before all others.
    const rare = Array.from({ length: 310 }, (_, index) => `A rare thing ${String(index).padStart(3, '0')}`);
    await verbatim.intake.events(
      study.workspaceId,
      rare.map((name, index) => ({
        externalId: `person ${index % 300}`,
        messageId: name,
        name,
        occurredAt: '2026-03-20T00:00:00.000Z',
        properties: {},
      })),
    );
    const { page, found } = await foundFor({});
    expect(found.rows[0]).toMatchObject({ id: 'event Demo Watched' });
    expect(found.events).toEqual({ all: known + 310, looked: 300 });
    const line = `${known + 10} of ${known + 310} names of events: the 300 that happened most often were looked at`;
    expect(plain(page)).toContain(line);
    const names = await verbatim.store.populationFacts.eventNames(study.workspaceId);
    // Of what happened as often, the first by the alphabet.
    expect(names.filter((name) => name.startsWith('A rare'))).toEqual(rare.slice(0, 300 - known));
    // An outcome that is rarer than all of these is looked at all the same.
    const seldom = await ask({ event: rare[309]!, period: '30' });
    await verbatim.comparisons.idle();
    expect(plain((await researcher.get(seldom.location)).text)).toContain('1 came to this outcome in the last 30 days');
    const form = await researcher.get(`${at}/before/new`);
    expect(plain(form.text)).toContain(`The 300 that happened most often, of ${known + 310}`);
    const begun = await researcher.post(`${at}/segments/${pro.publicId}/contrast`, {});
    await verbatim.comparisons.idle();
    const { location } = await researcher.get(begun.location);
    expect(plain((await researcher.get(location)).text)).toContain(line);
  });

  test('an unknown comparison is not found', async () => {
    expect((await house.researcher.get(`${at}/before/nothing`)).status).toBe(404);
    expect((await house.researcher.get(`${at}/comparisons/nothing`)).status).toBe(404);
  });
});
