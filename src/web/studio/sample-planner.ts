import type { Request } from 'express';
import { showNumber, showPercent } from '../../charts/numerals.ts';
import type { Form } from '../../model/answers.ts';
import { Problem, type ProblemError } from '../../model/problem.ts';
import { planSample, readSegments } from '../../reports/sample-plan.ts';
import {
  marginOfMean,
  marginOfShare,
  powerOfTwoMeans,
  powerOfTwoShares,
  sampleForTwoMeans,
  sampleForTwoShares,
} from '../../stats/sample-size.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { field, queryOf } from '../form.ts';
import { fieldworkAddress, fieldworkCrumbs, numberIn, SURVEY } from './fieldwork-place.ts';
import { answerRefused, type FieldView, fieldMaker, head, showPage, summaryOf } from './frame.ts';
import { surveyOf } from './surveys.ts';

const SEGMENTS_MAX = 50;
const DEFAULTS = {
  of: 'share',
  margin: '5',
  share: '50',
  spread: '1',
  level: '95',
  rate: '20',
  segments: 'Everybody',
  answers: '400',
  population: '',
  first: '50',
  second: '60',
  difference: '0.5',
  power: '80',
  each: '',
};

/** All else is filled in beforehand. */
const MAY_BE_EMPTY = new Set(['population', 'each']);

const QUESTIONS = [
  { code: 'plan', title: 'How many answers are needed' },
  { code: 'margin', title: 'What a number of answers is good for' },
  { code: 'power', title: 'Telling two segments apart' },
] as const;
type Question = (typeof QUESTIONS)[number]['code'];
const AIMS = [
  { code: 'share', title: 'A share, such as how many would buy' },
  { code: 'mean', title: 'A mean, such as a score' },
] as const;
/** More answers than these nobody collects; a number so large only says that something was mistyped. */
const ANSWERS_MAX = 1e9;

type Answer = { lead: string; table: Record<string, unknown> | null; source: string };

/** Planning a sample: how many answers, what a number of answers is good for, and what tells two segments apart. */
export function samplePlannerDoor(door: Doorway, house: House): void {
  door.get(`${SURVEY}/fieldwork/plan`, 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const form: Form = { ...DEFAULTS, ...typedIn(req) };
    const asked = QUESTIONS.find(({ code }) => code === field(form, 'do')) ?? null;
    const { code } = asked ?? QUESTIONS.find((one) => one.code === queryOf(req, 'ask')) ?? QUESTIONS[0];
    const of = field(form, 'of') === 'mean' ? 'mean' : 'share';
    const found = asked ? answer(code, form) : null;
    const problem = found instanceof Problem ? found : null;
    if (problem) answerRefused(res, problem);
    const summary = problem ? summaryOf(problem, Object.keys(DEFAULTS)) : null;
    await showPage(house, visit, res, 'surveys', 'studio/fieldwork-plan', {
      head: head(
        fieldworkCrumbs(study, survey),
        'Sample size',
        'For simple random samples. With weights or clusters, multiply the answers by the design effect.',
      ),
      isError: problem !== null,
      // The ids of fields end in the code of what is asked, since one name means the same in each question.
      summary: summary && {
        ...summary,
        errors: summary.errors.map((error) => ({ ...error, href: `${error.href}-${code}` })),
      },
      at: `${fieldworkAddress(study, survey)}/plan`,
      code,
      of,
      title: QUESTIONS.find((one) => one.code === code)?.title,
      questions: QUESTIONS.map((one) => ({
        title: one.title,
        href: `?ask=${one.code}&of=${of}`,
        isCurrent: one.code === code,
      })),
      aims: AIMS.map((aim) => ({ title: aim.title, href: `?ask=${code}&of=${aim.code}`, isCurrent: aim.code === of })),
      fields: fieldsOf(fieldMaker(form, problem?.errors ?? []), code, of),
      answer: found instanceof Problem ? null : found,
    });
  });
}

const typedIn = (req: Request): Record<string, string> =>
  Object.fromEntries(
    Object.entries(req.query as Record<string, unknown>).flatMap(([name, value]) =>
      typeof value === 'string' && (Object.hasOwn(DEFAULTS, name) || name === 'do')
        ? [[name, value.slice(0, 5000)]]
        : [],
    ),
  );

