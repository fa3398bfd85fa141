/** src/domain/records/ocsf.ts, promise 50: every entry is an event that the schema takes, on one line, and nothing of it is lost. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ocsfEvent } from '../../../src/domain/records/ocsf.ts';
import type { Entry } from '../../../src/ports/audit-log.ts';
import { ocsfSchema } from '../../support/ocsf-schema.ts';

const PRODUCT = { name: 'Sallyport', version: '1.2.3' };
const entryOf = (fields: Partial<Entry>): Entry => ({
  timestamp: '2026-11-26T01:02:03.004Z',
  userId: 'ada',
  action: 'exchange.outcome',
  resource: 'chat.completions.create',
  status: 'success',
  metadata: { exchange: 'e-1', credential: 'k1', source: '192.0.2.1', httpStatus: 200, settledNano: 12 },
  chain: '20261126-1',
  sequence: 7,
  previousHash: 'aa',
  hash: 'bb',
  ...fields,
});
const shape = (fields: Partial<Entry>) => {
  const { class_uid, activity_id, severity_id, status_id } = ocsfSchema.parse(
    ocsfEvent(entryOf(fields), PRODUCT),
  );
  return [class_uid, activity_id, severity_id, status_id];
};

const refused = (code: string): Partial<Entry> => ({
  action: 'exchange.refused',
  status: 'failure',
  metadata: { code, source: '::1' },
});

test('what becomes what', () => {
  const cases: readonly (readonly [Partial<Entry>, readonly unknown[]])[] = [
    [{}, [6003, 1, 1, 1]],
    [{ action: 'exchange.intent', status: 'pending' }, [6003, 1, 1, 99]],
    [{ resource: 'models.list' }, [6003, 2, 1, 1]],
    [{ resource: 'files.delete', status: 'failure' }, [6003, 4, 2, 2]],
    [{ action: 'admin.key.rotate', resource: 'k1' }, [6003, 3, 1, 1]],
    [{ action: 'admin.key.revoke', resource: 'k1', status: 'pending' }, [6003, 4, 1, 99]],
    [refused('budget.exhausted'), [6003, 1, 2, 2]],
    [refused('auth.invalid'), [3002, 1, 2, 2]],
    [{ action: 'access.refused', status: 'failure', metadata: {} }, [3002, 1, 2, 2]],
    [{ action: 'access.exposed', status: 'failure' }, [3002, 1, 3, 2]],
    [refused('guardrail.injection'), [2004, 1, 3, 1]],
    [refused('tool.denied'), [2004, 1, 3, 1]],
    [refused('guardrail.failed'), [6003, 1, 2, 2]],
    [refused('tool.approval_pending'), [6003, 1, 2, 2]],
    [{ ...refused('guardrail.answer'), action: 'exchange.outcome' }, [2004, 1, 3, 1]],
    [{ ...refused('upstream.failed'), action: 'exchange.outcome' }, [6003, 1, 2, 2]],
    [{ action: 'audit.tampered', status: 'failure', metadata: {} }, [2004, 1, 5, 1]],
    [{ action: 'upstream.credential', status: 'failure', metadata: {} }, [2004, 1, 4, 1]],
    [{ action: 'policy.fallback', status: 'pending', metadata: {} }, [2004, 1, 4, 1]],
    [{ action: 'policy.applied', metadata: {} }, [6003, 99, 1, 1]],
    [{ action: 'incident.opened', metadata: { severity: 'low' } }, [2004, 1, 2, 1]],
    [{ action: 'incident.opened', metadata: { severity: 'critical' } }, [2004, 1, 5, 1]],
    [{ action: 'exchange.over_reservation', status: 'failure' }, [2004, 1, 3, 1]],
    [{ action: 'ledger.lost', status: 'failure', metadata: {} }, [2004, 1, 4, 1]],
    [{ action: 'gateway.start', resource: 'gateway', metadata: {} }, [6002, 3, 1, 1]],
    [{ action: 'audit.checkpoint', metadata: {} }, [6002, 99, 1, 1]],
  ];
  for (const [fields, wanted] of cases) expect(shape(fields), `of ${JSON.stringify(fields)}`).toEqual(wanted);
});

test('it leads back to its entry, and carries the rest of it', () => {
  const event = ocsfEvent(entryOf({}), PRODUCT);
  expect(event).toMatchObject({
    time: Date.parse('2026-11-26T01:02:03.004Z'),
    actor: { user: { name: 'ada', credential_uid: 'k1' } },
    api: { operation: 'chat.completions.create', request: { uid: 'e-1' } },
    src_endpoint: { ip: '192.0.2.1' },
    http_response: { code: 200 },
    metadata: { uid: '20261126-1:7', sequence: 7, correlation_uid: 'e-1' },
    unmapped: { action: 'exchange.outcome', hash: 'bb', settledNano: 12 },
  });
  const finding = {
    ...refused('guardrail.secrets'),
    metadata: { code: 'guardrail.secrets', httpStatus: 400 },
  };
  expect(ocsfEvent(entryOf(finding), PRODUCT)).toMatchObject({ unmapped: { httpStatus: 400 } });
  const warned = entryOf({ action: 'gateway.warning', metadata: { source: '::1' } });
  expect(ocsfEvent(warned, PRODUCT)).toMatchObject({ unmapped: { source: '::1' } });
});

test('whatever stands in an entry, the event is valid and one line', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\r\n', '\u2028', '"},{"', '<13>1 - -', '\u0000', '=cmd()', '__proto__'),
  );
  const entries = fc.record({
    userId: hostile,
    action: fc.oneof(
      hostile,
      fc.constantFrom('exchange.refused', 'admin.refused', 'incident.opened', 'gateway.stop'),
    ),
    resource: hostile,
    status: fc.constantFrom('success', 'failure', 'pending'),
    metadata: fc.dictionary(
      fc.oneof(fc.constantFrom('code', 'source', 'credential', 'httpStatus', 'exchange'), hostile),
      fc.oneof(hostile, fc.integer(), fc.constant(undefined)),
    ),
  });
  fc.assert(
    fc.property(entries, (fields) => {
      const line = JSON.stringify(ocsfEvent(entryOf(fields), PRODUCT));
      expect(line).not.toMatch(/[\n\r]/);
      ocsfSchema.parse(JSON.parse(line));
    }),
    { numRuns: 40 },
  );
});
