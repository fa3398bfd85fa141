/** What tests start: the programs of the house as built for this run, or the sources where nothing was built. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '../..');
const BUILT = process.env['SALLYPORT_BUILT'];

/** The file to give to Node. */
export function program(name: 'main' | 'cli'): string {
  return BUILT === undefined ? `src/${name}.ts` : join(BUILT, 'dist', `${name}.js`);
}

/** Of what V8 compiles: a start costs less again. */
export const COMPILED = {
  NODE_COMPILE_CACHE: join(BUILT ?? join(ROOT, 'node_modules/.cache/sallyport'), 'compiled'),
};

const packageSchema = z.object({ scripts: z.object({ start: z.string() }) });

/** What `npm start` tells V8: for what is measured, and for what ships. Short lives are shorter without. */
export function shippedFlags(): string[] {
  const { scripts } = packageSchema.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  return scripts.start.split(' ').filter((word) => word.startsWith('--') && !word.startsWith('--env-file'));
}
