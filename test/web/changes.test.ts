import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoFiles } from '../../src/cli/demo/demo-files.ts';
import type { Rule } from '../../src/model/rule.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';
import { visitor } from '../journeys/visitor.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { plantVisits, plantWords, quoteFormMade, quoteFormQuestion } from '../support/plant-quote-form.ts';

/* The quote form of the demonstration, whose button a release covers on Android, through the pages of the studio. */

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let at: string;

const QUESTION = {
  kind: 'step',
  from: 'Quote Form Opened',
  to: 'Quote Form Sent',
  withinDays: '1',
  sides: 'periods',
  firstFrom: '2026-03-02',
  firstTo: '2026-03-29',
  secondFrom: '2026-03-30',
  secondTo: '2026-04-26',
};
const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

beforeAll(async () => {
  house = await openFieldHouse();
  const { verbatim, study } = house;
  at = `/studio/${study.publicId}/changes`;
  await plantVisits(verbatim, study);
  await plantWords(verbatim, study);
});
afterAll(() => house[Symbol.asyncDispose]());

let android: Promise<{ address: string; text: string }> | undefined;
/** The look at Android, which several promises are about. */
const lookAtAndroid = () => {
  android ??= look(QUESTION);
  return android;
};

async function look(question: Record<string, string>): Promise<{ address: string; text: string }> {
  const begun = await house.researcher.post(`${at}/new`, question);
  expect(begun.status).toBe(303);
  await house.verbatim.comparisons.idle();
  const { location: address } = await house.researcher.get(begun.location);
  expect(address.startsWith(at)).toBe(true);
  return { address, text: (await house.researcher.get(address)).text };
}

