import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigError, readConfig, SECRET_NAMES, VARIABLE_NAMES, withoutSecrets } from '../src/config.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'verbatim-secrets-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
/** A value of each secret, and what must be set beside them. */
const SECRETS: Record<(typeof SECRET_NAMES)[number], string> = {
  DATABASE_URL: 'postgres://ada:SECRETone@db.example/verbatim',
  VERBATIM_SMTP_URL: 'smtps://ada:SECRETtwo@mail.example',
  VERBATIM_EMBEDDINGS_KEY: 'SECRETthree',
  VERBATIM_TRANSCRIPTION_KEY: 'SECRETfour',
  VERBATIM_REWORDING_KEY: 'SECRETfive',
  VERBATIM_OIDC_CLIENT_SECRET: 'SECRETsix',
  VERBATIM_METRICS_TOKEN: 'SECRETseven-and-some-more',
  VERBATIM_BACKUP_KEY: KEY,
};
const BESIDE = {
  PUBLIC_URL: 'https://research.example',
  VERBATIM_MAIL_FROM: 'Research <research@lab.example>',
  VERBATIM_EMBEDDINGS_URL: 'http://127.0.0.1:1/v1',
  VERBATIM_EMBEDDINGS_MODEL: 'm',
  VERBATIM_TRANSCRIPTION_URL: 'http://127.0.0.1:1/v1',
  VERBATIM_TRANSCRIPTION_MODEL: 'm',
  VERBATIM_REWORDING_URL: 'http://127.0.0.1:1/v1',
  VERBATIM_REWORDING_MODEL: 'm',
  VERBATIM_OIDC_ISSUER: 'https://provider.example',
  VERBATIM_OIDC_CLIENT_ID: 'verbatim',
};
const faultsOf = (environment: Record<string, string>): string[] => {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
};

test('every variable that sounds like a secret is one', () => {
  expect(VARIABLE_NAMES.filter((name) => /KEY|SECRET|TOKEN|PASSWORD|SMTP_URL|DATABASE_URL/.test(name)).sort()).toEqual(
    [...SECRET_NAMES].sort(),
  );
});

test('each secret may stand in a file, and means the same there', () => {
  const files = Object.fromEntries(
    SECRET_NAMES.map((name) => {
      const file = path.join(folder, name);
      writeFileSync(file, `${SECRETS[name]}\n`);
      return [`${name}_FILE`, file];
    }),
  );
  expect(readConfig({ ...BESIDE, ...files })).toEqual(readConfig({ ...BESIDE, ...SECRETS }));
});

test('a printed configuration says of each secret that it is set, and not what it is', () => {
  const printed = JSON.stringify(withoutSecrets(readConfig({ ...BESIDE, ...SECRETS })));
  expect(printed).not.toContain('SECRET');
  expect(printed.match(/"\(set\)"/g)).toHaveLength(SECRET_NAMES.length);
  expect(JSON.stringify(withoutSecrets(readConfig({})))).not.toContain('(set)');
});

test('a file that cannot be read, a secret told twice and a file for what is none are faults, told without the secret', () => {
  const file = path.join(folder, 'kept');
  writeFileSync(file, 'SECRETkept');
  const faults = faultsOf({
    VERBATIM_METRICS_TOKEN: SECRETS.VERBATIM_METRICS_TOKEN,
    VERBATIM_METRICS_TOKEN_FILE: file,
    VERBATIM_BACKUP_KEY_FILE: path.join(folder, 'missing'),
    VERBATIM_QUEUE_FILE: file,
  });
  expect(faults.join('\n')).toContain('VERBATIM_METRICS_TOKEN and VERBATIM_METRICS_TOKEN_FILE are both set');
  expect(faults.join('\n')).toContain('VERBATIM_BACKUP_KEY_FILE names a file that cannot be read (ENOENT)');
  expect(faults.join('\n')).toContain('VERBATIM_QUEUE_FILE is not a setting of Verbatim');
  expect(faults.join('\n')).not.toContain('SECRET');
});

test('a key of copies is 32 bytes, in base64 or hexadecimal', () => {
  const bytes = Buffer.from(KEY, 'hex');
  for (const told of [KEY, KEY.toUpperCase(), bytes.toString('base64'), bytes.toString('base64url')])
    expect(readConfig({ VERBATIM_BACKUP_KEY: told }).backups.key).toEqual(new Uint8Array(bytes));
  for (const told of ['short', KEY.slice(2), `${KEY}00`, 'a passphrase that is no key at all, whatever it'])
    expect(faultsOf({ VERBATIM_BACKUP_KEY: told }).join()).toMatch(/32 random bytes/);
});
