/**
 * The catalogue of everything that can go wrong for a caller: one row a code, and the error that carries it.
 * The public text never echoes input; what is internal goes into `detail`, which only the log sees.
 */

import {
  bad,
  barred,
  type CatalogueRow,
  down,
  forbidden,
  invalid,
  limited,
  ofAccount,
  quota,
  ran,
  upstream,
} from './error-row.ts';

export type { Blame, CatalogueRow } from './error-row.ts';

/** Every code there is; the table in the README of the project is this one. */
export const CATALOGUE = {
  // edge
  'edge.https_required': bad('This gateway only answers over HTTPS.', 'The scheme of the base URL.', {
    status: 426,
    type: invalid,
  }),
  'edge.draining': down('The gateway is shutting down; try again.', 'Whether a deployment is under way.', {
    blame: 'gateway',
  }),
  'edge.busy': down('The gateway is at capacity; try again.', 'Load, and the number of processes.', {
    blame: 'gateway',
  }),

  'edge.expired': bad('The socket was open, or idle, for as long as it may be.', 'sockets: its bounds.', {
    openaiCode: 'session_expired',
    blame: 'policy',
  }),

  // authenticate
  'auth.missing': bad('No API key was provided.', 'The Authorization header: Bearer and a key.', {
    status: 401,
    openaiCode: 'invalid_api_key',
  }),
  'auth.invalid': bad('Incorrect API key provided.', 'Whether the key exists, is unexpired and unrevoked.', {
    status: 401,
    openaiCode: 'invalid_api_key',
  }),
  'auth.several': bad(
    'More than one credential was provided.',
    'That only one header carries a credential.',
    {
      status: 401,
      openaiCode: 'invalid_api_key',
    },
  ),

  'auth.unavailable': down(
    'The identity provider cannot be asked at the moment.',
    'The identity provider: jwt.jwksUrl, people.issuer.',
  ),
  'auth.sign_in': bad('The sign-in did not succeed; start again.', 'The log; people, and the provider.', {
    status: 401,
  }),

  // authorise
  'access.unknown_operation': bad('Unknown request URL.', 'Method and path against the endpoint table.', {
    status: 404,
    openaiCode: 'unknown_url',
  }),
  'access.operation_refused': forbidden(
    'This operation is not relayed by this gateway.',
    'The endpoint table: why.',
  ),
  'access.operation_not_allowed': forbidden(
    'This operation is not allowed.',
    'endpoints.allow, and the key.',
  ),
  'access.client_secret': forbidden(
    'A client secret opens Realtime sessions over WebSocket here, and nothing else.',
    'Where it is used: media of WebRTC and SIP would go past the gateway.',
  ),
  'access.permission': forbidden('Your role does not permit this.', 'The role of the key or token.'),
  'access.no_group': forbidden('None of your groups has access here.', 'people.groups, people.groupsClaim.'),
  'access.own_keys': forbidden('You have as many keys as you may have.', 'people.keys.max.'),
  'retention.held': forbidden(
    'A legal hold keeps what there is of this user.',
    'retention.hold, and GET /admin/holds.',
  ),
  'access.origin': forbidden(
    'Pages of this origin may not call this.',
    'server.cors: the origin of the page.',
  ),
  'access.address': forbidden('This key may not be used from this address.', 'Addresses it is bound to.'),
  'access.locked_down': forbidden('Access is shut at the moment.', 'The kill switch: who set it, and why.'),
  'access.banned': forbidden('Access is shut for some time.', 'Bans: which one, and until when.'),
  'access.second_person': forbidden(
    'Somebody else has to do this.',
    'Who did what is to be undone; containment.release.',
  ),
  'policy.invalid': barred(
    'The configuration is not usable; the policy in force stays.',
    'param, and the log, which says what is wrong where.',
  ),
  'policy.needs_restart': barred(
    'Not all of this can change while the process runs; the policy in force stays.',
    'param: change these by a restart, or take them back.',
  ),
  'access.end_user': forbidden(
    'This key may not speak for end users.',
    'endUsers of the tier, or leave out X-Sallyport-End-User.',
  ),
  'policy.needs_second': forbidden('Another administrator must confirm this.', '/admin/policy/proposals.'),
  'access.model': bad('This model is not available to you.', 'The models the key or tier allows.', {
    status: 403,
    type: 'permission_error',
    openaiCode: 'model_not_found',
    blame: 'policy',
  }),
  'access.unknown_object': bad('No such object.', 'Who made the object, and objects.isolation.', {
    status: 404,
    openaiCode: 'not_found',
  }),
  'access.other_rules': forbidden('Other rules held for this file; upload it again.', 'Key, tier, policy.'),
  'access.method': bad('This method is not offered here.', 'The method.', { status: 405 }),
  'access.not_found': bad('Not found.', 'The id in the path.', { status: 404, openaiCode: 'not_found' }),

  // parse
  'request.too_large': bad('The request body is too large.', 'The size limit of this operation.', {
    status: 413,
  }),
  'request.media_type': bad('Unsupported content type.', 'Content-Type and Content-Encoding.', {
    status: 415,
  }),
  'request.too_slow': bad('The request body did not arrive in time.', 'The network of the caller.'),
  'request.framing': bad('The request is framed ambiguously.', 'Length and encoding headers.'),
  'request.path': bad('The request path is not canonical.', 'Encodings, dots and slashes in the path.'),
  'request.query': bad('A query parameter is not known for this operation.', 'The query string.'),
  'request.invalid_utf8': bad('The request body is not valid UTF-8.', 'The encoding of the body.'),
  'request.invalid_json': bad('The request body is not valid JSON.', 'The JSON that was sent.'),
  'request.duplicate_key': bad('A key occurs twice in one JSON object.', 'The JSON that was sent.'),
  'request.too_deep': bad('The request body is nested too deeply.', 'Depth: 64 at most.'),
  'request.number': bad('A number in the request body is out of range.', 'Numbers in the JSON.'),
  'request.too_complex': bad('The request body has too many values.', 'The number of values in the JSON.'),
  'request.invalid_multipart': bad('The multipart body is malformed.', 'Boundary, part headers, part names.'),
  'request.missing_model': bad('A model is required.', 'The model field.', {
    openaiCode: 'missing_required_parameter',
  }),
  'request.invalid_field': bad('A field of the request is not valid.', 'The field named in param.', {
    openaiCode: 'invalid_value',
  }),
  'request.unknown_field': bad('A field of the request is not known.', 'request.unknownFields.', {
    openaiCode: 'unknown_parameter',
  }),
  'request.too_long': bad('A text of the request is too long.', 'request.textCharsMax, detector.charsMax.', {
    openaiCode: 'string_above_max_length',
  }),
  'request.characters': bad(
    'A text of the request has characters that are not allowed.',
    'request.characters.',
  ),
  'request.parameter': barred(
    'A parameter of the request is not allowed.',
    'parameters of house, tier, team, and the client secret; the field named in param.',
  ),
  'request.upstream': barred(
    'The request names objects that are not all in the same place.',
    'upstreams of the objects, and of the socket.',
  ),
  'request.end_user': bad(
    'X-Sallyport-End-User must name an end user in 1 to 256 visible characters.',
    'The header; endUsers of the tier.',
  ),
  'request.over_cap': bad('The request asks for more tokens than your tier allows.', 'maxTokensPerRequest.', {
    openaiCode: 'context_length_exceeded',
    blame: 'policy',
  }),
  'request.unpriced': barred(
    'This model has no known price and is refused.',
    'models.unpriced, models.prices.',
  ),
  'request.unread_file': barred(
    'This file cannot be inspected, and such files are not relayed.',
    'Its format, size and encoding; request.unreadFiles.',
  ),
  'request.reference': barred('A reference to this address is not allowed.', 'references.urlAllow.'),

  // tools
  'tool.denied': forbidden(
    'A tool of this request or its answer is not allowed.',
    'tools in policy.yaml, and the key.',
  ),
  'tool.arguments': forbidden('The arguments of a tool call are not allowed.', 'tools.arguments.'),
  'tool.calls': forbidden('One answer calls more tools than are allowed.', 'tools.callsPerAnswerMax.'),
  'tool.calls_per_minute': forbidden('Your models call tools too often; slow down.', 'tools.callsPerMinute.'),
  'tool.approval_needed': forbidden(
    'A tool call of the answer needs the approval of a person.',
    'tools.needsApproval, tools.taintNeedsApproval.',
  ),
  'tool.approval_pending': forbidden(
    'A tool call of the answer waits for the approval of a person.',
    'The approvals in the console; then X-Sallyport-Approval, or the same request.',
  ),
  'tool.approval_denied': forbidden('A person has refused a tool call.', 'The approval, and its note.'),
  'tool.approval_expired': forbidden('Nobody approved a tool call in time.', 'approvals.decideWithinS.'),
  'tool.approval_used': forbidden('This approval has been used.', 'The approval: each is good for one call.'),
  'tool.unknown': bad('No such tool.', 'toolServer.tools.', { status: 404, openaiCode: 'not_found' }),
  'tool.input': bad('The arguments do not fit the tool.', 'Its inputSchema; the place is in param.'),
  'tool.sandbox': down('No sandbox works here: the tool was not run.', 'bubblewrap, and user namespaces.'),
  'tool.failed': ran('The tool failed.', 'The log, by request id.'),
  'tool.timeout': ran('The tool did not end in time.', 'timeoutMs of the tool.', 504),
  'tool.overran': ran('The tool said more than is allowed.', 'outputBytesMax of the tool.'),

  // approvals
  'approval.own': forbidden(
    'An approval needs somebody other than who called.',
    'Who decides, and who called.',
  ),
  'approval.decided': barred('This approval is not pending any more.', 'Its state.'),
  'approval.seen': bad('What was seen is not what is to be decided.', 'That `seen` is of this approval.'),

  // screen
  'guardrail.injection': barred(
    'The request was blocked: it looks like a prompt injection.',
    'The audit entry.',
  ),
  'guardrail.pii': barred('The request was blocked: it contains personal data.', 'The audit entry.'),
  'guardrail.secrets': barred('The request was blocked: it contains a secret.', 'The audit entry.'),
  'guardrail.detector': barred(
    'The request was blocked: a detector of harmful content refused it.',
    'The audit entry; detector.points.',
  ),
  'guardrail.answer': barred(
    'The answer was blocked: it may not be shown.',
    'The audit entry: its findings.',
  ),
  'guardrail.failed': down('The request could not be screened in time.', 'Guardrail health and time-outs.', {
    blame: 'gateway',
  }),
  'guardrail.busy': down('Too many large requests are being screened; try again.', 'Screening load.', {
    blame: 'gateway',
  }),

  // admit
  'rate.requests': limited('Rate limit reached for requests.', 'The windows of the tier.'),
  'rate.tokens': limited('Rate limit reached for tokens.', 'tokensPerMinute.', { type: 'tokens' }),
  'rate.concurrency': limited('Too many requests are open at once.', 'concurrency.'),
  'rate.held': limited('The rest of the budget is held by open requests.', 'Open reservations.'),
  'rate.upstream': limited(
    'Little is left of the upstream limits; calls of low priority wait.',
    "The account's limits upstream; teams.NAME.priority.",
  ),
  'rate.screening': limited(
    'Too many of your requests are being screened at once.',
    'Large requests of the key.',
  ),
  'rate.refusals': limited('Too many refused requests; slow down.', 'Why the key is being refused.'),
  'rate.approvals': limited('Too many of your tool calls wait for approval.', 'approvals, and who decides.', {
    retryAfterS: 30,
  }),
  'rate.source': limited('Too many failed attempts from this address.', 'Who sends bad credentials.', {
    blame: 'caller',
    retryAfterS: 60,
  }),
  'budget.exceeded': limited(
    'You exceeded your current budget.',
    'The budget of user, key, team and house.',
    {
      type: quota,
      openaiCode: quota,
      final: true,
    },
  ),
  'ledger.unavailable': down(
    'Limits cannot be checked at the moment.',
    'The ledger: Redis reachable, healthy?',
  ),

  // record
  'audit.unavailable': down(
    'The call cannot be put on record at the moment.',
    'The audit log: disk and space.',
  ),
  'store.unavailable': down(
    'The store cannot be reached at the moment.',
    'The store: PostgreSQL or its file.',
  ),

  // forward
  'upstream.unreachable': upstream(
    'The upstream API cannot be reached.',
    'Network, DNS and TLS to upstream.',
  ),
  'upstream.timeout': upstream('The upstream API did not answer in time.', 'upstream time-outs.', {
    status: 504,
  }),
  'upstream.credential': ofAccount('The upstream API refused the gateway.', "Upstream's key and project."),
  'upstream.quota': ofAccount('The upstream API takes no more calls.', "Credit of upstream's account."),
  'upstream.failed': upstream('The upstream API failed.', "OpenAI's status page."),
  'upstream.invalid_answer': upstream('The upstream API gave an answer that cannot be relayed.', 'Upstream.'),
  'upstream.overran': upstream(
    'The upstream API sent more than it was asked for.',
    'Output cap and upstream.',
  ),
  'upstream.broken': upstream("The upstream API's answer broke off.", 'Network to upstream.'),
  'upstream.limited': limited('The upstream API is limiting requests.', "The account's limits upstream.", {
    blame: 'upstream',
  }),
  'upstream.refused': bad('The upstream API refused the request.', 'The message of upstream.', {
    blame: 'upstream',
  }),

  'gateway.fault': upstream('The gateway failed.', 'The log, by request id.', {
    status: 500,
    blame: 'gateway',
  }),
} as const satisfies Record<string, CatalogueRow>;

