/** What is expected of every route of the admin API: the one place that a new route has to be written down beside its own. */
import type { Role } from '../../src/ports/store.ts';

/** Something of another team's that its administrator asks for. */
export interface OfOthers {
  /** Of the path; `blue` stands for the key of that team. */
  readonly id?: string;
  readonly input?: Readonly<Record<string, string>>;
  /** A code; `ok`: nothing of theirs is in the answer. */
  readonly end: string;
}

export interface Expected {
  readonly may: readonly Role[];
  /** What the route takes. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** Of routes that are open to administrators of one team. */
  readonly ofOthers?: readonly OfOthers[];
}

const ALL: readonly Role[] = ['user', 'developer', 'admin'];
const READERS: readonly Role[] = ['developer', 'admin'];
const ADMINS: readonly Role[] = ['admin'];
const NOTHING: readonly OfOthers[] = [{ end: 'ok' }];
const DENIED = 'access.permission';
const fitted = { observe: 0.5, block: 0.95, texts: 1, found: 0, stopped: 0 };
const endUser = { team: 'red', endUser: 'eve' };
const key = { user: 'ray', tier: 'pro', role: 'user' };

export const EXPECTED: Readonly<Record<string, Expected>> = {
  'POST /admin/keys': {
    may: ADMINS,
    input: key,
    ofOthers: [
      { input: { user: 'x.y', team: 'blue' }, end: DENIED },
      { input: { user: 'un', role: 'admin' }, end: DENIED },
      { input: { user: 'blue.new' }, end: DENIED },
      { input: { user: 'red.new', tier: 'internal' }, end: DENIED },
    ],
  },
  'GET /admin/keys': { may: ADMINS, ofOthers: NOTHING },
  'DELETE /admin/keys/:id': { may: ADMINS, ofOthers: [{ id: 'blue', end: 'access.not_found' }] },
  'POST /admin/keys/:id/rotate': {
    may: ADMINS,
    input: { overlapSeconds: 0 },
    ofOthers: [{ id: 'blue', end: 'access.not_found' }],
  },
  'POST /admin/keys/report': { may: READERS, input: { key: 'sk-sp-nobody' } },
  'GET /admin/usage': {
    may: ADMINS,
    input: { user: 'ruth' },
    ofOthers: [{ input: { user: 'blue.x' }, end: DENIED }],
  },
  'GET /admin/charges': { may: ADMINS, input: { from: '2026-11-01' }, ofOthers: NOTHING },
  'GET /admin/audit': { may: READERS, ofOthers: [{ end: 'ok' }, { input: { limit: '1000' }, end: 'ok' }] },
  'GET /admin/audit/checkpoints': { may: READERS },
  'POST /admin/ledger/adopt': { may: ADMINS },
  'POST /admin/calibrations': { may: ADMINS, input: { user: fitted, tool: fitted } },
  'GET /admin/coverage': { may: READERS },
  'GET /admin/me': { may: ALL, ofOthers: NOTHING },
  // Of persons who signed in.
  'GET /admin/me/usage': { may: ALL, ofOthers: [{ end: DENIED }] },
  'GET /admin/me/keys': { may: ALL, ofOthers: [{ end: DENIED }] },
  'POST /admin/me/keys': { may: ALL, ofOthers: [{ end: DENIED }] },
  'DELETE /admin/me/keys/:id': { may: ALL, ofOthers: [{ id: 'blue', end: DENIED }] },
  'GET /admin/approvals': { may: ADMINS },
  'GET /admin/approvals/:id': { may: ADMINS },
  'POST /admin/approvals/:id': { may: ADMINS, input: { decision: 'deny' } },
  'GET /admin/lockdown': { may: READERS },
  'PUT /admin/lockdown': { may: ADMINS, input: { users: ['nobody'] } },
  'GET /admin/bans': { may: READERS },
  'POST /admin/bans': { may: ADMINS, input: { user: 'nobody' } },
  'DELETE /admin/bans/:id': { may: ADMINS },
  'GET /admin/lowerings': { may: READERS },
  'POST /admin/lowerings': { may: ADMINS, input: { user: 'nobody', tier: 'free' } },
  'DELETE /admin/lowerings/:id': { may: ADMINS },
  'POST /admin/users/:id/disable': { may: ADMINS },
  'POST /admin/users/:id/enable': { may: ADMINS },
  'GET /admin/objects': { may: ADMINS, input: { user: 'ada' } },
  'POST /admin/objects/adopt': { may: ADMINS, input: { user: 'ada', ids: ['file-1'] } },
  'GET /admin/incidents': { may: READERS },
  'POST /admin/incidents': { may: ADMINS, input: { note: 'seen' } },
  'GET /admin/incidents/:id': { may: READERS },
  'POST /admin/incidents/:id': { may: ADMINS, input: { note: 'seen' } },
  'GET /admin/incidents/:id/evidence': { may: READERS },
  'GET /admin/incidents/:id/postmortem': { may: READERS },
  'GET /admin/history': { may: ADMINS, input: { user: 'ada' } },
  'DELETE /admin/users/:id/data': { may: ADMINS },
  'GET /admin/holds': { may: ADMINS },
  'POST /admin/holds': { may: ADMINS, input: { user: 'ada' } },
  'DELETE /admin/holds/:id': { may: ADMINS },
  'POST /admin/end-users/digest': { may: READERS, input: endUser },
  'POST /admin/end-users/erase': { may: ADMINS, input: endUser },
  'GET /admin/policy': { may: READERS },
  'POST /admin/policy/reload': { may: ADMINS },
  'GET /admin/policy/proposals': { may: READERS },
  'POST /admin/policy/proposals/:id': { may: ADMINS },
  'DELETE /admin/policy/proposals/:id': { may: ADMINS },
  'GET /admin/rollout': { may: READERS },
  'DELETE /admin/rollout/fallback': { may: ADMINS },
  'GET /admin/report': { may: READERS, input: { from: '2026-11-01' }, ofOthers: NOTHING },
  'GET /admin/guards': { may: READERS },
};

/** What a record has that nobody may set, and what programs mistake for something else. */
export const FORBIDDEN_NAMES: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  '',
  'id',
  'version',
  'secretDigest',
  'secondDigest',
  'pepperId',
  'previousDigest',
  'previousUntil',
  'createdAt',
  'rotatedAt',
  'revokedAt',
  'exposedAt',
  'dailyBudgetNano',
  'permissions',
  'credential',
  'actor',
  'resource',
  'openedBy',
  'decidedBy',
  'rulesVersion',
  'withheld',
  'by',
  'at',
  'until',
];
