import { expect, test } from 'vitest';
import { isIdentifyingAttribute, isTellingValue } from '../../src/model/identifying-attributes.ts';

test.each([
  'E-Mail',
  'Kunden-Mail',
  'kundenmail',
  'emailaddress',
  'E\u2011Mail',
  'ＥＭＡＩＬ',
  'e\u00admail',
  'emails',
  'email2',
  'address1',
  'phoneNumber',
  'phonenumber',
  'Phone2',
  'te\u0301le\u0301phone',
  'Telefonnummer',
  'full_name',
  'customername',
  'Vorname',
  'DOB',
  'Geburtsdatum',
  'IBAN',
  'IBANNumber',
  'customerIBANNumber',
  'IPAddress',
  'userid',
  'UserID',
  'numéro de portable',
  'apellidos',
  'Straße',
])('%s may say who somebody is', (name) => {
  expect(isIdentifyingAttribute(name)).toBe(true);
});

test.each(['plan', 'city', 'country', 'industry', 'seats', 'signed_up', 'tier2', 'Paid', 'idle_days', 'zipped', 'tip'])(
  '%s does not',
  (name) => {
    expect(isIdentifyingAttribute(name)).toBe(false);
  },
);

test('a value that reaches somebody is told by its shape, in wide letters and in the digits of other scripts as well', () => {
  for (const value of ['ada＠example.org', 'www.example.org/ada', '０１７０ １２３４５６７', '٠١٧٠١٢٣٤٥٦٧'])
    expect([value, isTellingValue(value)]).toEqual([value, true]);
  for (const value of ['Ulm', '2026', '4.2.1', 'pro']) expect([value, isTellingValue(value)]).toEqual([value, false]);
});
