import { createHmac } from 'node:crypto';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import { isUniqueViolation } from '../store/dialect.ts';
import { newPublicId } from '../store/identifiers.ts';
import type { Passkey } from '../store/second-factors.ts';
import type { Context } from './context.ts';
import type { SecondFactors } from './second-factors.ts';
import type { SignedIn } from './sessions.ts';

const ANSWER_MAX = 20_000;
const PASSKEYS_MOST = 20;
/** EdDSA, ECDSA over P-256 and RSA, as COSE numbers them: what authenticators in use sign with. */
const ALGORITHMS = [-8, -7, -257];

/** Where passkeys are asked for: the address that people use. Null on one that browsers make none for. */
export function passkeySite(address: string): { origin: string; rpId: string } | null {
  if (!URL.canParse(address)) return null;
  const { origin, hostname, protocol } = new URL(address);
  const isNamed = !/^[\d.]+$|^\[/.test(hostname);
  return isNamed && (protocol === 'https:' || hostname === 'localhost') ? { origin, rpId: hostname } : null;
}
export type PasskeySite = NonNullable<ReturnType<typeof passkeySite>>;

/**
 * Passkeys as a second step. What is to be signed follows from the sign-in or the session it is for, and from what changes when
 * it is used, so that nothing is stored and nothing can be used twice.
 */
export function passkeyService({ store, keys, now }: Context, secondFactors: SecondFactors) {
  const challengeOf = (what: string): Uint8Array<ArrayBuffer> =>
    new Uint8Array(createHmac('sha256', keys.accounts).update(`passkey ${what}`).digest());
  const written = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
  const ofRegistration = (user: SignedIn, known: readonly Passkey[]) =>
    challengeOf(
      `register ${user.sessionHash} ${user.authenticatedAt} ${known.map(({ publicId }) => publicId).join(' ')}`,
    );

  /** What the browser sent, as far as it is JSON; what is in it is judged where it is verified. */
  function read<Answer>(text: string): Answer | null {
    if (text.length > ANSWER_MAX) return null;
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === 'object' && value !== null ? (value as Answer) : null;
    } catch {
      return null;
    }
  }

  return {
    list: (user: { id: number }): Promise<Passkey[]> => store.secondFactors.passkeys(user.id),

    /** What the browser is asked to make, as JSON. */
    registration: async (user: SignedIn, { rpId }: PasskeySite): Promise<string> => {
      const { generateRegistrationOptions } = await import('@simplewebauthn/server');
      const known = await store.secondFactors.passkeys(user.id);
      return JSON.stringify(
        await generateRegistrationOptions({
          rpName: 'Verbatim',
          rpID: rpId,
          userID: new Uint8Array(Buffer.from(user.publicId)),
          userName: user.email,
          userDisplayName: user.name,
          challenge: ofRegistration(user, known),
          attestationType: 'none',
          supportedAlgorithmIDs: ALGORITHMS,
          excludeCredentials: known.map(({ credentialId }) => ({ id: credentialId })),
          authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
        }),
      );
    },
    /**
     * Keeps what the browser made.
     *
     * @returns recovery codes, none when there were some already
     * @throws Problem `invalid` for what does not verify
     */
    add: async (
      user: SignedIn,
      { origin, rpId }: PasskeySite,
      form: { name: string; answer: string },
    ): Promise<{ codes: string[] }> => {
      const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
      const known = await store.secondFactors.passkeys(user.id);
      const response = read<RegistrationResponseJSON>(form.answer);
      const refused = new Problem('invalid', 'The passkey was not made', {
        errors: [{ pointer: '#/answer', detail: 'What the browser sent does not fit. Begin again' }],
      });
      if (!response || known.length >= PASSKEYS_MOST) throw refused;
      const verified = await verifyRegistrationResponse({
        response,
        expectedChallenge: written(ofRegistration(user, known)),
        expectedOrigin: origin,
        expectedRPID: rpId,
        requireUserVerification: false,
        supportedAlgorithmIDs: ALGORITHMS,
      }).catch(() => null);
      if (!verified?.verified) throw refused;
      const { credential } = verified.registrationInfo;
      const name = cleanText(form.name, 'name');
      const { codes, hashes } = secondFactors.newCodes(user.id);
      try {
        const hasNewCodes = await store.secondFactors.addPasskey(
          {
            publicId: newPublicId(),
            userId: user.id,
            credentialId: credential.id,
            publicKey: written(credential.publicKey),
            counter: credential.counter,
            transports: (credential.transports ?? []).filter((one) => /^[a-z-]{1,20}$/.test(one)).slice(0, 10),
            name: name.isTooLong || name.text.trim() === '' ? 'A passkey' : name.text.trim(),
            createdAt: now().toISOString(),
          },
          hashes,
        );
        await secondFactors.changed(user, 'A passkey was added to your account.');
        return { codes: hasNewCodes ? codes : [] };
      } catch (error) {
        if (isUniqueViolation(error)) throw refused;
        throw error;
      }
    },
    /** Removes one of the user's passkeys; one that is gone by now is what was asked for. */
    remove: async (user: SignedIn, publicId: string): Promise<void> => {
      if (await store.secondFactors.removePasskey(user.id, publicId))
        await secondFactors.changed(user, 'A passkey was removed from your account.');
    },

    /** @param what the sign-in or session that is to be signed, with what changes once it was */
    assertion: async (user: { id: number }, { rpId }: PasskeySite, what: string): Promise<string | null> => {
      const known = await store.secondFactors.passkeys(user.id);
      if (known.length === 0) return null;
      const { generateAuthenticationOptions } = await import('@simplewebauthn/server');
      return JSON.stringify(
        await generateAuthenticationOptions({
          rpID: rpId,
          challenge: challengeOf(`assert ${what}`),
          allowCredentials: known.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
          userVerification: 'preferred',
        }),
      );
    },
    /** Whether one of the user's passkeys signed it. */
    check: async (
      user: { id: number },
      { origin, rpId }: PasskeySite,
      what: string,
      answer: string,
    ): Promise<boolean> => {
      const response = read<AuthenticationResponseJSON>(answer);
      const key = (await store.secondFactors.passkeys(user.id)).find((one) => one.credentialId === response?.id);
      if (!response || !key) return false;
      const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
      const verified = await verifyAuthenticationResponse({
        response,
        expectedChallenge: written(challengeOf(`assert ${what}`)),
        expectedOrigin: origin,
        expectedRPID: rpId,
        credential: {
          id: key.credentialId,
          publicKey: new Uint8Array(Buffer.from(key.publicKey, 'base64url')),
          counter: key.counter,
        },
        requireUserVerification: false,
      }).catch(() => null);
      return (
        verified?.verified === true &&
        (await store.secondFactors.usePasskey(key.id, verified.authenticationInfo.newCounter, now().toISOString()))
      );
    },
  };
}
export type Passkeys = ReturnType<typeof passkeyService>;
