import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeOnce } from '../../src/base/write-once.ts';

test('the first to write has written; the second finds it as it was, and nothing is left lying about', () => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-once-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'secret');
  expect(writeOnce(path, 'first')).toBe(true);
  expect(writeOnce(path, 'second')).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe('first');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(dir)).toEqual(['secret']);
  expect(() => writeOnce(join(dir, 'none', 'secret'), 'x')).toThrow('ENOENT');
});
