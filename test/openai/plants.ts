/**
 * Every place of a described body where a string can stand: values, words of enumerations, keys of the caller's own
 * choice. A plant makes the smallest body that has its place, with a given text in it.
 */
import { type ObjectShape, type Shape, schemaOf } from './description.ts';

export interface Plant {
  /** `/messages/[]{role=user}/content`; `*` is a key of the caller's own choice. */
  readonly path: string;
  readonly kind: 'text' | 'word' | 'key';
  /** What may stand there: one of the words, or any text. */
  readonly benign: string;
  readonly make: (text: string) => unknown;
}

const HARMLESS = 'plain words';
/** Fields that tell variants of one object apart: a variant is told by the one word it allows there. */
const TELLING = ['type', 'role', 'mode', 'source'];

/** All plants of a shape; of shapes that contain themselves, one round. */
export function plantsOf(shape: Shape): readonly Plant[] {
  const byPath = new Map<string, Plant>();
  for (const plant of within(shape, '', [])) if (!byPath.has(plant.path)) byPath.set(plant.path, plant);
  return [...byPath.values()];
}

function within(shape: Shape, path: string, open: readonly string[]): Plant[] {
  if (shape === 's') return [{ path, kind: 'text', benign: HARMLESS, make: (text) => text }];
  if (shape === 'x') {
    return [...within('s', path, open), ...within({ o: {}, m: 's' }, path, open)];
  }
  if (typeof shape === 'string') return [];
  if ('e' in shape) {
    return shape.e.length === 0
      ? []
      : [{ path, kind: 'word', benign: shape.e[0] ?? '', make: (text) => text }];
  }
  if ('r' in shape) return open.includes(shape.r) ? [] : within(schemaOf(shape.r), path, [...open, shape.r]);
  if ('u' in shape) return shape.u.flatMap((each) => within(each, path, open));
  if ('a' in shape) {
    return within(shape.a, `${path}/[]`, open).map((plant) => ({
      ...plant,
      make: (text) => [plant.make(text)],
    }));
  }
  return withinObject(joined(shape), path, open);
}

function withinObject(shape: ObjectShape, outer: string, open: readonly string[]): Plant[] {
  const path = outer + tellingOf(shape);
  const found = Object.entries(shape.o).flatMap(([name, inner]) =>
    within(inner, `${path}/${name}`, open).map((plant) => ({
      ...plant,
      make: (text: string) => ({ ...sampleObject(shape, [], name), [name]: plant.make(text) }),
    })),
  );
  if (!shape.m) return found;
  const free = shape.m;
  const values = within(free, `${path}/*`, open).map((plant) => ({
    ...plant,
    make: (text: string) => ({ ...sampleObject(shape, []), colour: plant.make(text) }),
  }));
  const key: Plant = {
    path: `${path}/*`,
    kind: 'key',
    benign: 'colour',
    make: (text) => ({ ...sampleObject(shape, []), [text]: sampleOf(free, open) ?? 'blue' }),
  };
  return [...found, ...values, { ...key, path: `${path}/* (key)` }];
}

function tellingOf(shape: ObjectShape): string {
  for (const name of TELLING) {
    const [word, ...others] = wordsOf(shape.o[name]);
    if (word !== undefined && others.length === 0) return `{${name}=${word}}`;
  }
  return '';
}

function wordsOf(shape: Shape | undefined): readonly string[] {
  if (typeof shape !== 'object') return [];
  if ('r' in shape) return wordsOf(schemaOf(shape.r));
  return 'e' in shape ? shape.e : [];
}

/** What several shapes say of one object, as one. */
export function joined(shape: Shape): ObjectShape {
  if (typeof shape === 'string' || 'e' in shape || 'a' in shape) return { o: {} };
  if ('o' in shape) return shape;
  if ('r' in shape) return joined(schemaOf(shape.r));
  const parts = ('u' in shape ? shape.u : shape.i).map(joined);
  const required = 'i' in shape ? parts.flatMap(({ q = [] }) => q) : [];
  const free = parts.find(({ m, o }) => m !== undefined && Object.keys(o).length === 0)?.m;
  return {
    o: Object.fromEntries(parts.flatMap(({ o }) => Object.entries(o))),
    q: required,
    ...(free !== undefined && { m: free }),
  };
}

/** The smallest value of a shape; undefined where it would contain itself. */
export function sampleOf(shape: Shape, open: readonly string[] = []): unknown {
  if (shape === 's' || shape === 'x') return HARMLESS;
  if (shape === 'n') return 1;
  if (shape === 'b') return false;
  if (shape === 'f') return undefined;
  if ('e' in shape) return shape.e[0];
  if ('a' in shape) {
    const one = sampleOf(shape.a, open);
    return one === undefined ? [] : [one];
  }
  if ('r' in shape)
    return open.includes(shape.r) ? undefined : sampleOf(schemaOf(shape.r), [...open, shape.r]);
  if ('u' in shape) return shape.u.map((each) => sampleOf(each, open)).find((value) => value !== undefined);
  return sampleObject(joined(shape), open);
}

function sampleObject(
  shape: ObjectShape,
  open: readonly string[],
  without?: string,
): Record<string, unknown> {
  const fields = (shape.q ?? [])
    .filter((name) => name !== without && Object.hasOwn(shape.o, name))
    .map((name) => [name, sampleOf(shape.o[name] ?? 'x', open)] as const)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(fields);
}
