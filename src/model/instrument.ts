import { z } from 'zod';
import { Code, Instrument, Language, Order, Scale, Steps, Wording } from './survey.ts';

/**
 * An instrument by itself, `format: 1`: statements, the steps they are answered on, and the key that makes scores of the
 * answers. It is what Verbatim ships, what an operator enters or brings as a file, and what a survey is given.
 */

/** Whether its words may be used: by anybody, because they are the workspace's own, or by leave of who owns them. */
export const INSTRUMENT_TERMS = ['public-domain', 'own-work', 'licensed'] as const;
export type InstrumentTerms = (typeof INSTRUMENT_TERMS)[number];

const ItemKey = z
  .string()
  .regex(/^-?[A-Za-z][A-Za-z0-9_-]*$/, 'An item of the key is a code, with - before it when it is reversed');

export const InstrumentFile = z.strictObject({
  format: z.literal(1),
  ...Instrument.omit({ scales: true, catches: true }).shape,
  languages: z.array(Language).min(1).max(50),
  terms: z.enum(INSTRUMENT_TERMS),
  licence: z.string().min(1).max(300),
  /** What stands above the statements. */
  stem: Wording,
  steps: Steps,
  items: z
    .array(z.strictObject({ code: Code, text: Wording }))
    .min(1)
    .max(400),
  order: Order.optional(),
  /** Scales name items by their codes. */
  scales: z
    .array(Scale.extend({ items: z.array(ItemKey).min(1).max(200) }))
    .min(1)
    .max(100),
  catches: z
    .array(z.strictObject({ item: Code, least: z.int().optional(), most: z.int().optional() }))
    .max(20)
    .optional(),
});
export type InstrumentFile = z.infer<typeof InstrumentFile>;

/** A key whose words belong to somebody: which items count where, for whoever may use the words to enter them. */
export const KnownKey = z.strictObject({
  code: Code,
  name: z.string(),
  /** How many statements it has. */
  items: z.int().min(1),
  steps: Steps,
  centring: InstrumentFile.shape.centring,
  structure: InstrumentFile.shape.structure,
  citation: z.string(),
  /** What its steps mean, and what is special about it. */
  note: z.string(),
  catches: InstrumentFile.shape.catches,
  scales: InstrumentFile.shape.scales,
});
export type KnownKey = z.infer<typeof KnownKey>;

export type InstrumentFault = { pointer: string; detail: string };

/**
 * Reads an instrument and names everything that is wrong with it.
 *
 * @param value as it came from JSON or a form
 */
export function readInstrument(value: unknown): { instrument: InstrumentFile } | { faults: InstrumentFault[] } {
  const parsed = InstrumentFile.safeParse(value);
  if (!parsed.success)
    return {
      faults: parsed.error.issues
        .slice(0, 30)
        .map(({ path, message }) => ({ pointer: `#/${path.map(String).join('/')}`, detail: message })),
    };
  const faults = keyFaults(parsed.data);
  return faults.length > 0 ? { faults } : { instrument: parsed.data };
}

function keyFaults(instrument: InstrumentFile): InstrumentFault[] {
  const faults: InstrumentFault[] = [];
  const fault = (pointer: string, detail: string) => faults.push({ pointer, detail });
  const items = new Set<string>();
  const [language] = instrument.languages;
  instrument.items.forEach(({ code, text }, i) => {
    if (items.has(code)) fault(`#/items/${i}/code`, `Two statements have the code “${code}”`);
    items.add(code);
    if (!text[language ?? 'en']?.trim()) fault(`#/items/${i}/text`, `Statement ${i + 1} has no words in ${language}`);
  });
  const scales = new Set(instrument.scales.map(({ code }) => code));
  if (scales.size < instrument.scales.length) fault('#/scales', 'Two scales have the same code');
  instrument.scales.forEach((scale, s) => {
    const at = `#/scales/${s}`;
    const own = scale.items.map((key) => key.replace(/^-/, ''));
    for (const item of own)
      if (!items.has(item)) fault(at, `The scale ${scale.code} names “${item}”, and there is no such statement`);
    if (new Set(own).size < own.length) fault(at, `The scale ${scale.code} names a statement twice`);
    if ((scale.minimumAnswered ?? 1) > own.length)
      fault(at, `The scale ${scale.code} asks for more answers than it has statements`);
    if (scale.score === 'sum' && instrument.centring === 'person-mean')
      fault(at, `The scale ${scale.code} is a sum, and scores that are centred on the person are means`);
    if (scale.partOf !== undefined && (!scales.has(scale.partOf) || scale.partOf === scale.code))
      fault(at, `The scale ${scale.code} is part of “${scale.partOf}”, and there is no such other scale`);
    else if (isInCircle(scale, instrument.scales))
      fault(
        at,
        `The scale ${scale.code} is part of “${scale.partOf}”, which is itself part of “${scale.code}”: leave one of these out`,
      );
  });
  for (const { item, least, most } of instrument.catches ?? []) {
    if (!items.has(item)) fault('#/catches', `“${item}” is to show who reads, and there is no such statement`);
    if (least === undefined && most === undefined)
      fault('#/catches', `Say which answers to ${item} show that somebody reads`);
  }
  return faults;
}

/** Whether going from a scale to what it is part of leads back to it. */
function isInCircle({ code, partOf }: InstrumentFile['scales'][number], scales: InstrumentFile['scales']): boolean {
  const wholeOf = new Map(scales.map((scale) => [scale.code, scale.partOf]));
  let whole = partOf;
  for (let steps = 0; whole !== undefined && steps < scales.length; steps++) {
    if (whole === code) return true;
    whole = wholeOf.get(whole);
  }
  return false;
}

/** So many statements stand on one page of a survey. */
export const ITEMS_PER_PAGE = 20;

/** The statements in parts of about equal length, none longer than a page. */
export function itemParts<Item>(items: readonly Item[]): Item[][] {
  const parts = Math.ceil(items.length / ITEMS_PER_PAGE);
  const size = Math.ceil(items.length / parts);
  return Array.from({ length: parts }, (_, part) => items.slice(part * size, (part + 1) * size));
}
