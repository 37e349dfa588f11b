/** Stands in hostile texts, so that it can be looked for where no text should be. */
export const MARK = 'zqxmark';

export const hostileWords: readonly string[] = [
  '',
  ' ',
  '\u0000',
  `a\u0000b${MARK}`,
  '\uD800',
  `"><script>${MARK}()</script>`,
  `{{${MARK}}}\${7*7}`,
  `' or '1'='1' -- ${MARK}`,
  '"*',
  'NEAR(',
  'a" OR b*',
  `../../../etc/passwd${MARK}`,
  '..%2f..%2f',
  '//evil.example',
  '/\\evil.example',
  'https://evil.example/',
  'javascript:alert(1)',
  `x\r\nSet-Cookie: sid=${MARK}`,
  `\u001B[31m${MARK}\u001B[0m`,
  '-1e999',
  '1e308',
  '-1',
  '0',
  '99999999999999999999',
  'NaN',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  '[object Object]',
  '2026-13-45',
  '0000-00-00',
  '=1+1',
  '{"a":',
  '[[[[',
  '\u202E\u200B\uFEFF',
  '👩‍👩‍👧'.repeat(50),
  'ﷺ'.repeat(200),
  `${MARK} ${'x'.repeat(20_000)}`,
];

export const hostileJson: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  'text',
  [],
  [[[[]]]],
  {},
  { toString: 'x' },
  { length: 1e9 },
  JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
  JSON.parse('{"batch":[{"type":"track","event":"E","userId":"u","properties":{"__proto__":{"polluted":1}}}]}'),
  { batch: { length: 5 } },
  { batch: [null, 1, 'x', [], { type: { toString: 'x' } }] },
  { name: { toString: 'x' }, role: 'owner', studyId: 1, createdAt: 0, id: 1 },
  ['', null],
];

/** The same value with one place in it replaced, or one field more. */
export function spoiled(value: unknown, random: () => number): unknown {
  const one = () =>
    random() < 0.5
      ? hostileWords[Math.floor(random() * hostileWords.length)]
      : hostileJson[Math.floor(random() * hostileJson.length)];
  if (typeof value !== 'object' || value === null || random() < 0.15) return one();
  if (Array.isArray(value)) {
    const at = Math.floor(random() * value.length);
    return value.length === 0 ? [one()] : value.map((each, index) => (index === at ? spoiled(each, random) : each));
  }
  const names = Object.keys(value);
  const name = names[Math.floor(random() * names.length)];
  if (name === undefined || random() < 0.15)
    return {
      ...value,
      [['constructor', 'role', 'studyId', 'createdAt', 'id'][Math.floor(random() * 5)] ?? 'id']: one(),
    };
  return { ...value, [name]: spoiled((value as Record<string, unknown>)[name], random) };
}
