/** The section `toolServer` of the configuration: which tools there are, what they take, how each is run. */
import { z } from 'zod';
import { ARGUMENT_NAME } from '../base/placeholder.ts';
import { inputSchema, type InputSchema, isScalar } from './input-schema.ts';

/** What every tool has; how it is run is an engine's own schema. */
const toolShape = {
  /** Models choose by it. */
  description: z.string().min(1).max(4000),
  inputSchema,
  timeoutMs: z.int().min(10).max(600_000).default(10_000),
  /** Of what it says; beyond it there is no answer. */
  outputBytesMax: z.int().min(1).max(16_777_216).default(262_144),
};

/** Where arguments go in a way of running a tool, by what its engine says of it. */
export interface ArgumentPlaces {
  /** As one word each: a required scalar. */
  readonly words: readonly string[];
  /** Whether all the others must be scalars as well, or are left out altogether. */
  readonly others: 'any' | 'scalars' | 'none';
}

const TOOL_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** @param run the ways of running a tool; @param placesOf of one of them */
export function toolServerSchema<Run extends z.ZodType>(
  run: Run,
  placesOf: (run: z.output<Run>) => ArgumentPlaces,
) {
  const tool = z.strictObject({ ...toolShape, run }).superRefine((given, context) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the schema of `run` left it
    const places = placesOf((given as { run: z.output<Run> }).run);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same of `inputSchema`
    for (const message of misplaced((given as { inputSchema: InputSchema }).inputSchema, places))
      context.addIssue({ code: 'custom', path: ['run'], message });
  });
  return z.strictObject({
    tools: z
      .record(z.string().regex(TOOL_NAME, 'must be letters, digits, _ or -, at most 64'), tool)
      .refine((tools) => Object.keys(tools).length <= 256, 'are more than 256 tools'),
    /** The program that makes the sandbox. */
    bubblewrap: z.string().regex(/^\//, 'must be a whole path').default('/usr/bin/bwrap'),
    /** Runs at a time, of all tools together; one more is refused with edge.busy. */
    runsMax: z.int().min(1).max(1024).default(16),
  });
}

function misplaced(input: InputSchema, { words, others }: ArgumentPlaces): string[] {
  const { properties, required, additionalProperties } = input;
  const rest = Object.keys(properties).filter((name) => !words.includes(name));
  return [
    ...words
      .filter((name) => ARGUMENT_NAME.test(name) && !(required.includes(name) && isScalar(properties[name])))
      .map((name) => `{${name}} must be a required string, number or boolean of inputSchema`),
    ...rest
      .filter((name) => others === 'none' || (others === 'scalars' && !isScalar(properties[name])))
      .map((name) => `${name} of inputSchema ${others === 'none' ? 'is used nowhere' : 'must be a scalar'}`),
    ...(additionalProperties && others !== 'any' ? ['additionalProperties must be false here'] : []),
  ];
}
