/** What tests start: the programs of the house as built for this run, or the sources where nothing was built. */
import { join, resolve } from 'node:path';

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
