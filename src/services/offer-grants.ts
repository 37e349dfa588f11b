import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/*
 * What an offer on a page hands out: leave to begin one response as a person, soon and once. Ids that pages send are
 * nobody's secret, so an offer never leads to a response that was begun before, as a personal link would.
 */

/** Long enough to read the first page and begin. */
const GOOD_MS = 3_600_000;

const sign = (key: Uint8Array, surveyPublicId: string, rest: string): Buffer =>
  createHmac('sha256', key).update(`offer ${surveyPublicId} ${rest}`).digest().subarray(0, 16);

/** Says in a grant that the visitor’s id was signed, and that it was not. */
const MARKS = { proven: 'p', said: 's' } as const;

/**
 * @param isProven whether it was shown, and not only said, that the visitor is this person
 * @returns `person.expires.nonce.mark.signature`, for an address
 */
export function makeGrant(
  key: Uint8Array,
  surveyPublicId: string,
  personPublicId: string,
  isProven: boolean,
  now: Date,
): string {
  const rest = [
    personPublicId,
    (now.getTime() + GOOD_MS).toString(36),
    randomBytes(12).toString('base64url'),
    isProven ? MARKS.proven : MARKS.said,
  ].join('.');
  return `${rest}.${sign(key, surveyPublicId, rest).toString('base64url')}`;
}

/** Null for one that was not made here for this survey, or is too old. */
export function readGrant(
  key: Uint8Array,
  surveyPublicId: string,
  grant: string,
  now: Date,
): { personPublicId: string; nonce: string; isProven: boolean } | null {
  const [personPublicId = '', expires = '', nonce = '', mark = '', signature = ''] = grant.slice(0, 200).split('.');
  const wanted = sign(key, surveyPublicId, [personPublicId, expires, nonce, mark].join('.'));
  const found = Buffer.from(signature, 'base64url');
  if (found.length !== wanted.length || !timingSafeEqual(found, wanted)) return null;
  return Number.parseInt(expires, 36) > now.getTime()
    ? { personPublicId, nonce, isProven: mark === MARKS.proven }
    : null;
}
