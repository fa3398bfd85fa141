import { expect, test } from 'vitest';
import { Refusal } from '../../../src/base/errors.ts';
import { type Permission, PERMISSIONS, permit } from '../../../src/domain/callers/permissions.ts';
import type { Role } from '../../../src/ports/store.ts';

const table: Record<Permission, readonly Role[]> = {
  query: ['user', 'developer', 'admin'],
  view_history: ['user', 'developer', 'admin'],
  view_logs: ['developer', 'admin'],
  test: ['developer', 'admin'],
  manage_users: ['admin'],
  view_costs: ['admin'],
  decide_approvals: ['admin'],
  view_others_history: ['admin'],
};
const roles: readonly Role[] = ['user', 'developer', 'admin'];
const permissions = [
  'query',
  'view_history',
  'view_logs',
  'test',
  'manage_users',
  'view_costs',
  'decide_approvals',
  'view_others_history',
] as const;
const cases = permissions.flatMap((permission) =>
  roles.map((role) => ({ role, permission, may: table[permission].includes(role) })),
);

function codeOf(role: Role, permission: Permission): string {
  try {
    permit(role, permission);
    return 'permitted';
  } catch (error) {
    return error instanceof Refusal ? error.code : 'fault';
  }
}

test.each(cases)('$role, $permission: $may', ({ role, permission, may }) => {
  expect(codeOf(role, permission)).toBe(may ? 'permitted' : 'access.permission');
});

test('no role has a permission that is not in the table', () => {
  for (const role of roles) {
    expect([...PERMISSIONS[role]].filter((permission) => !table[permission].includes(role))).toEqual([]);
  }
});
