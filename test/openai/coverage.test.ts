import { describe, expect, test } from 'vitest';
import { coverage } from '../../src/openai/coverage.ts';
import { ENDPOINTS } from '../../src/openai/endpoints/index.ts';

const rows = coverage();
const row = (id: string) => rows.find((each) => each.id === id);

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
        .every(({ path }) => /^\/(?:organization|projects)/.test(path)),
    ).toBe(true);
  });

  test('owns up to what nobody reads', () => {
    expect(row('chat.completions.create')?.unread).toContain('pixels of images');
    expect(row('responses.create')?.unread).toContain('encrypted_content');
    expect(row('files.create')?.unread).toEqual(['bytes of files that are not text']);
    expect(row('realtime.calls.create')?.unread).toEqual(['media past the gateway']);
    expect(row('embeddings.create')?.unread).toEqual([]);
  });
});
