/** What a simulated model decides before it speaks, for chat completions and responses alike: a text or tool calls. */
import { sampleOfSchema } from './sample-of-schema.ts';
import { answerTo, countTokens, cutTo } from './wording.ts';

export interface FunctionTool {
  readonly name: string;
  readonly parameters: unknown;
}

export interface PlanRequest {
  /** The last thing the caller said; undefined if the last turn is a tool's result. */
  readonly said: string | undefined;
  readonly tools: readonly FunctionTool[];
  /** `auto`, `none`, `required`, or the name of one tool. */
  readonly choice: 'auto' | 'none' | 'required' | { readonly name: string };
  /** Schema of a structured output, `{}` for any JSON object. */
  readonly schema?: unknown;
  /** Output cap in tokens. */
  readonly cap: number | undefined;
}

export interface PlannedCall {
  readonly name: string;
  /** JSON, in the pieces it is streamed by. */
  readonly pieces: readonly string[];
}

export interface Plan {
  readonly calls: readonly PlannedCall[];
  readonly pieces: readonly string[];
  readonly cut: boolean;
  readonly outputTokens: number;
}

/** Calls tools if one is forced, or if the caller's last words name one or ask for a tool; else says a text. */
export function planAnswer(request: PlanRequest): Plan {
  const chosen = chooseTools(request);
  if (chosen.length === 0) {
    const { pieces, cut } = cutTo(textOf(request), request.cap);
    return { calls: [], pieces, cut, outputTokens: pieces.length };
  }
  const calls: PlannedCall[] = [];
  let left = request.cap ?? Number.POSITIVE_INFINITY;
  let cut = false;
  for (const tool of chosen) {
    const part = cutTo(JSON.stringify(sampleOfSchema(tool.parameters) ?? {}), left);
    calls.push({ name: tool.name, pieces: part.pieces });
    left -= part.pieces.length;
    cut ||= part.cut;
  }
  const outputTokens = calls.reduce((sum, call) => sum + call.pieces.length, 0);
  return { calls, pieces: [], cut, outputTokens };
}

function chooseTools({ tools, choice, said }: PlanRequest): readonly FunctionTool[] {
  if (choice === 'none' || tools.length === 0) return [];
  if (typeof choice === 'object') return tools.filter((tool) => tool.name === choice.name);
  const named = tools.filter((tool) => said?.toLowerCase().includes(tool.name.toLowerCase()));
  if (named.length > 0) return named;
  const asked = said !== undefined && /\b(?:call|use|invoke|run)\b.{0,40}\b(?:tool|function)/is.test(said);
  return asked || choice === 'required' ? tools.slice(0, 1) : [];
}

function textOf(request: PlanRequest): string {
  if (request.schema !== undefined) {
    const value = sampleOfSchema(request.schema) ?? { simulator: true };
    return JSON.stringify(value);
  }
  return answerTo(request.said ?? 'a tool answered.');
}

/** Tokens of an input: its strings, plus four for each message, as OpenAI counts its own framing. */
export function inputTokensOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + countTokens(text) + 4, 0);
}
