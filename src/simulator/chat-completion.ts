/** The simulator's chat completions: one answer, or the chunks that add up to it. */
import { randomBytes } from 'node:crypto';
import {
  countOf,
  isJson,
  modelOf,
  recordsOf,
  SimulatedError,
  textOfContent,
  type Json,
} from './json-input.ts';
import { inputTokensOf, planAnswer, type FunctionTool, type Plan, type PlanRequest } from './plan-answer.ts';

const CHOICES_MAX = 128;

interface Draft {
  readonly head: Json;
  readonly plan: Plan;
  readonly n: number;
  readonly usage: Json;
}

/** @throws SimulatedError 400 */
export function chatCompletion(body: Json): Json {
  const { head, plan, n, usage } = draft(body);
  const tool_calls = plan.calls.map((call, index) => toolCall(head, index, call.name, call.pieces.join('')));
  const message = {
    role: 'assistant',
    content: tool_calls.length > 0 ? null : plan.pieces.join(''),
    refusal: null,
    annotations: [],
    ...(tool_calls.length > 0 && { tool_calls }),
  };
  const choices = Array.from({ length: n }, (_, index) => ({
    index,
    message,
    logprobs: null,
    finish_reason: finishReason(plan),
  }));
  return { ...head, object: 'chat.completion', choices, usage };
}

/** The data of each event, `[DONE]` left out; choices take turns. @throws SimulatedError 400 */
export function chatChunks(body: Json): readonly Json[] {
  const { head, plan, n, usage } = draft(body);
  const options = body['stream_options'];
  const wantsUsage = isJson(options) && options['include_usage'] === true;
  const chunk = (choices: readonly Json[]): Json => ({
    ...head,
    object: 'chat.completion.chunk',
    choices,
    ...(wantsUsage && { usage: null }),
  });
  const chunks: Json[] = [];
  for (const delta of [...deltas(head, plan), undefined]) {
    for (let index = 0; index < n; index++) {
      const finish_reason = delta ? null : finishReason(plan);
      chunks.push(chunk([{ index, delta: delta ?? {}, logprobs: null, finish_reason }]));
    }
  }
  if (wantsUsage) chunks.push({ ...chunk([]), usage });
  return chunks;
}

function draft(body: Json): Draft {
  const model = modelOf(body);
  const messages = recordsOf(body['messages']);
  if (messages.length === 0) {
    throw new SimulatedError(400, "Invalid 'messages': empty array or missing.", { param: 'messages' });
  }
  const n = Math.min(countOf(body, ['n']) ?? 1, CHOICES_MAX);
  const plan = planAnswer(planRequest(body, messages));
  const head = {
    id: `chatcmpl-simulated${randomBytes(9).toString('hex')}`,
    created: Math.floor(Date.now() / 1000),
    model,
    service_tier: 'default',
    system_fingerprint: 'fp_simulator',
  };
  return { head, plan, n, usage: usageOf(messages, plan.outputTokens * n) };
}

function planRequest(body: Json, messages: readonly Json[]): PlanRequest {
  const last = messages.at(-1);
  const said = last?.['role'] === 'user' ? textOfContent(last['content']) : undefined;
  const tools = recordsOf(body['tools']).flatMap((tool): FunctionTool[] => {
    const declared = tool['function'];
    return isJson(declared) && typeof declared['name'] === 'string'
      ? [{ name: declared['name'], parameters: declared['parameters'] }]
      : [];
  });
  const format = isJson(body['response_format']) ? body['response_format'] : {};
  const named = isJson(format['json_schema']) ? format['json_schema'] : {};
  const schema = format['type'] === 'json_schema' ? (named['schema'] ?? {}) : undefined;
  return {
    said,
    tools,
    choice: choiceOf(body['tool_choice']),
    schema: format['type'] === 'json_object' ? {} : schema,
    cap: countOf(body, ['max_completion_tokens', 'max_tokens']),
  };
}

function choiceOf(choice: unknown): PlanRequest['choice'] {
  if (choice === 'none' || choice === 'required') return choice;
  const declared = isJson(choice) ? choice['function'] : undefined;
  return isJson(declared) && typeof declared['name'] === 'string' ? { name: declared['name'] } : 'auto';
}

function* deltas(head: Json, plan: Plan): Generator<Json> {
  yield { role: 'assistant', content: plan.calls.length > 0 ? null : '', refusal: null };
  for (const content of plan.pieces) yield { content };
  for (const [index, call] of plan.calls.entries()) {
    yield { tool_calls: [{ index, ...toolCall(head, index, call.name, '') }] };
    for (const piece of call.pieces) yield { tool_calls: [{ index, function: { arguments: piece } }] };
  }
}

function toolCall(head: Json, index: number, name: string, args: string): Json {
  const id = `call_${String(head['id']).slice(-12)}${index}`;
  return { id, type: 'function', function: { name, arguments: args } };
}

function finishReason(plan: Plan): string {
  if (plan.cut) return 'length';
  return plan.calls.length > 0 ? 'tool_calls' : 'stop';
}

function usageOf(messages: readonly Json[], completion_tokens: number): Json {
  const prompt_tokens = inputTokensOf(messages.map((message) => textOfContent(message['content'])));
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
