/** stages/look-ahead: while the ledger or the audit log is known to be away, nothing is begun. */
import { expect, test } from 'vitest';
import { lookAhead } from '../../src/stages/look-ahead.ts';

const ledger = (usable: boolean) => ({ health: () => ({ usable, reason: 'no connection', warnings: [] }) });
const auditLog = (writable: boolean) => ({ health: () => ({ writable, reason: 'no room', waiting: 0 }) });

test('passes while both answer; names the first that does not, with what it says of itself for the log alone', () => {
  expect(lookAhead(ledger(true), auditLog(true))()).toBeUndefined();
  expect(() => lookAhead(ledger(false), auditLog(true))()).toThrow(
    expect.objectContaining({ code: 'ledger.unavailable', message: 'no connection' }),
  );
  expect(() => lookAhead(ledger(true), auditLog(false))()).toThrow(
    expect.objectContaining({ code: 'audit.unavailable', message: 'no room' }),
  );
  expect(() => lookAhead(ledger(false), auditLog(false))()).toThrow(
    expect.objectContaining({ code: 'ledger.unavailable' }),
  );
});
