/** What each role may do. The one place that says so; a role never gains a permission elsewhere. */
import { Refusal } from '../../base/errors.ts';
import type { Role } from '../../ports/store.ts';

/**
 * Calling the API · one's own usage and history · audit log and coverage · trying things out · keys · money · calls of
 * others that are held · what others said.
 */
export type Permission =
  | 'query'
  | 'view_history'
  | 'view_logs'
  | 'test'
  | 'manage_users'
  | 'view_costs'
  | 'decide_approvals'
  | 'view_others_history';

const user: readonly Permission[] = ['query', 'view_history'];
const developer: readonly Permission[] = [...user, 'view_logs', 'test'];
const admin: readonly Permission[] = [
  ...developer,
  'manage_users',
  'view_costs',
  'decide_approvals',
  'view_others_history',
];

/** The table: role to permissions. */
export const PERMISSIONS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  user: new Set(user),
  developer: new Set(developer),
  admin: new Set(admin),
};

/** @throws access.permission */
export function permit(role: Role, permission: Permission): void {
  if (!PERMISSIONS[role].has(permission)) {
    throw new Refusal('access.permission', { detail: `role ${role} lacks ${permission}` });
  }
}
