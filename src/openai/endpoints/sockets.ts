/**
 * Live sockets: WebSockets over which calls are made by events. Whoever may make those calls may make them so: each is open
 * under the name of what it is a transport of, and all of them under `sockets`.
 */
import type { Endpoint } from '../endpoint.ts';
import { BYTES, family, RESPONSE_OUTPUT } from './family.ts';

const sockets = family('sockets', {}, { cost: 'tokens', streams: true, bodyBytesMax: BYTES.conversation });

export const SOCKETS: readonly Endpoint[] = [
  sockets.socket('responses', '/responses', {
    under: 'responses',
    shape: 'responses',
    model: 'optional',
    // The same operation under a newer contract, which `OpenAI-Beta` names.
    query: ['beta'],
    makes: 'response',
    reveals: RESPONSE_OUTPUT,
    note: 'Each response.create is a call of its own; other events are refused.',
  }),
  sockets.socket('realtime', '/realtime', {
    under: 'realtime',
    shape: 'realtime',
    model: 'optional',
    query: ['model'],
    note: 'Sound goes both ways unheard; transcription of what is heard, stored prompts and MCP servers are refused.',
  }),
];
