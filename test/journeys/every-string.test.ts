/**
 * I36: every string of every JSON body that is relayed, by OpenAI's own description, is screened before it goes up: its
 * values, words of its enumerations, and keys of the caller's choice. Upstream's raw bytes are the witness; the same
 * body with harmless words reaches upstream as it was sent.
 * Shown false by switching the guardrails off in planting-house (all 5,247 rows are told as leaks, for either text; the
 * harmless ones stay green), and by emptying keys in findTexts (the 317 rows of keys are told, no other).
 */
import { expect, test } from 'vitest';
import { matchRoute } from '../../src/openai/route.ts';
import { OPERATIONS } from '../openai/description.ts';
import { type Plant, plantsOf } from '../openai/plants.ts';
import { type PlantedAnswer, type PlantedCall, sendAll } from '../support/planted-calls.ts';
import {
  base64,
  BOUNDS,
  CARD,
  escaped,
  INJECTION,
  plantingHouse,
  SECRET,
} from '../support/planting-house.ts';

const house = plantingHouse();

interface Row {
  readonly operation: string;
  readonly target: string;
  readonly plant: Plant;
}

/** Nothing goes up of what is refused as a whole, or answered by the gateway itself. */
function goesUp(target: string): boolean {
  const { endpoint } = matchRoute('POST', target);
  return endpoint.refused === undefined && endpoint.grants === undefined;
}

/** A newer contract of the same operation adds the places that the older one has not. */
function rowsOf(): Row[] {
  const rows = new Map<string, Row>();
  for (const [operation, { bodies }] of OPERATIONS) {
    const shape = bodies['application/json'];
    const [, path = ''] = operation.split(' ');
    const target = `/v1${path.replace(/\{\w+\}/g, 'x1')}`;
    if (shape === undefined || !goesUp(target)) continue;
    for (const plant of plantsOf(shape)) {
      const id = `${operation.replace('?beta=true', '')} ${plant.path}`;
      if (plant.path !== '' && !rows.has(id)) rows.set(id, { operation: id, target, plant });
    }
  }
  return [...rows.values()];
}
const ROWS = rowsOf();

interface Call extends PlantedCall {
  readonly row: Row;
}

function callOf(row: Row, key: string, text: string, form: (text: string) => string = (same) => same): Call {
  const bounds = BOUNDS[row.target.replace(/^\/v1|\?.*$/g, '')];
  const body = JSON.stringify({ ...Object(row.plant.make(text)), ...bounds });
  return {
    key,
    method: 'POST',
    target: row.target,
    headers: { 'content-type': 'application/json' },
    body: body.replaceAll(text, form(text)),
    row,
  };
}

const told = ({ call, status, code }: PlantedAnswer<Call>): string =>
  `${call.row.operation}: ${status} ${code}`;

/** Codes of refusals that need no guardrail: the field takes a few words only, and says so. */
const PICKY = /^request\.invalid_field$/;

async function attack(texts: readonly (readonly [text: string, form?: (text: string) => string])[]) {
  const calls = ROWS.map((row, index) => {
    const [text = '', form] = texts[index % texts.length] ?? [];
    return callOf(row, `attack-${index}`, text, form);
  });
  const answers = await sendAll(house.gateway, house.upstream, calls);
  const forms = texts.flatMap(([text, form]) => [text, form?.(text) ?? text]);
  const leaks = answers.filter(({ seen }) => forms.some((form) => seen?.raw.includes(form)));
  const unmoved = answers.filter(({ status, code, seen }) => {
    const redacted = status === 200 && seen?.raw.includes('[REDACTED');
    return !redacted && !code.startsWith('guardrail.') && !PICKY.test(code);
  });
  return { answers, leaks: leaks.map(told), unmoved: unmoved.map(told) };
}

test('the description is walked as a whole', () => {
  const count = (kind: Plant['kind']) => ROWS.filter(({ plant }) => plant.kind === kind).length;
  expect(new Set(ROWS.map(({ target }) => target.split('?')[0])).size).toBe(53);
  expect(count('text')).toBeGreaterThan(2500);
  expect(count('word')).toBeGreaterThan(1800);
  expect(count('key')).toBeGreaterThan(250);
});

test('harmless words reach upstream as they were sent', async () => {
  const calls = ROWS.map((row, index) => callOf(row, `harmless-${index}`, row.plant.benign));
  const answers = await sendAll(house.gateway, house.upstream, calls);
  const changed = answers.filter(({ call, seen }) => seen?.body.toString() !== call.body);
  // Names of caches go up as digests.
  expect(changed.map(told).filter((line) => !line.includes(' /prompt_cache_key: '))).toEqual([]);
});

test('personal data goes nowhere, plain, escaped or encoded', async () => {
  const { leaks, unmoved } = await attack([[CARD], [CARD, escaped], [CARD, base64]]);
  expect(leaks).toEqual([]);
  expect(unmoved).toEqual([]);
});

test('a secret goes nowhere, plain, escaped or encoded', async () => {
  const { answers, leaks, unmoved } = await attack([[SECRET, base64], [SECRET, escaped], [SECRET]]);
  expect(leaks).toEqual([]);
  expect(unmoved).toEqual([]);
  const picky = answers.filter(({ code }) => PICKY.test(code));
  expect(picky.filter(({ call }) => !/\/(?:seconds|type)$/.test(call.row.plant.path)).map(told)).toEqual([]);
  expect(picky.length).toBeLessThan(10);
});

/** What a model reads as said by a user or a tool. */
const HEARD = /\/(?:content|text|input|prompt|output|query|arguments|transcript)(?:\/\[\])?$/;
const SYSTEM = /role=(?:system|developer)/;

test('an injection in what users and tools say is blocked', async () => {
  const rows = ROWS.filter(
    ({ plant }) => plant.kind === 'text' && HEARD.test(plant.path) && !SYSTEM.test(plant.path),
  );
  expect(rows.length).toBeGreaterThan(200);
  const calls = rows.map((row, index) => callOf(row, `injection-${index}`, INJECTION));
  const answers = await sendAll(house.gateway, house.upstream, calls);
  expect(answers.filter(({ code }) => code !== 'guardrail.injection').map(told)).toEqual([]);
  expect(answers.filter(({ seen }) => seen !== undefined).map(told)).toEqual([]);
});
