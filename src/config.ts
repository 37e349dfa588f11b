import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { readAddress } from './model/contact.ts';
import { allowedFor, readAllowed } from './services/address-guard.ts';

const flag = z.enum(['0', '1']).transform((value) => value === '1');
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, { message: `must lie between ${min} and ${max}` });

/** An address, or a name with an address: `Research <research@example.org>`. */
const mailName = z
  .string()
  .refine((value) => !/[\r\n,;]/.test(value) && readAddress(/<([^<>]+)>$/.exec(value)?.[1] ?? value) !== null, {
    message: 'must be an e-mail address, alone or as Name <address>',
  });

/** Every variable Verbatim reads, what it means, and what holds when it is not set. */
const Variables = z.object({
  PORT: whole(0, 65_535).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  /** Where people reach Verbatim from outside; links are made with it, and https makes the cookie `Secure`. */
  PUBLIC_URL: z
    .string()
    .refine((value) => /^https?:\/\/[^/@\s]+$/.test(value), {
      message: 'must be http:// or https:// and a host, with nothing after it',
    })
    .optional(),
  VERBATIM_DATA: z.string().min(1).optional(),
  /** A PostgreSQL that holds the data in place of the file in the data folder: with its password a secret. */
  DATABASE_URL: z
    .string()
    .refine((value) => /^postgres(ql)?:\/\/\S+$/.test(value) && URL.canParse(value), {
      message: 'must be postgres:// with user, password, host and database',
    })
    .optional(),
  VERBATIM_EXPECT_DATA: flag.default(false),
  VERBATIM_INIT: flag.default(false),
  VERBATIM_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  VERBATIM_TRUST_PROXY: whole(0, 10).default(0),
  /** A database in the mmdb format that says where addresses of the network are. */
  VERBATIM_GEO_FILE: z.string().min(1).optional(),
  /** A Chromium that prints reports as pages; it gets a file and no network. */
  VERBATIM_REPORT_CHROMIUM: z.string().min(1).optional(),
  VERBATIM_FORM_KB: whole(16, 10_240).default(256),
  VERBATIM_UPLOAD_MB: whole(1, 1024).default(50),
  VERBATIM_MEDIA_MB: whole(1, 8192).default(250),
  VERBATIM_IMPORT_ROWS: whole(1, 2_000_000).default(200_000),
  VERBATIM_QUEUE: whole(1, 100_000).default(2000),
  VERBATIM_LOGIN_TRIES: whole(1, 1000).default(10),
  VERBATIM_LOGIN_MINUTES: whole(1, 1440).default(15),
  VERBATIM_SESSION_HOURS: whole(1, 720).default(12),
  VERBATIM_SESSION_IDLE_MINUTES: whole(5, 10_080).default(120),
  /** Whether everybody who signs in must have a second factor. */
  VERBATIM_SECOND_FACTOR: flag.default(false),
  VERBATIM_RESPONDENT_POSTS_PER_MINUTE: whole(1, 1_000_000).default(600),
  VERBATIM_EVENT_REQUESTS_PER_MINUTE: whole(1, 10_000_000).default(6000),
  VERBATIM_EVENTS_PER_MINUTE: whole(2500, 100_000_000).default(300_000),
  VERBATIM_API_REQUESTS_PER_MINUTE: whole(1, 1_000_000).default(600),
  VERBATIM_API_REFUSED_PER_MINUTE: whole(1, 1_000_000).default(60),
  VERBATIM_SMALLEST_CELL: whole(5, 100).default(10),
  /** What whoever reads the figures at /metrics must send: a secret; without it there are none. */
  VERBATIM_METRICS_TOKEN: z
    .string()
    .regex(/^[\u0021-\u007E]{16,200}$/, 'must be 16 to 200 letters, digits and signs without spaces')
    .optional(),
  /** Whether the server copies its data once a day, and how many of those copies stay. */
  VERBATIM_BACKUP_DAILY: flag.default(true),
  VERBATIM_BACKUP_KEEP: whole(1, 35).default(14),
  /** Seals copies: a secret, without which they cannot be read. */
  VERBATIM_BACKUP_KEY: z
    .string()
    .regex(/^([0-9A-Fa-f]{64}|[A-Za-z0-9+/_-]{43}=?)$/, {
      message: 'must be 32 random bytes in base64 or hexadecimal; make them with: openssl rand -base64 32',
    })
    .transform((text) => new Uint8Array(Buffer.from(text, text.length === 64 ? 'hex' : 'base64')))
    .optional(),
  /** The mail server with user and password: a secret, which `config print` does not show. */
  VERBATIM_SMTP_URL: z
    .string()
    .refine((value) => /^smtps?:\/\/[^/\s]+\/?(\?\S*)?$/.test(value) && URL.canParse(value), {
      message: 'must be smtp:// or smtps://, with user and password if the server wants them, and a host',
    })
    .optional(),
  VERBATIM_MAIL_FROM: mailName.optional(),
  VERBATIM_MAIL_REPLY_TO: mailName.optional(),
  VERBATIM_MAIL_PER_MINUTE: whole(1, 6000).default(30),
  /** Hosts and networks that hooks may reach though they are not public; http:// before one lets it go without TLS. */
  VERBATIM_OUTGOING_ALLOW: z
    .string()
    .transform(readAllowed)
    .refine(({ faults }) => faults.length === 0, {
      error: ({ input }) =>
        `must be hosts and networks divided by commas, such as intranet.example,http://10.1.0.0/16; mend ${(input as { faults: string[] }).faults.join(', ')}`,
    })
    .transform(({ allowed }) => allowed)
    .prefault(''),
  /** A server that makes vectors of texts; it may stand anywhere, since it is named here and nowhere else. */
  VERBATIM_EMBEDDINGS_URL: z
    .string()
    .refine((value) => allowedFor(value) !== null, {
      message:
        'must be the whole http:// or https:// address that embeddings are asked for at, without user or password',
    })
    .optional(),
  VERBATIM_EMBEDDINGS_MODEL: z.string().min(1).max(200).optional(),
  /** Sent to that server alone: a secret, which `config print` does not show. */
  VERBATIM_EMBEDDINGS_KEY: z
    .string()
    .regex(/^[\u0021-\u007E]+$/, 'must be letters, digits and signs without spaces')
    .optional(),
  /** A server that writes recordings down; it may stand anywhere, since it is named here and nowhere else. */
  VERBATIM_TRANSCRIPTION_URL: z
    .string()
    .refine((value) => allowedFor(value) !== null, {
      message:
        'must be the whole http:// or https:// address that transcriptions are asked for at, without user or password',
    })
    .optional(),
  VERBATIM_TRANSCRIPTION_MODEL: z.string().min(1).max(200).optional(),
  /** Sent to that server alone: a secret, which `config print` does not show. */
  VERBATIM_TRANSCRIPTION_KEY: z
    .string()
    .regex(/^[\u0021-\u007E]+$/, 'must be letters, digits and signs without spaces')
    .optional(),
  /** A language model that says a computed sentence once more; it may stand anywhere, since it is named here alone. */
  VERBATIM_REWORDING_URL: z
    .string()
    .refine((value) => allowedFor(value) !== null, {
      message: 'must be the whole http:// or https:// address that wordings are asked for at, without user or password',
    })
    .optional(),
  VERBATIM_REWORDING_MODEL: z.string().min(1).max(200).optional(),
  /** Sent to that server alone: a secret, which `config print` does not show. */
  VERBATIM_REWORDING_KEY: z
    .string()
    .regex(/^[\u0021-\u007E]+$/, 'must be letters, digits and signs without spaces')
    .optional(),
  /** An identity provider that people sign in at, by OpenID Connect. */
  VERBATIM_OIDC_ISSUER: z
    .string()
    .refine((value) => /^https:\/\/[^\s@?#]+$|^http:\/\/(localhost|127\.0\.0\.1)([:/][^\s@?#]*)?$/.test(value), {
      message: 'must be https:// and the name that the provider gives itself',
    })
    .optional(),
  VERBATIM_OIDC_CLIENT_ID: z.string().min(1).max(500).optional(),
  /** What the provider knows us by: a secret, which `config print` does not show. */
  VERBATIM_OIDC_CLIENT_SECRET: z.string().min(1).max(2000).optional(),
  /** Domains of addresses that get an account at their first sign-in there. */
  VERBATIM_OIDC_DOMAINS: z
    .string()
    .transform((value) =>
      value
        .split(',')
        .map((one) => one.trim().toLowerCase())
        .filter((one) => one !== ''),
    )
    .refine((domains) => domains.every((domain) => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain)), {
      message: 'must be domains divided by commas, such as example.org,example.com',
    })
    .prefault(''),
});