/** What is needed to answer a question about a share or about a mean, and nothing else. */
function fieldsOf(make: ReturnType<typeof fieldMaker>, code: Question, of: 'share' | 'mean'): FieldView[] {
  const number = (name: string, label: string, hint: string | null = null) =>
    make.text(name, label, { isShort: true, hint, isRequired: !MAY_BE_EMPTY.has(name) });
  const level = number('level', 'Confidence, in per cent');
  const expected =
    of === 'share'
      ? number('share', 'Share expected, in per cent', '50 asks for the most answers')
      : number('spread', 'Standard deviation expected');
  const fields = {
    plan: () => [
      number('margin', 'Margin of error', of === 'share' ? 'In percentage points' : 'In the unit of the score'),
      expected,
      level,
      number('rate', 'How many of those invited answer, in per cent'),
      make.area('segments', 'Segments to be known each', {
        rows: 5,
        isRequired: true,
        hint: 'One a line: a name; how many people it has; per cent that answer. The last two may be left out',
      }),
    ],
    margin: () => [
      number('answers', 'Answers'),
      number('population', 'People in all', 'Empty: very many'),
      expected,
      level,
    ],
    power: () => [
      ...(of === 'share'
        ? [number('first', 'Share in the first, in per cent'), number('second', 'Share in the second, in per cent')]
        : [number('difference', 'Difference between the means'), number('spread', 'Standard deviation expected')]),
      level,
      number('power', 'Power, in per cent', 'How surely a true difference of this size is found'),
      number('each', 'Answers in each segment', 'To see the power of so many instead'),
    ],
  };
  return fields[code]().map((one) => ({ ...one, id: `${one.name}-${code}` }));
}

