/** What is known of a person or a company: names, kinds of values, and which of the segmentation families they serve. */

export type AttributeFamily =
  | 'demographic'
  | 'geographic'
  | 'firmographic'
  | 'technographic'
  | 'psychographic'
  | 'value'
  | 'other';
export const ATTRIBUTE_FAMILIES: readonly AttributeFamily[] = [
  'demographic',
  'geographic',
  'firmographic',
  'technographic',
  'psychographic',
  'value',
  'other',
];
export type AttributeValue = string | number | boolean | string[];
export type AttributeType = 'text' | 'number' | 'date' | 'yes-no' | 'list';
export const ATTRIBUTE_TYPES: readonly AttributeType[] = ['text', 'number', 'date', 'yes-no', 'list'];
export type AttributeSubject = 'person' | 'company';

/** What a workspace knows of an attribute by its name. */
export type KnownAttribute = {
  type: AttributeType;
  family: AttributeFamily;
  /** True when a person chose the type; false when it follows from what came. */
  isSet: boolean;
};

/**
 * From here on, in either direction, a number counts as nothing said: it has more digits than a respondent may write, and
 * whoever adds such numbers or their squares may end with none.
 */
export const NUMBER_LIMIT = 1e15;

export const ATTRIBUTE_NAME_MAX = 200;
const ATTRIBUTES_PER_MESSAGE_MAX = 500;
const DEPTH_MAX = 8;

const FAMILY_BY_NAME: Readonly<Record<string, AttributeFamily>> = {
  age: 'demographic',
  birthday: 'demographic',
  gender: 'demographic',
  address: 'geographic',
  location: 'geographic',
  country: 'geographic',
  region: 'geographic',
  state: 'geographic',
  city: 'geographic',
  postalcode: 'geographic',
  company: 'firmographic',
  employees: 'firmographic',
  employeecount: 'firmographic',
  industry: 'firmographic',
  device: 'technographic',
  browser: 'technographic',
  os: 'technographic',
  revenue: 'value',
  ltv: 'value',
  lifetimevalue: 'value',
  mrr: 'value',
  arr: 'value',
};

const TYPE_BY_NAME: Readonly<Record<string, AttributeType>> = {
  age: 'number',
  employees: 'number',
  employeecount: 'number',
  revenue: 'number',
  ltv: 'number',
  lifetimevalue: 'number',
  mrr: 'number',
  arr: 'number',
  birthday: 'date',
  createdat: 'date',
};

const plainName = (part: string): string => part.replaceAll(/[_\s-]/g, '').toLowerCase();
const lookUp = <Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/**
 * The family a name speaks for by itself: the first part of its path decides. Of a company all but places and money is
 * firmographic.
 *
 * @example
 * attributeFamily('address.city', 'person') // => 'geographic'
 * @example
 * attributeFamily('plan', 'person') // => 'other'
 * @example
 * attributeFamily('plan', 'company') // => 'firmographic'
 */
export function attributeFamily(name: string, subject: AttributeSubject): AttributeFamily {
  const family = lookUp(FAMILY_BY_NAME, plainName(name.split('.')[0] ?? ''));
  if (subject === 'person') return family ?? 'other';
  return family === 'geographic' || family === 'value' ? family : 'firmographic';
}

/**
 * Nested traits as attributes named by their path, in their order. Lists stay lists, of words; what is deeper than
 * anybody writes by hand is kept as the JSON it came as.
 *
 * @returns `ignored` names what was left out, with the reason
 *
 * @example
 * flattenTraits({ address: { city: 'Ulm' }, tags: ['a', 1] }).attributes // => new Map([['address.city', 'Ulm'], ['tags', ['a', '1']]])
 * @example
 * flattenTraits({ ltv: 1e200 }).ignored // => ['ltv: a number has 15 digits at most before its point; send a longer one as text']
 * @example
 * flattenTraits({ plan: null }).ignored // => ['plan: nothing is kept of an empty value, and what was known stays']
 */
