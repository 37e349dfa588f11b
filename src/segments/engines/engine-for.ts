import type { InputTable } from '../input-table.ts';
import { consensusEngine } from './consensus-engine.ts';
import type { Engine, EngineChoice } from './engine.ts';
import { gaussianMixtureEngine } from './gaussian-mixture-engine.ts';
import { kMeansEngine } from './k-means-engine.ts';
import { kMedoidsEngine } from './k-medoids-engine.ts';
import { latentClassEngine } from './latent-class-engine.ts';

/**
 * The engine that was chosen, for a table.
 *
 * @throws {RangeError} with a sentence for a researcher when the engine is not for such a table
 */
export function engineFor({ engine, family }: EngineChoice, table: InputTable): Engine {
  switch (engine) {
    case 'k-means':
      return kMeansEngine;
    case 'k-medoids':
      return kMedoidsEngine;
    case 'gaussian-mixture':
      return gaussianMixtureEngine(family);
    case 'latent-class':
      return latentClassEngine(table);
    case 'consensus':
      return consensusEngine;
  }
}
