/**
 * A ledger that lets calls through while its engine is away, if the operator chose so: rates by this process alone,
 * no bound on money. Every admission it gives says that it is degraded.
 */
import { Refusal } from '../../base/errors.ts';
import type { Admitted, AdmitRequest, Ledger, NotAdmitted, Scope } from '../../ports/ledger.ts';

function withoutBudgets(scope: Scope): Scope {
  return { ...scope, dailyBudgetNano: undefined, monthlyBudgetNano: undefined };
}

/** @param stand the ledger of this process, asked only while `first` is unavailable */
export function openOnFailure(first: Ledger, stand: Ledger): Ledger {
  const standing = new Set<string>();

  async function admit(request: AdmitRequest): Promise<Admitted | NotAdmitted> {
    try {
      return await first.admit(request);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'ledger.unavailable') throw error;
      const answer = await stand.admit({ ...request, scopes: request.scopes.map(withoutBudgets) });
      if (answer.admitted) standing.add(request.reservationId);
      return answer.admitted ? { ...answer, degraded: true } : answer;
    }
  }

  return {
    admit,
    settle(request) {
      if (!standing.delete(request.reservationId)) return first.settle(request);
      // The engine may have taken it after all, when its answer was lost: settle that too.
      void first.settle(request);
      return stand.settle(request);
    },
    usage: (kind, id) => first.usage(kind, id),
    setKeyVersion: (keyId, version) => first.setKeyVersion(keyId, version),
    onKeyChanged: (listener) => first.onKeyChanged(listener),
    day: () => first.day(),
    health() {
      const { usable, reason, warnings } = first.health();
      return {
        usable: true,
        warnings: usable ? warnings : [...warnings, `open while the ledger is away: ${reason ?? ''}`],
      };
    },
    close: async () => {
      await Promise.all([first.close(), stand.close()]);
    },
  };
}
