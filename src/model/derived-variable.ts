import { z } from 'zod';

/** Variables that researchers make of others without code; the definition is plain data with a version of its form. */

const Id = z.string().trim().min(1, { error: 'Choose a variable' }).max(200);
const Code = z.string().trim().min(1, { error: 'Enter a code' }).max(60, { error: 'Shorten it to 60 letters' });
const Label = z.string().trim().min(1, { error: 'Enter a label' }).max(200, { error: 'Shorten it to 200 letters' });
const Option = z.strictObject({ code: Code, label: Label });
const Options = z.array(Option).min(1, { error: 'Enter at least one option' }).max(200);
const Codes = z.array(Code).min(1, { error: 'Choose at least one option' }).max(200);
const Finite = z.number({ error: 'Enter a number' });

/** Options of a choice given new codes; what is not named stays out unless it is kept. */
const Recode = z.strictObject({
  kind: z.literal('recode'),
  of: Id,
  options: Options,
  map: z.array(z.strictObject({ from: Codes, to: Code })).min(1, { error: 'Say what becomes of at least one option' }),
  rest: z.enum(['missing', 'keep']),
});
/** A number parted at cut points, each the start of a band, or into bands of about as many people. */
const Bands = z.strictObject({
  kind: z.literal('bands'),
  of: Id,
  cuts: z
    .array(Finite)
    .min(1, { error: 'Enter at least one number to cut at' })
    .max(50, { error: 'Cut at 50 numbers at most' })
    .optional(),
  quantiles: z.int({ error: 'Enter a whole number' }).min(2, { error: 'Two bands are the fewest' }).max(20).optional(),
  labels: z.array(Label).optional(),
});
/** Several options as one; nets may share options. */
const Nets = z.strictObject({
  kind: z.literal('nets'),
  of: Id,
  nets: z.array(z.strictObject({ code: Code, label: Label, codes: Codes })).min(1, { error: 'Enter at least one net' }),
  rest: z.enum(['leave-out', 'keep']),
});
/** Whether an answer is among the first or last steps of its scale. */
const Box = z.strictObject({
  kind: z.literal('box'),
  of: Id,
  side: z.enum(['top', 'bottom']),
  boxes: z.int({ error: 'Enter a whole number' }).min(1, { error: 'One step is the fewest' }).max(20),
});
/** What people wrote under “other”, assigned to options that stand or are new. */
const BackCoding = z.strictObject({
  kind: z.literal('back-coding'),
  of: Id,
  other: Code,
  texts: Id,
  options: z.array(Option).max(200),
  assigned: z
    .array(z.strictObject({ text: z.string().trim().min(1, { error: 'Enter a text' }).max(10_000), code: Code }))
    .min(1, { error: 'Assign at least one text' }),
});
/** Several questions as the options of one. */
const Together = z.strictObject({
  kind: z.literal('set'),
  parts: z
    .array(
      z.strictObject({
        of: Id,
        code: Code,
        label: Label,
        counts: z.union([Codes, z.strictObject({ atLeast: Finite })]),
      }),
    )
    .min(2, { error: 'A set needs at least two questions' })
    .max(200),
});

export const DerivedDefinition = z.discriminatedUnion('kind', [Recode, Bands, Nets, Box, BackCoding, Together]);
const Derived = z.strictObject({ format: z.literal(1), id: Id, name: Label, definition: DerivedDefinition });
export type DerivedDefinition = z.infer<typeof DerivedDefinition>;
export type DerivedVariable = z.infer<typeof Derived>;
export type DerivedFault = { pointer: string; detail: string };

/**
 * Reads a definition that came from outside.
 *
 * @returns the variable, or what is wrong with which part of it
 *
 * @example
 * readDerived({ format: 1, id: 'b', name: 'Bands', definition: { kind: 'bands', of: 'age', cuts: [40, 30] } })
 * // => { errors: [{ pointer: '#/definition/cuts/1', detail: 'Each number must be above the one before' }] }
 */
export function readDerived(input: unknown): { variable: DerivedVariable } | { errors: DerivedFault[] } {
  const read = Derived.safeParse(input);
  if (!read.success)
    return {
      errors: read.error.issues.map(({ path, message }) => ({
        pointer: path.length === 0 ? '#' : `#/${path.join('/')}`,
        detail: message,
      })),
    };
  const errors = faultsOf(read.data).map(({ pointer, detail }) => ({ pointer: `#/definition${pointer}`, detail }));
  return errors.length === 0 ? { variable: read.data } : { errors };
}

