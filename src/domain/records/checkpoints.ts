/** How the store names the newest checkpoint of every chain of the audit log, by place: the data directory it is of. */

/** All their settings begin with it. */
export const CHECKPOINTS = 'audit.checkpoint:';

/** @param place, chain without `:` */
export function checkpointName(place: string, chain: string): string {
  return `${CHECKPOINTS}${place}:${chain}`;
}

/** A checkpoint the store has: one signed statement, and whose it is. */
export interface KeptCheckpoint {
  readonly place: string;
  readonly checkpoint: unknown;
}

/** Of settings by name; in order of place and chain, so that of a place the newest is the last. */
export function keptCheckpoints(settings: ReadonlyMap<string, string>): readonly KeptCheckpoint[] {
  return [...settings].map(([name, line]) => ({
    place: name.slice(CHECKPOINTS.length).split(':')[0] ?? '',
    checkpoint: JSON.parse(line) as unknown,
  }));
}
