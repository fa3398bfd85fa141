/** Where a string of a body stands, as people and rewriting need it: its pointer, its raw token. */
import type { JsonBody, Leaf, Place } from './body.ts';
import { child } from './child.ts';

/** JSON pointer of a place (RFC 6901, section 5); '' is the whole body. */
export function pointer(place: Place | undefined): string {
  let text = '';
  for (let at = place; at; at = at.parent) {
    text = `/${String(at.key).replaceAll('~', '~0').replaceAll('/', '~1')}${text}`;
  }
  return text;
}

/** The raw token of a leaf: quotes and escapes as they came. */
export function leafText(body: JsonBody, leaf: Leaf): string {
  return body.source.slice(leaf.start, leaf.end);
}

/** What stands at a place of a parsed value; undefined where there is none. */
export function valueAt(root: unknown, place: Place | undefined): unknown {
  return place ? child(valueAt(root, place.parent), place.key) : root;
}
