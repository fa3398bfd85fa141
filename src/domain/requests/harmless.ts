/** Whether a short text may be kept or sent on although nobody screened it: names, ids and tokens from outside. */
import { BoundedMap } from '../../base/bounded-map.ts';
import { screen, type ScreenPolicy } from '../../guardrails/screening.ts';

/** Random digits of one would look like a number of somebody's now and then. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const POLICY: ScreenPolicy = { injection: 'off', pii: 'block', secrets: 'block', reversible: false };

/** The same few are asked about again and again. */
const known = new BoundedMap<string, boolean>(1000);

/** No secret and no personal data in it. For texts of a few hundred characters; the caller bounds them. */
export function isHarmless(text: string): boolean {
  if (UUID.test(text)) return true;
  let found = known.get(text);
  if (found === undefined) {
    found = screen([{ text, trust: 'user', class: 'token' }], POLICY).block === undefined;
    known.set(text, found);
  }
  return found;
}
