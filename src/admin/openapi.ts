/** The description of the admin API, made from its table. */
import { z } from 'zod';
import { ADMIN_ROUTES } from './routes.ts';
import type { MediaType, Route } from './route.ts';

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

const errorSchema = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: {
        message: { type: 'string' },
        type: { type: 'string' },
        param: { type: ['string', 'null'] },
        code: { type: ['string', 'null'] },
      },
    },
  },
};

const JSON_ONLY: readonly MediaType[] = ['application/json'];

const answer = (description: string, schema: object, mediaTypes = JSON_ONLY) => ({
  description,
  content: Object.fromEntries(
    mediaTypes.map((type) => [type, { schema: type === 'application/json' ? schema : { type: 'string' } }]),
  ),
});

function operationOf(route: Route): object {
  const { $schema: _, ...schema } = z.toJSONSchema(route.input, { io: 'input' });
  const { properties = {}, required = [] }: ObjectSchema = schema;
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
  const query = Object.entries(properties).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: property,
  }));
  const inQuery = route.method !== 'POST' && route.method !== 'PUT';
  return {
    summary: route.summary,
    'x-permission': route.permission,
    parameters: [...(route.path.includes(':id') ? [id] : []), ...(inQuery ? query : [])],
    ...(!inQuery && { requestBody: { required: true, content: { 'application/json': { schema } } } }),
    responses: {
      [route.status]: answer('Done.', { type: 'object' }, route.mediaTypes),
      default: answer('Refused.', errorSchema),
    },
  };
}

/** OpenAPI 3.1. */
export function adminOpenApi(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of ADMIN_ROUTES) {
    const path = route.path.replace(':id', '{id}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Sallyport admin API', version: '1' },
    security: [{ key: [] }],
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    paths,
  };
}
