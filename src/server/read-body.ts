/** Reads a request body, bounded in size and time; never more than the operation allows. */
import type { IncomingMessage } from 'node:http';
import { Refusal } from '../base/errors.ts';

/**
 * The whole body.
 * @throws request.too_large, request.too_slow, request.framing (the caller broke off)
 */
export function readBody(request: IncomingMessage, bytesMax: number, msMax: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > bytesMax) return Promise.reject(new Refusal('request.too_large'));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const timer = setTimeout(() => done(new Refusal('request.too_slow')), msMax);
    const done = (refusal?: Refusal): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      if (refusal) reject(refusal);
      else resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes));
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > bytesMax) done(new Refusal('request.too_large'));
      else chunks.push(chunk);
    };
    const onEnd = (): void => done();
    const onClose = (): void => done(new Refusal('request.framing', { detail: 'the body broke off' }));
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}
