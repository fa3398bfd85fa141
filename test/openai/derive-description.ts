/**
 * Makes `description.txt` from OpenAI's OpenAPI document: of each operation its query, and the shape of its body, as
 * facts for the tests. Names, types and enumerations only; never a sentence. Run it by hand when the document changes:
 * `node test/openai/derive-description.ts openapi.json > test/openai/description.txt`.
 */
import { readFileSync } from 'node:fs';
import type { OperationShape, Shape } from './description.ts';

type Node = Readonly<Record<string, unknown>>;

const METHODS = ['get', 'post', 'delete'];
const REFERENCE = '#/components/schemas/';

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const nodes = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);
const at = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>((inner, key) => (isNode(inner) ? inner[key] : undefined), value);

/** The shape of a schema, one level deep: what it refers to by name stays a name. */
function shapeOf(schema: Node): Shape {
  const { $ref: reference, enum: values, const: one, type } = schema;
  if (typeof reference === 'string') return { r: reference.slice(REFERENCE.length) };
  // A variant that says no more than what is required of the object around it is no shape of its own.
  const variants = [...nodes(schema['anyOf']), ...nodes(schema['oneOf'])].filter(
    (each) => each['type'] !== 'null' && Object.keys(each).some((key) => key !== 'required'),
  );
  const parts = nodes(schema['allOf']);
  if (parts.length > 0) return { i: [...parts.map(shapeOf), ...ownShape(schema, variants)] };
  if (variants.length > 0) return { u: [...variants.map(shapeOf), ...ownShape(schema, [])] };
  if (Array.isArray(values) || one !== undefined) {
    const words = (Array.isArray(values) ? values : [one]).filter((word) => word !== null);
    return words.every((word) => typeof word === 'string') ? { e: words } : 'n';
  }
  const types = (Array.isArray(type) ? type : [type]).filter((each) => each !== 'null');
  if (types.length > 1) return { u: types.map((each) => shapeOf({ ...schema, type: each })) };
  return typed(schema, types[0]);
}

/** What stands beside `allOf` or `anyOf` in the same schema. */
function ownShape(schema: Node, variants: readonly Node[]): Shape[] {
  const unions = variants.length > 0 ? [{ u: variants.map(shapeOf) }] : [];
  return isNode(schema['properties']) ? [...unions, objectShape(schema)] : unions;
}

function typed(schema: Node, type: unknown): Shape {
  if (type === 'string') return schema['format'] === 'binary' ? 'f' : 's';
  if (type === 'integer' || type === 'number') return 'n';
  if (type === 'boolean') return 'b';
  if (type === 'array') return { a: isNode(schema['items']) ? shapeOf(schema['items']) : 'x' };
  const isObject = type === 'object' || 'properties' in schema || 'additionalProperties' in schema;
  return isObject ? objectShape(schema) : 'x';
}

function objectShape(schema: Node): Shape {
  const { properties, additionalProperties: more, required } = schema;
  const own = isNode(properties) ? properties : {};
  const fields = Object.entries(own).flatMap(([name, inner]) =>
    isNode(inner) && inner['readOnly'] !== true ? [[name, shapeOf(inner)] as const] : [],
  );
  const free = isNode(more) && Object.keys(more).length > 0 ? shapeOf(more) : 'x';
  const names = Array.isArray(required) ? required.map(String) : [];
  return {
    o: Object.fromEntries(fields),
    ...(names.length > 0 && { q: names }),
    ...((isNode(more) || more === true || fields.length === 0) && more !== false && { m: free }),
  };
}

function namesIn(shape: Shape): string[] {
  if (typeof shape === 'string') return [];
  if ('r' in shape) return [shape.r];
  if ('a' in shape) return namesIn(shape.a);
  if ('u' in shape) return shape.u.flatMap(namesIn);
  if ('i' in shape) return shape.i.flatMap(namesIn);
  if ('e' in shape) return [];
  return [...Object.values(shape.o), ...(shape.m ? [shape.m] : [])].flatMap(namesIn);
}

function operationShape(document: Node, item: Node, operation: Node): OperationShape {
  const parameters = [...nodes(item['parameters']), ...nodes(operation['parameters'])].map((each) => {
    const { $ref: reference } = each;
    const found = typeof reference === 'string' ? at(document, ...reference.slice(2).split('/')) : each;
    return isNode(found) ? found : each;
  });
  const query = parameters
    .filter((each) => each['in'] === 'query')
    .map((each) => String(each['name']).replace('[]', ''));
  const content = at(operation, 'requestBody', 'content');
  const bodies = Object.entries(isNode(content) ? content : {}).flatMap(([type, media]) => {
    const schema = at(media, 'schema');
    return isNode(schema) ? [[type, shapeOf(schema)] as const] : [];
  });
  return { query, bodies: Object.fromEntries(bodies) };
}

function derive(document: unknown): string[] {
  if (!isNode(document)) throw new TypeError('not an OpenAPI description');
  const schemas = at(document, 'components', 'schemas');
  const lines: string[] = [];
  const needed: string[] = [];
  for (const [path, item] of Object.entries(Object(document['paths']))) {
    if (!isNode(item) || /^\/(?:organization|projects)(?:\/|$)/.test(path)) continue;
    for (const method of METHODS) {
      const operation = item[method];
      if (!isNode(operation)) continue;
      const shape = operationShape(document, item, operation);
      needed.push(...Object.values(shape.bodies).flatMap(namesIn));
      lines.push(`${method.toUpperCase()} ${path}\t${JSON.stringify(shape)}`);
    }
  }
  const seen = new Set<string>();
  for (let name = needed.pop(); name !== undefined; name = needed.pop()) {
    const schema = at(schemas, name);
    if (seen.has(name) || !isNode(schema)) continue;
    seen.add(name);
    const shape = shapeOf(schema);
    needed.push(...namesIn(shape));
    lines.push(`${name}\t${JSON.stringify(shape)}`);
  }
  return lines.sort();
}

const [file] = process.argv.slice(2);
if (file === undefined) throw new TypeError('which document?');
process.stdout.write(`${derive(JSON.parse(readFileSync(file, 'utf8'))).join('\n')}\n`);
