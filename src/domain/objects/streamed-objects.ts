/** Objects that events of a stream are themselves: each once, as soon as an event shows it. Bounded; never throws. */
import { child } from '../../openai/child.ts';
import type { Endpoint } from '../../openai/endpoint.ts';
import { idsShown, SHOWN_MAX, type ShownId } from './objects.ts';

/** What is new in an event, by its `data`. */
export type StreamedObjects = (data: string) => readonly ShownId[];

/** Of one stream; undefined where its events are none. */
export function streamedObjects({ streamed }: Endpoint): StreamedObjects | undefined {
  if (streamed === undefined) return undefined;
  const known = new Set<string>();
  return (data) => {
    // Pieces of texts, which most events are, name themselves otherwise.
    if (!/"object"\s*:\s*"thread(?:\.run|\.run\.step|\.message)?"/.test(data)) return [];
    const event = parsed(data);
    const found = streamed[String(child(event, 'object'))];
    if (found === undefined || known.size >= SHOWN_MAX) return [];
    const shown = idsShown(event, found.kind, found.reveals).filter(({ id }) => !known.has(id));
    for (const { id } of shown) known.add(id);
    return shown;
  };
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
