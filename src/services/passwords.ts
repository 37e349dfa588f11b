import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(argon2);

/** What it costs to make a hash: memory in KiB, passes over it, lanes. */
export type PasswordCost = { memory: number; passes: number; parallelism: number };
/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
const COST: PasswordCost = { memory: 19_456, passes: 2, parallelism: 1 };
const TAG_BYTES = 32;

export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 200;

/** A password as it may be kept: a PHC string with its own salt, which also says what it cost. */
export async function hashPassword(password: string, cost: PasswordCost = COST): Promise<string> {
  const salt = randomBytes(16);
  const tag = await derive('argon2id', { message: password, nonce: salt, tagLength: TAG_BYTES, ...cost });
  const bare = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${bare(salt)}$${bare(tag)}`;
}

/** A hash of nothing anyone knows: checking against it takes as long as for a user who exists. */
let decoy: Promise<string> | null = null;

/**
 * True when the password is the one that was hashed. With no hash it works just as long and says false, so that the
 * time taken does not tell who has an account.
 */
export async function checkPassword(password: string, hash: string | null): Promise<boolean> {
  decoy ??= hashPassword(randomBytes(16).toString('hex'));
  // An account without a password takes as long as one with a wrong one.
  const kind = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/;
  const own = kind.exec(hash ?? '');
  const parsed = own ?? kind.exec(await decoy);
  if (!parsed) return false;
  const [, memory, passes, parallelism, salt, tag] = parsed;
  const kept = Buffer.from(tag ?? '', 'base64');
  const made = await derive('argon2id', {
    message: password,
    nonce: Buffer.from(salt ?? '', 'base64'),
    tagLength: kept.length,
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  });
  return own !== null && timingSafeEqual(made, kept);
}
