/** Reading a request the simulator was sent: tolerant of what it does not know, strict where OpenAI is. */

export type Json = Readonly<Record<string, unknown>>;

/** An answer of the simulator's that is an error, in OpenAI's shape. */
export class SimulatedError extends Error {
  readonly status: number;
  readonly body: {
    readonly error: { message: string; type: string; param: string | null; code: string | null };
  };
  constructor(status: number, message: string, more: { param?: string; code?: string } = {}) {
    super(message);
    this.name = 'SimulatedError';
    this.status = status;
    this.body = {
      error: { message, type: 'invalid_request_error', param: more.param ?? null, code: more.code ?? null },
    };
  }
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function recordsOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

/** The functions among tools that are declared flat, as responses and live sessions have them. */
export function functionToolsOf(tools: unknown): readonly { name: string; parameters: unknown }[] {
  return recordsOf(tools).flatMap(({ type, name, parameters }) =>
    type === 'function' && typeof name === 'string' ? [{ name, parameters }] : [],
  );
}

/** @throws SimulatedError 400 if no model is named */
export function modelOf(body: Json): string {
  if (typeof body['model'] === 'string' && body['model']) return body['model'];
  throw new SimulatedError(400, 'you must provide a model parameter', {
    param: 'model',
    code: 'missing_required_parameter',
  });
}

/** The first of the fields that is there; all must be integers ≥ 1. @throws SimulatedError 400 */
export function countOf(body: Json, fields: readonly string[]): number | undefined {
  for (const param of fields) {
    const value = body[param];
    if (value === undefined || value === null) continue;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
    throw new SimulatedError(400, `Invalid '${param}': expected an integer of at least 1.`, {
      param,
      code: 'invalid_value',
    });
  }
  return undefined;
}

/** The text of a content that is a string or a list of parts. */
export function textOfContent(content: unknown): string {
  if (typeof content === 'string') return content;
  return recordsOf(content)
    .map((part) => (typeof part['text'] === 'string' ? part['text'] : ''))
    .join('');
}
