import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

const faultsOf = (environment: Record<string, string>): string[] => {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
};

test('without a mail server no letters are sent', () => {
  expect(readConfig({}).post).toBeNull();
});

test('a mail server comes with a sender, a rate and perhaps an address for answers', () => {
  const { post } = readConfig({
    VERBATIM_SMTP_URL: 'smtps://user:p%40ss@mail.example:465',
    VERBATIM_MAIL_FROM: 'Research <research@lab.example>',
  });
  expect(post).toEqual({
    smtpUrl: 'smtps://user:p%40ss@mail.example:465',
    from: 'Research <research@lab.example>',
    replyTo: null,
    perMinute: 30,
  });
});

test('a mail server without a sender, or one that reads badly, is refused without repeating the secret', () => {
  expect(faultsOf({ VERBATIM_SMTP_URL: 'smtp://mail.example' }).join()).toContain('VERBATIM_MAIL_FROM must be set');
  const faults = faultsOf({
    VERBATIM_SMTP_URL: 'http://user:SECRET@mail.example',
    VERBATIM_MAIL_FROM: 'Research',
    VERBATIM_MAIL_REPLY_TO: 'a@lab.example\r\nBcc: b@lab.example',
    VERBATIM_MAIL_PER_MINUTE: '0',
  });
  expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
    'VERBATIM_SMTP_URL',
    'VERBATIM_MAIL_FROM',
    'VERBATIM_MAIL_REPLY_TO',
    'VERBATIM_MAIL_PER_MINUTE',
  ]);
  expect(faults.join()).not.toContain('SECRET');
});

test('requests reach public addresses alone, unless hosts and networks are listed', () => {
  expect(readConfig({}).outgoing.allowed).toEqual([]);
  expect(readConfig({ VERBATIM_OUTGOING_ALLOW: 'warehouse.internal, http://10.20.0.0/16' }).outgoing.allowed).toEqual([
    { mayPlain: false, host: 'warehouse.internal' },
    { mayPlain: true, network: '10.20.0.0', prefix: 16, family: 'ipv4' },
  ]);
  const faults = faultsOf({ VERBATIM_OUTGOING_ALLOW: 'warehouse.internal,10.20.0.0/99' });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain('10.20.0.0/99');
});

test('no embeddings server is asked unless one is named with its model, wherever it stands', () => {
  expect(readConfig({}).embeddings).toBeNull();
  const url = 'http://127.0.0.1:8080/v1/embeddings';
  expect(readConfig({ VERBATIM_EMBEDDINGS_URL: url, VERBATIM_EMBEDDINGS_MODEL: 'small' }).embeddings).toEqual({
    url,
    model: 'small',
    key: null,
  });
  expect(faultsOf({ VERBATIM_EMBEDDINGS_URL: url }).join()).toContain('VERBATIM_EMBEDDINGS_MODEL must be set together');
  expect(faultsOf({ VERBATIM_EMBEDDINGS_KEY: 'SECRET' }).join()).toContain('VERBATIM_EMBEDDINGS_URL must name');
  const faults = [
    'https://user:SECRET@models.example/v1/embeddings',
    'ftp://models.example/',
    'models.example',
    'http://',
  ].map((bad) => faultsOf({ VERBATIM_EMBEDDINGS_URL: bad, VERBATIM_EMBEDDINGS_MODEL: 'small' }));
  for (const found of faults) expect(found[0]).toContain('VERBATIM_EMBEDDINGS_URL must be');
  expect(faults.join()).not.toContain('SECRET');
  expect(
    faultsOf({ VERBATIM_EMBEDDINGS_URL: url, VERBATIM_EMBEDDINGS_MODEL: 'small', VERBATIM_EMBEDDINGS_KEY: 'a b' })[0],
  ).toContain('VERBATIM_EMBEDDINGS_KEY');
});
