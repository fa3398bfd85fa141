/** Labelled texts to measure guardrails on, from a folder of `*.jsonl` and `*.jsonl.gz`; other rows are left out. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Trust } from '../../src/base/finding.ts';

const injectionRow = z.object({
  text: z.string(),
  label: z.union([z.literal(0), z.literal(1)]),
  source: z.string(),
  kind: z.string().default(''),
  role: z.string().optional(),
});
const entityRow = z.object({
  text: z.string(),
  /** Offsets in UTF-16 units, half-open. */
  entities: z.array(z.object({ start: z.int(), end: z.int(), type: z.string() })),
  source: z.string(),
});

export type InjectionRow = z.infer<typeof injectionRow>;
export type EntityRow = z.infer<typeof entityRow>;

export interface LabelledRows {
  readonly injection: readonly InjectionRow[];
  readonly entities: readonly EntityRow[];
}

export function readLabelledRows(folder: string): LabelledRows {
  const injection: InjectionRow[] = [];
  const entities: EntityRow[] = [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((each) => /\.jsonl(?:\.gz)?$/.test(each)).sort()) {
    const bytes = readFileSync(join(folder, name));
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    for (const line of text.split('\n').filter(Boolean)) {
      const value: unknown = JSON.parse(line);
      const attack = injectionRow.safeParse(value);
      if (attack.success) injection.push(attack.data);
      const personal = attack.success ? undefined : entityRow.safeParse(value);
      if (personal?.success) entities.push(personal.data);
    }
  }
  return { injection, entities };
}

/** Who is taken to have said it: what the row says, else tools for results, documents and mail, else the user. */
export function trustOf({ role, kind }: InjectionRow): Trust {
  if (role !== undefined) return role === 'tool' ? 'tool' : 'user';
  return /^(?:indirect|benign_(?:tool|doc|secdoc|email))/.test(kind) ? 'tool' : 'user';
}
