/**
 * What views are given: strings, numbers, booleans, null, lists and plain objects. Anything else is a mistake of the
 * program and is named by its path, rather than found later as `[object Object]` on somebody's page.
 */

const DEPTH_MAX = 40;

/** Printed, a list or an object is nothing at all: its own `toString`, which stored JSON may hold, is never asked. */
const silence = Object.assign(Object.create(null), { [Symbol.toPrimitive]: () => '' }) as object;

function describe(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  return `a ${value.constructor?.name || 'strange object'}`;
}

function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function copyValue(value: unknown, path: readonly string[]): unknown {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value;
  if (path.length > DEPTH_MAX) throw new TypeError(`View data goes deeper than ${DEPTH_MAX} levels`);
  if (Array.isArray(value)) {
    const list = value.map((entry, index) => copyValue(entry, [...path, String(index)]));
    Object.defineProperty(list, Symbol.toPrimitive, { value: () => '' });
    return list;
  }
  if (typeof value === 'object' && isPlainObject(value)) return copyObject(value, path);
  throw new TypeError(`View data holds ${describe(value)} at ${path.join('.') || 'its root'}`);
}

function copyObject(value: object, path: readonly string[]): Record<string, unknown> {
  const copy = Object.create(silence) as Record<string, unknown>;
  for (const [name, entry] of Object.entries(value)) {
    // Handlebars would call a field of this name to get at ready-made HTML, which no data may bring along.
    if (name !== 'toHTML') copy[name] = copyValue(entry, [...path, name]);
  }
  return copy;
}

/**
 * A copy of a view's data that is safe to lay out: no prototypes to reach into, no object that prints or throws.
 *
 * @param data the view model
 * @returns the copy; the original is left as it was
 * @throws {TypeError} when it holds anything but strings, numbers, booleans, null, lists and plain objects
 */
export function copyViewData(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (!isPlainObject(data)) throw new TypeError(`View data is ${describe(data)} rather than a plain object`);
  return copyObject(data, []);
}
