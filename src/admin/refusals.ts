/** Refusals of the operators' door as they are answered: in the shape and with the headers of the callers' side. */
import type { FastifyReply } from 'fastify';
import { asRefusal, errorBody, errorHeaders, Refusal } from '../base/errors.ts';

/** Fastify's own refusals of a request, in the catalogue's words. */
export function refusalFrom(error: unknown): Refusal {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  if (error instanceof Refusal || typeof status !== 'number' || status >= 500) return asRefusal(error);
  if (status === 413) return new Refusal('request.too_large', { cause: error });
  if (status === 415) return new Refusal('request.media_type', { cause: error });
  return new Refusal('request.framing', { cause: error });
}

/** @param status where a protocol has its own for it */
export async function answerRefusal(
  reply: FastifyReply,
  refusal: Refusal,
  { status = refusal.status, beside = {} }: { readonly status?: number; readonly beside?: object } = {},
): Promise<void> {
  await reply
    .code(status)
    .headers(errorHeaders(refusal))
    .send({ ...beside, ...errorBody(refusal) });
}
