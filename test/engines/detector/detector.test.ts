/** The engines of the detector port on a real server: what is sent, what is read; where they may go at all. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { allowedLookup } from '../../../src/base/own-calls.ts';
import { configSchema } from '../../../src/config.ts';
import { createGuardModel, guardModelSchema } from '../../../src/engines/detector/detector-guard-model.ts';
import { createModeration, moderationSchema } from '../../../src/engines/detector/detector-moderation.ts';
import type { Detector } from '../../../src/ports/detector.ts';
import { json } from '../../support/behaviour.ts';
import { startUpstream, type Script, type Upstream } from '../../support/upstream.ts';

async function serving(script: Script): Promise<Upstream> {
  const server = await startUpstream({ script });
  onTestFinished(() => server.close());
  return server;
}

function closing(detector: Detector): Detector {
  onTestFinished(() => detector.close());
  return detector;
}

const texts = [
  { text: 'one', role: 'user' },
  { text: 'two', role: 'tool' },
] as const;

const result = (violence: number, intent: number, more: object = {}) => ({
  flagged: true,
  category_scores: { violence, 'self-harm/intent': intent, hate: 0.99, ...more },
});
const looked = (name: string) =>
  new Promise((resolve) => allowedLookup(name, { all: true }, (error, found) => resolve(error ?? found)));

describe('a guard model', () => {
  test('gets texts with their roles, and gives a score each', async () => {
    const server = await serving(() => json({ scores: [0, 1], model: 'any' }));
    const detector = closing(
      createGuardModel(
        guardModelSchema.parse({ kind: 'guardModel', url: `http://127.0.0.1:${server.port}/` }),
      ),
    );
    expect(await detector.judge(texts)).toEqual([
      { score: 0, type: 'flagged' },
      { score: 1, type: 'flagged' },
    ]);
    const [seen] = server.requests;
    expect(JSON.parse(seen?.body.toString() ?? '')).toEqual({ texts });
    expect(seen?.headers['authorization']).toBeUndefined();
  });
});

describe('moderation', () => {
  const categories = ['violence', 'self-harm/intent'];
  async function judging(answer: unknown): Promise<[Upstream, Detector]> {
    const server = await serving(() => json(answer));
    const url = `http://127.0.0.1:${server.port}/v1/`;
    const settings = moderationSchema.parse({ kind: 'moderation', url, apiKey: 'own', categories });
    return [server, closing(createModeration(settings))];
  }

  test('tells the worst of the categories that count', async () => {
    const [server, detector] = await judging({ results: [result(0.1, 0.7), result(0.2, 0)] });
    expect(await detector.judge(texts)).toEqual([
      { score: 0.7, type: 'self_harm_intent' },
      { score: 0.2, type: 'violence' },
    ]);
    const [seen] = server.requests;
    expect(seen?.target).toBe('/v1/moderations');
    expect(seen?.headers['authorization']).toBe('Bearer own');
    expect(JSON.parse(seen?.body.toString() ?? '')).toEqual({
      model: 'omni-moderation-latest',
      input: ['one', 'two'],
    });
  });

  test.each([
    ['one result for two texts', { results: [result(0, 0)] }],
    ['a category is missing', { results: [{ category_scores: { violence: 0 } }, result(0, 0)] }],
    ['a score out of bounds', { results: [result(2, 0), result(0, 0)] }],
    ['an error', { error: { message: 'no' } }],
  ])('%s is no verdict, and the error repeats nothing of it', async (_, answer) => {
    const [, detector] = await judging(answer);
    await expect(detector.judge(texts)).rejects.toThrow(/^the detector [a-z ]+$/);
  });
});

const isTaken = (section: object): boolean => configSchema.shape.detector.safeParse(section).success;

describe('the section detector', () => {
  const engine = { kind: 'guardModel', url: 'https://guard.example/judge' };

  test('is taken as it is documented', () => {
    expect(isTaken({ engine })).toBe(true);
    expect(isTaken({ engine: { kind: 'moderation', url: 'https://api.openai.com/v1', apiKey: 'own' } })).toBe(
      true,
    );
  });

  test.each([
    ['without an engine', { action: 'block' }],
    ['of an unknown kind', { engine: { ...engine, kind: 'onnx' } }],
    ['with a field of another kind', { engine: { ...engine, model: 'any' } }],
    ['that would cut out', { engine, action: 'redact' }],
    ['that blocks before it observes', { engine, points: { observe: 0.9, block: 0.5 } }],
    ['that nobody is judged by', { engine, roles: [] }],
    ['with an endless time-out', { engine: { ...engine, timeoutMs: 600_000 } }],
  ])('%s is refused', (_, section) => {
    expect(isTaken(section)).toBe(false);
  });
});

describe('own calls', () => {
  // Negative control: each line of the list taken away leads to one of these.
  test.each([
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '100.100.100.200',
    '192.0.0.192',
    '168.63.129.16',
    'fe80::1',
    'fd00:ec2::254',
    'fd00:ec2::23',
    'fd20:ce::254',
  ])('do not connect where a name leads to %s', async (address) => {
    expect(await looked(address)).toBeInstanceOf(Error);
  });

  test.each(['127.0.0.1', '10.0.0.1', '168.63.129.17', 'fd00:ec3::1', '64:ff9b::a00:1'])(
    'connect where it leads to %s',
    async (address) => {
      expect(await looked(address)).toEqual([expect.objectContaining({ address })]);
    },
  );

  test.each(['http://guard.example/', 'https://169.254.169.254/', 'https://user:pw@guard.example/', 'guard'])(
    'may not be configured to %s',
    (url) => {
      expect(guardModelSchema.safeParse({ kind: 'guardModel', url }).success).toBe(false);
      expect(guardModelSchema.safeParse({ kind: 'guardModel', url: 'https://guard.example/' }).success).toBe(
        true,
      );
    },
  );
});
