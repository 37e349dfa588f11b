import { latentClassCase } from '../latent-class-case.ts';

/** Seven pathologists on the same slides. */
export const referenceCase = latentClassCase('carcinoma', {
  items: ['A', 'B', 'C', 'D', 'E', 'F', 'G'],
  identifiedTo: 4,
});
