/** What a row of the catalogue of errors says, and rows of each kind with what they have in common. */

/** Whose doing a refusal is: it decides who is told and which alert counts it. */
export type Blame = 'caller' | 'policy' | 'upstream' | 'dependency' | 'gateway';

/** One code of the catalogue: what callers, SDKs and operators make of it. */
export interface CatalogueRow {
  /** HTTP status. 408 and 409 are never refusals of ours: the official SDKs retry both. */
  readonly status: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 426 | 429 | 500 | 502 | 503 | 504;
  /** `error.type` in OpenAI's shape. */
  readonly type: string;
  /** `error.code` in OpenAI's shape where clients switch on it; the catalogue's own code where left out. */
  readonly openaiCode?: string;
  readonly blame: Blame;
  /** What the caller reads. */
  readonly message: string;
  /** What an operator checks first. */
  readonly check: string;
  /** `x-should-retry: false`: the SDKs give up at once. */
  readonly final?: true;
  /** Default `retry-after` in whole seconds where the refusal is temporary. */
  readonly retryAfterS?: number;
}

export const invalid = 'invalid_request_error';
const limit = 'rate_limit_exceeded';
export const quota = 'insufficient_quota';

export function bad(message: string, check: string, more: Partial<CatalogueRow> = {}): CatalogueRow {
  return { status: 400, type: invalid, blame: 'caller', message, check, final: true, ...more };
}
/** The caller may try again with something else. */
export function barred(message: string, check: string): CatalogueRow {
  return bad(message, check, { blame: 'policy' });
}
export function forbidden(message: string, check: string): CatalogueRow {
  return bad(message, check, { status: 403, type: 'permission_error', blame: 'policy' });
}
export function limited(message: string, check: string, more: Partial<CatalogueRow> = {}): CatalogueRow {
  return {
    status: 429,
    type: 'requests',
    openaiCode: limit,
    blame: 'policy',
    message,
    check,
    retryAfterS: 1,
    ...more,
  };
}
export function down(message: string, check: string, more: Partial<CatalogueRow> = {}): CatalogueRow {
  return { status: 503, type: 'server_error', blame: 'dependency', message, check, retryAfterS: 1, ...more };
}
export function upstream(message: string, check: string, more: Partial<CatalogueRow> = {}): CatalogueRow {
  return { status: 502, type: 'server_error', blame: 'upstream', message, check, ...more };
}
/** About the gateway's account upstream: it is the same a moment later. */
export function ofAccount(message: string, check: string): CatalogueRow {
  return upstream(message, check, { final: true });
}
/** Of a tool that may have had its effect: nobody is told to try again. */
export function ran(message: string, check: string, status: 502 | 504 = 502): CatalogueRow {
  return { status, type: 'server_error', blame: 'dependency', message, check, final: true };
}
