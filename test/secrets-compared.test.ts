import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');
/** A value that sounds like a secret, held against another value; not against nothing, a word, or its own length. */
const COMPARED =
  /\b\w*(?:token|secret|password|passphrase|signature|proof|hmac|mac)\w*\)? *[!=]==? *(?!null|undefined|true|false|''|"|'|\d|typeof)\w/i;
/** What sounds like one and is none. */
const NO_SECRETS = /\.length\b|EXAMPLE_TOKEN|publicHalf/;

/** The lines that compare a secret as text, which takes the longer the more of it is right. */
const comparedIn = (text: string): string[] =>
  text.split('\n').filter((line) => COMPARED.test(line) && !NO_SECRETS.test(line));

test('no secret is compared as text: it is looked up by its hash, or compared in constant time', () => {
  const found = globSync('src/{services,web,store,cli,workers,config.ts,verbatim.ts}/**/*.ts', { cwd: ROOT }).flatMap(
    (file) => comparedIn(readFileSync(path.join(ROOT, file), 'utf8')).map((line) => `${file}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});

test('such a comparison would be found', () => {
  expect(comparedIn('if (token === kept) open();')).toHaveLength(1);
  expect(comparedIn('if (hash(password) !== user.passwordHash) return;')).toHaveLength(1);
  expect(comparedIn('if (form.secret == kept) open();')).toHaveLength(1);
  expect(comparedIn("if (token === null || secret === '') return;")).toEqual([]);
});
