/**
 * Tools that are services: one call to one configured URL, answers bounded in time and size. Arguments stand in steps of the
 * path, in the query or in the body, each encoded for its place; never in the host, a header or another step.
 */
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { Refusal } from '../../base/errors.ts';
import { isOwnCallUrl, OWN_CALL_URL } from '../../base/own-calls.ts';
import { ownDispatcher, type OwnEgress } from '../../base/own-dispatcher.ts';
import { placeholderOf } from '../../base/placeholder.ts';
import type { RunTool, ToolArguments, ToolOutput, ToolRunner } from '../../ports/tool-runner.ts';
import type { ProcessBounds } from './tool-process.ts';

/** Origin, path, query as they are written. */
const URL_PARTS = /^(https?:\/\/[^/?#{}]+)(\/[^?#]*)?(\?[^#{}]*)?$/;

/** Steps of the path that are placeholders, by name. */
export function pathPlaceholders(url: string): string[] {
  return stepsOf(url).flatMap((step) => placeholderOf(step) ?? []);
}

function stepsOf(url: string): string[] {
  return (URL_PARTS.exec(url)?.[2] ?? '/').split('/');
}

function isTemplate(url: string): boolean {
  const isWhole = stepsOf(url).every((step) => placeholderOf(step) !== undefined || !/[{}]/.test(step));
  return URL_PARTS.test(url) && isWhole && isOwnCallUrl(url.replaceAll(/[{}]/g, ''));
}

/** What HTTP itself says of a message. */
const FRAMING =
  /^(?:host|content-length|content-type|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|accept-encoding)$/;

/** `run` of a tool that is a service. */
export const httpRunSchema = z.strictObject({
  kind: z.literal('http'),
  /** `{name}` as a whole step of the path stands for an argument. */
  url: z.string().max(2048).refine(isTemplate, `${OWN_CALL_URL}; placeholders are whole steps of its path`),
  /** GET and DELETE send the other arguments in the query, the others as JSON. */
  method: z.enum(['GET', 'DELETE', 'POST', 'PUT', 'PATCH']).default('POST'),
  headers: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(/^[a-z0-9-]{1,64}$/, 'must be a header name in lower case')
          .refine((name) => !FRAMING.test(name), 'is a header of the connection'),
        value: z.string().regex(/^[\x20-\x7e]{1,4096}$/, 'must be printable characters'),
      }),
    )
    .max(32)
    .default([]),
  connectionsMax: z.int().min(1).max(1024).default(16),
});
/** After its schema. */
export type HttpRun = z.infer<typeof httpRunSchema>;

/** What some server on the way would take for the end of a step, or for another one. */
const NO_STEP = /[/\\\p{Cc}\p{Cs}]/u;

/** With connections of its own, to that origin alone. @param egress through which proxy, whom it trusts and shows */
export function createHttpRunner(run: HttpRun, bounds: ProcessBounds, egress: OwnEgress = {}): ToolRunner {
  const { timeoutMs, outputBytesMax } = bounds;
  const [, origin = '', , query = ''] = URL_PARTS.exec(run.url) ?? [];
  const outwards = ownDispatcher(egress, {
    msMax: timeoutMs,
    answerBytesMax: outputBytesMax,
    connections: run.connectionsMax,
  });
  const inPath = new Set(pathPlaceholders(run.url));
  const hasBody = run.method !== 'GET' && run.method !== 'DELETE';
  const headers: Record<string, string> = {
    'user-agent': 'sallyport',
    accept: 'application/json, text/*;q=0.9',
    ...Object.fromEntries(run.headers.map(({ name, value }) => [name, value])),
    'accept-encoding': 'identity',
    ...(hasBody ? { 'content-type': 'application/json' } : {}),
  };
  return {
    prepare(args): RunTool {
      const rest = Object.entries(args).filter(([name]) => !inPath.has(name));
      const path = pathOf(run.url, args) + (hasBody ? query : withQuery(query, rest));
      const body = hasBody ? JSON.stringify(Object.fromEntries(rest)) : null;
      return async (signal) => {
        const timed = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
        const request = { origin, method: run.method, path, headers, body, signal: timed } as const;
        try {
          return await ask(outwards, request);
        } catch (error) {
          throw refusalOf(error, signal);
        }
      };
    },
    close: () => outwards.destroy(),
  };
}

/** @throws tool.arguments for what a server could take for another path */
function pathOf(url: string, args: ToolArguments): string {
  const steps = stepsOf(url).map((step) => {
    const name = placeholderOf(step);
    if (name === undefined) return step;
    const text = String(args[name]);
    if (text === '' || text === '.' || text === '..' || NO_STEP.test(text))
      throw new Refusal('tool.arguments', { param: name });
    return encodeURIComponent(text);
  });
  return steps.join('/');
}

function withQuery(query: string, rest: readonly (readonly [string, unknown])[]): string {
  const written = new URLSearchParams(rest.map(([name, value]): [string, string] => [name, String(value)]));
  if (rest.length === 0) return query;
  return `${query === '' ? '?' : `${query}&`}${written.toString()}`;
}

/** 2xx and 4xx are what the tool says; a redirect is followed by nobody. */
async function ask(outwards: Dispatcher, request: Dispatcher.RequestOptions): Promise<ToolOutput> {
  const answer = await outwards.request(request);
  const { statusCode: status } = answer;
  const isError = status >= 400 && status < 500;
  if (!isError && (status < 200 || status >= 300)) {
    answer.body.dump().catch(() => undefined);
    throw new Refusal('tool.failed', { detail: `the service answered ${status}` });
  }
  const bytes = await answer.body.bytes();
  const output = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  return { output, isError, status };
}

function refusalOf(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof Refusal || signal.aborted) return error;
  if (!(error instanceof Error)) return new Refusal('tool.failed', { cause: error });
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return new Refusal('tool.overran');
  const isLate = error.name === 'TimeoutError' || code.includes('TIMEOUT');
  return new Refusal(isLate ? 'tool.timeout' : 'tool.failed', { detail: error.message, cause: error });
}
