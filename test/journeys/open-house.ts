/** Configuration with everything allowed, observed and unbounded: what is left of the gateway is the wire. */
export const OPEN_HOUSE = {
  upstream: { safetyIdentifier: 'off' },
  tiers: { open: {} },
  endpoints: { allow: ['*'] },
  guardrails: {
    injection: { action: 'observe' },
    pii: { action: 'observe', reversible: false },
    secrets: { action: 'observe' },
    answers: { pii: 'observe', secrets: 'observe', images: 'observe' },
  },
  tools: { default: 'allow', allow: [], deny: [], needsApproval: [] },
  references: { urlAllow: ['*'] },
  objects: { isolation: 'off' },
  models: { unpriced: 'ceiling' },
};
