/** Which tools may be declared: by name, or by type where they have none, from policy and from the key. */
import { z } from 'zod';
import { Refusal } from '../base/errors.ts';
import type { Leaf, Place } from '../openai/body.ts';
import type { Caller } from './caller.ts';

const names = z.array(z.string().min(1).max(128));

/** The section `tools` of the configuration. */
export const toolsSchema = z.strictObject({
  /** What holds for tools in none of the lists. */
  default: z.enum(['allow', 'deny']).default('allow'),
  allow: names.default([]),
  deny: names.default([]),
  needsApproval: names.default([]),
});
/** The section after its schema. */
export type ToolsSettings = z.infer<typeof toolsSchema>;

/**
 * Checks all tools that a request declares.
 * @throws tool.denied
 */
export function checkTools(caller: Caller, declared: readonly string[], settings: ToolsSettings): void {
  for (const name of declared) {
    const listed = settings.allow.includes(name) || settings.needsApproval.includes(name);
    const denied = settings.deny.includes(name) || (settings.default === 'deny' && !listed);
    const outside = caller.key?.tools !== undefined && !caller.key.tools.includes(name);
    if (denied || outside) throw new Refusal('tool.denied', { param: 'tools' });
  }
}

/** Arrays of declarations: of a call, of a session in it, of a namespace, of what a search of tools found. */
const LISTS = new Set(['tools', 'functions', 'additional_tools']);
/** What holds the name inside of a declaration, where it does not stand there itself. */
const HOLDERS = new Set(['function', 'custom']);

/** Types whose tools have names of their own. */
const NAMED = new Set(['function', 'custom', 'namespace']);
/** What chat declares without a list. */
const SEARCH = 'web_search_options';

/**
 * The tools declared anywhere in a request body: functions by name, all others (`web_search`, `mcp`, `shell`…) by type,
 * without `_preview` and date. Too many rather than too few.
 */
export function declaredTools(leaves: readonly Leaf[]): string[] {
  return leaves.flatMap(({ at, isKey, value }) => {
    if (isKey) return at?.key === SEARCH && !at.parent?.parent ? ['web_search'] : [];
    if (at?.key === 'name' && declares(at.parent)) return [value];
    return at?.key === 'type' && !NAMED.has(value) && isListed(at.parent) ? [plainType(value)] : [];
  });
}

function plainType(type: string): string {
  return type.replace(/(?:_preview)?(?:_\d{4}_\d{2}_\d{2})?$/, '');
}

function declares(place: Place | undefined): boolean {
  const tool = typeof place?.key === 'string' && HOLDERS.has(place.key) ? place.parent : place;
  return isListed(tool);
}

function isListed(tool: Place | undefined): boolean {
  const list = tool?.parent?.key;
  return typeof tool?.key === 'number' && typeof list === 'string' && LISTS.has(list);
}