/** A code of the catalogue: `<stage>.<reason>`; it is told in `x-sallyport-code`. */
export type Code = keyof typeof CATALOGUE;

/** What one refusal adds to its row. Nothing here but `detail` and `cause` may stay inside. */
export interface RefusalOptions {
  /** The field at fault, in OpenAI's `param`; a path of ours or a name of the schema, never a value. */
  readonly param?: string;
  /** Whole seconds ≥ 1. */
  readonly retryAfterS?: number;
  /** Replaces the public text; only for texts that were screened (upstream's own message) or hold no input. */
  readonly message?: string;
  /** Replaces status and OpenAI code, for upstream's own refusals relayed to the caller. */
  readonly status?: number;
  readonly openaiCode?: string | null;
  readonly type?: string;
  /** More answer headers, lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log alone. */
  readonly detail?: string;
  /** For the audit log alone: whose credential it was, where the call has no caller yet. */
  readonly subject?: { readonly user: string; readonly credential: string };
  readonly cause?: unknown;
}

/** The one error that stages throw to refuse. Never carries caller text in its message. */
export class Refusal extends Error {
  readonly code: Code;
  readonly options: RefusalOptions;
  constructor(code: Code, options: RefusalOptions = {}) {
    super(options.detail ?? code, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Refusal';
    this.code = code;
    this.options = options;
  }
  get row(): CatalogueRow {
    return CATALOGUE[this.code];
  }
  get status(): number {
    return this.options.status ?? this.row.status;
  }
}

/** What the caller gets: the body in OpenAI's shape, and the headers that steer the SDKs' retries. */
export interface ErrorBody {
  readonly error: { message: string; type: string; param: string | null; code: string | null };
}

/** The body of a refusal, in OpenAI's shape; the same row and options give the same bytes. */
export function errorBody(refusal: Refusal): ErrorBody {
  const { row, options } = refusal;
  return {
    error: {
      message: options.message ?? row.message,
      type: options.type ?? row.type,
      param: options.param ?? null,
      code: options.openaiCode === undefined ? (row.openaiCode ?? refusal.code) : options.openaiCode,
    },
  };
}

/** Headers of a refusal. `x-should-retry: false` also where waiting would take over 60 s. */
export function errorHeaders(refusal: Refusal): Record<string, string> {
  const { row, options } = refusal;
  const retryAfterS = options.retryAfterS ?? row.retryAfterS;
  const headers: Record<string, string> = { 'x-sallyport-code': refusal.code };
  if (row.final) headers['x-should-retry'] = 'false';
  else if (retryAfterS !== undefined) {
    headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfterS)));
    if (retryAfterS > 60) headers['x-should-retry'] = 'false';
  }
  return { ...headers, ...options.headers };
}

/** Any thrown thing as a Refusal: what is not one is a fault of ours, and its text stays inside. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new Refusal('gateway.fault', { detail, cause: error });
}
