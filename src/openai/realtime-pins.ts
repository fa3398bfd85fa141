/**
 * What a client secret has fixed of a session: whoever holds it may narrow these settings, never widen them. What the secret
 * says nothing of stays open, within the rules of the house.
 */
import { isDeepStrictEqual } from 'node:util';
import { Refusal } from '../base/errors.ts';
import { child, isRecord } from './child.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Roles that are heard like instructions. */
const INSTRUCTING: ReadonlySet<unknown> = new Set(['system', 'developer']);

/**
 * Checks one event of a session's caller.
 * @param pinned the settings that the secret was made with
 * @throws request.parameter (`param` says which)
 */
export function checkPins(event: unknown, pinned: Fields): void {
  const type = child(event, 'type');
  const name = type === 'session.update' ? 'session' : type === 'response.create' ? 'response' : 'item';
  const holder = child(event, name);
  if (!isRecord(holder)) return;
  if (has(pinned, 'instructions')) checkInstructed(holder, name);
  if (name === 'item') return;
  for (const [field, allows] of RULES) {
    const wanted = holder[field];
    if (wanted !== undefined && has(pinned, field) && !allows(wanted, pinned[field]))
      throw refused(`${name}.${field}`);
  }
}

/** By field: whether a value stays within what was fixed. */
const RULES: readonly (readonly [field: string, allows: (wanted: unknown, pinned: unknown) => boolean])[] = [
  ['model', isDeepStrictEqual],
  ['instructions', isDeepStrictEqual],
  ['tools', isPartOf],
  ['tool_choice', (wanted, pinned) => wanted === 'none' || isDeepStrictEqual(wanted, pinned)],
  ['max_output_tokens', isNoMore],
];

function has(pinned: Fields, field: string): boolean {
  return (pinned[field] ?? undefined) !== undefined;
}

function isPartOf(wanted: unknown, pinned: unknown): boolean {
  if (!Array.isArray(wanted) || !Array.isArray(pinned)) return false;
  return wanted.every((tool) => pinned.some((one) => isDeepStrictEqual(tool, one)));
}

function isNoMore(wanted: unknown, pinned: unknown): boolean {
  return pinned === 'inf' || (typeof wanted === 'number' && typeof pinned === 'number' && wanted <= pinned);
}

/** Messages that speak in the place of instructions, also those that a response is asked to read. */
function checkInstructed(holder: Fields, name: string): void {
  const { input } = holder;
  const items = name === 'item' ? [holder] : Array.isArray(input) ? input : [];
  if (items.some((item) => INSTRUCTING.has(child(item, 'role'))))
    throw refused(name === 'item' ? 'item.role' : `${name}.input`);
}

function refused(param: string): Refusal {
  return new Refusal('request.parameter', { param });
}
