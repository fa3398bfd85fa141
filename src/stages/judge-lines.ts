/** The lines of a batch's file are judged when it is uploaded, for its caller; whoever runs it is held to the same rules. */
import { Refusal } from '../base/errors.ts';
import type { Containment } from '../domain/callers/containment.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { Limiting } from '../domain/limits/limiting.ts';
import { lineRulesDigest } from '../domain/requests/line-rules.ts';
import type { ObjectOwner, Store } from '../ports/store.ts';
import type { ParseDeps } from './parse.ts';
import type { Guard } from './stage.ts';

/** What lines are judged by, and who remembers. */
export interface LineDeps extends Pick<ParseDeps, 'rules' | 'toolPolicyOf'> {
  readonly limiting: Limiting;
  readonly endpointsAllow: readonly string[];
  readonly urlAllow: readonly string[];
  readonly containment: Pick<Containment, 'state'>;
  readonly store: Pick<Store, 'getOwners'>;
}

/**
 * Of an upload, puts on the exchange what its lines were judged by; of a run, compares. What nobody judged here (a file from
 * before the gateway, which an operator has adopted) runs as that operator allowed.
 * @throws access.other_rules, store.unavailable
 */
export function judgeLines(deps: LineDeps): Guard {
  return function judgeLines(exchange) {
    const { prepared, endpoint } = exchange;
    if (prepared.batchNano !== undefined) exchange.judgedBy = digestFor(deps, exchange);
    if (endpoint.id !== 'batches.create') return undefined;
    const id = prepared.references.find(({ pointer }) => pointer === '/input_file_id')?.id;
    return id === undefined ? undefined : compare(deps, exchange, id);
  };
}

async function compare(deps: LineDeps, exchange: Exchange, id: string): Promise<void> {
  const known = exchange.owners.find((owner) => owner.id === id);
  // Nobody was looked up where everything is everybody's.
  const file: ObjectOwner | undefined = known ?? (await deps.store.getOwners([id]))[0];
  if (file?.nano === undefined || file.judgedBy === digestFor(deps, exchange)) return;
  throw new Refusal('access.other_rules', { param: 'input_file_id' });
}

function digestFor(deps: LineDeps, { caller }: Exchange): string {
  const { limiting, rules, toolPolicyOf, endpointsAllow, urlAllow, containment } = deps;
  return lineRulesDigest({
    caller,
    tier: limiting.tier(caller),
    screening: limiting.screenPolicy(caller),
    request: rules,
    parameters: limiting.parameters(caller),
    tools: toolPolicyOf(caller),
    endpointsAllow,
    urlAllow,
    shutModels: containment.state.lockdown?.models ?? [],
  });
}
