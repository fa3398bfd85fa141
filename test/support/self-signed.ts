/** A self-signed certificate for loopback, made in memory, so that no private key lies in the repository. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface SelfSigned {
  /** PEM. */
  readonly key: string;
  /** PEM; for `127.0.0.1` and `localhost`, valid from yesterday for ten years. */
  readonly cert: string;
  /** SHA-256 of the DER form, hex. */
  readonly fingerprint: string;
}

const ECDSA_SHA256 = [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME = [0x06, 0x03, 0x55, 0x04, 0x03];
const SUBJECT_ALT_NAME = [0x06, 0x03, 0x55, 0x1d, 0x11];
const DAY_MS = 86_400_000;

/** X.509 version 3 (RFC 5280, section 4.1) in DER, by hand: P-256, ECDSA with SHA-256. */
export function selfSigned(): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = tlv(0x30, tlv(0x31, tlv(0x30, Buffer.from(COMMON_NAME), text(0x0c, 'localhost'))));
  const names = tlv(0x30, text(0x82, 'localhost'), tlv(0x87, Buffer.from([127, 0, 0, 1])));
  const extension = tlv(0x30, Buffer.from(SUBJECT_ALT_NAME), tlv(0x04, names));
  const body = tlv(
    0x30,
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    Buffer.from(ECDSA_SHA256),
    name,
    tlv(0x30, time(Date.now() - DAY_MS), time(Date.now() + 3650 * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, tlv(0x30, extension)),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]);
  const der = tlv(0x30, body, Buffer.from(ECDSA_SHA256), tlv(0x03, signature));
  const base64 = der.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    fingerprint: createHash('sha256').update(der).digest('hex'),
  };
}

/** One DER element: tag, length in its shortest form, content. */
function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function text(tag: number, value: string): Buffer {
  return tlv(tag, Buffer.from(value));
}

/** UTCTime, two digits of the year (RFC 5280, section 4.1.2.5.1). */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  return text(0x17, digits.slice(2));
}
