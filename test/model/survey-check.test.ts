import { describe, expect, test } from 'vitest';
import { checkSurvey } from '../../src/logic/check-survey.ts';
import { surveyItems } from '../../src/model/items.ts';
import { SurveyDefinition } from '../../src/model/survey.ts';
import { wordingIn } from '../../src/model/survey-check.ts';
import { smallSurvey } from '../support/small-survey.ts';

/** The small survey, changed. */
function changed(change: (survey: SurveyDefinition) => void): SurveyDefinition {
  const survey = structuredClone(smallSurvey);
  change(survey);
  return survey;
}
const pointers = (survey: SurveyDefinition) => checkSurvey(survey).map((fault) => fault.pointer);

test('the small survey can be published', () => {
  expect(checkSurvey(smallSurvey)).toEqual([]);
});

test('items are questions, and rows of batteries, with the page they stand on', () => {
  expect(surveyItems(smallSurvey).map(({ address, page }) => `${page} ${address}`)).toEqual([
    '1 city',
    '1 topics',
    '2 holds.outdoors',
    '2 holds.company',
    '2 holds.quiet',
    '2 mood',
    '3 age',
    '3 story',
    '3 word',
  ]);
});

describe('a survey is not published', () => {
  test('with a question’s code used twice, on whichever pages', () => {
    expect(
      pointers(
        changed((survey) => survey.pages[2]?.questions.push({ kind: 'text', code: 'city', text: { en: 'Again?' } })),
      ),
    ).toEqual(['#/pages/2/questions/3/code']);
  });
  test('with a page, option or row used twice', () => {
    expect(
      pointers(
        changed((survey) => {
          survey.pages[1] = { ...survey.pages[1], code: 'first', questions: survey.pages[1]?.questions ?? [] };
          const [city] = survey.pages[0]?.questions ?? [];
          if (city?.kind === 'single') city.options.push({ code: 'village', text: { en: 'Again' } });
          const [holds] = survey.pages[1].questions;
          if (holds?.kind === 'battery') holds.rows.push({ code: 'quiet', text: { en: 'Again' } });
        }),
      ),
    ).toEqual(['#/pages/0/questions/0/options/3/code', '#/pages/1/code', '#/pages/1/questions/0/rows/3/code']);
  });
  test('with a scale of items that are not there or are no steps', () => {
    const survey = changed((one) => {
      const scale = one.instruments?.[0]?.scales[0];
      if (scale) scale.items = ['holds.outdoors', '-nobody', 'story', 'holds'];
    });
    expect(pointers(survey)).toEqual([1, 2, 3].map((k) => `#/instruments/0/scales/0/items/${k}`));
  });
  test('with more items needed than a scale has', () => {
    expect(
      pointers(
        changed((survey) => {
          const scale = survey.instruments?.[0]?.scales[1];
          if (scale) scale.minimumAnswered = 2;
        }),
      ),
    ).toEqual(['#/instruments/0/scales/1/minimumAnswered']);
  });
  test('without consent to analysis, or without a wording in its first language', () => {
    const survey = changed((one) => {
      one.consent.purposes = [{ code: 'quotes', text: { en: 'Quotes' } }];
      one.title = { de: 'Nur deutsch' };
      const question = one.pages[0]?.questions[0];
      if (question) question.text = { en: '  ' };
    });
    expect(pointers(survey)).toEqual(['#/consent/purposes', '#/title', '#/pages/0/questions/0/text']);
  });
  test('with a number whose bounds cross', () => {
    expect(
      pointers(
        changed((survey) => {
          const age = survey.pages[2]?.questions[0];
          if (age?.kind === 'number') age.min = 200;
        }),
      ),
    ).toEqual(['#/pages/2/questions/0']);
  });
});

test.each(['constructor', '__proto__', 'toString', '1a', 'a b', 'a.b', 'a~b', '', 'x'.repeat(65)])(
  '%j is no code',
  (code) => {
    expect(
      SurveyDefinition.safeParse(changed((survey) => Object.assign(survey.pages[0] ?? {}, { code }))).success,
    ).toBe(false);
  },
);

test('a definition holds nothing that format 1 does not know', () => {
  expect(SurveyDefinition.safeParse({ ...smallSurvey, script: 'x' }).success).toBe(false);
  expect(SurveyDefinition.safeParse({ ...smallSurvey, format: 2 }).success).toBe(false);
});

test('a wording falls back to the survey’s languages, then to whichever there is', () => {
  expect(wordingIn({ en: '', de: 'Ja' }, 'en', ['en', 'de'])).toBe('Ja');
  expect(wordingIn({ fr: 'Oui' }, 'en', ['en'])).toBe('Oui');
  expect(wordingIn({}, 'en', [])).toBe('');
});
