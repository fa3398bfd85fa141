/**
 * Upstream is told of whom a call is for by a digest of the gateway's own, and by nothing that a caller gave. Shown false
 * by edits only where the field is missing, by the old field left as it came, and by edits at the top of a batch's line.
 */
import { expect, test } from 'vitest';
import {
  createSafetyIdentifiers,
  isToldByHeader,
  safetyEdits,
} from '../../../src/domain/callers/safety-identifiers.ts';
import { screen } from '../../../src/guardrails/screening.ts';
import { ENDPOINTS, endpointOf } from '../../../src/openai/endpoints/index.ts';
import { FIELDS } from '../../../src/openai/endpoints/fields.ts';
import { parseJson } from '../../../src/openai/json.ts';
import { ADA, BOB, CHAT, chatBody, prepared, RESPONSES, rules } from '../../support/exchange.ts';
import { FORM_TYPE, formBytes } from '../../support/form-bytes.ts';

const safetyIdentifier = createSafetyIdentifiers(Buffer.alloc(32, 7));
const deps = { ...rules({ models: { unpriced: 'ceiling' } }).parse, safetyIdentifier };
const ada = safetyIdentifier(ADA);
const CAPPED = { max_tokens: 9 };

async function sent(target: string, body: object | string, type = 'application/json'): Promise<string> {
  const call = { target, body, headers: { 'content-type': type } };
  const { prepared: preparation } = await prepared(call, ADA, deps);
  return Buffer.from(preparation.bytes ?? []).toString();
}

test('it is the same for the same user, and tells nothing', () => {
  expect(ada).toMatch(/^[0-9a-f]{64}$/);
  expect(safetyIdentifier({ ...ADA, credential: 'another' })).toBe(ada);
  expect(safetyIdentifier(BOB)).not.toBe(ada);
  expect(createSafetyIdentifiers(Buffer.alloc(32, 8))(ADA)).not.toBe(ada);
});

test('it is written into chat and Responses; every other byte stays', async () => {
  const chat = ` { "model":"gpt-4o-mini",  "max_tokens":9, "messages":[{"role":"user","content":"H\\u00e9, é"}], "seed":1e0 }\n`;
  expect(await sent(CHAT, chat)).toBe(chat.replace('{', `{"safety_identifier":"${ada}",`));
  const response = JSON.stringify({ model: 'gpt-4o-mini', input: 'Hi', max_output_tokens: 9 });
  expect(await sent(RESPONSES, response)).toBe(response.replace('{', `{"safety_identifier":"${ada}",`));
});

test.each(['"eve"', 'null', '"\\u0065ve"'])('instead of %s, which goes nowhere', async (given) => {
  const body = `{"user" : "eve@example.com","safety_identifier": ${given} ,"model":"gpt-4o-mini","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}`;
  expect(await sent(CHAT, body)).toBe(
    body.replace(`: ${given} ,`, `: "${ada}" ,`).replace('"eve@example.com"', `"${ada}"`),
  );
});

test('a body of nothing holds it and the cap', async () => {
  const { safety_identifier: told, max_output_tokens: cap } = JSON.parse(await sent(RESPONSES, ' { } '));
  expect(told).toBe(ada);
  expect(cap).toBeGreaterThan(0);
});

test('where there is only the old field, in that, if a caller gives it', async () => {
  const body = JSON.stringify({ model: 'text-embedding-3-small', input: 'Hi', user: 'eve' });
  expect(await sent('/v1/embeddings', body)).toBe(body.replace('eve', ada));
  const plain = JSON.stringify({ model: 'text-embedding-3-small', input: 'Hi' });
  expect(await sent('/v1/embeddings', plain)).toBe(plain);
});

test('in a form as well', async () => {
  const form = formBytes([
    { name: 'image', filename: 'a.png', content: '', contentType: 'image/png' },
    { name: 'user', content: 'eve@example.com' },
  ]);
  const text = await sent('/v1/images/variations', form, FORM_TYPE);
  expect(text).not.toContain('eve@');
  expect(text).toContain(`name="user"\r\n\r\n${ada}\r\n`);
});

const line = (body: object): string =>
  JSON.stringify({ custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body });

test('in every line of a batch', async () => {
  const lines = [line(chatBody({ ...CAPPED, safety_identifier: 'eve' })), line(chatBody(CAPPED))].join('\n');
  const form = formBytes([
    { name: 'purpose', content: 'batch' },
    { name: 'file', filename: 'calls.jsonl', content: lines },
  ]);
  const text = await sent('/v1/files', form, FORM_TYPE);
  const bodies = text
    .split('\n')
    .filter((each) => each.includes('"custom_id"'))
    .map((each) => JSON.parse(each).body);
  expect(bodies).toEqual([
    { ...chatBody(CAPPED), safety_identifier: ada },
    { ...chatBody(CAPPED), safety_identifier: ada },
  ]);
});

test('every operation whose body has a field for it, in events of sockets too', () => {
  const having = Object.entries(FIELDS).filter(([, fields]) => /\bsafety_identifier\b/.test(fields));
  expect(having.map(([id]) => id).sort()).toEqual([
    'chat.completions.create',
    'responses.create',
    'sockets.responses',
  ]);
  for (const [id] of having) {
    const endpoint = endpointOf(id);
    if (!endpoint) throw new Error(`no row ${id}`);
    expect(safetyEdits(endpoint, parseJson(Buffer.from('{"a":1}')), [], ada)).toHaveLength(1);
  }
  const chatkit = endpointOf('chatkit.sessions.create');
  if (!chatkit) throw new Error('no row');
  expect(safetyEdits(chatkit, parseJson(Buffer.from('{"user":"eve"}')), [], ada)).toEqual([]);
});

test('live sessions and what opens them are told by a header', () => {
  const told = ENDPOINTS.filter(isToldByHeader).map(({ id }) => id);
  expect(told).toContain('sockets.realtime');
  expect(told).toContain('sockets.responses');
  expect(told).toContain('realtime.client_secrets.create');
  expect(told).not.toContain('responses.create');
});

test('it is never a finding, in a request or where an answer repeats it', () => {
  const policy = { injection: 'block', pii: 'redact', secrets: 'block', reversible: true } as const;
  const found = Array.from({ length: 1_500 }, (_, i) => {
    const text = `{"safety_identifier":"${safetyIdentifier({ ...ADA, user: `user-${i}` })}"}`;
    const given = { text, trust: 'user', class: 'prose', pointer: '/a', index: 0, turn: 0 } as const;
    return screen([given], policy).findings.length;
  });
  expect(found.filter((count) => count > 0)).toEqual([]);
});
