import { expect, test } from 'vitest';
import { readBounceRows, readStatusReports } from '../../src/model/bounces.ts';

test('a list of one address a line needs no header, and the same address counts once', () => {
  const { bounces, unread } = readBounceRows([
    ['ada@example.org'],
    ['Bea <bea@example.org>'],
    ['ada@EXAMPLE.org'],
    ['nobody'],
  ]);
  expect(bounces.map(({ address }) => address)).toEqual(['ada@example.org', 'bea@example.org']);
  expect(unread).toBe(1);
});

test('trouble that passes is left out, whatever column says so', () => {
  const { bounces, passing } = readBounceRows([
    ['address', 'type'],
    ['a@example.org', 'soft'],
    ['b@example.org', '452 4.2.2 over quota'],
    ['c@example.org', 'hard'],
    ['d@example.org', '550 5.2.2 deferred too often'],
  ]);
  expect(bounces.map(({ address }) => address)).toEqual(['c@example.org', 'd@example.org']);
  expect(passing).toBe(2);
});

test('a cell with several addresses names nobody', () => {
  expect(readBounceRows([['x'], ['a@example.org, b@example.org']])).toMatchObject({ bounces: [], unread: 1 });
});

test('reasons are kept without addresses and not for ever', () => {
  const { bounces } = readBounceRows([['a@example.org', `550 <a@example.org> unknown ${'x'.repeat(500)}`]]);
  expect(bounces[0]?.reason).not.toContain('a@example.org');
  expect(bounces[0]?.reason.length).toBeLessThanOrEqual(200);
});

test('delivery reports are read recipient by recipient', () => {
  const report = [
    'Reporting-MTA: dns; mx.example',
    '',
    'Final-Recipient: rfc822; ada@example.org',
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 no such user',
    '',
    'Final-Recipient: rfc822; bea@example.org',
    'Action: delayed',
    'Status: 4.4.1',
    '',
    'Final-Recipient: rfc822; cai@example.org',
    'Action: relayed',
    'Status: 2.0.0',
  ].join('\n');
  expect(readStatusReports(report)).toEqual({
    bounces: [{ address: 'ada@example.org', reason: '5.1.1 · smtp; 550 no such user' }],
    passing: 1,
    unread: 0,
  });
  expect(readStatusReports('ada@example.org\n')).toBeNull();
});

test('a long line without an address is read in no time', () => {
  const began = performance.now();
  readBounceRows([['x'], [`${'a'.repeat(200_000)}@`], [`a@${'a.'.repeat(100_000)}`]]);
  expect(performance.now() - began).toBeLessThan(20_000);
});