export function flattenTraits(traits: object): { attributes: Map<string, AttributeValue>; ignored: string[] } {
  const attributes = new Map<string, AttributeValue>();
  const ignored: string[] = [];
  const walk = (object: object, path: string, depth: number): void => {
    for (const [key, value] of Object.entries(object) as [string, unknown][]) {
      const name = path === '' ? key : `${path}.${key}`;
      if (value === null || value === undefined)
        ignored.push(`${name.slice(0, 80)}: nothing is kept of an empty value, and what was known stays`);
      else if (name.trim() === '' || name.length > ATTRIBUTE_NAME_MAX)
        ignored.push(`${name.slice(0, 80)}: a name has 1 to ${ATTRIBUTE_NAME_MAX} letters`);
      else if (Array.isArray(value)) put(name, value.filter((one) => one !== null).map(asWord));
      else if (typeof value === 'object') {
        if (depth < DEPTH_MAX) walk(value, name, depth + 1);
        else put(name, JSON.stringify(value));
      } else if (typeof value === 'number' && Math.abs(value) >= NUMBER_LIMIT)
        ignored.push(
          `${name.slice(0, 80)}: a number has 15 digits at most before its point; send a longer one as text`,
        );
      else if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value))
        put(name, value as AttributeValue);
    }
  };
  const put = (name: string, value: AttributeValue): void => {
    if (attributes.size < ATTRIBUTES_PER_MESSAGE_MAX) attributes.set(name, value);
    else ignored.push(`${name.slice(0, 80)}: a message tells of ${ATTRIBUTES_PER_MESSAGE_MAX} attributes at most`);
  };
  walk(traits, '', 0);
  return { attributes, ignored };
}

const asWord = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * Milliseconds since 1970 of a day or an instant in ISO 8601; what names no zone is UTC, wherever the server stands.
 *
 * @returns NaN for anything else
 *
 * @example
 * instantOf('2026-01-01T00:00') // => 1767225600000
 * @example
 * [instantOf('soon'), instantOf('2026-02-30')].every(Number.isNaN) // => true
 */
export function instantOf(text: string): number {
  // What reads times takes 30 February for a day in March.
  const day = text.slice(0, 10);
  const dayMs = DAY.test(day) ? Date.parse(day) : Number.NaN;
  if (Number.isNaN(dayMs) || new Date(dayMs).toISOString().slice(0, 10) !== day) return Number.NaN;
  if (day === text) return dayMs;
  const [, , , zone] = INSTANT.exec(text) ?? ['', '', '', null];
  return zone === null ? Number.NaN : Date.parse(zone === undefined ? `${text}Z` : text);
}

/** Seconds since 1970 have ten digits in our time, milliseconds thirteen. */
const SECONDS_BELOW = 1e11;

function readDate(value: AttributeValue): string | null {
  if (typeof value === 'number') {
    const at = new Date(value < SECONDS_BELOW ? value * 1000 : value);
    return value > 0 && !Number.isNaN(at.getTime()) ? at.toISOString() : null;
  }
  const ms = typeof value === 'string' ? instantOf(value) : Number.NaN;
  if (typeof value !== 'string' || Number.isNaN(ms)) return null;
  return DAY.test(value) ? value : new Date(ms).toISOString();
}

const YES_NO: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
};

/**
 * A value as a value of the type; null when it cannot be read so.
 *
 * @example
 * readAs('number', '34') // => 34
 * @example
 * readAs('date', 1767225600) // => '2026-01-01T00:00:00.000Z'
 * @example
 * readAs('yes-no', 'maybe') // => null
 */
export function readAs(type: AttributeType, value: AttributeValue): AttributeValue | null {
  switch (type) {
    case 'text':
      return Array.isArray(value) ? value.join(', ') : String(value);
    case 'list':
      return Array.isArray(value) ? value : [String(value)];
    case 'number':
      if (typeof value === 'number') return value;
      return typeof value === 'string' && /^\s*-?\d{1,15}(\.\d{1,15})?\s*$/.test(value) ? Number(value) : null;
    case 'date':
      return readDate(value);
    case 'yes-no':
      return typeof value === 'boolean' ? value : (lookUp(YES_NO, String(value).toLowerCase()) ?? null);
  }
}

/** The type that a first value gives an attribute. */
function inferType(name: string, value: AttributeValue): AttributeType {
  const named = lookUp(TYPE_BY_NAME, plainName(name.split('.').at(-1) ?? ''));
  if (named && readAs(named, value) !== null) return named;
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'yes-no';
  return readDate(value) === null ? 'text' : 'date';
}

/**
 * How a value is kept under a name: as the type that is known, else as what it looks like. A value that does not fit an
 * inferred type makes it text from then on; one that does not fit a type somebody chose is kept as it came.
 *
 * @param known what the workspace knows of the name so far; undefined for a new one
 *
 * @example
 * typedAttribute(undefined, 'age', '34', 'person') // => { value: 34, known: { type: 'number', family: 'demographic', isSet: false } }
 */
export function typedAttribute(
  known: KnownAttribute | undefined,
  name: string,
  value: AttributeValue,
  subject: AttributeSubject,
): { value: AttributeValue; known: KnownAttribute } {
  const { type, family, isSet } = known ?? {
    type: inferType(name, value),
    family: attributeFamily(name, subject),
    isSet: false,
  };
  const read = readAs(type, value);
  if (read !== null) return { value: read, known: { type, family, isSet } };
  if (isSet) return { value, known: { type, family, isSet } };
  return { value: readAs('text', value) ?? '', known: { type: 'text', family, isSet } };
}
