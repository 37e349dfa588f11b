import type { Weights } from './draw.ts';

/** One planted group of people: what is true of it before anybody is asked. */
export type SegmentPlan = {
  /** Share of all respondents; the shares add up to 1. */
  share: number;
  /** By scale: how far the group stands above (or below) everybody's middle, in standard deviations of the trait. */
  profile: Weights;
  /** Options of the question `tenure`. */
  tenure: Weights;
  /** Options of the question `town`, and the attribute of the same name. */
  town: Weights;
  /** Options of the question `income`. */
  income: Weights;
  /** Chance of having bought for each room. */
  rooms: Weights;
  /** Mean of the rating `recommend`, 0 to 10. */
  recommend: number;
  /** The look people chose when they opened an account. */
  style: Weights;
  device: Weights;
  /** Chance of buying for a company, on a trade account. */
  trade: number;
  /** Per person and year, on average. */
  yearly: { pageViews: number; quotes: number; orders: number };
  /** Median of one order, in euros. */
  basket: number;
};

/** A round of fieldwork. */
export type WavePlan = { code: string; share: number; opensDaysAgo: number; days: number; source: 'list' | 'widget' };

/** A scale's items as in the survey (a leading `-` marks a reversed one), and where its answers lie on average. */
export type ScalePlan = { items: readonly string[]; middle: number };

/** Everything that decides what the demonstration looks like. Change a copy of it to grow another one. */
export type MovingHousePlan = {
  segments: Readonly<Record<string, SegmentPlan>>;
  scales: Readonly<Record<string, ScalePlan>>;
  /** The lowest and the highest step of both batteries. */
  steps: { min: number; max: number };
  measurement: {
    /** How strongly an item follows its trait, 0 to 1. */
    loading: number;
    /** Standard deviation of an item's answers, in steps. */
    spread: number;
    /** Standard deviation of a person's habit of answering high or low, in steps. */
    style: number;
  };
  waves: readonly WavePlan[];
  languages: Weights;
  /** How many companies share the trade accounts. */
  companies: number;
  /** Share of respondents who give one and the same step to every statement and leave the open question empty. */
  careless: number;
  /** Chance that an answer which need not be given is left out: the open question, a statement, any other question. */
  skipped: { trigger: number; row: number; question: number };
  refused: { income: number; age: number };
  /** Share of people whose story could be anybody's, such as a landlord who sells. */
  anyStory: number;
  /** Share of those agreeing to be quoted. */
  quotes: number;
  /** Share of orders given back. */
  refunds: number;
  /** Standard deviation of the logarithm of an order. */
  basketSpread: number;
};

const waves: readonly WavePlan[] = [
  { code: 'letters', share: 0.6, opensDaysAgo: 75, days: 24, source: 'list' },
  { code: 'on-the-page', share: 0.4, opensDaysAgo: 40, days: 36, source: 'widget' },
];

