import { latentClassCase } from '../latent-class-case.ts';

/** Four questions of duty and friendship: too few for three classes, whose sizes are not compared. */
export const referenceCase = latentClassCase('values', { items: ['A', 'B', 'C', 'D'], identifiedTo: 2 });
