import { expect, test } from 'vitest';
import { judgeFailure, waitAfter } from '../../src/model/post-failure.ts';

const judge = (responseCode: number | null, command: string, response = '', wasDataSent = false) =>
  judgeFailure({ responseCode, command, response, wasDataSent });

test('an unknown mailbox is a fault of the address; a refusal by policy is not', () => {
  expect(judge(550, 'RCPT TO', '550 5.1.1 unknown')).toEqual({ verdict: 'refused', isAddressFault: true });
  expect(judge(550, 'RCPT TO', '550 unknown')).toEqual({ verdict: 'refused', isAddressFault: true });
  expect(judge(550, 'RCPT TO', '550 5.7.1 not from you')).toEqual({ verdict: 'refused', isAddressFault: false });
  expect(judge(552, 'RCPT TO', '552 5.2.2 mailbox full')).toEqual({ verdict: 'refused', isAddressFault: false });
  expect(judge(554, 'DATA', '554 5.6.0 spam')).toEqual({ verdict: 'refused', isAddressFault: false });
});

test('a reply to the letter that begins with 4 is for later, since nothing was taken', () => {
  expect(judge(451, 'RCPT TO', '451 4.7.1 greylisted')).toEqual({ verdict: 'later' });
  expect(judge(452, 'DATA', '452 4.3.1 full', true)).toEqual({ verdict: 'later' });
});

test('what concerns the way, the sender or the password closes the office and blames no letter', () => {
  expect(judge(535, 'AUTH PLAIN', '535 5.7.8 no')).toEqual({ verdict: 'office' });
  expect(judge(550, 'MAIL FROM', '550 5.7.1 no')).toEqual({ verdict: 'office' });
  expect(judge(421, 'CONN', '421 busy')).toEqual({ verdict: 'office' });
  expect(judge(null, 'CONN')).toEqual({ verdict: 'office' });
});

test('silence after the letter was on its way leaves it in doubt', () => {
  expect(judge(null, 'CONN', '', true)).toEqual({ verdict: 'unsure' });
});

test('waits grow, and end after most of a day', () => {
  const waits = [1, 2, 3, 4, 5, 6].map((attempts) => waitAfter(attempts) ?? 0);
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(16 * 3_600_000);
  expect(waitAfter(7)).toBeNull();
});
