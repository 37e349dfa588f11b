import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fillForm } from '../../src/demo/fill-form.ts';
import { walkSurvey } from '../../src/logic/walk.ts';
import { type Answers, readAnswers } from '../../src/model/answers.ts';
import { SurveyDefinition } from '../../src/model/survey.ts';
import { mulberry32 } from '../../src/stats/random.ts';

const template = (code: string) =>
  SurveyDefinition.parse(
    JSON.parse(readFileSync(new URL(`../../templates/surveys/${code}.json`, import.meta.url), 'utf8')),
  );

test.each(['values-based', 'nps', 'lifestyle'])('every page of %s that is filled in is one that is taken', (code) => {
  const definition = template(code);
  for (let person = 0; person < 20; person += 1) {
    const random = mulberry32(person);
    let answers: Answers = {};
    const respondent = () => ({ id: `r${person}`, answers, attributes: null, today: '2026-03-09' });
    const sent = new Set<number>();
    for (;;) {
      const next = walkSurvey(definition, respondent()).screens.find(({ screen }) => !sent.has(screen.number));
      if (!next) break;
      sent.add(next.screen.number);
      const read = readAnswers(
        next.questions,
        fillForm(next.questions, random, () => 0),
      );
      expect(read.errors).toEqual([]);
      answers = { ...answers, ...read.answers };
    }
    expect(sent.size).toBeGreaterThan(0);
  }
});

test('a leaning shows in what is chosen as best', () => {
  const question = template('values-based').pages[0]?.questions[0];
  if (question?.kind !== 'best-worst') throw new Error('The template begins with something else');
  const [first, second, third] = question.options.map((option) => option.code);
  const shown = { ...question, sets: [[first ?? '', second ?? '', third ?? '']] };
  let best = 0;
  for (let person = 0; person < 200; person += 1) {
    const form = fillForm([shown], mulberry32(person), (code) => (code === first ? 3 : 0));
    if (form[`${question.code}.t1-best`] === first) best += 1;
  }
  expect(best).toBeGreaterThan(180);
});
