/**
 * Usage as upstream reports it in its answers, in all its dialects, read strictly: a number that is negative, broken
 * or absurd makes the whole report unknown, and unknown is charged in full. Nothing reported is never zero.
 */
import { isRecord } from './child.ts';
import type { Endpoint, TokenUsage } from './endpoint.ts';

/** No call uses more; beyond it a report is a fault of upstream's. */
const COUNT_MAX = 1_000_000_000;

type Fields = Readonly<Record<string, unknown>>;

const NONE: TokenUsage = {
  inputTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  inputAudioTokens: 0,
  inputImageTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  outputAudioTokens: 0,
  outputImageTokens: 0,
};

/** Thrown inside only: the report cannot be believed. */
class Unbelievable extends Error {}

function asFields(value: unknown): Fields | undefined {
  return isRecord(value) ? value : undefined;
}

/** The first of these fields that is there; absent and null are 0. */
function count(fields: Fields | undefined, ...names: readonly string[]): number {
  for (const name of names) {
    const value = fields && Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (value === undefined || value === null) continue;
    if (typeof value !== 'number' || !Number.isInteger(value)) throw new Unbelievable();
    if (value < 0 || value > COUNT_MAX) throw new Unbelievable();
    return value;
  }
  return 0;
}

/** Details must be an object where they are there at all. */
function details(usage: Fields, ...names: readonly string[]): Fields | undefined {
  for (const name of names) {
    const value = usage[name];
    if (value === undefined || value === null) continue;
    const fields = asFields(value);
    if (!fields) throw new Unbelievable();
    return fields;
  }
  return undefined;
}

function duration(seconds: unknown): TokenUsage | undefined {
  const valid = typeof seconds === 'number' && seconds > 0 && seconds <= COUNT_MAX;
  return valid ? { ...NONE, seconds } : undefined;
}

/**
 * One usage object: `prompt_tokens`, `input_tokens` or a duration, with their details.
 * @param pictures the output is pictures unless the details say otherwise (image endpoints)
 */
export function readUsage(value: unknown, pictures = false): TokenUsage | undefined {
  const usage = asFields(value);
  if (!usage) return undefined;
  if (usage['type'] === 'duration') return duration(usage['seconds']);
  try {
    const input = details(usage, 'prompt_tokens_details', 'input_tokens_details', 'input_token_details');
    const output = details(
      usage,
      'completion_tokens_details',
      'output_tokens_details',
      'output_token_details',
    );
    const outputTokens = count(usage, 'completion_tokens', 'output_tokens');
    const read = {
      inputTokens: count(usage, 'prompt_tokens', 'input_tokens'),
      cachedTokens: count(input, 'cached_tokens'),
      cacheWriteTokens: count(input, 'cache_write_tokens'),
      inputAudioTokens: count(input, 'audio_tokens'),
      inputImageTokens: count(input, 'image_tokens'),
      outputTokens,
      reasoningTokens: count(output, 'reasoning_tokens'),
      outputAudioTokens: count(output, 'audio_tokens'),
      outputImageTokens: pictures && !output ? outputTokens : count(output, 'image_tokens'),
    };
    return read.inputTokens + read.outputTokens > 0 ? read : undefined;
  } catch (error) {
    if (error instanceof Unbelievable) return undefined;
    throw error;
  }
}

/** Calls that the caller answers, not upstream. */
const CALLERS = new Set(['function_call', 'custom_tool_call']);

/** How often each hosted tool was called, by the items of a response; containers count once each. */
function toolCallsOf(output: unknown): Record<string, number> | undefined {
  if (!Array.isArray(output)) return undefined;
  const calls: Record<string, number> = {};
  const containers = new Set<unknown>();
  const items: readonly unknown[] = output;
  for (const item of items) {
    const fields = asFields(item);
    const type = fields?.['type'];
    if (typeof type !== 'string' || !/^[a-z_]{1,40}_call$/.test(type) || CALLERS.has(type)) continue;
    const container = fields?.['container_id'];
    if (container !== undefined && containers.has(container)) continue;
    containers.add(container);
    const tool = type.slice(0, -'_call'.length);
    calls[tool] = (calls[tool] ?? 0) + 1;
  }
  return calls;
}

/**
 * What a whole JSON answer says it used; undefined if it does not say, or says what cannot be.
 * @param value the parsed answer: a completion, a response, embeddings, pictures, a transcript
 */
export function usageFromAnswer(endpoint: Endpoint, value: unknown): TokenUsage | undefined {
  const answer = asFields(value);
  if (!answer) return undefined;
  const sound = endpoint.path.startsWith('/audio/trans');
  const read =
    answer['usage'] === undefined && sound
      ? duration(answer['duration'])
      : readUsage(answer['usage'], endpoint.path.startsWith('/images/'));
  if (!read) return undefined;
  const serviceTier = answer['service_tier'];
  const toolCalls = endpoint.shape === 'responses' ? toolCallsOf(answer['output']) : undefined;
  return {
    ...read,
    ...(typeof serviceTier === 'string' && { serviceTier: serviceTier.slice(0, 32) }),
    ...(toolCalls && { toolCalls }),
  };
}
