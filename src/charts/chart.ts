import type { BarsInput } from './bars.ts';
import type { DotsInput } from './dots.ts';
import type { LineInput } from './line.ts';
import type { SlopeInput } from './slope.ts';
import type { StackInput } from './stack.ts';
import type { ValueMapInput } from './value-map.ts';

/** A chart before it is drawn: what every page, file and slide draws from. */
export type Chart =
  | { kind: 'bars'; input: BarsInput }
  | { kind: 'dots'; input: DotsInput }
  | { kind: 'stack'; input: StackInput }
  | { kind: 'line'; input: LineInput }
  | { kind: 'slope'; input: SlopeInput }
  | { kind: 'value-map'; input: ValueMapInput };
