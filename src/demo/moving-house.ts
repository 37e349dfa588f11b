import { type Random, shuffled } from '../stats/random.ts';
import { divideShares, drawCode, drawWhole } from './draw.ts';
import { type DemoAnswers, type DemoRespondent, fillSurvey } from './fill-survey.ts';
import { type MovingHousePlan, movingHousePlan, type SegmentPlan } from './plan.ts';
import { storyTeller } from './story-teller.ts';
import { tradeCompanies } from './trade-companies.ts';
import { type DemoEvent, yearOfEvents } from './year-of-events.ts';

/** An open answer that was written for the demonstration (`data/demo/answers*.json`). */
export type DemoText = {
  /** The planted segment whose people would say so, or `any`. */
  segment: string;
  theme: string;
  /** `en` where nothing is said. */
  language?: string;
  text: string;
  /** The youngest and oldest who could have said it, where the text gives an age away. */
  ages?: readonly number[];
  /** The households it can come from, where the text gives them away. */
  households?: readonly string[];
  misspelt?: boolean;
  slip?: string;
};

/** What kind of thing an attribute says about a person. */
export type AttributeFamily =
  | 'demographic'
  | 'geographic'
  | 'firmographic'
  | 'technographic'
  | 'psychographic'
  | 'value';
export type DemoAttribute = { value: string | number | boolean; family: AttributeFamily };
export type DemoCompany = { externalId: string; name: string; attributes: Record<string, DemoAttribute> };

export type DemoPerson = {
  externalId: string;
  attributes: Record<string, DemoAttribute>;
  /** Present when the person buys on a company's trade account. */
  company?: DemoCompany;
};

export type DemoResponse = {
  personExternalId: string;
  wave: string;
  source: 'list' | 'widget';
  language: string;
  /** ISO 8601, UTC. */
  startedAt: string;
  completedAt: string;
  /** What the person agreed to; `analysis` always. */
  purposes: ('analysis' | 'quotes')[];
  answers: DemoAnswers;
};

/** What was planted, one entry per person: for checking an analysis, never an input to one. */
export type Planted = { personExternalId: string; segment: string; theme: string; isCareless: boolean };

export type MovingHouse = {
  people: DemoPerson[];
  /** One per person, in the order of `people`. */
  responses: DemoResponse[];
  /** In order of time. */
  events: DemoEvent[];
  planted: Planted[];
};

export type MovingHouseOptions = {
  random: Random;
  /** The end of the year of events; all fieldwork lies before it. */
  now: Date;
  respondents?: number;
  /** The open answers. Each is used at most once; when they run out, the open question is left empty. */
  texts: readonly DemoText[];
  plan?: MovingHousePlan;
};

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * The demonstration study “Moving house”: customers of an invented home-furnishing shop, their answers to
 * `data/demo/survey.json` and a year of their doings, with four segments planted among them.
 *
 * Segments and careless people are shared out exactly (to within one person); everything else is drawn. Nobody in it is real.
 *
 * @returns plain data; the same `random`, `now`, texts and plan give the same
 * @throws {RangeError} when `respondents` is not a whole number, or a text has a theme that nobody planned
 */
export function movingHouse(options: MovingHouseOptions): MovingHouse {
  const { random, now, texts, respondents = 1_200, plan = movingHousePlan } = options;
  if (!Number.isSafeInteger(respondents) || respondents < 0) {
    throw new RangeError('movingHouse requires a whole number of respondents');
  }
  const companies = tradeCompanies(plan.companies, random);
  const teller = storyTeller(texts, plan, random);
  let traders = 0;
  const made: MovingHouse = { people: [], responses: [], events: [], planted: [] };

  for (const [index, segmentCode] of shuffled(segmentOfEach(plan, respondents), random).entries()) {
    const id = `mh-${String(index + 1).padStart(4, '0')}`;
    const segment = plan.segments[segmentCode]!;
    // Evenly among people, so that their share is exact to within one.
    const isCareless = Math.floor((index + 1) * plan.careless) > Math.floor(index * plan.careless);
    const language = drawCode(plan.languages, random);
    const story = teller.tell(segmentCode, language, isCareless);
    const person = { segment, isCareless, language, town: drawCode(segment.town, random), ...story };
    const isTrade = companies.length > 0 && random() < segment.trade;
    // Every company has somebody before any has two.
    const company = isTrade
      ? companies[traders < companies.length ? traders : drawWhole(0, companies.length - 1, random)]
      : undefined;
    if (isTrade) traders += 1;

    made.people.push({
      externalId: id,
      attributes: attributesOf(person, segment, company, random),
      ...(company && { company }),
    });
    made.responses.push(responseOf(id, person, plan, now, random));
    made.events.push(...yearOfEvents(id, segment, plan, now, random));
    made.planted.push({ personExternalId: id, segment: segmentCode, theme: story.themeCode, isCareless });
  }
  made.events.sort((a, b) => (a.occurredAt < b.occurredAt ? -1 : Number(a.occurredAt > b.occurredAt)));
  return made;
}

function segmentOfEach(plan: MovingHousePlan, respondents: number): string[] {
  const shares = Object.fromEntries(Object.entries(plan.segments).map(([code, { share }]) => [code, share]));
  return Object.entries(divideShares(shares, respondents)).flatMap(([code, count]) => Array<string>(count).fill(code));
}

/** What the shop knows without asking: from the account, the address, the browser and the trade register. */
function attributesOf(
  person: DemoRespondent,
  segment: SegmentPlan,
  company: DemoCompany | undefined,
  random: Random,
): Record<string, DemoAttribute> {
  return {
    age: { value: person.age, family: 'demographic' },
    household: { value: person.household, family: 'demographic' },
    town: { value: person.town, family: 'geographic' },
    region: { value: drawCode({ north: 3, east: 2, south: 3, west: 4 }, random), family: 'geographic' },
    device: { value: drawCode(segment.device, random), family: 'technographic' },
    style: { value: drawCode(segment.style, random), family: 'psychographic' },
    plan: { value: company ? 'trade' : drawCode({ guest: 3, club: 4 }, random), family: 'value' },
    ...company?.attributes,
  };
}

function responseOf(
  id: string,
  person: DemoRespondent,
  plan: MovingHousePlan,
  now: Date,
  random: Random,
): DemoResponse {
  const shares = Object.fromEntries(plan.waves.map(({ code, share }) => [code, share]));
  const waveCode = drawCode(shares, random);
  const wave = plan.waves.find(({ code }) => code === waveCode)!;
  const startedMs = now.getTime() - (wave.opensDaysAgo - random() * wave.days) * DAY_MS;
  const minutes = person.isCareless ? 1.5 + random() * 1.5 : 5 + random() * 9;
  return {
    personExternalId: id,
    wave: wave.code,
    source: wave.source,
    language: person.language,
    startedAt: new Date(startedMs).toISOString(),
    completedAt: new Date(startedMs + minutes * MINUTE_MS).toISOString(),
    purposes: random() < plan.quotes ? ['analysis', 'quotes'] : ['analysis'],
    answers: fillSurvey(person, plan, random),
  };
}
