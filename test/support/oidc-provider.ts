import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { startStub } from './stub-server.ts';

/** Who signs in at the provider next, and what it says of them. */
export type Claims = { sub: string; email?: string; email_verified?: boolean; name?: string };

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * An identity provider on loopback that signs real tokens (RS256) and holds clients to PKCE: discovery, keys, the page where
 * people sign in, and the exchange of codes.
 */
export async function startOidcProvider() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const client = { id: 'verbatim', secret: 'a secret of the client' };
  const codes = new Map<string, { nonce: string; challenge: string; claims: Claims; redirect: string }>();
  let forge: Record<string, unknown> = {};

  const token = (claims: Record<string, unknown>): string => {
    const signed = `${base64({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${base64(claims)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
  };

  const stub = await startStub(({ path, body, headers }) => {
    const issuer = `http://${headers.host}`;
    if (path === '/.well-known/openid-configuration')
      return {
        status: 200,
        body: {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
          code_challenge_methods_supported: ['S256'],
        },
      };
    if (path === '/keys')
      return {
        status: 200,
        body: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] },
      };
    if (path === '/token') {
      const sent = new URLSearchParams(body);
      const code = sent.get('code') ?? '';
      const asked = codes.get(code);
      codes.delete(code);
      const verifier = createHash('sha256')
        .update(sent.get('code_verifier') ?? '')
        .digest('base64url');
      if (!asked || verifier !== asked.challenge || sent.get('redirect_uri') !== asked.redirect)
        return { status: 400, body: { error: 'invalid_grant' } };
      if (sent.get('client_secret') !== client.secret || sent.get('client_id') !== client.id)
        return { status: 401, body: { error: 'invalid_client' } };
      const at = Math.floor(Date.now() / 1000);
      const claims = {
        iss: issuer,
        aud: client.id,
        iat: at,
        exp: at + 300,
        auth_time: at,
        nonce: asked.nonce,
        ...asked.claims,
      };
      return {
        status: 200,
        body: {
          access_token: randomUUID(),
          token_type: 'Bearer',
          expires_in: 300,
          id_token: token({ ...claims, ...forge }),
        },
      };
    }
    return { status: 404 };
  });

  return {
    ...stub,
    client,
    /** What the next tokens say in place of the truth. */
    forge: (claims: Record<string, unknown>) => {
      forge = claims;
    },
    /** Somebody signs in on the page they were sent to: where it sends them back, and what it was asked. */
    signIn: (address: string, claims: Claims) => {
      const asked = new URL(address).searchParams;
      const code = randomUUID();
      codes.set(code, {
        nonce: asked.get('nonce') ?? '',
        challenge: asked.get('code_challenge_method') === 'S256' ? (asked.get('code_challenge') ?? '') : '',
        redirect: asked.get('redirect_uri') ?? '',
        claims,
      });
      return {
        asked,
        back: `${new URL(asked.get('redirect_uri') ?? '').pathname}?code=${code}&state=${asked.get('state')}`,
      };
    },
  };
}
export type OidcProvider = Awaited<ReturnType<typeof startOidcProvider>>;
