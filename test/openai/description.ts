/** OpenAI's description of its requests as facts, read from `description.txt`; `derive-description.ts` made it. */
import { readFileSync } from 'node:fs';

/** s: string, n: number, b: truth value, f: bytes of a file, x: anything. */
export type Shape =
  | 's'
  | 'n'
  | 'b'
  | 'f'
  | 'x'
  /** One of these words. */
  | { readonly e: readonly string[] }
  /** Another shape, by name. */
  | { readonly r: string }
  /** An array. */
  | { readonly a: Shape }
  /** One of these. */
  | { readonly u: readonly Shape[] }
  /** All of these at once. */
  | { readonly i: readonly Shape[] }
  | ObjectShape;

export interface ObjectShape {
  readonly o: Readonly<Record<string, Shape>>;
  /** Required. */
  readonly q?: readonly string[];
  /** What stands under keys of the caller's own choice. */
  readonly m?: Shape;
}

export interface OperationShape {
  readonly query: readonly string[];
  /** By content type. */
  readonly bodies: Readonly<Record<string, Shape>>;
}

const lines = readFileSync(new URL('description.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const entries = lines.map((line) => {
  const [name = '', json = ''] = line.split('\t');
  return [name, json] as const;
});

/** By `METHOD /path`, administration left out. */
export const OPERATIONS: ReadonlyMap<string, OperationShape> = new Map(
  entries.filter(([name]) => name.includes(' ')).map(([name, json]) => [name, JSON.parse(json)]),
);

const schemas: ReadonlyMap<string, Shape> = new Map(
  entries.filter(([name]) => !name.includes(' ')).map(([name, json]) => [name, JSON.parse(json)]),
);

export function schemaOf(name: string): Shape {
  return schemas.get(name) ?? 'x';
}
