import { expect, test } from 'vitest';
import { isCommonPassword } from '../../src/services/common-passwords.ts';

test.each(['qwertyuiop', 'PASSWORD123', '!!Password2024', '1234567890', 'verbatim2026', 'QwertyUiop!'])(
  '%s is among those that are guessed first',
  async (password) => expect(await isCommonPassword(password)).toBe(true),
);
test.each(['three words together', 'correct horse battery', 'ñandú çok über', '19-grün-Regal-77', '8462951730846'])(
  '%s is not',
  async (password) => expect(await isCommonPassword(password)).toBe(false),
);
