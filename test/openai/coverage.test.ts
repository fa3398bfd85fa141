import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { coverage } from '../../src/openai/coverage.ts';
import { coveragePage } from '../../src/openai/coverage-page.ts';
import { ENDPOINTS } from '../../src/openai/endpoints/index.ts';
import { OPERATIONS } from './description.ts';
import { joined } from './plants.ts';

const rows = coverage();
const row = (id: string) => rows.find((each) => each.id === id);
const field = (id: string, name: string) => row(id)?.fields.find((each) => each.name === name);

describe('coverage', () => {
  test('has one row for each operation, in the order of the table', () => {
    expect(rows.map(({ id }) => id)).toEqual(ENDPOINTS.map(({ id }) => id));
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });

  test('says of each whether it is relayed, and if not, why', () => {
    for (const { id, decision } of rows) {
      const why = ENDPOINTS.find((each) => each.id === id)?.refused;
      expect(decision).toBe(why === undefined ? 'relayed' : `refused: ${why}`);
    }
    expect(
      rows
        .filter(({ decision }) => decision !== 'relayed')
        .filter(({ path }) => !/^\/(?:organization|projects)/.test(path))
        .map(({ path }) => path),
    ).toEqual([]);
  });

  test('has every field at the top of every body that is described, and every query key', () => {
    const missing = [...OPERATIONS].flatMap(([operation, { query, bodies }]) => {
      const [method, target = ''] = operation.split(' ');
      const path = target.replace(/\?.*$/, '');
      const found = rows.find((each) => each.method === method && each.path === path);
      if (found?.decision !== 'relayed') return [];
      const known = new Set(found.fields.map(({ name }) => name));
      const named = Object.values(bodies).flatMap((shape) => Object.keys(joined(shape).o));
      return [...named, ...query.map((key) => `?${key}`)]
        .filter((name) => !known.has(name))
        .map((name) => `${operation} ${name}`);
    });
    expect(missing).toEqual([]);
  });

  test('tells what looks at a field', () => {
    expect(field('chat.completions.create', 'messages')).toMatchObject({
      read: 'prose',
      injection: 'by role',
      cost: true,
    });
    expect(field('responses.create', 'instructions')).toMatchObject({ read: 'prose', injection: 'none' });
    expect(field('responses.create', 'previous_response_id')).toMatchObject({
      read: 'token',
      owner: 'response',
    });
    expect(field('responses.create', 'temperature')).toMatchObject({ read: 'number' });
    expect(field('files.create', 'file')).toMatchObject({ read: 'file', injection: 'tool' });
    expect(field('images.edit', 'image')).toMatchObject({ read: 'file' });
    expect(field('files.retrieve', '{file_id}')).toEqual({
      name: '{file_id}',
      read: 'token',
      injection: 'none',
      owner: 'file',
    });
  });

  test('owns up to what nobody reads', () => {
    expect(row('chat.completions.create')?.unread).toContain('pixels of images');
    expect(row('responses.create')?.unread).toContain('encrypted_content');
    expect(row('files.create')?.unread.join()).toContain('request.unreadFiles');
    expect(row('audio.transcriptions.create')?.unread).toContain('audio');
    expect(row('realtime.calls.create')?.unread).toContain('media past the gateway');
    expect(row('files.list')?.unread).toEqual([]);
  });

  test('is the page beside it', () => {
    const page = readFileSync(new URL('../../src/openai/COVERAGE.md', import.meta.url), 'utf8');
    expect(page).toBe(coveragePage(rows));
  });
});