function faultsOf({ id, definition }: DerivedVariable): DerivedFault[] {
  const faults: DerivedFault[] = [];
  const fault = (pointer: string, detail: string) => faults.push({ pointer, detail });
  const noneTwice = (codes: readonly string[], pointer: (index: number) => string) => {
    for (const [index, code] of codes.entries())
      if (codes.indexOf(code) < index) fault(pointer(index), `“${code}” stands here twice`);
  };
  if (sourcesOf(definition).includes(id)) fault('', 'A variable cannot be made of itself');
  switch (definition.kind) {
    case 'recode': {
      noneTwice(
        definition.options.map(({ code }) => code),
        (i) => `/options/${i}/code`,
      );
      const known = new Set(definition.options.map(({ code }) => code));
      const seen = new Set<string>();
      for (const [i, { from, to }] of definition.map.entries()) {
        if (!known.has(to)) fault(`/map/${i}/to`, `There is no option “${to}” here`);
        for (const [j, code] of from.entries()) {
          if (seen.has(code)) fault(`/map/${i}/from/${j}`, `“${code}” stands here twice`);
          seen.add(code);
        }
      }
      break;
    }
    case 'bands': {
      const { cuts, quantiles, labels } = definition;
      if ((cuts === undefined) === (quantiles === undefined))
        fault('/cuts', 'Enter either numbers to cut at, or how many bands of about as many people');
      for (const [i, cut] of (cuts ?? []).entries())
        if (i > 0 && !(cut > cuts![i - 1]!)) fault(`/cuts/${i}`, 'Each number must be above the one before');
      const bands = cuts ? cuts.length + 1 : quantiles;
      if (labels && labels.length !== bands) fault('/labels', `Enter ${bands} labels, one for each band`);
      break;
    }
    case 'nets':
      noneTwice(
        definition.nets.map(({ code }) => code),
        (i) => `/nets/${i}/code`,
      );
      break;
    case 'back-coding': {
      noneTwice(
        definition.options.map(({ code }) => code),
        (i) => `/options/${i}/code`,
      );
      for (const [i, { code }] of definition.assigned.entries())
        if (code === definition.other) fault(`/assigned/${i}/code`, 'Assign it to another option than “other”');
      break;
    }
    case 'set':
      noneTwice(
        definition.parts.map(({ code }) => code),
        (i) => `/parts/${i}/code`,
      );
  }
  return faults;
}

/** The variables that a definition is made of. */
export function sourcesOf(definition: DerivedDefinition): string[] {
  if (definition.kind === 'set') return [...new Set(definition.parts.map(({ of }) => of))];
  return definition.kind === 'back-coding' ? [definition.of, definition.texts] : [definition.of];
}

/**
 * The order in which variables can be worked out when some are made of others.
 *
 * @throws {RangeError} with a sentence that can be shown to a researcher: a circle, or two variables of one id
 */
export function derivationOrder(variables: readonly DerivedVariable[]): DerivedVariable[] {
  const byId = new Map(variables.map((variable) => [variable.id, variable]));
  if (byId.size < variables.length) throw new RangeError('Two derived variables have the same id: give one another id');
  const done = new Map<string, DerivedVariable>();
  const visit = (variable: DerivedVariable, path: readonly DerivedVariable[]): void => {
    if (done.has(variable.id)) return;
    if (path.includes(variable)) {
      const circle = [...path.slice(path.indexOf(variable)), variable]
        .map(({ name }) => `“${name}”`)
        .join(' is made of ');
      throw new RangeError(`These variables go round in a circle: ${circle}. Make one of them of something else`);
    }
    for (const source of sourcesOf(variable.definition)) {
      const other = byId.get(source);
      if (other) visit(other, [...path, variable]);
    }
    done.set(variable.id, variable);
  };
  for (const variable of variables) visit(variable, []);
  return [...done.values()];
}

/**
 * What a definition does, in a sentence.
 *
 * @param nameOf what a source is called
 *
 * @example
 * describeDerived({ kind: 'box', of: 'sat', side: 'top', boxes: 2 }, () => 'Satisfaction')
 * // => 'Whether “Satisfaction” is one of its 2 highest steps.'
 */
export function describeDerived(definition: DerivedDefinition, nameOf: (id: string) => string): string {
  const name = (id: string) => `“${nameOf(id)}”`;
  switch (definition.kind) {
    case 'recode': {
      const parts = definition.map.map(({ from, to }) => `${from.join(', ')} become ${to}`).join('; ');
      return `${name(definition.of)} with new options: ${parts}; all else ${definition.rest === 'keep' ? 'stays as it is' : 'counts as no answer'}.`;
    }
    case 'bands':
      return definition.cuts
        ? `${name(definition.of)} in bands that begin at ${definition.cuts.join(', ')}.`
        : `${name(definition.of)} in ${definition.quantiles} bands of about as many people each.`;
    case 'nets': {
      const parts = definition.nets.map(({ label, codes }) => `“${label}” for ${codes.join(', ')}`).join('; ');
      return `${name(definition.of)} with options together: ${parts}${definition.rest === 'keep' ? ', beside the others' : ''}.`;
    }
    case 'box': {
      const ends = definition.side === 'top' ? 'highest' : 'lowest';
      return `Whether ${name(definition.of)} is ${definition.boxes === 1 ? `its ${ends} step` : `one of its ${definition.boxes} ${ends} steps`}.`;
    }
    case 'back-coding':
      return `${name(definition.of)} with ${definition.assigned.length} ${definition.assigned.length === 1 ? 'text' : 'texts'} from ${name(definition.texts)} counted as an option instead of “${definition.other}”.`;
    case 'set':
      return `${definition.parts.map(({ of }) => name(of)).join(', ')} as one question with several answers.`;
  }
}
