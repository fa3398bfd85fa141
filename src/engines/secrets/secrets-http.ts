/** The calls that secret managers take at the start: one answer of JSON, in time, of this shape; nothing of it in an error. */
import type { z } from 'zod';

/** The whole start waits for it. */
const CALL_MS_MAX = 5_000;
const ANSWER_CHARS_MAX = 262_144;

type Init = Omit<RequestInit, 'signal' | 'redirect'>;

/** @throws Error that names the host and the status */
export async function askForJson<T>(
  request: string | Request,
  shape: z.ZodType<T>,
  init: Init = {},
): Promise<T> {
  const parsed = shape.safeParse(parsedOf(await askForText(request, init)));
  if (!parsed.success) throw new Error(`${hostOf(request)} answered in another form`);
  return parsed.data;
}

/** @throws Error that names the host and the status */
export async function askForText(request: string | Request, init: Init = {}): Promise<string> {
  const bounds = { redirect: 'error', signal: AbortSignal.timeout(CALL_MS_MAX) } as const;
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(request, { ...init, ...bounds });
    text = await answer.text();
  } catch {
    throw new Error(`${hostOf(request)} cannot be reached`);
  }
  if (!answer.ok) throw new Error(`${hostOf(request)} answered ${answer.status}`);
  if (text.length > ANSWER_CHARS_MAX) throw new Error(`${hostOf(request)} answered too much`);
  return text;
}

function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hostOf(request: string | Request): string {
  return new URL(typeof request === 'string' ? request : request.url).host;
}