/** The answer in words, or what does not fit. */
function answer(code: Question, form: Form): Answer | Problem | null {
  const errors: ProblemError[] = [];
  const isInside = (low: number, high: number) => (value: number) => value > low && value < high;
  const read = (name: string, low: number, high: number, isWithin = isInside(low, high), noun = 'number') => {
    const value = numberIn(field(form, name)) ?? Number.NaN;
    if (!(Number.isFinite(value) && isWithin(value)))
      errors.push({
        pointer: `#/${name}`,
        detail: isWithin(low)
          ? `Enter a ${noun} from ${showNumber(low)} to ${showNumber(high)}`
          : `Enter a ${noun} above ${showNumber(low)} and below ${showNumber(high)}`,
      });
    return value;
  };
  const isCount = (value: number) => Number.isInteger(value) && value >= 2 && value <= ANSWERS_MAX;
  const readCount = (name: string) => read(name, 2, ANSWERS_MAX, isCount, 'whole number');
  const isShare = field(form, 'of') !== 'mean';
  const level = read('level', 0, 99.99) / 100;
  const spread = isShare ? 1 : read('spread', 0, 1e9);
  const share = isShare && code !== 'power' ? read('share', 0, 100, (value) => value >= 0 && value <= 100) / 100 : 0.5;
  const found = code === 'plan' ? plan() : code === 'margin' ? margin() : isShare ? powerOfShares() : powerOfMeans();
  return errors.length > 0 ? new Problem('invalid', 'These numbers do not fit', { errors }) : found;

  function plan(): Answer | null {
    const wanted = read('margin', 0, isShare ? 100 : 1e9);
    const rate = read('rate', 0, 100, (value) => value > 0 && value <= 100) / 100;
    const { segments, fault } = readSegments(field(form, 'segments'), rate);
    if (fault !== null || segments.length === 0 || segments.length > SEGMENTS_MAX)
      errors.push({
        pointer: '#/segments',
        detail:
          fault === null
            ? `Enter from 1 to ${SEGMENTS_MAX} segments`
            : `“${fault.slice(0, 60)}” cannot be read: write a name; a whole number of people; per cent that answer`,
      });
    if (errors.length > 0) return null;
    const plans = planSample(
      isShare
        ? { of: 'share', margin: wanted / 100, share, level }
        : { of: 'mean', margin: wanted, standardDeviation: spread, level },
      segments,
    );
    const reached = plans.filter(({ isOutOfReach }) => !isOutOfReach);
    const missed = plans.length - reached.length;
    const sum = (some: typeof plans, of: 'answers' | 'invitations') => some.reduce((so, one) => so + one[of], 0);
    if (!(sum(plans, 'invitations') <= ANSWERS_MAX)) {
      errors.push({ pointer: '#/margin', detail: tooFine('margin') });
      return null;
    }
    const cell = (text: string, isNumber = true) => ({ text, href: null, isNumber });
    return {
      lead: `${showNumber(sum(reached, 'answers'))} answers in all, from ${showNumber(sum(reached, 'invitations'))} invitations.${missedText(missed)}`,
      source: isShare
        ? 'n₀ = z² p (1 − p) / margin², and n = n₀ / (1 + (n₀ − 1) / N) of N people. Cochran (1977), Sampling Techniques, section 4.4.'
        : 'n₀ = (z σ / margin)², and n = n₀ / (1 + (n₀ − 1) / N) of N people. Cochran (1977), Sampling Techniques, section 4.6.',
      table: {
        caption: 'Answers and invitations for each segment',
        isStacked: true,
        columns: [
          { label: 'Segment', isNumber: false },
          { label: 'People', isNumber: true },
          { label: 'Answer', isNumber: true },
          { label: 'Answers needed', isNumber: true },
          { label: 'Invitations', isNumber: true },
        ],
        rows: plans.map((one) => ({
          cells: [
            cell(one.name, false),
            cell(one.population === null ? 'very many' : showNumber(one.population)),
            cell(showPercent(one.responseRate, 0)),
            cell(showNumber(one.answers)),
            cell(`${showNumber(one.invitations)}${one.isOutOfReach ? ', more than there are people' : ''}`),
          ],
        })),
      },
    };
  }

  function margin(): Answer | null {
    const answers = readCount('answers');
    const population = numberIn(field(form, 'population'));
    if (population !== null && !(population >= answers))
      errors.push({ pointer: '#/population', detail: 'Enter at least as many people as answers, or leave it empty' });
    if (errors.length > 0) return null;
    const about = { answers, level, population };
    return {
      lead: isShare
        ? `${showNumber(answers)} answers make a share of ${showPercent(share)} known to ± ${showNumber(marginOfShare({ ...about, share }) * 100, 1)} percentage points.`
        : `${showNumber(answers)} answers make a mean known to ± ${showNumber(marginOfMean({ ...about, standardDeviation: spread }), 3)}.`,
      source:
        'The margin is z times the standard error, with the correction for a finite population. Cochran (1977), Sampling Techniques, chapter 2 and 3.',
      table: null,
    };
  }

  function powerOfShares(): Answer | null {
    const within = (value: number) => value >= 0 && value <= 100;
    const [first, second] = [read('first', 0, 100, within) / 100, read('second', 0, 100, within) / 100];
    const power = read('power', 0, 99.99) / 100;
    if (first === second) errors.push({ pointer: '#/second', detail: 'Enter a share that differs from the first' });
    const each = eachOf();
    if (errors.length > 0) return null;
    const source =
      'Two-sided, without correction for continuity. Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, formula 4.14.';
    const difference = `${showPercent(first)} against ${showPercent(second)}`;
    if (each !== null)
      return {
        lead: powerLead(each, powerOfTwoShares({ answers: each, first, second, level }), difference),
        source,
        table: null,
      };
    const n = sampleForTwoShares({ first, second, level, power });
    return needed(n, power, difference, 'second', source);
  }

  function powerOfMeans(): Answer | null {
    const difference = read('difference', 0, 1e9);
    const power = read('power', 0, 99.99) / 100;
    const each = eachOf();
    if (errors.length > 0) return null;
    const source =
      'n = 2 ((z + z of the power) σ / δ)² + z² / 4, two-sided. Guenther (1981), The American Statistician 35(4), 243–244.';
    const words = `a difference of ${showNumber(difference)}`;
    const about = { difference, standardDeviation: spread, level };
    if (each !== null)
      return { lead: powerLead(each, powerOfTwoMeans({ ...about, answers: each }), words), source, table: null };
    return needed(sampleForTwoMeans({ ...about, power }), power, words, 'difference', source);
  }

  function needed(answers: number, power: number, difference: string, from: string, source: string): Answer | null {
    if (answers <= ANSWERS_MAX) return { lead: needLead(answers, power, difference), source, table: null };
    errors.push({ pointer: `#/${from}`, detail: tooFine('difference') });
    return null;
  }

  function eachOf(): number | null {
    return field(form, 'each').trim() === '' ? null : readCount('each');
  }
}

/** Segments with too few people are no part of what is planned in all. */
function missedText(missed: number): string {
  if (missed === 0) return '';
  return missed === 1
    ? ' One segment is not among them: it would take more invitations than it has people.'
    : ` ${missed} segments are not among them: they would take more invitations than they have people.`;
}

const tooFine = (what: string): string =>
  `This would take more than ${showNumber(ANSWERS_MAX)} answers: enter a larger ${what}`;
const powerLead = (answers: number, power: number, difference: string): string =>
  `With ${showNumber(answers)} answers in each segment, ${difference} is found with a power of ${showPercent(power, 0)}.`;
const needLead = (answers: number, power: number, difference: string): string =>
  `${showNumber(answers)} answers in each segment find ${difference} with a power of ${showPercent(power, 0)}.`;
