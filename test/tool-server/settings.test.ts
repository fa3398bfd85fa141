/** tool-server/settings, tool-server/input-schema, and the rules that span them: what is no sound tool is a fault, by its place. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ConfigError, loadSetup, printable } from '../../src/config.ts';
import type { Fault } from '../../src/environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-tools-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function local(content: string): Record<string, string> {
  const path = join(folder, `${files++}.yaml`);
  writeFileSync(path, content);
  return { SALLYPORT_CONFIG: `config/local.yaml,${path}` };
}

function faultsOf(env: Record<string, string>): readonly Fault[] {
  try {
    loadSetup(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

const tool = (run: object, properties: object = { path: { type: 'string' } }, more: object = {}) => ({
  description: 'A tool.',
  inputSchema: { type: 'object', properties, required: Object.keys(properties) },
  run,
  ...more,
});
const cat = (more: object = {}) => ({ kind: 'command', argv: ['/usr/bin/cat', '--', '{path}'], ...more });
const service = (url: string, more: object = {}) => ({ kind: 'http', url, ...more });
const faulty = (run: object, ...rest: object[]) =>
  faultsOf(local(JSON.stringify({ toolServer: { tools: { t: tool(run, ...rest) } } }))).map(
    ({ path, message }) => `${path.replace('toolServer.tools.t.', '')}: ${message}`,
  );

describe('the section toolServer', () => {
  test('takes what is whole', () => {
    expect(faulty(cat({ folders: { read: ['/srv/archive'] }, workingFolder: '/srv/archive' }))).toEqual([]);
    expect(faulty(service('https://a.example/v1/{path}?k=1'))).toEqual([]);
  });

  test.each<[string, object, string]>([
    [
      'a program by its name',
      { kind: 'command', argv: ['cat', '{path}'] },
      'run.argv.0: must be the whole path of a program',
    ],
    [
      'half a placeholder',
      cat({ argv: ['/bin/x', '--f={path}', '{path}'] }),
      'run.argv.1: a placeholder must be a whole argument',
    ],
    [
      'an unknown placeholder',
      cat({ argv: ['/bin/x', '{path}', '{other}'] }),
      'run: {other} must be a required string, number or boolean of inputSchema',
    ],
    ['an argument that goes nowhere', cat({ argv: ['/bin/x'] }), 'run: path of inputSchema is used nowhere'],
    [
      'a network',
      cat({ network: true }),
      'run.network: commands have no network; a service is reached by kind: http',
    ],
    [
      'a folder of the system',
      cat({ folders: { read: ['/etc'] } }),
      'run.folders.read.0: must not be the root, /tmp itself or a folder of the system',
    ],
    [
      'DATA_DIR',
      cat({ folders: { read: [process.cwd()] } }),
      'run.folders: must not hold DATA_DIR, or be in it',
    ],
    [
      'a folder in one that is written',
      cat({ folders: { read: ['/srv/a/b'], write: ['/srv/a'] } }),
      'run.folders: must not be in a folder that a tool may write',
    ],
    [
      'http to elsewhere',
      service('http://a.example/{path}'),
      'run.url: must be https, or http to loopback, no link-local; placeholders are whole steps of its path',
    ],
    [
      'a placeholder in the host',
      service('https://{path}.example/'),
      'run.url: must be https, or http to loopback, no link-local; placeholders are whole steps of its path',
    ],
    [
      'a secret that is not there',
      service('https://a.example/', { headers: [{ name: 'x-key', value: 'env:NO_SUCH' }] }),
      'run.headers.0.value: Invalid input: expected string, received undefined',
    ],
    [
      'a header of the connection',
      service('https://a.example/', { headers: [{ name: 'host', value: 'x' }] }),
      'run.headers.0.name: is a header of the connection',
    ],
  ])('%s is a fault', (_what, run, fault) => {
    expect(faulty(run)).toEqual([fault]);
  });

  test('a schema that is not checked as a whole is a fault', () => {
    const pattern = { path: { type: 'string', pattern: '.*' } };
    expect(faulty(cat(), pattern).join()).toContain('inputSchema.properties.path');
    const input = { type: 'object', properties: {}, required: ['path'] };
    expect(faulty(cat({ argv: ['/bin/x'] }), {}, { inputSchema: input })).toEqual([
      'inputSchema.required.0: path is no property',
    ]);
  });

  test("the process of the tools takes no key of upstream's, however it is named, and prints no header", () => {
    const config = {
      toolServer: {
        tools: {
          t: tool(service('https://a.example/', { headers: [{ name: 'x-key', value: 'env:MINE' }] })),
        },
      },
    };
    const env = { ...local(JSON.stringify(config)), MINE: 'canary-of-a-header' };
    expect(JSON.stringify(printable(loadSetup(env, 'tools')))).not.toContain('canary');
    expect(() => loadSetup({ ...env, OPENAI_API_KEY: 'sk-proj-x' }, 'tools')).toThrow('must not be given');
    const named = local(JSON.stringify({ ...config, upstream: { apiKey: 'env:MINE' } }));
    expect(() => loadSetup({ ...named, MINE: 'x' }, 'tools')).toThrow('must not be given');
    const next = local(JSON.stringify({ ...config, upstream: { apiKeyNext: 'env:MINE' } }));
    expect(() => loadSetup({ ...next, MINE: 'x' }, 'tools')).toThrow('must not be given');
    expect(() => loadSetup({}, 'tools')).toThrow('toolServer: is needed');
  });
});
