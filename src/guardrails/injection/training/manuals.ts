/**
 * Honest text that tells its reader what to do, to train on: manuals and lists of changes of the packages in the lock file.
 * Packages that only some machines have are left out, so that the same lock file gives the same texts.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalise } from '../../canonical.ts';
import { type Example, foldOf } from './corpus.ts';

const ROOT = join(import.meta.dirname, '../../../..');
/** Units of a piece, about; paragraphs are not cut. */
const PIECE = 700;
/** Pieces of one package, spread over all it has. */
const PIECES_MAX = 400;

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ optional: z.boolean().optional() })),
});

/** Pieces of some paragraphs; no order to a model, whoever says it. */
export function manuals(): Example[] {
  const lock = lockSchema.parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
  const seen = new Set<string>();
  return Object.entries(lock.packages)
    .filter(([path, { optional }]) => path !== '' && optional !== true && existsSync(join(ROOT, path)))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path]) => spread(piecesIn(join(ROOT, path))))
    .flatMap((piece) => {
      const text = canonicalise(piece).text;
      if (seen.has(text)) return [];
      seen.add(text);
      const labels = { override: 0, persona: 0, untrusted: 0 } as const;
      return [{ text, source: 'manuals', kind: 'benign_doc', fold: foldOf('manuals'), labels }];
    });
}

/** Of all Markdown of a package, file by file. */
function piecesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
    .sort()
    .flatMap((name) => pieces(readFileSync(join(folder, name), 'utf8')));
}

function pieces(text: string): string[] {
  const found: string[] = [];
  let piece = '';
  for (const paragraph of text.split(/\n\s*\n/)) {
    piece += `${paragraph}\n\n`;
    if (piece.length < PIECE) continue;
    found.push(piece.slice(0, 4 * PIECE).trim());
    piece = '';
  }
  return piece.trim().length >= 80 ? [...found, piece.trim()] : found;
}

function spread(all: readonly string[]): readonly string[] {
  const step = Math.max(1, Math.ceil(all.length / PIECES_MAX));
  return all.filter((_, at) => at % step === 0);
}
