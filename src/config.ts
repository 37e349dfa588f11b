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
  VERBATIM_RESPONDENT_POSTS_PER_MINUTE: whole(1, 1_000_000).default(600),
  VERBATIM_EVENT_REQUESTS_PER_MINUTE: whole(1, 10_000_000).default(6000),
  VERBATIM_EVENTS_PER_MINUTE: whole(2500, 100_000_000).default(300_000),
  VERBATIM_SMALLEST_CELL: whole(5, 100).default(10),
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
});

export const VARIABLE_NAMES = Object.keys(Variables.shape);

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
export function readConfig(environment: Record<string, string | undefined>) {
  const known = new Set(VARIABLE_NAMES);
  const faults = Object.keys(environment)
    .filter((name) => name.startsWith('VERBATIM_') && !known.has(name))
    .map((name) => `${name} is not a setting of Verbatim; see the README for those there are`);
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
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  const read = parsed.data;
  return {
    port: read.PORT,
    host: read.HOST,
    publicUrl: read.PUBLIC_URL ?? null,
    dataFolder: read.VERBATIM_DATA ?? null,
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
      smallestCell: read.VERBATIM_SMALLEST_CELL,
    },
  };
}
