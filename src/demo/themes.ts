import type { Weights } from './draw.ts';

/** What goes with a theme of the open answers, so that one person's answers agree with each other. */
export type ThemePlan = {
  /** Options of the question `reason`. */
  reason: Weights;
  /** Options of the question `household`. */
  household: Weights;
  /** The youngest and the oldest who would tell such a story. */
  ages: readonly [youngest: number, oldest: number];
  /** Median distance moved. */
  medianKm: number;
};

const mixed: Weights = { alone: 3, couple: 4, children: 3, 'lone-parent': 1, generations: 0.5, shared: 1 };
const withChildren: Weights = { children: 6, 'lone-parent': 2, generations: 1 };
const afterParting: Weights = { alone: 6, 'lone-parent': 3, shared: 1 };
const older: Weights = { alone: 2, couple: 5 };

/** Every theme that an open answer may have. */
export const movingHouseThemes: Readonly<Record<string, ThemePlan>> = {
  'near-parents': {
    reason: { family: 1 },
    household: { alone: 2, couple: 4, children: 4, generations: 1 },
    ages: [34, 62],
    medianKm: 140,
  },
  'near-grandchildren': { reason: { family: 1 }, household: older, ages: [57, 74], medianKm: 160 },
  // Whoever moves for a school tends to tick the rent, which is what one is allowed to say.
  school: { reason: { rent: 7, school: 2 }, household: withChildren, ages: [30, 50], medianKm: 14 },
  baby: { reason: { space: 5, family: 1 }, household: { children: 8, 'lone-parent': 1 }, ages: [25, 41], medianKm: 11 },
  space: { reason: { space: 1 }, household: withChildren, ages: [33, 52], medianKm: 9 },
  stairs: { reason: { health: 1 }, household: older, ages: [63, 84], medianKm: 12 },
  separation: { reason: { separation: 1 }, household: afterParting, ages: [29, 58], medianKm: 9 },
  'leaving-home': { reason: { 'own-place': 1 }, household: { alone: 5, shared: 4 }, ages: [20, 29], medianKm: 16 },
  flatmates: { reason: { 'own-place': 5, noise: 1 }, household: { alone: 6, couple: 2 }, ages: [23, 36], medianKm: 6 },
  grief: { reason: { other: 3, 'own-place': 1 }, household: { alone: 1 }, ages: [48, 76], medianKm: 35 },
  change: {
    reason: { other: 3, 'own-place': 2 },
    household: { alone: 5, couple: 2, shared: 2 },
    ages: [27, 56],
    medianKm: 120,
  },
  job: { reason: { job: 1 }, household: { alone: 3, couple: 4, children: 3 }, ages: [25, 54], medianKm: 210 },
  commute: { reason: { job: 1 }, household: { alone: 3, couple: 4, children: 2 }, ages: [27, 56], medianKm: 55 },
  'home-office': {
    reason: { space: 3, job: 2 },
    household: { alone: 1, couple: 3, children: 4 },
    ages: [28, 52],
    medianKm: 15,
  },
  ladder: {
    reason: { 'own-place': 3, rent: 2, other: 1 },
    household: { alone: 4, couple: 4 },
    ages: [27, 46],
    medianKm: 8,
  },
  noise: { reason: { noise: 1 }, household: { alone: 4, couple: 6 }, ages: [34, 71], medianKm: 38 },
  garden: { reason: { outdoors: 1 }, household: { alone: 4, couple: 6, children: 1 }, ages: [32, 70], medianKm: 32 },
  dog: { reason: { outdoors: 1 }, household: { alone: 4, couple: 5 }, ages: [29, 66], medianKm: 24 },
  countryside: { reason: { outdoors: 3, noise: 1 }, household: { alone: 3, couple: 6 }, ages: [35, 68], medianKm: 60 },
  traffic: {
    reason: { noise: 3, health: 1 },
    household: { alone: 2, couple: 4, children: 2 },
    ages: [30, 66],
    medianKm: 22,
  },
  rent: { reason: { rent: 1 }, household: mixed, ages: [23, 68], medianKm: 10 },
  damp: { reason: { repairs: 1 }, household: mixed, ages: [22, 66], medianKm: 7 },
  flood: { reason: { repairs: 2, safety: 1 }, household: mixed, ages: [29, 68], medianKm: 12 },
  safety: { reason: { safety: 1 }, household: mixed, ages: [23, 66], medianKm: 9 },
  unsaid: { reason: { other: 3, space: 1, rent: 1 }, household: mixed, ages: [24, 72], medianKm: 12 },
};