export const VARIABLE_NAMES = Object.keys(Variables.shape);

/** What nobody may read over somebody's shoulder; each may stand in a file that `NAME_FILE` names, and is never printed. */
export const SECRET_NAMES = [
  'DATABASE_URL',
  'VERBATIM_SMTP_URL',
  'VERBATIM_EMBEDDINGS_KEY',
  'VERBATIM_TRANSCRIPTION_KEY',
  'VERBATIM_REWORDING_KEY',
  'VERBATIM_OIDC_CLIENT_SECRET',
  'VERBATIM_METRICS_TOKEN',
  'VERBATIM_BACKUP_KEY',
] as const satisfies readonly (keyof typeof Variables.shape)[];
const fileNameOf = (name: string): string => `${name}_FILE`;

/** The environment with what stands in files; one line's end at the end of a file is none of the secret's. */
function withSecretFiles(environment: Record<string, string | undefined>) {
  const faults: string[] = [];
  const whole = { ...environment };
  for (const name of SECRET_NAMES) {
    const file = environment[fileNameOf(name)];
    if (file === undefined || file === '') continue;
    if (environment[name] !== undefined) {
      faults.push(`${name} and ${fileNameOf(name)} are both set; keep one of them`);
      continue;
    }
    try {
      whole[name] = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    } catch (error) {
      faults.push(`${fileNameOf(name)} names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  }
  return { environment: whole, faults };
}

/** What is wrong with the environment, all of it at once. */
export class ConfigError extends Error {
  readonly faults: string[];
  constructor(faults: string[]) {
    super(`Verbatim cannot start with this environment:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/**
 * Reads the environment once.
 *
 * @throws {ConfigError} naming every variable that does not fit, and every `VERBATIM_…` that nobody knows
 */
export function readConfig(told: Record<string, string | undefined>) {
  const known = new Set([...VARIABLE_NAMES, ...SECRET_NAMES.map(fileNameOf)]);
  const { environment, faults } = withSecretFiles(told);
  faults.push(
    ...Object.keys(told)
      .filter((name) => name.startsWith('VERBATIM_') && !known.has(name))
      .map((name) => `${name} is not a setting of Verbatim; see the README for those there are`),
  );
  const parsed = Variables.safeParse(environment);
  if (!parsed.success) faults.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  if (parsed.success && parsed.data.VERBATIM_SMTP_URL !== undefined && parsed.data.VERBATIM_MAIL_FROM === undefined)
    faults.push('VERBATIM_MAIL_FROM must be set with VERBATIM_SMTP_URL: letters need a sender');
  if (
    parsed.success &&
    (parsed.data.VERBATIM_EMBEDDINGS_URL === undefined) !== (parsed.data.VERBATIM_EMBEDDINGS_MODEL === undefined)
  )
    faults.push(
      'VERBATIM_EMBEDDINGS_URL and VERBATIM_EMBEDDINGS_MODEL must be set together: a server is asked for one model',
    );
  if (
    parsed.success &&
    parsed.data.VERBATIM_EMBEDDINGS_KEY !== undefined &&
    parsed.data.VERBATIM_EMBEDDINGS_URL === undefined
  )
    faults.push('VERBATIM_EMBEDDINGS_KEY is for a server that VERBATIM_EMBEDDINGS_URL must name');
  if (
    parsed.success &&
    (parsed.data.VERBATIM_TRANSCRIPTION_URL === undefined) !== (parsed.data.VERBATIM_TRANSCRIPTION_MODEL === undefined)
  )
    faults.push(
      'VERBATIM_TRANSCRIPTION_URL and VERBATIM_TRANSCRIPTION_MODEL must be set together: a server is asked for one model',
    );
  if (
    parsed.success &&
    parsed.data.VERBATIM_TRANSCRIPTION_KEY !== undefined &&
    parsed.data.VERBATIM_TRANSCRIPTION_URL === undefined
  )
    faults.push('VERBATIM_TRANSCRIPTION_KEY is for a server that VERBATIM_TRANSCRIPTION_URL must name');
  if (
    parsed.success &&
    (parsed.data.VERBATIM_REWORDING_URL === undefined) !== (parsed.data.VERBATIM_REWORDING_MODEL === undefined)
  )
    faults.push(
      'VERBATIM_REWORDING_URL and VERBATIM_REWORDING_MODEL must be set together: a server is asked for one model',
    );
  if (
    parsed.success &&
    parsed.data.VERBATIM_REWORDING_KEY !== undefined &&
    parsed.data.VERBATIM_REWORDING_URL === undefined
  )
    faults.push('VERBATIM_REWORDING_KEY is for a server that VERBATIM_REWORDING_URL must name');
  if (parsed.success) {
    const { PUBLIC_URL, VERBATIM_OIDC_ISSUER: issuer, VERBATIM_OIDC_DOMAINS: domains } = parsed.data;
    const client = [parsed.data.VERBATIM_OIDC_CLIENT_ID, parsed.data.VERBATIM_OIDC_CLIENT_SECRET];
    if (client.some((one) => (one === undefined) !== (issuer === undefined)))
      faults.push('VERBATIM_OIDC_ISSUER, VERBATIM_OIDC_CLIENT_ID and VERBATIM_OIDC_CLIENT_SECRET must be set together');
    if (issuer !== undefined && PUBLIC_URL === undefined)
      faults.push('PUBLIC_URL must be set with VERBATIM_OIDC_ISSUER: the provider sends people back to it');
    if (issuer === undefined && domains.length > 0)
      faults.push('VERBATIM_OIDC_DOMAINS is for a provider that VERBATIM_OIDC_ISSUER must name');
  }
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  const read = parsed.data;
  return {
    port: read.PORT,
    host: read.HOST,
    publicUrl: read.PUBLIC_URL ?? null,
    dataFolder: read.VERBATIM_DATA ?? null,
    databaseUrl: read.DATABASE_URL ?? null,
    expectData: read.VERBATIM_EXPECT_DATA,
    mayInit: read.VERBATIM_INIT,
    logLevel: read.VERBATIM_LOG_LEVEL,
    trustProxy: read.VERBATIM_TRUST_PROXY,
    geoFile: read.VERBATIM_GEO_FILE ?? null,
    reportChromium: read.VERBATIM_REPORT_CHROMIUM ?? null,
    post:
      read.VERBATIM_SMTP_URL !== undefined && read.VERBATIM_MAIL_FROM !== undefined
        ? {
            smtpUrl: read.VERBATIM_SMTP_URL,
            from: read.VERBATIM_MAIL_FROM,
            replyTo: read.VERBATIM_MAIL_REPLY_TO ?? null,
            perMinute: read.VERBATIM_MAIL_PER_MINUTE,
          }
        : null,
    outgoing: { allowed: read.VERBATIM_OUTGOING_ALLOW },
    embeddings:
      read.VERBATIM_EMBEDDINGS_URL !== undefined && read.VERBATIM_EMBEDDINGS_MODEL !== undefined
        ? {
            url: read.VERBATIM_EMBEDDINGS_URL,
            model: read.VERBATIM_EMBEDDINGS_MODEL,
            key: read.VERBATIM_EMBEDDINGS_KEY ?? null,
          }
        : null,
    transcription:
      read.VERBATIM_TRANSCRIPTION_URL !== undefined && read.VERBATIM_TRANSCRIPTION_MODEL !== undefined
        ? {
            url: read.VERBATIM_TRANSCRIPTION_URL,
            model: read.VERBATIM_TRANSCRIPTION_MODEL,
            key: read.VERBATIM_TRANSCRIPTION_KEY ?? null,
          }
        : null,
    rewording:
      read.VERBATIM_REWORDING_URL !== undefined && read.VERBATIM_REWORDING_MODEL !== undefined
        ? {
            url: read.VERBATIM_REWORDING_URL,
            model: read.VERBATIM_REWORDING_MODEL,
            key: read.VERBATIM_REWORDING_KEY ?? null,
          }
        : null,
    singleSignOn:
      read.VERBATIM_OIDC_ISSUER !== undefined &&
      read.VERBATIM_OIDC_CLIENT_ID !== undefined &&
      read.VERBATIM_OIDC_CLIENT_SECRET !== undefined
        ? {
            issuer: read.VERBATIM_OIDC_ISSUER,
            clientId: read.VERBATIM_OIDC_CLIENT_ID,
            clientSecret: read.VERBATIM_OIDC_CLIENT_SECRET,
            domains: read.VERBATIM_OIDC_DOMAINS,
          }
        : null,
    needsSecondFactor: read.VERBATIM_SECOND_FACTOR,
    metricsToken: read.VERBATIM_METRICS_TOKEN ?? null,
    backups: {
      daily: read.VERBATIM_BACKUP_DAILY,
      keep: read.VERBATIM_BACKUP_KEEP,
      key: read.VERBATIM_BACKUP_KEY ?? null,
    },
    limits: {
      formBytes: read.VERBATIM_FORM_KB * 1024,
      uploadBytes: read.VERBATIM_UPLOAD_MB * 1024 * 1024,
      mediaBytes: read.VERBATIM_MEDIA_MB * 1024 * 1024,
      importRows: read.VERBATIM_IMPORT_ROWS,
      queue: read.VERBATIM_QUEUE,
      loginTries: read.VERBATIM_LOGIN_TRIES,
      loginMinutes: read.VERBATIM_LOGIN_MINUTES,
      sessionHours: read.VERBATIM_SESSION_HOURS,
      sessionIdleMinutes: read.VERBATIM_SESSION_IDLE_MINUTES,
      respondentPostsPerMinute: read.VERBATIM_RESPONDENT_POSTS_PER_MINUTE,
      eventRequestsPerMinute: read.VERBATIM_EVENT_REQUESTS_PER_MINUTE,
      eventsPerMinute: read.VERBATIM_EVENTS_PER_MINUTE,
      apiRequestsPerMinute: read.VERBATIM_API_REQUESTS_PER_MINUTE,
      apiWrongKeysPerMinute: read.VERBATIM_API_REFUSED_PER_MINUTE,
      smallestCell: read.VERBATIM_SMALLEST_CELL,
    },
  };
}

const told = (secret: unknown): string | null => (secret === null ? null : '(set)');

/** A configuration as it may be printed: of each secret only whether it is set. */
export const withoutSecrets = (config: ReturnType<typeof readConfig>) => ({
  ...config,
  databaseUrl: told(config.databaseUrl),
  metricsToken: told(config.metricsToken),
  backups: { ...config.backups, key: told(config.backups.key) },
  post: config.post && { ...config.post, smtpUrl: told(config.post.smtpUrl) },
  embeddings: config.embeddings && { ...config.embeddings, key: told(config.embeddings.key) },
  transcription: config.transcription && { ...config.transcription, key: told(config.transcription.key) },
  rewording: config.rewording && { ...config.rewording, key: told(config.rewording.key) },
  singleSignOn: config.singleSignOn && { ...config.singleSignOn, clientSecret: told(config.singleSignOn.clientSecret) },
});