/** The plan of the study that is shipped: four groups, of which the smallest spends most. */
export const movingHousePlan: MovingHousePlan = {
  segments: {
    'rooted-carers': {
      share: 0.28,
      profile: {
        benevolence: 1.5,
        tradition: 1.5,
        security: 1.4,
        conformity: 1.4,
        roots: 1.4,
        'own-way': -0.6,
        'self-direction': -0.6,
        stimulation: -0.5,
      },
      tenure: { 'own-loan': 5, 'own-outright': 2, 'rent-private': 2, 'rent-social': 1, 'with-others': 0.5 },
      town: { village: 3, 'small-town': 4, town: 4, city: 2, 'big-city': 1 },
      income: { 'under-1500': 1, 'from-1500': 3, 'from-2500': 4, 'from-4000': 3, 'from-6000': 1 },
      rooms: {
        kitchen: 0.55,
        living: 0.5,
        bedroom: 0.5,
        children: 0.7,
        bathroom: 0.25,
        hall: 0.35,
        outside: 0.3,
        study: 0.1,
      },
      recommend: 8.1,
      style: { warm: 5, classic: 4, natural: 2, plain: 2, bold: 1 },
      device: { phone: 5, desktop: 3, tablet: 3 },
      trade: 0.02,
      yearly: { pageViews: 7, quotes: 0.5, orders: 2.3 },
      basket: 260,
    },
    'fresh-starters': {
      share: 0.27,
      profile: {
        'self-direction': 1.4,
        stimulation: 1.5,
        hedonism: 1.5,
        'own-way': 1.5,
        roots: -1,
        tradition: -0.8,
        security: -0.8,
      },
      tenure: { 'rent-private': 7, 'rent-social': 1, 'own-loan': 1, 'with-others': 1 },
      town: { village: 0.5, 'small-town': 1, town: 3, city: 5, 'big-city': 4 },
      income: { 'under-1500': 4, 'from-1500': 5, 'from-2500': 3, 'from-4000': 1, 'from-6000': 0.3 },
      rooms: {
        kitchen: 0.45,
        living: 0.7,
        bedroom: 0.7,
        children: 0.4,
        bathroom: 0.2,
        hall: 0.1,
        outside: 0.15,
        study: 0.1,
      },
      recommend: 7.6,
      style: { bold: 6, warm: 3, natural: 2, plain: 2, classic: 0.5 },
      device: { phone: 8, desktop: 2, tablet: 1 },
      trade: 0.02,
      yearly: { pageViews: 11, quotes: 0.1, orders: 2.9 },
      basket: 105,
    },
    'career-climbers': {
      share: 0.27,
      profile: { achievement: 1.6, power: 1.5, standing: 1.5, universalism: -0.8, stillness: -0.9, benevolence: -0.7 },
      tenure: { 'own-loan': 5, 'rent-private': 5, 'own-outright': 0.5, other: 0.3 },
      town: { village: 0.3, 'small-town': 1, town: 2, city: 5, 'big-city': 6 },
      income: { 'under-1500': 0.3, 'from-1500': 1, 'from-2500': 3, 'from-4000': 5, 'from-6000': 4 },
      rooms: {
        kitchen: 0.35,
        living: 0.65,
        bedroom: 0.45,
        children: 0.35,
        bathroom: 0.2,
        hall: 0.2,
        outside: 0.15,
        study: 0.7,
      },
      recommend: 6.7,
      style: { plain: 5, classic: 3, bold: 2, warm: 1, natural: 1 },
      device: { phone: 4, desktop: 6, tablet: 1 },
      trade: 0.16,
      yearly: { pageViews: 5, quotes: 0.7, orders: 2 },
      basket: 390,
    },
    'quiet-seekers': {
      share: 0.18,
      profile: {
        universalism: 1.3,
        stillness: 1.6,
        'self-direction': 0.6,
        stimulation: -1.1,
        conformity: -0.8,
        power: -1,
        standing: -1.1,
        achievement: -0.6,
      },
      tenure: { 'own-outright': 4, 'own-loan': 5, 'rent-private': 2 },
      town: { village: 6, 'small-town': 4, town: 2, city: 1, 'big-city': 0.3 },
      income: { 'under-1500': 0.7, 'from-1500': 2, 'from-2500': 4, 'from-4000': 4, 'from-6000': 2 },
      rooms: {
        kitchen: 0.6,
        living: 0.7,
        bedroom: 0.75,
        children: 0.3,
        bathroom: 0.4,
        hall: 0.4,
        outside: 0.75,
        study: 0.4,
      },
      recommend: 8.7,
      style: { natural: 6, plain: 3, warm: 2, classic: 2, bold: 0.3 },
      device: { phone: 3, desktop: 5, tablet: 4 },
      trade: 0.04,
      yearly: { pageViews: 6, quotes: 1.1, orders: 3.3 },
      basket: 540,
    },
  },
  scales: {
    roots: { items: ['home.near', 'home.table', '-home.leave'], middle: 3.7 },
    'own-way': { items: ['home.handles', 'home.afresh', '-home.found'], middle: 3.8 },
    standing: { items: ['home.climbed', 'home.guests', '-home.visitors'], middle: 3.2 },
    stillness: { items: ['home.hush', 'home.green', '-home.bustle'], middle: 3.8 },
    'self-direction': { items: ['values.sd1', 'values.sd2'], middle: 4 },
    stimulation: { items: ['values.st1', 'values.st2'], middle: 3.4 },
    hedonism: { items: ['values.he1', 'values.he2'], middle: 3.7 },
    achievement: { items: ['values.ac1', 'values.ac2'], middle: 3.5 },
    power: { items: ['values.po1', 'values.po2'], middle: 3 },
    security: { items: ['values.se1', 'values.se2'], middle: 3.8 },
    conformity: { items: ['values.co1', 'values.co2'], middle: 3.6 },
    tradition: { items: ['values.tr1', 'values.tr2'], middle: 3.3 },
    benevolence: { items: ['values.be1', 'values.be2'], middle: 4.1 },
    universalism: { items: ['values.un1', 'values.un2'], middle: 3.8 },
  },
  steps: { min: 1, max: 6 },
  measurement: { loading: 0.78, spread: 1.1, style: 1 },
  waves,
  languages: { en: 0.8, de: 0.12, ar: 0.08 },
  companies: 60,
  careless: 0.04,
  skipped: { trigger: 0.03, row: 0.008, question: 0.02 },
  refused: { income: 0.12, age: 0.02 },
  anyStory: 0.12,
  quotes: 0.8,
  refunds: 0.07,
  basketSpread: 0.5,
};
