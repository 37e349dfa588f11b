import { normalDeviate, type Random } from '../stats/random.ts';
import { drawAmount, drawCode, drawWhole } from './draw.ts';
import type { MovingHousePlan, SegmentPlan } from './plan.ts';
import type { ThemePlan } from './themes.ts';

/** The box “I’d rather not say” was ticked. */
export type Refused = { refused: true };

/** An option code, the codes of several, a number or step, the steps of a battery by row, or a text. */
export type DemoAnswer = string | string[] | number | Record<string, number> | Refused;

/** Answers by question; a question that was skipped is absent, and so is a skipped row in its battery. */
export type DemoAnswers = Record<string, DemoAnswer>;

/** What is settled about a respondent before the first page is opened. */
export type DemoRespondent = {
  segment: SegmentPlan;
  theme: ThemePlan;
  /** Null when the open question is left empty. */
  text: string | null;
  age: number;
  household: string;
  town: string;
  language: string;
  isCareless: boolean;
};

/** Nobody younger has paid off a home. */
const LOAN_FREE_FROM = 42;

/**
 * Fills in the whole survey for one respondent: what belongs to the segment is drawn from its plan, what belongs to the
 * story from its theme, so that the answers of one person agree with each other.
 */
export function fillSurvey(person: DemoRespondent, plan: MovingHousePlan, random: Random): DemoAnswers {
  const { segment, theme } = person;
  const whole: DemoAnswers = {
    reason: drawCode(theme.reason, random),
    tenure: drawCode(person.age < LOAN_FREE_FROM ? { ...segment.tenure, 'own-outright': 0 } : segment.tenure, random),
    household: person.household,
    distance_km: moveDistance(theme.medianKm, random),
    rooms: roomsBoughtFor(person, random),
    recommend: stepNear(segment.recommend, 1.7, { min: 0, max: 10 }, random),
    ...(person.isCareless ? straightLines(plan, random) : batteries(segment, plan, random)),
    age: random() < plan.refused.age ? { refused: true } : person.age,
    town: person.town,
    income: random() < plan.refused.income ? { refused: true } : drawCode(segment.income, random),
  };

  const answers: DemoAnswers = {};
  if (person.text !== null) answers['trigger'] = person.text;
  for (const [question, answer] of Object.entries(whole)) {
    const isSkipped = random() < plan.skipped.question;
    if (question === 'reason' || isBattery(answer) || !isSkipped) answers[question] = answer;
  }
  return answers;
}

function isBattery(answer: DemoAnswer): boolean {
  return typeof answer === 'object' && !Array.isArray(answer) && !('refused' in answer);
}

/** Near moves to half a kilometre, far ones to ten, as people would say it. */
function moveDistance(medianKm: number, random: Random): number {
  const km = Math.min(2000, drawAmount(medianKm, 0.7, random));
  if (km < 10) return Math.max(0.5, Math.round(km * 2) / 2);
  return km < 60 ? Math.round(km) : Math.round(km / 10) * 10;
}

function roomsBoughtFor({ segment, household }: DemoRespondent, random: Random): string[] {
  const hasChildren = ['children', 'lone-parent', 'generations'].includes(household);
  const rooms = Object.entries(segment.rooms)
    .filter(([room, chance]) => random() < chance && (room !== 'children' || hasChildren))
    .map(([room]) => room);
  return rooms.length > 0 ? rooms : ['none'];
}

/**
 * Both batteries. Each item is the middle of its scale, moved by the person's trait and by an accident of its own, so
 * that items of one scale rise and fall together about as well as real short scales do.
 */
function batteries(
  segment: SegmentPlan,
  plan: MovingHousePlan,
  random: Random,
): Record<string, Record<string, number>> {
  const { loading, spread, style } = plan.measurement;
  const accident = Math.sqrt(1 - loading ** 2);
  const habit = style * normalDeviate(random);
  const filled: Record<string, Record<string, number>> = {};

  for (const [code, scale] of Object.entries(plan.scales)) {
    const trait = (segment.profile[code] ?? 0) + normalDeviate(random);
    for (const key of scale.items) {
      const { battery, row, isReversed } = readKey(key);
      const lean = spread * (loading * trait + accident * normalDeviate(random));
      const middle = isReversed ? plan.steps.min + plan.steps.max - scale.middle : scale.middle;
      const step = toStep(middle + (isReversed ? -lean : lean) + habit, plan.steps);
      filled[battery] ??= {};
      if (random() >= plan.skipped.row) filled[battery][row] = step;
    }
  }
  return filled;
}

/** The same step for every statement, in both batteries. */
function straightLines(plan: MovingHousePlan, random: Random): Record<string, Record<string, number>> {
  const step = drawWhole(plan.steps.min + 2, plan.steps.max - 1, random);
  const filled: Record<string, Record<string, number>> = {};
  for (const key of Object.values(plan.scales).flatMap((scale) => scale.items)) {
    const { battery, row } = readKey(key);
    filled[battery] = { ...filled[battery], [row]: step };
  }
  return filled;
}

function readKey(key: string): { battery: string; row: string; isReversed: boolean } {
  const isReversed = key.startsWith('-');
  const [battery, row] = key.slice(isReversed ? 1 : 0).split('.');
  if (!battery || !row) throw new RangeError(`“${key}” is no row of a battery`);
  return { battery, row, isReversed };
}

function stepNear(mean: number, spread: number, steps: { min: number; max: number }, random: Random): number {
  return toStep(mean + spread * normalDeviate(random), steps);
}

function toStep(value: number, { min, max }: { min: number; max: number }): number {
  return Math.min(max, Math.max(min, Math.round(value)));
}
