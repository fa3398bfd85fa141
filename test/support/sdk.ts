/** The official OpenAI SDK pointed at a gateway, with every attempt it makes counted. */
import OpenAI, { type ClientOptions } from 'openai';

export interface Attempt {
  readonly method: string;
  readonly url: string;
  readonly status: number | undefined;
  readonly headers: Headers | undefined;
}

export interface CountedClient {
  readonly client: OpenAI;
  /** Each HTTP request the SDK made, retries included, in order. */
  readonly attempts: readonly Attempt[];
}

/** With the SDK's own default of two retries, unless options say otherwise. */
export function openaiClient(
  gateway: { readonly baseUrl: string; readonly callerKey: string },
  options: ClientOptions = {},
): CountedClient {
  const attempts: Attempt[] = [];
  const client = new OpenAI({
    apiKey: gateway.callerKey,
    baseURL: gateway.baseUrl,
    ...options,
    fetch: async (input, init) => {
      // The SDK tries out a fetch by a `data:` URL before its first form.
      if (!urlOf(input).startsWith('http')) return await fetch(input, init);
      const attempt = { method: init?.method ?? 'GET', url: urlOf(input) };
      const at = attempts.push({ ...attempt, status: undefined, headers: undefined }) - 1;
      const answer = await fetch(input, init);
      attempts[at] = { ...attempt, status: answer.status, headers: answer.headers };
      return answer;
    },
  });
  return { client, attempts };
}

function urlOf(input: string | URL | Request): string {
  if (typeof input === 'string') return input;
  return input instanceof URL ? input.href : input.url;
}
