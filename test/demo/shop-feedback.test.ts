import { expect, test } from 'vitest';
import { demoFiles } from '../../src/cli/demo/demo-files.ts';
import { shopFeedback } from '../../src/demo/shop-feedback.ts';
import { FEEDBACK_CATEGORIES, pageAddress, readMark } from '../../src/model/feedback.ts';
import { alikeTexts, alikeTo } from '../../src/quality/alike-texts.ts';
import { mulberry32 } from '../../src/stats/random.ts';

const now = new Date('2026-05-01T00:00:00Z');
const drawn = (seed: number) =>
  shopFeedback({
    random: mulberry32(seed),
    now,
    texts: demoFiles.feedbackTexts(),
    people: ['a', 'b', 'c'],
    shop: 'https://fennimoor.example',
  });

test('the same seed gives the same feedback, another seed another', () => {
  expect(drawn(1)).toEqual(drawn(1));
  expect(drawn(1)).not.toEqual(drawn(2));
});

test('every piece fits what visitors may send, lies before the day, and every written word is said once', () => {
  const said = drawn(1);
  for (const { form, place, at, personExternalId } of said) {
    expect(FEEDBACK_CATEGORIES).toContain(form.category);
    expect(form.rating).toMatch(/^[1-5]$/);
    expect(form.mark === '' || readMark(form.mark) !== null).toBe(true);
    expect(pageAddress(place.url ?? '')).toBe(place.url);
    expect(at < now.toISOString()).toBe(true);
    expect([null, 'a', 'b', 'c']).toContain(personExternalId);
  }
  const headings = said
    .flatMap(({ form }) => (form.mark === '' ? [] : [readMark(form.mark)]))
    .filter((mark) => mark?.tag === 'h1');
  expect(headings.map((mark) => mark?.text)).not.toContain('');
  const words = said.flatMap(({ form }) => (form.words === '' ? [] : [form.words]));
  expect(words.toSorted()).toEqual(
    demoFiles
      .feedbackTexts()
      .map(({ text }) => text)
      .toSorted(),
  );
  expect(said.length).toBeGreaterThan(words.length * 2);
});

test('what was written twice in nearly the same words is found as that', () => {
  const texts = demoFiles.feedbackTexts().map(({ text }) => text);
  const groups = alikeTexts(texts).map((group) => group.map((place) => texts[place]?.slice(0, 12)));
  expect(groups.length).toBeGreaterThanOrEqual(2);
  for (const group of groups) expect(group).toHaveLength(2);
  // What says it in another order is found when its page is looked at.
  const [calendar = -1] = alikeTo('On my phone I cannot choose a day for the delivery', texts);
  expect(texts[calendar]).toContain('calendar');
});
