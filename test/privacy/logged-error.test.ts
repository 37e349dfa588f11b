import { expect, test } from 'vitest';
import { loggedError, withoutPrivate } from '../../src/privacy/logged-error.ts';

test.each([
  ['a parser’s words', `Unexpected token 'M', "MARKER my mother died" is not valid JSON`],
  ['a database’s detail', 'duplicate key: Key (email)=(MARKER@example.org) already exists'],
  ['an address', 'no such mailbox: MARKER.ada@example.org'],
  ['an address with a name before it', 'refused <MARKER@example.org>'],
  ['a link with a token', 'cannot fetch https://there.example/r/MARKERMARKERMARKERMARK/1/1'],
  ['a token', 'nobody has MARKERMARKERMARKERMARK'],
  ['words in curly quotes', 'There is no code “MARKER feels unsafe”'],
])('%s does not go into the log', (_, message) => {
  expect(withoutPrivate(message)).not.toContain('MARKER');
  expect(JSON.stringify(loggedError(new Error(message)))).not.toContain('MARKER');
  expect(JSON.stringify(loggedError(new Error('outside', { cause: new Error(message) })))).not.toContain('MARKER');
});

test.each(['192.0.2.77', '::ffff:192.0.2.77', '2001:db8::7', 'fe80:1:2:3:4:5:6:7'])(
  'nor does the network %s',
  (address) => {
    expect(withoutPrivate(`connect ECONNREFUSED ${address}`)).toBe('connect ECONNREFUSED [network]');
  },
);

test('what an error carries beside its message does not go along, but its kind, its code and its places do', () => {
  const error = Object.assign(new TypeError('it broke'), { code: '23505', detail: 'MARKER', parameters: ['MARKER'] });
  const logged = loggedError(error);
  expect(JSON.stringify(logged)).not.toContain('MARKER');
  expect(logged).toMatchObject({ type: 'TypeError', message: 'it broke', code: '23505' });
  expect(logged.stack).toMatch(/^at .*logged-error\.test\.ts/);
});

test('a message without anybody’s words stays readable', () => {
  const message = 'SQLITE_CONSTRAINT: NOT NULL constraint failed: users.created_at (at step 3 of 10)';
  expect(withoutPrivate(message)).toBe(message);
});
