import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { apiDiff } from '../../src/openai/api-diff.ts';
import {
  allowedBy,
  DEFAULT_GROUPS,
  ENDPOINTS,
  GROUPS,
  unknownNames,
} from '../../src/openai/endpoints/index.ts';
import { matchRoute } from '../../src/openai/route.ts';

const MiB = 1024 * 1024;

/** `METHOD /path`, as OpenAI's description of its API (version 2.3.0) lists them. */
const operations = readFileSync(new URL('operations.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n');

function rowOf(operation: string): (typeof ENDPOINTS)[number] {
  const [method = '', path = ''] = operation.split(' ');
  return matchRoute(method, `/v1${path.replace(/\{\w+\}/g, 'x')}`).endpoint;
}

function ids(allow: readonly string[]): string[] {
  return ENDPOINTS.filter(allowedBy(allow)).map((row) => row.id);
}

function bytesMax(id: string): number | undefined {
  return ENDPOINTS.find((row) => row.id === id)?.bodyBytesMax;
}

/** `paths` of the description the table was made from, without what stands in the operations. */
function described(): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const [method = '', path = ''] = operation.split(' ');
    (paths[path] ??= {})[method.toLowerCase()] = {};
  }
  return paths;
}

describe('the table', () => {
  it('has a row for each of the 288 operations, and no other', () => {
    expect(operations).toHaveLength(288);
    const named = new Set(operations.map((operation) => operation.replace('?beta=true', '')));
    for (const operation of operations) {
      const row = rowOf(operation);
      expect(`${row.method} ${row.path}`).toBe(operation.replace('?beta=true', ''));
    }
    const rows = ENDPOINTS.filter((row) => row.method !== 'WEBSOCKET');
    expect(rows.map((row) => `${row.method} ${row.path}`).sort()).toEqual([...named].sort());
  });

  it('has sockets besides, open to whoever may make their calls', () => {
    const sockets = ENDPOINTS.filter((row) => row.method === 'WEBSOCKET');
    expect(sockets.map((row) => row.path)).toEqual(['/responses', '/realtime']);
    expect(sockets.filter(allowedBy(DEFAULT_GROUPS))).toEqual(sockets);
    expect(sockets.filter(allowedBy(['responses'])).map((row) => row.id)).toEqual(['sockets.responses']);
    expect(sockets.filter(allowedBy(['realtime'])).map((row) => row.id)).toEqual(['sockets.realtime']);
    expect(sockets.filter(allowedBy(['responses.create', 'chat.completions', 'realtime.calls']))).toEqual([]);
    expect(ids(['sockets'])).toEqual(sockets.map((row) => row.id));
    expect(() => matchRoute('GET', '/v1/responses')).toThrow('access.unknown_operation');
    expect(matchRoute('WEBSOCKET', '/v1/responses').endpoint.id).toBe('sockets.responses');
  });

  it('relays 169 operations under `*`, and administration under nothing', () => {
    const open = allowedBy(['*', 'administration', ...ENDPOINTS.map((row) => row.id)]);
    const relayed = operations.filter((operation) => open(rowOf(operation)));
    expect(relayed).toHaveLength(169);
    expect(relayed.filter((operation) => /^\w+ \/(?:organization|projects)\b/.test(operation))).toEqual([]);
    expect(operations.filter((operation) => rowOf(operation).refused !== undefined)).toHaveLength(119);
  });

  it('names each row once, and no row like a group', () => {
    const names = ENDPOINTS.map((row) => row.id);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => GROUPS.includes(name))).toEqual([]);
  });

  it('bounds every body, and nothing else', () => {
    const misfits = ENDPOINTS.filter(({ body, bodyBytesMax, shape }) =>
      body === 'none'
        ? bodyBytesMax !== 0 || shape !== 'none'
        : bodyBytesMax < MiB || bodyBytesMax > 64 * MiB || shape === 'none',
    );
    expect(misfits).toEqual([]);
    expect(bytesMax('chat.completions.create')).toBe(16 * MiB);
    expect(bytesMax('responses.create')).toBe(16 * MiB);
    expect(bytesMax('conversations.items.create')).toBe(16 * MiB);
    expect(bytesMax('files.create')).toBe(64 * MiB);
    expect(bytesMax('uploads.parts.create')).toBe(64 * MiB);
    expect(bytesMax('audio.transcriptions.create')).toBe(26 * MiB);
    expect(bytesMax('images.edit')).toBe(64 * MiB);
    expect(bytesMax('batches.create')).toBe(MiB);
  });

  it('knows the kind of every object in a path, but for public models', () => {
    const misfits = ENDPOINTS.filter((row) => {
      const names = [...row.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      return row.refused === undefined && names.join() !== Object.keys(row.objects ?? {}).join();
    });
    expect(misfits.map((row) => row.id)).toEqual(['models.retrieve']);
  });

  it('dates what OpenAI ends', () => {
    const ended = ENDPOINTS.filter((row) => row.retired !== undefined);
    expect([...new Set(ended.map((row) => `${row.group} ${row.retired}`))].sort()).toEqual([
      'assistants 2026-08-26',
      'evals 2026-11-30',
      'threads 2026-08-26',
      'videos 2026-09-24',
    ]);
  });
});

