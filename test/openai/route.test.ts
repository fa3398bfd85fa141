import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/base/errors.ts';
import { ENDPOINTS } from '../../src/openai/endpoints/index.ts';
import { type Match, matchRoute, TARGET_CHARS_MAX, upstreamPath } from '../../src/openai/route.ts';

function outcome(method: string, target: string): string {
  try {
    return matchRoute(method, target).endpoint.id;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

/** The targets that a GET does not end so with. */
function unlike(expected: string, targets: readonly string[], method = 'GET'): string[] {
  return targets.filter((target) => outcome(method, target) !== expected);
}

const up = (method: string, target: string): string => upstreamPath('/v1', matchRoute(method, target));

describe('paths', () => {
  it('match a row with its parameters', () => {
    const match = matchRoute('POST', '/v1/threads/thread_1/runs/run-2/submit_tool_outputs');
    expect(match.endpoint.id).toBe('threads.runs.submit_tool_outputs');
    expect(match.params).toEqual({ thread_id: 'thread_1', run_id: 'run-2' });
    expect(up('POST', '/v1/threads/thread_1/runs/run-2/cancel')).toBe(
      '/v1/threads/thread_1/runs/run-2/cancel',
    );
  });

  it('prefer a fixed segment to a parameter, and never fall back', () => {
    expect(outcome('POST', '/v1/responses/compact')).toBe('responses.compact');
    expect(outcome('POST', '/v1/responses/input_tokens')).toBe('responses.input_tokens.count');
    expect(outcome('GET', '/v1/responses/resp_1')).toBe('responses.retrieve');
    expect(outcome('GET', '/v1/responses/compact')).toBe('access.unknown_operation');
    expect(outcome('DELETE', '/v1/threads/runs')).toBe('access.unknown_operation');
  });

  it('take parameters as SDKs encode them, and send them plain', () => {
    expect(up('GET', '/v1/models/ft%3Agpt-4.1-mini:acme::7p4')).toBe('/v1/models/ft:gpt-4.1-mini:acme::7p4');
    expect(up('GET', '/v1/models/gpt%2d6')).toBe('/v1/models/gpt-6');
    expect(up('GET', `/v1/files/${'f'.repeat(256)}`)).toBe(`/v1/files/${'f'.repeat(256)}`);
    expect(outcome('GET', '/v1/files/...')).toBe('files.retrieve');
  });

  it.each([
    '/v1/files/%2e%2e/models',
    '/v1/files/..',
    '/v1/files/./x',
    '/v1/files/.',
    '/v1/../v1/models',
    '/v1//models',
    '//v1/models',
    '/v1/files/a%2Fcontent',
    '/v1/files/a%5ccontent',
    '/v1/files/a\\content',
    '/v1/files/a;b',
    '/v1/files/a%00',
    '/v1/files/a%0d%0aHost:x',
    '/v1/files/a%252e',
    '/v1/files/a%2',
    '/v1/files/a%zz',
    '/v1/files/a%2E',
    '/v1/files/ä',
    '/v1/files/%C3%A4',
    '/v1/files/a b',
    '/v1/files/a@b',
    '/v1/files/a#b',
    '/v1/models#',
    '/v1/responses/%63ompact',
    '/v1/%6dodels',
    'http://api.openai.com/v1/models',
    'https://api.openai.com/v1/models',
    'api.openai.com:443',
    '*',
    '',
    'v1/models',
  ])('that have more than one reading are refused: %s', (target) => {
    expect(outcome('GET', target)).toBe('request.path');
    expect(outcome('DELETE', target)).toBe('request.path');
  });

  it('and their parameters are bounded', () => {
    expect(outcome('GET', `/v1/files/${'f'.repeat(257)}`)).toBe('request.path');
    expect(outcome('GET', `/v1/models?limit=${'1'.repeat(TARGET_CHARS_MAX)}`)).toBe('request.path');
  });

  it('that no row has are unknown', () => {
    const targets = [
      '/',
      '/v1',
      '/v1/',
      '/v1/models/',
      '/v1/models/a/b',
      '/v1/chat',
      '/v1/Models',
      '/v1/constructor',
    ];
    expect(unlike('access.unknown_operation', targets)).toEqual([]);
    expect(
      unlike('access.unknown_operation', ['/v2/models', '/V1/models', '/models', '/admin/keys']),
    ).toEqual([]);
    const methods = ['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'TRACE', 'get', 'constructor', '__proto__'];
    expect(methods.filter((method) => outcome(method, '/v1/models') !== 'access.unknown_operation')).toEqual(
      [],
    );
    expect(matchRoute('GET', '/v1/files/__proto__').params).toEqual({ file_id: '__proto__' });
  });

  it('go under the path of upstream, whatever it is', () => {
    const match = matchRoute('GET', '/v1/models');
    expect(upstreamPath('', match)).toBe('/models');
    expect(upstreamPath('/', match)).toBe('/models');
    expect(upstreamPath('/openai/v1/', match)).toBe('/openai/v1/models');
  });

  it('are not built from a match that holds anything else', () => {
    const match = matchRoute('GET', '/v1/files/a');
    for (const id of ['../x', '..', 'a/b', 'a?b', '']) {
      expect(() => upstreamPath('/v1', { ...match, params: { file_id: id } })).toThrow(Refusal);
    }
    expect(() => upstreamPath('/v1', { ...match, params: {} })).toThrow(Refusal);
  });
});

describe('queries', () => {
  it('keep what the row lists, encoded anew', () => {
    const match = matchRoute(
      'GET',
      '/v1/chat/completions?metadata%5Bfoo%5D=a+b%26c&limit=5&order=asc&after=x',
    );
    expect(match.query).toEqual([
      ['metadata[foo]', 'a b&c'],
      ['limit', '5'],
      ['order', 'asc'],
      ['after', 'x'],
    ]);
    expect(upstreamPath('/v1', match)).toBe(
      '/v1/chat/completions?metadata%5Bfoo%5D=a%20b%26c&limit=5&order=asc&after=x',
    );
  });

  it('repeat only where they are arrays', () => {
    const items = '/v1/conversations/conv_1/items';
    expect(outcome('GET', `${items}?include[]=a&include[]=b`)).toBe('conversations.items.list');
    expect(outcome('GET', `${items}?include=a&include=b`)).toBe('conversations.items.list');
    expect(outcome('GET', `${items}?limit=1&limit=2`)).toBe('request.query');
    expect(outcome('GET', `${items}?limit[]=1`)).toBe('request.query');
    expect(outcome('GET', `${items}?include[x]=1`)).toBe('request.query');
    expect(outcome('GET', '/v1/chat/completions?metadata[a]=1&metadata[b]=2')).toBe('chat.completions.list');
    expect(outcome('GET', '/v1/chat/completions?metadata[a]=1&metadata[a]=2')).toBe('request.query');
    expect(outcome('GET', '/v1/chat/completions?metadata[]=1')).toBe('request.query');
  });

  it('are refused when the row does not list them, or they cannot be read', () => {
    const models = ['api_key=x', 'limit&order', 'constructor=1', '=1', '&', 'limit=1&', 'limit=%zz'];
    expect(
      unlike(
        'request.query',
        models.map((query) => `/v1/models?${query}`),
      ),
    ).toEqual([]);
    const batches = ['after=%ff', 'after=%00', 'after=%0a', 'after=ä', 'after=a b', 'after=a#b', '?after=1'];
    expect(
      unlike(
        'request.query',
        batches.map((query) => `/v1/batches?${query}`),
      ),
    ).toEqual([]);
    expect(outcome('GET', `/v1/batches?${'after=&'.repeat(65)}`)).toBe('request.query');
    expect(outcome('GET', '/v1/batches?after=%C3%A4&limit')).toBe('batches.list');
    expect(outcome('GET', '/v1/models?')).toBe('models.list');
  });

  it('of administration are not read: all of it is refused, what is not known of it too', () => {
    expect(outcome('GET', '/v1/organization/costs?start_time=1&x[]=%zz')).toBe(
      'administration.get.organization.costs',
    );
    expect(outcome('GET', '/v1/organization/nobody_knows/x')).toBe('access.operation_refused');
    expect(outcome('PATCH', '/v1/projects/proj_1')).toBe('access.operation_refused');
    expect(outcome('GET', '/v1/organizations')).toBe('access.unknown_operation');
  });

  it('name the newer contract of responses on the same row', () => {
    expect(up('POST', '/v1/responses?beta=true')).toBe('/v1/responses?beta=true');
    expect(outcome('POST', '/v1/embeddings?beta=true')).toBe('request.query');
  });
});

describe('whatever comes', () => {
  const methods = fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'HEAD');
  const nasty = fc.constantFrom(
    '%2e',
    '%2F',
    '..',
    '.',
    '',
    '%',
    '%25',
    '\\',
    ';',
    '?',
    '#',
    ':',
    '%3A',
    'é',
    '[]',
  );
  const segment = fc.oneof(
    fc.constantFrom(...new Set(ENDPOINTS.flatMap((row) => row.path.split('/')))),
    { weight: 8, arbitrary: fc.stringMatching(/^[\w.:-]{1,20}$/) },
    nasty,
    fc.string({ maxLength: 12 }),
    fc.array(fc.oneof(nasty, fc.string({ maxLength: 4 })), { maxLength: 4 }).map((list) => list.join('')),
  );
  const query = fc.array(
    fc.tuple(fc.constantFrom('limit', 'include[]', 'metadata[x]', 'after', 'x'), fc.string({ maxLength: 8 })),
    { maxLength: 3 },
  );
  const known = fc
    .tuple(fc.constantFrom(...ENDPOINTS), fc.array(segment, { minLength: 6, maxLength: 6 }), query)
    .map(([row, values, pairs]) => {
      let at = 0;
      const path = row.path.replace(/\{\w+\}/g, () => values[at++] ?? 'x');
      const search = pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
      return [row.method, `/v1${path}${search && `?${search}`}`] as const;
    });
  const unknown = fc.tuple(
    methods,
    fc.array(segment, { maxLength: 6 }).map((list) => `/v1/${list.join('/')}`),
  );

  it('is refused by the catalogue, or goes up in the alphabet of its row', () => {
    const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
    console.info(`route fuzz: FUZZ_SEED=${seed}`);
    let accepted = 0;
    const codes = new Set<string>();
    fc.assert(
      fc.property(fc.oneof(known, unknown), ([method, target]) => {
        let match: Match;
        try {
          match = matchRoute(method, target);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          codes.add(error.code);
          return;
        }
        accepted++;
        const [path = '', search = ''] = upstreamPath('', match).split('?');
        const template = match.endpoint.path.replace(/\{\w+\}/g, '(?!\\.{1,2}(?:/|$))[A-Za-z0-9._:-]{1,256}');
        expect(path).toMatch(new RegExp(`^${template}$`));
        expect(search).toMatch(/^[A-Za-z0-9._~!'()*%=&-]*$/);
        for (const key of new URLSearchParams(search).keys()) {
          expect(match.endpoint.query).toContain(key.replace(/\[.*/, ''));
        }
        // Upstream reads the row we read: the rebuilt target matches to the same.
        expect(matchRoute(method, `/v1${upstreamPath('', match)}`)).toEqual(match);
      }),
      { seed, numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(300);
    expect([...codes].sort()).toEqual([
      'access.operation_refused',
      'access.unknown_operation',
      'request.path',
      'request.query',
    ]);
  });
});