describe('what changed', () => {
  test('the page names Android first, with both rates, and beside it people say that the offer was hidden', async () => {
    const { text } = await lookAtAndroid();
    const headings = [...text.matchAll(/<h2 id="group-\d+">([^<]*)/g)].map(([, name]) => name?.trim());
    expect(headings).toEqual(['operating system of the visit: Android']);
    const words = plain(text);
    expect(words).toContain('86.0% became 72.9% here');
    expect(words).toMatch(/Difference, in percentage points −5\.\d/);
    const quotes = [...text.matchAll(/<blockquote class="quote__words"[^>]*>([\s\S]*?)<\/blockquote>/g)].map(
      ([, one]) => plain(one ?? ''),
    );
    expect(quotes).toHaveLength(3);
    for (const quote of quotes) expect(quote).toMatch(/hidden|cover|behind|button/i);
    const hidden = demoFiles.quoteFormTexts().filter(({ from }) => from === 'android-after');
    const unescaped = quotes.map((quote) => quote.replaceAll('&#x27;', "'").trim());
    for (const quote of unescaped) expect(hidden.some((one) => one.text.includes(quote))).toBe(true);
    expect(text).toMatch(/href="\/studio\/[^"]+\/responses\/[^"]+"><bdi>Respondent/);
  });

  test('one click makes the segment of those who stopped, a second click makes no other, and the rule finds them', async () => {
    const { address } = await lookAtAndroid();
    const { verbatim, study, researcher } = house;
    const first = await researcher.post(`${address}/groups/0/segment`);
    expect(first.status).toBe(303);
    const second = await researcher.post(`${address}/groups/0/segment`);
    expect(second.location).toBe(first.location);
    const segment = (await verbatim.store.segments.find(study.id, first.location.split('/').at(-1) ?? ''))!;
    const rule = JSON.parse(segment.rule ?? 'null') as Rule;
    expect(rule).toEqual({
      all: [
        { attribute: 'os', op: 'is', value: 'Android' },
        { event: 'Quote Form Opened', within: { from: '2026-03-30' }, op: 'gte', value: 1 },
        { event: 'Quote Form Sent', within: { from: '2026-03-30' }, op: 'is', value: 0 },
      ],
    });
    const { people } = await verbatim.segments.count(study, rule, null);
    expect(people.admitted).toBe(480 - 350);
    expect((await researcher.get(`${first.location}/rule`)).text).toContain('os is Android');
  });

  test('another click drafts a survey that asks them what stopped them, and only them', async () => {
    const { address } = await lookAtAndroid();
    const { verbatim, study, researcher } = house;
    const { location } = await researcher.post(`${address}/groups/0/survey`);
    const survey = (await verbatim.store.surveys.find(study.id, location.split('/').at(-1) ?? ''))!;
    const segment = await verbatim.store.segments.findById(study.id, survey.audienceSegmentId ?? 0);
    expect(segment?.rule).toContain('Quote Form Sent');
    const [page] = survey.draft.pages;
    expect(page?.questions[0]).toMatchObject({ kind: 'text', long: true });
    expect(page?.questions[0]?.text['en']).toContain('What stopped you?');
    expect(survey.draft.ends ?? []).toEqual([]);
    await verbatim.surveys.publish(survey, survey.draftRevision, null);
    expect((await researcher.get(location)).status).toBe(200);
  });

  test('who comes in another order changes no number', async () => {
    const { address } = await lookAtAndroid();
    await using other = await openFieldHouse();
    const random = mulberry32(9);
    await plantVisits(other.verbatim, other.study, {
      people: shuffled(quoteFormMade.people, random),
      events: shuffled(quoteFormMade.events, random),
    });
    const asked = await other.verbatim.comparisons.change(other.study, quoteFormQuestion, null);
    await other.verbatim.comparisons.idle();
    const resultOf = async ({ verbatim, study }: typeof house, publicId: string) => {
      const row = (await verbatim.store.comparisons.find(study.id, publicId))!;
      const found = verbatim.comparisons.resultOf(row, 'change');
      return { ...found, groups: found.groups.map(({ said: _said, ...group }) => group) };
    };
    expect(await resultOf(other, asked.publicId)).toEqual(await resultOf(house, address.split('/').at(-1) ?? ''));
  });

  test('groups of people who changed are for researchers: some of them are small', async () => {
    const { verbatim, study, url } = house;
    const { address } = await lookAtAndroid();
    await verbatim.accounts.add(
      { email: 'vi@lab.example', password: 'three words together', name: 'Vi' },
      { isAdmin: false, role: 'viewer', studyId: study.id },
    );
    const viewer = visitor(url);
    await viewer.post('/sign-in', { email: 'vi@lab.example', password: 'three words together' });
    expect((await viewer.get(address)).status).toBe(403);
    expect((await viewer.post(`${address}/groups/0/segment`)).status).toBe(403);
  });

  test('words that are no longer those that were kept are not shown, and the page says so', async () => {
    const { address } = await look({ ...QUESTION, withinDays: '2' });
    house.verbatim.connection.prepare("update source_texts set text = text || '!' where item = 'stopped'").run();
    try {
      const { text } = await house.researcher.get(address);
      expect(text).not.toContain('<blockquote');
      expect(text).toContain('3 quotes are not shown');
    } finally {
      house.verbatim.connection
        .prepare("update source_texts set text = substr(text, 1, length(text) - 1) where item = 'stopped'")
        .run();
    }
  });

  test('between two periods in which nothing happened nothing stands out, and the page says so', async () => {
    const { text } = await look({
      ...QUESTION,
      firstTo: '2026-03-15',
      secondFrom: '2026-03-16',
      secondTo: '2026-03-29',
    });
    expect(text).toContain('No group stands out');
    expect(text).not.toContain('Make a segment');
  });

  test('a few people are too few to tell, and the page says how many there are', async () => {
    const { text } = await look({
      ...QUESTION,
      firstFrom: '2026-03-29',
      firstTo: '2026-03-29',
      secondTo: '2026-03-30',
    });
    expect(text).toContain('Too few people to tell groups apart');
    expect(plain(text)).toMatch(/\d+ and \d+ people are on the two sides/);
  });

  test('two variants told by a property of the step are compared in one period', async () => {
    const { text } = await look({
      ...QUESTION,
      sides: 'variants',
      by: 'property',
      name: 'release',
      firstVariant: '4.1',
      secondVariant: '4.2',
      secondFrom: '2026-03-02',
    });
    expect(plain(text)).toContain('release 4.1 against release 4.2');
    expect(text).toContain('operating system of the visit: Android');
  });

  test('of an event the rate is that among all who did anything', async () => {
    const { text } = await look({ ...QUESTION, kind: 'event' });
    expect(plain(text)).toContain('1,032 of 1,200 people');
  });

  test('what does not fit comes back beside its field, with everything that was entered', async () => {
    const { status, text } = await house.researcher.post(`${at}/new`, {
      ...QUESTION,
      from: '',
      withinDays: '400',
      firstTo: '2026-02-01',
      toWhere: 'nonsense',
    });
    expect(status).toBe(422);
    expect(text).toContain('“nonsense” is none');
    const again = await house.researcher.post(`${at}/new`, {
      ...QUESTION,
      from: '',
      withinDays: '400',
      firstTo: '2026-02-01',
    });
    expect(again.status).toBe(422);
    for (const words of ['Choose an event', 'At most 90', 'The period ends before it begins'])
      expect(again.text).toContain(words);
    expect(again.text).toContain('value="2026-02-01"');
  });

  test('looks are listed with what they asked, and can be asked again with a change', async () => {
    const list = await house.researcher.get(at);
    expect(plain(list.text)).toContain('“Quote Form Sent” within a day after “Quote Form Opened”');
    const { address } = await look({ ...QUESTION, toWhere: 'room is kitchen' });
    const again = await house.researcher.get(`${at}/new?again=${address.split('/').at(-1)}`);
    expect(again.text).toContain('room is kitchen');
    expect((await house.researcher.get(`${at}/nothing`)).status).toBe(404);
    expect((await house.researcher.post(`${address}/groups/99/segment`)).status).toBe(404);
  });
});
