/**
 * The schema of a tool's arguments: a part of JSON Schema that models and MCP clients know, closed where it says nothing.
 * zod reads it; what zod would take and not check is refused in the configuration.
 */
import { z } from 'zod';
import { fieldName } from '../base/field-name.ts';
import { ARGUMENT_NAME } from '../base/placeholder.ts';

const said = { title: z.string().max(200).optional(), description: z.string().max(4000).optional() };
const count = z.int().min(0).max(1_000_000).optional();

/** One value: what stands in `properties` and `items`. */
export type ValueSchema =
  | { readonly type: 'string' | 'integer' | 'number' | 'boolean' }
  | { readonly type: 'array'; readonly items: ValueSchema }
  | InputSchema;

/** The arguments as a whole, or an object in them. */
export interface InputSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, ValueSchema>>;
  readonly required: readonly string[];
  readonly additionalProperties: boolean;
}

const stringSchema = z.strictObject({
  ...said,
  type: z.literal('string'),
  minLength: count,
  maxLength: count,
  enum: z.array(z.string()).min(1).max(1000).optional(),
});
const numberSchema = z.strictObject({
  ...said,
  type: z.enum(['integer', 'number']),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});
const booleanSchema = z.strictObject({ ...said, type: z.literal('boolean') });
const arraySchema = z.strictObject({
  ...said,
  type: z.literal('array'),
  items: z.lazy((): z.ZodType<ValueSchema> => valueSchema),
  minItems: count,
  maxItems: count,
});

/** `inputSchema` of a tool. Other keywords are unknown keys: rules for values stand in `tools.arguments`. */
export const inputSchema = z
  .strictObject({
    ...said,
    type: z.literal('object'),
    properties: z.record(
      z.string().regex(ARGUMENT_NAME, 'must be a letter or _, then letters, digits or _; at most 64'),
      z.lazy((): z.ZodType<ValueSchema> => valueSchema),
    ),
    required: z.array(z.string()).max(256).default([]),
    additionalProperties: z.boolean().default(false),
  })
  .superRefine(({ properties, required }, context) => {
    for (const [i, name] of required.entries()) {
      if (!Object.hasOwn(properties, name))
        context.addIssue({ code: 'custom', path: ['required', i], message: `${name} is no property` });
    }
  });

const valueSchema: z.ZodType<ValueSchema> = z.union([
  stringSchema,
  numberSchema,
  booleanSchema,
  arraySchema,
  inputSchema,
]);

/** Says where the arguments do not fit, by names of the schema (`items[0].name`); undefined: they do. */
export function compileInput(schema: InputSchema): (args: unknown) => string | undefined {
  // What zod calls JSON Schema is wider than what is taken here.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- plain data of the configuration
  const compiled = z.fromJSONSchema(structuredClone(schema) as unknown as z.core.JSONSchema.JSONSchema);
  return (args) => {
    const { error } = compiled.safeParse(args);
    return error && fieldName(error.issues[0]?.path ?? []);
  };
}

/** Whether it is one word on a command line, in a path or in a query. */
export function isScalar(schema: ValueSchema | undefined): boolean {
  return schema !== undefined && schema.type !== 'array' && schema.type !== 'object';
}
