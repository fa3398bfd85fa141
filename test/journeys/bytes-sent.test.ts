/**
 * I37: what goes up is what was screened: the caller's own bytes where nothing was found, and those bytes with nothing but
 * the found strings replaced where something was; of two readings neither. Over bodies as nobody would write them.
 * Shown false by sending JSON.stringify of the parsed value instead of the source (numbers and spaces are told), and by
 * comparing keys before they are decoded (the twin keys are told).
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PLACEHOLDER_HINT } from '../../src/domain/placeholders/placeholder-hint.ts';
import { prepare } from '../../src/domain/requests/preparation.ts';
import { requestSchema } from '../../src/domain/requests/request-rules.ts';
import { toolsSchema } from '../../src/domain/tools/tools.ts';
import { modelsSchema } from '../../src/openai/prices.ts';
import { numbersIn, oddValue } from '../support/odd-json.ts';
import { sendAll } from '../support/planted-calls.ts';
import { plantingHouse } from '../support/planting-house.ts';

const SEED = 20_261_125;
const EMAIL = 'ann.other@example.com';
const POLICY = { injection: 'off', pii: 'redact', secrets: 'off', reversible: true } as const;

const call = (odd: string) =>
  ` {"x" :${odd}, "model":"gpt-4o-mini","messages":[{"role":"user","content":${odd}}],\t"max_completion_tokens":16}\n`;

function sent(source: string): string {
  const { bytes } = prepare({
    endpointId: 'chat.completions.create',
    params: {},
    query: [],
    contentType: 'application/json',
    bytes: Buffer.from(source),
    policy: POLICY,
    rules: requestSchema.parse({}),
    tier: {},
    keyTokensMax: undefined,
    models: modelsSchema.parse({}),
    tools: { settings: toolsSchema.parse({}), keyTools: undefined },
  });
  return Buffer.from(bytes ?? []).toString();
}

const HINT_MESSAGE = `${JSON.stringify({ role: 'system', content: PLACEHOLDER_HINT })},`;

/** The value with every e-mail address in its strings made one mark, and their placeholders too. */
function marked(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(EMAIL, '#').replaceAll(/<EMAIL_\d+>/g, '#');
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).map(([key, inner]) => [key, marked(inner)]);
}

/** Without what its strings hold. */
const bare = (text: string) => text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');

describe('what goes up', () => {
  test('is what came, where nothing was found', () => {
    fc.assert(
      fc.property(oddValue(), (odd) => {
        expect(sent(call(odd))).toBe(call(odd));
      }),
      { seed: SEED, numRuns: 1500 },
    );
  });

  test('is what came but for what was found', () => {
    const planted = fc.constantFrom(`"to ${EMAIL} "`, `"\\u0061nn.other@example.com"`, '"plain"');
    fc.assert(
      fc.property(oddValue(planted), (odd) => {
        const source = call(odd);
        // But for the message of the gateway's own that says what placeholders are.
        const result = sent(source).replace(HINT_MESSAGE, '');
        expect(result).not.toContain('nn.other@');
        expect(marked(JSON.parse(result))).toEqual(marked(JSON.parse(source)));
        expect(numbersIn(result)).toEqual(numbersIn(source));
        expect(bare(result)).toBe(bare(source));
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  test('is nothing, where a key could be read as two', () => {
    const twins = fc.constantFrom(
      '"a":1,"a":2',
      '"a":1,"\\u0061":2',
      '"é":1,"\\u00E9":2',
      '"":1,"":2',
      '"/":1,"\\/":2',
    );
    fc.assert(
      fc.property(oddValue(), twins, (odd, pair) => {
        const source = call(odd).replace('"x"', `"y":{"z":${odd},${pair}},"x"`);
        expect(() => sent(source)).toThrow('request.duplicate_key');
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});

const house = plantingHouse();

test('over the wire it is the same', async () => {
  const bodies = fc.sample(oddValue(), { seed: SEED, numRuns: 400 }).map(call);
  const calls = bodies.map((body, index) => ({
    key: `odd-${index}`,
    method: 'POST',
    target: '/v1/chat/completions',
    headers: { 'content-type': 'application/json' },
    body,
  }));
  const answers = await sendAll(house.gateway, house.upstream, calls);
  expect(answers.map(({ seen }) => seen?.body.toString())).toEqual(bodies);
});
