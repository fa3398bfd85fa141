import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../../src/engines/store/store-sqlite.ts';
import { approvalStoreContract } from '../../contracts/approval-store.ts';
import { incidentStoreContract } from '../../contracts/incident-store.ts';
import { endUserContract } from '../../contracts/end-users.ts';
import { historyStoreContract } from '../../contracts/history-store.ts';
import { keyUseContract } from '../../contracts/key-use.ts';
import { storeContract } from '../../contracts/store.ts';
import { settingsContract } from '../../contracts/store-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
let file = '';
const fresh = async () => {
  file = join(folder, `${++count}`, 'store.db');
  return openSqliteStore({ file });
};

describe('store contract', () => {
  settingsContract(fresh);
  storeContract(fresh, async () => openSqliteStore({ file }));
});

describe('history store contract', () => {
  historyStoreContract(fresh);
  endUserContract(fresh);
  keyUseContract(fresh);
});

describe('approval store contract', () => {
  approvalStoreContract(fresh, async () => openSqliteStore({ file }));
});

describe('incident store contract', () => {
  incidentStoreContract(fresh, async () => openSqliteStore({ file }));
});

test('the file and its journals are closed to everybody else', async () => {
  const store = await fresh();
  await store.putSetting('a', 'b');
  for (const name of [file, `${file}-wal`, `${file}-shm`]) {
    expect(statSync(name).mode & 0o777).toBe(0o600);
  }
  await store.close();
});

test('commits are synchronous: WAL with FULL', async () => {
  const store = await fresh();
  await store.open();
  const reader = new DatabaseSync(file, { readOnly: true });
  expect(reader.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' });
  reader.close();
  await store.close();
  expect(
    readFileSync(new URL('../../../src/engines/store/sqlite-connection.ts', import.meta.url), 'utf8'),
  ).toContain('synchronous = FULL');
});

test('a file that is no database, or of a newer program, is store.unavailable and stays as it was', async () => {
  const store = await fresh();
  await store.open();
  await store.close();
  const db = new DatabaseSync(file);
  db.exec('update sallyport_schema set version = 999');
  db.close();
  const older = openSqliteStore({ file });
  await expect(older.open()).rejects.toMatchObject({ code: 'store.unavailable' });
  expect(older.health().usable).toBe(false);
  await older.close();

  writeFileSync(file, 'not a database, '.repeat(100));
  const broken = openSqliteStore({ file });
  await expect(broken.getKey('x')).rejects.toMatchObject({ code: 'store.unavailable' });
  await broken.close();
  expect(readFileSync(file, 'utf8')).toBe('not a database, '.repeat(100));
});

test('a file that another process holds makes the call wait a second, not for ever', async () => {
  const store = await fresh();
  await store.open();
  const holder = new DatabaseSync(file);
  holder.exec('begin exclusive');
  await expect(store.putSetting('a', 'b')).rejects.toMatchObject({ code: 'store.unavailable' });
  expect(store.health().usable).toBe(false);
  holder.exec('rollback');
  holder.close();
  await store.putSetting('a', 'b');
  expect(store.health()).toEqual({ usable: true });
  await store.close();
});
