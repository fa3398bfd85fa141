/** The simulator's responses: one object, or the events that build it up. Nothing is kept between calls. */
import { randomBytes } from 'node:crypto';
import {
  countOf,
  functionToolsOf,
  isJson,
  modelOf,
  recordsOf,
  SimulatedError,
  textOfContent,
  type Json,
} from './json-input.ts';
import { inputTokensOf, planAnswer, type Plan, type PlanRequest } from './plan-answer.ts';

interface Draft {
  /** The response as it stands when it is created. */
  readonly opened: Json;
  /** The response at its end. */
  readonly closed: Json;
  readonly plan: Plan;
}

/** @throws SimulatedError 400 */
export function response(body: Json): Json {
  return draft(body).closed;
}

/** Each event with its `type`, numbered from 0. @throws SimulatedError 400 */
export function responseEvents(body: Json): readonly Json[] {
  const { opened, closed, plan } = draft(body);
  const events: Json[] = [
    { type: 'response.created', response: opened },
    { type: 'response.in_progress', response: opened },
  ];
  for (const [index, item] of recordsOf(closed['output']).entries()) {
    const call = plan.calls[index];
    events.push(...(call ? callEvents(item, index, call.pieces) : messageEvents(item, index, plan.pieces)));
  }
  events.push({ type: plan.cut ? 'response.incomplete' : 'response.completed', response: closed });
  return events.map((event, sequence_number) => ({ ...event, sequence_number }));
}

function draft(body: Json): Draft {
  const model = modelOf(body);
  const plan = planAnswer(planRequest(body));
  const id = randomBytes(12).toString('hex');
  const opened: Json = {
    id: `resp_simulated${id}`,
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: body['instructions'] ?? null,
    max_output_tokens: body['max_output_tokens'] ?? null,
    model,
    output: [],
    parallel_tool_calls: body['parallel_tool_calls'] ?? true,
    previous_response_id: body['previous_response_id'] ?? null,
    reasoning: { effort: null, summary: null },
    service_tier: 'default',
    store: body['store'] ?? true,
    temperature: body['temperature'] ?? 1,
    text: body['text'] ?? { format: { type: 'text' } },
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: body['tools'] ?? [],
    top_p: body['top_p'] ?? 1,
    truncation: 'disabled',
    usage: null,
    user: null,
    metadata: body['metadata'] ?? {},
  };
  const status = plan.cut ? 'incomplete' : 'completed';
  const closed: Json = {
    ...opened,
    status,
    incomplete_details: plan.cut ? { reason: 'max_output_tokens' } : null,
    output: outputOf(plan, id, status),
    usage: usageOf(body, plan.outputTokens),
  };
  return { opened, closed, plan };
}

function planRequest(body: Json): PlanRequest {
  const input = body['input'];
  if (typeof input !== 'string' && !Array.isArray(input)) {
    throw new SimulatedError(400, "Missing required parameter: 'input'.", {
      param: 'input',
      code: 'missing_required_parameter',
    });
  }
  const last = typeof input === 'string' ? { role: 'user', content: input } : recordsOf(input).at(-1);
  const text = isJson(body['text']) ? body['text'] : {};
  const format = isJson(text['format']) ? text['format'] : {};
  const schema = format['type'] === 'json_schema' ? (format['schema'] ?? {}) : undefined;
  return {
    said: last?.['role'] === 'user' ? textOfContent(last['content']) : undefined,
    tools: functionToolsOf(body['tools']),
    choice: choiceOf(body['tool_choice']),
    schema: format['type'] === 'json_object' ? {} : schema,
    cap: countOf(body, ['max_output_tokens']),
  };
}

/** Which tools an answer may, must, or must not call. */
export function choiceOf(choice: unknown): PlanRequest['choice'] {
  if (choice === 'none' || choice === 'required') return choice;
  return isJson(choice) && choice['type'] === 'function' && typeof choice['name'] === 'string'
    ? { name: choice['name'] }
    : 'auto';
}

function outputOf(plan: Plan, id: string, status: string): readonly Json[] {
  if (plan.calls.length === 0) {
    const content = [{ type: 'output_text', text: plan.pieces.join(''), annotations: [], logprobs: [] }];
    return [{ id: `msg_${id}`, type: 'message', status, role: 'assistant', content }];
  }
  return plan.calls.map((call, index) => ({
    id: `fc_${id}${index}`,
    type: 'function_call',
    status,
    call_id: `call_${id}${index}`,
    name: call.name,
    arguments: call.pieces.join(''),
  }));
}

function messageEvents(item: Json, output_index: number, pieces: readonly string[]): Json[] {
  const at = { item_id: item['id'], output_index, content_index: 0 };
  const part = recordsOf(item['content'])[0] ?? {};
  return [
    {
      type: 'response.output_item.added',
      output_index,
      item: { ...item, status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    ...pieces.map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...at, text: part['text'], logprobs: [] },
    { type: 'response.content_part.done', ...at, part },
    { type: 'response.output_item.done', output_index, item },
  ];
}

function callEvents(item: Json, output_index: number, pieces: readonly string[]): Json[] {
  const at = { item_id: item['id'], output_index };
  return [
    {
      type: 'response.output_item.added',
      output_index,
      item: { ...item, status: 'in_progress', arguments: '' },
    },
    ...pieces.map((delta) => ({ type: 'response.function_call_arguments.delta', ...at, delta })),
    {
      type: 'response.function_call_arguments.done',
      ...at,
      arguments: item['arguments'],
    },
    { type: 'response.output_item.done', output_index, item },
  ];
}

function usageOf(body: Json, output_tokens: number): Json {
  const input = body['input'];
  const texts =
    typeof input === 'string'
      ? [input]
      : recordsOf(input).map((item) => textOfContent(item['content'] ?? item['output']));
  if (typeof body['instructions'] === 'string') texts.push(body['instructions']);
  const input_tokens = inputTokensOf(texts);
  return {
    input_tokens,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input_tokens + output_tokens,
  };
}
