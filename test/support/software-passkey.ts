import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/* A passkey in software: ECDSA over P-256, with attestation and assertion written as authenticators write them. */

type Cbor = number | string | Uint8Array | Map<number | string, Cbor>;
function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length]);
  if (length < 256) return Buffer.from([(major << 5) | 24, length]);
  return Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
}
/** CBOR (RFC 8949), as far as passkeys use it. */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Map) return Buffer.concat([head(5, value.size), ...[...value].flat().map(cbor)]);
  return Buffer.concat([head(2, value.length), value]);
}
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest();
const url = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64url');
/** User present, user verified; and that a credential follows. */
const [PRESENT_VERIFIED, WITH_CREDENTIAL] = [0x05, 0x40];

export function softwarePasskey(origin: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(32);
  let uses = 0;
  const authenticatorData = (rpId: string, flags: number, rest = Buffer.alloc(0)) => {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(uses);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), counter, rest]);
  };
  const clientData = (type: string, challenge: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));

  return {
    /** What a browser answers to `navigator.credentials.create`. */
    make: (options: string): string => {
      const { rp, challenge } = JSON.parse(options) as { rp: { id: string }; challenge: string };
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
      const point = (text: string) => Buffer.from(text, 'base64url');
      const cose = cbor(
        new Map<number, Cbor>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, point(x)],
          [-3, point(y)],
        ]),
      );
      const credential = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, cose]);
      const attestation = new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authenticatorData(rp.id, PRESENT_VERIFIED | WITH_CREDENTIAL, credential)],
      ]);
      return JSON.stringify({
        id: url(id),
        rawId: url(id),
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: url(clientData('webauthn.create', challenge)),
          attestationObject: url(cbor(attestation)),
          transports: ['internal'],
        },
      });
    },
    /** What a browser answers to `navigator.credentials.get`. */
    use: (options: string): string => {
      const { rpId, challenge } = JSON.parse(options) as { rpId: string; challenge: string };
      uses += 1;
      const data = authenticatorData(rpId, PRESENT_VERIFIED);
      const said = clientData('webauthn.get', challenge);
      return JSON.stringify({
        id: url(id),
        rawId: url(id),
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: url(said),
          authenticatorData: url(data),
          signature: url(sign('sha256', Buffer.concat([data, sha256(said)]), privateKey)),
        },
      });
    },
  };
}
