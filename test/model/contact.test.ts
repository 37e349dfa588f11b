import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contactFrom, languageFor, readAddress } from '../../src/model/contact.ts';

const of = (attributes: Record<string, unknown>, identities: string[] = []) =>
  contactFrom(new Map(Object.entries(attributes)), identities);

test('addresses are single addresses and nothing more', () => {
  for (const good of ['ada@example.org', "o'brien+lists@mail.example.co.uk", 'a.b_c-d@x-y.example']) {
    expect(readAddress(good)).toBe(good);
  }
  for (const bad of [
    '',
    'ada',
    'ada@localhost',
    'ada@example.org\r\nBcc: all@example.org',
    'ada@example.org bea@example.org',
    'Ada <ada@example.org>',
    'ada@-x.example',
    'ada@example..org',
    `${'a'.repeat(65)}@example.org`,
    `ada@${'a'.repeat(250)}.org`,
    'ada@exämple.org',
  ]) {
    expect(readAddress(bad)).toBeNull();
  }
});

test('whatever is read as an address holds no space, line break, comma or angle', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'aZ0.-_+@ ,;<>"()\\\r\n\t\u00e4'), maxLength: 12 }), (text) => {
      const address = readAddress(`${text}@example.org`);
      return address === null || !/[\s,;<>"\\()]|@.*@/.test(address);
    }),
    { numRuns: 2000 },
  );
});

test('an attribute goes before the id somebody came with, and an attribute that is no address does not count', () => {
  expect(of({ email: 'a@x.example' }, ['b@x.example']).address).toBe('a@x.example');
  expect(of({ email: 'unknown' }, ['crm-1', 'b@x.example']).address).toBe('b@x.example');
  expect(of({ email: ['a@x.example'] }).address).toBeNull();
});

test('a name is one line, whole or of its parts', () => {
  expect(of({ name: 'Ada\r\nLovelace' }).name).toBe('Ada Lovelace');
  expect(of({ first_name: 'Ada', last_name: 'Lovelace' }).name).toBe('Ada Lovelace');
  expect(of({ last_name: 'Lovelace' }).name).toBe('Lovelace');
  expect(of({ name: ' ' }).name).toBeNull();
  expect([...(of({ name: '😀'.repeat(300) }).name ?? '')]).toHaveLength(100);
});

test('telephone numbers lose the signs people write them with, and other words stay', () => {
  expect(of({ phone: '+49 (170) 123-45.67' }).phone).toBe('+491701234567');
  expect(of({ mobile: 1701234567 }).phone).toBe('1701234567');
  expect(of({ phone: 'ext. 12 after six' }).phone).toBe('ext. 12 after six');
});

test('a language is the same with another region or sign, and the first otherwise', () => {
  expect(languageFor('DE_at', ['en', 'de'])).toBe('de');
  expect(languageFor('pt-BR', ['en', 'pt', 'pt-BR'])).toBe('pt-BR');
  expect(languageFor('', ['en', 'de'])).toBe('en');
  expect(languageFor('fr', [])).toBe('en');
});
