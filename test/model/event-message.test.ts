import { describe, expect, test } from 'vitest';
import { attributeFamily, flattenTraits, readAs, typedAttribute } from '../../src/model/attribute.ts';
import { readJson, readMessage } from '../../src/model/event-message.ts';

const now = Date.parse('2026-03-02T09:00:00.000Z');
const read = (raw: object, arrival: Partial<Parameters<typeof readMessage>[1]> = {}) =>
  readMessage(Object.freeze(raw), { receivedAtMs: now, ...arrival });

describe('a message', () => {
  test('is what its address says, else what it says itself, in large letters or small', () => {
    expect(read({ type: 'TRACK', event: 'x', userId: 1 }).message?.kind).toBe('track');
    expect(read({ type: 'page', event: 'x', userId: 1 }, { kind: 'track' }).message?.kind).toBe('track');
    expect(read({ event: 'x', userId: 1 }).fault).toContain('type');
  });

  test('without a zone is in UTC, and with one where it says', () => {
    const at = (timestamp: unknown) => read({ type: 'track', event: 'x', userId: 1, timestamp }).message?.occurredAt;
    expect(at('2026-01-01T10:00:00')).toBe('2026-01-01T10:00:00.000Z');
    expect(at('2026-01-01T10:00:00+02:00')).toBe('2026-01-01T08:00:00.000Z');
    expect(at('2026-01-01')).toBe('2026-01-01T00:00:00.000Z');
    expect(at(Date.parse('2026-01-01'))).toBe('2026-01-01T00:00:00.000Z');
    for (const wrong of ['yesterday', 'Thu Jan 01 2026', true, {}, [], Number.NaN, 1e300])
      expect(at(wrong)).toBe('2026-03-02T09:00:00.000Z');
    expect(at('0001-01-01')).toBe('1970-01-01T00:00:00.000Z');
  });

  test('says of itself what was left out of it', () => {
    const { warnings } = read({ type: 'track', event: 'x', userId: 1, properties: [1], timestamp: 'soon' }) as {
      warnings: string[];
    };
    expect(warnings).toHaveLength(3);
  });

  test('of an identify takes traits from both places, its own before those of the context', () => {
    const { message } = read({ type: 'identify', userId: 1, traits: { a: 1 }, context: { traits: { a: 2, b: 3 } } });
    expect(message?.body).toEqual({ traits: { a: 1, b: 3 } });
  });
});

test('NUL and halves of letters become U+FFFD, wherever they stand', () => {
  expect(readJson('{"a\\u0000":["\\ud800","\\ud83d\\ude00"]}')).toEqual({ 'a\uFFFD': ['\uFFFD', '😀'] });
});

describe('attributes', () => {
  test('go as deep as anybody writes by hand, and are as many as a message may tell of', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(12)}1${'}'.repeat(12)}`) as object;
    const { attributes } = flattenTraits(deep);
    expect([...attributes]).toEqual([['a.a.a.a.a.a.a.a.a', '{"a":{"a":{"a":1}}}']]);
    const many = flattenTraits(Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`n${index}`, index])));
    expect([many.attributes.size, many.ignored.length]).toEqual([500, 100]);
    expect(flattenTraits({ ['x'.repeat(201)]: 1, '': 1, list: [null, { a: 1 }, 2] })).toEqual({
      attributes: new Map([['list', ['{"a":1}', '2']]]),
      ignored: [expect.stringContaining('letters'), expect.stringContaining('letters')],
    });
  });

  test('speak for a family by the first part of their path, in whichever spelling', () => {
    expect(
      ['Age', 'employee_count', 'postalCode', 'Lifetime Value', 'company.address.city', 'constructor'].map((name) =>
        attributeFamily(name, 'person'),
      ),
    ).toEqual(['demographic', 'firmographic', 'geographic', 'value', 'firmographic', 'other']);
  });

  test('are read as their type, or not at all', () => {
    const cases = [
      ['number', ' 12.5 ', 12.5],
      ['number', '12 apples', null],
      ['number', true, null],
      ['number', '1e999', null],
      ['date', '1990-05-01', '1990-05-01'],
      ['date', '1990-13-01', null],
      ['date', '2026-01-01T10:00', '2026-01-01T10:00:00.000Z'],
      ['date', 1767225600000, '2026-01-01T00:00:00.000Z'],
      ['date', -1, null],
      ['yes-no', 'Yes', true],
      ['yes-no', 0, false],
      ['yes-no', 'constructor', null],
      ['list', 'a', ['a']],
      ['list', 3, ['3']],
      ['text', ['a', 'b'], 'a, b'],
      ['text', false, 'false'],
    ] as const;
    for (const [type, value, expected] of cases)
      expect([type, value, readAs(type, Array.isArray(value) ? [...value] : (value as string))]).toEqual([
        type,
        value,
        expected,
      ]);
  });

  test('keep a chosen type whatever comes, and an inferred one as long as everything fits', () => {
    const inferred = { type: 'number', family: 'other', isSet: false } as const;
    expect(typedAttribute(inferred, 'n', '7', 'person')).toEqual({ value: 7, known: inferred });
    expect(typedAttribute(inferred, 'n', 'seven', 'person').known.type).toBe('text');
    expect(typedAttribute({ ...inferred, isSet: true }, 'n', 'seven', 'person')).toEqual({
      value: 'seven',
      known: { ...inferred, isSet: true },
    });
  });
});
