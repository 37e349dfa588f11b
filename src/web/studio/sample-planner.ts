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
import { field } from '../form.ts';
import { fieldworkAddress, fieldworkCrumbs, numberIn, SURVEY } from './fieldwork-place.ts';
import { type FieldView, fieldMaker, head, showPage, summaryOf } from './frame.ts';
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

type Answer = { lead: string; table: Record<string, unknown> | null; source: string };

/** Planning a sample: how many answers, what a number of answers is good for, and what tells two segments apart. */
export function samplePlannerDoor(door: Doorway, house: House): void {
  door.get(`${SURVEY}/fieldwork/plan`, 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const form: Form = { ...DEFAULTS, ...typedIn(req) };
    const asked = field(form, 'do');
    const found = asked === '' ? null : answer(asked, form);
    const problem = found instanceof Problem ? found : null;
    if (problem) res.status(422);
    const faulty = partsOf(fieldMaker(form, problem?.errors ?? []));
    const parts = partsOf(fieldMaker(form, [])).map((part, index) => ({
      ...((part.code === asked && faulty[index]) || part),
      answer: part.code === asked && found !== null && !(found instanceof Problem) ? found : null,
    }));
    const summary = problem ? summaryOf(problem, Object.keys(DEFAULTS)) : null;
    await showPage(house, visit, res, 'surveys', 'studio/fieldwork-plan', {
      head: head(
        fieldworkCrumbs(study, survey),
        'Sample size',
        'For simple random samples. With weights or clusters, multiply the answers by the design effect.',
      ),
      isError: problem !== null,
      // Fields stand in several forms, so their ids end in the form's own code.
      summary: summary && {
        ...summary,
        errors: summary.errors.map((error) => ({ ...error, href: `${error.href}-${asked}` })),
      },
      at: `${fieldworkAddress(study, survey)}/plan`,
      parts,
    });
  });
}

const typedIn = (req: Request): Record<string, string> =>
  Object.fromEntries(
    Object.entries(req.query as Record<string, unknown>).flatMap(([name, value]) =>
      typeof value === 'string' && (name in DEFAULTS || name === 'do') ? [[name, value.slice(0, 5000)]] : [],
    ),
  );

/** The three questions, each a form of its own. Fields of one name mean the same in each, and have ids of their own. */
function partsOf(
  make: ReturnType<typeof fieldMaker>,
): { code: string; title: string; action: string; fields: FieldView[] }[] {
  const own = (code: string, fields: FieldView[]) => fields.map((one) => ({ ...one, id: `${one.name}-${code}` }));
  const aim = () =>
    make.radios(
      'of',
      'What is to be known',
      [
        { value: 'share', label: 'A share, such as how many would buy' },
        { value: 'mean', label: 'A mean, such as a score' },
      ],
      { isRequired: true },
    );
  const number = (name: string, label: string, hint: string | null = null) =>
    make.text(name, label, { isShort: true, hint, isRequired: !MAY_BE_EMPTY.has(name) });
  return [
    {
      code: 'plan',
      title: 'How many answers are needed',
      action: 'Work it out',
      fields: own('plan', [
        aim(),
        number(
          'margin',
          'Margin of error',
          'Percentage points for a share, such as 5; the unit of the score for a mean',
        ),
        number('share', 'Share expected, in per cent', 'For a share. 50 asks for the most answers'),
        number('spread', 'Standard deviation expected', 'For a mean'),
        number('level', 'Confidence, in per cent'),
        number('rate', 'How many of those invited answer, in per cent'),
        make.area('segments', 'Segments to be known each', {
          rows: 5,
          isRequired: true,
          hint: 'One a line: a name; how many people it has; per cent that answer. The last two may be left out',
        }),
      ]),
    },
    {
      code: 'margin',
      title: 'What a number of answers is good for',
      action: 'Work it out',
      fields: own('margin', [
        aim(),
        number('answers', 'Answers'),
        number('population', 'People in all', 'Empty: very many'),
        number('share', 'Share expected, in per cent', 'For a share'),
        number('spread', 'Standard deviation expected', 'For a mean'),
        number('level', 'Confidence, in per cent'),
      ]),
    },
    {
      code: 'power',
      title: 'Telling two segments apart',
      action: 'Work it out',
      fields: own('power', [
        aim(),
        number('first', 'Share in the first, in per cent', 'For a share'),
        number('second', 'Share in the second, in per cent', 'For a share'),
        number('difference', 'Difference between the means', 'For a mean'),
        number('spread', 'Standard deviation expected', 'For a mean'),
        number('level', 'Confidence, in per cent'),
        number('power', 'Power, in per cent', 'How surely a true difference of this size is found'),
        number('each', 'Answers in each segment', 'To see the power of so many instead'),
      ]),
    },
  ];
}

/** The answer in words, or what does not fit. */
function answer(asked: string, form: Form): Answer | Problem | null {
  const errors: ProblemError[] = [];
  const code = asked;
  const isInside = (low: number, high: number) => (value: number) => value > low && value < high;
  const read = (name: string, low: number, high: number, isWithin = isInside(low, high)) => {
    const value = numberIn(field(form, name)) ?? Number.NaN;
    if (!(Number.isFinite(value) && isWithin(value)))
      errors.push({
        pointer: `#/${name}`,
        detail: isWithin(low)
          ? `Enter a number from ${showNumber(low)} to ${showNumber(high)}`
          : `Enter a number above ${showNumber(low)} and below ${showNumber(high)}`,
      });
    return value;
  };
  const isShare = field(form, 'of') !== 'mean';
  const level = read('level', 0, 99.99) / 100;
  const spread = isShare ? 1 : read('spread', 0, 1e9);
  const share = isShare && code !== 'power' ? read('share', 0, 100, (value) => value >= 0 && value <= 100) / 100 : 0.5;
  const found =
    code === 'plan'
      ? plan()
      : code === 'margin'
        ? margin()
        : code === 'power'
          ? isShare
            ? powerOfShares()
            : powerOfMeans()
          : null;
  if (errors.length > 0)
    return new Problem('invalid', 'These numbers do not fit', {
      errors: errors.map((error) => ({ ...error })),
    });
  return found;

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
    const total = (of: 'answers' | 'invitations') => plans.reduce((sum, one) => sum + one[of], 0);
    const cell = (text: string, isNumber = true) => ({ text, href: null, isNumber });
    return {
      lead: `${showNumber(total('answers'))} answers in all, from ${showNumber(total('invitations'))} invitations.`,
      source: isShare
        ? 'n₀ = z² p (1 − p) / margin², and n = n₀ / (1 + (n₀ − 1) / N) of N people. Cochran (1977), Sampling Techniques, section 4.4.'
        : 'n₀ = (z σ / margin)², and n = n₀ / (1 + (n₀ − 1) / N) of N people. Cochran (1977), Sampling Techniques, section 4.6.',
      table: {
        caption: 'Answers and invitations for each segment',
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
    const answers = read('answers', 0, 1e9);
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
    return { lead: needLead(n, power, difference), source, table: null };
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
    return { lead: needLead(sampleForTwoMeans({ ...about, power }), power, words), source, table: null };
  }

  function eachOf(): number | null {
    return field(form, 'each').trim() === '' ? null : read('each', 0, 1e9);
  }
}

const powerLead = (answers: number, power: number, difference: string): string =>
  `With ${showNumber(answers)} answers in each segment, ${difference} is found with a power of ${showPercent(power, 0)}.`;
const needLead = (answers: number, power: number, difference: string): string =>
  `${showNumber(answers)} answers in each segment find ${difference} with a power of ${showPercent(power, 0)}.`;
