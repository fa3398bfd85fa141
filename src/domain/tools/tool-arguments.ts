/**
 * What the arguments of a tool call may say: rules of the operator's at places in them. Reads them as strictly as a request,
 * so that the tool cannot read them otherwise. Never repairs, and never tells what was written.
 */
import { z } from 'zod';
import { Refusal } from '../../base/errors.ts';
import { patternOf, patternSchema } from '../../base/pattern.ts';
import { child } from '../../openai/child.ts';
import { parseJson } from '../../openai/json.ts';
import { allowedPath, pathRuleSchema } from './path-rule.ts';

/** One rule; all that it says must hold of every value at its place. */
const ruleSchema = z
  .strictObject({
    /** JSON pointer (RFC 6901) into the arguments; a step `*` is every element or member. '' is the whole. */
    pointer: z
      .string()
      .max(256)
      .regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'is not a JSON pointer'),
    /** Nothing at that place, or null, is allowed as well. */
    optional: z.boolean().default(false),
    /** RE2 syntax; a string must match it as a whole. */
    pattern: patternSchema.optional(),
    enum: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .min(1)
      .max(1000)
      .optional(),
    /** Bounds of a number, inclusive; digits in a string are no number. */
    min: z.number().optional(),
    max: z.number().optional(),
    /** UTF-16 units of a string, elements of an array. */
    lengthMax: z.int().min(0).optional(),
    path: pathRuleSchema.optional(),
  })
  .refine((rule) => Object.keys(rule).some((key) => key !== 'pointer' && key !== 'optional'), {
    error: 'says nothing about the value: pattern, enum, min, max, lengthMax or path',
  });
/** A rule after its schema. */
export type ArgumentRule = z.infer<typeof ruleSchema>;

/** Rules by name of the tool; those under `*` hold for all. */
export const argumentsSchema = z.record(z.string().min(1).max(128), z.array(ruleSchema).max(64));

/** `text` of a custom tool is not JSON: it is the value at ''. */
export type ArgumentsForm = 'json' | 'text';

/** The pointer of the first rule that does not hold; '' for arguments that have not one reading. Undefined: all hold. */
export function brokenRule(
  text: string,
  rules: readonly ArgumentRule[],
  form: ArgumentsForm = 'json',
): string | undefined {
  if (rules.length === 0) return undefined;
  const read = form === 'text' ? { value: text } : readArguments(text);
  if (!read) return '';
  return rules.find((rule) => !holds(read.value, stepsOf(rule.pointer), rule))?.pointer;
}

function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function readArguments(text: string): { readonly value: unknown } | undefined {
  try {
    return parseJson(Buffer.from(text));
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function holds(value: unknown, [step, ...rest]: readonly string[], rule: ArgumentRule): boolean {
  if (value === null && rule.optional) return true;
  if (step === undefined) return isWithin(value, rule);
  if (typeof value !== 'object' || value === null) return false;
  if (step === '*') return Object.values(value).every((each) => holds(each, rest, rule));
  const names = Object.keys(value);
  if (!names.includes(step)) return rule.optional && !names.some((name) => isAlike(name, step));
  // A reader that does not heed the case of names, of which there are, would find the other.
  if (names.some((name) => name !== step && isAlike(name, step))) return false;
  return holds(child(value, Array.isArray(value) ? Number(step) : step), rest, rule);
}

function isAlike(name: string, other: string): boolean {
  return folded(name) === folded(other);
}

/** Both ways: Go's decoder takes `ſ` and the sign of Kelvin for the letters that they become (encoding/json, foldName). */
function folded(name: string): string {
  return name.toUpperCase().toLowerCase();
}

function isWithin(value: unknown, rule: ArgumentRule): boolean {
  const { pattern, min, max, lengthMax, path } = rule;
  const isText = typeof value === 'string';
  if (rule.enum !== undefined && !rule.enum.some((each) => each === value)) return false;
  if (pattern !== undefined && !(isText && patternOf(pattern).matches(value))) return false;
  if (path !== undefined && !(isText && allowedPath(value, path) !== undefined)) return false;
  if (lengthMax !== undefined && !((isText || Array.isArray(value)) && value.length <= lengthMax))
    return false;
  if (min === undefined && max === undefined) return true;
  return typeof value === 'number' && value >= (min ?? -Infinity) && value <= (max ?? Infinity);
}