describe('what is open', () => {
  it('is neither retired, nor past the gateway, nor destructive to models by default', () => {
    expect(unknownNames(DEFAULT_GROUPS)).toEqual([]);
    const open = ENDPOINTS.filter(allowedBy(DEFAULT_GROUPS));
    expect(open.filter((row) => row.retired !== undefined)).toEqual([]);
    expect(open.map((row) => row.group)).not.toContain('realtime.calls');
    expect(open.map((row) => row.id)).not.toContain('fine_tuning.models.delete');
    expect(open.map((row) => row.id)).toContain('models.list');
    expect(open.map((row) => row.id)).toContain('responses.input_items.list');
  });

  it('follows groups, groups of groups, and single rows', () => {
    expect(ids(['embeddings'])).toEqual(['embeddings.create']);
    expect(ids(['models.list'])).toEqual(['models.list']);
    expect(ids(['realtime'])).toEqual([
      'realtime.client_secrets.create',
      'realtime.sessions.create',
      'sockets.realtime',
    ]);
    // What runs past the gateway is open by `*` and its own name alone.
    for (const name of ['*', 'realtime.calls']) expect(ids([name])).toContain('realtime.calls.create');
    for (const name of ['*', 'chatkit']) expect(ids([name])).toContain('chatkit.sessions.create');
    for (const name of ['*', 'realtime.translations'])
      expect(ids([name])).toContain('realtime.translations.client_secrets.create');
    expect(ids(['realtime.calls'])).not.toContain('realtime.sessions.create');
    expect(ids(['conversations.items'])).toHaveLength(4);
    expect(ids(['fine_tuning'])).toContain('fine_tuning.models.delete');
    expect(ids(['assistants'])).toHaveLength(5);
    expect(ids([])).toEqual([]);
  });

  it('says which names open nothing', () => {
    const names = [
      'chat',
      'chat.completions',
      'model',
      'chat.completion',
      'administration',
      '',
      '*',
      'files.',
    ];
    expect(unknownNames(names)).toEqual(['model', 'chat.completion', 'administration', '', 'files.']);
  });
});

describe('the difference to a description', () => {
  it('is nothing for the one the table was made from', () => {
    expect(apiDiff({ paths: described() })).toEqual({ added: [], removed: [] });
  });

  it('is what came, what went, and query keys that came', () => {
    const paths = described();
    delete paths['/batches/{batch_id}/cancel'];
    paths['/agents/{agent_id}'] = { get: {}, parameters: [] };
    paths['/files'] = {
      get: {
        parameters: [
          { $ref: '#/components/parameters/Since' },
          { in: 'query', name: 'limit' },
          { in: 'header', name: 'x-y' },
        ],
      },
      post: {},
    };
    const components = { parameters: { Since: { in: 'query', name: 'since' } } };
    expect(apiDiff({ paths, components })).toEqual({
      added: ['GET /agents/{agent_id}', 'GET /files ?since'],
      removed: ['POST /batches/{batch_id}/cancel'],
    });
  });

  it('does not mind what parameters are called', () => {
    const paths = described();
    paths['/batches/{id}'] = paths['/batches/{batch_id}'] ?? {};
    delete paths['/batches/{batch_id}'];
    expect(apiDiff({ paths })).toEqual({ added: [], removed: [] });
  });

  it('refuses what is no description', () => {
    expect(() => apiDiff([])).toThrow(TypeError);
    expect(() => apiDiff({ openapi: '3.1.0' })).toThrow(TypeError);
  });
});
