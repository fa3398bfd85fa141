/** The admin API as a command uses it, and over HTTP to a running gateway. Loads none of the rules that answer it. */
import { existsSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { errorBody, Refusal } from '../base/errors.ts';

export interface AdminApi {
  /**
   * The answer's body. `path` with its query.
   * @throws Error with a sentence for the operator
   */
  call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
}

type Variables = Readonly<Record<string, string | undefined>>;
const callMsMax = 10_000;
/** Of what goes through all entries of a period. */
const longCallMsMax = 280_000;
const LONG = /^\/admin\/(?:charges|report)\?/;
const refusalSchema = z.object({
  error: z.object({ message: z.string(), param: z.string().nullable(), code: z.string().nullable() }),
});

/**
 * Where SALLYPORT_ADMIN_URL, or ADMIN_HOST and ADMIN_PORT, say that the gateway's admin API is; a listener for all is
 * reached by loopback.
 */
export function adminOrigin(env: Variables): string {
  if (env['SALLYPORT_ADMIN_URL']) return new URL(env['SALLYPORT_ADMIN_URL']).origin;
  const host = env['ADMIN_HOST'] || env['HOST'] || '127.0.0.1';
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${env['ADMIN_PORT'] || '8788'}`;
}

/** Whether a gateway lives there. */
export async function answersAt(origin: string): Promise<boolean> {
  try {
    const answer = await fetch(`${origin}/livez`, {
      redirect: 'error',
      signal: AbortSignal.timeout(callMsMax),
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

/** The running gateway's, with the admin key of the environment or DATA_DIR. */
export function remoteAdminApi(env: Variables): AdminApi {
  const origin = adminOrigin(env);
  return {
    async call(method, path, body) {
      const answer = await reach(origin, path, {
        method,
        headers: {
          authorization: `Bearer ${adminKeyOf(env)}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(LONG.test(path) ? longCallMsMax : callMsMax),
      });
      const isText = answer.headers.get('content-type')?.startsWith('text/') ?? false;
      const content: unknown = await (isText ? answer.text() : answer.json()).catch(() => undefined);
      if (answer.ok) return content;
      throw new Error(
        sentenceOf(content, answer.headers.get('x-sallyport-code')) ?? `status ${answer.status}`,
      );
    },
  };
}

async function reach(origin: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(origin + path, init);
  } catch (cause) {
    const isSlow = cause instanceof Error && cause.name === 'TimeoutError';
    const what = isSlow ? `the gateway at ${origin} took too long` : `no gateway answers at ${origin}`;
    throw new Error(`${what} (ADMIN_HOST, ADMIN_PORT)`, { cause });
  }
}

/** A refusal in one sentence: what, which field, which code. */
export function sentenceFor(refusal: Refusal): string {
  return sentenceOf(errorBody(refusal), refusal.code) ?? refusal.code;
}

function sentenceOf(content: unknown, code: string | null): string | undefined {
  const refusal = refusalSchema.safeParse(content);
  if (!refusal.success) return undefined;
  const { message, param } = refusal.data.error;
  return `${message}${param === null ? '' : ` (${param})`}${code === null ? '' : ` [${code}]`}`;
}

function adminKeyOf(env: Variables): string {
  if (env['SALLYPORT_ADMIN_KEY']) return env['SALLYPORT_ADMIN_KEY'];
  const file = env['SALLYPORT_ADMIN_KEY_FILE'] || join(env['DATA_DIR'] || 'data', 'admin-key');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  throw new Error('SALLYPORT_ADMIN_KEY is needed');
}
