/**
 * Says in the log when something the gateway needs goes away, why, and when it is back, and what of it works and should
 * be known. Never says it twice.
 */

/** Whether something can be used. */
export interface Health {
  readonly usable: boolean;
  /** No addresses, no secrets. */
  readonly reason?: string | undefined;
  /** What works and should be known; as little of addresses and secrets. */
  readonly warnings?: readonly string[] | undefined;
}

/** What is watched, and who is told. */
export interface WatchHealthOptions {
  /** By name: `ledger`, `store`. */
  readonly health: () => Readonly<Record<string, Health>>;
  readonly onChange: (name: string, health: Health) => void;
  /** Once each time that it begins to hold. */
  readonly onWarning: (name: string, warning: string) => void;
  readonly intervalMs?: number;
}

/** Looks every second; what is well at the first look is not told. */
export function watchHealth(options: WatchHealthOptions): { stop(): void } {
  const { health, onChange, onWarning, intervalMs = 1000 } = options;
  const told = new Map<string, string>();
  const warned = new Map<string, readonly string[]>();
  const look = (): void => {
    for (const [name, now] of Object.entries(health())) {
      const state = now.usable ? '' : (now.reason ?? 'not usable');
      if ((told.get(name) ?? '') !== state) onChange(name, now);
      told.set(name, state);
      const { warnings = [] } = now;
      for (const warning of warnings) if (!warned.get(name)?.includes(warning)) onWarning(name, warning);
      warned.set(name, warnings);
    }
  };
  const timer = setInterval(look, intervalMs);
  timer.unref();
  look();
  return { stop: () => clearInterval(timer) };
}
