/**
 * Tools that upstream runs itself: it calls them as often as it likes and reads the whole input again each time.
 * A type that nobody knows is one of them, so that a new tool is never free.
 */
import { Refusal } from '../base/errors.ts';
import { isRecord } from './child.ts';

/** The types that are known; those that are dated mean the same. */
export const HOSTED_TOOLS: readonly string[] = [
  'web_search',
  'web_search_2025_08_26',
  'web_search_preview',
  'web_search_preview_2025_03_11',
  'file_search',
  'code_interpreter',
  'image_generation',
  'mcp',
  'shell',
  'tool_search',
  'programmatic_tool_calling',
];

/** Types whose calls end the answer and are carried out by the caller. */
const CALLER_TOOLS: ReadonlySet<string> = new Set([
  'function',
  'custom',
  'namespace',
  'local_shell',
  'apply_patch',
  'computer',
  'computer_use_preview',
]);

export interface ToolFacts {
  /** Types upstream runs, each once, in the order they came. */
  readonly hosted: readonly string[];
  /** Tools of every kind, those inside namespaces among them. */
  readonly count: number;
  /** The largest `memory_limit`, one that is no size before all others. */
  readonly memory?: string | undefined;
}

/** What costs without being in a list of tools. */
const ALONE = ['web_search_options', 'multi_agent', 'context_management', 'memory_limit'];
const NO_TOOLS: ToolFacts = { hosted: [], count: 0 };

/**
 * What a body declares, wherever the description has a list of tools: `tools`, the items `additional_tools` and
 * `tool_search_output`, namespaces; and what chat declares by other fields.
 * @throws request.invalid_field for a list of tools that is none
 */
export function readTools(body: Readonly<Record<string, unknown>>): ToolFacts {
  const tools = [body, ...declaring(body['input'])].flatMap((holder) => listed(holder['tools']));
  if (tools.length === 0 && !ALONE.some((name) => Object.hasOwn(body, name))) return NO_TOOLS;
  const hosted = new Set(tools.filter((tool) => isHosted(tool)).map((tool) => String(tool['type'])));
  if (isRecord(body['web_search_options'])) hosted.add('web_search');
  if (isRecord(body['multi_agent'])) hosted.add('multi_agent');
  // A context that is compacted on the way is read once more each time.
  const management = body['context_management'];
  if (Array.isArray(management) && management.length > 0) hosted.add('context_management');
  const sizes = [body, ...tools.flatMap((tool) => [tool['container'], tool['environment']])].flatMap((of) =>
    isRecord(of) && typeof of['memory_limit'] === 'string' ? [of['memory_limit']] : [],
  );
  const [memory] = sizes.sort((a, b) => gigabytes(b) - gigabytes(a));
  return { hosted: [...hosted], count: tools.length, memory };
}

/** The items of an input that may declare tools; what a server listed before is history, and has no types. */
function declaring(input: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(input)
    ? input.filter((item) => isRecord(item) && item['type'] !== 'mcp_list_tools')
    : [];
}

function listed(tools: unknown): Readonly<Record<string, unknown>>[] {
  if (tools === undefined || tools === null) return [];
  if (!Array.isArray(tools)) throw new Refusal('request.invalid_field', { param: 'tools' });
  return tools.flatMap((tool: unknown) => {
    if (!isRecord(tool) || typeof tool['type'] !== 'string') {
      throw new Refusal('request.invalid_field', { param: 'tools' });
    }
    return [tool, ...listed(tool['tools'])];
  });
}

/** Whether upstream carries out its calls itself: nobody here sees them before they are made. */
export function isHosted(tool: Readonly<Record<string, unknown>>): boolean {
  const type = String(tool['type']);
  if (type === 'shell') return !(isRecord(tool['environment']) && tool['environment']['type'] === 'local');
  if (type === 'tool_search') return tool['execution'] !== 'client';
  return !CALLER_TOOLS.has(type);
}

function gigabytes(limit: string): number {
  return /^\d{1,4}g$/.test(limit) ? Number.parseInt(limit, 10) : Infinity;
}
