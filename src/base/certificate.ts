/** A certificate and its key from their files, whole or not at all. Never tells what is in them. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Paths of PEM files. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** As Node's TLS takes it. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** @throws Error that says what is wrong with the files, without their content */
export function readCertificate({ certFile, keyFile }: CertificateFiles): Certificate {
  const cert = attempt('certFile cannot be read', () => readFileSync(certFile));
  const key = attempt('keyFile cannot be read', () => readFileSync(keyFile));
  const fits = attempt('certFile or keyFile holds no PEM that can be read', () =>
    new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)),
  );
  if (!fits) throw new Error('the key does not belong to the certificate');
  return { cert, key };
}

/** Milliseconds since 1970 at which the certificate ends. */
export function certificateEnd({ cert }: Certificate): number {
  return Date.parse(new X509Certificate(cert).validTo);
}

function attempt<T>(message: string, run: () => T): T {
  try {
    return run();
  } catch {
    throw new Error(message);
  }
}
