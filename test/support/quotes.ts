/** Asks for a quote of an ordinary short call, changed where a test says so. */
import { Refusal } from '../../src/base/errors.ts';
import { quote, type Quote, type QuoteInput } from '../../src/domain/limits/budgets.ts';
import type { Tier } from '../../src/domain/limits/tiers.ts';
import type { Endpoint, RequestFacts } from '../../src/openai/endpoint.ts';
import { ENDPOINTS } from '../../src/openai/endpoints/index.ts';
import { modelsSchema } from '../../src/openai/prices.ts';

export const FREE: Tier = { requestsPerMinute: 10, maxTokensPerRequest: 1000, dailyBudgetUsd: 0.1 };
export const PRO: Tier = { maxTokensPerRequest: 4000 };
const OPEN: Tier = {};
export const told = modelsSchema.parse({ projectServiceTier: 'default' });

export function endpoint(path: string): Endpoint {
  const found = ENDPOINTS.find((row) => row.path === path && row.method === 'POST');
  if (!found) throw new Error(`no row for ${path}`);
  return found;
}

export interface Ask extends Partial<Omit<QuoteInput, 'facts' | 'endpoint' | 'models'>> {
  readonly path?: string;
  readonly facts?: Partial<RequestFacts>;
  readonly models?: object;
}

export function ask({ path = '/chat/completions', facts = {}, models, ...more }: Ask): Quote {
  return quote({
    endpoint: endpoint(path),
    tier: OPEN,
    models: models ? modelsSchema.parse(models) : told,
    ...more,
    facts: {
      model: 'gpt-4o-mini',
      stream: false,
      includeUsage: false,
      n: 1,
      capFields: [],
      background: false,
      keeps: true,
      hostedTools: [],
      textBytes: 100,
      images: 0,
      audioBytes: 0,
      fileBytes: 0,
      chained: [],
      ...facts,
    },
  });
}

export function refusal(input: Ask): string | undefined {
  try {
    ask(input);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [error.code, error.options.param].filter((part) => part !== undefined).join(' ');
  }
}
/** A cap the caller named, and under which names. */
export const named = (outputCap: number, ...capFields: string[]) => ({
  outputCap,
  capFields: capFields.length > 0 ? capFields : ['max_tokens'],
});
