/** A guard model for tests: a real server that finds one word bad, and does harm when its script says so. */
import { z } from 'zod';
import { json, type Behaviour } from './behaviour.ts';
import type { SeenRequest } from './seen-request.ts';
import { startUpstream, type Upstream } from './upstream.ts';

/** The word it flags; harmless to every guardrail of the gateway's. */
export const FLAGGED = 'heronspeak';

/** What the server was shown in a request. */
export function shown({ body }: SeenRequest): { readonly text: string; readonly role: string }[] {
  return requestSchema.parse(JSON.parse(body.toString())).texts;
}
const requestSchema = z.strictObject({
  texts: z.array(z.strictObject({ text: z.string(), role: z.string() })),
});

/** Honest: 0.97 for a text with the word, 0.6 for one that hints at it, else 0.01. */
export function scored(seen: SeenRequest): Behaviour {
  const scores = shown(seen).map(({ text }) => {
    if (text.includes(FLAGGED)) return 0.97;
    return text.includes('heron') ? 0.6 : 0.01;
  });
  return json({ scores });
}

/** On loopback, honest until its script is set anew. */
export function startGuardModel(): Promise<Upstream> {
  return startUpstream({ script: scored });
}
