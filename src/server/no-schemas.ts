/**
 * What Fastify is told of schemas: there are none, as everything is checked by zod. Its own compilers, a tenth of all
 * modules, are not loaded then; a route that has a schema all the same is a fault at start.
 */

function never(): never {
  throw new Error('bodies are checked by zod: no route has a schema');
}

/** For `schemaController`. */
export const NO_SCHEMAS = {
  compilersFactory: { buildValidator: () => never, buildSerializer: () => never },
};
