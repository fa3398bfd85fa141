/** Says in the log when something the gateway needs goes away, why, and when it is back. Never says it twice. */

/** Whether something can be used. */
export interface Health {
  readonly usable: boolean;
  /** No addresses, no secrets. */
  readonly reason?: string | undefined;
}

/** What is watched, and who is told. */
export interface WatchHealthOptions {
  /** By name: `ledger`, `store`. */
  readonly health: () => Readonly<Record<string, Health>>;
  readonly onChange: (name: string, health: Health) => void;
  readonly intervalMs?: number;
}

/** Looks every second; what is well at the first look is not told. */
export function watchHealth({ health, onChange, intervalMs = 1000 }: WatchHealthOptions): { stop(): void } {
  const told = new Map<string, string>();
  const look = (): void => {
    for (const [name, now] of Object.entries(health())) {
      const state = now.usable ? '' : (now.reason ?? 'not usable');
      if ((told.get(name) ?? '') !== state) onChange(name, now);
      told.set(name, state);
    }
  };
  const timer = setInterval(look, intervalMs);
  timer.unref();
  look();
  return { stop: () => clearInterval(timer) };
}
