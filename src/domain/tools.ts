/** Which tools may be declared: by name, from policy and from the key. */
import { z } from 'zod';
import { Refusal } from '../base/errors.ts';
import type { Leaf, Place } from '../openai/body.ts';
import type { Caller } from './caller.ts';

const names = z.array(z.string().min(1).max(128));

/** The section `tools` of the configuration. */
export const toolsSchema = z.strictObject({
  /** What holds for functions in none of the lists. */
  default: z.enum(['allow', 'deny']).default('allow'),
  allow: names.default([]),
  deny: names.default([]),
  needsApproval: names.default([]),
});
/** The section after its schema. */
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

/** Arrays of declarations: of a call, of a session in it, of a namespace, of what a search of tools found. */
const LISTS = new Set(['tools', 'functions', 'additional_tools']);
/** What holds the name inside of a declaration, where it does not stand there itself. */
const HOLDERS = new Set(['function', 'custom']);

/** Names of the functions declared anywhere in a request body; too many rather than too few. */
export function declaredTools(leaves: readonly Leaf[]): string[] {
  return leaves.flatMap(({ at, isKey, value }) =>
    !isKey && at?.key === 'name' && declares(at.parent) ? [value] : [],
  );
}

function declares(place: Place | undefined): boolean {
  const tool = typeof place?.key === 'string' && HOLDERS.has(place.key) ? place.parent : place;
  const list = tool?.parent?.key;
  return typeof tool?.key === 'number' && typeof list === 'string' && LISTS.has(list);
}
