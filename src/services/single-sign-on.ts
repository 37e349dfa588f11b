import type { Configuration } from 'openid-client';
import { Problem } from '../model/problem.ts';
import type { User } from '../store/accounts.ts';
import { addressFaults, foldAddress } from './account-form.ts';
import type { Context } from './context.ts';
import { closeSecret, openSecret } from './secret-box.ts';

export type SingleSignOnOptions = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Domains of addresses that get an account at their first sign-in; with none, only those who have one come in. */
  domains: readonly string[];
};
/** What the way to the provider and back is for: signing in, or showing once more who one is. */
export type FlowPurpose = { kind: 'sign-in' } | { kind: 'confirm'; userId: number };
type Flow = { purpose: FlowPurpose; next: string; state: string; nonce: string; verifier: string; until: string };

const FLOW_MS = 10 * 60_000;
const TIMEOUT_S = 10;
const CLOSED_FOR = 'single sign-on';
/** Where the provider sends people back to. */
export const SSO_RETURN = '/sign-in/sso/return';

/** Signing in at an identity provider of the operator's choice: OpenID Connect, code flow with PKCE, state and nonce. */
export function singleSignOnService(
  { store, keys, now }: Context,
  options: SingleSignOnOptions | null,
  publicUrl: string | null,
) {
  let found: Promise<Configuration> | null = null;
  /** What the provider says of itself, asked once; a failure is asked again. */
  function provider({ issuer, clientId, clientSecret }: SingleSignOnOptions): Promise<Configuration> {
    found ??= import('openid-client')
      .then(({ discovery, allowInsecureRequests }) =>
        discovery(new URL(issuer), clientId, clientSecret, undefined, {
          timeout: TIMEOUT_S,
          // Without TLS only where nothing goes over a wire.
          ...(/^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(`${issuer}/`)
            ? { execute: [allowInsecureRequests] }
            : {}),
        }),
      )
      .catch((error: unknown) => {
        found = null;
        throw new Problem('busy', 'The identity provider cannot be reached', {
          detail: 'Try again in a moment, or sign in with your password',
          retryAfterSeconds: 30,
          cause: error,
        });
      });
    return found;
  }
  function needOptions(): SingleSignOnOptions & { returnTo: string } {
    if (options === null || publicUrl === null) throw new Problem('not-found', 'There is no such page');
    return { ...options, returnTo: `${publicUrl}${SSO_RETURN}` };
  }
  const refused = (detail: string) => new Problem('forbidden', 'You cannot be signed in this way', { detail });

  /** Who came back: by the provider's own name for them, else by an address that it vouches for. */
  async function findOrAdd(
    { issuer, domains }: SingleSignOnOptions,
    claims: { sub: string; email: unknown; isVerified: boolean; name: unknown },
  ): Promise<User> {
    const known = await store.signIns.findOutside(issuer, claims.sub);
    if (known) {
      if (known.disabledAt !== null) throw refused('This account was closed');
      return known;
    }
    const email = typeof claims.email === 'string' ? foldAddress(claims.email) : '';
    if (!claims.isVerified || addressFaults(email).length > 0)
      throw refused('The identity provider does not vouch for your e-mail address');
    const at = now().toISOString();
    const user = await store.accounts.findByEmail(email);
    const stranger = refused('Ask an owner of a study to invite you');
    if (user) {
      // An address that went to somebody else does not bring the account with it.
      if (user.disabledAt !== null || (await store.signIns.isOutside(issuer, user.id))) throw stranger;
      await store.signIns.linkOutside(issuer, claims.sub, user.id, at);
      return user;
    }
    if (!domains.includes(email.split('@')[1] ?? '')) throw stranger;
    const name =
      typeof claims.name === 'string' && claims.name.trim() !== '' ? claims.name.trim().slice(0, 200) : email;
    const added = await store.signIns.addOutside({ issuer, subject: claims.sub }, { email, name }, at);
    if (!added) throw stranger;
    return added;
  }

  return {
    /** The name people know the provider by: its host. Null where there is none. */
    label: options === null || publicUrl === null ? null : new URL(options.issuer).host,
    /** Whether somebody can show who they are at the provider. */
    knows: async (user: { id: number }): Promise<boolean> =>
      options !== null && publicUrl !== null && (await store.signIns.isOutside(options.issuer, user.id)),

    /** @returns where to send the browser, and what it carries there and back in a cookie, closed */
    begin: async (purpose: FlowPurpose, next: string): Promise<{ address: string; flow: string }> => {
      const set = needOptions();
      const config = await provider(set);
      const { buildAuthorizationUrl, calculatePKCECodeChallenge, randomNonce, randomPKCECodeVerifier, randomState } =
        await import('openid-client');
      const flow: Flow = {
        purpose,
        next,
        state: randomState(),
        nonce: randomNonce(),
        verifier: randomPKCECodeVerifier(),
        until: new Date(now().getTime() + FLOW_MS).toISOString(),
      };
      const address = buildAuthorizationUrl(config, {
        redirect_uri: set.returnTo,
        scope: 'openid email profile',
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: 'S256',
        ...(purpose.kind === 'confirm' ? { prompt: 'login', max_age: '0' } : {}),
      });
      return { address: address.href, flow: closeSecret(keys.accounts, CLOSED_FOR, JSON.stringify(flow)) };
    },

    /**
     * Takes whoever comes back from the provider in.
     *
     * @param query what the provider added to the address
     * @throws Problem `forbidden` for whoever may not come in, and for an answer that does not fit to what was asked
     */
    finish: async (closed: string, query: string): Promise<{ user: User; purpose: FlowPurpose; next: string }> => {
      const set = needOptions();
      const opened = openSecret(keys.accounts, CLOSED_FOR, closed);
      const flow = opened === null ? null : (JSON.parse(opened) as Flow);
      const again = refused('The way to the identity provider and back took too long, or began elsewhere. Begin again');
      if (!flow || flow.until <= now().toISOString()) throw again;
      const config = await provider(set);
      const { authorizationCodeGrant } = await import('openid-client');
      const tokens = await authorizationCodeGrant(config, new URL(`${set.returnTo}?${query}`), {
        pkceCodeVerifier: flow.verifier,
        expectedState: flow.state,
        expectedNonce: flow.nonce,
        idTokenExpected: true,
        ...(flow.purpose.kind === 'confirm' ? { maxAge: FLOW_MS / 1000 } : {}),
      }).catch((error: unknown) => {
        throw new Problem('forbidden', 'You cannot be signed in this way', { detail: again.detail, cause: error });
      });
      const claims = tokens.claims();
      if (!claims) throw again;
      const user = await findOrAdd(set, {
        sub: claims.sub,
        email: claims['email'],
        isVerified: claims['email_verified'] === true,
        name: claims['name'],
      });
      if (flow.purpose.kind === 'confirm' && flow.purpose.userId !== user.id)
        throw refused('Somebody else signed in at the identity provider');
      return { user, purpose: flow.purpose, next: flow.next };
    },
  };
}
export type SingleSignOn = ReturnType<typeof singleSignOnService>;
