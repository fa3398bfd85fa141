/** Which tools may be declared: by name, from policy and from the key. */
import { z } from 'zod';
import { Refusal } from '../base/errors.ts';
import type { Caller } from './caller.ts';

const names = z.array(z.string().min(1).max(128));

export const toolsSchema = z.strictObject({
  /** What holds for functions in none of the lists. */
  default: z.enum(['allow', 'deny']).default('allow'),
  allow: names.default([]),
  deny: names.default([]),
  needsApproval: names.default([]),
});
export type ToolsSettings = z.infer<typeof toolsSchema>;

/**
 * Checks the names of all functions that a request declares.
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

/** Names of the functions declared in a request body, wherever the description puts them. */
export function declaredTools(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || !('tools' in value) || !Array.isArray(value.tools))
    return [];
  const found: string[] = [];
  for (const tool of value.tools as unknown[]) {
    if (typeof tool !== 'object' || tool === null) continue;
    const inner = 'function' in tool && typeof tool.function === 'object' ? tool.function : tool;
    if (inner !== null && 'name' in inner && typeof inner.name === 'string') found.push(inner.name);
  }
  return found;
}
